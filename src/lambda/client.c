/* client.c -- moves an invocation on: what each reply, each end of a connection and each response means.
 *
 *   reply to     2xx           204            4xx, no event            5xx
 *   next         the event     asked again    asked again, TRIES       the end
 *   an answer    next          next           logged, next             the end
 *
 * A connection that ends takes its request along: `next` is asked again; an answer is sent once more, if not a byte
 * of a reply had come, for then it was probably a connection that had died while the process was frozen.  A
 * connection that cannot be made is the end.  An event that comes cut is answered with an error.  Nothing is asked again at once but after a lost connection, once. */
#include "lambda/client.h"

#include "base/clock.h"
#include "base/text.h"
#include "http/field.h"

#include <assert.h>
#include <stdio.h>

#define CLIENT_OF(member, ptr) ((gg_client *)(void *)((char *)(ptr)-offsetof(gg_client, member)))

#define API_PATH "/2018-06-01/runtime/"

enum { NS_PER_MS = 1000000, LOGGED_BODY_LEN = 200 };

static void begin_next(gg_client *c);

static void wake(gg_client *c)
{
    gg_sched_post(c->config->sched, c->wake);
}

/* -- the end -- */

static void let_go(gg_client *c)
{
    gg_exchange *x = c->x;
    c->x = NULL;
    if (x != NULL && c->fronted)
        gg_exchange_detach(x);
    else if (x != NULL)
        gg_exchange_discard(x);
}

GG_PRINTF(3, 4) static void end(gg_client *c, gg_rc result, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(c->why, sizeof c->why, format, args);
    va_end(args);
    c->state = GG_CLIENT_ENDED;
    c->result = result;
    c->hang_up = true;
    c->request[0] = c->request[1] = (gg_str){ NULL, 0 };
    c->sent = 0;
    gg_timer_stop(c->config->sched, &c->pause);
    let_go(c);
    wake(c);
}

/* -- requests -- */

static void put(gg_client *c, gg_str text)
{
    size_t len = c->request[0].len;
    assert(text.len <= sizeof c->head - len);
    if (text.len > 0)
        memcpy(c->head + len, text.ptr, text.len);
    c->request[0] = gg_str_of(c->head, len + text.len);
}

/* "POST /prefix/2018-06-01/runtime/" */
static void begin_request(gg_client *c, gg_client_state state, gg_str method)
{
    c->state = state;
    c->request[0] = gg_str_of(c->head, 0);
    c->request[1] = (gg_str){ NULL, 0 };
    c->sent = 0;
    c->resent = false;
    put(c, method);
    put(c, c->api->prefix);
    put(c, GG_STR(API_PATH));
}

static void end_path(gg_client *c)
{
    put(c, GG_STR(" HTTP/1.1\r\nHost: "));
    put(c, c->api->authority);
    put(c, GG_STR("\r\n"));
}

static void put_field(gg_client *c, gg_str name, gg_str value)
{
    if (value.len == 0)
        return;
    put(c, name);
    put(c, GG_STR(": "));
    put(c, value);
    put(c, GG_STR("\r\n"));
}

static void end_head(gg_client *c, gg_str body)
{
    if (body.ptr != NULL) {
        char digits[GG_I64_TEXT_LEN];
        put_field(c, GG_STR("Content-Type"), GG_STR("application/json"));
        put_field(c, GG_STR("Content-Length"), gg_str_of(digits, gg_u64_print(digits, body.len)));
    }
    put(c, GG_STR("\r\n"));
    c->request[1] = body;
    gg_reply_init(&c->reply, c->x->arena);
    wake(c);
}

/* kind: "/response" or "/error"; error_type: of the latter.  Body as end_head. */
static void post_answer(gg_client *c, gg_str kind, gg_str error_type, gg_str body)
{
    gg_str id = c->reply.fields[GG_REPLY_REQUEST_ID], invocation = c->reply.fields[GG_REPLY_INVOCATION_ID];
    begin_request(c, GG_CLIENT_ANSWER, GG_STR("POST "));
    put(c, GG_STR("invocation/"));
    put(c, id);
    put(c, kind);
    end_path(c);
    put_field(c, GG_STR("Lambda-Runtime-Invocation-Id"), invocation);
    put_field(c, GG_STR("Lambda-Runtime-Function-Error-Type"), error_type);
    end_head(c, body);
}

static gg_str error_body(gg_arena *arena, gg_str type, gg_str message)
{
    gg_json_writer w;
    gg_json_writer_init(&w, arena, 64 + type.len + message.len);
    gg_json_write_raw(&w, GG_STR("{\"errorMessage\":"));
    gg_json_write_string(&w, message);
    gg_json_write_raw(&w, GG_STR(",\"errorType\":"));
    gg_json_write_string(&w, type);
    gg_json_write_raw(&w, GG_STR(",\"stackTrace\":[]}"));
    return w.failed
        ? GG_STR("{\"errorMessage\":\"out of memory\",\"errorType\":\"Runtime.OutOfMemory\",\"stackTrace\":[]}")
        : gg_json_result(&w);
}

/* The invocation fails: its caller gets the gateway's own error. */
static void post_error(gg_client *c, gg_str type, gg_str message)
{
    if (message.ptr == NULL)
        message = GG_STR("out of memory");
    gg_logf(c->config->log, GG_LOG_ERROR, "invocation failed: %.*s: %.*s", GG_STR_ARG(type), GG_STR_ARG(message));
    post_answer(c, GG_STR("/error"), type, error_body(c->x->arena, type, message));
}

/* -- asking for an event -- */

static void begin_next(gg_client *c)
{
    let_go(c);
    if (c->draining) {
        end(c, GG_OK, "drained");
        return;
    }
    const gg_codec_config *config = c->config;
    c->fronted = false;
    c->x = gg_exchange_new(config->pool, config->sched, &config->limits, config->arena_limit);
    if (c->x == NULL) {
        end(c, GG_ENOMEM, "out of memory");
        return;
    }
    begin_request(c, GG_CLIENT_NEXT, GG_STR("GET "));
    put(c, GG_STR("invocation/next"));
    end_path(c);
    put_field(c, GG_STR("User-Agent"), GG_STR("lambda-grpc-gateway"));
    end_head(c, (gg_str){ NULL, 0 });
}

static void pause_is_over(gg_timer *timer)
{
    begin_next(CLIENT_OF(pause, timer));
}

static void pause_for(gg_client *c, uint64_t ns)
{
    let_go(c);
    if (c->draining) {
        end(c, GG_OK, "drained");
        return;
    }
    c->state = GG_CLIENT_PAUSE;
    c->request[0] = (gg_str){ NULL, 0 };
    c->sent = 0;
    gg_timer_start(c->config->sched, &c->pause, gg_later(c->config->sched->now_ns, ns));
    wake(c);
}

/* No event came of it.  what: for people. */
static void next_failed(gg_client *c, bool at_once, const char *what)
{
    unsigned before = c->failures++;
    if (before == GG_CLIENT_TRIES) {
        end(c, GG_EIO, "the Runtime API gives no event: %s", what);
        return;
    }
    gg_logf(c->config->log, GG_LOG_WARN, "no event from the Runtime API: %s", what);
    if (before == 0 && at_once)
        begin_next(c);
    else
        pause_for(c, GG_CLIENT_PAUSE_NS << before);
}

/* -- an event -- */

static bool is_id(gg_str id)
{
    for (size_t i = 0; i < id.len; i++)
        if (id.ptr[i] <= ' ' || id.ptr[i] > '~')
            return false;
    return id.len <= GG_CLIENT_ID_LEN;
}

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

static const gg_exchange_ops exchange_ops;

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
        post_error(c, GG_STR("Runtime.OutOfMemory"), GG_STR("the event needs more memory than a call may take"));
    else if (rc != GG_OK)
        post_error(c, type, error);
    return rc == GG_OK;
}

/* The reply has an event: the front gets it as a request. */
static void invoke(gg_client *c)
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

/* Whether the reply's head, at least, has come, and is that of an event. */
static bool names_event(const gg_reply *reply)
{
    gg_str id = reply->fields[GG_REPLY_REQUEST_ID];
    bool succeeds = reply->status >= 200 && reply->status < 300;
    return succeeds && id.len > 0 && is_id(id) && is_id(reply->fields[GG_REPLY_INVOCATION_ID]);
}

static void on_next_reply(gg_client *c)
{
    enum { NO_CONTENT = 204 };
    const gg_reply *reply = &c->reply;
    char what[GG_CLIENT_WHY_LEN / 2];
    if (reply->status == NO_CONTENT) {
        pause_for(c, GG_CLIENT_PAUSE_NS);
    } else if (reply->status >= 500) {
        end(c, GG_EIO, "the Runtime API answers %d to next", reply->status);
    } else if (reply->status >= 300) {
        snprintf(what, sizeof what, "status %d", reply->status);
        next_failed(c, false, what);
    } else if (!names_event(reply)) {
        next_failed(c, false, "an event without a request id");
    } else {
        c->failures = 0;
        invoke(c);
    }
}

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
    if (gg_answer_end(&c->answer, &json) == GG_OK)
        post_answer(c, GG_STR("/response"), (gg_str){ NULL, 0 }, json);
    else
        post_error(c, GG_STR("Runtime.OutOfMemory"), GG_STR("the response needs more memory than a call may take"));
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
        post_error(c, GG_STR("Function.NoResponse"), GG_STR("the request was given up without a response"));
}

static const gg_exchange_ops exchange_ops = {
    .start = on_start, .write = on_write, .end = on_end, .consume = on_consume, .reset = on_reset
};

/* -- replies -- */

static void on_answer_reply(gg_client *c)
{
    const gg_reply *reply = &c->reply;
    size_t shown = reply->body.len < LOGGED_BODY_LEN ? reply->body.len : LOGGED_BODY_LEN;
    if (reply->status >= 500) {
        end(c, GG_EIO, "the Runtime API answers %d to a response", reply->status);
        return;
    }
    if (reply->status >= 300)
        gg_logf(c->config->log, GG_LOG_WARN, "the Runtime API refused a response: status %d: %.*s", reply->status,
            (int)shown, reply->body.ptr);
    begin_next(c);
}

static bool is_awaited(const gg_client *c)
{
    return c->sent > 0 && c->request[0].len > 0;
}

/* The reply to the request is whole. */
static void on_reply(gg_client *c)
{
    bool all_sent = c->sent == c->request[0].len + c->request[1].len;
    if (!c->reply.keep_alive || !all_sent)
        c->hang_up = true;
    if (c->hang_up)
        wake(c);
    switch (c->state) {
    case GG_CLIENT_NEXT:
        on_next_reply(c);
        break;
    case GG_CLIENT_ANSWER:
        on_answer_reply(c);
        break;
    case GG_CLIENT_INIT_ERROR:
        end(c, GG_EIO, "the program could not start");
        break;
    case GG_CLIENT_PAUSE:
    case GG_CLIENT_INVOKED:
    case GG_CLIENT_ENDED:
        break;
    }
}

/* The request is lost with its connection, or what came is no reply. */
static void on_no_reply(gg_client *c, const char *what)
{
    switch (c->state) {
    case GG_CLIENT_NEXT:
        if (names_event(&c->reply)) /* the API believes that we have it */
            post_error(c, GG_STR("Runtime.EventLost"), gg_str_from(what));
        else
            next_failed(c, !c->reply.begun, what);
        break;
    case GG_CLIENT_ANSWER:
        if (!c->reply.begun && !c->resent) {
            c->sent = 0;
            c->resent = true;
            wake(c);
            break;
        }
        gg_logf(c->config->log, GG_LOG_WARN, "a response may not have arrived: %s", what);
        begin_next(c);
        break;
    case GG_CLIENT_INIT_ERROR:
        end(c, GG_EIO, "the program could not start");
        break;
    case GG_CLIENT_PAUSE:
    case GG_CLIENT_INVOKED:
    case GG_CLIENT_ENDED:
        break;
    }
}

void gg_client_receive(gg_client *client, gg_str bytes)
{
    gg_client *c = client;
    if (c->state == GG_CLIENT_ENDED || c->hang_up)
        return;
    if (!is_awaited(c)) { /* nobody has asked */
        c->hang_up = true;
        wake(c);
        return;
    }
    gg_rc rc = gg_reply_receive(&c->reply, bytes);
    if (rc == GG_NEED_MORE)
        return;
    if (rc != GG_OK) {
        c->hang_up = true;
        wake(c);
    }
    if (c->reply.whole)
        on_reply(c);
    else if (rc == GG_ENOMEM || rc == GG_ETOOBIG)
        on_no_reply(c, "the reply is too large");
    else
        on_no_reply(c, "the reply is not HTTP");
}

void gg_client_disconnected(gg_client *client, bool refused)
{
    gg_client *c = client;
    if (c->state == GG_CLIENT_ENDED)
        return;
    if (refused)
        end(c, GG_EIO, "the Runtime API takes no connection");
    else if (is_awaited(c) && gg_reply_eof(&c->reply) == GG_OK)
        on_reply(c);
    else
        on_no_reply(c, "the connection was closed");
    c->hang_up = false; /* there is nothing left to close */
}

/* -- from outside -- */

void gg_client_init(gg_client *client, const gg_codec_config *config, const gg_api_address *api, gg_task *wake_task)
{
    *client = (gg_client){ .config = config, .api = api, .wake = wake_task, .pause = { .fire = pause_is_over } };
    client->state = GG_CLIENT_PAUSE;
}

void gg_client_start(gg_client *client)
{
    begin_next(client);
}

void gg_client_init_error(gg_client *client, const char *type, const char *message)
{
    gg_client *c = client;
    const gg_codec_config *config = c->config;
    c->x = gg_exchange_new(config->pool, config->sched, &config->limits, config->arena_limit);
    if (c->x == NULL) {
        end(c, GG_ENOMEM, "out of memory");
        return;
    }
    begin_request(c, GG_CLIENT_INIT_ERROR, GG_STR("POST "));
    put(c, GG_STR("init/error"));
    end_path(c);
    put_field(c, GG_STR("Lambda-Runtime-Function-Error-Type"), gg_str_from(type));
    end_head(c, error_body(c->x->arena, gg_str_from(type), gg_str_from(message)));
}

void gg_client_output(const gg_client *client, gg_str out[2])
{
    size_t skip = client->sent;
    for (int i = 0; i < 2; i++) {
        gg_str part = client->request[i];
        size_t gone = skip < part.len ? skip : part.len;
        out[i] = gone < part.len ? gg_str_of(part.ptr + gone, part.len - gone) : (gg_str){ NULL, 0 };
        skip -= gone;
    }
}

void gg_client_sent(gg_client *client, size_t len)
{
    client->sent += len;
}

void gg_client_drain(gg_client *client)
{
    client->draining = true;
    bool idle = client->state == GG_CLIENT_PAUSE || (client->state == GG_CLIENT_NEXT && !client->reply.begun);
    if (idle)
        end(client, GG_OK, "drained");
}

void gg_client_abort(gg_client *client)
{
    if (client->state != GG_CLIENT_ENDED)
        end(client, GG_ECANCELED, "stopped");
}
