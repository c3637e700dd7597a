/* test_metadata.c -- HTTP headers to metadata and back, and a status as headers; every allocation failing. */
#include "grpc/metadata.h"

#include "failmalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

enum { FIELDS = 7 };
#define H(name, value) \
    { \
        GG_STR_INIT(name), GG_STR_INIT(value) \
    }
#define END \
    { \
        { NULL, 0 }, \
        { \
            NULL, 0 \
        } \
    }

typedef struct row {
    const char *what;
    gg_rc want;
    gg_header from[FIELDS], to[FIELDS]; /* up to the first without a name */
} row;

static gg_headers list_of(const gg_header *items)
{
    size_t count = 0;
    while (count < FIELDS && items[count].name.ptr != NULL)
        count++;
    return (gg_headers){ (gg_header *)(uintptr_t)items, count, count };
}

static void assert_same(const gg_headers *got, const gg_headers *want)
{
    assert_int_equal(got->count, want->count);
    for (size_t i = 0; i < want->count; i++) {
        assert_true(gg_str_eq(got->items[i].name, want->items[i].name));
        assert_true(gg_str_eq(got->items[i].value, want->items[i].value));
    }
}

static const row from_headers[] = {
    { "nothing", GG_OK, { END }, { END } },
    { "order and duplicates stay", GG_OK, { H("x-b", "1"), H("x-a", "2"), H("x-b", "3"), END },
        { H("x-b", "1"), H("x-a", "2"), H("x-b", "3"), END } },
    { "the protocol's own are left out", GG_OK,
        { H("te", "trailers"), H("content-type", "application/grpc"), H("grpc-timeout", "1S"), H("user-agent", "me"),
            H("host", "a"), H("content-length", "7"), H("date", "today") },
        { H("user-agent", "me"), END } },
    { "a reserved prefix", GG_OK, { H("grpc-status", "0"), H("grpc-anything-bin", "!"), H("grpcx", "1"), END },
        { H("grpcx", "1"), END } },
    { "binary, unpadded", GG_OK, { H("x-bin", "AP8"), END }, { H("x-bin", "\0\377"), END } },
    { "binary, padded", GG_OK, { H("x-bin", "AP8="), END }, { H("x-bin", "\0\377"), END } },
    { "binary, empty", GG_OK, { H("x-bin", ""), END }, { H("x-bin", ""), END } },
    { "binary, joined", GG_OK, { H("x-bin", "YWI,YWM=, YQ"), END },
        { H("x-bin", "ab"), H("x-bin", "ac"), H("x-bin", "a"), END } },
    { "binary, joined with nothing", GG_OK, { H("x-bin", "YWI,"), END }, { H("x-bin", "ab"), H("x-bin", ""), END } },
    { "binary, not base64", GG_EPROTO, { H("x-bin", "YW*"), END }, { END } },
    { "binary, one digit too few", GG_EPROTO, { H("x-bin", "YWJjZ"), END }, { END } },
    { "\"-bin\" alone is no binary key", GG_OK, { H("-bin", "*"), END }, { H("-bin", "*"), END } },
    { "any bytes in a text value", GG_OK, { H("x", "\303\244\t"), END }, { H("x", "\303\244\t"), END } },
};

static const row to_headers[] = {
    { "text", GG_OK, { H("x-a", "1"), H("x-a", "2"), END }, { H("x-a", "1"), H("x-a", "2"), END } },
    { "binary", GG_OK, { H("x-bin", "\0\377"), H("y-bin", ""), H("z-bin", "a,b"), END },
        { H("x-bin", "AP8"), H("y-bin", ""), H("z-bin", "YSxi"), END } },
};

/* Runs fn with every allocation failing once; it returns GG_ENOMEM then, or what it should. */
static void with_failures(gg_rc (*fn)(const void *arg, gg_arena *arena, gg_headers *out), const void *arg,
    gg_rc want_rc, const gg_headers *want)
{
    for (size_t n = 0;; n++) {
        gg_fail_after(n);
        gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
        if (arena != NULL) {
            gg_headers got = { 0 };
            gg_rc rc = fn(arg, arena, &got);
            if (rc != GG_ENOMEM || !gg_fail_happened()) {
                assert_int_equal(rc, want_rc);
                if (rc == GG_OK)
                    assert_same(&got, want);
            }
            gg_arena_unref(arena);
        }
        if (!gg_fail_happened())
            break;
    }
    gg_fail_after(SIZE_MAX);
}

static gg_rc run_from(const void *arg, gg_arena *arena, gg_headers *out)
{
    gg_headers from = list_of(((const row *)arg)->from);
    return gg_metadata_from_headers(&from, arena, out);
}

static gg_rc run_to(const void *arg, gg_arena *arena, gg_headers *out)
{
    gg_headers from = list_of(((const row *)arg)->from);
    return gg_metadata_to_headers(&from, arena, out);
}

static void test_from_headers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof from_headers / sizeof from_headers[0]; i++) {
        gg_headers want = list_of(from_headers[i].to);
        print_message("%s\n", from_headers[i].what);
        with_failures(run_from, &from_headers[i], from_headers[i].want, &want);
    }
}

static void test_to_headers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof to_headers / sizeof to_headers[0]; i++) {
        gg_headers want = list_of(to_headers[i].to);
        print_message("%s\n", to_headers[i].what);
        with_failures(run_to, &to_headers[i], GG_OK, &want);
    }
}

/* An arena that is spent answers GG_ENOMEM, wherever that falls. */
static void test_spent_arena(void **state)
{
    (void)state;
    const row *r = &from_headers[7];
    gg_headers want = list_of(r->to);
    size_t refused = 0, accepted = 0;
    for (size_t used = GG_CHUNK_MIN - 1000; used < GG_CHUNK_MIN; used++) {
        gg_arena *arena = gg_arena_new(NULL, GG_CHUNK_MIN);
        gg_headers got = { 0 };
        assert_non_null(arena);
        if (gg_arena_bytes(arena, used) != NULL) {
            gg_rc rc = run_from(r, arena, &got);
            assert_true(rc == GG_OK || rc == GG_ENOMEM);
            refused += rc == GG_ENOMEM;
            accepted += rc == GG_OK;
            if (rc == GG_OK)
                assert_same(&got, &want);
        }
        gg_arena_unref(arena);
    }
    assert_true(refused > 0 && accepted > 0);
}

static const struct {
    gg_str key, value;
    bool want;
} settable[] = {
    { GG_STR_INIT("x-a_b.c9"), GG_STR_INIT("a b~"), true },
    { GG_STR_INIT("x"), GG_STR_INIT(""), true },
    { GG_STR_INIT("x-bin"), GG_STR_INIT("\0\n\377"), true },
    { GG_STR_INIT(""), GG_STR_INIT("a"), false },
    { GG_STR_INIT("X"), GG_STR_INIT("a"), false },
    { GG_STR_INIT("a b"), GG_STR_INIT("a"), false },
    { GG_STR_INIT(":path"), GG_STR_INIT("a"), false },
    { GG_STR_INIT("x"), GG_STR_INIT("a\r\nb: c"), false },
    { GG_STR_INIT("x"), GG_STR_INIT("\177"), false },
    { GG_STR_INIT("x"), GG_STR_INIT("\303\244"), false },
    { GG_STR_INIT("grpc-status"), GG_STR_INIT("0"), false },
    { GG_STR_INIT("grpc-x-bin"), GG_STR_INIT("0"), false },
    { GG_STR_INIT("content-type"), GG_STR_INIT("a"), false },
    { GG_STR_INIT("transfer-encoding"), GG_STR_INIT("a"), false },
};

static void test_settable(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof settable / sizeof settable[0]; i++)
        assert_int_equal(gg_metadata_valid(settable[i].key, settable[i].value), settable[i].want);
}

static const struct {
    gg_rpc_status status;
    gg_header want[FIELDS];
} statuses[] = {
    { { .code = GG_STATUS_OK }, { H("grpc-status", "0"), END } },
    { { .code = GG_STATUS_UNAUTHENTICATED }, { H("grpc-status", "16"), END } },
    { { .code = (gg_status)17 }, { H("grpc-status", "2"), END } },
    { { .code = GG_STATUS_PENDING }, { H("grpc-status", "2"), END } },
    { { .code = GG_STATUS_NOT_FOUND, .message = GG_STR_INIT("no such\tthing, 100%") },
        { H("grpc-status", "5"), H("grpc-message", "no such%09thing, 100%25"), END } },
    { { .code = GG_STATUS_INTERNAL, .message = GG_STR_INIT("\r\n\303\244\360\237\230\200") },
        { H("grpc-status", "13"), H("grpc-message", "%0D%0A%C3%A4%F0%9F%98%80"), END } },
    { { .code = GG_STATUS_INTERNAL, .details = GG_STR_INIT("\10\15") },
        { H("grpc-status", "13"), H("grpc-status-details-bin", "CA0"), END } },
    { { .code = GG_STATUS_OK, .details = GG_STR_INIT("\10\15") }, { H("grpc-status", "0"), END } },
};

static gg_rc run_status(const void *arg, gg_arena *arena, gg_headers *out)
{
    return gg_status_to_headers(arg, arena, out);
}

static void test_status(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        gg_headers want = list_of(statuses[i].want);
        with_failures(run_status, &statuses[i].status, GG_OK, &want);
    }
}

/* A long status message is cut, and not within a character. */
static void test_long_status(void **state)
{
    (void)state;
    enum { LEN = 9999 };
    static char text[LEN];
    for (size_t i = 0; i < LEN; i++)
        text[i] = i == 0 ? 'a' : i % 2 == 1 ? '\303' : '\244';
    gg_rpc_status status = { .code = GG_STATUS_INTERNAL, .message = gg_str_of(text, LEN) };
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    gg_headers out = { 0 };
    assert_non_null(arena);
    assert_int_equal(gg_status_to_headers(&status, arena, &out), GG_OK);
    gg_str message = gg_headers_get(&out, GG_STR("grpc-message"));
    assert_int_equal(message.len, 1 + 2047 * 6); /* of 4096 bytes the last begins a character */
    assert_memory_equal(message.ptr + message.len - 6, "%C3%A4", 6);
    gg_arena_unref(arena);
}

static const struct {
    const char *what;
    gg_header from[FIELDS];
    gg_rc want;
    gg_rpc_status status;
} received[] = {
    { "none", { H("x", "0"), END }, GG_ENOTFOUND, { 0 } },
    { "ok", { H("grpc-status", "0"), END }, GG_OK, { .code = GG_STATUS_OK } },
    { "all of it",
        { H("grpc-message", "no %C3%A4"), H("grpc-status", "16"), H("grpc-status-details-bin", "CBA="), END }, GG_OK,
        { .code = GG_STATUS_UNAUTHENTICATED,
            .message = GG_STR_INIT("no \303\244"),
            .details = GG_STR_INIT("\10\20") } },
    { "no number", { H("grpc-status", "five"), END }, GG_OK, { .code = GG_STATUS_UNKNOWN } },
    { "no code", { H("grpc-status", "17"), END }, GG_OK, { .code = GG_STATUS_UNKNOWN } },
    { "empty", { H("grpc-status", ""), END }, GG_OK, { .code = GG_STATUS_UNKNOWN } },
    { "details that are no base64", { H("grpc-status", "5"), H("grpc-status-details-bin", "*"), END }, GG_OK,
        { .code = GG_STATUS_NOT_FOUND } },
};

static void test_received_status(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof received / sizeof received[0]; i++) {
        gg_headers from = list_of(received[i].from);
        print_message("%s\n", received[i].what);
        for (size_t n = 0;; n++) {
            gg_rpc_status got = { 0 };
            gg_fail_after(n);
            gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
            gg_rc rc = arena != NULL ? gg_status_from_headers(&from, arena, &got) : GG_ENOMEM;
            if (!gg_fail_happened()) {
                assert_int_equal(rc, received[i].want);
                assert_int_equal(got.code, received[i].status.code);
                assert_true(gg_str_eq(got.message, received[i].status.message));
                assert_true(gg_str_eq(got.details, received[i].status.details));
            }
            if (arena != NULL)
                gg_arena_unref(arena);
            if (!gg_fail_happened())
                break;
        }
    }
    gg_fail_after(SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_from_headers),
        cmocka_unit_test(test_to_headers),
        cmocka_unit_test(test_spent_arena),
        cmocka_unit_test(test_settable),
        cmocka_unit_test(test_status),
        cmocka_unit_test(test_long_status),
        cmocka_unit_test(test_received_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
