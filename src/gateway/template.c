/* template.c -- parses one path template at load.
 *
 *   Template  = "/" Segments [ ":" Verb ]        Segment   = "*" | "**" | Literal | Variable
 *   Segments  = Segment { "/" Segment }          Variable  = "{" FieldPath [ "=" Segments ] "}"
 *
 * Where the verb starts: after a variable that ends the template, at the first colon; else at the last
 * colon of the last segment.  A verb stays as it is written, a literal is unescaped.
 * Spec: google/api/http.proto, "Path template syntax"; the two readings it leaves open ("/" alone, colons
 * in literals) are grpc-gateway's, its reading of "//" as one "*" is not.  Elsewhere: what the field paths mean (routes.c), matching (match.c). */
#include "gateway/template.h"

#include "base/text.h"

typedef struct template_parser {
    gg_str text; /* without the verb */
    size_t pos;
    gg_arena *arena;
    gg_template *out;
    const char *error; /* static; about the character at pos */
} template_parser;

/* RFC 3986, 3.3: pchar without '%', which is read apart. */
static bool is_pchar(char c)
{
    bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return alnum || (c != '\0' && strchr("-._~!$&'()*+,;=:@", c) != NULL);
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_name(char c, bool first)
{
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (!first && c >= '0' && c <= '9');
}

static bool at(const template_parser *p, char c)
{
    return p->pos < p->text.len && p->text.ptr[p->pos] == c;
}

static gg_rc fail(template_parser *p, const char *error)
{
    p->error = error;
    return GG_EINVAL;
}

static size_t count_of(gg_str text, char c)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == c;
    return count;
}

/* Where the verb's colon is; text.len if there is none. */
static size_t verb_colon(gg_str text)
{
    size_t last = text.len; /* where the last segment, or what follows its variable, begins */
    while (last > 0 && text.ptr[last - 1] != '/' && text.ptr[last - 1] != '}')
        last--;
    if (last > 0 && text.ptr[last - 1] == '}') {
        const char *colon = memchr(text.ptr + last, ':', text.len - last);
        return colon != NULL ? (size_t)(colon - text.ptr) : text.len;
    }
    for (size_t i = text.len; i > last; i--)
        if (text.ptr[i - 1] == ':')
            return i - 1;
    return text.len;
}

/* pchars and well-formed escapes up to `end`, which p->pos is left at. */
static gg_rc check_chars(template_parser *p, size_t end)
{
    while (p->pos < end) {
        const char *c = p->text.ptr + p->pos;
        if (*c == '%' && end - p->pos >= 3 && is_hex(c[1]) && is_hex(c[2])) {
            p->pos += 3;
            continue;
        }
        if (*c == '%')
            return fail(p, "'%' needs two hexadecimal digits");
        if (*c == '{' || *c == '}')
            return fail(p, "a variable must be a whole segment");
        if (!is_pchar(*c))
            return fail(p, "this character must be percent-encoded");
        p->pos++;
    }
    return GG_OK;
}

static gg_rc add_segment(template_parser *p, gg_segment_kind kind, gg_str literal)
{
    if (p->out->segment_count == GG_TEMPLATE_SEGMENTS)
        return fail(p, "too many segments");
    p->out->segments[p->out->segment_count++] = (gg_segment){ .kind = kind, .literal = literal };
    return GG_OK;
}

/* "*", "**" or a literal, up to the next '/' (or the '}' that closes the variable). */
static gg_rc parse_plain_segment(template_parser *p, bool in_variable)
{
    size_t start = p->pos, end = start;
    while (end < p->text.len && p->text.ptr[end] != '/' && !(in_variable && p->text.ptr[end] == '}'))
        end++;
    gg_str raw = gg_str_of(p->text.ptr + start, end - start);
    if (raw.len == 0)
        return fail(p, "a segment is empty");
    if (gg_str_eq(raw, GG_STR("*"))) {
        p->pos = end;
        return add_segment(p, GG_SEGMENT_ONE, (gg_str){ 0 });
    }
    if (gg_str_eq(raw, GG_STR("**"))) {
        if (p->out->many >= 0)
            return fail(p, "a second \"**\"");
        p->pos = end;
        p->out->many = (int16_t)p->out->segment_count;
        return add_segment(p, GG_SEGMENT_MANY, (gg_str){ 0 });
    }
    gg_rc rc = check_chars(p, end);
    if (rc != GG_OK)
        return rc;
    char *plain = gg_arena_bytes(p->arena, raw.len);
    if (plain == NULL)
        return GG_ENOMEM;
    size_t len = 0;
    if (gg_percent_decode(plain, &len, raw, GG_UNESCAPE_ALL, false) != GG_OK || !gg_utf8_valid(gg_str_of(plain, len)))
        return fail(p, "the segment's escapes are not UTF-8");
    return add_segment(p, GG_SEGMENT_LITERAL, gg_str_of(plain, len));
}

static gg_rc parse_field_path(template_parser *p, gg_str *path)
{
    size_t start = p->pos;
    for (;;) {
        if (p->pos == p->text.len || !is_name(p->text.ptr[p->pos], true))
            return fail(p, "a field name is expected");
        while (p->pos < p->text.len && is_name(p->text.ptr[p->pos], false))
            p->pos++;
        if (!at(p, '.'))
            break;
        p->pos++;
    }
    *path = gg_str_of(p->text.ptr + start, p->pos - start);
    return GG_OK;
}

/* From after '{' to after '}'. */
static gg_rc parse_variable(template_parser *p)
{
    if (p->out->variable_count == GG_TEMPLATE_VARIABLES)
        return fail(p, "too many variables");
    gg_template_variable *v = &p->out->variables[p->out->variable_count];
    *v = (gg_template_variable){ .first = p->out->segment_count };
    gg_rc rc = parse_field_path(p, &v->field_path);
    if (rc == GG_OK && at(p, '=')) {
        do {
            p->pos++;
            rc = at(p, '{') ? fail(p, "a variable inside a variable") : parse_plain_segment(p, true);
        } while (rc == GG_OK && at(p, '/'));
    } else if (rc == GG_OK)
        rc = add_segment(p, GG_SEGMENT_ONE, (gg_str){ 0 });
    if (rc != GG_OK)
        return rc;
    if (!at(p, '}'))
        return fail(p, "'}' is expected");
    p->pos++;
    v->count = (uint16_t)(p->out->segment_count - v->first);
    v->multi = v->count > 1 || p->out->segments[v->first].kind == GG_SEGMENT_MANY;
    p->out->variable_count++;
    return GG_OK;
}

static gg_rc parse_segments(template_parser *p)
{
    if (!at(p, '/'))
        return fail(p, "'/' is expected");
    if (p->text.len == 1) { /* "/" is one empty segment, as it is in a request's path */
        p->pos = 1;
        return add_segment(p, GG_SEGMENT_LITERAL, (gg_str){ 0 });
    }
    do { /* each round takes at least one character */
        p->pos++;
        bool variable = at(p, '{');
        p->pos += variable;
        gg_rc rc = variable ? parse_variable(p) : parse_plain_segment(p, false);
        if (rc != GG_OK)
            return rc;
    } while (at(p, '/'));
    return p->pos == p->text.len ? GG_OK : fail(p, "a variable must be a whole segment");
}

static gg_rc parse_verb(template_parser *p, gg_str text, size_t colon)
{
    p->text = text;
    p->pos = colon < text.len ? colon + 1 : text.len;
    p->out->verb = gg_str_of(text.ptr + p->pos, text.len - p->pos);
    return check_chars(p, text.len);
}

gg_rc gg_template_parse(gg_str text, gg_arena *arena, gg_template *out, gg_str *error)
{
    size_t colon = verb_colon(text);
    template_parser p = { .text = gg_str_of(text.ptr, colon), .arena = arena, .out = out };
    *out = (gg_template){ .many = -1 };
    size_t segments = count_of(text, '/') + 1, variables = count_of(text, '{') + 1;
    out->segments = gg_arena_zalloc(arena, segments * sizeof *out->segments);
    out->variables = gg_arena_zalloc(arena, variables * sizeof *out->variables);
    if (out->segments == NULL || out->variables == NULL)
        return GG_ENOMEM;

    gg_rc rc = parse_segments(&p);
    if (rc == GG_OK)
        rc = parse_verb(&p, text, colon);
    if (rc == GG_EINVAL) {
        *error = gg_arena_printf(arena, "column %zu: %s", p.pos + 1, p.error);
        if (error->ptr == NULL)
            return GG_ENOMEM;
    }
    return rc;
}
