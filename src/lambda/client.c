/* client.c -- moves an invocation on: what each reply, each end of a connection and each response means.
 *
 *   reply to     2xx           204            4xx, no event            5xx
 *   next         the event     asked again    asked again, TRIES       the end
 *   an answer    next          next           logged, next             the end
 *
 * A connection that ends takes its request along: `next` is asked again; an answer is sent once more, if not a byte
 * of a reply had come, for then it was probably a connection that had died while the process was frozen.  A
 * connection that cannot be made is the end.  An event that comes cut is answered with an error.  Nothing is asked
 * again at once but after a lost connection, once. */
#include "lambda/client_private.h"

#include <stdarg.h>
#include <stdio.h>

#define CLIENT_OF(member, ptr) ((gg_client *)(void *)((char *)(ptr)-offsetof(gg_client, member)))

enum { LOGGED_BODY_LEN = 200 };

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
    gg_client_forget_request(c);
    gg_timer_stop(c->config->sched, &c->pause);
    let_go(c);
    wake(c);
}

/* -- asking for an event -- */

/* The exchange that the next event will be; false: the client has ended. */
static bool new_exchange(gg_client *c)
{
    const gg_codec_config *config = c->config;
    c->fronted = false;
    c->x = gg_exchange_new(config->pool, config->sched, &config->limits, config->arena_limit);
    if (c->x == NULL)
        end(c, GG_ENOMEM, "out of memory");
    return c->x != NULL;
}

static void begin_next(gg_client *c)
{
    let_go(c);
    if (c->draining)
        end(c, GG_OK, "drained");
    else if (new_exchange(c))
        gg_client_ask_next(c);
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
    gg_client_forget_request(c);
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
        gg_client_invoke(c);
    }
}

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

/* Whether a request is on its way, or its reply. */
static bool is_pending(const gg_client *c)
{
    return c->state == GG_CLIENT_NEXT || c->state == GG_CLIENT_ANSWER || c->state == GG_CLIENT_INIT_ERROR;
}

static bool all_sent(const gg_client *c)
{
    return c->sent == c->head.len + c->body.len;
}

static void hang_up(gg_client *c)
{
    c->hang_up = true;
    wake(c);
}

/* The reply is whole, and the request sent or given up: nobody reads from the arena any more. */
static void on_reply(gg_client *c)
{
    if (!c->reply.keep_alive)
        hang_up(c);
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
            gg_client_post_error(c, GG_STR("Runtime.EventLost"), gg_str_from(what));
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

/* The peer sends no more. */
static void on_lost(gg_client *c, const char *what)
{
    if (c->sent > 0 && (c->reply.whole || gg_reply_eof(&c->reply) == GG_OK))
        on_reply(c);
    else
        on_no_reply(c, what);
}

/* -- the codec -- */

static gg_client *client_of(const gg_codec *codec)
{
    return (gg_client *)(uintptr_t)codec; /* its first member */
}

static gg_rc receive(gg_codec *codec, gg_str bytes)
{
    gg_client *c = client_of(codec);
    if (c->state == GG_CLIENT_ENDED || c->hang_up)
        return GG_ECANCELED;
    gg_rc rc = is_pending(c) && c->sent > 0 ? gg_reply_receive(&c->reply, bytes) : GG_EPROTO;
    if (rc == GG_NEED_MORE)
        return GG_OK;
    if (rc != GG_OK)
        hang_up(c);
    if (!is_pending(c) || !all_sent(c)) /* nobody has asked, or the rest of the request is sent first */
        return rc;
    if (c->reply.whole)
        on_reply(c);
    else
        on_no_reply(c, rc == GG_EPROTO ? "the reply is not HTTP" : "the reply is too large");
    return rc;
}

static void on_eof(gg_codec *codec)
{
    gg_client *c = client_of(codec);
    if (c->hang_up)
        return;
    hang_up(c);
    if (is_pending(c) && all_sent(c)) /* else when the connection is closed: it is still being written to */
        on_lost(c, "the connection was closed");
}

static gg_str output(gg_codec *codec)
{
    gg_client *c = client_of(codec);
    bool in_head = c->sent < c->head.len;
    gg_str part = in_head ? c->head : c->body;
    size_t gone = in_head ? c->sent : c->sent - c->head.len;
    if (c->hang_up || gone == part.len)
        return (gg_str){ NULL, 0 };
    return gg_str_of(part.ptr + gone, part.len - gone);
}

static void on_sent(gg_codec *codec, size_t len)
{
    gg_client *c = client_of(codec);
    c->sent += len;
    if (is_pending(c) && c->reply.whole && all_sent(c)) /* a reply that has overtaken its request */
        on_reply(c);
}

static bool wants_input(const gg_codec *codec)
{
    return !client_of(codec)->hang_up;
}

static bool is_done(const gg_codec *codec)
{
    return client_of(codec)->hang_up;
}

static bool lingers(const gg_codec *codec)
{
    (void)codec;
    return false;
}

static void drain(gg_codec *codec)
{
    gg_client_drain(client_of(codec));
}

static void free_nothing(gg_codec *codec)
{
    (void)codec;
}

static const gg_codec_ops codec_ops = { .receive = receive,
    .eof = on_eof,
    .output = output,
    .sent = on_sent,
    .wants_input = wants_input,
    .done = is_done,
    .lingers = lingers,
    .drain = drain,
    .free = free_nothing };

bool gg_client_wants_connection(const gg_client *client)
{
    return is_pending(client) && !client->hang_up;
}

void gg_client_disconnected(gg_client *client, bool refused, gg_str why)
{
    gg_client *c = client;
    bool expected = c->hang_up && c->sent == 0; /* what was asked on it is settled */
    c->hang_up = false;
    if (!is_pending(c) || expected)
        return;
    if (refused)
        end(c, GG_EIO, "the Runtime API takes no connection: %.*s", GG_STR_ARG(why));
    else
        on_lost(c, "the connection was closed");
    c->hang_up = false; /* there is nothing left to close */
}

/* -- from outside -- */

void gg_client_init(gg_client *client, const gg_codec_config *config, const gg_api_address *api, gg_task *wake_task)
{
    *client = (gg_client){ .base = { &codec_ops },
        .config = config,
        .api = api,
        .wake = wake_task,
        .state = GG_CLIENT_PAUSE,
        .pause = { .fire = pause_is_over } };
}

void gg_client_start(gg_client *client)
{
    begin_next(client);
}

void gg_client_init_error(gg_client *client, const char *type, const char *message)
{
    if (new_exchange(client))
        gg_client_post_init_error(client, gg_str_from(type), gg_str_from(message));
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
