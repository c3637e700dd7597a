/* conn.h -- an accepted connection: the socket under one codec. */
#ifndef GG_SRC_HTTP_CONN_H
#define GG_SRC_HTTP_CONN_H

#include "http/address.h"
#include "http/io.h"
#include "http/listener.h"

/* After the last answer a peer that sends on is heard until it is silent for so long, and for so long and so many
 * bytes at most. */
#define GG_LINGER_SILENT_NS ((uint64_t)2000000000)
#define GG_LINGER_MAX_NS ((uint64_t)30000000000)
enum { GG_LINGER_MAX_LEN = 64 * 1024 * 1024 };

/* Takes the next connection off the listener's socket; GG_OK, GG_ENOMEM, GG_EIO. */
gg_rc gg_conn_accept(gg_listener *listener);
/* Finishes what is under way, then closes. */
void gg_conn_drain(gg_conn *conn);
/* Closes at once: exchanges under way are aborted.  The listener is not told, and may be gone. */
void gg_conn_abandon(gg_conn *conn);

/* listener.c: the memory of conn goes after this. */
void gg_listener_forget(gg_listener *listener, gg_conn *conn);

struct gg_conn {
    gg_io io;
    gg_listener *listener; /* NULL: gone */
    const gg_codec_config *config;
    gg_conn *prev, *next; /* of the listener's */
    gg_timer timer;       /* of the state, see conn.c */
    enum {
        GG_CONN_SNIFFING,  /* the first bytes are awaited */
        GG_CONN_OPEN,      /* the codec is at work */
        GG_CONN_LINGERING, /* all is said: what still comes is dropped, until end of file */
        GG_CONN_CLOSING
    } state;
    uint64_t linger_until_ns;
    size_t lingered_len; /* bytes dropped */
    size_t first_len;
    char first[GG_H2_PREFACE_LEN]; /* while sniffing */
    char peer[GG_PEER_LEN];
};

#endif
