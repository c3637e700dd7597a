/* reader.c -- the structure of a JSON text: which token may come where, nesting, literals, errors.
 *
 *   gg_json_next: white space, then by what is expected
 *     a name, a value ... -> string.c, number.c, or here    , and : are taken on the way to the next token
 *
 * A token that the end of the bytes cuts is remembered in the reader and taken up by the next call.
 * Lines are not counted on the way: those of a feed are when it is used up and was not the last one, and
 * those before an error when somebody asks where it is.
 * Spec: RFC 8259.  Left out: what it lets a parser accept beyond the grammar (a byte order mark, comments,
 * lone surrogates); duplicate names, which are the caller's to judge. */
#include "json/reader.h"

#include "base/ascii.h"

void gg_json_reader_init(gg_json_reader *reader, gg_arena *arena, uint32_t depth_limit)
{
    *reader = (gg_json_reader){
        .arena = arena,
        .depth_limit = depth_limit < GG_JSON_DEPTH_MAX ? depth_limit : GG_JSON_DEPTH_MAX,
        .expect = GG_EXPECT_VALUE,
        .after_value = GG_EXPECT_INPUT_END,
    };
}

/* -- lines -- */

/* Counts the lines that begin in the fed bytes before `stop`. */
static void count_lines(const gg_json_reader *r, const char *stop, size_t *line, size_t *line_start)
{
    *line = r->line;
    *line_start = r->line_start;
    for (const char *p = r->start; p < stop; p++) {
        p = memchr(p, '\n', (size_t)(stop - p));
        if (p == NULL)
            break;
        ++*line;
        *line_start = gg_json_offset(r, p) + 1;
    }
}

/* The fed bytes are used up: the lines in them are counted while they still are there. */
static gg_rc need_more(gg_json_reader *r)
{
    if (r->token_offset >= r->base)
        count_lines(r, r->start + (r->token_offset - r->base), &r->token_line, &r->token_line_start);
    count_lines(r, r->end, &r->line, &r->line_start);
    r->base += (size_t)(r->end - r->start);
    r->start = r->pos = r->end;
    return GG_NEED_MORE;
}

void gg_json_feed(gg_json_reader *reader, gg_str bytes, bool last)
{
    reader->start = reader->pos = bytes.len > 0 ? bytes.ptr : "";
    reader->end = reader->pos + bytes.len;
    reader->last = last;
}

gg_json_place gg_json_where(const gg_json_reader *reader, size_t offset)
{
    size_t line = reader->token_line, line_start = reader->token_line_start; /* no token has a newline inside */
    if (offset >= reader->base) {
        size_t fed = (size_t)(reader->end - reader->start), ahead = offset - reader->base;
        count_lines(reader, reader->start + (ahead < fed ? ahead : fed), &line, &line_start);
    }
    size_t column = offset >= line_start ? offset - line_start + 1 : 1;
    return (gg_json_place){ .offset = offset, .line = line + 1, .column = column };
}

/* -- shared with string.c and number.c -- */

gg_rc gg_json_fail(gg_json_reader *r, gg_rc rc, size_t offset, const char *error)
{
    r->failure = rc;
    r->error = error;
    r->error_offset = offset;
    r->expect = GG_EXPECT_NOTHING;
    r->cut = false;
    return rc;
}

static gg_rc fail_at(gg_json_reader *r, const char *p, const char *error)
{
    return gg_json_fail(r, GG_EPROTO, gg_json_offset(r, p), error);
}

gg_rc gg_json_cut(gg_json_reader *r, gg_json_kind kind, uint8_t state)
{
    r->pos = r->end;
    if (r->last)
        return fail_at(r, r->end, "more JSON");
    r->cut = true;
    r->cut_kind = (uint8_t)kind;
    r->cut_state = state;
    return need_more(r);
}

gg_rc gg_json_carry(gg_json_reader *r, const char *text, size_t len)
{
    if (r->skipping || len == 0)
        return GG_OK;
    size_t need = r->carry_len + len + 1; /* with the NUL behind it */
    if (need > r->carry_cap) {
        size_t cap = need < 2 * r->carry_cap ? 2 * r->carry_cap : need + 32;
        char *grown =
            r->carry != NULL ? gg_arena_grow(r->arena, r->carry, r->carry_cap, cap) : gg_arena_bytes(r->arena, cap);
        if (grown == NULL)
            return gg_json_fail(r, GG_ENOMEM, r->token_offset, "JSON that fits the memory of one call");
        r->carry = grown;
        r->carry_cap = cap;
    }
    memcpy(r->carry + r->carry_len, text, len);
    r->carry_len += len;
    return GG_OK;
}

gg_rc gg_json_emit_carried(gg_json_reader *r, gg_json_token *token, gg_json_kind kind, const char *from, const char *to)
{
    gg_rc rc = gg_json_carry(r, from, (size_t)(to - from));
    if (rc != GG_OK)
        return rc;
    r->carry[r->carry_len] = '\0';
    gg_json_emit(r, token, kind, gg_str_of(r->carry, r->carry_len), to);
    token->owned = true;
    gg_arena_shrink(r->arena, r->carry, r->carry_cap, r->carry_len + 1);
    r->carry = NULL;
    r->carry_len = r->carry_cap = 0;
    return GG_OK;
}

static const gg_str no_text = { NULL, 0 };

/* -- nesting -- */

static gg_rc open_container(gg_json_reader *r, gg_json_token *token, gg_json_kind kind, const char *p)
{
    if (r->depth == r->depth_limit)
        return gg_json_fail(r, GG_ETOOBIG, gg_json_offset(r, p), "fewer arrays and objects inside each other");
    uint64_t bit = (uint64_t)1 << r->depth % 64, *word = &r->objects[r->depth / 64];
    bool object = kind == GG_JSON_OBJECT;
    *word = object ? *word | bit : *word & ~bit;
    r->depth++;
    r->after_value = object ? GG_EXPECT_OBJECT_NEXT : GG_EXPECT_ARRAY_NEXT;
    gg_json_emit(r, token, kind, no_text, p + 1);
    r->expect = object ? GG_EXPECT_NAME_OR_END : GG_EXPECT_VALUE_OR_END;
    return GG_OK;
}

static gg_rc close_container(gg_json_reader *r, gg_json_token *token, gg_json_kind kind, const char *p)
{
    r->depth--;
    if (r->depth == 0) {
        r->after_value = GG_EXPECT_INPUT_END;
    } else {
        uint32_t level = r->depth - 1;
        bool object = r->objects[level / 64] >> level % 64 & 1;
        r->after_value = object ? GG_EXPECT_OBJECT_NEXT : GG_EXPECT_ARRAY_NEXT;
    }
    r->token_offset = gg_json_offset(r, p);
    return gg_json_emit(r, token, kind, no_text, p + 1);
}

/* -- values -- */

static const gg_str literals[] = {
    [GG_JSON_TRUE] = GG_STR_INIT("true"),
    [GG_JSON_FALSE] = GG_STR_INIT("false"),
    [GG_JSON_NULL] = GG_STR_INIT("null"),
};

/* p is behind the first `matched` bytes. */
static gg_rc read_literal(gg_json_reader *r, gg_json_token *token, gg_json_kind kind, const char *p, size_t matched)
{
    gg_str rest = gg_str_of(literals[kind].ptr + matched, literals[kind].len - matched);
    size_t left = (size_t)(r->end - p), compared = left < rest.len ? left : rest.len;
    r->error_byte = literals[kind].ptr[0];
    if (compared != 0 && memcmp(p, rest.ptr, compared) != 0)
        return gg_json_fail(r, GG_EPROTO, r->token_offset, "a value");
    if (compared < rest.len)
        return gg_json_cut(r, kind, (uint8_t)(matched + compared));
    return gg_json_emit(r, token, kind, no_text, p + compared);
}

static gg_rc read_value(gg_json_reader *r, gg_json_token *token, const char *p)
{
    r->token_offset = gg_json_offset(r, p);
    switch (*p) {
    case '"':
        return gg_json_read_string(r, token, GG_JSON_STRING, p + 1);
    case '{':
        return open_container(r, token, GG_JSON_OBJECT, p);
    case '[':
        return open_container(r, token, GG_JSON_ARRAY, p);
    case 't':
        return read_literal(r, token, GG_JSON_TRUE, p, 0);
    case 'f':
        return read_literal(r, token, GG_JSON_FALSE, p, 0);
    case 'n':
        return read_literal(r, token, GG_JSON_NULL, p, 0);
    default:
        if (*p != '-' && (*p < '0' || *p > '9'))
            return fail_at(r, p, "a value");
        return gg_json_read_number(r, token, p);
    }
}

static gg_rc read_name(gg_json_reader *r, gg_json_token *token, const char *p, const char *expected)
{
    if (*p != '"')
        return fail_at(r, p, expected);
    r->token_offset = gg_json_offset(r, p);
    return gg_json_read_string(r, token, GG_JSON_NAME, p + 1);
}

static gg_rc resume(gg_json_reader *r, gg_json_token *token)
{
    gg_json_kind kind = (gg_json_kind)r->cut_kind;
    r->cut = false;
    if (kind == GG_JSON_NAME || kind == GG_JSON_STRING)
        return gg_json_resume_string(r, token);
    if (kind == GG_JSON_NUMBER)
        return gg_json_resume_number(r, token);
    return read_literal(r, token, kind, r->pos, r->cut_state);
}

/* The bytes are used up between tokens. */
static gg_rc at_end(gg_json_reader *r, gg_json_token *token)
{
    r->pos = r->end;
    if (r->expect == GG_EXPECT_NOTHING)
        return r->failure;
    if (!r->last)
        return need_more(r);
    if (r->expect != GG_EXPECT_INPUT_END)
        return fail_at(r, r->end, "more JSON");
    r->token_offset = gg_json_offset(r, r->end);
    return gg_json_emit(r, token, GG_JSON_END, no_text, r->end);
}

gg_rc gg_json_next(gg_json_reader *reader, gg_json_token *token)
{
    gg_json_reader *r = reader;
    if (r->cut)
        return resume(r, token);
    for (const char *p = r->pos;;) { /* at most two rounds take a byte and go on: a comma, a colon */
        p = gg_skip_space(p, r->end);
        if (p == r->end)
            return at_end(r, token);
        switch (r->expect) {
        case GG_EXPECT_VALUE_OR_END:
            if (*p == ']')
                return close_container(r, token, GG_JSON_ARRAY_END, p);
            return read_value(r, token, p);
        case GG_EXPECT_VALUE:
            return read_value(r, token, p);
        case GG_EXPECT_NAME_OR_END:
            if (*p == '}')
                return close_container(r, token, GG_JSON_OBJECT_END, p);
            return read_name(r, token, p, "a name or '}'");
        case GG_EXPECT_NAME:
            return read_name(r, token, p, "a name");
        case GG_EXPECT_COLON:
            if (*p != ':')
                return fail_at(r, p, "':'");
            r->expect = GG_EXPECT_VALUE;
            break;
        case GG_EXPECT_OBJECT_NEXT:
            if (*p == '}')
                return close_container(r, token, GG_JSON_OBJECT_END, p);
            if (*p != ',')
                return fail_at(r, p, "',' or '}'");
            r->expect = GG_EXPECT_NAME;
            break;
        case GG_EXPECT_ARRAY_NEXT:
            if (*p == ']')
                return close_container(r, token, GG_JSON_ARRAY_END, p);
            if (*p != ',')
                return fail_at(r, p, "',' or ']'");
            r->expect = GG_EXPECT_VALUE;
            break;
        case GG_EXPECT_INPUT_END:
            return fail_at(r, p, "the end of the input");
        default: /* GG_EXPECT_NOTHING */
            return r->failure;
        }
        p++;
    }
}

gg_rc gg_json_skip(gg_json_reader *reader, const gg_json_token *token)
{
    if (!reader->skipping) {
        bool container = token->kind == GG_JSON_OBJECT || token->kind == GG_JSON_ARRAY;
        if (!container && token->kind != GG_JSON_NAME)
            return GG_OK;
        reader->skipping = true;
        reader->skip_depth = container ? reader->depth - 1 : reader->depth;
    }
    gg_rc rc;
    gg_json_token passed;
    do
        rc = gg_json_next(reader, &passed);
    while (rc == GG_OK && reader->depth != reader->skip_depth);
    if (rc != GG_NEED_MORE)
        reader->skipping = false;
    return rc;
}
