// Gets an access token by private_key_jwt, bound to the client's key by DPoP, and calls an API with it, twice.
//
// Usage: iddawc-client TOKEN-ENDPOINT CLIENT-ID JWK-FILE ALGORITHM [API], with the private key in the file. Prints the
// token; says on stderr what went wrong, and ends with 1.
//
// iddawc leaves it to the program to ask again after DPoP-Nonce.
#include <iddawc.h>
#include <stdio.h>
#include <string.h>

static int fail(struct _i_session *session, const char *what) {
  const char *error = i_get_str_parameter(session, I_OPT_ERROR);
  const char *description = i_get_str_parameter(session, I_OPT_ERROR_DESCRIPTION);
  fprintf(stderr, "%s: %s (%s)\n", what, error ? error : "no error", description ? description : "no description");
  return 1;
}

static int get_token(struct _i_session *session) {
  int result = I_ERROR_PARAM;
  for (int attempt = 0; attempt < 2 && result == I_ERROR_PARAM; attempt++) {
    i_set_int_parameter(session, I_OPT_TOKEN_JTI_GENERATE, 16);
    result = i_run_token_request(session);
    if (!i_get_str_parameter(session, I_OPT_DPOP_NONCE_AS)) break;
  }
  return result;
}

static unsigned call(struct _i_session *session, const char *api) {
  struct _u_request request;
  struct _u_response response;
  unsigned status = 0;
  for (int attempt = 0; attempt < 2 && (status == 0 || status == 401); attempt++) {
    ulfius_init_request(&request);
    ulfius_init_response(&response);
    ulfius_set_request_properties(&request, U_OPT_HTTP_VERB, "GET", U_OPT_HTTP_URL, api, U_OPT_NONE);
    i_set_int_parameter(session, I_OPT_TOKEN_JTI_GENERATE, 16);
    i_perform_resource_service_request(session, &request, &response, 0, I_BEARER_TYPE_HEADER, 1, 0);
    status = (unsigned)response.status;
    ulfius_clean_request(&request);
    ulfius_clean_response(&response);
    if (!i_get_str_parameter(session, I_OPT_DPOP_NONCE_RS)) break;
  }
  return status;
}

int main(int count, char **arguments) {
  struct _i_session session;
  json_t *key, *keys;
  if (count < 5 || i_global_init() != I_OK || i_init_session(&session) != I_OK) return 2;
  if (!(key = json_load_file(arguments[3], 0, NULL))) return 2;
  keys = json_pack("{s:[o]}", "keys", key);
  if (i_set_client_jwks(&session, keys) != I_OK) return 2;
  i_set_parameter_list(&session, I_OPT_TOKEN_ENDPOINT, arguments[1], I_OPT_CLIENT_ID, arguments[2],
                       I_OPT_RESPONSE_TYPE, I_RESPONSE_TYPE_CLIENT_CREDENTIALS, I_OPT_SCOPE, "item",
                       I_OPT_TOKEN_METHOD, I_TOKEN_AUTH_METHOD_JWT_SIGN_PRIVKEY, I_OPT_CLIENT_SIGN_ALG, arguments[4],
                       I_OPT_TOKEN_EXP, 60, I_OPT_USE_DPOP, 1, I_OPT_DPOP_SIGN_ALG, arguments[4], I_OPT_NONE);
  if (json_object_get(key, "kid")) {
    const char *kid = json_string_value(json_object_get(key, "kid"));
    i_set_parameter_list(&session, I_OPT_CLIENT_KID, kid, I_OPT_DPOP_KID, kid, I_OPT_NONE);
  }
  if (get_token(&session) != I_OK) return fail(&session, "no token");
  if (strcmp(i_get_str_parameter(&session, I_OPT_TOKEN_TYPE), "DPoP") != 0) return fail(&session, "not bound");
  for (int number = 0; count > 5 && number < 2; number++) {
    unsigned status = call(&session, arguments[5]);
    if (status != 200) {
      fprintf(stderr, "the API said %u\n", status);
      return 1;
    }
  }
  puts(i_get_str_parameter(&session, I_OPT_ACCESS_TOKEN));
  i_clean_session(&session);
  i_global_close();
  json_decref(keys);
  return 0;
}
