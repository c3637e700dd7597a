/* main.c -- calls of every kind on plain nghttp2, so that one load fits all servers that bench/grpc compares.
 *
 *   grpc-load [options] KIND PORT       on 127.0.0.1, cleartext with prior knowledge
 *     ping         example.v1.PingService/Ping
 *     unary        bench.v1.BenchmarkService/UnaryCall: one message there, the same one back
 *     from-client  StreamingFromClient: -k messages, as many to a DATA frame as fit, and what they came to
 *     from-server  StreamingFromServer: -k messages
 *     both-ways    StreamingBothWays: -k messages, each sent when the one before has come back
 *
 *     -c N  connections (1)           -m N  calls at a time on each (1)
 *     -n N  calls in all              -t S  seconds in which calls start
 *     -l N  bytes of a message (0)    -k N  messages of a stream (1)
 *     -r N  calls a second, at fixed times whatever becomes of those before, in place of -m
 *     -h    a call of each, after the last of which it prints "held" and keeps the connections until
 *           stdin ends
 *
 * Every answer is compared, byte by byte, and has to end with grpc-status 0; if one does not, or nothing comes for a
 * while, exit status 1.  On stdout lines of a name, a tab and a figure: calls, messages (of the longer direction),
 * seconds, cpu_s (the load's own), p50_us and p99_us (from when a call was due to its end), late_us (p99 of how long
 * after that it was sent).  Windows are as large as can be: the servers' pace is all that counts.
 * Left out: names, TLS, compression.
 * Spec: RFC 9113, gRPC PROTOCOL-HTTP2. */
#define _GNU_SOURCE
#include "load.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { READ_LEN = 256 * 1024, EVENTS = 64, FRESH_MAX = 64 /* connections without an answer */ };
#define PATIENCE_NS (20 * NS_PER_S)
#define WINDOW INT32_MAX /* of a stream and of a connection */

static const kind kinds[] = {
    { "ping", "/example.v1.PingService/Ping", false, false },
    { "unary", "/bench.v1.BenchmarkService/UnaryCall", false, false },
    { "from-client", "/bench.v1.BenchmarkService/StreamingFromClient", true, false },
    { "from-server", "/bench.v1.BenchmarkService/StreamingFromServer", false, true },
    { "both-ways", "/bench.v1.BenchmarkService/StreamingBothWays", true, true },
};

void fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("grpc-load: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

void *must(void *memory)
{
    if (memory == NULL)
        fail("out of memory");
    return memory;
}

uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

void times_add(times *t, uint64_t ns)
{
    if (t->count == t->cap) {
        t->cap = t->cap > 0 ? 2 * t->cap : 1 << 16;
        t->us = must(realloc(t->us, t->cap * sizeof *t->us));
    }
    t->us[t->count++] = (uint32_t)(ns / 1000);
}

static int by_time(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static uint32_t times_percentile(times *t, size_t percent)
{
    qsort(t->us, t->count, sizeof *t->us, by_time);
    return t->us[t->count * percent / 100];
}

/* -- connections -- */

static void watch(const load *l, conn *c, int op, uint32_t events)
{
    struct epoll_event event = { .events = events, .data.ptr = c };
    epoll_ctl(l->epoll, op, c->fd, &event);
}

/* Collects what the session wants to send into out, as much as fits. */
static void conn_fill(conn *c)
{
    while (c->out_len < WRITE_LEN / 2) { /* a frame is at most 16 KiB, so the next one fits */
        const uint8_t *frame;
        ssize_t len = nghttp2_session_mem_send(c->session, &frame);
        if (len < 0)
            fail("%s", nghttp2_strerror((int)len));
        if (len == 0)
            return;
        memcpy(c->out + c->out_len, frame, (size_t)len);
        c->out_len += (size_t)len;
    }
}

/* Writes until all is written or the socket is full. */
static void conn_write(conn *c)
{
    assert(c != NULL);
    for (;;) {
        if (c->out_sent == c->out_len) {
            c->out_sent = c->out_len = 0;
            conn_fill(c);
            if (c->out_len == 0)
                break;
        }
        ssize_t n = send(c->fd, c->out + c->out_sent, c->out_len - c->out_sent, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN)
            fail("send: %s", strerror(errno));
        if (n < 0)
            break;
        c->out_sent += (size_t)n;
    }
    bool full = c->out_sent < c->out_len;
    if (full != c->waits_writable)
        watch(c->load, c, EPOLL_CTL_MOD, full ? EPOLLIN | EPOLLOUT : EPOLLIN);
    c->waits_writable = full;
}

static void conn_read(conn *c)
{
    static unsigned char in[READ_LEN];
    ssize_t n = recv(c->fd, in, sizeof in, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0)
        fail("the server closed a connection%s%s", n < 0 ? ": " : "", n < 0 ? strerror(errno) : "");
    ssize_t taken = nghttp2_session_mem_recv(c->session, in, (size_t)n);
    if (taken < 0)
        fail("%s", nghttp2_strerror((int)taken));
}

static void conn_open(load *l)
{
    conn *c = must(calloc(1, sizeof *c));
    c->load = l;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&l->address, sizeof l->address) != 0)
        fail("connect: %s", strerror(errno));
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
    nghttp2_settings_entry settings[] = { { NGHTTP2_SETTINGS_ENABLE_PUSH, 0 },
        { NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, WINDOW } };
    if (nghttp2_session_client_new(&c->session, l->callbacks, c) != 0 ||
        nghttp2_submit_settings(c->session, NGHTTP2_FLAG_NONE, settings, 2) != 0 ||
        nghttp2_session_set_local_window_size(c->session, NGHTTP2_FLAG_NONE, 0, WINDOW) != 0)
        fail("out of memory");
    watch(l, c, EPOLL_CTL_ADD, EPOLLIN);
    l->conns[l->conn_count++] = c;
    l->fresh++;
    for (size_t i = 0; i < l->streams && l->rate == 0 && may_start(l, now_ns()); i++)
        call_start(c, now_ns());
    conn_write(c);
}

static void conn_free(conn *c)
{
    assert(c != NULL);
    close(c->fd);
    nghttp2_session_del(c->session);
    free(c);
}

/* -- the loop -- */

/* Starts what is due, the connections in turn; how long until the next one is. */
static uint64_t start_due(load *l)
{
    uint64_t now = now_ns(), due;
    for (;;) { /* ends: the rate is finite */
        due = l->start_ns + l->started * NS_PER_S / l->rate;
        if (due > now || !may_start(l, due))
            break;
        times_add(&l->late, now - due);
        call_start(l->conns[l->started % l->conn_count], due);
    }
    for (size_t i = 0; i < l->conn_count; i++)
        conn_write(l->conns[i]);
    return due > now ? due - now : PATIENCE_NS;
}

static void turn(load *l, uint64_t wait_ns)
{
    struct epoll_event events[EVENTS];
    struct timespec wait = { .tv_sec = (time_t)(wait_ns / NS_PER_S), .tv_nsec = (long)(wait_ns % NS_PER_S) };
    int count = epoll_pwait2(l->epoll, events, EVENTS, &wait, NULL);
    if (count < 0 || (count == 0 && wait_ns == PATIENCE_NS))
        fail("%s", count < 0 ? strerror(errno) : "the server has fallen silent");
    for (int i = 0; i < count; i++) {
        conn *c = events[i].data.ptr;
        if ((events[i].events & ~(uint32_t)EPOLLOUT) != 0)
            conn_read(c);
        conn_write(c);
    }
}

static void run(load *l)
{
    l->start_ns = now_ns();
    l->end_ns = l->start_ns + (uint64_t)(l->seconds * (double)NS_PER_S);
    for (;;) {
        bool opens = l->conn_count < l->connections;
        if (opens && l->fresh < FRESH_MAX)
            conn_open(l);
        uint64_t wait_ns = opens && l->fresh < FRESH_MAX ? 0 : PATIENCE_NS;
        if (l->rate > 0 && !opens)
            wait_ns = start_due(l);
        else if (l->rate > 0)
            l->start_ns = now_ns();
        if (l->open == 0 && !opens && (l->holds || !may_start(l, now_ns())))
            break;
        turn(l, wait_ns);
    }
}

static void report(load *l)
{
    size_t per_call = l->request_count > l->response_count ? l->request_count : l->response_count;
    double seconds = (double)(now_ns() - l->start_ns) / (double)NS_PER_S;
    printf("calls\t%zu\nmessages\t%zu\nseconds\t%.6f\n", l->ended, l->ended * per_call, seconds);
    printf("cpu_s\t%.6f\n", (double)clock() / CLOCKS_PER_SEC);
    if (l->ended > 0)
        printf("p50_us\t%u\np99_us\t%u\n", times_percentile(&l->took, 50), times_percentile(&l->took, 99));
    if (l->late.count > 0)
        printf("late_us\t%u\n", times_percentile(&l->late, 99));
    fflush(stdout);
}

static void hold(void)
{
    puts("held");
    fflush(stdout);
    while (getchar() != EOF) { /* until stdin ends */
    }
}

static bool read_options(load *l, int argc, char **argv)
{
    int option;
    while ((option = getopt(argc, argv, "c:m:n:t:l:k:r:h")) != -1) {
        size_t *number = option == 'c' ? &l->connections
            : option == 'm'            ? &l->streams
            : option == 'n'            ? &l->calls
            : option == 'l'            ? &l->len
            : option == 'k'            ? &l->count
            : option == 'r'            ? &l->rate
                                       : NULL;
        if (number != NULL)
            *number = strtoul(optarg, NULL, 10);
        else if (option == 't')
            l->seconds = strtod(optarg, NULL);
        else if (option == 'h')
            l->holds = true;
        else
            return false;
    }
    if (argc - optind != 2 || l->connections == 0 || l->streams == 0 || l->count == 0)
        return false;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(argv[optind], kinds[i].name) == 0)
            l->kind = &kinds[i];
    l->address = (struct sockaddr_in){ .sin_family = AF_INET,
        .sin_port = htons((uint16_t)strtoul(argv[optind + 1], NULL, 10)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    snprintf(l->authority, sizeof l->authority, "127.0.0.1:%u", (unsigned)ntohs(l->address.sin_port));
    if (l->holds)
        l->calls = l->connections * l->streams;
    return l->kind != NULL && (l->calls > 0 || l->seconds > 0);
}

int main(int argc, char **argv)
{
    load l = { .connections = 1, .streams = 1, .count = 1 };
    if (!read_options(&l, argc, argv)) {
        fprintf(stderr,
            "usage: grpc-load -n CALLS | -t SECONDS | -h [-c N] [-m N] [-l N] [-k N] [-r N] "
            "ping|unary|from-client|from-server|both-ways PORT\n");
        return 2;
    }
    make_messages(&l);
    l.epoll = epoll_create1(EPOLL_CLOEXEC);
    l.conns = must(calloc(l.connections, sizeof(conn *)));
    l.callbacks = make_callbacks();
    if (l.epoll < 0)
        fail("epoll: %s", strerror(errno));
    prctl(PR_SET_TIMERSLACK, 1L); /* calls are to start when they are due */
    run(&l);
    report(&l);
    if (l.holds)
        hold();
    for (size_t i = 0; i < l.conn_count; i++)
        conn_free(l.conns[i]);
    for (call *c; (c = l.spare) != NULL; free(c))
        l.spare = c->next;
    nghttp2_session_callbacks_del(l.callbacks);
    free(l.conns);
    free(l.took.us);
    free(l.late.us);
    free(l.request.bytes);
    free(l.response.bytes);
    close(l.epoll);
    return 0;
}
