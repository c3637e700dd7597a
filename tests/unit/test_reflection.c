/* test_reflection.c -- the answers of server reflection, and its stream over the in-process channel. */
#include "grpc/reflection.h"

#include "descriptor_text.h"
#include "failmalloc.h"
#include "proto/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

enum { ANSWER_LEN = 1024 };

/* base.proto has no package and is imported; main.proto has everything that can be asked for. */
static const char base_text[] = "name:'base.proto' message_type{ name:'Base' field{ name:'id' number:1 type:5 "
                                "label:1 } 5{ 1:100 2:200 } }";
static const char main_text[] =
    "name:'main.proto' package:'t.v1' dependency:'base.proto' dependency:'google/protobuf/timestamp.proto'"
    " message_type{ name:'Outer' field{ name:'a' number:1 type:5 label:1 }"
    "   nested_type{ name:'Inner' field{ name:'b' number:1 type:5 label:1 }"
    "     nested_type{ name:'Deep' enum_type{ name:'Color' value{ name:'RED' number:0 } } }"
    "     extension{ name:'deep_ext' extendee:'.Base' number:102 type:5 label:1 } }"
    "   oneof_decl{ name:'choice' } }"
    " enum_type{ name:'Kind' value{ name:'KIND_NONE' number:0 } }"
    " service{ name:'Things' method{ name:'Get' input_type:'.t.v1.Outer' output_type:'.t.v1.Outer' } }"
    " extension{ name:'top_ext' extendee:'.Base' number:101 type:5 label:1 }";

static const gg_message_type outer = { .name = GG_STR_INIT("t.v1.Outer") };
static const gg_method_type get = { .path = GG_STR_INIT("/t.v1.Things/Get"), .input = &outer, .output = &outer };

typedef struct fixture {
    gg_buf base_bytes, main_bytes;
    gg_file_type base, main;
    const gg_file_type *imports[1];
    gg_service_type things;
    gg_server server;
} fixture;

/* The service is registered after reflection, which must not matter. */
static void set_up(fixture *f)
{
    descriptor_from_text(base_text, "file", &f->base_bytes);
    descriptor_from_text(main_text, "file", &f->main_bytes);
    f->base = (gg_file_type){ .name = GG_STR("base.proto"), .descriptor = gg_buf_str(&f->base_bytes) };
    f->imports[0] = &f->base;
    f->main = (gg_file_type){ .name = GG_STR("main.proto"),
        .descriptor = gg_buf_str(&f->main_bytes),
        .imports = f->imports,
        .import_count = 1 };
    f->things =
        (gg_service_type){ .name = GG_STR("t.v1.Things"), .methods = &get, .method_count = 1, .file = &f->main };
    assert_int_equal(gg_server_init(&f->server), GG_OK);
    assert_int_equal(gg_server_add_reflection(&f->server), GG_OK);
    gg_method method = { .service = &f->things, .type = &get };
    assert_int_equal(gg_server_add_method(&f->server, &method), GG_OK);
}

static void tear_down(fixture *f)
{
    gg_server_deinit(&f->server);
    gg_buf_deinit(&f->base_bytes);
    gg_buf_deinit(&f->main_bytes);
}

/* -- an answer as text: "files base.proto", "error 5 x is not known", "numbers Base 101", "services a b" -- */

typedef struct text {
    char data[ANSWER_LEN];
    size_t len;
} text;

static void add(text *out, const char *format, ...) GG_PRINTF(2, 3);
static void add(text *out, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(out->data + out->len, sizeof out->data - out->len, format, args);
    out->len += len > 0 ? (size_t)len : 0;
    assert_true(out->len < sizeof out->data);
    va_end(args);
}

/* What stands in a field of the message: a name, as a rule. */
static gg_str name_in(gg_str message)
{
    gg_wire_field field;
    while (gg_wire_next(&message, &field) == GG_OK)
        if (field.number == 1 && field.type == GG_WIRE_LEN)
            return field.bytes;
    return GG_STR("?");
}

static void print_body(text *out, uint32_t number, gg_str body)
{
    static const char *const words[] = { [4] = "files", [5] = "numbers", [6] = "services", [7] = "error" };
    gg_wire_field field;
    add(out, "%s", words[number]);
    while (gg_wire_next(&body, &field) == GG_OK)
        if (field.type == GG_WIRE_VARINT)
            add(out, " %u", (unsigned)field.value);
        else
            add(out, " %.*s", GG_STR_ARG(number == 4 || number == 6 ? name_in(field.bytes) : field.bytes));
}

static void print_answer(text *out, gg_str answer, gg_str request)
{
    gg_wire_field field;
    if (request.ptr == NULL)
        return; /* there was no request: no text is the wrong text */
    while (gg_wire_next(&answer, &field) == GG_OK)
        if (field.number == 1)
            add(out, "at %.*s: ", GG_STR_ARG(field.bytes));
        else if (field.number == 2)
            assert_true(gg_str_eq(field.bytes, request));
        else
            print_body(out, field.number, field.bytes);
}

typedef struct row {
    uint32_t question; /* the field of the request */
    const char *asked;
    uint32_t number; /* of an extension */
    const char *want;
} row;

#define MAIN_FILES "files main.proto base.proto google/protobuf/timestamp.proto"
static const row rows[] = {
    { 7, "*", 0, "services grpc.reflection.v1.ServerReflection grpc.reflection.v1alpha.ServerReflection t.v1.Things" },
    { 3, "main.proto", 0, MAIN_FILES },
    { 3, "base.proto", 0, "files base.proto" },
    { 3, "google/protobuf/timestamp.proto", 0, "files google/protobuf/timestamp.proto" },
    { 3, "google/api/annotations.proto", 0,
        "files google/api/annotations.proto google/api/http.proto google/protobuf/descriptor.proto" },
    { 3, "grpc/reflection/v1/reflection.proto", 0, "files grpc/reflection/v1/reflection.proto" },
    { 3, "other.proto", 0, "error 5 other.proto is not known" },
    { 3, "", 0, "error 5  is not known" },
    { 4, "t.v1.Things", 0, MAIN_FILES },
    { 4, "t.v1.Things.Get", 0, MAIN_FILES },
    { 4, "t.v1.Outer", 0, MAIN_FILES },
    { 4, "t.v1.Outer.a", 0, MAIN_FILES },
    { 4, "t.v1.Outer.choice", 0, MAIN_FILES },
    { 4, "t.v1.Outer.Inner", 0, MAIN_FILES },
    { 4, "t.v1.Outer.Inner.b", 0, MAIN_FILES },
    { 4, "t.v1.Outer.Inner.deep_ext", 0, MAIN_FILES },
    { 4, "t.v1.Outer.Inner.Deep.Color", 0, MAIN_FILES },
    { 4, "t.v1.Outer.Inner.Deep.RED", 0, MAIN_FILES },
    { 4, "t.v1.Kind", 0, MAIN_FILES },
    { 4, "t.v1.KIND_NONE", 0, MAIN_FILES },
    { 4, "t.v1.top_ext", 0, MAIN_FILES },
    { 4, "Base", 0, "files base.proto" },
    { 4, "Base.id", 0, "files base.proto" },
    { 4, "google.protobuf.Timestamp", 0, "files google/protobuf/timestamp.proto" },
    { 4, "grpc.reflection.v1alpha.ServerReflection.ServerReflectionInfo", 0,
        "files grpc/reflection/v1alpha/reflection.proto" },
    { 4, "", 0, "error 5  is not known" },
    { 4, ".", 0, "error 5 . is not known" },
    { 4, "t.v1", 0, "error 5 t.v1 is not known" },
    { 4, "t.v1.", 0, "error 5 t.v1. is not known" },
    { 4, ".t.v1.Outer", 0, "error 5 .t.v1.Outer is not known" },
    { 4, "t.v1.Outer.", 0, "error 5 t.v1.Outer. is not known" },
    { 4, "t.v1.Out", 0, "error 5 t.v1.Out is not known" },
    { 4, "t.v1.Outer.a.b", 0, "error 5 t.v1.Outer.a.b is not known" },
    { 4, "t.v1.Kind.KIND_NONE", 0, "error 5 t.v1.Kind.KIND_NONE is not known" },
    { 4, "t.v1.Things.Get.x", 0, "error 5 t.v1.Things.Get.x is not known" },
    { 5, "Base", 101, MAIN_FILES },
    { 5, "Base", 102, MAIN_FILES },
    { 5, "Base", 103, "error 5 extension 103 of Base is not known" },
    { 5, "Other", 101, "error 5 extension 101 of Other is not known" },
    { 5, "google.protobuf.MethodOptions", 72295728,
        "files google/api/annotations.proto google/api/http.proto google/protobuf/descriptor.proto" },
    { 6, "Base", 0, "numbers Base 102 101" },
    { 6, "t.v1.Outer", 0, "numbers t.v1.Outer" },
    { 6, "Other", 0, "error 5 Other is not known" },
};

static void build_request(const row *r, const char *host, gg_buf *out)
{
    gg_buf extension = { 0 };
    gg_str asked = gg_str_from(r->asked);
    if (r->question == 5) {
        assert_int_equal(gg_wire_write_bytes(&extension, 1, asked), GG_OK);
        assert_int_equal(gg_wire_write_varint(&extension, 2, r->number), GG_OK);
        asked = gg_buf_str(&extension);
    }
    if (host != NULL)
        assert_int_equal(gg_wire_write_bytes(out, 1, gg_str_from(host)), GG_OK);
    assert_int_equal(gg_wire_write_bytes(out, r->question, asked), GG_OK);
    gg_buf_deinit(&extension);
}

static void run_row(const fixture *f, const row *r, size_t fail)
{
    gg_buf request = { 0 };
    gg_str answer = { 0 };
    gg_fail_after(SIZE_MAX);
    build_request(r, NULL, &request);
    gg_fail_after(fail);
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    gg_rc rc = arena != NULL ? gg_reflection_answer(&f->server, gg_buf_str(&request), arena, &answer) : GG_ENOMEM;
    assert_int_equal(rc, gg_fail_happened() ? GG_ENOMEM : GG_OK);
    if (rc == GG_OK) {
        text got = { .len = 0 };
        print_answer(&got, answer, gg_buf_str(&request));
        assert_string_equal(got.data, r->want);
    }
    if (arena != NULL)
        gg_arena_unref(arena);
    gg_buf_deinit(&request);
}

static void test_rows(void **state)
{
    (void)state;
    fixture f = { 0 };
    set_up(&f);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        print_message("%u %s\n", (unsigned)rows[i].question, rows[i].asked);
        run_row(&f, &rows[i], SIZE_MAX);
        for (size_t n = 0;; n++) {
            run_row(&f, &rows[i], n);
            if (!gg_fail_happened())
                break;
        }
    }
    gg_fail_after(SIZE_MAX);
    tear_down(&f);
}

/* Requests that are none, and every prefix of one that is. */
static void test_malformed(void **state)
{
    (void)state;
    fixture f = { 0 };
    gg_buf request = { 0 };
    gg_str answer;
    set_up(&f);
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    assert_non_null(arena);
    assert_int_equal(gg_reflection_answer(&f.server, GG_STR(""), arena, &answer), GG_EINVAL);
    assert_int_equal(gg_reflection_answer(&f.server, GG_STR("\x0a\1h"), arena, &answer), GG_EINVAL);
    assert_int_equal(gg_reflection_answer(&f.server, GG_STR("\x1a\5ab"), arena, &answer), GG_EPROTO);
    build_request(&(row){ 5, "Base", 101, NULL }, "a.example", &request);
    for (size_t cut = 0; cut < request.len; cut++) {
        gg_rc rc = gg_reflection_answer(&f.server, gg_str_of(gg_buf_str(&request).ptr, cut), arena, &answer);
        assert_true(rc == GG_EINVAL || rc == GG_EPROTO);
    }
    assert_int_equal(gg_reflection_answer(&f.server, gg_buf_str(&request), arena, &answer), GG_OK);
    text got = { .len = 0 };
    print_answer(&got, answer, gg_buf_str(&request));
    assert_string_equal(got.data, "at a.example: " MAIN_FILES);
    gg_buf_deinit(&request);
    gg_arena_unref(arena);
    tear_down(&f);
}

/* -- the stream -- */

typedef struct stream {
    fixture f;
    gg_sched sched;
    gg_inproc_channel channel;
    gg_arena *arena;
    gg_rpc *rpc;
    gg_buf request;
    text got;
    size_t writable;
    gg_status status; /* PENDING until it comes */
} stream;

static void on_message(void *user, const gg_message *message)
{
    stream *s = user;
    print_answer(&s->got, message->wire, gg_buf_str(&s->request));
    add(&s->got, "; ");
}

static void on_writable(void *user)
{
    ((stream *)user)->writable++;
}

static void on_status(void *user, const gg_rpc_status *status)
{
    ((stream *)user)->status = status->code;
}

static const gg_rpc_events events = { NULL, on_message, on_writable, on_status };

static void open_stream(stream *s, const char *path)
{
    *s = (stream){ .status = GG_STATUS_PENDING };
    set_up(&s->f);
    gg_sched_init(&s->sched);
    gg_inproc_channel_init(&s->channel, &s->f.server, NULL);
    build_request(&(row){ 4, "Base", 0, NULL }, NULL, &s->request);
    s->arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    assert_non_null(s->arena);
    s->rpc = gg_rpc_channel_start(&s->channel.base,
        &(gg_rpc_start){ .path = gg_str_from(path),
            .deadline_ns = UINT64_MAX,
            .arena = s->arena,
            .sched = &s->sched,
            .events = &events,
            .user = s });
    assert_non_null(s->rpc);
}

static gg_rc ask(stream *s)
{
    gg_message message = { .wire = gg_buf_str(&s->request) };
    gg_rc rc = gg_rpc_send(s->rpc, &message);
    gg_sched_run(&s->sched, 0);
    return rc;
}

static void close_stream(stream *s)
{
    gg_sched_run(&s->sched, 0);
    assert_int_equal(s->channel.open, 0);
    gg_arena_unref(s->arena);
    gg_buf_deinit(&s->request);
    tear_down(&s->f);
}

/* One question at a time: the second waits until the first answer is taken. */
static void test_stream(void **state)
{
    (void)state;
    static const char *const paths[] = { "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo" };
    for (size_t i = 0; i < 2; i++) {
        stream s;
        open_stream(&s, paths[i]);
        assert_int_equal(ask(&s), GG_OK);
        assert_string_equal(s.got.data, "files base.proto; ");
        assert_int_equal(ask(&s), GG_AGAIN);
        assert_string_equal(s.got.data, "files base.proto; ");
        gg_rpc_message_done(s.rpc);
        gg_sched_run(&s.sched, 0);
        assert_int_equal(s.writable, 1);
        assert_int_equal(ask(&s), GG_OK);
        assert_string_equal(s.got.data, "files base.proto; files base.proto; ");
        gg_rpc_half_close(s.rpc);
        gg_sched_run(&s.sched, 0);
        assert_int_equal(s.status, GG_STATUS_PENDING); /* the last answer is not taken yet */
        gg_rpc_message_done(s.rpc);
        gg_sched_run(&s.sched, 0);
        assert_int_equal(s.status, GG_STATUS_OK);
        close_stream(&s);
    }
}

static void test_stream_canceled(void **state)
{
    (void)state;
    for (size_t questions = 0; questions < 4; questions++) {
        stream s;
        open_stream(&s, "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo");
        for (size_t i = 0; i < questions; i++)
            ask(&s);
        gg_rpc_cancel(s.rpc, GG_STATUS_CANCELLED);
        gg_sched_run(&s.sched, 0);
        assert_int_equal(s.status, GG_STATUS_CANCELLED);
        close_stream(&s);
    }
}

static void test_stream_malformed(void **state)
{
    (void)state;
    stream s;
    open_stream(&s, "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo");
    gg_message message = { .wire = GG_STR("\x1a\5ab") };
    assert_int_equal(gg_rpc_send(s.rpc, &message), GG_OK);
    gg_sched_run(&s.sched, 0);
    assert_int_equal(s.status, GG_STATUS_INVALID_ARGUMENT);
    close_stream(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_stream),
        cmocka_unit_test(test_stream_canceled),
        cmocka_unit_test(test_stream_malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
