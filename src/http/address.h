/* address.h -- "host:port" and socket addresses, both ways. */
#ifndef GG_SRC_HTTP_ADDRESS_H
#define GG_SRC_HTTP_ADDRESS_H

#include "gg/base.h"

struct sockaddr;
struct sockaddr_storage;

enum { GG_PEER_LEN = 64 }; /* "[v6 address%scope]:port", NUL included */

typedef struct gg_host_port {
    gg_str host; /* without brackets; empty: every interface */
    uint16_t port;
} gg_host_port;

/* "host:port", "[v6]:port", ":port".  NULL when it is fine, else what is wrong with it (static text). */
const char *gg_host_port_parse(gg_str text, gg_host_port *out);
/* A numeric address, IPv4 or IPv6 without brackets; false if the host is none. */
bool gg_sockaddr_numeric(const char *host, uint16_t port, struct sockaddr_storage *out);
/* NULL if a Unix socket can have that path, else what is wrong with it (static text). */
const char *gg_socket_path_check(gg_str path);
/* "127.0.0.1:80", "[::1]:80", "unix"; NUL-terminated in out, cut at out_len.  Returns its length. */
size_t gg_sockaddr_print(const struct sockaddr *address, char *out, size_t out_len);

#endif
