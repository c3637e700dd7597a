/* dispatch.c -- chooses the front of an exchange.
 *
 * An exchange that no front takes is answered here, so nothing in it is read twice.
 * Spec: gRPC PROTOCOL-HTTP2, "Requests" (415 for a content type that is not gRPC's). */
#include "gateway/dispatch.h"

/* -- events of an exchange that is answered at once: there are none left -- */

static void ignore_body(gg_exchange *x, gg_str bytes)
{
    (void)x, (void)bytes;
}

static void ignore(gg_exchange *x)
{
    (void)x;
}

static const gg_exchange_events no_events = { .body = ignore_body, .end = ignore, .writable = ignore, .abort = ignore };

/* In plain text: a client of one of the protocols that answer errors in JSON would take JSON for its own. */
static void answer(gg_exchange *x, int http_status, gg_str text)
{
    gg_header type = { GG_STR("content-type"), GG_STR("text/plain; charset=utf-8") };
    x->events = &no_events;
    gg_exchange_respond(x, http_status, &(gg_headers){ &type, 1, 1 }, text, NULL);
    gg_exchange_release(x);
}

/* Whether it is a call of an RPC by its full method, in a form that no front reads. */
static bool is_foreign_call(const gg_fronts *fronts, const gg_exchange *x)
{
    if (!gg_str_eq(x->method, GG_STR("POST")) || gg_rpc_channel_method(fronts->grpc.channel, x->path) == NULL)
        return false;
    gg_route_match match;
    gg_rc rc = gg_routes_match(fronts->rest.routes, x->method, x->path, fronts->rest.unescape, x->arena, &match);
    return rc == GG_ENOTFOUND || rc == GG_EINVAL;
}

void gg_fronts_request(void *user, gg_exchange *x)
{
    const gg_fronts *fronts = user;
    if (gg_grpc_content_type(gg_headers_get(&x->headers, GG_STR("content-type")))) {
        if (x->version == GG_HTTP_2)
            gg_grpc_front_request(&fronts->grpc, x);
        else /* whose clients read the trailers that end a call: no gRPC client is on the other side */
            answer(x, 505, GG_STR("gRPC needs HTTP/2\n"));
    } else if (is_foreign_call(fronts, x))
        answer(x, 415, GG_STR("no protocol has this content-type\n"));
    else
        gg_rest_front_request(&fronts->rest, x);
}
