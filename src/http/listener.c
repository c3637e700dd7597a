/* listener.c -- accepts on its loop from a duplicate of a bound socket; keeps the list of what it accepted.
 *
 * Out of descriptors: libuv accepts with a spare one and closes that connection at once, so the loop does
 * not spin; it does not tell, so a warning is logged when they run short.  Once a second at most. */
#include "http/listener.h"

#include "base/clock.h"
#include "http/conn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    RETRY_NS = 100 * 1000 * 1000,
    FDS_SHORT = 8 /* descriptors left below which it is said */
};

static void complain(gg_listener *listener, const char *what)
{
    uint64_t now = gg_clock_ns();
    if (listener->complained_ns != 0 && now - listener->complained_ns < GG_NS_PER_S)
        return;
    listener->complained_ns = now;
    if (listener->config->log != NULL)
        gg_logf(listener->config->log, GG_LOG_WARN, "accepting connections: %s", what);
}

/* libuv tells of the next connection only when the last one was taken: try again until it is. */
static void accept_one(gg_listener *listener)
{
    gg_sched *sched = &listener->loop->sched;
    gg_rc rc = gg_conn_accept(listener);
    uv_os_fd_t fd = -1;
    if (rc == GG_OK) {
        bool known = uv_fileno(&listener->conns->io.handle, &fd) == 0;
        if (known && (uint64_t)fd + FDS_SHORT >= listener->fd_limit)
            complain(listener, "file descriptors are running out, further connections will be closed");
        return;
    }
    complain(listener, rc == GG_ENOMEM ? "out of memory" : "the system refused");
    if (rc == GG_ENOMEM)
        gg_timer_start(sched, &listener->retry, sched->now_ns + RETRY_NS);
}

static void retry(gg_timer *timer)
{
    accept_one((gg_listener *)(void *)((char *)timer - offsetof(gg_listener, retry)));
}

static void on_connection(uv_stream_t *stream, int status)
{
    gg_listener *listener = stream->data;
    if (status != 0) {
        complain(listener, uv_strerror(status));
        return;
    }
    listener->loop->sched.now_ns = gg_clock_ns();
    accept_one(listener);
}

static void on_closed(uv_handle_t *handle)
{
    free(handle);
}

static void maybe_idle(gg_listener *listener)
{
    if (!listener->draining || listener->conn_count > 0 || listener->stream != NULL || listener->on_idle == NULL)
        return;
    void (*on_idle)(void *user) = listener->on_idle;
    listener->on_idle = NULL; /* once */
    on_idle(listener->user);
}

static void on_closed_draining(uv_handle_t *handle)
{
    gg_listener *listener = handle->data;
    free(handle);
    if (listener == NULL)
        return; /* closed meanwhile */
    listener->stream = NULL;
    maybe_idle(listener);
}

void gg_listener_forget(gg_listener *listener, gg_conn *conn)
{
    if (conn->prev != NULL)
        conn->prev->next = conn->next;
    else
        listener->conns = conn->next;
    if (conn->next != NULL)
        conn->next->prev = conn->prev;
    listener->conn_count--;
    maybe_idle(listener);
}

static int open_stream(gg_listener *listener, int fd, bool is_unix)
{
    union {
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } *io = calloc(1, sizeof *io);
    if (io == NULL)
        return UV_ENOMEM;
    uv_loop_t *uv = listener->loop->uv;
    int rc = is_unix ? uv_pipe_init(uv, &io->pipe, 0) : uv_tcp_init(uv, &io->tcp);
    if (rc != 0) {
        free(io);
        return rc;
    }
    listener->stream = (uv_stream_t *)io;
    listener->stream->data = listener;
    return is_unix ? uv_pipe_open(&io->pipe, fd) : uv_tcp_open(&io->tcp, fd);
}

gg_rc gg_listener_start(gg_listener *listener, gg_loop *loop, const gg_socket *sock, const gg_codec_config *config,
    char *error, size_t error_len)
{
    struct rlimit fds = { .rlim_cur = RLIM_INFINITY };
    getrlimit(RLIMIT_NOFILE, &fds);
    *listener =
        (gg_listener){ .loop = loop, .config = config, .fd_limit = (uint64_t)fds.rlim_cur, .retry = { .fire = retry } };
    int fd = fcntl(sock->fd, F_DUPFD_CLOEXEC, 0);
    int rc = fd < 0 ? uv_translate_sys_error(errno) : open_stream(listener, fd, sock->is_unix);
    if (rc != 0 && fd >= 0)
        close(fd); /* the stream has not taken it */
    if (rc == 0)
        rc = uv_listen(listener->stream, GG_LISTEN_BACKLOG, on_connection);
    if (rc == 0)
        return GG_OK;
    snprintf(error, error_len, "cannot accept on %s: %s", sock->name, uv_strerror(rc));
    gg_listener_close(listener);
    return rc == UV_ENOMEM ? GG_ENOMEM : GG_EIO;
}

void gg_listener_drain(gg_listener *listener, void (*on_idle)(void *user), void *user)
{
    if (listener->draining || listener->stream == NULL)
        return;
    listener->draining = true;
    listener->on_idle = on_idle;
    listener->user = user;
    gg_timer_stop(&listener->loop->sched, &listener->retry);
    uv_close((uv_handle_t *)listener->stream, on_closed_draining);
    for (gg_conn *conn = listener->conns; conn != NULL; conn = conn->next)
        gg_conn_drain(conn); /* it leaves the list later, when its handle is closed */
}

void gg_listener_close(gg_listener *listener)
{
    listener->on_idle = NULL;
    gg_timer_stop(&listener->loop->sched, &listener->retry);
    if (listener->stream != NULL && listener->draining)
        listener->stream->data = NULL;
    else if (listener->stream != NULL)
        uv_close((uv_handle_t *)listener->stream, on_closed);
    listener->stream = NULL;
    for (gg_conn *conn = listener->conns, *next; conn != NULL; conn = next) {
        next = conn->next;
        gg_conn_abandon(conn);
    }
    listener->conns = NULL;
    listener->conn_count = 0;
}
