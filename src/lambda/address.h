/* address.h -- where the Runtime API is: the value of AWS_LAMBDA_RUNTIME_API.
 *
 *   [http://]host[:port][/prefix]      Lambda itself gives "127.0.0.1:9001"; emulators use the rest, too
 *
 * Left out: https (the API is on this machine), proxies (it is never asked for through one). */
#ifndef GG_SRC_LAMBDA_ADDRESS_H
#define GG_SRC_LAMBDA_ADDRESS_H

#include "http/dial.h"

typedef struct gg_api_address {
    gg_target target;
    char prefix[GG_TARGET_LEN]; /* "/x", without a slash at its end; most often empty */
} gg_api_address;

/* NULL when it is fine, else what is wrong with it (static text). */
const char *gg_api_address_parse(gg_api_address *address, gg_str text);

#endif
