/* test_log.c -- the lines of the log as JSON, one write each; the clocks; the names of the statuses. */
#include "base/clock.h"
#include "base/log.h"
#include "json/json.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
/* cmocka wants those first */
#include <cmocka.h>

/* A log whose lines can be read back. */
typedef struct pipe_log {
    gg_log log;
    int read_fd;
    char line[2 * GG_LOG_LINE_LEN];
    size_t len;
} pipe_log;

static void open_log(pipe_log *p, gg_log_level level)
{
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    p->log = (gg_log){ .fd = fds[1], .level = level };
    p->read_fd = fds[0];
}

static void close_log(pipe_log *p)
{
    close(p->log.fd);
    close(p->read_fd);
}

static void read_line(pipe_log *p)
{
    ssize_t len = read(p->read_fd, p->line, sizeof p->line - 1);
    assert_true(len > 0);
    p->len = (size_t)len;
    p->line[len] = '\0';
}

/* Whether the line is one JSON object of strings with a newline; returns its members. */
static size_t check_json(gg_str line)
{
    assert_true(line.len <= GG_LOG_LINE_LEN);
    assert_int_equal(line.ptr[line.len - 1], '\n');
    assert_null(memchr(line.ptr, '\n', line.len - 1));
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    gg_json_reader r;
    gg_json_token token;
    gg_json_reader_init(&r, arena, 1);
    gg_json_feed(&r, line, true);
    size_t names = 0;
    do {
        assert_int_equal(gg_json_next(&r, &token), GG_OK);
        names += token.kind == GG_JSON_NAME;
    } while (token.kind != GG_JSON_END);
    gg_arena_unref(arena);
    return names;
}

static void test_line(void **state)
{
    (void)state;
    pipe_log p;
    open_log(&p, GG_LOG_INFO);
    const gg_log_field fields[] = { { "error", GG_STR_INIT("a \"b\"\n\x01\xff\xc3\xa9") }, { "n", GG_STR_INIT("") } };
    errno = 77;
    gg_log_write(&p.log, GG_LOG_ERROR, GG_STR("rpc error: method = /a/b"), fields, 2);
    assert_int_equal(errno, 77);
    read_line(&p);
    static const char want[] = "{\"level\":\"error\",\"msg\":\"rpc error: method = /a/b\","
                               "\"error\":\"a \\\"b\\\"\\n\\u0001\xef\xbf\xbd\xc3\xa9\",\"n\":\"\",\"time\":\"2";
    assert_memory_equal(p.line, want, sizeof want - 1);
    assert_int_equal(check_json(gg_str_of(p.line, p.len)), 5);
    close_log(&p);
}

static void test_levels(void **state)
{
    (void)state;
    static const char *const names[] = { "panic", "fatal", "error", "warn", "info", "debug", "trace" };
    pipe_log p;
    open_log(&p, GG_LOG_WARN);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        gg_log_level level = GG_LOG_TRACE;
        assert_int_equal(gg_log_level_parse(gg_str_from(names[i]), &level), GG_OK);
        assert_int_equal(level, i);
        gg_logf(&p.log, level, "%s %d", names[i], (int)i);
        if (level > GG_LOG_WARN)
            continue;
        read_line(&p);
        assert_non_null(strstr(p.line, names[i]));
    }
    gg_log_level level;
    assert_int_equal(gg_log_level_parse(GG_STR("Info"), &level), GG_EINVAL);
    assert_int_equal(gg_log_level_parse(GG_STR(""), &level), GG_EINVAL);
    gg_logf(&p.log, GG_LOG_PANIC, "last");
    read_line(&p);
    assert_non_null(strstr(p.line, "last")); /* nothing was written in between */
    close_log(&p);
}

/* Texts around the length where a line is cut, of characters that take one to six bytes. */
static void test_long_lines(void **state)
{
    (void)state;
    static const char *const pieces[] = { "x", "\xc3\xa9", "\xf0\x9f\x98\x80", "\"", "\x01", "\xff" };
    static char text[3 * GG_LOG_LINE_LEN];
    pipe_log p;
    open_log(&p, GG_LOG_INFO);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        size_t piece_len = strlen(pieces[i]);
        for (size_t at = 0; at + piece_len <= sizeof text; at += piece_len)
            memcpy(text + at, pieces[i], piece_len);
        for (size_t len = 500; len<sizeof text; len += len> 600 && len < 4200 ? 1 : 611) {
            const gg_log_field fields[] = { { "before", gg_str_of(text, len / 2) }, { "after", GG_STR_INIT("y") } };
            gg_log_write(&p.log, GG_LOG_INFO, gg_str_of(text, len / 2), fields, 2);
            read_line(&p);
            assert_true(check_json(gg_str_of(p.line, p.len)) >= 3);
            gg_logf(&p.log, GG_LOG_INFO, "%.*s", (int)len, text);
            read_line(&p);
            assert_int_equal(check_json(gg_str_of(p.line, p.len)), 3);
        }
    }
    close_log(&p);
}

static void test_clock(void **state)
{
    (void)state;
    uint64_t before = gg_clock_ns();
    assert_true(gg_clock_ns() >= before);
    static const struct {
        const char *zone, *offset;
    } rows[] = { { "UTC0", "Z" }, { "XXX-05:30", "+05:30" }, { "XXX+03:30", "-03:30" }, { "XXX+00:30", "-00:30" } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        setenv("TZ", rows[i].zone, 1);
        tzset();
        char now[GG_RFC3339_LEN];
        size_t len = gg_clock_rfc3339(now);
        assert_int_equal(len, strlen(now));
        assert_int_equal(len, 19 + strlen(rows[i].offset));
        assert_string_equal(now + 19, rows[i].offset);
        assert_int_equal(now[10], 'T');
    }
    unsetenv("TZ");
    tzset();
}

static void test_statuses(void **state)
{
    (void)state;
    assert_string_equal(gg_status_name(GG_STATUS_OK), "OK");
    assert_string_equal(gg_status_name(GG_STATUS_UNAUTHENTICATED), "UNAUTHENTICATED");
    assert_string_equal(gg_status_name((gg_status)17), "UNKNOWN");
    assert_string_equal(gg_status_name(GG_STATUS_PENDING), "UNKNOWN");
    assert_int_equal(gg_status_http(GG_STATUS_OK), 200);
    assert_int_equal(gg_status_http(GG_STATUS_NOT_FOUND), 404);
    assert_int_equal(gg_status_http((gg_status)99), 500);
    assert_non_null(strchr(gg_version(), '.'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_clock),
        cmocka_unit_test(test_statuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
