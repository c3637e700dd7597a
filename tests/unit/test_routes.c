/* test_routes.c -- which route a method and path reach, with which values; and faults of rules at load. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "failmalloc.h"
#include "gateway/routes.h"
#include "rule_options.h"
#include "sample_types.h"

enum { SET_ROUTES = 16, TEXT_LEN = 4096 };

/* -- a table from rows -- */

typedef struct fixture {
    gg_arena *arena;
    gg_routes *routes;
    gg_rc rc;              /* of building it */
    char faults[TEXT_LEN]; /* "file symbol: reason\n" each */
    gg_file_type file;
    gg_service_type service;
    gg_method_type methods[SET_ROUTES];
} fixture;

typedef struct route_row {
    const char *rpc; /* NULL: another rule of the RPC before */
    test_rule rule;
    bool client_streaming;
} route_row;

static void on_fault(void *user, const gg_schema_fault *fault)
{
    fixture *f = user;
    size_t len = strlen(f->faults);
    snprintf(f->faults + len, sizeof f->faults - len, "%.*s %.*s: %.*s\n", GG_STR_ARG(fault->file),
        GG_STR_ARG(fault->symbol), GG_STR_ARG(fault->reason));
}

static gg_rc add_rows(fixture *f, const route_row *rows, size_t count)
{
    size_t method_count = 0;
    gg_rc rc = GG_OK;
    for (size_t i = 0; i < count && rc != GG_ENOMEM;) {
        test_rule rules[SET_ROUTES];
        size_t rule_count = 0, first = i;
        do
            rules[rule_count++] = rows[i++].rule;
        while (i < count && rows[i].rpc == NULL);
        gg_method_type *m = &f->methods[method_count++];
        *m = (gg_method_type){ .path = gg_arena_printf(f->arena, "/sample.v1.Samples/%s", rows[first].rpc),
            .input = &sample_Everything_type,
            .output = &sample_Everything_type,
            .client_streaming = rows[first].client_streaming,
            .options = test_rule_options(rules, rule_count, f->arena) };
        if (m->path.ptr == NULL || m->options.ptr == NULL)
            return GG_ENOMEM;
        gg_rc one = gg_routes_add_method(f->routes, &f->service, m);
        rc = one != GG_OK ? one : rc;
    }
    return rc;
}

static void build(fixture *f, const route_row *rows, size_t count)
{
    memset(f, 0, sizeof *f);
    f->file = (gg_file_type){ .name = GG_STR("sample.proto") };
    f->service = (gg_service_type){ .name = GG_STR("sample.v1.Samples"), .file = &f->file };
    f->arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    f->routes = f->arena != NULL ? gg_routes_new(on_fault, f) : NULL;
    f->rc = f->routes != NULL ? add_rows(f, rows, count) : GG_ENOMEM;
    gg_rc frozen = f->rc != GG_ENOMEM ? gg_routes_freeze(f->routes) : GG_OK;
    f->rc = f->rc == GG_OK ? frozen : f->rc;
}

static void drop(fixture *f)
{
    gg_routes_free(f->routes);
    if (f->arena != NULL)
        gg_arena_unref(f->arena);
}

/* -- matching -- */

static const route_row basic[] = {
    { "Ping", { "GET", "/v1/ping", 0, 0 }, 0 },
    { "Get", { "GET", "/v1/things/{f_string}", 0, 0 }, 0 },
    { "Special", { "GET", "/v1/things/special", 0, 0 }, 0 },
    { "Delete", { "DELETE", "/v1/things/{f_string}", 0, 0 }, 0 },
    { "Create", { "POST", "/v1/things", "*", 0 }, 0 },
    { "Shelf", { "GET", "/v1/{f_string=shelves/*/books/*}", 0, 0 }, 0 },
    { "Files", { "GET", "/files/{f_string=**}", 0, 0 }, 0 },
    { "FileInfo", { "GET", "/files/{f_string=**}/info", 0, 0 }, 0 },
    { "FileInfoOne", { "GET", "/files/{f_string=**}/{o_string}/info", 0, 0 }, 0 },
    { "Tail", { "GET", "/t/{f_string=a/**}/tail", 0, 0 }, 0 },
    { "Rest", { "GET", "/r/{f_string=a/**}", 0, 0 }, 0 },
    { "Root", { "GET", "/", 0, 0 }, 0 },
    { "Odd", { "GET", "/odd/a%2Fb/%C3%A4", 0, 0 }, 0 },
};

static const route_row verbs[] = {
    { "Get", { "GET", "/v1/{f_string}", 0, 0 }, 0 },
    { "Cancel", { "POST", "/v1/{f_string}:cancel", 0, 0 }, 0 },
    { "GetNow", { "GET", "/v1/{f_string}:now", 0, 0 }, 0 },
    { "GetHereNow", { "GET", "/v1/{f_string}:here:now", 0, 0 }, 0 },
    { "All", { "GET", "/all/{f_string=**}:now", 0, 0 }, 0 },
    { "Any", { "custom *", "/any/{f_string}", 0, 0 }, 0 },
    { "AnyGet", { "GET", "/any/{o_string}", 0, 0 }, 0 },
    { "Purge", { "custom PURGE", "/any/{f_string}", 0, 0 }, 0 },
    { "HeadToo", { "GET", "/head", 0, 0 }, 0 },
    { "OwnHead", { "custom HEAD", "/head", 0, 0 }, 0 },
};

static const route_row back[] = {
    { "Deep", { "GET", "/a/{f_string}/c/d", 0, 0 }, 0 },
    { "Literal", { "GET", "/a/b/c/e", 0, 0 }, 0 },
    { "Wild", { "GET", "/{f_string}/b/c/f", 0, 0 }, 0 },
    { "Many", { "GET", "/a/{f_string=**}", 0, 0 }, 0 },
    { "PostFixed", { "POST", "/a/b/c/d", 0, 0 }, 0 },
    { "TieFirst", { "GET", "/tie/{f_string}", 0, 0 }, 0 },
    { "TieLast", { "GET", "/tie/{o_string}", 0, 0 }, 0 },
    { "Two", { "GET", "/two/{f_string}/{f_inner.label}", 0, 0 }, 0 },
    { NULL, { "PUT", "/two/{f_string}", 0, 0 }, 0 },
};

#define SET(rows) (rows), sizeof(rows) / sizeof(rows)[0]
static const struct {
    const route_row *set;
    size_t set_count;
    const char *method, *path;
    const char *want; /* "RPC value|value", or "404", "400", "405 GET, HEAD" */
} requests[] = {
    { SET(basic), "GET", "/v1/ping", "Ping" },
    { SET(basic), "HEAD", "/v1/ping", "Ping" },
    { SET(basic), "POST", "/v1/ping", "405 GET, HEAD" },
    { SET(basic), "OPTIONS", "/v1/ping", "405 GET, HEAD" },
    { SET(basic), "get", "/v1/ping", "405 GET, HEAD" },
    { SET(basic), "GET", "/v1/ping/", "404" },
    { SET(basic), "GET", "//v1/ping", "404" },
    { SET(basic), "GET", "/v1", "404" },
    { SET(basic), "GET", "/v1/%70ing", "Ping" },
    { SET(basic), "GET", "/", "Root" },
    { SET(basic), "GET", "", "400" },
    { SET(basic), "OPTIONS", "*", "400" },
    { SET(basic), "GET", "/v1/things/special", "Special" },
    { SET(basic), "DELETE", "/v1/things/special", "Delete special" },
    { SET(basic), "GET", "/v1/things/7", "Get 7" },
    { SET(basic), "PUT", "/v1/things/7", "405 GET, HEAD, DELETE" },
    { SET(basic), "GET", "/v1/things", "405 POST" },
    { SET(basic), "GET", "/v1/things/", "Get " },
    { SET(basic), "GET", "/v1/things/7/", "404" },
    { SET(basic), "GET", "/v1/things/a%2Fb", "Get a/b" },
    { SET(basic), "GET", "/v1/things/a%2fb", "Get a/b" },
    { SET(basic), "GET", "/v1/things/100%25", "Get 100%" },
    { SET(basic), "GET", "/v1/things/%2525", "Get %25" },
    { SET(basic), "GET", "/v1/things/a+b%20c", "Get a+b c" },
    { SET(basic), "GET", "/v1/things/%C3%A4", "Get \xc3\xa4" },
    { SET(basic), "GET", "/v1/things/\xc3\xa4", "Get \xc3\xa4" },
    { SET(basic), "GET", "/v1/things/%C3", "400" },
    { SET(basic), "GET", "/v1/things/\xff", "400" },
    { SET(basic), "GET", "/v1/things/%zz", "400" },
    { SET(basic), "GET", "/v1/things/%4", "400" },
    { SET(basic), "GET", "/v1/things/a:b", "Get a:b" },
    { SET(basic), "GET", "/v1/shelves/1/books/2", "Shelf shelves/1/books/2" },
    { SET(basic), "GET", "/v1/shelves/1%2F2/books/a%20b", "Shelf shelves/1%2F2/books/a b" },
    { SET(basic), "GET", "/files", "Files " },
    { SET(basic), "GET", "/files/", "Files " },
    { SET(basic), "GET", "/files/a/b/c", "Files a/b/c" },
    { SET(basic), "GET", "/files/a%26b/c%25", "Files a%26b/c%" },
    { SET(basic), "GET", "/files//a//", "Files /a//" },
    { SET(basic), "GET", "/files/info", "FileInfo " },
    { SET(basic), "GET", "/files/a/info", "FileInfoOne |a" },
    { SET(basic), "GET", "/files/a/b/info", "FileInfoOne a|b" },
    { SET(basic), "GET", "/t/a/tail", "Tail a/" },
    { SET(basic), "GET", "/t/a/b/c/tail", "Tail a/b/c" },
    { SET(basic), "GET", "/r/a", "Rest a/" },
    { SET(basic), "GET", "/r/a/b", "Rest a/b" },
    { SET(basic), "GET", "/odd/a%2fb/%c3%a4", "Odd" },
    { SET(basic), "GET", "/odd/a/b/%c3%a4", "404" },
    { SET(verbs), "GET", "/v1/x", "Get x" },
    { SET(verbs), "GET", "/v1/x:", "Get x:" },
    { SET(verbs), "GET", "/v1/x:y", "Get x:y" },
    { SET(verbs), "POST", "/v1/x:cancel", "Cancel x" },
    { SET(verbs), "GET", "/v1/x:cancel", "Get x:cancel" },
    { SET(verbs), "PUT", "/v1/x:cancel", "405 GET, HEAD, POST" },
    { SET(verbs), "POST", "/v1/a%3Ab:cancel", "Cancel a:b" },
    { SET(verbs), "POST", "/v1/x%3Acancel", "405 GET, HEAD" },
    { SET(verbs), "GET", "/v1/x:now", "GetNow x" },
    { SET(verbs), "GET", "/v1/x:here:now", "GetHereNow x" },
    { SET(verbs), "GET", "/v1/:now", "404" },
    { SET(verbs), "GET", "/all/a/b:now", "All a/b" },
    { SET(verbs), "GET", "/all/a%2Fb/c%20d:now", "All a%2Fb/c d" },
    { SET(verbs), "GET", "/any/x", "AnyGet x" },
    { SET(verbs), "HEAD", "/any/x", "AnyGet x" },
    { SET(verbs), "PURGE", "/any/x", "Purge x" },
    { SET(verbs), "BREW", "/any/x", "Any x" },
    { SET(verbs), "HEAD", "/head", "OwnHead" },
    { SET(verbs), "POST", "/head", "405 GET, HEAD" },
    { SET(back), "GET", "/a/b/c/e", "Literal" },
    { SET(back), "GET", "/a/b/c/d", "Deep b" },
    { SET(back), "GET", "/a/b/c/f", "Many b/c/f" },
    { SET(back), "GET", "/x/b/c/f", "Wild x" },
    { SET(back), "POST", "/a/b/c/d", "PostFixed" },
    { SET(back), "GET", "/tie/x", "TieLast x" },
    { SET(back), "GET", "/two/x/y", "Two x|y" },
    { SET(back), "PUT", "/two/x", "Two x" },
};

static gg_str outcome(const fixture *f, gg_rc rc, const gg_route_match *match)
{
    if (rc == GG_ENOTFOUND)
        return GG_STR("404");
    if (rc == GG_EPROTO)
        return GG_STR("400");
    if (rc == GG_EINVAL)
        return gg_arena_printf(f->arena, "405 %.*s", GG_STR_ARG(match->allow));
    if (rc != GG_OK)
        return GG_STR("no memory");
    const gg_route *route = match->route;
    size_t prefix = strlen("/sample.v1.Samples/");
    gg_str text = gg_str_of(route->method->path.ptr + prefix, route->method->path.len - prefix);
    for (uint16_t i = 0; i < route->template.variable_count; i++)
        text = gg_arena_printf(f->arena, "%.*s%s%.*s", GG_STR_ARG(text), i == 0 ? " " : "|",
            GG_STR_ARG(match->variables[i]));
    return text;
}

static gg_str request(const fixture *f, const char *method, gg_str path, gg_unescape_mode mode)
{
    gg_route_match match;
    gg_rc rc = gg_routes_match(f->routes, gg_str_from(method), path, mode, f->arena, &match);
    return outcome(f, rc, &match);
}

static void test_requests(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        fixture f;
        build(&f, requests[i].set, requests[i].set_count);
        if (f.rc != GG_OK)
            fail_msg("%s", f.faults);
        gg_str got = request(&f, requests[i].method, gg_str_from(requests[i].path), GG_UNESCAPE_ALL_EXCEPT_RESERVED);
        if (!gg_str_eq(got, gg_str_from(requests[i].want)))
            fail_msg("%s %s: got \"%.*s\", want \"%s\"", requests[i].method, requests[i].path, GG_STR_ARG(got),
                requests[i].want);
        drop(&f);
    }
}

static const struct {
    const char *path;
    const char *want[3]; /* by gg_unescape_mode */
} modes[] = {
    { "/v1/things/a%2Fb", { "404", "Get a/b", "Get a/b" } },
    { "/files/a%2Fb", { "Files a/b", "Files a%2Fb", "Files a%2Fb" } },
    { "/files/a%2fb", { "Files a/b", "Files a%2fb", "Files a%2fb" } },
    { "/files/a%26b/c%25", { "Files a&b/c%", "Files a&b/c%", "Files a%26b/c%" } },
    { "/v1/things/100%25", { "Get 100%", "Get 100%", "Get 100%" } },
};

static void test_modes(void **state)
{
    (void)state;
    fixture f;
    build(&f, SET(basic));
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
        for (int mode = GG_UNESCAPE_ALL; mode <= GG_UNESCAPE_ALL_EXCEPT_RESERVED; mode++) {
            gg_str got = request(&f, "GET", gg_str_from(modes[i].path), (gg_unescape_mode)mode);
            if (!gg_str_eq(got, gg_str_from(modes[i].want[mode])))
                fail_msg("%s, mode %d: got \"%.*s\"", modes[i].path, mode, GG_STR_ARG(got));
        }
    drop(&f);
}

/* A literal route without escapes takes nothing from the arena. */
static void test_no_allocation(void **state)
{
    (void)state;
    fixture f;
    build(&f, SET(basic));
    const char *before = gg_arena_bytes(f.arena, 1);
    gg_route_match match;
    for (int i = 0; i < 100; i++) {
        gg_str path = i % 2 == 0 ? GG_STR("/v1/ping") : GG_STR("/v1/things/77");
        assert_int_equal(
            gg_routes_match(f.routes, GG_STR("GET"), path, GG_UNESCAPE_ALL_EXCEPT_RESERVED, f.arena, &match), GG_OK);
    }
    assert_ptr_equal(gg_arena_bytes(f.arena, 1), before + 1);
    drop(&f);
}

static void test_no_memory(void **state)
{
    (void)state;
    static const char *const paths[] = { "/v1/things/a%2Fb", "/v1/nothing", "/r/a" };
    for (size_t n = 0;; n++) {
        fixture f;
        gg_fail_after(n);
        build(&f, SET(basic));
        for (size_t i = 0; i < sizeof paths / sizeof paths[0] && f.rc == GG_OK; i++)
            request(&f, "PUT", gg_str_from(paths[i]), GG_UNESCAPE_ALL_EXCEPT_RESERVED);
        bool failed = gg_fail_happened();
        gg_fail_after(SIZE_MAX);
        if (f.rc != GG_OK)
            assert_true(failed && f.rc == GG_ENOMEM);
        drop(&f);
        if (!failed)
            break;
    }
}

/* Paths made to be slow: many segments, and templates that lead nowhere at every turn. */
static void test_bounds(void **state)
{
    (void)state;
    static char path[1 << 16];
    fixture f;
    memset(path, '/', sizeof path);
    build(&f, SET(basic));
    gg_str got = request(&f, "GET", gg_str_of(path, sizeof path), GG_UNESCAPE_ALL_EXCEPT_RESERVED);
    assert_true(gg_str_eq(got, GG_STR("404")));
    drop(&f);

    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    gg_routes *routes = gg_routes_new(NULL, NULL);
    gg_service_type service = { .name = GG_STR("sample.v1.Samples") };
    enum { TURNS = 12 };
    static gg_method_type methods[1 << TURNS];
    for (unsigned i = 0; i < 1u << TURNS; i++) { /* every mixture of "a" and "*", then "end" */
        char template_text[8 * TURNS];
        size_t len = 0;
        for (int turn = 0; turn < TURNS; turn++)
            len += (size_t)snprintf(template_text + len, sizeof template_text - len, "/%s", i >> turn & 1 ? "a" : "*");
        snprintf(template_text + len, sizeof template_text - len, "/end");
        test_rule rule = { "GET", template_text, NULL, NULL };
        methods[i] = (gg_method_type){ .path = GG_STR("/sample.v1.Samples/M"),
            .input = &sample_Everything_type,
            .output = &sample_Everything_type,
            .options = test_rule_options(&rule, 1, arena) };
        assert_int_equal(gg_routes_add_method(routes, &service, &methods[i]), GG_OK);
    }
    assert_int_equal(gg_routes_freeze(routes), GG_OK);
    gg_route_match match;
    gg_rc rc = gg_routes_match(routes, GG_STR("GET"), GG_STR("/a/a/a/a/a/a/a/a/a/a/a/a/no"),
        GG_UNESCAPE_ALL_EXCEPT_RESERVED, arena, &match);
    assert_int_equal(rc, GG_ENOTFOUND);
    gg_routes_free(routes);
    gg_arena_unref(arena);
}

/* -- faults -- */

static const struct {
    route_row rows[3];
    const char *want; /* a part of what is reported; NULL: no fault */
} faults[] = {
    { { { "A", { "GET", "/a/{f_int32}", 0, 0 }, 0 } }, NULL },
    { { { "A", { "GET", "/a/{at}/{lasts}/{w_int64}/{f_color}/{r_string}", 0, 0 }, 0 } }, NULL },
    { { { "A", { "POST", "/a", "f_inner", "r_int32" }, 0 } }, NULL },
    { { { "A", { "POST", "/a", "*", "*" }, 0 } }, NULL },
    { { { "A", { "GET", "/a/", 0, 0 }, 0 } },
        "sample.proto sample.v1.Samples.A: GET \"/a/\": bad path template, column 4: a segment is empty" },
    { { { "A", { "GET", "/a/{nothing}", 0, 0 }, 0 } },
        "GET \"/a/{nothing}\": variable nothing: no such field in sample.v1.Everything" },
    { { { "A", { "GET", "/a/{fString}", 0, 0 }, 0 } }, "variable fString: no such field" },
    { { { "A", { "GET", "/a/{f_inner.no}", 0, 0 }, 0 } }, "variable f_inner.no: no such field in sample.v1.Inner" },
    { { { "A", { "GET", "/a/{f_inner}", 0, 0 }, 0 } }, "variable f_inner cannot be of type sample.v1.Inner" },
    { { { "A", { "GET", "/a/{mask}", 0, 0 }, 0 } }, "variable mask cannot be of type google.protobuf.FieldMask" },
    { { { "A", { "GET", "/a/{m_string}", 0, 0 }, 0 } }, "variable m_string cannot be of type" },
    { { { "A", { "GET", "/a/{f_int32.x}", 0, 0 }, 0 } }, "passes through a field that is no message: f_int32" },
    { { { "A", { "GET", "/a/{r_inner.id}", 0, 0 }, 0 } }, "passes through a field that is no message: r_inner" },
    { { { "A",
          { "GET",
              "/a/{f_inner.child.child.child.child.child.child.child.child.child.child.child.child.child."
              "child.child.child.id}",
              0, 0 },
          0 } },
        "too many names" },
    { { { "A", { "POST", "/a", "nothing", 0 }, 0 } }, "body nothing: no such field in sample.v1.Everything" },
    { { { "A", { "POST", "/a", "f_inner.id", 0 }, 0 } }, "body f_inner.id: no such field" },
    { { { "A", { "POST", "/a", 0, "nothing" }, 0 } }, "response_body nothing: no such field" },
    { { { "A", { "GET", "/a", "*", 0 }, 0 } }, "body *: this HTTP method has no body" },
    { { { "A", { "DELETE", "/a", "f_inner", 0 }, 0 } }, "body f_inner: this HTTP method has no body" },
    { { { "A", { "custom ", "/a", 0, 0 }, 0 } }, "google.api.http: custom.kind is not an HTTP method" },
    { { { "A", { "custom A B", "/a", 0, 0 }, 0 } }, "custom.kind is not an HTTP method" },
    { { { "A", { "POST", "/a/{f_string}", 0, 0 }, true } }, "variable f_string: the method takes a stream" },
    { { { "A", { "GET", "/a/{f_string}", 0, 0 }, 0 }, { "B", { "GET", "/a/{f_string=*}", 0, 0 }, 0 } },
        "sample.proto sample.v1.Samples.B: GET \"/a/{f_string=*}\" is the route of /sample.v1.Samples/A already" },
    { { { "A", { "GET", "/a", 0, 0 }, 0 }, { NULL, { "GET", "/a", 0, "f_inner" }, 0 } }, NULL },
    { { { "A", { "GET", "/a", 0, 0 }, 0 }, { "B", { "POST", "/a", 0, 0 }, 0 } }, NULL },
    { { { "A", { "GET", "/a/{x}", 0, 0 }, 0 }, { NULL, { "GET", "/b/", 0, 0 }, 0 } }, "column 4" }, /* both told */
};

static void test_faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        fixture f;
        size_t count = 0;
        while (count < 3 && faults[i].rows[count].rule.method != NULL)
            count++;
        build(&f, faults[i].rows, count);
        if (faults[i].want == NULL ? f.faults[0] != '\0' : strstr(f.faults, faults[i].want) == NULL)
            fail_msg("%s: got \"%s\"", faults[i].rows[0].rule.path, f.faults);
        assert_int_equal(f.rc, faults[i].want == NULL ? GG_OK : GG_EINVAL);
        drop(&f);
    }
}

/* Options that no compiler writes. */
static void test_bad_options(void **state)
{
    (void)state;
    static const struct {
        gg_str options;
        const char *want;
    } rows[] = {
        { GG_STR_INIT(""), NULL },
        { GG_STR_INIT("\x08"), "the method's options cannot be read" },
        { GG_STR_INIT("\x82\xd3\xe4\x93\x02\x00"), "the rule has no pattern" },
        { GG_STR_INIT("\x82\xd3\xe4\x93\x02\x02\x12\x09"), "the rule cannot be read" },
        { GG_STR_INIT("\x82\xd3\xe4\x93\x02\x0c\x12\x02/a\x5a\x06\x12\x00\x5a\x02\x12\x00"),
            "additional_bindings inside additional_bindings" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        fixture f;
        build(&f, NULL, 0);
        gg_routes *routes = gg_routes_new(on_fault, &f);
        gg_method_type method = { .path = GG_STR("/sample.v1.Samples/A"),
            .input = &sample_Everything_type,
            .output = &sample_Everything_type,
            .options = rows[i].options };
        gg_rc rc = gg_routes_add_method(routes, &f.service, &method);
        assert_int_equal(rc, rows[i].want == NULL ? GG_OK : GG_EINVAL);
        if (rows[i].want != NULL && strstr(f.faults, rows[i].want) == NULL)
            fail_msg("row %zu: got \"%s\"", i, f.faults);
        assert_int_equal(gg_routes_count(routes), 0);
        gg_routes_free(routes);
        drop(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_modes),
        cmocka_unit_test(test_no_allocation),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_bad_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
