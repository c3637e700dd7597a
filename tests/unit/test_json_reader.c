/* test_json_reader.c -- the JSON reader: what it hands out, what it refuses and where.
 *
 * A row is a text and the trace of its tokens; it is fed whole, in pieces of every length (each in a
 * block of its own, so that AddressSanitizer sees a read beyond it), cut once at every place, and with
 * every allocation failing.  Trace: { } [ ] for structure, N= S= #= for texts, T F Z for true, false, null,
 * $ for the end; an error is !line:column and what was expected. */
#include "json/json.h"

#include "failmalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

typedef struct row {
    const char *what;
    gg_str text;
    const char *trace;
} row;

#define HEX4 "an escape sequence"
#define PAIR "a pair of surrogates"
#define UTF8 "valid UTF-8"
#define CONTROL "the control character to be escaped"
#define END "more JSON"

// clang-format off
static const row rows[] = {
    /* what is JSON */
    { "empty object", GG_STR_INIT("{}"), "{}$" },
    { "empty array", GG_STR_INIT("[]"), "[]$" },
    { "literals", GG_STR_INIT("[true,false,null]"), "[TFZ]$" },
    { "lone literal", GG_STR_INIT("null"), "Z$" },
    { "lone string", GG_STR_INIT("\"\""), "S=;$" },
    { "lone number at the end", GG_STR_INIT("12"), "#=12;$" },
    { "members", GG_STR_INIT("{\"a\":1,\"b\":{\"c\":[]}}"), "{N=a;#=1;N=b;{N=c;[]}}$" },
    { "elements", GG_STR_INIT("[1,[2,{}],\"3\"]"), "[#=1;[#=2;{}]S=3;]$" },
    { "white space everywhere", GG_STR_INIT(" \r\n\t{ \"a\" : [ 1 , 2 ] ,\n\"b\"\n:\tnull } \n"),
      "{N=a;[#=1;#=2;]N=b;Z}$" },
    { "much white space", GG_STR_INIT("[\n                        \t                  1\n               ]"),
      "[#=1;]$" },
    { "same name twice", GG_STR_INIT("{\"a\":1,\"a\":2}"), "{N=a;#=1;N=a;#=2;}$" },
    { "numbers", GG_STR_INIT("[0,-0,1.5,-1.25e10,1E+2,1e-2,0.0,0e0,10000000000000000000000]"),
      "[#=0;#=-0;#=1.5;#=-1.25e10;#=1E+2;#=1e-2;#=0.0;#=0e0;#=10000000000000000000000;]$" },
    /* strings */
    { "long plain string", GG_STR_INIT("\"0123456789abcdef0123456789abcdef0123456789\""),
      "S=0123456789abcdef0123456789abcdef0123456789;$" },
    { "every escape", GG_STR_INIT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\""), "S=\"\\/\b\f\n\r\tA;$" },
    { "escape after sixteen", GG_STR_INIT("\"0123456789abcdef\\n0123456789abcdef\""),
      "S=0123456789abcdef\n0123456789abcdef;$" },
    { "escaped name", GG_STR_INIT("{\"\\u0061\\t\":0}"), "{N=a\t;#=0;}$" },
    { "surrogate pair", GG_STR_INIT("\"\\ud83d\\uDE00\""), "S=\xf0\x9f\x98\x80;$" },
    { "UTF-8 of every length", GG_STR_INIT("\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \x7f\""),
      "S=\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \x7f;$" },
    { "the ends of UTF-8",
      GG_STR_INIT("\"\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\""),
      "S=\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf;$" },
    { "escaped noncharacter", GG_STR_INIT("\"\\uFFFF\\u0800\\u07ff\\u007f\""),
      "S=\xef\xbf\xbf\xe0\xa0\x80\xdf\xbf\x7f;$" },
    { "zero byte escaped", GG_STR_INIT("\"a\\u0000b\""), "S=a\\0b;$" },
    /* what is not: structure */
    { "nothing", GG_STR_INIT(""), "!1:1 " END },
    { "white space only", GG_STR_INIT(" \n\n "), "!3:2 " END },
    { "cut object", GG_STR_INIT("{\"a\":1"), "{N=a;#=1;!1:7 " END },
    { "cut after the colon", GG_STR_INIT("{\"a\":"), "{N=a;!1:6 " END },
    { "cut string", GG_STR_INIT("\"ab"), "!1:4 " END },
    { "cut escape", GG_STR_INIT("\"\\u12"), "!1:6 " END },
    { "cut pair", GG_STR_INIT("\"\\ud83d\\u"), "!1:10 " END },
    { "cut character", GG_STR_INIT("\"\xe2\x82"), "!1:4 " END },
    { "cut literal", GG_STR_INIT("tru"), "!1:4 " END },
    { "cut number", GG_STR_INIT("-"), "!1:2 " END },
    { "cut fraction", GG_STR_INIT("1."), "!1:3 " END },
    { "cut exponent", GG_STR_INIT("1e+"), "!1:4 " END },
    { "more after the value", GG_STR_INIT("1 2"), "#=1;!1:3 the end of the input" },
    { "a brace after the value", GG_STR_INIT("{}\n}"), "{}!2:1 the end of the input" },
    { "comma before the end of an array", GG_STR_INIT("[1,]"), "[#=1;!1:4 a value" },
    { "comma before the end of an object", GG_STR_INIT("{\"a\":1,}"), "{N=a;#=1;!1:8 a name" },
    { "comma first", GG_STR_INIT("[,1]"), "[!1:2 a value" },
    { "two commas", GG_STR_INIT("[1,,2]"), "[#=1;!1:4 a value" },
    { "no comma", GG_STR_INIT("[1 2]"), "[#=1;!1:4 ',' or ']'" },
    { "no comma between members", GG_STR_INIT("{\"a\":1 \"b\":2}"), "{N=a;#=1;!1:8 ',' or '}'" },
    { "no colon", GG_STR_INIT("{\"a\" 1}"), "{N=a;!1:6 ':'" },
    { "no value", GG_STR_INIT("{\"a\":}"), "{N=a;!1:6 a value" },
    { "name without quotes", GG_STR_INIT("{a:1}"), "{!1:2 a name or '}'" },
    { "number as a name", GG_STR_INIT("{1:1}"), "{!1:2 a name or '}'" },
    { "wrong bracket", GG_STR_INIT("[1}"), "[#=1;!1:3 ',' or ']'" },
    { "wrong brace", GG_STR_INIT("{]"), "{!1:2 a name or '}'" },
    { "bracket alone", GG_STR_INIT("]"), "!1:1 a value" },
    { "single quotes", GG_STR_INIT("['a']"), "[!1:2 a value" },
    { "comment", GG_STR_INIT("[1]//x"), "[#=1;]!1:4 the end of the input" },
    { "byte order mark", GG_STR_INIT("\xef\xbb\xbf{}"), "!1:1 a value" },
    { "zero byte", GG_STR_INIT("[\0]"), "[!1:2 a value" },
    { "form feed is no white space", GG_STR_INIT("[\f]"), "[!1:2 a value" },
    { "line and column", GG_STR_INIT("{\n  \"a\": 1,\n  \"b\": x\n}"), "{N=a;#=1;N=b;!3:8 a value" },
    /* literals and numbers */
    { "NaN", GG_STR_INIT("NaN"), "!1:1 a value" },
    { "Infinity", GG_STR_INIT("-Infinity"), "!1:2 a digit" },
    { "misspelt literal", GG_STR_INIT(" nul1"), "!1:2 a value" },
    { "upper case literal", GG_STR_INIT("True"), "!1:1 a value" },
    { "literal and more", GG_STR_INIT("truex"), "T!1:5 the end of the input" },
    { "plus", GG_STR_INIT("+1"), "!1:1 a value" },
    { "leading zero", GG_STR_INIT("[01]"), "[#=0;!1:3 ',' or ']'" },
    { "negative leading zero", GG_STR_INIT("[-00]"), "[#=-0;!1:4 ',' or ']'" },
    { "no digit before the point", GG_STR_INIT("[.5]"), "[!1:2 a value" },
    { "no digit after the point", GG_STR_INIT("[1.]"), "[!1:4 a digit" },
    { "no digit in the exponent", GG_STR_INIT("[1e]"), "[!1:4 a digit" },
    { "no digit after its sign", GG_STR_INIT("[1e+]"), "[!1:5 a digit" },
    { "minus alone", GG_STR_INIT("[-]"), "[!1:3 a digit" },
    { "hexadecimal", GG_STR_INIT("[0x1]"), "[#=0;!1:3 ',' or ']'" },
    /* strings */
    { "line break in a string", GG_STR_INIT("\"a\nb\""), "!1:3 " CONTROL },
    { "zero byte in a string", GG_STR_INIT("\"0123456789abcdef\0\""), "!1:18 " CONTROL },
    { "unknown escape", GG_STR_INIT("\"a\\q\""), "!1:3 " HEX4 },
    { "escaped control character", GG_STR_INIT("\"\\\n\""), "!1:2 " HEX4 },
    { "short \\u", GG_STR_INIT("\"\\u12\""), "!1:2 " HEX4 },
    { "bad hex digit", GG_STR_INIT("\"\\u12G4\""), "!1:2 " HEX4 },
    { "high surrogate alone", GG_STR_INIT("\"\\ud800\""), "!1:2 " PAIR },
    { "high surrogate and an escape", GG_STR_INIT("\"\\ud800\\n\""), "!1:2 " PAIR },
    { "high surrogate and no low one", GG_STR_INIT("\"\\ud800\\u0041\""), "!1:2 " PAIR },
    { "two high surrogates", GG_STR_INIT("\"\\ud800\\ud800\""), "!1:2 " PAIR },
    { "low surrogate alone", GG_STR_INIT("\"\\udc00\""), "!1:2 " PAIR },
    { "bad low surrogate", GG_STR_INIT("\"\\ud800\\udcxx\""), "!1:2 " HEX4 },
    { "continuation byte alone", GG_STR_INIT("\"a\x80\""), "!1:3 " UTF8 },
    { "overlong slash", GG_STR_INIT("\"\xc0\xaf\""), "!1:2 " UTF8 },
    { "overlong, three bytes", GG_STR_INIT("\"\xe0\x80\xaf\""), "!1:2 " UTF8 },
    { "overlong, four bytes", GG_STR_INIT("\"\xf0\x8f\xbf\xbf\""), "!1:2 " UTF8 },
    { "encoded surrogate", GG_STR_INIT("\"\xed\xa0\x80\""), "!1:2 " UTF8 },
    { "above 10FFFF", GG_STR_INIT("\"\xf4\x90\x80\x80\""), "!1:2 " UTF8 },
    { "lead byte f5", GG_STR_INIT("\"\xf5\x80\x80\x80\""), "!1:2 " UTF8 },
    { "character cut by the quote", GG_STR_INIT("\"\xe2\x82\""), "!1:2 " UTF8 },
    { "lead byte f5 at the end", GG_STR_INIT("\"\xf5"), "!1:2 " UTF8 },
    { "surrogate cut by the end", GG_STR_INIT("\"\xed\xa0"), "!1:2 " UTF8 },
    { "in a name", GG_STR_INIT("{\"\xff\":1}"), "{!1:3 " UTF8 },
    /* depth: the limit is 4 here */
    { "as deep as may be", GG_STR_INIT("[{\"a\":[[]]}]"), "[{N=a;[[]]}]$" },
    { "one deeper", GG_STR_INIT("[[[\n[[]]]]]"), "[[[[!2:2 fewer arrays and objects inside each other" },
};
// clang-format on
enum { DEPTH = 4, TRACE_LEN = 512 };

typedef struct trace {
    char text[TRACE_LEN];
    size_t len;
} trace;

static void add(trace *t, const char *text, size_t len)
{
    assert_true(t->len + len < sizeof t->text);
    memcpy(t->text + t->len, text, len);
    t->len += len;
    t->text[t->len] = '\0';
}

static void add_text(trace *t, const char *kind, gg_str text)
{
    add(t, kind, strlen(kind));
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\0')
            add(t, "\\0", 2);
        else
            add(t, text.ptr + i, 1);
    add(t, ";", 1);
}

static void add_token(trace *t, const gg_json_token *token)
{
    static const char *const marks[] = {
        [GG_JSON_OBJECT] = "{",
        [GG_JSON_OBJECT_END] = "}",
        [GG_JSON_ARRAY] = "[",
        [GG_JSON_ARRAY_END] = "]",
        [GG_JSON_NAME] = "N=",
        [GG_JSON_STRING] = "S=",
        [GG_JSON_NUMBER] = "#=",
        [GG_JSON_TRUE] = "T",
        [GG_JSON_FALSE] = "F",
        [GG_JSON_NULL] = "Z",
        [GG_JSON_END] = "$",
    };
    if (token->kind == GG_JSON_NAME || token->kind == GG_JSON_STRING || token->kind == GG_JSON_NUMBER)
        add_text(t, marks[token->kind], token->text);
    else
        add(t, marks[token->kind], 1);
}

/* The token's offset is that of its first byte; a view lies in the piece, an owned text ends in NUL. */
static void check_token(gg_str whole, gg_str piece, const gg_json_token *token)
{
    static const char firsts[] = { '{', '}', '[', ']', '"', '"', '#', 't', 'f', 'n', '$' };
    char first = firsts[token->kind];
    if (first == '$')
        assert_int_equal(token->offset, whole.len);
    else if (first == '#')
        assert_non_null(strchr("-0123456789", whole.ptr[token->offset]));
    else
        assert_int_equal(whole.ptr[token->offset], first);
    if (token->owned)
        assert_int_equal(token->text.ptr[token->text.len], '\0');
    else if (token->text.len != 0)
        assert_true(token->text.ptr >= piece.ptr && token->text.ptr + token->text.len <= piece.ptr + piece.len);
}

/* Where the pieces of a row end: all `step` long, or two that meet at `cut`. */
typedef struct split {
    size_t step, cut;
} split;

static size_t piece_len(split s, size_t at, size_t len)
{
    size_t wanted = s.step != 0 ? s.step : at < s.cut ? s.cut - at : len - at;
    return wanted < len - at ? wanted : len - at;
}

static gg_rc run(gg_str text, split s, bool skip, gg_arena *arena, trace *out)
{
    gg_json_reader reader;
    gg_json_token token, opened = { .kind = GG_JSON_END };
    gg_json_reader_init(&reader, arena, DEPTH);
    char *piece = NULL;
    size_t at = 0, len = 0;
    gg_rc rc = GG_NEED_MORE;
    out->len = 0;
    out->text[0] = '\0';
    do {
        if (rc == GG_NEED_MORE) {
            len = piece_len(s, at, text.len);
            free(piece);
            piece = malloc(len + (len == 0));
            if (piece == NULL) {
                return GG_ENOMEM;
            }
            memcpy(piece, text.ptr + at, len);
            at += len;
            gg_json_feed(&reader, gg_str_of(piece, len), at == text.len);
        }
        if (skip && opened.kind != GG_JSON_END) {
            rc = gg_json_skip(&reader, &opened);
            if (rc == GG_OK)
                opened.kind = GG_JSON_END;
            token.kind = GG_JSON_NULL;
            continue;
        }
        rc = gg_json_next(&reader, &token);
        if (rc == GG_OK) {
            check_token(text, gg_str_of(piece, len), &token);
            add_token(out, &token);
            opened = token;
            gg_json_place place = gg_json_where(&reader, token.offset);
            assert_true(place.line >= 1 && place.column >= 1 && place.column <= token.offset + 1);
        }
    } while (rc == GG_NEED_MORE || (rc == GG_OK && token.kind != GG_JSON_END));
    if (rc < 0 && rc != GG_ENOMEM) {
        gg_json_place place = gg_json_where(&reader, reader.error_offset);
        char error[100];
        int error_len = snprintf(error, sizeof error, "!%zu:%zu %s", place.line, place.column, reader.error);
        add(out, error, (size_t)error_len);
        assert_int_equal(rc,
            strcmp(reader.error, "fewer arrays and objects inside each other") == 0 ? GG_ETOOBIG : GG_EPROTO);
        assert_int_equal(gg_json_next(&reader, &token), rc); /* the error stays */
    }
    free(piece);
    return rc;
}

static void check(const row *r, split s, const char *want, bool skip)
{
    trace got;
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    run(r->text, s, skip, arena, &got);
    gg_arena_unref(arena);
    if (strcmp(got.text, want) != 0)
        fail_msg("%s, step %zu, cut %zu:\n  got  %s\n  want %s", r->what, s.step, s.cut, got.text, want);
}

static void test_every_split(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t n = 0; n <= rows[i].text.len; n++) {
            check(&rows[i], (split){ .step = n }, rows[i].trace, false);
            check(&rows[i], (split){ .cut = n }, rows[i].trace, false);
        }
}

/* Skipping what the first token begins gives that token and then the end, or the same error. */
static void test_skip(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *error = strchr(rows[i].trace, '!');
        for (size_t step = 0; step <= rows[i].text.len; step++) {
            trace got;
            gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
            gg_rc rc = run(rows[i].text, (split){ .step = step }, true, arena, &got);
            size_t taken = gg_arena_taken(arena);
            gg_arena_unref(arena);
            if (error == NULL)
                assert_non_null(strchr(got.text, '$'));
            else if (strstr(got.text, error) == NULL || rc >= 0)
                fail_msg("%s, step %zu: got %s, want %s", rows[i].what, step, got.text, error);
            assert_int_equal(taken, GG_CHUNK_MIN);
        }
    }
}

static void test_skip_one_member(void **state)
{
    (void)state;
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    gg_json_reader r;
    gg_json_token token;
    gg_json_reader_init(&r, arena, DEPTH);
    gg_json_feed(&r, GG_STR("{\"a\":{\"x\":[1,{}]},\"b\":\"\\n\",\"c\":[2,3],\"d\":4}"), true);
    assert_int_equal(gg_json_next(&r, &token), GG_OK);
    for (const char *name = "abc"; *name != '\0'; name++) {
        assert_int_equal(gg_json_next(&r, &token), GG_OK);
        assert_int_equal(token.kind, GG_JSON_NAME);
        assert_true(gg_str_eq(token.text, gg_str_of(name, 1)));
        assert_int_equal(gg_json_skip(&r, &token), GG_OK);
    }
    assert_int_equal(gg_json_next(&r, &token), GG_OK);
    assert_true(gg_str_eq(token.text, GG_STR("d")));
    assert_int_equal(gg_json_next(&r, &token), GG_OK);
    assert_int_equal(gg_json_skip(&r, &token), GG_OK); /* a number is over already */
    assert_int_equal(gg_json_next(&r, &token), GG_OK);
    assert_int_equal(token.kind, GG_JSON_OBJECT_END);
    gg_arena_unref(arena);
}

static void test_views(void **state)
{
    (void)state;
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    gg_json_reader r;
    gg_json_token token;
    gg_json_reader_init(&r, arena, DEPTH);
    gg_json_feed(&r, GG_STR("[\"plain\",\"esc\\n\",12 ]"), true);
    static const bool owned[] = { false, false, true, false, false, false };
    for (size_t i = 0; i < sizeof owned; i++) {
        assert_int_equal(gg_json_next(&r, &token), GG_OK);
        assert_int_equal(token.owned, owned[i]);
    }
    assert_int_equal(token.kind, GG_JSON_END);
    gg_arena_unref(arena);
}

/* A long string with escapes, in an array so that the arena takes several chunks. */
static gg_str long_text(size_t len)
{
    char *text = malloc(len + 4);
    if (text == NULL)
        return gg_str_of(NULL, 0);
    memcpy(text, "[\"", 2);
    for (size_t i = 2; i < len; i += 2)
        memcpy(text + i, i % 64 == 0 ? "\\t" : "xy", 2);
    memcpy(text + len, "\"]", 2);
    return gg_str_of(text, len + 2);
}

static void test_no_memory(void **state)
{
    (void)state;
    gg_str text = long_text(20000);
    static const size_t steps[] = { 0, 1000 };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        for (size_t n = 0;; n++) {
            gg_json_reader r;
            gg_json_token token;
            size_t at = 0;
            gg_fail_after(n);
            gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
            gg_rc rc = arena != NULL ? GG_NEED_MORE : GG_ENOMEM;
            if (arena != NULL)
                gg_json_reader_init(&r, arena, DEPTH);
            while (rc == GG_NEED_MORE || (rc == GG_OK && token.kind != GG_JSON_END)) {
                if (rc == GG_NEED_MORE) {
                    size_t len = piece_len((split){ .step = steps[i] }, at, text.len);
                    gg_json_feed(&r, gg_str_of(text.ptr + at, len), at + len == text.len);
                    at += len;
                }
                rc = gg_json_next(&r, &token);
            }
            bool failed = gg_fail_happened();
            gg_fail_after(SIZE_MAX);
            gg_arena_unref(arena);
            assert_int_equal(rc, failed ? GG_ENOMEM : GG_OK);
            if (!failed)
                break;
        }
    free((void *)(uintptr_t)text.ptr);
}

/* Memory and time of a string that comes in small pieces are linear: the arena holds a few copies at most. */
static void test_long_string_in_small_pieces(void **state)
{
    (void)state;
    gg_str text = long_text(4u << 20);
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    gg_json_reader r;
    gg_json_token token = { 0 };
    gg_json_reader_init(&r, arena, DEPTH);
    size_t longest = 0;
    gg_rc rc = GG_NEED_MORE;
    for (size_t at = 0; rc == GG_NEED_MORE; at += 7) {
        size_t len = piece_len((split){ .step = 7 }, at, text.len);
        gg_json_feed(&r, gg_str_of(text.ptr + at, len), at + len == text.len);
        while ((rc = gg_json_next(&r, &token)) == GG_OK && token.kind != GG_JSON_END)
            longest = token.text.len > longest ? token.text.len : longest;
    }
    assert_int_equal(rc, GG_OK);
    assert_true(longest > (4u << 20) - (4u << 20) / 32);
    assert_true(gg_arena_taken(arena) < 3 * (4u << 20));
    gg_arena_unref(arena);
    free((void *)(uintptr_t)text.ptr);
}

static void test_deep_nesting(void **state)
{
    (void)state;
    enum { LEVELS = 100000 };
    char *text = malloc(LEVELS);
    assert_non_null(text);
    memset(text, '[', LEVELS);
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    for (uint32_t limit = 0; limit <= 2 * GG_JSON_DEPTH_MAX; limit += GG_JSON_DEPTH_MAX / 2) {
        gg_json_reader r;
        gg_json_token token;
        gg_json_reader_init(&r, arena, limit);
        gg_json_feed(&r, gg_str_of(text, LEVELS), true);
        gg_rc rc;
        while ((rc = gg_json_next(&r, &token)) == GG_OK)
            continue;
        assert_int_equal(rc, GG_ETOOBIG);
        assert_int_equal(r.error_offset, limit < GG_JSON_DEPTH_MAX ? limit : GG_JSON_DEPTH_MAX);
    }
    gg_arena_unref(arena);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_split),
        cmocka_unit_test(test_skip),
        cmocka_unit_test(test_skip_one_member),
        cmocka_unit_test(test_views),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_long_string_in_small_pieces),
        cmocka_unit_test(test_deep_nesting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
