/* nghttp2_bare.c -- the least an HTTP/2 server on nghttp2 can do: the peer of our gRPC figures.
 *
 *   nghttp2-bare PORT      on 127.0.0.1, cleartext with prior knowledge, until it is killed
 *
 * Every request, whatever it asks, is answered at its end with the constant PingResponse, a gRPC message and
 * trailers.  One thread, epoll, one read and one write per turn, no buffer of a connection's own.  Left out: all that a product needs (limits,
 * timeouts, routing, decoding); whatever we cost above this is ours, not nghttp2's or the kernel's.
 * Spec: RFC 9113, gRPC PROTOCOL-HTTP2. */
#define _GNU_SOURCE /* accept4 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <nghttp2/nghttp2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_LEN = 64 * 1024, WRITE_LEN = 64 * 1024, EVENTS = 64, BACKLOG = 511, STREAMS = 1000, WINDOW = 1 << 20 };

typedef struct conn {
    int fd;
    nghttp2_session *session;
    bool waits_writable;
    unsigned char *rest; /* what the socket did not take yet; NULL: nothing */
    size_t rest_len, rest_sent;
} conn;

static unsigned char answer[] = "\0\0\0\0\6\12\4Pong"; /* PingResponse{message: "Pong"} in a gRPC message */

/* clang-format off */
#define NV(name, value) { (uint8_t *)(name), (uint8_t *)(value), sizeof(name) - 1, sizeof(value) - 1, \
    NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE }
/* clang-format on */

static ssize_t read_answer(nghttp2_session *session, int32_t stream_id, uint8_t *buf, size_t len, uint32_t *flags,
    nghttp2_data_source *source, void *user)
{
    (void)len, (void)source, (void)user; /* the answer always fits a frame */
    nghttp2_nv trailers[] = { NV("grpc-status", "0") };
    *flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
    if (nghttp2_submit_trailer(session, stream_id, trailers, 1) != 0)
        return NGHTTP2_ERR_CALLBACK_FAILURE;
    memcpy(buf, answer, sizeof answer - 1);
    return sizeof answer - 1;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    (void)user;
    bool request = frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS;
    if (!request || (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0)
        return 0;
    nghttp2_nv headers[] = { NV(":status", "200"), NV("content-type", "application/grpc") };
    nghttp2_data_provider body = { .read_callback = read_answer };
    return nghttp2_submit_response(session, frame->hd.stream_id, headers, 2, &body);
}

static void conn_close(conn *c)
{
    close(c->fd);
    nghttp2_session_del(c->session);
    free(c->rest);
    free(c);
}

static void watch(int epoll, conn *c, int op, uint32_t events)
{
    struct epoll_event event = { .events = events, .data.ptr = c };
    epoll_ctl(epoll, op, c->fd, &event);
}

/* Collects what the session wants to send, as much as fits; -1 when that is over. */
static ssize_t conn_fill(conn *c, unsigned char *out)
{
    size_t out_len = 0;
    while (out_len < WRITE_LEN / 2) { /* a frame is at most 16 KiB, so the next one fits */
        const uint8_t *frame;
        ssize_t len = nghttp2_session_mem_send(c->session, &frame);
        if (len <= 0)
            return len < 0 ? -1 : (ssize_t)out_len;
        memcpy(out + out_len, frame, (size_t)len);
        out_len += (size_t)len;
    }
    return (ssize_t)out_len;
}

/* Sends bytes; how many the socket took, 0 when it is full, -1 when it is over. */
static ssize_t conn_send(conn *c, const unsigned char *bytes, size_t len)
{
    ssize_t n = send(c->fd, bytes, len, MSG_NOSIGNAL);
    return n < 0 && errno == EAGAIN ? 0 : n;
}

static bool conn_keep(conn *c, const unsigned char *bytes, size_t len)
{
    c->rest = malloc(len);
    if (c->rest == NULL)
        return false;
    memcpy(c->rest, bytes, len);
    c->rest_len = len;
    c->rest_sent = 0;
    return true;
}

/* Writes until all is written or the socket is full; false when the connection is over. */
static bool conn_write(int epoll, conn *c)
{
    unsigned char out[WRITE_LEN];
    for (;;) {
        if (c->rest != NULL) {
            ssize_t n = conn_send(c, c->rest + c->rest_sent, c->rest_len - c->rest_sent);
            if (n < 0)
                return false;
            c->rest_sent += (size_t)n;
            if (c->rest_sent < c->rest_len)
                break;
            free(c->rest);
            c->rest = NULL;
        }
        ssize_t len = conn_fill(c, out);
        if (len == 0)
            break;
        ssize_t n = len > 0 ? conn_send(c, out, (size_t)len) : -1;
        if (n < 0 || (n < len && !conn_keep(c, out + n, (size_t)(len - n))))
            return false;
    }
    bool full = c->rest != NULL;
    if (full != c->waits_writable)
        watch(epoll, c, EPOLL_CTL_MOD, full ? EPOLLIN | EPOLLOUT : EPOLLIN);
    c->waits_writable = full;
    return nghttp2_session_want_read(c->session) || nghttp2_session_want_write(c->session);
}

static bool conn_read(conn *c)
{
    unsigned char in[READ_LEN];
    ssize_t n = recv(c->fd, in, sizeof in, 0);
    if (n < 0)
        return errno == EAGAIN;
    return n > 0 && nghttp2_session_mem_recv(c->session, in, (size_t)n) >= 0;
}

static void accept_one(int epoll, int listener, const nghttp2_session_callbacks *callbacks)
{
    conn *c = calloc(1, sizeof *c);
    if (c == NULL)
        return;
    c->fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (c->fd < 0 || nghttp2_session_server_new(&c->session, callbacks, c) != 0) {
        conn_close(c); /* both take "none" */
        return;
    }
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
    nghttp2_settings_entry settings[] = { { NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, STREAMS },
        { NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, WINDOW } };
    nghttp2_submit_settings(c->session, NGHTTP2_FLAG_NONE, settings, 2);
    nghttp2_session_set_local_window_size(c->session, NGHTTP2_FLAG_NONE, 0, WINDOW);
    watch(epoll, c, EPOLL_CTL_ADD, EPOLLIN);
    if (!conn_write(epoll, c))
        conn_close(c);
}

static int listen_on(const char *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
        .sin_port = htons((uint16_t)strtoul(port, NULL, 10)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, BACKLOG) != 0)
        return -1;
    return fd;
}

int main(int argc, char **argv)
{
    int listener = argc == 2 ? listen_on(argv[1]) : -1;
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    nghttp2_session_callbacks *callbacks;
    if (listener < 0 || epoll < 0 || nghttp2_session_callbacks_new(&callbacks) != 0) {
        fprintf(stderr, "nghttp2-bare PORT: %s\n", argc == 2 ? strerror(errno) : "no port");
        return 1;
    }
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    struct epoll_event event = { .events = EPOLLIN };
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            conn *c = events[i].data.ptr;
            if (c == NULL)
                accept_one(epoll, listener, callbacks);
            else if (((events[i].events & ~(uint32_t)EPOLLOUT) != 0 && !conn_read(c)) || !conn_write(epoll, c))
                conn_close(c);
        }
    }
}
