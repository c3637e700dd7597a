/* client_request.c -- requests to the Runtime API, put together in the client's own buffer, so that there is always
 * memory for one.
 *
 *   GET  .../invocation/next              POST .../invocation/{id}/response
 *   POST .../init/error                   POST .../invocation/{id}/error
 *
 * Spec: AWS, "Using the Lambda runtime API"; RFC 9112. */
#include "lambda/client_private.h"

#include "base/text.h"

#include <assert.h>

void gg_client_forget_request(gg_client *c)
{
    c->head = gg_str_of(c->out, 0);
    c->body = (gg_str){ NULL, 0 };
    c->sent = 0;
    c->resent = false;
}

/* GG_CLIENT_HEAD_LEN has room for all that is ever put: the longest address, two ids, fixed text. */
static void put(gg_client *c, gg_str text)
{
    size_t len = c->head.len;
    assert(text.len <= GG_CLIENT_HEAD_LEN - len);
    if (text.len > 0)
        memcpy(c->out + len, text.ptr, text.len);
    c->head.len = len + text.len;
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

/* The path is what comes after the API's version, in three parts. */
static void begin_request(gg_client *c, gg_client_state state, gg_str method, gg_str path, gg_str id, gg_str tail)
{
    c->state = state;
    gg_client_forget_request(c);
    put(c, method);
    put(c, gg_str_from(c->api->prefix));
    put(c, GG_STR("/2018-06-01/runtime/"));
    put(c, path);
    put(c, id);
    put(c, tail);
    put(c, GG_STR(" HTTP/1.1\r\nHost: "));
    put(c, gg_str_from(c->api->target.authority));
    put(c, GG_STR("\r\n"));
}

static void end_request(gg_client *c)
{
    gg_reply_init(&c->reply, c->x->arena);
    gg_sched_post(c->config->sched, c->wake);
}

/* A body that fits goes behind its head, to be sent in one piece. */
static void end_request_with(gg_client *c, gg_str body)
{
    char digits[GG_I64_TEXT_LEN];
    put_field(c, GG_STR("Content-Type"), GG_STR("application/json"));
    put_field(c, GG_STR("Content-Length"), gg_str_of(digits, gg_u64_print(digits, body.len)));
    put(c, GG_STR("\r\n"));
    if (body.len <= sizeof c->out - c->head.len) {
        memcpy(c->out + c->head.len, body.ptr, body.len);
        c->head.len += body.len;
    } else {
        c->body = body;
    }
    end_request(c);
}

void gg_client_ask_next(gg_client *c)
{
    begin_request(c, GG_CLIENT_NEXT, GG_STR("GET "), GG_STR("invocation/next"), GG_STR(""), GG_STR(""));
    put_field(c, GG_STR("User-Agent"), GG_STR("lambda-grpc-gateway"));
    put(c, GG_STR("\r\n"));
    end_request(c);
}

/* tail: "/response" or "/error"; error_type: of the latter. */
static void post_answer(gg_client *c, gg_str tail, gg_str error_type, gg_str body)
{
    gg_str id = c->reply.fields[GG_REPLY_REQUEST_ID], invocation = c->reply.fields[GG_REPLY_INVOCATION_ID];
    begin_request(c, GG_CLIENT_ANSWER, GG_STR("POST "), GG_STR("invocation/"), id, tail);
    put_field(c, GG_STR("Lambda-Runtime-Invocation-Id"), invocation);
    put_field(c, GG_STR("Lambda-Runtime-Function-Error-Type"), error_type);
    end_request_with(c, body);
}

void gg_client_post_response(gg_client *c, gg_str json)
{
    post_answer(c, GG_STR("/response"), GG_STR(""), json);
}

/* -- errors -- */

#define ERROR_OPENING "{\"errorMessage\":"
#define ERROR_TYPE ",\"errorType\":"
#define ERROR_END ",\"stackTrace\":[]}"

static gg_str error_body(gg_arena *arena, gg_str type, gg_str message)
{
    static const gg_str no_memory =
        GG_STR_INIT(ERROR_OPENING "\"out of memory\"" ERROR_TYPE "\"Runtime.OutOfMemory\"" ERROR_END);
    gg_json_writer w;
    gg_json_writer_init(&w, arena, no_memory.len + type.len + message.len);
    gg_json_write_raw(&w, GG_STR(ERROR_OPENING));
    gg_json_write_string(&w, message);
    gg_json_write_raw(&w, GG_STR(ERROR_TYPE));
    gg_json_write_string(&w, type);
    gg_json_write_raw(&w, GG_STR(ERROR_END));
    return w.failed ? no_memory : gg_json_result(&w);
}

void gg_client_post_error(gg_client *c, gg_str type, gg_str message)
{
    if (message.ptr == NULL)
        message = GG_STR("out of memory");
    gg_logf(c->config->log, GG_LOG_ERROR, "invocation failed: %.*s: %.*s", GG_STR_ARG(type), GG_STR_ARG(message));
    post_answer(c, GG_STR("/error"), type, error_body(c->x->arena, type, message));
}

void gg_client_post_init_error(gg_client *c, gg_str type, gg_str message)
{
    begin_request(c, GG_CLIENT_INIT_ERROR, GG_STR("POST "), GG_STR("init/error"), GG_STR(""), GG_STR(""));
    put_field(c, GG_STR("Lambda-Runtime-Function-Error-Type"), type);
    end_request_with(c, error_body(c->x->arena, type, message));
}
