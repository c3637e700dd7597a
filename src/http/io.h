/* io.h -- a socket under a codec: what a connection that was accepted (conn.c) and one that was opened (dial.c)
 * have in common.
 *
 *   socket --> the loop's read buffer --> codec->receive
 *   socket <-- codec->output <-- flush, last in a turn of the loop <-- the codec's wake task
 *
 * A request costs one read and one write: what one read causes is written at the end of the turn, by
 * uv_try_write; only what the kernel does not take at once waits in uv_write.  Nothing is read while the codec
 * wants no input.
 * Owner: whoever embeds it; the memory may go when `closed` was called.  Thread: the loop's. */
#ifndef GG_SRC_HTTP_IO_H
#define GG_SRC_HTTP_IO_H

#include "http/codec.h"
#include "http/loop.h"

enum { GG_IO_ROUNDS = 16 /* writes of one connection in one turn of the loop */ };

typedef struct gg_io gg_io;
typedef struct gg_io_events {
    void (*bytes)(gg_io *io, gg_str bytes); /* while there is no codec */
    void (*done)(gg_io *io);                /* the codec is done, and all it had to say is written */
    /* The socket is of no more use: uv's error; UV_EOF if the peer closed it while there is no codec;
     * UV_ETIMEDOUT if it has not read for write_ns. */
    void (*failed)(gg_io *io, int error);
    void (*closed)(gg_io *io); /* after gg_io_close */
} gg_io_events;

struct gg_io {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    };
    uv_write_t write;
    gg_loop *loop;
    const gg_io_events *events;
    gg_codec *codec;  /* NULL: not yet, or not any more */
    gg_task wake;     /* for the codec to post */
    gg_task flush;    /* last in the turn: writes what has come together */
    gg_timer stalled; /* while a write is under way */
    uint64_t write_ns;
    bool reading, writing, closing;
    size_t unwritten;   /* bytes of the write under way */
    size_t stalled_len; /* of them, still there when the timer last looked */
};

/* A socket that is not connected yet.  0 or uv's error (then there is nothing to close). */
int gg_io_init(gg_io *io, gg_loop *loop, bool is_unix, uint64_t write_ns, const gg_io_events *events);
/* From now on bytes go to the codec, which is freed with the socket. */
void gg_io_attach(gg_io *io, gg_codec *codec);
void gg_io_free_codec(gg_io *io);
void gg_io_set_reading(gg_io *io, bool on);
/* Writes at the end of this turn. */
void gg_io_flush(gg_io *io);
void gg_io_close(gg_io *io);

#endif
