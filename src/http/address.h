/* address.h -- "host:port" and socket addresses, both ways. */
#ifndef GG_SRC_HTTP_ADDRESS_H
#define GG_SRC_HTTP_ADDRESS_H

#include "gg/base.h"

struct sockaddr;

enum { GG_PEER_LEN = 64 }; /* "[v6 address%scope]:port", NUL included */

typedef struct gg_host_port {
    gg_str host; /* without brackets; empty: every interface */
    uint16_t port;
} gg_host_port;

/* "host:port", "[v6]:port", ":port".  NULL when it is fine, else what is wrong with it (static text). */
const char *gg_host_port_parse(gg_str text, gg_host_port *out);
/* "127.0.0.1:80", "[::1]:80", "unix"; NUL-terminated in out, cut at out_len.  Returns its length. */
size_t gg_sockaddr_print(const struct sockaddr *address, char *out, size_t out_len);

#endif
