/* address.h -- where the Runtime API is: the value of AWS_LAMBDA_RUNTIME_API.
 *
 *   [http://]host[:port][/prefix]      Lambda itself gives "127.0.0.1:9001"; emulators use the rest, too */
#ifndef GG_SRC_LAMBDA_ADDRESS_H
#define GG_SRC_LAMBDA_ADDRESS_H

#include "http/address.h"

struct sockaddr_storage;

enum { GG_API_ADDRESS_LEN = 300 };

typedef struct gg_api_address {
    char text[GG_API_ADDRESS_LEN]; /* the other members are views into it: not to be copied */
    gg_str authority;              /* "127.0.0.1:9001" */
    gg_host_port host_port;
    gg_str prefix; /* "/x", without a slash at its end; most often empty */
} gg_api_address;

/* NULL when it is fine, else what is wrong with it (static text). */
const char *gg_api_address_parse(gg_api_address *address, gg_str text);
/* A numeric address, localhost, or a name for the resolver (a static program has none).  NULL, or what went
 * wrong. */
const char *gg_api_address_resolve(const gg_api_address *address, struct sockaddr_storage *out);

#endif
