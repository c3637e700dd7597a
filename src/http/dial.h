/* dial.h -- connections to a server: where to, and how a codec gets its bytes.
 *
 *   gg_dial ------> link ---- connected ----> gg_link_attach(codec): bytes flow ---- closed
 *                     \______________________ closed, and why ______________________^
 *
 * A link is a table of functions, so that a test can put memory in the place of a socket.  Everything belongs to
 * the loop's thread; no event comes from inside gg_dial or gg_link_close. */
#ifndef GG_SRC_HTTP_DIAL_H
#define GG_SRC_HTTP_DIAL_H

#include "http/codec.h"
#include "http/loop.h"
#include "http/tls.h"

enum { GG_TARGET_LEN = 280, GG_DIAL_ADDRESSES = 16 /* of one target that are tried */ };

/* Where a server is.  Spec: gRPC naming.md, the schemes without a scheme, dns and unix. */
typedef struct gg_target {
    bool is_unix;
    uint16_t port;
    char host[GG_TARGET_LEN];                             /* a name, a numeric address without brackets, or the path */
    char authority[GG_TARGET_LEN];                        /* for requests: "host:port", "localhost" for a Unix socket */
    struct sockaddr_storage addresses[GG_DIAL_ADDRESSES]; /* of a list; the first is host and port */
    size_t address_count;
} gg_target;

/* "host:port", "[v6]:port", "dns:host:port", "dns:///host:port", "unix:path", "unix:///path",
 * "ipv4:address:port,address:port", "ipv6:[address]:port,[address]:port".  NULL when it is fine,
 * else what is wrong with it (static text). */
const char *gg_target_parse(gg_str text, gg_target *out);

typedef struct gg_link gg_link;
typedef struct gg_link_events {
    void (*connected)(void *user);
    void (*closed)(void *user, gg_str why); /* the link and its codec are gone */
} gg_link_events;

typedef struct gg_link_ops {
    void (*attach)(gg_link *link, gg_codec *codec);
    void (*close)(gg_link *link);
} gg_link_ops;

struct gg_link {
    const gg_link_ops *ops;
    const gg_link_events *events;
    void *user;
    gg_task *wake; /* for the codec to post */
};

typedef struct gg_dialer gg_dialer;
struct gg_dialer {
    gg_link *(*dial)(gg_dialer *dialer, const gg_link_events *events, void *user);
};

/* Begins to connect.  NULL: no memory (no event then). */
static inline gg_link *gg_dial(gg_dialer *dialer, const gg_link_events *events, void *user)
{
    return dialer->dial(dialer, events, user);
}
/* After `connected`: what is read goes to the codec, which from now on belongs to the link. */
static inline void gg_link_attach(gg_link *link, gg_codec *codec)
{
    link->ops->attach(link, codec);
}
/* Closes at once, at any time; no event follows. */
static inline void gg_link_close(gg_link *link)
{
    link->ops->close(link);
}

/* Sockets.  A target's addresses are tried one after another; "localhost" is 127.0.0.1, then ::1.  One that neither
 * accepts nor refuses takes all the time that the link's owner has; when that closes the link the next one begins with
 * the address behind it. */
typedef struct gg_socket_dialer {
    gg_dialer base;
    gg_loop *loop;
    gg_target target;
    uint64_t write_ns;   /* how long the server may not read what is sent */
    gg_tls_context *tls; /* NULL: none; set after init.  A link is then connected when the handshake is done */
    size_t only;         /* 0: all addresses, one after another; else the n-th alone */
    /* With only: how many there are; before the attempt.  NULL: nobody is told. */
    void (*counted)(void *user, size_t count);
    void *user;
    size_t first; /* the dialer's own: the address to begin with */
} gg_socket_dialer;
void gg_socket_dialer_init(gg_socket_dialer *dialer, gg_loop *loop, const gg_target *target, uint64_t write_ns);

#endif
