// Preloaded into wrk, which has no option for it: has it show the certificate of the file CLIENT_CERTIFICATE, by the key in
// CLIENT_KEY, both in PEM. It stands in front of OpenSSL's function, and ends the program where there is none.

#define _GNU_SOURCE

#include "CClientCertificate.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

// OpenSSL's SSL_FILETYPE_PEM.
static const int pem = 1;

static void *next(const char *name) {
    void *function = dlsym(RTLD_NEXT, name);
    if (!function) {
        fprintf(stderr, "there is no %s\n", name);
        exit(1);
    }
    return function;
}

void *SSL_CTX_new(const void *method) {
    void *(*make)(const void *) = next("SSL_CTX_new");
    int (*use_certificate)(void *, const char *, int) = next("SSL_CTX_use_certificate_file");
    int (*use_key)(void *, const char *, int) = next("SSL_CTX_use_PrivateKey_file");
    void *context = make(method);
    const char *certificate = getenv("CLIENT_CERTIFICATE"), *key = getenv("CLIENT_KEY");
    if (context && (!certificate || !key || use_certificate(context, certificate, pem) != 1 || use_key(context, key, pem) != 1)) {
        fprintf(stderr, "CLIENT_CERTIFICATE and CLIENT_KEY are no certificate and its key\n");
        exit(1);
    }
    return context;
}
