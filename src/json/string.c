/* string.c -- strings of the JSON reader: finding the closing quote, checking UTF-8, unescaping.
 *
 *   "plain text \u00e9 more"      run: bytes that stand for themselves, found many at a time
 *    +---------+----+----+        unit: an escape, or a character that the end of the bytes cuts
 *       run     unit  run
 *
 * A string of one run is handed out as a view.  Otherwise runs and units are put together in the arena; a
 * unit cut by the end of the bytes waits in `pending`.
 * Spec: RFC 8259, 7 and 8.1 (UTF-8 only); a lone surrogate is an error (RFC 3629, 3). */
#include "json/reader.h"

#include "base/ascii.h"
#include "base/text.h"
#include "base/utf8.h"

/* Passes over bytes that stand for themselves; stops at a quote, a backslash, a control character, at
 * what is not UTF-8 or is cut, or at end. */
static const char *skip_run(const char *p, const char *end)
{
    for (;;) {
        p = gg_skip_plain(p, end);
        if (p == end || (unsigned char)*p < 0x80)
            return p;
        do {
            size_t len = gg_utf8_sequence_len(p, end);
            if (len == 0)
                return p;
            p += len;
        } while (p < end && (unsigned char)*p >= 0x80);
    }
}

typedef struct unit {
    size_t used; /* bytes of input; 0: cut by the end, so far it is right */
    size_t len;  /* bytes of text */
    char text[4];
    const char *error;
} unit;

/* Value of four hex digits at p; -1 if they are none, -2 if cut by the end. */
static int32_t hex4(const char *p, const char *end)
{
    int32_t value = 0;
    for (int i = 0; i < 4; i++) {
        if (p + i >= end)
            return -2;
        char c = p[i], lower = (char)(c | 0x20);
        if (c >= '0' && c <= '9')
            value = value << 4 | (c - '0');
        else if (lower >= 'a' && lower <= 'f')
            value = value << 4 | (lower - 'a' + 10);
        else
            return -1;
    }
    return value;
}

static const char bad_escape[] = "an escape sequence";
static const char lone_surrogate[] = "a pair of surrogates";

/* \uXXXX or \uXXXX\uXXXX at p. */
static unit unicode_escape(const char *p, const char *end)
{
    int32_t first = hex4(p + 2, end);
    if (first < 0)
        return (unit){ .error = first == -1 ? bad_escape : NULL };
    uint32_t scalar = (uint32_t)first;
    size_t used = 6;
    if (scalar >= 0xdc00 && scalar <= 0xdfff)
        return (unit){ .error = lone_surrogate };
    if (scalar >= 0xd800 && scalar <= 0xdbff) {
        p += used;
        if ((p < end && p[0] != '\\') || (end - p > 1 && p[1] != 'u'))
            return (unit){ .error = lone_surrogate };
        int32_t second = end - p > 2 ? hex4(p + 2, end) : -2;
        if (second < 0)
            return (unit){ .error = second == -1 ? bad_escape : NULL };
        if (second < 0xdc00 || second > 0xdfff)
            return (unit){ .error = lone_surrogate };
        scalar = 0x10000 + ((scalar - 0xd800) << 10) + ((uint32_t)second - 0xdc00);
        used = 12;
    }
    unit u = { .used = used };
    u.len = gg_utf8_encode(u.text, scalar);
    return u;
}

/* Whether the bytes before end, at most three, could begin a character. */
static bool utf8_may_go_on(const char *p, const char *end)
{
    static const char continuations[] = { '\x80', '\xbf' }; /* one of them may follow any valid start */
    char whole[4];
    size_t len = (size_t)(end - p);
    if (len >= sizeof whole)
        return false;
    memcpy(whole, p, len);
    for (size_t i = 0; i < sizeof continuations; i++) {
        memset(whole + len, continuations[i], sizeof whole - len);
        if (gg_utf8_sequence_len(whole, whole + sizeof whole) > len)
            return true;
    }
    return false;
}

/* What begins at p, with a backslash or a byte above 0x7f, and is no run. */
static unit read_unit(const char *p, const char *end)
{
    static const char plain[128] = {
        ['"'] = '"',
        ['\\'] = '\\',
        ['/'] = '/',
        ['b'] = '\b',
        ['f'] = '\f',
        ['n'] = '\n',
        ['r'] = '\r',
        ['t'] = '\t',
    };
    if (*p != '\\') {
        size_t len = gg_utf8_sequence_len(p, end);
        if (len == 0)
            return (unit){ .error = utf8_may_go_on(p, end) ? NULL : "valid UTF-8" };
        unit u = { .used = len, .len = len };
        memcpy(u.text, p, len);
        return u;
    }
    if (end - p < 2)
        return (unit){ 0 };
    unsigned char c = (unsigned char)p[1];
    if (c == 'u')
        return unicode_escape(p, end);
    if (c > 127 || plain[c] == 0)
        return (unit){ .error = bad_escape };
    return (unit){ .used = 2, .len = 1, .text = { plain[c] } };
}

/* Keeps the start of a unit, and what went before it, for the next feed. */
static gg_rc cut_string(gg_json_reader *r, gg_json_kind kind, const char *run, const char *p)
{
    gg_rc rc = gg_json_carry(r, run, (size_t)(p - run));
    if (rc != GG_OK)
        return rc;
    r->pending_len = (uint8_t)(r->end - p);
    if (r->pending_len > 0) /* an empty feed has no bytes to point to */
        memcpy(r->pending, p, r->pending_len);
    return gg_json_cut(r, kind, 0);
}

gg_rc gg_json_read_string(gg_json_reader *r, gg_json_token *token, gg_json_kind kind, const char *p)
{
    const char *run = p, *end = r->end;
    for (;;) {
        p = skip_run(p, end);
        if (p < end && *p == '"')
            break;
        if (p < end && (unsigned char)*p < 0x20)
            return gg_json_fail(r, GG_EPROTO, gg_json_offset(r, p), "the control character to be escaped");
        unit u = p < end ? read_unit(p, end) : (unit){ 0 };
        if (u.error != NULL)
            return gg_json_fail(r, GG_EPROTO, gg_json_offset(r, p), u.error);
        if (u.used == 0)
            return cut_string(r, kind, run, p);
        gg_rc rc = gg_json_carry(r, run, (size_t)(p - run));
        if (rc == GG_OK)
            rc = gg_json_carry(r, u.text, u.len);
        if (rc != GG_OK)
            return rc;
        run = p += u.used;
    }
    gg_rc rc = GG_OK;
    if (r->carry_len == 0)
        gg_json_emit(r, token, kind, gg_str_of(run, (size_t)(p - run)), p);
    else
        rc = gg_json_emit_carried(r, token, kind, run, p);
    if (rc != GG_OK)
        return rc;
    r->pos = p + 1;
    if (kind == GG_JSON_NAME)
        r->expect = GG_EXPECT_COLON;
    return GG_OK;
}

gg_rc gg_json_resume_string(gg_json_reader *r, gg_json_token *token)
{
    gg_json_kind kind = (gg_json_kind)r->cut_kind;
    const char *p = r->start;
    if (r->pending_len != 0) {
        size_t before = r->pending_len, left = (size_t)(r->end - p);
        size_t more = left < sizeof r->pending - before ? left : sizeof r->pending - before;
        if (more != 0)
            memcpy(r->pending + before, p, more);
        unit u = read_unit(r->pending, r->pending + before + more);
        r->error_byte = r->pending[0];
        if (u.error != NULL)
            return gg_json_fail(r, GG_EPROTO, r->base - before, u.error);
        if (u.used == 0) {
            r->pending_len = (uint8_t)(before + more);
            return gg_json_cut(r, kind, 0);
        }
        gg_rc rc = gg_json_carry(r, u.text, u.len);
        if (rc != GG_OK)
            return rc;
        r->pending_len = 0;
        p += u.used - before;
    }
    return gg_json_read_string(r, token, kind, p);
}
