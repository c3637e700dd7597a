/* io.c -- reads into the loop's buffer, feeds the codec, writes what it has to send.
 *
 * The timer watches a peer that does not read: write_ns without progress of the write under way.  All other
 * time limits are the codec's, or the owner's. */
#include "http/io.h"

#include "base/clock.h"

#define IO_OF(member, ptr) ((gg_io *)(void *)((char *)(ptr)-offsetof(gg_io, member)))

static gg_io *io_of(const void *handle)
{
    return ((const uv_handle_t *)handle)->data;
}

static void fail(gg_io *io, int error)
{
    if (!io->closing)
        io->events->failed(io, error);
}

/* -- writing -- */

static void on_written(uv_write_t *write, int status)
{
    gg_io *io = io_of(write->handle);
    io->writing = false;
    if (status == UV_ECANCELED)
        return; /* closing */
    io->loop->sched.now_ns = gg_clock_ns();
    gg_timer_stop(&io->loop->sched, &io->stalled);
    if (status != 0) {
        fail(io, status);
    } else if (io->codec != NULL) {
        io->codec->ops->sent(io->codec, io->unwritten);
        gg_io_flush(io);
    }
    gg_loop_turn(io->loop);
}

/* Leaves out, which stays valid until sent, to the loop; a peer that never takes it is given up. */
static void write_later(gg_io *io, gg_str out)
{
    uv_buf_t buf = uv_buf_init((char *)(uintptr_t)out.ptr, (unsigned)out.len);
    int rc = uv_write(&io->write, &io->stream, &buf, 1, on_written);
    if (rc != 0) {
        fail(io, rc);
        return;
    }
    io->writing = true;
    io->unwritten = out.len;
    io->stalled_len = uv_stream_get_write_queue_size(&io->stream);
    gg_timer_start(&io->loop->sched, &io->stalled, gg_later(io->loop->sched.now_ns, io->write_ns));
}

static void on_stalled(gg_timer *timer)
{
    gg_io *io = IO_OF(stalled, timer);
    size_t left = uv_stream_get_write_queue_size(&io->stream);
    if (left >= io->stalled_len) {
        fail(io, UV_ETIMEDOUT);
        return;
    }
    io->stalled_len = left;
    gg_timer_start(&io->loop->sched, timer, gg_later(io->loop->sched.now_ns, io->write_ns));
}

/* Writes what the codec has; false when the socket failed. */
static bool write_out(gg_io *io)
{
    for (unsigned round = 0; !io->writing; round++) {
        gg_str out = io->codec->ops->output(io->codec);
        if (out.len == 0)
            break;
        if (round == GG_IO_ROUNDS) { /* others shall have their turn */
            write_later(io, out);
            break;
        }
        uv_buf_t buf = uv_buf_init((char *)(uintptr_t)out.ptr, (unsigned)out.len);
        int written = uv_try_write(&io->stream, &buf, 1);
        if (written < 0 && written != UV_EAGAIN) {
            fail(io, written);
            return false;
        }
        if (written > 0)
            io->codec->ops->sent(io->codec, (size_t)written);
        if (written < 0 || (size_t)written < out.len)
            write_later(io, io->codec->ops->output(io->codec));
    }
    return io->codec != NULL && !io->closing;
}

static void on_flush(gg_task *task)
{
    gg_io *io = IO_OF(flush, task);
    if (io->codec == NULL || !write_out(io))
        return;
    if (!io->writing && io->codec->ops->done(io->codec))
        io->events->done(io);
    else
        gg_io_set_reading(io, io->codec->ops->wants_input(io->codec));
}

void gg_io_flush(gg_io *io)
{
    gg_loop_post_last(io->loop, &io->flush);
}

static void on_wake(gg_task *task)
{
    gg_io_flush(IO_OF(wake, task));
}

/* -- reading -- */

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    (void)suggested;
    *buf = uv_buf_init(io_of(handle)->loop->read_buf, GG_READ_LEN);
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
    gg_io *io = io_of(stream);
    if (len == 0)
        return; /* EAGAIN */
    io->loop->sched.now_ns = gg_clock_ns();
    if (len > 0 && io->codec == NULL) {
        io->events->bytes(io, gg_str_of(buf->base, (size_t)len));
    } else if (len > 0) {
        io->codec->ops->receive(io->codec, gg_str_of(buf->base, (size_t)len));
        gg_io_flush(io);
    } else if (len == UV_EOF && io->codec != NULL) {
        gg_io_set_reading(io, false);
        io->codec->ops->eof(io->codec);
        gg_io_flush(io);
    } else {
        fail(io, (int)len);
    }
    gg_loop_turn(io->loop);
}

void gg_io_set_reading(gg_io *io, bool on)
{
    if (io->reading == on || io->closing)
        return;
    io->reading = on;
    int rc = on ? uv_read_start(&io->stream, on_alloc, on_read) : uv_read_stop(&io->stream);
    if (rc != 0)
        fail(io, rc);
}

/* -- beginning and end -- */

int gg_io_init(gg_io *io, gg_loop *loop, bool is_unix, uint64_t write_ns, const gg_io_events *events)
{
    *io = (gg_io){ .loop = loop,
        .events = events,
        .wake = { .run = on_wake },
        .flush = { .run = on_flush },
        .stalled = { .fire = on_stalled },
        .write_ns = write_ns };
    int rc = is_unix ? uv_pipe_init(loop->uv, &io->pipe, 0) : uv_tcp_init(loop->uv, &io->tcp);
    io->handle.data = io;
    return rc;
}

void gg_io_attach(gg_io *io, gg_codec *codec)
{
    io->codec = codec;
}

void gg_io_free_codec(gg_io *io)
{
    gg_codec *codec = io->codec;
    io->codec = NULL;
    if (codec != NULL)
        codec->ops->free(codec);
}

static void on_closed(uv_handle_t *handle)
{
    gg_io *io = io_of(handle);
    io->events->closed(io);
}

void gg_io_close(gg_io *io)
{
    if (io->closing)
        return;
    io->closing = true;
    gg_io_free_codec(io);
    gg_timer_stop(&io->loop->sched, &io->stalled);
    gg_sched_cancel(&io->loop->sched, &io->wake);
    gg_loop_cancel_last(io->loop, &io->flush);
    uv_close(&io->handle, on_closed);
}
