/* call_script.c -- the service and the caller of call_script.h. */
#include "call_script.h"

#include "base/text.h"
#include "proto/message.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

static const gg_field text_fields[] = { { .name = GG_STR_INIT("text"),
    .json_name = GG_STR_INIT("text"),
    .number = 1,
    .type = GG_TYPE_STRING,
    .rule = GG_FIELD_IMPLICIT,
    .flags = GG_FIELD_UTF8,
    .offset = offsetof(Text, text) } };
static const uint16_t zero_index[] = { 0 };
#define TEXT_TABLE \
    { \
        .name = GG_STR_INIT("test.v1.Text"), .fields = text_fields, .by_number = zero_index, .by_name = zero_index, \
        .field_count = 1, .name_count = 1, .size = sizeof(Text) \
    }
const gg_message_type Text_type = TEXT_TABLE, Text_twin_type = TEXT_TABLE;

#define METHOD(name, client, server) \
    { \
        .path = GG_STR_INIT(name), .input = &Text_type, .output = &Text_type, .client_streaming = (client), \
        .server_streaming = (server) \
    }
/* clang-format off */
static const gg_method_type typed_methods[] = { METHOD(TYPED, false, false), METHOD(TYPED_CLIENT, true, false),
    METHOD(TYPED_SERVER, false, true), METHOD(TYPED_BOTH, true, true), METHOD(NOBODY, false, false) };
static const gg_method_type raw_methods[] = { METHOD(RAW, false, false), METHOD(STREAM, true, true),
    METHOD(CLIENT, true, false), METHOD(SERVER, false, true) };
/* clang-format on */
enum {
    TYPED_COUNT = sizeof typed_methods / sizeof typed_methods[0],
    RAW_COUNT = sizeof raw_methods / sizeof raw_methods[0]
};
static const gg_service_type service = { .name = GG_STR_INIT("test.v1.Test"),
    .methods = typed_methods,
    .method_count = TYPED_COUNT };

void call_script_note(call_script *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (s->story_len > 0 && s->story_len < STORY_LEN - 1)
        s->story[s->story_len++] = ' ';
    int len = vsnprintf(s->story + s->story_len, STORY_LEN - s->story_len, format, args);
    s->story_len += len > 0 ? (size_t)len : 0;
    if (s->story_len > STORY_LEN - 1)
        s->story_len = STORY_LEN - 1;
    va_end(args);
}

/* -- whose words -- */

/* "headers", "message(...)", "OK(...)": what a caller is told. */
static bool is_callers(gg_str word)
{
    static const gg_str starts[] = { GG_STR_INIT("headers"), GG_STR_INIT("["), GG_STR_INIT("message("),
        GG_STR_INIT("writable"), GG_STR_INIT("again"), GG_STR_INIT("canceled"), GG_STR_INIT("trailers") };
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
        if (gg_str_starts(word, starts[i]))
            return true;
    for (int code = 0; code <= GG_STATUS_UNAUTHENTICATED; code++) {
        gg_str name = gg_str_from(gg_status_name((gg_status)code));
        if (gg_str_starts(word, name) && word.ptr[name.len] == '(')
            return true;
    }
    return false;
}

static void append_word(char *story, gg_str word)
{
    size_t len = strlen(story);
    snprintf(story + len, STORY_LEN - len, "%s%.*s", len > 0 ? " " : "", GG_STR_ARG(word));
}

void call_script_split(const char *story, char told[STORY_LEN], char others[STORY_LEN])
{
    told[0] = others[0] = '\0';
    while (*story != '\0') {
        int depth = 0;
        size_t len = 0;
        for (; story[len] != '\0' && (story[len] != ' ' || depth > 0); len++)
            depth += (story[len] == '(') - (story[len] == ')'); /* a space in brackets ends no word */
        append_word(is_callers(gg_str_of(story, len)) ? told : others, gg_str_of(story, len));
        story += len + (story[len] == ' ');
    }
}

/* The text of a message in either form. */
static gg_str text_of(const gg_message *m)
{
    if (m->typed != NULL)
        return ((const Text *)m->typed)->text;
    return m->wire.len >= 2 ? gg_str_of(m->wire.ptr + 2, m->wire.len - 2) : GG_STR("");
}

/* -- the handlers -- */

static void canceled(gg_call *call, void *arg)
{
    call_script *s = arg;
    call_script_note(s, "on_cancel");
    if (s->handler == ON_CANCEL) {
        s->waiting = NULL;
        gg_call_finish(call, GG_STATUS_CANCELLED);
    }
}

static void finish_later(gg_call *call, void *arg)
{
    call_script *s = arg;
    s->waiting = NULL;
    call_script_note(s, "timer");
    gg_call_finish(call, GG_STATUS_OK);
}

/* What every handler does once it has its request; the response is filled in by the caller of this. */
static gg_status behave(call_script *s, gg_call *call, gg_str request)
{
    call_script_note(s, "handler(%.*s)", GG_STR_ARG(request));
    gg_call_on_cancel(call, canceled, s);
    switch (s->handler) {
    case ANSWER:
    case BAD_TEXT:
        return GG_STATUS_OK;
    case FAIL:
        return gg_call_fail(call, GG_STATUS_NOT_FOUND, "no %.*s", GG_STR_ARG(request));
    case ON_CANCEL:
    case WAIT:
        s->waiting = call;
        return GG_STATUS_PENDING;
    case LATER:
        s->waiting = call;
        if (gg_call_after(call, 15000000, finish_later, s) == GG_OK)
            return GG_STATUS_PENDING;
        s->waiting = NULL;
        return GG_STATUS_RESOURCE_EXHAUSTED;
    case FINISH_NOW:
        gg_call_finish(call, GG_STATUS_OK);
        return GG_STATUS_PENDING;
    case METADATA:
        if (gg_call_set_header(call, GG_STR("x-head"), GG_STR("1")) != GG_OK ||
            gg_call_set_trailer(call, GG_STR("x-tail-bin"), GG_STR("\1")) != GG_OK)
            return GG_STATUS_RESOURCE_EXHAUSTED;
        return GG_STATUS_OK;
    case NONSENSE:
        return (gg_status)99;
    }
    return GG_STATUS_UNKNOWN;
}

static gg_status typed_handler(gg_call *call, const void *impl, gg_stream_event event, const void *request,
    void *response)
{
    call_script *s = gg_call_user(call);
    const Text *in = request;
    Text *out = response;
    if (*(void (*const *)(void))impl == NULL || event != GG_STREAM_START || gg_call_response(call) != response)
        abort();
    out->text = s->handler == BAD_TEXT ? GG_STR("\377") : gg_call_printf(call, "re:%.*s", GG_STR_ARG(in->text));
    return behave(s, call, in->text);
}

static gg_status raw_handler(gg_call *call, gg_str request, gg_str *response)
{
    call_script *s = gg_call_user(call);
    *response = request;
    return behave(s, call, text_of(&(gg_message){ .wire = request }));
}

static gg_status stream_start(gg_call *call, void *state)
{
    call_script *s = gg_call_user(call);
    *(call_script **)state = s;
    s->waiting = call;
    gg_call_on_cancel(call, canceled, s);
    call_script_note(s, "handler");
    return GG_STATUS_PENDING;
}

static gg_status stream_message(gg_call *call, void *state, const gg_message *message)
{
    call_script *s = *(call_script **)state;
    call_script_note(s, "got(%.*s)", GG_STR_ARG(text_of(message)));
    if (s->handler != ANSWER)
        gg_call_hold_message(call);
    return GG_STATUS_PENDING;
}

static gg_status stream_half_close(gg_call *call, void *state)
{
    call_script *s = *(call_script **)state;
    (void)call;
    call_script_note(s, "half-close");
    if (s->handler != ANSWER)
        return GG_STATUS_PENDING;
    s->waiting = NULL;
    return GG_STATUS_OK;
}

static gg_status stream_writable(gg_call *call, void *state)
{
    (void)call;
    call_script_note(*(call_script **)state, "handler-writable");
    return GG_STATUS_PENDING;
}

static const gg_stream_handler stream_handler = { sizeof(call_script *), stream_start, stream_message,
    stream_half_close, stream_writable, false };

/* -- the caller -- */

static void note_metadata(call_script *s, const char *what, const gg_headers *list)
{
    call_script_note(s, "%s", what);
    for (size_t i = 0; list != NULL && i < list->count; i++)
        call_script_note(s, "[%.*s=%d]", GG_STR_ARG(list->items[i].name), list->items[i].value.ptr[0]);
}

static void on_headers(void *user, const gg_headers *headers)
{
    note_metadata(user, "headers", headers);
}

static void on_message(void *user, const gg_message *message)
{
    gg_str text = text_of(message);
    call_script_note(user, "message(%.*s)", GG_STR_ARG(text));
}

static void on_writable(void *user)
{
    call_script_note(user, "writable");
}

static void on_status(void *user, const gg_rpc_status *status)
{
    call_script *s = user;
    s->status_count++;
    s->status = status->code;
    s->rpc = NULL;
    call_script_note(s, "%s(%.*s)", gg_status_name(status->code), GG_STR_ARG(status->message));
    if (status->trailers->count > 0)
        note_metadata(s, "trailers", status->trailers);
}

static const gg_rpc_events events = { on_headers, on_message, on_writable, on_status };

/* The next message, in memory that lasts as long as the call. */
static bool next_message(call_script *s, size_t number, char letter, bool typed, gg_message *out)
{
    char *wire = gg_arena_bytes(s->arena, 4);
    Text *text = gg_arena_alloc(s->arena, sizeof *text);
    if (wire == NULL || text == NULL)
        return false;
    char bytes[4] = { 0x0a, 2, letter, (char)('0' + number % 10) };
    memcpy(wire, bytes, sizeof bytes);
    text->text = gg_str_of(wire + 2, 2);
    *out = typed ? (gg_message){ .type = &Text_type, .typed = text } : (gg_message){ .wire = gg_str_of(wire, 4) };
    return true;
}

static void ask(call_script *s, bool typed)
{
    gg_message message;
    if (s->last_rpc == NULL || !next_message(s, s->sent + 1, 'm', typed, &message))
        return;
    if (typed && s->hook == PASS)
        message.type = &Text_twin_type; /* other tables of the same message: to be converted */
    gg_rc rc = gg_rpc_send(s->last_rpc, &message);
    if (rc == GG_OK)
        s->sent++;
    else
        call_script_note(s, rc == GG_AGAIN ? "again" : "canceled");
}

static void answer(call_script *s)
{
    gg_message message;
    if (s->waiting == NULL || !next_message(s, s->answered + 1, 'o', false, &message))
        return;
    gg_rc rc = gg_call_send(s->waiting, &message);
    if (rc == GG_OK)
        s->answered++;
    else
        call_script_note(s, rc == GG_AGAIN ? "handler-again" : rc == GG_EINVAL ? "invalid" : "handler-canceled");
}

static void finish(call_script *s, gg_status status)
{
    gg_call *call = s->waiting;
    s->waiting = NULL;
    if (call != NULL)
        gg_call_finish(call, status);
}

static void resume(call_script *s, gg_status status)
{
    gg_call *call = s->held;
    s->held = NULL;
    if (call != NULL)
        gg_call_continue(call, status);
}

static void step(call_script *s, char letter)
{
    switch (letter) {
    case 'S':
    case 'T':
        ask(s, letter == 'T');
        return;
    case 'h':
        gg_rpc_half_close(s->last_rpc);
        return;
    case 'c':
        gg_rpc_cancel(s->last_rpc, GG_STATUS_CANCELLED);
        return;
    case 'e':
        gg_rpc_cancel(s->last_rpc, GG_STATUS_INTERNAL);
        return;
    case 'd':
        gg_rpc_message_done(s->last_rpc);
        return;
    case '.':
        gg_sched_run(&s->sched, s->sched.now_ns);
        return;
    case '+':
        gg_sched_run(&s->sched, s->sched.now_ns + SCRIPT_NS_PER_STEP);
        return;
    case 'f':
        finish(s, GG_STATUS_OK);
        return;
    case 'n':
        finish(s, GG_STATUS_NOT_FOUND);
        return;
    case 'D':
        if (s->waiting != NULL)
            gg_call_message_done(s->waiting);
        return;
    case 'O':
        answer(s);
        return;
    case 'k':
        resume(s, GG_STATUS_OK);
        return;
    case 'K':
        resume(s, GG_STATUS_PERMISSION_DENIED);
        return;
    default:
        abort();
    }
}

void call_script_run(call_script *s, const char *script)
{
    for (; *script != '\0' && s->last_rpc != NULL; script++)
        step(s, *script);
}

void call_script_start(call_script *s, const char *path, uint64_t deadline_ns)
{
    s->arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    if (s->arena == NULL)
        return;
    s->rpc = gg_rpc_channel_start(s->caller_uses,
        &(gg_rpc_start){ .path = gg_str_from(path),
            .metadata = s->metadata,
            .peer = GG_STR("test"),
            .deadline_ns = deadline_ns,
            .arena = s->arena,
            .sched = &s->sched,
            .events = &events,
            .user = s });
    s->last_rpc = s->rpc;
}

void call_script_end(call_script *s)
{
    if (s->rpc != NULL)
        call_script_run(s, "c.");
    if (s->last_rpc != NULL)
        call_script_run(s, "k.f.");
}

bool call_script_init(call_script *s, handler_does handler, hook_does hook)
{
    typedef void (*function)(void);
    static const gg_typed_fn calls[TYPED_COUNT] = { typed_handler, typed_client_handler, typed_server_handler,
        typed_both_handler, NULL };
    static const size_t offsets[TYPED_COUNT] = { 0, 0, 0, 0, sizeof(function) };
    static const gg_service_binding binding = { &service, calls, offsets, 2 * sizeof(function) };
    function impl[2] = { (function)behave, NULL };
    *s = (call_script){ .handler = handler, .hook = hook };
    gg_sched_init(&s->sched);
    s->sched.now_ns = 1000000000;
    gg_rc rc = gg_server_init(&s->server);
    if (rc == GG_OK)
        rc = gg_server_intercept(&s->server, &call_script_hook_a, s);
    if (rc == GG_OK)
        rc = gg_server_intercept(&s->server, &call_script_hook_b, s);
    if (rc == GG_OK)
        rc = gg_server_register(&s->server, &binding, impl, s);
    for (size_t i = 0; i < RAW_COUNT && rc == GG_OK; i++) {
        gg_method method = { .service = &service, .type = &raw_methods[i], .user = s };
        method.raw = i == 0 ? raw_handler : NULL;
        method.stream = i > 0 ? &stream_handler : NULL;
        rc = gg_server_add_method(&s->server, &method);
    }
    gg_inproc_channel_init(&s->channel, &s->server, s->loop);
    s->caller_uses = &s->channel.base;
    return rc == GG_OK;
}

void call_script_catch_all(call_script *s)
{
    gg_server_add_unknown(&s->server, &unknown_handler, s);
}

void call_script_use_h2(call_script *s)
{
    h2_loopback_init(&s->h2, &s->channel.base, &s->sched);
    h2_loopback_start(&s->h2);
    s->over_h2 = true;
    s->caller_uses = &s->h2.channel.base;
}

void call_script_deinit(call_script *s)
{
    if (s->over_h2)
        h2_loopback_deinit(&s->h2);
    if (s->arena != NULL)
        gg_arena_unref(s->arena);
    gg_server_deinit(&s->server);
}
