/* conn.c -- an accepted connection: first bytes, codec, last bytes.  With TLS the codec is there from the start.
 *
 *             first bytes         codec done, all sent        end of file, or silence
 *   SNIFFING ------------> OPEN ------------------> LINGERING -----------------> CLOSING
 *                            \___ nothing can be lost by closing at once ___________^
 *
 * Lingering: closing while the peer still sends would reset the connection, and the answer might be lost on
 * its way; so only our side is shut down, and what still comes is dropped.
 * The timer: in SNIFFING for the first bytes (header_ns), in LINGERING for the peer's end.  While OPEN the
 * time limits are the codec's own, and write_ns that of the socket (io.c). */
#include "http/conn.h"

#include "http/tls_codec.h"

#include <stdlib.h>
#include <sys/socket.h>

#define CONN_OF(member, ptr) ((gg_conn *)(void *)((char *)(ptr)-offsetof(gg_conn, member)))

/* -- closing -- */

static void on_closed(gg_io *io)
{
    gg_conn *conn = CONN_OF(io, io);
    gg_listener *listener = conn->listener;
    if (listener != NULL)
        gg_listener_forget(listener, conn);
    free(conn);
}

static void close_now(gg_conn *conn)
{
    if (conn->state == GG_CONN_CLOSING)
        return;
    conn->state = GG_CONN_CLOSING;
    gg_timer_stop(&conn->io.loop->sched, &conn->timer);
    gg_io_close(&conn->io);
}

void gg_conn_abandon(gg_conn *conn)
{
    close_now(conn);
    conn->listener = NULL;
}

static void on_failed(gg_io *io, int error)
{
    (void)error; /* the peer is gone: nobody is left to tell */
    close_now(CONN_OF(io, io));
}

static void linger_on(gg_conn *conn)
{
    gg_sched *sched = &conn->io.loop->sched;
    uint64_t due = sched->now_ns + GG_LINGER_SILENT_NS;
    gg_timer_start(sched, &conn->timer, due < conn->linger_until_ns ? due : conn->linger_until_ns);
}

static void linger(gg_conn *conn)
{
    uv_os_fd_t fd;
    gg_sched *sched = &conn->io.loop->sched;
    if (uv_fileno(&conn->io.handle, &fd) != 0 || shutdown(fd, SHUT_WR) != 0) {
        close_now(conn);
        return;
    }
    conn->state = GG_CONN_LINGERING;
    gg_io_free_codec(&conn->io);
    conn->linger_until_ns = sched->now_ns + GG_LINGER_MAX_NS;
    linger_on(conn);
    gg_io_set_reading(&conn->io, true);
}

static void on_done(gg_io *io)
{
    gg_conn *conn = CONN_OF(io, io);
    if (io->codec->ops->lingers(io->codec))
        linger(conn);
    else
        close_now(conn);
}

/* -- what comes in -- */

typedef gg_codec *codec_new(const gg_codec_config *config, gg_str peer, gg_task *wake);

static void open_codec(gg_conn *conn, codec_new *make)
{
    gg_codec *codec = make(conn->config, gg_str_from(conn->peer), &conn->io.wake);
    if (codec == NULL) {
        close_now(conn);
        return;
    }
    conn->state = GG_CONN_OPEN;
    gg_timer_stop(&conn->io.loop->sched, &conn->timer);
    gg_io_attach(&conn->io, codec);
    if (conn->first_len > 0)
        codec->ops->receive(codec, gg_str_of(conn->first, conn->first_len));
}

/* Adds to the first bytes until they tell; *bytes keeps what was not needed. */
static void sniff(gg_conn *conn, gg_str *bytes)
{
    bool is_h2 = false;
    if (conn->first_len == 0 && gg_codec_sniff(*bytes, &is_h2) == GG_OK) {
        open_codec(conn, is_h2 ? gg_h2_new : gg_h1_new);
        return;
    }
    size_t room = sizeof conn->first - conn->first_len;
    size_t taken = bytes->len < room ? bytes->len : room;
    memcpy(conn->first + conn->first_len, bytes->ptr, taken);
    conn->first_len += taken;
    bytes->ptr += taken;
    bytes->len -= taken;
    if (gg_codec_sniff(gg_str_of(conn->first, conn->first_len), &is_h2) == GG_OK)
        open_codec(conn, is_h2 ? gg_h2_new : gg_h1_new);
}

/* Bytes without a codec: the first ones, or such as come after the last answer. */
static void on_bytes(gg_io *io, gg_str bytes)
{
    gg_conn *conn = CONN_OF(io, io);
    if (conn->state == GG_CONN_LINGERING) {
        conn->lingered_len += bytes.len;
        if (conn->lingered_len > GG_LINGER_MAX_LEN)
            close_now(conn);
        else
            linger_on(conn);
        return;
    }
    sniff(conn, &bytes);
    if (conn->state != GG_CONN_OPEN)
        return;
    if (bytes.len > 0)
        io->codec->ops->receive(io->codec, bytes);
    gg_io_flush(io);
}

static void time_is_up(gg_timer *timer)
{
    close_now(CONN_OF(timer, timer));
}

/* -- the beginning, and the end from outside -- */

static void print_peer(gg_conn *conn)
{
    struct sockaddr_storage address = { .ss_family = AF_UNSPEC };
    int len = sizeof address;
    if (conn->io.handle.type == UV_TCP)
        uv_tcp_getpeername(&conn->io.tcp, (struct sockaddr *)&address, &len);
    gg_sockaddr_print((const struct sockaddr *)&address, conn->peer, sizeof conn->peer);
}

gg_rc gg_conn_accept(gg_listener *listener)
{
    static const gg_io_events events = { on_bytes, on_done, on_failed, on_closed };
    gg_sched *sched = &listener->loop->sched;
    const gg_http_limits *limits = &listener->config->limits;
    gg_conn *conn = calloc(1, sizeof *conn);
    if (conn == NULL)
        return GG_ENOMEM;
    bool is_unix = listener->stream->type == UV_NAMED_PIPE;
    if (gg_io_init(&conn->io, listener->loop, is_unix, limits->write_ns, &events) != 0) {
        free(conn);
        return GG_EIO;
    }
    conn->config = listener->config;
    conn->timer.fire = time_is_up;
    if (uv_accept(listener->stream, &conn->io.stream) != 0) {
        gg_conn_abandon(conn);
        return GG_EIO;
    }
    if (!is_unix)
        uv_tcp_nodelay(&conn->io.tcp, 1);
    print_peer(conn);
    conn->listener = listener;
    conn->next = listener->conns;
    if (conn->next != NULL)
        conn->next->prev = conn;
    listener->conns = conn;
    listener->conn_count++;
    if (conn->config->tls != NULL)
        open_codec(conn, gg_tls_accept_new);
    else
        gg_timer_start(sched, &conn->timer, gg_later(sched->now_ns, limits->header_ns));
    gg_io_set_reading(&conn->io, true);
    return GG_OK;
}

void gg_conn_drain(gg_conn *conn)
{
    if (conn->state == GG_CONN_SNIFFING) {
        close_now(conn);
    } else if (conn->state == GG_CONN_LINGERING) {
        conn->linger_until_ns = conn->io.loop->sched.now_ns + GG_LINGER_SILENT_NS;
        linger_on(conn);
    } else if (conn->state == GG_CONN_OPEN) {
        conn->io.codec->ops->drain(conn->io.codec);
        gg_io_flush(&conn->io);
    }
}
