/* event.h -- what API Gateway and function URLs send to a function, and what they want back.
 *
 *   event (JSON) --gg_event_decode--> gg_event --gg_event_fill--> exchange --> front
 *   answer (JSON) <--gg_answer_end------------- gg_answer <--start, write-- front
 *
 * Pure: bytes in, bytes out, memory from the exchange's arena.
 *
 *   kind            path           stage in path   query            headers
 *   REST API        as sent        no              decoded maps     lists
 *   HTTP API 1.0    decoded once   yes             decoded maps     lists
 *   HTTP API 2.0    decoded once   yes             as sent          joined with commas; cookies apart
 *   function URL    as sent        no              as sent          the same
 *
 * Left out: application load balancers, VPC Lattice, WebSocket APIs, authorizers, events of other services; they
 * are recognised, and refused by name.  What an HTTP API's decoding has lost (%2F for /, all after %3F) cannot be
 * had back.
 * Spec: AWS, "Working with AWS Lambda proxy integrations" (payload formats 1.0 and 2.0), "Lambda function URLs". */
#ifndef GG_SRC_LAMBDA_EVENT_H
#define GG_SRC_LAMBDA_EVENT_H

#include "http/exchange.h"
#include "json/json.h"

typedef enum gg_event_kind {
    GG_EVENT_REST_API,
    GG_EVENT_HTTP_API_1, /* payload format 1.0 */
    GG_EVENT_HTTP_API_2, /* payload format 2.0 */
    GG_EVENT_FUNCTION_URL,
    GG_EVENT_SERVED, /* the kinds before this one */
    GG_EVENT_AUTHORIZER = GG_EVENT_SERVED,
    GG_EVENT_ALB,
    GG_EVENT_LATTICE,
    GG_EVENT_WEBSOCKET,
    GG_EVENT_OTHER
} gg_event_kind;

/* "an HTTP API (payload 2.0)" */
const char *gg_event_kind_name(gg_event_kind kind);

/* The members that decide or matter; one that is absent or null is empty.  Views into the event or the arena. */
typedef struct gg_event {
    gg_event_kind kind;
    gg_str version, type, method_arn, route_arn;
    gg_str http_method, resource, path;  /* payload 1.0 */
    gg_str raw_path, raw_query;          /* payload 2.0 */
    gg_str lattice_path, lattice_method; /* of VPC Lattice */
    gg_headers headers, multi_headers;   /* names as sent */
    gg_headers query, multi_query;
    gg_headers cookies;                  /* values only */
    gg_str body;                         /* as in the event */
    bool base64;                         /* body is */
    gg_str stage, domain, connection_id; /* of requestContext */
    gg_str service_arn, service_network_arn;
    bool has_elb, has_http;
    gg_str context_method, context_source_ip; /* of requestContext.http */
    gg_str identity_source_ip;                /* of requestContext.identity */
} gg_event;

/* Reads a whole event; json must stay where it is.  GG_OK (of any kind), GG_ENOMEM, or GG_EPROTO and *error: one
 * line in the arena, ptr NULL if it has no room. */
gg_rc gg_event_decode(gg_event *event, gg_str json, gg_arena *arena, gg_str *error);

/* Makes an event of a kind that is served the request of x, whose arena holds the event; *body gets the request's
 * body.  GG_OK, GG_ENOMEM, or GG_EPROTO and *error as above. */
gg_rc gg_event_fill(const gg_event *event, gg_exchange *x, gg_str *body, gg_str *error);

/* -- the answer: one JSON object -- */

enum {
    GG_ANSWER_LEN_MAX = 6 * 1024 * 1024 + 100 /* bytes Lambda takes; more is replaced by an error of our own */
};

typedef struct gg_answer {
    gg_event_kind kind;
    bool no_body;              /* of a HEAD request, or a status without one: what is written is dropped */
    bool text;                 /* the body may go as text, else as base64 */
    bool too_large;            /* what is written is dropped, and the answer says so */
    bool complete;             /* the body came in one piece and is in json already */
    size_t length;             /* of the body as declared; SIZE_MAX: not said */
    gg_json_writer json, body; /* body: collected, where it comes in pieces */
} gg_answer;

/* The response's head; header fields are copied.  Fields that a gateway sets itself are left out. */
void gg_answer_start(gg_answer *answer, gg_event_kind kind, gg_str method, gg_arena *arena, int status,
    const gg_headers *headers, const size_t *content_length);
void gg_answer_write(gg_answer *answer, gg_str bytes);
/* The whole answer, in the arena.  GG_OK or GG_ENOMEM. */
gg_rc gg_answer_end(gg_answer *answer, gg_str *json);

#endif
