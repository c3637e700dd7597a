/* test_bind.c -- path variables and query parameters: the message they make, or the error they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "failmalloc.h"
#include "gateway/bind.h"
#include "rule_options.h"
#include "sample_types.h"

typedef struct fixture {
    gg_arena *arena;
    gg_routes *routes;
    gg_service_type service;
    gg_method_type method;
    gg_binding binding;
    sample_Everything *message;
    gg_rc rc; /* of making all that */
} fixture;

static gg_rc make(fixture *f, const test_rule *rule)
{
    gg_str missing;
    f->arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    f->routes = f->arena != NULL ? gg_routes_new(NULL, NULL) : NULL;
    if (f->routes == NULL)
        return GG_ENOMEM;
    f->method = (gg_method_type){ .path = GG_STR("/sample.v1.Samples/Call"),
        .input = &sample_Everything_type,
        .output = &sample_Everything_type,
        .options = test_rule_options(rule, 1, f->arena) };
    if (f->method.options.ptr == NULL)
        return GG_ENOMEM;
    gg_rc rc = gg_routes_add_method(f->routes, &f->service, &f->method);
    if (rc == GG_OK)
        rc = gg_binding_init(&f->binding, gg_routes_at(f->routes, 0), &sample_Everything_type, f->arena, &missing);
    f->message = gg_message_new(&sample_Everything_type, f->arena);
    return rc == GG_OK && f->message == NULL ? GG_ENOMEM : rc;
}

static void drop(fixture *f)
{
    gg_routes_free(f->routes);
    if (f->arena != NULL)
        gg_arena_unref(f->arena);
}

/* The message as JSON of what is set, or the error's text. */
static gg_str outcome(const fixture *f, gg_rc rc, gg_str error)
{
    static const gg_codec_options set_only = { .size = sizeof set_only, .omit_unset = true };
    gg_json_writer w;
    if (rc == GG_EPROTO)
        return error;
    gg_json_writer_init(&w, f->arena, 64);
    if (rc != GG_OK || gg_message_print(&sample_Everything_type, f->message, &set_only, &w, NULL) != GG_OK || w.failed)
        return GG_STR("no memory");
    return gg_json_result(&w);
}

/* Runs the row with every allocation failing, then whole. */
#define WITH_EVERY_FAILURE(row) \
    for (size_t n = 0;; n++) { \
        gg_fail_after(n); \
        bool whole = (row); \
        bool failed = gg_fail_happened(); \
        gg_fail_after(SIZE_MAX); \
        assert_true(whole || failed); \
        if (!failed) \
            break; \
    }

/* -- query -- */

static const test_rule get = { "GET", "/v1/{f_int32}", NULL, NULL };
static const test_rule nested = { "GET", "/v1/{f_inner.id}/{o_string}", NULL, NULL };
static const test_rule post = { "POST", "/v1", "f_inner", NULL };

static const struct {
    const test_rule *rule;
    const char *query;
    const char *want; /* all of the JSON; of an error, its start */
} queries[] = {
    { &get, "", "{}" },
    { &get, "f_string=a", "{\"fString\":\"a\"}" },
    { &get, "fString=a", "{\"fString\":\"a\"}" },
    { &get, "f_string", "{}" },
    { &get, "f_string=", "{}" },
    { &get, "o_string=", "{\"oString\":\"\"}" },
    { &get, "&&f_string=a&", "{\"fString\":\"a\"}" },
    { &get, "=a&f_string=b", "{\"fString\":\"b\"}" },
    { &get, "f_string=a+b%20c%2B%26", "{\"fString\":\"a b c+&\"}" },
    { &get, "f%5Fstring=a=b", "{\"fString\":\"a=b\"}" },
    { &get, "f_string=%C3%A4", "{\"fString\":\"\xc3\xa4\"}" },
    { &get, "F_STRING=a&nothing=b&f_inner.nothing=c", "{}" },
    { &get, "f_int64=-7&f_uint64=18446744073709551615", "{\"fInt64\":\"-7\",\"fUint64\":\"18446744073709551615\"}" },
    { &get, "f_sint32=010", "{\"fSint32\":10}" },
    { &get, "f_sint32=%2B10", "{\"fSint32\":10}" },
    { &get, "f_double=1.5&f_float=-2", "{\"fDouble\":1.5,\"fFloat\":-2}" },
    { &get, "f_bool=true&o_int32=0", "{\"fBool\":true,\"oInt32\":0}" },
    { &get, "f_bytes=_-8", "{\"fBytes\":\"/+8=\"}" },
    { &get, "f_color=COLOR_BLUE&o_color=1", "{\"fColor\":\"COLOR_BLUE\",\"oColor\":\"COLOR_GREEN\"}" },
    { &get, "r_int32=1&r_int32=2&r_string=a,b", "{\"rInt32\":[1,2],\"rString\":[\"a,b\"]}" },
    { &get, "r_color=COLOR_BLUE&r_color=0", "{\"rColor\":[\"COLOR_BLUE\",\"COLOR_RED\"]}" },
    { &get, "r_string[]=a&r_string[x]=b", "{\"rString\":[\"\",\"a\",\"x\",\"b\"]}" },
    { &get, "f_inner.id=3&fInner.label=x", "{\"fInner\":{\"id\":3,\"label\":\"x\"}}" },
    { &get, "f_inner.child.child.on=1", "{\"fInner\":{\"child\":{\"child\":{\"on\":true}}}}" },
    { &get, "m_string[a]=1&m_string[b.c]=2", "{\"mString\":{\"a\":1,\"b.c\":2}}" },
    { &get, "m_string%5Ba%5D=1&m_string[]=2", "{\"mString\":{\"a\":1,\"\":2}}" },
    { &get, "mBool[true]=COLOR_GREEN&m_uint32[7]=x",
        "{\"mBool\":{\"true\":\"COLOR_GREEN\"},\"mUint32\":{\"7\":\"x\"}}" },
    { &get, "m_string[a[b]]=1&m_string[a].x=2", "{}" },
    { &get, "at=2020-01-02T03:04:05Z&lasts=1.5s", "{\"at\":\"2020-01-02T03:04:05Z\",\"lasts\":\"1.500s\"}" },
    { &get, "lasts=1h30m", "{\"lasts\":\"5400s\"}" },
    { &get, "w_int64=5&w_string=", "{\"wInt64\":\"5\",\"wString\":\"\"}" },
    { &get, "c_string=a", "{\"cString\":\"a\"}" },
    { &get, "c_inner.id=1&c_inner.label=x", "{\"cInner\":{\"id\":1,\"label\":\"x\"}}" },
    /* what the path or the body gave is not changed */
    { &get, "f_int32=1&fInt32=x&f_int32.x=1&f_int32[a]=2", "{}" },
    { &nested, "f_inner.id=1&fInner.id=1&oString=x&f_inner.label=l", "{\"fInner\":{\"label\":\"l\"}}" },
    { &post, "f_inner.id=1&fInner=x&f_inner.child.id=2&f_int32=3", "{\"fInt32\":3}" },
    /* errors */
    { &get, "f_string=a;b=c", "invalid semicolon separator" },
    { &get, "f_string=%zz", "malformed escape in the query, parameter: %zz" },
    { &get, "%4=a", "malformed escape in the query" },
    { &get, "f_string=%ff", "the query is not UTF-8" },
    { &get, "nothing=\xff", "the query is not UTF-8" },
    { &get, "f_sint32=abc", "type mismatch, parameter: f_sint32: expected " },
    { &get, "f_sint32=", "type mismatch, parameter: f_sint32: expected " },
    { &get, "f_sint32=0x10", "type mismatch, parameter: f_sint32: expected " },
    { &get, "f_sint32=3000000000", "type mismatch, parameter: f_sint32: expected " },
    { &get, "f_bool=yes", "type mismatch, parameter: f_bool: expected " },
    { &get, "f_color=PINK", "type mismatch, parameter: f_color: expected " },
    { &get, "f_bytes=!", "type mismatch, parameter: f_bytes: expected " },
    { &get, "f_inner.id=x", "type mismatch, parameter: f_inner.id: expected " },
    { &get, "r_int32=1&r_int32=x", "type mismatch, parameter: r_int32: expected " },
    { &get, "m_uint32[x]=1", "type mismatch, parameter: m_uint32[x]: expected " },
    { &get, "m_int64[1]=1", "type mismatch, parameter: m_int64[1]: expected " },
    { &get, "f_inner=x", "type mismatch, parameter: f_inner: expected " },
    { &get, "empty=x", "type mismatch, parameter: empty: expected " },
    { &get, "f_string=a&f_string=a", "too many values, parameter: f_string" },
    { &get, "f_string=a&fString=b", "too many values, parameter: fString" },
    { &get, "f_inner.id=1&f_inner.id=1", "too many values, parameter: f_inner.id" },
    { &get, "f_string[5]=a", "too many values, parameter: f_string[5]" },
    { &get, "m_string=1", "a map needs a key" },
    { &get, "m_string[a]=1&m_string[a]=1", "type mismatch, parameter: m_string[a]: expected one value" },
    { &get, "f_string.x=1", "invalid path" },
    { &get, "r_inner.id=1", "invalid path" },
    { &get, "m_int64.id=1", "invalid path" },
    { &get, "c_string=a&c_int32=1", "field already set for oneof, parameter: c_int32" },
    { &get, "c_inner.id=1&c_int32=1", "field already set for oneof, parameter: c_int32" },
    { &get, "c_int32=1&c_inner.id=1", "field already set for oneof, parameter: c_inner.id" },
};

static bool run_query(size_t i, bool reject_unknown, const char *want)
{
    fixture f = { 0 };
    gg_str error = { 0 };
    gg_rc rc = make(&f, queries[i].rule);
    if (rc == GG_OK)
        rc = gg_bind_query(&f.binding, gg_str_from(queries[i].query), reject_unknown, f.message, f.arena, &error);
    bool whole = rc != GG_ENOMEM;
    gg_str got = whole ? outcome(&f, rc, error) : (gg_str){ 0 };
    if (whole && !gg_fail_happened()) {
        size_t len = rc == GG_OK ? strlen(want) + 1 : strlen(want);
        if (got.len + 1 < len || strncmp(gg_arena_dup(f.arena, got).ptr, want, len) != 0)
            fail_msg("?%s: got \"%.*s\", want \"%s\"", queries[i].query, GG_STR_ARG(got), want);
    }
    drop(&f);
    return whole;
}

static void test_queries(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++)
        WITH_EVERY_FAILURE(run_query(i, false, queries[i].want));
}

static void test_reject_unknown(void **state)
{
    (void)state;
    static const char *const unknown[] = { "F_STRING=a&nothing=b&f_inner.nothing=c", "=a&f_string=b" };
    for (size_t u = 0; u < 2; u++)
        for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++)
            if (strcmp(queries[i].query, unknown[u]) == 0)
                run_query(i, true, "unknown parameter, parameter: ");
}

/* Many different fields, and one of them again at the end: found, and in time that grows with their number. */
static void test_many_parameters(void **state)
{
    (void)state;
    enum { DEPTH = 14 };
    fixture f = { 0 };
    gg_str error = { 0 };
    assert_int_equal(make(&f, &get), GG_OK);
    char *query = gg_arena_bytes(f.arena, 1 << 16);
    size_t len = 0;
    for (int depth = 1; depth <= DEPTH; depth++) {
        static const char *const leaves[] = { "id=1", "label=a", "on=1" };
        for (size_t leaf = 0; leaf < 3; leaf++) {
            len += (size_t)sprintf(query + len, "f_inner.");
            for (int i = 1; i < depth; i++)
                len += (size_t)sprintf(query + len, "child.");
            len += (size_t)sprintf(query + len, "%s&", leaves[leaf]);
        }
    }
    assert_int_equal(gg_bind_query(&f.binding, gg_str_of(query, len), false, f.message, f.arena, &error), GG_OK);
    len += (size_t)sprintf(query + len, "f_inner.child.child.on=0");
    f.message->f_inner = NULL;
    assert_int_equal(gg_bind_query(&f.binding, gg_str_of(query, len), false, f.message, f.arena, &error), GG_EPROTO);
    assert_string_equal(gg_arena_dup(f.arena, error).ptr, "too many values, parameter: f_inner.child.child.on");
    drop(&f);
}

/* -- path -- */

static const struct {
    const char *path; /* template */
    const char *body; /* what the body gave before */
    const char *values[2];
    const char *want;
} variables[] = {
    { "/{f_string}", "{}", { "a/b" }, "{\"fString\":\"a/b\"}" },
    { "/{f_string}", "{}", { "" }, "{}" },
    { "/{f_sint32}/{f_inner.label}", "{}", { "-5", "x" }, "{\"fSint32\":-5,\"fInner\":{\"label\":\"x\"}}" },
    { "/{f_string}", "{\"fString\":\"body\"}", { "path" }, "{\"fString\":\"path\"}" },
    { "/{f_inner.id}", "{\"fInner\":{\"id\":1,\"label\":\"l\"}}", { "2" }, "{\"fInner\":{\"id\":2,\"label\":\"l\"}}" },
    { "/{r_int32}", "{\"rInt32\":[9,9,9]}", { "1,2" }, "{\"rInt32\":[1,2]}" },
    { "/{r_string}", "{}", { "a,,b" }, "{\"rString\":[\"a\",\"\",\"b\"]}" },
    { "/{c_string}", "{\"cString\":\"body\"}", { "path" }, "{\"cString\":\"path\"}" },
    { "/{at}/{w_int64}", "{}", { "2020-01-02T03:04:05Z", "7" }, "{\"at\":\"2020-01-02T03:04:05Z\",\"wInt64\":\"7\"}" },
    { "/{f_color}", "{}", { "COLOR_BLUE" }, "{\"fColor\":\"COLOR_BLUE\"}" },
    { "/{f_sint32}", "{}", { "abc" }, "type mismatch, parameter: f_sint32: expected " },
    { "/{f_sint32}", "{}", { "" }, "type mismatch, parameter: f_sint32: expected " },
    { "/{f_sint32}", "{}", { "12345678901234567890123456789012345" }, "type mismatch, parameter: f_sint32: expected " },
    { "/{r_int32}", "{}", { "1,x" }, "type mismatch, parameter: r_int32: expected " },
    { "/{c_string}", "{\"cInt32\":1}", { "path" }, "field already set for oneof, parameter: c_string" },
};

static bool run_variables(size_t i)
{
    fixture f = { 0 };
    test_rule rule = { "POST", variables[i].path, "*", NULL };
    gg_str error = { 0 };
    gg_codec_options options = { .size = sizeof options };
    gg_rc rc = make(&f, &rule);
    if (rc == GG_OK)
        rc = gg_field_from_json(&sample_Everything_type, f.message, NULL, gg_str_from(variables[i].body), &options,
            f.arena, NULL);
    gg_str values[2] = { gg_str_from(variables[i].values[0]), gg_str_from(variables[i].values[1]) };
    if (rc == GG_OK)
        rc = gg_bind_path(&f.binding, values, f.message, f.arena, &error);
    bool whole = rc != GG_ENOMEM;
    gg_str got = whole ? outcome(&f, rc, error) : (gg_str){ 0 };
    if (whole && !gg_fail_happened()) {
        const char *want = variables[i].want;
        if (rc == GG_OK ? !gg_str_eq(got, gg_str_from(want)) : !gg_str_starts(got, gg_str_from(want)))
            fail_msg("%s: got \"%.*s\", want \"%s\"", variables[i].path, GG_STR_ARG(got), want);
    }
    drop(&f);
    return whole;
}

static void test_variables(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        WITH_EVERY_FAILURE(run_variables(i));
}

/* The text names the parameter, says what was expected, and shows the start of what came. */
static void test_error_text(void **state)
{
    (void)state;
    fixture f = { 0 };
    gg_str error = { 0 };
    assert_int_equal(make(&f, &get), GG_OK);
    gg_str value = GG_STR("1234567890123456789012345678901\xc3\xa4zzzz");
    assert_int_equal(gg_bind_path(&f.binding, &value, f.message, f.arena, &error), GG_EPROTO);
    const char *text = gg_arena_dup(f.arena, error).ptr;
    assert_non_null(strstr(text, "parameter: f_int32: expected "));
    assert_non_null(strstr(text, ", found \"1234567890123456789012345678901...\""));
    drop(&f);
}

/* A channel with tables of its own: the same fields by number, or an error that names the missing one. */
static void test_other_tables(void **state)
{
    (void)state;
    fixture f = { 0 };
    gg_str missing = { 0 };
    test_rule rule = { "POST", "/{f_string}/{f_inner.label}", "f_inner", NULL };
    assert_int_equal(make(&f, &rule), GG_OK);
    const gg_route *route = gg_routes_at(f.routes, 0);
    gg_message_type copy = sample_Everything_type, less = sample_Inner_type;
    gg_field *fields = gg_arena_alloc(f.arena, copy.field_count * sizeof *fields);
    memcpy(fields, copy.fields, copy.field_count * sizeof *fields);
    copy.fields = fields;
    gg_binding binding;
    assert_int_equal(gg_binding_init(&binding, route, &copy, f.arena, &missing), GG_OK);
    assert_ptr_equal(binding.variables[0].fields[0], gg_field_by_number(&copy, 9));
    assert_ptr_equal(binding.variables[1].fields[0], gg_field_by_number(&copy, 17));
    assert_ptr_equal(binding.variables[1].fields[1], gg_field_by_number(&sample_Inner_type, 2));
    assert_ptr_equal(binding.body, gg_field_by_number(&copy, 17));
    assert_int_equal(gg_binding_init(&binding, route, &less, f.arena, &missing), GG_EINVAL);
    assert_true(gg_str_eq(missing, GG_STR("f_string")));
    drop(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queries),
        cmocka_unit_test(test_reject_unknown),
        cmocka_unit_test(test_many_parameters),
        cmocka_unit_test(test_variables),
        cmocka_unit_test(test_error_text),
        cmocka_unit_test(test_other_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
