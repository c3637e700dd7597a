/* test_template.c -- path templates: what is accepted and how it is read, what is refused and where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "failmalloc.h"
#include "gateway/template.h"

/* A template as "a * **" for its segments, " name=first+count" for each variable (! if multi), " :verb". */
static gg_str describe(const gg_template *t, gg_arena *arena)
{
    gg_str text = GG_STR("");
    for (uint16_t i = 0; i < t->segment_count; i++) {
        const gg_segment *s = &t->segments[i];
        gg_str name = s->kind == GG_SEGMENT_ONE ? GG_STR("*") : s->kind == GG_SEGMENT_MANY ? GG_STR("**") : s->literal;
        text = gg_arena_printf(arena, "%.*s/%.*s", GG_STR_ARG(text), GG_STR_ARG(name));
    }
    for (uint16_t i = 0; i < t->variable_count; i++) {
        const gg_template_variable *v = &t->variables[i];
        text = gg_arena_printf(arena, "%.*s %.*s=%d+%d%s", GG_STR_ARG(text), GG_STR_ARG(v->field_path), v->first,
            v->count, v->multi ? "!" : "");
    }
    if (t->verb.len > 0)
        text = gg_arena_printf(arena, "%.*s :%.*s", GG_STR_ARG(text), GG_STR_ARG(t->verb));
    return text;
}

static const struct {
    const char *text, *want; /* the description, or what the error begins with */
} rows[] = {
    { "/", "/" },
    { "/v1/ping", "/v1/ping" },
    { "/v1/*", "/v1/*" },
    { "/v1/**", "/v1/**" },
    { "/v1/**/x", "/v1/**/x" },
    { "/v1/{id}", "/v1/* id=1+1" },
    { "/v1/{id=*}", "/v1/* id=1+1" },
    { "/v1/{id=x}", "/v1/x id=1+1" },
    { "/v1/{name=**}", "/v1/** name=1+1!" },
    { "/v1/{book.name=shelves/*/books/*}", "/v1/shelves/*/books/* book.name=1+4!" },
    { "/v1/{a}/b/{c_1=d/**}/e", "/v1/*/b/d/**/e a=1+1 c_1=3+2!" },
    { "/{_a.b9.C}", "/* _a.b9.C=0+1" },
    { "/v1/a:b/c", "/v1/a:b/c" },
    { "/v1/a%20b", "/v1/a b" },
    { "/v1/a%2Fb", "/v1/a/b" },
    { "/v1/-._~!$&'()+,;=@", "/v1/-._~!$&'()+,;=@" },
    { "/v1/a*", "/v1/a*" },
    { "/v1/***", "/v1/***" },
    /* verbs */
    { "/v1/x:read", "/v1/x :read" },
    { "/v1/{id}:read", "/v1/* id=1+1 :read" },
    { "/v1/{id}:bla:baa", "/v1/* id=1+1 :bla:baa" },
    { "/v1/a:b:c", "/v1/a:b :c" },
    { "/v1/*:v", "/v1/* :v" },
    { "/**:v", "/** :v" },
    { "/v1/x:", "/v1/x" },
    { "/v1/{a=b:c/*}", "/v1/b:c/* a=1+2!" },
    { "/v1/{a=b:c/*}:d", "/v1/b:c/* a=1+2! :d" },
    { "/v1/x:a%20b", "/v1/x :a%20b" },
    /* refused */
    { "", "column 1: '/'" },
    { "v1", "column 1: '/'" },
    { "/v1/", "column 5: a segment is empty" },
    { "//", "column 2: a segment is empty" },
    { "/v1//a", "column 5: a segment is empty" },
    { "/v1/:v", "column 5: a segment is empty" },
    { "/v1/x{a}", "column 6: a variable must be a whole segment" },
    { "/v1/{a}x", "column 8: a variable must be a whole segment" },
    { "/v1/{a}-{b}", "column 8: a variable must be a whole segment" },
    { "/v1/{a}{b}", "column 8: a variable must be a whole segment" },
    { "/v1/{a={b}}", "column 8: a variable inside a variable" },
    { "/v1/{a=}", "column 8: a segment is empty" },
    { "/v1/{a=b/}", "column 10: a segment is empty" },
    { "/v1/{}", "column 6: a field name" },
    { "/v1/{.a}", "column 6: a field name" },
    { "/v1/{a.}", "column 8: a field name" },
    { "/v1/{9a}", "column 6: a field name" },
    { "/v1/{a", "column 7: '}'" },
    { "/v1/{a-b}", "column 7: '}'" },
    { "/v1/{a=b", "column 9: '}'" },
    { "/v1/a}", "column 6: a variable must be" },
    { "/v1/a b", "column 6: this character" },
    { "/v1/a?b", "column 6: this character" },
    { "/v1/a#b", "column 6: this character" },
    { "/v1/\xc3\xa4", "column 5: this character" },
    { "/v1/a%2", "column 6: '%'" },
    { "/v1/a%zz", "column 6: '%'" },
    { "/v1/%ff", "column 8: the segment's escapes" },
    { "/v1/x:a b", "column 8: this character" },
    { "/**/**", "column 5: a second \"**\"" },
    { "/{a=**}/{b=**}", "column 12: a second \"**\"" },
    { "/{n}:a/b", "column 5: a variable must be" },
};

static gg_rc run(const char *text, const char *want)
{
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    if (arena == NULL)
        return GG_ENOMEM;
    gg_template t;
    gg_str error = { 0 };
    gg_rc rc = gg_template_parse(gg_str_from(text), arena, &t, &error);
    if (rc != GG_ENOMEM && !gg_fail_happened()) {
        gg_str got = rc == GG_OK ? describe(&t, arena) : error;
        size_t compared = rc == GG_OK ? strlen(want) + 1 : strlen(want);
        if (strncmp(got.ptr, want, compared) != 0)
            fail_msg("%s: got \"%s\", want \"%s\"", text, got.ptr, want);
        assert_int_equal(rc, strncmp(want, "column", 6) == 0 ? GG_EINVAL : GG_OK);
    }
    gg_arena_unref(arena);
    return rc;
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        run(rows[i].text, rows[i].want);
}

static void test_no_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t n = 0;; n++) {
            gg_fail_after(n);
            gg_rc rc = run(rows[i].text, rows[i].want);
            bool failed = gg_fail_happened();
            gg_fail_after(SIZE_MAX);
            if (!failed)
                break;
            assert_int_equal(rc, GG_ENOMEM);
        }
}

/* The longest that is allowed, and one more. */
static void test_limits(void **state)
{
    (void)state;
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    char text[4096] = "";
    gg_template t;
    gg_str error;
    size_t len = 0;
    for (int i = 0; i < GG_TEMPLATE_SEGMENTS; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "/s");
    assert_int_equal(gg_template_parse(gg_str_of(text, len), arena, &t, &error), GG_OK);
    text[len] = '/', text[len + 1] = 's';
    assert_int_equal(gg_template_parse(gg_str_of(text, len + 2), arena, &t, &error), GG_EINVAL);
    len = 0;
    for (int i = 0; i < GG_TEMPLATE_VARIABLES; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "/{v}");
    assert_int_equal(gg_template_parse(gg_str_of(text, len), arena, &t, &error), GG_OK);
    memcpy(text + len, "/{v}", 4);
    assert_int_equal(gg_template_parse(gg_str_of(text, len + 4), arena, &t, &error), GG_EINVAL);
    gg_arena_unref(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
