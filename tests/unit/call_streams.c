/* call_streams.c -- handlers of the service in call_script.h that stream and are typed, and the one of unknown methods. */
#include "call_script.h"

#include <stdlib.h>

typedef struct progress {
    int count; /* messages got, or sent */
} progress;

static const char *const event_words[] = { "start", "got", "half-close", "may-send" };

static progress *note_event(gg_call *call, gg_stream_event event, const Text *message)
{
    call_script *s = gg_call_user(call);
    if (message != NULL)
        call_script_note(s, "%s(%.*s)", event_words[event], GG_STR_ARG(message->text));
    else
        call_script_note(s, "%s", event_words[event]);
    return gg_call_state(call, sizeof(progress));
}

static gg_status send_one(gg_call *call, gg_str text)
{
    Text on_stack = { .text = text };
    gg_rc rc = gg_call_send(call, &(gg_message){ .type = &Text_type, .typed = &on_stack });
    call_script *s = gg_call_user(call);
    if (rc == GG_AGAIN)
        call_script_note(s, "again");
    return rc == GG_OK || rc == GG_AGAIN ? GG_STATUS_PENDING : GG_STATUS_RESOURCE_EXHAUSTED;
}

/* Counts the messages; the answer is how many. */
gg_status typed_client_handler(gg_call *call, const void *impl, gg_stream_event event, const void *message,
    void *response)
{
    (void)impl;
    progress *p = note_event(call, event, message);
    if (p == NULL)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    if (event == GG_STREAM_MESSAGE)
        p->count++;
    if (event != GG_STREAM_HALF_CLOSE)
        return GG_STATUS_PENDING;
    ((Text *)response)->text = gg_call_printf(call, "%d", p->count);
    return GG_STATUS_OK;
}

/* Sends the request's text three times. */
gg_status typed_server_handler(gg_call *call, const void *impl, gg_stream_event event, const void *request,
    void *response)
{
    enum { TIMES = 3 };
    (void)impl;
    progress *p = note_event(call, event, request);
    if (response != NULL)
        abort();
    if (p == NULL)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    for (; p->count < TIMES; p->count++) {
        gg_rc rc = gg_call_send(call, &(gg_message){ .type = &Text_type, .typed = request });
        if (rc == GG_AGAIN)
            return GG_STATUS_PENDING;
        if (rc != GG_OK)
            return GG_STATUS_RESOURCE_EXHAUSTED;
    }
    return GG_STATUS_OK;
}

/* Each message comes back. */
gg_status typed_both_handler(gg_call *call, const void *impl, gg_stream_event event, const void *message,
    void *response)
{
    (void)impl;
    note_event(call, event, message);
    if (response != NULL)
        abort();
    if (event == GG_STREAM_MESSAGE)
        return send_one(call, ((const Text *)message)->text);
    return event == GG_STREAM_HALF_CLOSE ? GG_STATUS_OK : GG_STATUS_PENDING;
}

static gg_status unknown_message(gg_call *call, void *state, const gg_message *message)
{
    call_script *s = gg_call_user(call);
    (void)state;
    call_script_note(s, "%.*s(%zu)", GG_STR_ARG(gg_call_method(call)), message->wire.len);
    gg_arena *arena = gg_call_arena(call);
    char *copy = arena != NULL ? gg_arena_alloc(arena, message->wire.len) : NULL;
    if (copy == NULL)
        return GG_STATUS_RESOURCE_EXHAUSTED;
    memcpy(copy, message->wire.ptr, message->wire.len);
    gg_message back = { .wire = gg_str_of(copy, message->wire.len) };
    return gg_call_send(call, &back) == GG_OK ? GG_STATUS_PENDING : GG_STATUS_INTERNAL;
}

static gg_status unknown_half_close(gg_call *call, void *state)
{
    (void)state;
    return gg_call_fail(call, GG_STATUS_ABORTED, "that was all");
}

const gg_stream_handler unknown_handler = { .message = unknown_message,
    .half_close = unknown_half_close,
    .paced = true };
