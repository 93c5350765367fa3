#include <libpq-fe.h>

// The importer does not take macros that are characters.
static inline const char *tessera_sqlstate(const PGresult *result) {
  return PQresultErrorField(result, PG_DIAG_SQLSTATE);
}
