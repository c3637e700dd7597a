/* listener.h -- sockets that accept, and the connections they accepted.
 *
 * gg_socket_listen opens and binds (once per address, on the main thread); each worker's gg_listener
 * accepts from it on its own loop and drives one codec per connection: the first bytes choose HTTP/1.1 or
 * HTTP/2. */
#ifndef GG_SRC_HTTP_LISTENER_H
#define GG_SRC_HTTP_LISTENER_H

#include "http/codec.h"
#include "http/loop.h"

enum { GG_ADDRESS_LEN = 300, GG_LISTEN_BACKLOG = 511 };

typedef struct gg_socket {
    int fd;                    /* -1: closed */
    char name[GG_ADDRESS_LEN]; /* the address really bound: "[::]:8080", "127.0.0.1:8080", "/tmp/x.sock" */
    bool is_unix;              /* the file is removed by gg_socket_close */
} gg_socket;

/* network "tcp" or "unix"; address "0.0.0.0:8080", "[::]:8080", ":8080", "localhost:8080", port 0 for a
 * free one, or a path (a stale socket file is removed; mode 0600).  A wildcard binds one dual-stack
 * socket, named "[::]:port" (without IPv6: "0.0.0.0:port").
 * GG_OK, GG_EINVAL (the address makes no sense), GG_EIO; error gets one line for people. */
gg_rc gg_socket_listen(gg_socket *sock, gg_str network, gg_str address, char *error, size_t error_len);
void gg_socket_close(gg_socket *sock);
/* Only checks the form: GG_OK or GG_EINVAL and error. */
gg_rc gg_address_check(gg_str network, gg_str address, char *error, size_t error_len);

typedef struct gg_conn gg_conn;
typedef struct gg_listener {
    gg_loop *loop;
    const gg_codec_config *config;
    uv_stream_t *stream; /* uv_tcp_t or uv_pipe_t on a duplicate of the socket */
    gg_conn *conns;      /* all that are open */
    size_t conn_count;
    bool draining;
    uint64_t complained_ns;      /* when a failed accept was last logged */
    uint64_t fd_limit;           /* descriptors that the process may have */
    gg_timer retry;              /* of an accept for which there was no memory */
    void (*on_idle)(void *user); /* after gg_listener_drain: the last connection is closed */
    void *user;
} gg_listener;

gg_rc gg_listener_start(gg_listener *listener, gg_loop *loop, const gg_socket *sock, const gg_codec_config *config,
    char *error, size_t error_len);
/* Accepts no more; connections finish what is under way and close; then on_idle, once. */
void gg_listener_drain(gg_listener *listener, void (*on_idle)(void *user), void *user);
/* Closes everything at once; not from inside an exchange's event.  No on_idle afterwards; the listener's
 * own memory may go. */
void gg_listener_close(gg_listener *listener);

#endif
