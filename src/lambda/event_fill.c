/* event_fill.c -- a decoded event to the request of an exchange, in the form that a connection would have had it.
 *
 * Path and query become percent-coded text again, so that fronts decode each piece once, whatever the origin: what
 * a gateway has decoded already is coded anew, nothing that it left coded is touched.
 * Fields about the connection are dropped, and those that only Lambda or we may set: a client's copy is a forgery.
 * Left out: a base path of a custom domain (it stays in the path); requestContext.authorizer. */
#include "base/text.h"
#include "http/field.h"
#include "lambda/event.h"

/* -- path and query -- */

static bool is_hex(char c)
{
    char lower = (char)(c | 0x20);
    return (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'f');
}

static char *put_escape(char *to, char c)
{
    static const char digits[] = "0123456789ABCDEF";
    unsigned char byte = (unsigned char)c;
    to[0] = '%';
    to[1] = digits[byte >> 4];
    to[2] = digits[byte & 15];
    return to + 3;
}

/* Whether the byte at text[i] cannot stand in a path as it is.  An escape that is one stays. */
static bool needs_escape(gg_str text, size_t i)
{
    unsigned char c = (unsigned char)text.ptr[i];
    if (c == '%')
        return text.len - i < 3 || !is_hex(text.ptr[i + 1]) || !is_hex(text.ptr[i + 2]);
    return c <= ' ' || c >= 0x7f || c == '?' || c == '#';
}

/* Without "/stage" in front, which HTTP APIs put there unless the request came by a custom domain. */
static gg_str strip_stage(const gg_event *e, gg_str path)
{
    gg_str stage = e->stage;
    size_t prefix_len = stage.len + 1;
    if (stage.len == 0 || gg_str_eq(stage, GG_STR("$default")) || path.len < prefix_len || path.ptr[0] != '/' ||
        memcmp(path.ptr + 1, stage.ptr, stage.len) != 0)
        return path;
    if (path.len > prefix_len && path.ptr[prefix_len] != '/')
        return path;
    return gg_str_of(path.ptr + prefix_len, path.len - prefix_len);
}

/* "<api>.execute-api.<region>.amazonaws.com", and the like of other partitions. */
static bool is_own_domain(gg_str domain)
{
    static const gg_str label = GG_STR_INIT(".execute-api.");
    const char *dot = domain.len > 0 ? memchr(domain.ptr, '.', domain.len) : NULL;
    return dot != NULL && gg_str_starts(gg_str_of(dot, domain.len - (size_t)(dot - domain.ptr)), label);
}

static char *put_path(char *to, const gg_event *e)
{
    bool is_http_api = e->kind == GG_EVENT_HTTP_API_1 || e->kind == GG_EVENT_HTTP_API_2;
    bool is_2_0 = e->kind == GG_EVENT_HTTP_API_2 || e->kind == GG_EVENT_FUNCTION_URL;
    gg_str path = is_2_0 ? e->raw_path : e->path;
    if (is_http_api && is_own_domain(e->domain))
        path = strip_stage(e, path);
    if (path.len == 0)
        path = GG_STR("/");
    for (size_t i = 0; i < path.len; i++) {
        if (needs_escape(path, i))
            to = put_escape(to, path.ptr[i]);
        else
            *to++ = path.ptr[i];
    }
    return to;
}

/* Nothing but unreserved characters stays as it is (RFC 3986, 2.3). */
static char *put_query_part(char *to, gg_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i], lower = (char)(c | 0x20);
        if ((lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || (c != '\0' && strchr("-._~", c) != NULL))
            *to++ = c;
        else
            to = put_escape(to, c);
    }
    return to;
}

/* The decoded pairs of payload 1.0; the map with all values, if there is one. */
static const gg_headers *query_of(const gg_event *e)
{
    return e->multi_query.count > 0 ? &e->multi_query : &e->query;
}

static char *put_query(char *to, const gg_event *e)
{
    if (e->raw_query.len > 0) {
        memcpy(to, e->raw_query.ptr, e->raw_query.len);
        return to + e->raw_query.len;
    }
    const gg_headers *pairs = query_of(e);
    for (size_t i = 0; i < pairs->count; i++) {
        if (i > 0)
            *to++ = '&';
        to = put_query_part(to, pairs->items[i].name);
        *to++ = '=';
        to = put_query_part(to, pairs->items[i].value);
    }
    return to;
}

static gg_rc fill_target(const gg_event *e, gg_exchange *x)
{
    const gg_headers *pairs = query_of(e);
    size_t most = 3 * (e->path.len + e->raw_path.len) + e->raw_query.len + 2; /* every byte escaped; "/", '?' */
    for (size_t i = 0; i < pairs->count; i++)
        most += 3 * (pairs->items[i].name.len + pairs->items[i].value.len) + 2;
    char *text = gg_arena_bytes(x->arena, most);
    if (text == NULL)
        return GG_ENOMEM;
    char *mark = put_path(text, e), *end = put_query(mark + 1, e);
    bool has_query = end > mark + 1;
    *mark = '?';
    x->path = gg_str_of(text, (size_t)(mark - text));
    x->query = has_query ? gg_str_of(mark + 1, (size_t)(end - mark - 1)) : (gg_str){ NULL, 0 };
    x->target = has_query ? gg_str_of(text, (size_t)(end - text)) : x->path;
    gg_arena_shrink(x->arena, text, most, x->target.len);
    return GG_OK;
}

/* -- header fields -- */

/* clang-format off */
/* About a connection that ended at the gateway, or what adapters set and others believe. */
static const gg_str dropped[] = {
    GG_STR_INIT("connection"), GG_STR_INIT("keep-alive"), GG_STR_INIT("proxy-connection"), GG_STR_INIT("te"),
    GG_STR_INIT("trailer"), GG_STR_INIT("transfer-encoding"), GG_STR_INIT("upgrade"), GG_STR_INIT("expect"),
    GG_STR_INIT("content-length"), GG_STR_INIT("x-amzn-request-context"), GG_STR_INIT("x-amzn-lambda-context"),
    GG_STR_INIT("x-amz-tenant-id"),
};
/* clang-format on */

static bool is_dropped(gg_str name)
{
    if (gg_str_starts(name, GG_STR("lambda-runtime-")))
        return true;
    for (size_t i = 0; i < sizeof dropped / sizeof dropped[0]; i++)
        if (gg_str_eq(name, dropped[i]))
            return true;
    return false;
}

/* The name in lower case, copied if it has to be; empty if no field has such a name; ptr NULL: no memory. */
static gg_str lower_name(gg_str name, gg_arena *arena)
{
    bool differs = false;
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        if (gg_field_lower[c] == 0)
            return GG_STR("");
        differs = differs || gg_field_lower[c] != c;
    }
    if (!differs)
        return name;
    char *copy = gg_arena_bytes(arena, name.len);
    if (copy == NULL)
        return (gg_str){ NULL, 0 };
    for (size_t i = 0; i < name.len; i++)
        copy[i] = (char)gg_field_lower[(unsigned char)name.ptr[i]];
    return gg_str_of(copy, name.len);
}

/* The cookies of payload 2.0 as one field (RFC 6265, 5.4). */
static gg_rc add_cookies(const gg_event *e, gg_exchange *x)
{
    size_t len = 0;
    for (size_t i = 0; i < e->cookies.count; i++)
        len += e->cookies.items[i].value.len + 2;
    char *text = gg_arena_bytes(x->arena, len), *to = text;
    if (text == NULL)
        return GG_ENOMEM;
    for (size_t i = 0; i < e->cookies.count; i++) {
        gg_str cookie = e->cookies.items[i].value;
        if (!gg_field_value_valid(cookie))
            continue;
        if (to > text) {
            memcpy(to, "; ", 2);
            to += 2;
        }
        memcpy(to, cookie.ptr, cookie.len);
        to += cookie.len;
    }
    return to > text ? gg_headers_add(&x->headers, x->arena, GG_STR("cookie"), gg_str_of(text, (size_t)(to - text)))
                     : GG_OK;
}

static gg_rc fill_headers(const gg_event *e, gg_exchange *x)
{
    static const gg_str cookie = GG_STR_INIT("cookie");
    const gg_headers *from = e->multi_headers.count > 0 ? &e->multi_headers : &e->headers;
    bool has_cookies = e->cookies.count > 0; /* a function URL sends them both ways */
    for (size_t i = 0; i < from->count; i++) {
        gg_str name = lower_name(from->items[i].name, x->arena), value = gg_field_trim(from->items[i].value);
        if (name.ptr == NULL)
            return GG_ENOMEM;
        if (name.len == 0 || !gg_field_value_valid(value) || is_dropped(name) ||
            (has_cookies && gg_str_eq(name, cookie)))
            continue;
        gg_rc rc = gg_headers_add(&x->headers, x->arena, name, value);
        if (rc != GG_OK)
            return rc;
    }
    return has_cookies ? add_cookies(e, x) : GG_OK;
}

/* -- all of it -- */

static gg_rc fill_body(const gg_event *e, gg_exchange *x, gg_str *body, gg_str *error)
{
    *body = e->body;
    if (e->base64 && e->body.len > 0) {
        char *bytes = gg_arena_bytes(x->arena, e->body.len / 4 * 3 + 2);
        size_t len = 0;
        if (bytes == NULL)
            return GG_ENOMEM;
        if (gg_base64_decode(bytes, &len, e->body) != GG_OK) {
            *error = GG_STR("the event's body is said to be base64, and is not");
            return GG_EPROTO;
        }
        *body = gg_str_of(bytes, len);
    }
    x->has_body = body->len > 0;
    x->content_length = body->len;
    return GG_OK;
}

static gg_str first_of(gg_str a, gg_str b)
{
    return a.len > 0 ? a : b;
}

gg_rc gg_event_fill(const gg_event *event, gg_exchange *x, gg_str *body, gg_str *error)
{
    if (event->kind >= GG_EVENT_SERVED) {
        *error = gg_arena_printf(x->arena, "events of %s are not served", gg_event_kind_name(event->kind));
        return GG_EPROTO;
    }
    bool is_2_0 = event->kind == GG_EVENT_HTTP_API_2 || event->kind == GG_EVENT_FUNCTION_URL;
    x->method = is_2_0 ? event->context_method : event->http_method;
    if (x->method.len == 0) {
        *error = GG_STR("the event has no HTTP method");
        return GG_EPROTO;
    }
    gg_rc rc = fill_target(event, x);
    if (rc == GG_OK)
        rc = fill_headers(event, x);
    if (rc != GG_OK)
        return rc;
    x->version = GG_HTTP_EVENT;
    x->authority = first_of(gg_headers_get(&x->headers, GG_STR("host")), event->domain);
    x->scheme = first_of(gg_headers_get(&x->headers, GG_STR("x-forwarded-proto")), GG_STR("https"));
    x->peer = first_of(is_2_0 ? event->context_source_ip : event->identity_source_ip, GG_STR("lambda"));
    return fill_body(event, x, body, error);
}
