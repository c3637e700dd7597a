/* writer.c -- JSON text appended to a growing span in an arena.
 *
 * A string reserves its room once and is copied sixteen or eight bytes at a time while it is looked
 * through; only an escape asks for more room.
 * Left out: structure (commas, colons, nesting), which the caller writes; characters that JSON lets stand
 * for themselves are never escaped.
 * Spec: RFC 8259, 7; the protobuf JSON mapping for "NaN" and the infinities. */
#include "json/json.h"

#include "base/ascii.h"
#include "base/text.h"
#include "base/utf8.h"

void gg_json_writer_init(gg_json_writer *w, gg_arena *arena, size_t expect_len)
{
    *w = (gg_json_writer){ .arena = arena };
    if (expect_len != 0)
        gg_json_reserve(w, expect_len);
}

char *gg_json_reserve(gg_json_writer *w, size_t n)
{
    if (w->cap - w->len >= n)
        return w->data + w->len;
    if (w->failed || n > SIZE_MAX / 4 - w->len)
        goto fail;
    size_t need = w->len + n, cap = need > 2 * w->cap ? need : 2 * w->cap;
    char *data = w->data != NULL ? gg_arena_grow(w->arena, w->data, w->cap, cap) : gg_arena_bytes(w->arena, cap);
    if (data == NULL)
        goto fail;
    w->data = data;
    w->cap = cap;
    return data + w->len;
fail:
    w->failed = true;
    return NULL;
}

/* memcpy that is quick for a few bytes: two words that may overlap. */
static inline void copy(char *to, const char *from, size_t len)
{
    if (len > 16) {
        memcpy(to, from, len);
    } else if (len >= 8) {
        uint64_t first = gg_load64(from), last = gg_load64(from + len - 8);
        memcpy(to, &first, 8);
        memcpy(to + len - 8, &last, 8);
    } else if (len >= 4) {
        uint32_t first = gg_load32(from), last = gg_load32(from + len - 4);
        memcpy(to, &first, 4);
        memcpy(to + len - 4, &last, 4);
    } else {
        for (size_t i = 0; i < len; i++)
            to[i] = from[i];
    }
}

void gg_json_write_raw(gg_json_writer *w, gg_str text)
{
    char *to = gg_json_reserve(w, text.len);
    if (to == NULL || text.len == 0)
        return;
    copy(to, text.ptr, text.len);
    w->len += text.len;
}

/* -- strings -- */

enum { SLACK = 16 /* bytes that a copy may write beyond what it keeps */, ESCAPE_LEN = 6 /* at most */ };

/* Copies bytes that stand for themselves; stops like gg_skip_plain.  *to gets up to SLACK bytes more than
 * it is moved on. */
static const char *copy_plain(char **to, const char *p, const char *end)
{
    char *out = *to;
#if defined(__SSE2__)
    for (; end - p >= 16; p += 16, out += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
        _mm_storeu_si128((__m128i *)(void *)out, bytes);
        unsigned mask = gg_special_mask(bytes);
        if (mask != 0) {
            *to = out + __builtin_ctz(mask);
            return p + __builtin_ctz(mask);
        }
    }
#endif
    for (; end - p >= 8; p += 8, out += 8) {
        uint64_t word = gg_load64(p);
        if (gg_has_special(word))
            break;
        memcpy(out, &word, 8);
    }
    if (end - p >= 4) {
        uint32_t word = gg_load32(p);
        if (!gg_has_special(word | (uint64_t)word << 32)) {
            memcpy(out, &word, 4);
            p += 4;
            out += 4;
        }
    }
    for (; p < end && !gg_is_special(*p); p++)
        *out++ = *p;
    *to = out;
    return p;
}

/* Writes the escape of one ASCII character. */
static char *put_escape(char *to, char c)
{
    static const char letters[0x20] = { ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't' };
    static const char digits[] = "0123456789abcdef";
    unsigned char byte = (unsigned char)c;
    *to++ = '\\';
    if (byte >= 0x20) {
        *to++ = c;
    } else if (letters[byte] != 0) {
        *to++ = letters[byte];
    } else {
        memcpy(to, "u00", 3);
        to[3] = digits[byte >> 4];
        to[4] = digits[byte & 15];
        to += 5;
    }
    return to;
}

/* Writes the character above 0x7f at *p, or U+FFFD for one byte that is part of none. */
static char *put_character(char *to, const char **p, const char *end, bool *replaced)
{
    size_t len = gg_utf8_sequence_len(*p, end);
    if (len == 0) {
        *replaced = true;
        memcpy(to, "\xef\xbf\xbd", 3);
        *p += 1;
        return to + 3;
    }
    for (size_t i = 0; i < len; i++)
        *to++ = *(*p)++;
    return to;
}

void gg_json_write_string(gg_json_writer *w, gg_str text)
{
    const char *p = text.len > 0 ? text.ptr : "", *end = p + text.len;
    char *to = gg_json_reserve(w, text.len + 2 + SLACK);
    if (to == NULL)
        return;
    *to++ = '"';
    for (;;) {
        p = copy_plain(&to, p, end);
        if (p == end)
            break;
        /* An escape, or U+FFFD for a byte, is longer than what it stands for. */
        w->len = (size_t)(to - w->data);
        to = gg_json_reserve(w, ESCAPE_LEN + (size_t)(end - p) + 1 + SLACK);
        if (to == NULL)
            return;
        if ((unsigned char)*p < 0x80)
            to = put_escape(to, *p++);
        else
            to = put_character(to, &p, end, &w->replaced);
    }
    *to++ = '"';
    w->len = (size_t)(to - w->data);
}

void gg_json_write_base64(gg_json_writer *w, gg_str bytes)
{
    size_t len = gg_base64_encoded_len(bytes.len, GG_BASE64_PADDED);
    char *to = gg_json_reserve(w, len + 2);
    if (to == NULL)
        return;
    to[0] = '"';
    gg_base64_encode(to + 1, bytes, GG_BASE64_PADDED);
    to[1 + len] = '"';
    w->len += len + 2;
}

/* -- numbers -- */

void gg_json_write_i64(gg_json_writer *w, int64_t value)
{
    char *to = gg_json_reserve(w, GG_I64_TEXT_LEN);
    if (to != NULL)
        w->len += gg_i64_print(to, value);
}

void gg_json_write_u64(gg_json_writer *w, uint64_t value)
{
    char *to = gg_json_reserve(w, GG_I64_TEXT_LEN);
    if (to != NULL)
        w->len += gg_u64_print(to, value);
}

/* Writes what no JSON number can express; false if this one can. */
static bool write_not_finite(gg_json_writer *w, double value)
{
    if (value - value == 0)
        return false;
    if (value != value)
        gg_json_write_raw(w, GG_STR("\"NaN\""));
    else
        gg_json_write_raw(w, value > 0 ? GG_STR("\"Infinity\"") : GG_STR("\"-Infinity\""));
    return true;
}

void gg_json_write_double(gg_json_writer *w, double value)
{
    if (write_not_finite(w, value))
        return;
    char *to = gg_json_reserve(w, GG_DOUBLE_TEXT_LEN);
    if (to != NULL)
        w->len += gg_double_print(to, value);
}

void gg_json_write_float(gg_json_writer *w, float value)
{
    if (write_not_finite(w, (double)value))
        return;
    char *to = gg_json_reserve(w, GG_DOUBLE_TEXT_LEN);
    if (to != NULL)
        w->len += gg_float_print(to, value);
}
