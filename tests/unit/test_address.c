/* test_address.c -- addresses in text, bound, and printed. */
#include "http/address.h"
#include "http/listener.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static void test_host_port(void **state)
{
    (void)state;
    static const struct {
        const char *text, *host;
        int port; /* -1: refused */
    } rows[] = {
        { "127.0.0.1:80", "127.0.0.1", 80 },
        { "localhost:0", "localhost", 0 },
        { ":8080", "", 8080 },
        { "[::]:65535", "::", 65535 },
        { "[fe80::1]:1", "fe80::1", 1 },
        { "a.b-c.d:1", "a.b-c.d", 1 },
        { "", "", -1 },
        { "localhost", "", -1 },
        { "localhost:", "", -1 },
        { "localhost:http", "", -1 },
        { "localhost:+1", "", -1 },
        { "localhost:-1", "", -1 },
        { "localhost:65536", "", -1 },
        { "localhost:99999999999999999999", "", -1 },
        { "::1:80", "", -1 },
        { "[]:80", "", -1 },
        { "[::1]80", "", -1 },
        { "[::1:80", "", -1 },
        { "a b:80", "", -1 },
        { "http://a:80", "", -1 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gg_host_port parts = { 0 };
        const char *wrong = gg_host_port_parse(gg_str_from(rows[i].text), &parts);
        char error[200] = "";
        gg_rc rc = gg_address_check(GG_STR("tcp"), gg_str_from(rows[i].text), error, sizeof error);
        if (rows[i].port < 0) {
            assert_non_null(wrong);
            assert_int_equal(rc, GG_EINVAL);
            assert_non_null(strstr(error, rows[i].text));
            assert_non_null(strstr(error, wrong));
            continue;
        }
        assert_null(wrong);
        assert_int_equal(rc, GG_OK);
        assert_true(gg_str_eq(parts.host, gg_str_from(rows[i].host)));
        assert_int_equal(parts.port, rows[i].port);
    }
}

static void test_check(void **state)
{
    (void)state;
    char error[200], path[200];
    memset(path, 'x', sizeof path);
    assert_int_equal(gg_address_check(GG_STR("unix"), GG_STR("/tmp/x"), error, sizeof error), GG_OK);
    assert_int_equal(gg_address_check(GG_STR("unix"), GG_STR(""), error, sizeof error), GG_EINVAL);
    assert_int_equal(gg_address_check(GG_STR("unix"), gg_str_of(path, sizeof path), error, sizeof error), GG_EINVAL);
    assert_int_equal(gg_address_check(GG_STR("unix"), GG_STR("a\0b"), error, sizeof error), GG_EINVAL);
    assert_int_equal(gg_address_check(GG_STR("udp"), GG_STR(":1"), error, sizeof error), GG_EINVAL);
    assert_string_equal(error, "listen udp :1: unknown network, want tcp or unix");
}

static bool has_ipv6(void)
{
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static void test_listen_tcp(void **state)
{
    (void)state;
    static const struct {
        const char *address, *prefix;
        bool wildcard;
    } rows[] = {
        { "127.0.0.1:0", "127.0.0.1:", false },
        { "localhost:0", "127.0.0.1:", false },
        { "0.0.0.0:0", "[::]:", true },
        { "[::]:0", "[::]:", true },
        { ":0", "[::]:", true },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gg_socket sock;
        char error[200] = "";
        assert_int_equal(gg_socket_listen(&sock, GG_STR("tcp"), gg_str_from(rows[i].address), error, sizeof error),
            GG_OK);
        const char *prefix = rows[i].wildcard && !has_ipv6() ? "0.0.0.0:" : rows[i].prefix;
        assert_memory_equal(sock.name, prefix, strlen(prefix));
        assert_true(atoi(sock.name + strlen(prefix)) > 0);
        assert_false(sock.is_unix);
        gg_socket_close(&sock);
        gg_socket_close(&sock); /* twice does no harm */
        assert_int_equal(sock.fd, -1);
    }
}

static void test_in_use(void **state)
{
    (void)state;
    gg_socket first, second;
    char error[200] = "", want[GG_ADDRESS_LEN + 50];
    assert_int_equal(gg_socket_listen(&first, GG_STR("tcp"), GG_STR("127.0.0.1:0"), error, sizeof error), GG_OK);
    assert_int_equal(gg_socket_listen(&second, GG_STR("tcp"), gg_str_from(first.name), error, sizeof error), GG_EIO);
    snprintf(want, sizeof want, "listen tcp %s: address already in use", first.name);
    assert_string_equal(error, want);
    assert_int_equal(second.fd, -1);
    gg_socket_close(&first);
}

static void test_listen_unix(void **state)
{
    (void)state;
    char path[] = "/tmp/gg-address-XXXXXX", error[200] = "";
    assert_non_null(mkdtemp(path));
    char name[sizeof path + 10];
    snprintf(name, sizeof name, "%s/s.sock", path);
    gg_socket first, second;
    assert_int_equal(gg_socket_listen(&first, GG_STR("unix"), gg_str_from(name), error, sizeof error), GG_OK);
    assert_string_equal(first.name, name);
    struct stat info;
    assert_int_equal(stat(name, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(gg_socket_listen(&second, GG_STR("unix"), gg_str_from(name), error, sizeof error), GG_EIO);
    assert_non_null(strstr(error, "address already in use"));

    /* A socket file that nobody listens on any more is replaced, another file is not. */
    close(first.fd);
    assert_int_equal(gg_socket_listen(&second, GG_STR("unix"), gg_str_from(name), error, sizeof error), GG_OK);
    gg_socket_close(&second);
    assert_int_not_equal(stat(name, &info), 0);
    FILE *file = fopen(name, "w");
    fclose(file);
    assert_int_equal(gg_socket_listen(&second, GG_STR("unix"), gg_str_from(name), error, sizeof error), GG_EIO);
    assert_int_equal(stat(name, &info), 0);
    unlink(name);
    rmdir(path);
}

static void test_print(void **state)
{
    (void)state;
    char out[GG_PEER_LEN];
    struct sockaddr_un un = { .sun_family = AF_UNIX };
    assert_int_equal(gg_sockaddr_print((const struct sockaddr *)&un, out, sizeof out), 4);
    assert_string_equal(out, "unix");
    assert_int_equal(gg_sockaddr_print((const struct sockaddr *)&un, out, 3), 2);
    assert_string_equal(out, "un");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_host_port),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_listen_tcp),
        cmocka_unit_test(test_in_use),
        cmocka_unit_test(test_listen_unix),
        cmocka_unit_test(test_print),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
