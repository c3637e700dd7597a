/* status.c -- the names and HTTP statuses of the gRPC codes, from the one table in gg/base.h.
 *
 * Spec: gRPC statuscodes.md; google/rpc/code.proto for the HTTP side. */
#include "gg/base.h"

#define AS_NAME(name, code, http) [code] = #name,
#define AS_HTTP(name, code, http) [code] = (http),
static const char *const names[] = { GG_STATUS_MAP(AS_NAME) };
static const short http_statuses[] = { GG_STATUS_MAP(AS_HTTP) };

static bool is_status(gg_status status)
{
    return (int)status >= 0 && (size_t)status < sizeof names / sizeof names[0];
}

const char *gg_status_name(gg_status status)
{
    return is_status(status) ? names[status] : "UNKNOWN";
}

int gg_status_http(gg_status status)
{
    return is_status(status) ? http_statuses[status] : 500;
}

const char *gg_version(void)
{
    return GG_VERSION;
}
