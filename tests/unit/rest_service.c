/* rest_service.c -- the methods, what each of them does, and the channel to them. */
#include "rest_service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

#include "rule_options.h"
#include "sample_types.h"

typedef enum {
    ECHO,       /* the request, typed */
    WIRE,       /* the request, serialized */
    META,       /* the same with header and trailer metadata */
    CREATED,    /* x-http-code 201 */
    NO_CONTENT, /* x-http-code 204 */
    FAIL,       /* NOT_FOUND with metadata and a detail */
    DENY,       /* UNAUTHENTICATED */
    SILENT,     /* OK without a message */
    TWICE,      /* two messages */
    GARBAGE,    /* a message that is no protobuf */
    BAD_TIME,   /* a message that has no JSON */
    BUSY,       /* takes the request at the second try */
    HANG,       /* nothing until it is canceled */
    STREAM,
    UNKNOWN, /* no such method in the channel */
    BEHAVIOURS
} behaviour;
_Static_assert((int)BEHAVIOURS == (int)REST_METHODS, "a method each");

static const struct {
    const char *path;
    test_rule rules[2];
} samples[BEHAVIOURS] = {
    [ECHO] = { "/sample.v1.Samples/Echo",
        { { "POST", "/echo", "*", NULL }, { "PUT", "/echo/{f_sint32}/{f_inner.label}", "f_inner", NULL } } },
    [WIRE] = { "/sample.v1.Samples/Wire", { { "GET", "/wire/{f_string=**}", NULL, NULL } } },
    [META] = { "/sample.v1.Samples/Meta", { { "GET", "/meta", NULL, NULL } } },
    [CREATED] = { "/sample.v1.Samples/Created", { { "POST", "/created", "r_int32", "r_int32" } } },
    [NO_CONTENT] = { "/sample.v1.Samples/NoContent", { { "DELETE", "/things/{f_string}", NULL, NULL } } },
    [FAIL] = { "/sample.v1.Samples/Fail", { { "GET", "/fail", NULL, NULL } } },
    [DENY] = { "/sample.v1.Samples/Deny", { { "GET", "/deny", NULL, NULL } } },
    [SILENT] = { "/sample.v1.Samples/Silent", { { "GET", "/silent", NULL, NULL } } },
    [TWICE] = { "/sample.v1.Samples/Twice", { { "GET", "/twice", NULL, NULL } } },
    [GARBAGE] = { "/sample.v1.Samples/Garbage", { { "GET", "/garbage", NULL, NULL } } },
    [BAD_TIME] = { "/sample.v1.Samples/BadTime", { { "GET", "/badtime", NULL, NULL } } },
    [BUSY] = { "/sample.v1.Samples/Busy", { { "POST", "/busy", "f_string", "f_string" } } },
    [HANG] = { "/sample.v1.Samples/Hang", { { "GET", "/hang", NULL, NULL } } },
    [STREAM] = { "/sample.v1.Samples/Stream", { { "GET", "/stream", NULL, NULL } } },
    [UNKNOWN] = { "/sample.v1.Samples/Unknown", { { "GET", "/unknown", NULL, NULL } } },
};

typedef struct fake_rpc {
    gg_rpc rpc;
    rest_service *f;
    gg_task task;
    gg_sched *sched;
    gg_arena *arena;
    behaviour behaviour;
    gg_message request;
    gg_status canceled;
    bool was_busy, half_closed;
    size_t messages; /* sent and not yet done */
} fake_rpc;

/* BUSY: the sender is asked again; true if so. */
static bool ask_again(fake_rpc *r)
{
    if (r->behaviour != BUSY || !r->was_busy || r->request.type != NULL)
        return false;
    r->rpc.events->writable(r->rpc.user);
    return true;
}

static gg_message reply_of(fake_rpc *r)
{
    gg_message reply = { .type = &sample_Everything_type };
    if (r->behaviour == WIRE) {
        gg_str wire = { 0 };
        gg_message_to_wire(r->request.type, r->request.typed, r->arena, &wire);
        return (gg_message){ .wire = wire };
    }
    if (r->behaviour == GARBAGE)
        return (gg_message){ .wire = GG_STR("\xff\xff") };
    reply.typed = r->request.typed;
    if (r->behaviour == BAD_TIME) {
        static const google_protobuf_Timestamp never = { .seconds = INT64_MAX };
        sample_Everything *bad = gg_arena_zalloc(r->arena, sizeof *bad);
        google_protobuf_Timestamp *at = gg_arena_alloc(r->arena, sizeof *at);
        if (bad != NULL && at != NULL) {
            *at = never;
            bad->at = at;
            reply.typed = bad;
        }
    }
    return reply;
}

static void send_headers(fake_rpc *r)
{
    static const gg_header meta[] = { { GG_STR_INIT("x-id"), GG_STR_INIT("7") },
        { GG_STR_INIT("x-raw-bin"), GG_STR_INIT("a\0b") }, { GG_STR_INIT("location"), GG_STR_INIT("/here") },
        { GG_STR_INIT("content-type"), GG_STR_INIT("application/grpc") } };
    static const gg_header codes[] = { { GG_STR_INIT("x-http-code"), GG_STR_INIT("201") },
        { GG_STR_INIT("x-http-code"), GG_STR_INIT("204") } };
    gg_header items[4];
    gg_headers headers = { .items = items };
    if (r->behaviour == META || r->behaviour == FAIL) {
        memcpy(items, meta, sizeof meta);
        headers.count = sizeof meta / sizeof meta[0];
    } else if (r->behaviour == CREATED || r->behaviour == NO_CONTENT)
        items[headers.count++] = codes[r->behaviour == NO_CONTENT];
    r->rpc.events->headers(r->rpc.user, &headers);
}

static void send_status(fake_rpc *r)
{
    static gg_header trailer[] = { { GG_STR_INIT("x-cost"), GG_STR_INIT("3") } };
    static const gg_headers trailers = { .items = trailer, .count = 1, .cap = 1 };
    /* code 5, message, one Any { "t/x.Y", "ab" } */
    static const gg_str details = GG_STR_INIT("\x08\x05\x12\x02no\x1a\x0b\x0a\x05t/x.Y\x12\x02"
                                              "ab");
    gg_rpc_status status = { .code = r->canceled };
    if (r->behaviour == META || r->behaviour == FAIL)
        status.trailers = &trailers;
    if (r->canceled != GG_STATUS_OK)
        status.message = GG_STR("canceled");
    else if (r->behaviour == FAIL)
        status = (gg_rpc_status){ GG_STATUS_NOT_FOUND, GG_STR("no \"such\" thing"), details, &trailers };
    else if (r->behaviour == DENY)
        status = (gg_rpc_status){ .code = GG_STATUS_UNAUTHENTICATED, .message = GG_STR("Bearer realm=\"x\"\n") };
    else if (r->behaviour == UNKNOWN)
        status = (gg_rpc_status){ .code = GG_STATUS_UNIMPLEMENTED, .message = GG_STR("unknown method") };
    gg_arena *arena = r->arena;
    r->rpc.events->status(r->rpc.user, &status);
    gg_arena_unref(arena);
}

static void run_rpc(gg_task *task)
{
    fake_rpc *r = (fake_rpc *)((char *)task - offsetof(fake_rpc, task));
    if (r->canceled == GG_STATUS_OK && (ask_again(r) || !r->half_closed || r->behaviour == HANG))
        return;
    bool answers = r->canceled == GG_STATUS_OK && r->behaviour != DENY && r->behaviour != UNKNOWN;
    if (answers)
        send_headers(r);
    size_t count = !answers || r->behaviour == FAIL || r->behaviour == SILENT ? 0 : r->behaviour == TWICE ? 2 : 1;
    for (size_t i = 0; i < count; i++) {
        gg_message reply = reply_of(r);
        r->messages++;
        r->rpc.events->message(r->rpc.user, &reply);
    }
    assert_int_equal(r->messages, 0);
    send_status(r);
}

static gg_rpc *start(gg_rpc_channel *channel, const gg_rpc_start *start)
{
    rest_service *f = (rest_service *)channel;
    fake_rpc *r = gg_arena_zalloc(start->arena, sizeof *r);
    if (r == NULL)
        return NULL;
    r->rpc = (gg_rpc){ .ops = channel->ops, .events = start->events, .user = start->user };
    r->f = f;
    r->task.run = run_rpc;
    r->sched = start->sched;
    r->arena = gg_arena_ref(start->arena);
    while (!gg_str_eq(start->path, gg_str_from(samples[r->behaviour].path)))
        r->behaviour++;
    size_t len = 0;
    for (size_t i = 0; i < start->metadata->count; i++)
        len += (size_t)snprintf(f->metadata + len, sizeof f->metadata - len, "%.*s=%.*s\n",
            GG_STR_ARG(start->metadata->items[i].name), GG_STR_ARG(start->metadata->items[i].value));
    f->deadline_ns = start->deadline_ns;
    f->calls++;
    return &r->rpc;
}

static gg_rc take_request(gg_rpc *rpc, const gg_message *message)
{
    fake_rpc *r = (fake_rpc *)rpc;
    gg_sched_post(r->sched, &r->task);
    if (r->behaviour == BUSY && !r->was_busy) {
        r->was_busy = true;
        return GG_AGAIN;
    }
    r->request = *message;
    return GG_OK;
}

static void half_close(gg_rpc *rpc)
{
    fake_rpc *r = (fake_rpc *)rpc;
    r->half_closed = true;
    gg_sched_post(r->sched, &r->task);
}

static void message_done(gg_rpc *rpc)
{
    ((fake_rpc *)rpc)->messages--;
}

static void cancel(gg_rpc *rpc, gg_status status)
{
    fake_rpc *r = (fake_rpc *)rpc;
    r->canceled = status;
    r->f->canceled++;
    if (r->behaviour == HANG)
        gg_sched_post(r->sched, &r->task);
}

static const gg_method_type *method_of(const gg_rpc_channel *channel, gg_str path)
{
    const rest_service *f = (const rest_service *)channel;
    for (size_t i = 0; i < UNKNOWN; i++)
        if (gg_str_eq(f->methods[i].path, path))
            return &f->methods[i];
    return NULL;
}

static const gg_rpc_channel_ops channel_ops = { start, take_request, half_close, message_done, cancel, method_of };

int rest_service_set_up(void **state)
{
    static rest_service f;
    static const gg_service_type service = { .name = GG_STR_INIT("sample.v1.Samples") };
    f = (rest_service){ .channel = { &channel_ops }, .arena = gg_arena_new(NULL, GG_ARENA_LIMIT) };
    f.routes = gg_routes_new(NULL, NULL);
    for (size_t i = 0; i < BEHAVIOURS; i++) {
        size_t rule_count = samples[i].rules[1].method != NULL ? 2 : 1;
        f.methods[i] = (gg_method_type){ .path = gg_str_from(samples[i].path),
            .input = &sample_Everything_type,
            .output = &sample_Everything_type,
            .server_streaming = i == STREAM,
            .options = test_rule_options(samples[i].rules, rule_count, f.arena) };
        assert_int_equal(gg_routes_add_method(f.routes, &service, &f.methods[i]), GG_OK);
    }
    assert_int_equal(gg_routes_freeze(f.routes), GG_OK);
    *state = &f;
    return 0;
}

int rest_service_tear_down(void **state)
{
    rest_service *f = *state;
    gg_routes_free(f->routes);
    gg_arena_unref(f->arena);
    return 0;
}

gg_rest_front rest_service_front(rest_service *f)
{
    static const gg_str plain[] = { GG_STR_INIT("location") };
    return (gg_rest_front){ .channel = &f->channel,
        .routes = f->routes,
        .unescape = GG_UNESCAPE_ALL_EXCEPT_RESERVED,
        .json = GG_CODEC_OPTIONS(.omit_unset = true),
        .plain_headers = plain,
        .plain_header_count = 1 };
}
