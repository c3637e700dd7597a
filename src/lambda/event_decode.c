/* event_decode.c -- an event's JSON to the members that matter, in one pass, and which kind of event it is.
 *
 * A table says where each member stands and what becomes of it; all others are passed over.  Members may come in
 * any order, so the kind is told at the end.  A duplicate name: the last one wins, lists are joined.
 * Limits: GG_JSON_DEPTH; everything else is bounded by the event's length. */
#include "lambda/event.h"

typedef enum event_scope { TOP, CONTEXT, CONTEXT_HTTP, CONTEXT_IDENTITY } event_scope;

typedef enum member_kind {
    TEXT,   /* a gg_str, or null */
    FLAG,   /* a bool, or null */
    OBJECT, /* the scope `inner`; a bool says that it is there */
    MAP,    /* gg_headers: of names to text, or to lists of text */
    LIST    /* gg_headers without names: of text */
} member_kind;

typedef struct member {
    event_scope scope;
    gg_str name;
    member_kind kind;
    size_t offset;     /* of its member in gg_event; NOWHERE */
    event_scope inner; /* of OBJECT */
} member;

#define NOWHERE SIZE_MAX
#define AT(field) offsetof(gg_event, field)

/* clang-format off */
static const member members[] = {
    { TOP, GG_STR_INIT("version"), TEXT, AT(version), TOP },
    { TOP, GG_STR_INIT("type"), TEXT, AT(type), TOP },
    { TOP, GG_STR_INIT("methodArn"), TEXT, AT(method_arn), TOP },
    { TOP, GG_STR_INIT("routeArn"), TEXT, AT(route_arn), TOP },
    { TOP, GG_STR_INIT("resource"), TEXT, AT(resource), TOP },
    { TOP, GG_STR_INIT("path"), TEXT, AT(path), TOP },
    { TOP, GG_STR_INIT("httpMethod"), TEXT, AT(http_method), TOP },
    { TOP, GG_STR_INIT("rawPath"), TEXT, AT(raw_path), TOP },
    { TOP, GG_STR_INIT("rawQueryString"), TEXT, AT(raw_query), TOP },
    { TOP, GG_STR_INIT("raw_path"), TEXT, AT(lattice_path), TOP },
    { TOP, GG_STR_INIT("method"), TEXT, AT(lattice_method), TOP },
    { TOP, GG_STR_INIT("headers"), MAP, AT(headers), TOP },
    { TOP, GG_STR_INIT("multiValueHeaders"), MAP, AT(multi_headers), TOP },
    { TOP, GG_STR_INIT("queryStringParameters"), MAP, AT(query), TOP },
    { TOP, GG_STR_INIT("multiValueQueryStringParameters"), MAP, AT(multi_query), TOP },
    { TOP, GG_STR_INIT("cookies"), LIST, AT(cookies), TOP },
    { TOP, GG_STR_INIT("body"), TEXT, AT(body), TOP },
    { TOP, GG_STR_INIT("isBase64Encoded"), FLAG, AT(base64), TOP },
    { TOP, GG_STR_INIT("requestContext"), OBJECT, NOWHERE, CONTEXT },
    { CONTEXT, GG_STR_INIT("stage"), TEXT, AT(stage), TOP },
    { CONTEXT, GG_STR_INIT("domainName"), TEXT, AT(domain), TOP },
    { CONTEXT, GG_STR_INIT("connectionId"), TEXT, AT(connection_id), TOP },
    { CONTEXT, GG_STR_INIT("serviceArn"), TEXT, AT(service_arn), TOP },
    { CONTEXT, GG_STR_INIT("serviceNetworkArn"), TEXT, AT(service_network_arn), TOP },
    { CONTEXT, GG_STR_INIT("elb"), OBJECT, AT(has_elb), TOP },
    { CONTEXT, GG_STR_INIT("http"), OBJECT, AT(has_http), CONTEXT_HTTP },
    { CONTEXT, GG_STR_INIT("identity"), OBJECT, NOWHERE, CONTEXT_IDENTITY },
    { CONTEXT_HTTP, GG_STR_INIT("method"), TEXT, AT(context_method), TOP },
    { CONTEXT_HTTP, GG_STR_INIT("sourceIp"), TEXT, AT(context_source_ip), TOP },
    { CONTEXT_IDENTITY, GG_STR_INIT("sourceIp"), TEXT, AT(identity_source_ip), TOP },
};
/* clang-format on */
enum { MEMBER_COUNT = sizeof members / sizeof members[0], SCOPES_MAX = 3 };

typedef struct decoder {
    gg_event *event;
    gg_json_reader reader;
    const member *bad;            /* the member whose value has the wrong type */
    event_scope open[SCOPES_MAX]; /* the objects that are being read; the table nests no deeper */
    size_t open_count;
} decoder;

static void *target(const decoder *d, const member *m)
{
    return (char *)d->event + m->offset;
}

static gg_rc wrong_type(decoder *d, const member *m)
{
    d->bad = m;
    return GG_EPROTO;
}

static const member *find_member(event_scope scope, gg_str name)
{
    for (size_t i = 0; i < MEMBER_COUNT; i++)
        if (members[i].scope == scope && gg_str_eq(members[i].name, name))
            return &members[i];
    return NULL;
}

/* Adds the texts of an array: all under that name.  The array is open. */
static gg_rc read_list(decoder *d, const member *m, gg_str name)
{
    gg_json_token token;
    gg_rc rc = gg_json_next(&d->reader, &token);
    for (; rc == GG_OK && token.kind != GG_JSON_ARRAY_END; rc = gg_json_next(&d->reader, &token)) {
        if (token.kind != GG_JSON_STRING)
            return wrong_type(d, m);
        rc = gg_headers_add(target(d, m), d->reader.arena, name, token.text);
        if (rc != GG_OK)
            return rc;
    }
    return rc;
}

/* The object is open. */
static gg_rc read_map(decoder *d, const member *m)
{
    gg_json_token token;
    gg_rc rc = gg_json_next(&d->reader, &token);
    for (; rc == GG_OK && token.kind != GG_JSON_OBJECT_END; rc = gg_json_next(&d->reader, &token)) {
        gg_str name = token.text;
        rc = gg_json_next(&d->reader, &token);
        if (rc != GG_OK)
            return rc;
        if (token.kind == GG_JSON_ARRAY)
            rc = read_list(d, m, name);
        else if (token.kind == GG_JSON_STRING)
            rc = gg_headers_add(target(d, m), d->reader.arena, name, token.text);
        else if (token.kind != GG_JSON_NULL)
            return wrong_type(d, m);
        if (rc != GG_OK)
            return rc;
    }
    return rc;
}

/* The value that begins with token. */
static gg_rc read_member(decoder *d, const member *m, const gg_json_token *token)
{
    switch (m->kind) {
    case TEXT:
        if (token->kind != GG_JSON_STRING && token->kind != GG_JSON_NULL)
            return wrong_type(d, m);
        *(gg_str *)target(d, m) = token->kind == GG_JSON_STRING ? token->text : (gg_str){ NULL, 0 };
        return GG_OK;
    case FLAG:
        if (token->kind != GG_JSON_TRUE && token->kind != GG_JSON_FALSE && token->kind != GG_JSON_NULL)
            return wrong_type(d, m);
        *(bool *)target(d, m) = token->kind == GG_JSON_TRUE;
        return GG_OK;
    case OBJECT:
        if (token->kind != GG_JSON_OBJECT)
            return gg_json_skip(&d->reader, token);
        if (m->offset != NOWHERE)
            *(bool *)target(d, m) = true;
        if (m->inner == TOP)
            return gg_json_skip(&d->reader, token);
        d->open[d->open_count++] = m->inner;
        return GG_OK;
    case MAP:
        if (token->kind == GG_JSON_NULL)
            return GG_OK;
        return token->kind == GG_JSON_OBJECT ? read_map(d, m) : wrong_type(d, m);
    case LIST:
        if (token->kind == GG_JSON_NULL)
            return GG_OK;
        return token->kind == GG_JSON_ARRAY ? read_list(d, m, GG_STR("")) : wrong_type(d, m);
    }
    return GG_EINVAL; /* not reached: every kind returns */
}

/* All members of the object that is open, and of those inside it that the table wants. */
static gg_rc read_object(decoder *d)
{
    d->open[d->open_count++] = TOP;
    while (d->open_count > 0) {
        gg_json_token token;
        gg_rc rc = gg_json_next(&d->reader, &token);
        if (rc != GG_OK)
            return rc;
        if (token.kind == GG_JSON_OBJECT_END) {
            d->open_count--;
            continue;
        }
        const member *m = find_member(d->open[d->open_count - 1], token.text);
        if (m == NULL) {
            rc = gg_json_skip(&d->reader, &token);
        } else {
            rc = gg_json_next(&d->reader, &token);
            if (rc == GG_OK)
                rc = read_member(d, m, &token);
        }
        if (rc != GG_OK)
            return rc;
    }
    return GG_OK;
}

static gg_rc read_event(decoder *d)
{
    gg_json_token token;
    gg_rc rc = gg_json_next(&d->reader, &token);
    if (rc != GG_OK)
        return rc;
    rc = token.kind == GG_JSON_OBJECT ? read_object(d) : gg_json_skip(&d->reader, &token);
    return rc == GG_OK ? gg_json_next(&d->reader, &token) : rc; /* the end, or an error */
}

/* -- which kind -- */

static bool contains(gg_str text, gg_str part)
{
    for (size_t i = 0; i + part.len <= text.len; i++)
        if (memcmp(text.ptr + i, part.ptr, part.len) == 0)
            return true;
    return false;
}

/* The order decides: some events of a later kind also look like an earlier one would, were it not asked first. */
static gg_event_kind tell_kind(const gg_event *e)
{
    bool asks = gg_str_eq(e->type, GG_STR("REQUEST")) || gg_str_eq(e->type, GG_STR("TOKEN"));
    bool is_2_0 = gg_str_eq(e->version, GG_STR("2.0"));
    if (asks && (e->method_arn.len > 0 || e->route_arn.len > 0))
        return GG_EVENT_AUTHORIZER;
    if (e->has_elb)
        return GG_EVENT_ALB;
    if (is_2_0 && e->has_http)
        return contains(e->domain, GG_STR(".lambda-url.")) ? GG_EVENT_FUNCTION_URL : GG_EVENT_HTTP_API_2;
    if (is_2_0 && (e->service_arn.len > 0 || e->service_network_arn.len > 0))
        return GG_EVENT_LATTICE;
    if (e->lattice_path.len > 0 && e->lattice_method.len > 0)
        return GG_EVENT_LATTICE;
    if (e->connection_id.len > 0)
        return GG_EVENT_WEBSOCKET;
    if (e->http_method.len > 0 && (e->resource.len > 0 || e->path.len > 0))
        return gg_str_eq(e->version, GG_STR("1.0")) ? GG_EVENT_HTTP_API_1 : GG_EVENT_REST_API;
    return GG_EVENT_OTHER;
}

const char *gg_event_kind_name(gg_event_kind kind)
{
    static const char *const names[] = {
        [GG_EVENT_REST_API] = "a REST API",
        [GG_EVENT_HTTP_API_1] = "an HTTP API (payload 1.0)",
        [GG_EVENT_HTTP_API_2] = "an HTTP API (payload 2.0)",
        [GG_EVENT_FUNCTION_URL] = "a function URL",
        [GG_EVENT_AUTHORIZER] = "a Lambda authorizer",
        [GG_EVENT_ALB] = "an application load balancer",
        [GG_EVENT_LATTICE] = "VPC Lattice",
        [GG_EVENT_WEBSOCKET] = "a WebSocket API",
        [GG_EVENT_OTHER] = "something other than an HTTP request",
    };
    return names[kind];
}

/* -- errors -- */

static gg_str describe(const decoder *d)
{
    const gg_json_reader *r = &d->reader;
    if (d->bad != NULL)
        return gg_arena_printf(r->arena, "the event's \"%.*s\" has a value of the wrong type",
            GG_STR_ARG(d->bad->name));
    gg_json_place place = gg_json_where(r, r->error_offset);
    return gg_arena_printf(r->arena, "the event is not JSON: line %zu, column %zu: expected %s", place.line,
        place.column, r->error);
}

gg_rc gg_event_decode(gg_event *event, gg_str json, gg_arena *arena, gg_str *error)
{
    decoder d = { .event = event };
    *event = (gg_event){ .kind = GG_EVENT_OTHER };
    gg_json_reader_init(&d.reader, arena, GG_JSON_DEPTH);
    gg_json_feed(&d.reader, json, true);
    gg_rc rc = read_event(&d);
    if (rc == GG_ENOMEM)
        return rc;
    if (rc != GG_OK) {
        *error = describe(&d);
        return GG_EPROTO;
    }
    event->kind = tell_kind(event);
    return GG_OK;
}
