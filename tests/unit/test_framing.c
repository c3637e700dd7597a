/* test_framing.c -- Length-Prefixed-Messages: whole, cut at every byte, with every allocation failing. */
#include "grpc/framing.h"

#include "failmalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

enum { MAX_LEN = 1000, MESSAGES = 4 };

/* What a body holds: messages, then GG_NEED_MORE or an error. */
typedef struct row {
    const char *what;
    gg_str body;
    gg_str messages[MESSAGES];
    size_t count;
    gg_rc end;
    bool at_boundary;
    bool compressed; /* the last of them */
} row;

#define HI GG_STR_INIT("hi")
#define EMPTY GG_STR_INIT("")
static const row rows[] = {
    { "nothing", EMPTY, { EMPTY }, 0, GG_NEED_MORE, true, false },
    { "one", GG_STR_INIT("\0\0\0\0\2hi"), { HI }, 1, GG_NEED_MORE, true, false },
    { "an empty message is legal", GG_STR_INIT("\0\0\0\0\0"), { EMPTY }, 1, GG_NEED_MORE, true, false },
    { "two empty ones", GG_STR_INIT("\0\0\0\0\0\0\0\0\0\0"), { EMPTY, EMPTY }, 2, GG_NEED_MORE, true, false },
    { "three", GG_STR_INIT("\0\0\0\0\2hi\0\0\0\0\0\0\0\0\0\2hi"), { HI, EMPTY, HI }, 3, GG_NEED_MORE, true, false },
    { "compressed", GG_STR_INIT("\1\0\0\0\2hi"), { HI }, 1, GG_NEED_MORE, true, true },
    { "cut in the prefix", GG_STR_INIT("\0\0\0\0\2hi\0\0"), { HI }, 1, GG_NEED_MORE, false, false },
    { "cut after the prefix", GG_STR_INIT("\0\0\0\0\2"), { EMPTY }, 0, GG_NEED_MORE, false, false },
    { "cut in the message", GG_STR_INIT("\0\0\0\0\2h"), { EMPTY }, 0, GG_NEED_MORE, false, false },
    { "flag 2", GG_STR_INIT("\2"), { EMPTY }, 0, GG_EPROTO, false, false },
    { "flag 0xff after a message", GG_STR_INIT("\0\0\0\0\2hi\377\0\0\0\0"), { HI }, 1, GG_EPROTO, false, false },
    { "one byte too long", GG_STR_INIT("\0\0\0\3\351"), { EMPTY }, 0, GG_ETOOBIG, false, false },
    { "4 GiB, not a byte of it here", GG_STR_INIT("\0\377\377\377\377"), { EMPTY }, 0, GG_ETOOBIG, false, false },
};

/* Feeds the body in pieces of `step` bytes; GG_ENOMEM when an allocation failed. */
static gg_rc feed(const row *r, size_t step, gg_deframer *d)
{
    size_t count = 0;
    for (size_t at = 0; at < r->body.len || at == 0; at += step) {
        size_t len = r->body.len - at < step ? r->body.len - at : step;
        gg_str piece = gg_str_of(r->body.ptr + at, len), message;
        bool compressed;
        gg_rc rc;
        while ((rc = gg_deframer_next(d, &piece, &message, &compressed)) == GG_OK) {
            assert_true(count < r->count);
            assert_true(gg_str_eq(message, r->messages[count]));
            assert_int_equal(message.ptr[message.len], '\0');
            assert_int_equal(compressed, r->compressed && count + 1 == r->count);
            count++;
        }
        if (rc != GG_NEED_MORE)
            return rc;
        assert_int_equal(piece.len, 0);
    }
    assert_int_equal(count, r->count);
    return GG_NEED_MORE;
}

static void run_row(const row *r, size_t step)
{
    for (size_t n = 0;; n++) {
        gg_fail_after(n);
        gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
        gg_deframer d;
        if (arena != NULL) {
            gg_deframer_init(&d, arena, MAX_LEN);
            gg_rc rc = feed(r, step, &d);
            if (!gg_fail_happened() || rc != GG_ENOMEM) {
                assert_int_equal(rc, r->end);
                assert_int_equal(gg_deframer_at_boundary(&d), r->at_boundary);
            }
            gg_arena_unref(arena);
        }
        if (!gg_fail_happened())
            break;
    }
    gg_fail_after(SIZE_MAX);
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t step = 1; step <= rows[i].body.len + 1; step++) {
            print_message("%s, %zu bytes at a time\n", rows[i].what, step);
            run_row(&rows[i], step);
        }
}

/* A big message in uneven pieces; its memory follows what has come. */
static void test_big(void **state)
{
    (void)state;
    enum { LEN = 3000000 };
    static const size_t steps[] = { 1000, 16384, 65536, 70001, LEN + GG_PREFIX_LEN };
    char *body = malloc(LEN + GG_PREFIX_LEN);
    assert_non_null(body);
    gg_frame_prefix(body, LEN, false);
    for (size_t i = 0; i < LEN; i++)
        body[GG_PREFIX_LEN + i] = (char)(i * 7 % 251);
    for (size_t s = 0; s < sizeof steps / sizeof steps[0]; s++)
        for (size_t n = 0;; n++) {
            gg_fail_after(n);
            gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
            gg_rc rc = GG_ENOMEM;
            if (arena != NULL) {
                gg_deframer d;
                gg_str message = { 0 };
                bool compressed;
                gg_deframer_init(&d, arena, GG_MESSAGE_LEN_MAX);
                rc = GG_NEED_MORE;
                for (size_t at = 0; at < LEN + GG_PREFIX_LEN && rc == GG_NEED_MORE; at += steps[s]) {
                    size_t left = LEN + GG_PREFIX_LEN - at;
                    gg_str piece = gg_str_of(body + at, left < steps[s] ? left : steps[s]);
                    rc = gg_deframer_next(&d, &piece, &message, &compressed);
                    assert_true(gg_arena_taken(arena) < 4 * (at + steps[s]) + 400000);
                }
                if (rc == GG_OK) {
                    assert_int_equal(message.len, LEN);
                    assert_memory_equal(message.ptr, body + GG_PREFIX_LEN, LEN);
                }
                gg_arena_unref(arena);
            }
            assert_true(rc == GG_OK || (rc == GG_ENOMEM && gg_fail_happened()));
            if (!gg_fail_happened())
                break;
        }
    gg_fail_after(SIZE_MAX);
    free(body);
}

/* A prefix alone costs little, whatever it claims. */
static void test_claim(void **state)
{
    (void)state;
    char prefix[GG_PREFIX_LEN] = { 0 };
    gg_str message, body = gg_str_of(prefix, sizeof prefix);
    bool compressed;
    gg_deframer d;
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    assert_non_null(arena);
    gg_deframer_init(&d, arena, GG_MESSAGE_LEN_MAX);
    gg_frame_prefix(prefix, GG_MESSAGE_LEN_MAX, false);
    assert_int_equal(gg_deframer_next(&d, &body, &message, &compressed), GG_NEED_MORE);
    assert_true(gg_arena_taken(arena) < 200000);
    gg_arena_unref(arena);
}

/* The arena's own limit, too, ends a message. */
static void test_arena_limit(void **state)
{
    (void)state;
    char prefix[GG_PREFIX_LEN] = { 0 }, piece[10000] = { 0 };
    gg_str message, body = gg_str_of(prefix, sizeof prefix);
    bool compressed;
    gg_deframer d;
    gg_arena *arena = gg_arena_new(NULL, 300000);
    assert_non_null(arena);
    gg_deframer_init(&d, arena, GG_MESSAGE_LEN_MAX);
    gg_frame_prefix(prefix, 1000000, false);
    gg_rc rc = gg_deframer_next(&d, &body, &message, &compressed);
    for (size_t i = 0; i < 100 && rc == GG_NEED_MORE; i++) {
        body = gg_str_of(piece, sizeof piece);
        rc = gg_deframer_next(&d, &body, &message, &compressed);
    }
    assert_int_equal(rc, GG_ENOMEM);
    gg_arena_unref(arena);
}

static void test_prefix(void **state)
{
    (void)state;
    static const struct {
        size_t len;
        bool compressed;
        const char *want;
    } prefixes[] = { { 0, false, "\0\0\0\0\0" }, { 1, true, "\1\0\0\0\1" }, { 0x01020304, false, "\0\1\2\3\4" },
        { UINT32_MAX, false, "\0\377\377\377\377" } };
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        char out[GG_PREFIX_LEN];
        gg_frame_prefix(out, prefixes[i].len, prefixes[i].compressed);
        assert_memory_equal(out, prefixes[i].want, GG_PREFIX_LEN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_big),
        cmocka_unit_test(test_claim),
        cmocka_unit_test(test_arena_limit),
        cmocka_unit_test(test_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
