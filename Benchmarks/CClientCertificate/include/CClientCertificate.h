// Makes a context of TLS with a certificate, as OpenSSL's function of this name does without.
void *SSL_CTX_new(const void *method);
