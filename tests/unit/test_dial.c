/* test_dial.c -- connections by real sockets of this machine: made, refused, given up at any moment. */
#include "http/dial.h"

#include "base/clock.h"
#include "http/listener.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
/* cmocka wants those first */
#include <cmocka.h>

enum { TEXT_LEN = 400, PATIENCE_MS = 20000 };

/* A codec that says "hello" and keeps what it hears. */
typedef struct talker {
    gg_codec base;
    gg_str rest; /* to be said */
    char heard[TEXT_LEN];
    bool eof, freed;
} talker;

static gg_rc receive(gg_codec *codec, gg_str bytes)
{
    talker *t = (talker *)codec;
    snprintf(t->heard + strlen(t->heard), TEXT_LEN - strlen(t->heard), "%.*s", GG_STR_ARG(bytes));
    return GG_OK;
}

static void on_eof(gg_codec *codec)
{
    ((talker *)codec)->eof = true;
}

static gg_str output(gg_codec *codec)
{
    return ((talker *)codec)->rest;
}

static void sent(gg_codec *codec, size_t len)
{
    talker *t = (talker *)codec;
    t->rest = gg_str_of(t->rest.ptr + len, t->rest.len - len);
}

static bool wants_input(const gg_codec *codec)
{
    (void)codec;
    return true;
}

static bool done(const gg_codec *codec)
{
    return ((const talker *)codec)->eof;
}

static void free_talker(gg_codec *codec)
{
    ((talker *)codec)->freed = true;
}

static const gg_codec_ops talker_ops = { receive, on_eof, output, sent, wants_input, done, done, on_eof, free_talker };

/* -- one link -- */

typedef struct fixture {
    gg_loop loop;
    gg_target target;
    gg_socket_dialer dialer;
    gg_link *link;
    talker talker;
    bool connected, closed;
    char why[TEXT_LEN];
    uv_timer_t patience;
    bool late;
} fixture;

static void on_connected(void *user)
{
    fixture *f = user;
    f->connected = true;
    f->talker = (talker){ .base.ops = &talker_ops, .rest = GG_STR("hello") };
    gg_link_attach(f->link, &f->talker.base);
}

static void on_closed(void *user, gg_str why)
{
    fixture *f = user;
    f->closed = true;
    f->link = NULL;
    snprintf(f->why, sizeof f->why, "%.*s", GG_STR_ARG(why));
}

static void on_patience(uv_timer_t *timer)
{
    ((fixture *)timer->data)->late = true;
}

static void dial_to(fixture *f, const char *target)
{
    static const gg_link_events events = { on_connected, on_closed };
    *f = (fixture){ 0 };
    assert_int_equal(gg_loop_init(&f->loop, NULL), GG_OK);
    assert_null(gg_target_parse(gg_str_from(target), &f->target));
    gg_socket_dialer_init(&f->dialer, &f->loop, &f->target, GG_NS_PER_S);
    uv_timer_init(f->loop.uv, &f->patience);
    f->patience.data = f;
    uv_timer_start(&f->patience, on_patience, PATIENCE_MS, 0);
    f->link = gg_dial(&f->dialer.base, &events, f);
    assert_non_null(f->link);
    assert_false(f->connected || f->closed);
}

/* Runs the loop until *flag. */
static void run_until(fixture *f, const bool *flag)
{
    while (!*flag) {
        gg_loop_turn(&f->loop);
        uv_run(f->loop.uv, UV_RUN_ONCE);
        assert_false(f->late);
    }
}

static void hang_up(fixture *f)
{
    uv_close((uv_handle_t *)&f->patience, NULL);
    if (f->link != NULL)
        gg_link_close(f->link);
    gg_loop_deinit(&f->loop);
    assert_true(!f->connected || f->talker.freed);
}

/* -- servers -- */

static int listen_on(const char *network, const char *address, gg_socket *sock)
{
    char error[TEXT_LEN];
    assert_int_equal(gg_socket_listen(sock, gg_str_from(network), gg_str_from(address), error, sizeof error), GG_OK);
    return sock->fd;
}

/* Accepts, hears "hello", says `text`, closes. */
static void serve(int fd, const char *text)
{
    char heard[8];
    int conn = accept(fd, NULL, NULL);
    assert_true(conn >= 0);
    assert_int_equal(recv(conn, heard, 5, MSG_WAITALL), 5);
    assert_memory_equal(heard, "hello", 5);
    assert_int_equal(send(conn, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
    close(conn);
}

static void assert_conversation(int fd, const char *target)
{
    fixture f;
    dial_to(&f, target);
    run_until(&f, &f.connected);
    while (f.talker.rest.len > 0)
        gg_loop_turn(&f.loop);
    serve(fd, "welcome");
    run_until(&f, &f.closed);
    assert_string_equal(f.talker.heard, "welcome");
    assert_string_equal(f.why, "the server closed the connection");
    hang_up(&f);
}

static void assert_refused(const char *target, const char *why)
{
    fixture f;
    dial_to(&f, target);
    run_until(&f, &f.closed);
    assert_false(f.connected);
    if (why != NULL)
        assert_string_equal(f.why, why);
    hang_up(&f);
}

/* -- the tests -- */

static void test_tcp(void **state)
{
    (void)state;
    gg_socket sock;
    char target[TEXT_LEN];
    int fd = listen_on("tcp", "127.0.0.1:0", &sock);
    const char *port = strrchr(sock.name, ':');
    assert_conversation(fd, sock.name);
    snprintf(target, sizeof target, "localhost%s", port);
    assert_conversation(fd, target);
    gg_socket_close(&sock);
    assert_refused(target, "connection refused");
}

/* The first address of "localhost" refuses, the second does not. */
static void test_second_address(void **state)
{
    (void)state;
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
    socklen_t len = sizeof address;
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) != 0 || listen(fd, 1) != 0) {
        print_message("SKIP: no IPv6 here\n");
        close(fd);
        return;
    }
    char target[TEXT_LEN];
    getsockname(fd, (struct sockaddr *)&address, &len);
    snprintf(target, sizeof target, "localhost:%u", (unsigned)ntohs(address.sin6_port));
    assert_conversation(fd, target);
    close(fd);
}

static void test_unix(void **state)
{
    (void)state;
    gg_socket sock;
    char path[] = "/tmp/gg-dial-XXXXXX", address[TEXT_LEN], target[TEXT_LEN];
    assert_non_null(mkdtemp(path));
    snprintf(address, sizeof address, "%s/sock", path);
    snprintf(target, sizeof target, "unix:%s/sock", path);
    assert_refused(target, "no such file or directory");
    int fd = listen_on("unix", address, &sock);
    assert_conversation(fd, target);
    gg_socket_close(&sock);
    assert_refused(target, "no such file or directory");
    rmdir(path);
}

/* A name that nobody has (RFC 6761, 6.4); what the resolver says to it is its own. */
static void test_unknown_name(void **state)
{
    (void)state;
    assert_refused("name.invalid:80", NULL);
}

/* Given up before anything happened, and after each turn of the loop. */
static void test_given_up(void **state)
{
    (void)state;
    gg_socket sock;
    listen_on("tcp", "127.0.0.1:0", &sock);
    const char *const targets[] = { sock.name, "127.0.0.1:1", "unix:/nowhere", "name.invalid:80" };
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++)
        for (size_t turns = 0; turns < 6; turns++) {
            fixture f;
            dial_to(&f, targets[i]);
            for (size_t turn = 0; turn < turns; turn++) {
                gg_loop_turn(&f.loop);
                uv_run(f.loop.uv, UV_RUN_NOWAIT);
            }
            hang_up(&f);
        }
    gg_socket_close(&sock);
}

/* The first of two addresses neither accepts nor refuses (as far as is looked): the next link begins with the other one,
 * and the one after that, which is given up too, with the first again. */
static void test_hanging_address(void **state)
{
    (void)state;
    static const gg_link_events events = { on_connected, on_closed };
    gg_socket socks[2];
    char target[TEXT_LEN];
    fixture f;
    int fds[] = { listen_on("tcp", "127.0.0.1:0", &socks[0]), listen_on("tcp", "127.0.0.1:0", &socks[1]) };
    snprintf(target, sizeof target, "ipv4:%.100s,%.100s", socks[0].name, socks[1].name);
    dial_to(&f, target);
    for (size_t attempts = 0; attempts < 3; attempts++) {
        gg_loop_turn(&f.loop); /* the attempt begins; nobody looks how it goes */
        gg_link_close(f.link);
        f.link = gg_dial(&f.dialer.base, &events, &f);
        assert_non_null(f.link);
    }
    run_until(&f, &f.connected);
    while (f.talker.rest.len > 0)
        gg_loop_turn(&f.loop);
    close(accept(fds[0], NULL, NULL)); /* the two that were given up */
    close(accept(fds[0], NULL, NULL));
    close(accept(fds[1], NULL, NULL));
    serve(fds[1], "welcome");
    run_until(&f, &f.closed);
    assert_string_equal(f.talker.heard, "welcome");
    hang_up(&f);
    gg_socket_close(&socks[0]);
    gg_socket_close(&socks[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tcp),
        cmocka_unit_test(test_second_address),
        cmocka_unit_test(test_unix),
        cmocka_unit_test(test_unknown_name),
        cmocka_unit_test(test_given_up),
        cmocka_unit_test(test_hanging_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
