/* conn.c -- reads into the loop's buffer, feeds the codec, writes what it has to send.
 *
 *             first bytes         codec done, all sent        end of file, or enough
 *   SNIFFING ------------> OPEN ------------------> LINGERING -----------------> CLOSING
 *                            \___ nothing can be lost by closing at once ___________^
 *
 * A request costs one read and one write: what one read causes is written at the end of the turn, by
 * uv_try_write; only what the kernel does not take at once waits in uv_write.
 * The timer: in SNIFFING for the first bytes (header_ns), in OPEN for a peer that does not read (write_ns
 * without progress), in LINGERING for its end (GG_LINGER_NS).
 * The codec's other time limits are its own. */
#include "http/conn.h"

#include "base/clock.h"

#include <stdlib.h>
#include <sys/socket.h>

#define CONN_OF(member, ptr) ((gg_conn *)(void *)((char *)(ptr)-offsetof(gg_conn, member)))

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf);

static gg_conn *conn_of(const void *handle)
{
    return ((const uv_handle_t *)handle)->data;
}

/* -- closing -- */

static void on_closed(uv_handle_t *handle)
{
    gg_conn *conn = conn_of(handle);
    gg_listener *listener = conn->listener;
    if (listener != NULL)
        gg_listener_forget(listener, conn);
    free(conn);
}

static void free_codec(gg_conn *conn)
{
    gg_codec *codec = conn->codec;
    conn->codec = NULL;
    if (codec != NULL)
        codec->ops->free(codec);
}

static void close_now(gg_conn *conn)
{
    if (conn->state == GG_CONN_CLOSING)
        return;
    conn->state = GG_CONN_CLOSING;
    free_codec(conn);
    gg_timer_stop(&conn->loop->sched, &conn->timer);
    gg_sched_cancel(&conn->loop->sched, &conn->wake);
    gg_loop_cancel_last(conn->loop, &conn->flush);
    uv_close(&conn->io.handle, on_closed);
}

void gg_conn_abandon(gg_conn *conn)
{
    close_now(conn);
    conn->listener = NULL;
}

static void linger(gg_conn *conn)
{
    uv_os_fd_t fd;
    if (uv_fileno(&conn->io.handle, &fd) != 0 || shutdown(fd, SHUT_WR) != 0) {
        close_now(conn);
        return;
    }
    conn->state = GG_CONN_LINGERING;
    free_codec(conn);
    gg_timer_start(&conn->loop->sched, &conn->timer, gg_later(conn->loop->sched.now_ns, GG_LINGER_NS));
}

/* -- reading -- */

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    (void)suggested;
    *buf = uv_buf_init(conn_of(handle)->loop->read_buf, GG_READ_LEN);
}

static void set_reading(gg_conn *conn, bool on)
{
    if (conn->reading == on)
        return;
    conn->reading = on;
    if (!on)
        uv_read_stop(&conn->io.stream);
    else if (uv_read_start(&conn->io.stream, on_alloc, on_read) != 0)
        close_now(conn);
}

/* -- writing -- */

static void on_written(uv_write_t *write, int status)
{
    gg_conn *conn = conn_of(write->handle);
    conn->writing = false;
    if (status == UV_ECANCELED)
        return; /* closing */
    conn->loop->sched.now_ns = gg_clock_ns();
    gg_timer_stop(&conn->loop->sched, &conn->timer);
    if (status != 0) {
        close_now(conn);
    } else {
        conn->codec->ops->sent(conn->codec, conn->unwritten);
        gg_loop_post_last(conn->loop, &conn->flush);
    }
    gg_loop_turn(conn->loop);
}

/* Leaves out, which stays valid until sent, to the loop; a peer that never takes it is given up. */
static void write_later(gg_conn *conn, gg_str out)
{
    uv_buf_t buf = uv_buf_init((char *)(uintptr_t)out.ptr, (unsigned)out.len);
    conn->write.data = conn;
    if (uv_write(&conn->write, &conn->io.stream, &buf, 1, on_written) != 0) {
        close_now(conn);
        return;
    }
    conn->writing = true;
    conn->unwritten = out.len;
    conn->stalled_len = uv_stream_get_write_queue_size(&conn->io.stream);
    gg_timer_start(&conn->loop->sched, &conn->timer, gg_later(conn->loop->sched.now_ns, conn->config->limits.write_ns));
}

/* Writes what the codec has; false when the connection is closed over it. */
static bool write_out(gg_conn *conn)
{
    for (unsigned round = 0; !conn->writing; round++) {
        gg_str out = conn->codec->ops->output(conn->codec);
        if (out.len == 0)
            break;
        if (round == GG_CONN_ROUNDS) { /* others shall have their turn */
            write_later(conn, out);
            break;
        }
        uv_buf_t buf = uv_buf_init((char *)(uintptr_t)out.ptr, (unsigned)out.len);
        int written = uv_try_write(&conn->io.stream, &buf, 1);
        if (written < 0 && written != UV_EAGAIN) {
            close_now(conn);
            return false;
        }
        if (written > 0)
            conn->codec->ops->sent(conn->codec, (size_t)written);
        if (written < 0 || (size_t)written < out.len)
            write_later(conn, conn->codec->ops->output(conn->codec));
    }
    return conn->state == GG_CONN_OPEN;
}

static void on_flush(gg_task *task)
{
    gg_conn *conn = CONN_OF(flush, task);
    if (conn->state != GG_CONN_OPEN || !write_out(conn))
        return;
    const gg_codec_ops *ops = conn->codec->ops;
    if (conn->writing || !ops->done(conn->codec))
        set_reading(conn, ops->wants_input(conn->codec));
    else if (ops->lingers(conn->codec))
        linger(conn);
    else
        close_now(conn);
    if (conn->state == GG_CONN_LINGERING)
        set_reading(conn, true);
}

static void on_wake(gg_task *task)
{
    gg_conn *conn = CONN_OF(wake, task);
    gg_loop_post_last(conn->loop, &conn->flush);
}

/* -- what comes in -- */

static void open_codec(gg_conn *conn, bool is_h2)
{
    gg_str peer = gg_str_from(conn->peer);
    conn->codec = (is_h2 ? gg_h2_new : gg_h1_new)(conn->config, peer, &conn->wake);
    if (conn->codec == NULL) {
        close_now(conn);
        return;
    }
    conn->state = GG_CONN_OPEN;
    gg_timer_stop(&conn->loop->sched, &conn->timer);
    if (conn->first_len > 0)
        conn->codec->ops->receive(conn->codec, gg_str_of(conn->first, conn->first_len));
}

/* Adds to the first bytes until they tell; *bytes keeps what was not needed. */
static void sniff(gg_conn *conn, gg_str *bytes)
{
    bool is_h2 = false;
    if (conn->first_len == 0 && gg_codec_sniff(*bytes, &is_h2) == GG_OK) {
        open_codec(conn, is_h2);
        return;
    }
    size_t room = sizeof conn->first - conn->first_len;
    size_t taken = bytes->len < room ? bytes->len : room;
    memcpy(conn->first + conn->first_len, bytes->ptr, taken);
    conn->first_len += taken;
    bytes->ptr += taken;
    bytes->len -= taken;
    if (gg_codec_sniff(gg_str_of(conn->first, conn->first_len), &is_h2) == GG_OK)
        open_codec(conn, is_h2);
}

static void take(gg_conn *conn, gg_str bytes)
{
    if (conn->state == GG_CONN_LINGERING) {
        conn->lingered += bytes.len;
        if (conn->lingered > GG_LINGER_BYTES)
            close_now(conn);
        return;
    }
    if (conn->state == GG_CONN_SNIFFING)
        sniff(conn, &bytes);
    if (conn->state != GG_CONN_OPEN)
        return;
    if (bytes.len > 0)
        conn->codec->ops->receive(conn->codec, bytes);
    gg_loop_post_last(conn->loop, &conn->flush);
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
    gg_conn *conn = conn_of(stream);
    if (len == 0)
        return; /* EAGAIN */
    conn->loop->sched.now_ns = gg_clock_ns();
    if (len > 0) {
        take(conn, gg_str_of(buf->base, (size_t)len));
    } else if (len == UV_EOF && conn->state == GG_CONN_OPEN) {
        set_reading(conn, false);
        conn->codec->ops->eof(conn->codec);
        gg_loop_post_last(conn->loop, &conn->flush);
    } else {
        close_now(conn);
    }
    gg_loop_turn(conn->loop);
}

static void time_is_up(gg_timer *timer)
{
    gg_conn *conn = CONN_OF(timer, timer);
    size_t left = uv_stream_get_write_queue_size(&conn->io.stream);
    if (conn->state == GG_CONN_OPEN && left < conn->stalled_len) {
        conn->stalled_len = left;
        gg_timer_start(&conn->loop->sched, timer, gg_later(conn->loop->sched.now_ns, conn->config->limits.write_ns));
        return;
    }
    close_now(conn);
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
    gg_loop *loop = listener->loop;
    gg_conn *conn = calloc(1, sizeof *conn);
    if (conn == NULL)
        return GG_ENOMEM;
    bool is_unix = listener->stream->type == UV_NAMED_PIPE;
    int rc = is_unix ? uv_pipe_init(loop->uv, &conn->io.pipe, 0) : uv_tcp_init(loop->uv, &conn->io.tcp);
    if (rc != 0) {
        free(conn);
        return GG_EIO;
    }
    conn->io.handle.data = conn;
    conn->loop = loop;
    conn->config = listener->config;
    conn->wake.run = on_wake;
    conn->flush.run = on_flush;
    conn->timer.fire = time_is_up;
    rc = uv_accept(listener->stream, &conn->io.stream);
    if (rc != 0) {
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
    gg_timer_start(&loop->sched, &conn->timer, gg_later(loop->sched.now_ns, conn->config->limits.header_ns));
    set_reading(conn, true);
    return GG_OK;
}

void gg_conn_drain(gg_conn *conn)
{
    if (conn->state == GG_CONN_SNIFFING) {
        close_now(conn);
    } else if (conn->state == GG_CONN_OPEN) {
        conn->codec->ops->drain(conn->codec);
        gg_loop_post_last(conn->loop, &conn->flush);
    }
}
