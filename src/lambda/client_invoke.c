/* client_invoke.c -- an event becomes an exchange with the front, its response an answer to the API.
 *
 * Spec: AWS, "Using the Lambda runtime API", "Next invocation". */
#include "lambda/client_private.h"

#include "base/clock.h"
#include "base/text.h"
#include "http/field.h"

enum { NS_PER_MS = 1000000 };

/* -- the response: what a front calls -- */

static gg_rc on_start(gg_exchange *x, int status, const gg_headers *headers, const size_t *content_length)
{
    gg_client *c = x->source;
    gg_answer_start(&c->answer, c->kind, x->method, x->arena, status, headers, content_length);
    return GG_OK;
}

static size_t on_write(gg_exchange *x, gg_str bytes)
{
    gg_client *c = x->source;
    gg_answer_write(&c->answer, bytes);
    return bytes.len;
}

static void on_end(gg_exchange *x, const gg_headers *trailers)
{
    (void)trailers;
    gg_client *c = x->source;
    gg_str json = { NULL, 0 };
    if (c->state != GG_CLIENT_INVOKED)
        return;
    if (gg_answer_end(&c->answer, &json) != GG_OK) {
        gg_client_post_error(c, GG_STR("Runtime.OutOfMemory"),
            GG_STR("the response needs more memory than a call may take"));
        return;
    }
    if (c->answer.too_large)
        gg_logf(c->config->log, GG_LOG_ERROR, "response replaced: it is larger than Lambda takes (6 MiB)");
    gg_client_post_response(c, json);
}

static void on_consume(gg_exchange *x, size_t len)
{
    (void)x, (void)len; /* the event is here whole */
}

static void on_reset(gg_exchange *x, uint32_t h2_error)
{
    (void)h2_error;
    gg_client *c = x->source;
    if (c->state == GG_CLIENT_INVOKED)
        gg_client_post_error(c, GG_STR("Function.NoResponse"), GG_STR("the request was given up without a response"));
}

static const gg_exchange_ops exchange_ops = {
    .start = on_start, .write = on_write, .end = on_end, .consume = on_consume, .reset = on_reset
};

/* -- the event -- */

uint64_t gg_client_deadline(gg_str unix_ms, uint64_t unix_now_ns, uint64_t now_ns)
{
    uint64_t ms = 0;
    if (gg_u64_parse(unix_ms, &ms) != GG_OK || ms > UINT64_MAX / NS_PER_MS || ms * NS_PER_MS <= unix_now_ns)
        return UINT64_MAX;
    uint64_t left = ms * NS_PER_MS - unix_now_ns;
    if (left > GG_DEADLINE_MAX_NS)
        return UINT64_MAX;
    uint64_t margin = left / 10 < GG_DEADLINE_MARGIN_NS ? left / 10 : GG_DEADLINE_MARGIN_NS;
    return now_ns + left - margin;
}

/* What Lambda says about the invocation, as header fields of the request under Lambda's names. */
static gg_rc add_lambda_fields(gg_client *c)
{
    static const gg_reply_field wanted[] = { GG_REPLY_REQUEST_ID, GG_REPLY_TRACE_ID, GG_REPLY_FUNCTION_ARN,
        GG_REPLY_CLIENT_CONTEXT, GG_REPLY_COGNITO_IDENTITY, GG_REPLY_TENANT_ID };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        gg_str value = c->reply.fields[wanted[i]];
        if (value.len == 0 || !gg_field_value_valid(value))
            continue;
        gg_rc rc = gg_headers_add(&c->x->headers, c->x->arena, gg_reply_field_name(wanted[i]), value);
        if (rc != GG_OK)
            return rc;
    }
    return GG_OK;
}

/* The reply's event to a request.  False: an error is on its way instead. */
static bool read_event(gg_client *c, gg_str *body)
{
    gg_event event;
    gg_str error = { NULL, 0 }, type = GG_STR("Function.InvalidEvent");
    gg_rc rc = gg_event_decode(&event, c->reply.body, c->x->arena, &error);
    if (rc == GG_OK) {
        c->kind = event.kind;
        if (event.kind >= GG_EVENT_SERVED)
            type = GG_STR("Function.UnsupportedEvent");
        rc = gg_event_fill(&event, c->x, body, &error);
    }
    if (rc == GG_OK)
        rc = add_lambda_fields(c);
    if (rc == GG_ENOMEM)
        gg_client_post_error(c, GG_STR("Runtime.OutOfMemory"),
            GG_STR("the event needs more memory than a call may take"));
    else if (rc != GG_OK)
        gg_client_post_error(c, type, error);
    return rc == GG_OK;
}

void gg_client_invoke(gg_client *c)
{
    gg_exchange *x = c->x;
    gg_str body = { NULL, 0 }, deadline = c->reply.fields[GG_REPLY_DEADLINE_MS];
    if (!read_event(c, &body))
        return;
    x->deadline_ns = gg_client_deadline(deadline, gg_clock_unix_ns(), x->sched->now_ns);
    x->ops = &exchange_ops;
    x->source = c;
    c->state = GG_CLIENT_INVOKED;
    c->fronted = true;
    c->config->handler.request(c->config->handler.user, x);
    if (body.len > 0)
        gg_exchange_on_body(x, body);
    gg_exchange_on_end(x);
}
