/* caret.c -- a place in a text or in bytes, with a caret under it (caret.h).
 *
 * Columns are those of a terminal: East Asian wide characters take two, combining ones none.  The table has
 * the blocks, not every character.  Left out: tab stops (a tab is one space), emoji of several characters.
 * Spec: Unicode Standard Annex #11; RFC 3629. */
#include "app/caret.h"

#include "base/utf8.h"

enum { REPLACEMENT = 0xfffd };

typedef struct width_range {
    uint32_t first, last;
    uint8_t columns;
    bool hidden; /* changes direction, or is not to be seen: replaced */
} width_range;

/* clang-format off */
static const width_range ranges[] = {
    { 0x0000, 0x001f, 1, true },    /* C0 */
    { 0x007f, 0x009f, 1, true },    /* DEL, C1 */
    { 0x00ad, 0x00ad, 1, true },    /* soft hyphen */
    { 0x0300, 0x036f, 0, false },   /* combining marks */
    { 0x0483, 0x0489, 0, false },
    { 0x0591, 0x05bd, 0, false },   /* Hebrew points */
    { 0x061c, 0x061c, 1, true },    /* Arabic letter mark */
    { 0x064b, 0x065f, 0, false },   /* Arabic marks */
    { 0x0e31, 0x0e31, 0, false },   /* Thai marks */
    { 0x0e34, 0x0e3a, 0, false },
    { 0x0e47, 0x0e4e, 0, false },
    { 0x1100, 0x115f, 2, false },   /* Hangul Jamo */
    { 0x180e, 0x180e, 1, true },
    { 0x1ab0, 0x1aff, 0, false },
    { 0x1dc0, 0x1dff, 0, false },
    { 0x200b, 0x200f, 1, true },    /* zero width, direction marks */
    { 0x2028, 0x202e, 1, true },    /* separators, direction overrides */
    { 0x2060, 0x206f, 1, true },
    { 0x20d0, 0x20ff, 0, false },
    { 0x231a, 0x231b, 2, false },
    { 0x23e9, 0x23ec, 2, false },
    { 0x2e80, 0x303e, 2, false },   /* CJK */
    { 0x3041, 0xa4cf, 2, false },
    { 0xa960, 0xa97f, 2, false },
    { 0xac00, 0xd7a3, 2, false },   /* Hangul */
    { 0xf900, 0xfaff, 2, false },
    { 0xfe00, 0xfe0f, 0, false },   /* variation selectors */
    { 0xfe20, 0xfe2f, 0, false },
    { 0xfe30, 0xfe6f, 2, false },
    { 0xfeff, 0xfeff, 1, true },    /* byte order mark */
    { 0xff00, 0xff60, 2, false },   /* fullwidth forms */
    { 0xffe0, 0xffe6, 2, false },
    { 0xfff9, 0xfffb, 1, true },
    { 0x16fe0, 0x18dff, 2, false }, /* Tangut and others */
    { 0x1b000, 0x1b2ff, 2, false },
    { 0x1f300, 0x1f64f, 2, false }, /* pictographs */
    { 0x1f680, 0x1f6ff, 2, false },
    { 0x1f900, 0x1faff, 2, false },
    { 0x20000, 0x3fffd, 2, false }, /* CJK */
    { 0xe0000, 0xe0fff, 1, true },  /* tags */
};
/* clang-format on */

/* What stands at a place of the text, and how it is shown. */
typedef struct glyph {
    gg_str shown;
    size_t len;       /* bytes of the text */
    unsigned columns; /* of the terminal */
} glyph;

static uint32_t scalar_of(const char *p, size_t len)
{
    static const uint8_t lead_bits[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
    uint32_t scalar = (unsigned char)p[0] & lead_bits[len];
    for (size_t i = 1; i < len; i++)
        scalar = scalar << 6 | ((unsigned char)p[i] & 0x3f);
    return scalar;
}

static width_range range_of(uint32_t scalar)
{
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (scalar >= ranges[i].first && scalar <= ranges[i].last)
            return ranges[i];
    return (width_range){ .columns = 1 };
}

/* The glyph at p, which is before end. */
static glyph glyph_at(const char *p, const char *end)
{
    size_t len = (unsigned char)*p < 0x80 ? 1 : gg_utf8_sequence_len(p, end);
    if (*p == '\t')
        return (glyph){ GG_STR(" "), 1, 1 };
    width_range range = len > 0 ? range_of(scalar_of(p, len)) : (width_range){ .hidden = true };
    if (range.hidden)
        return (glyph){ GG_STR("\xef\xbf\xbd"), len > 0 ? len : 1, 1 };
    return (glyph){ gg_str_of(p, len), len, range.columns };
}

/* The glyph that ends at p, which is after start. */
static glyph glyph_before(const char *start, const char *p)
{
    for (size_t len = 1; len <= 4 && len <= (size_t)(p - start); len++) {
        glyph g = glyph_at(p - len, p);
        if (g.len == len && !gg_utf8_is_continuation(p[-(ptrdiff_t)len]))
            return g;
    }
    return glyph_at(p - 1, p);
}

/* Prints from..to; returns its columns. */
static unsigned put(FILE *out, const char *from, const char *to)
{
    unsigned columns = 0;
    while (from < to) {
        glyph g = glyph_at(from, to);
        fwrite(g.shown.ptr, 1, g.shown.len, out);
        columns += g.columns;
        from += g.len;
    }
    return columns;
}

void gg_put_plain(FILE *out, gg_str text)
{
    if (text.len > 0)
        put(out, text.ptr, text.ptr + text.len);
}

static void put_caret(FILE *out, unsigned columns, const char *caret)
{
    fprintf(out, "  %*s%s\n", (int)columns, "", caret);
}

void gg_caret_text(FILE *out, gg_str text, size_t at, bool cut)
{
    if (text.len == 0)
        return;
    const char *place = text.ptr + at, *start = place, *end = place, *limit = text.ptr + text.len;
    while (start > text.ptr && start[-1] != '\n')
        start--;
    while (end < limit && *end != '\n')
        end++;
    cut = cut && start == text.ptr;
    if (end > place && end[-1] == '\r')
        end--;
    while (!cut && start < place && (*start == ' ' || *start == '\t'))
        start++;
    if (start == end)
        return;

    unsigned before = 0, shown;
    const char *from = place, *to = place;
    while (from > start && before < GG_CARET_BEFORE) {
        glyph g = glyph_before(start, from);
        before += g.columns;
        from -= g.len;
    }
    shown = before;
    while (to < end && shown < GG_CARET_COLUMNS) {
        glyph g = glyph_at(to, end);
        shown += g.columns;
        to += g.len;
    }
    bool cut_left = cut || from > start, cut_right = to < end;
    fputs(cut_left ? "  ..." : "  ", out);
    before = put(out, from, place) + (cut_left ? 3 : 0);
    put(out, place, to);
    fputs(cut_right ? "...\n" : "\n", out);
    put_caret(out, before, "^");
}

void gg_caret_bytes(FILE *out, gg_str bytes, size_t at)
{
    size_t from = at > GG_CARET_BYTES ? at - GG_CARET_BYTES : 0;
    size_t to = bytes.len - at > GG_CARET_BYTES ? at + GG_CARET_BYTES + 1 : bytes.len;
    if (from == to)
        return;
    fputs(from > 0 ? "  ... " : "  ", out);
    for (size_t i = from; i < to; i++)
        fprintf(out, "%s%02x", i > from ? " " : "", (unsigned char)bytes.ptr[i]);
    fputs(to < bytes.len ? " ...\n" : "\n", out);
    put_caret(out, (unsigned)(3 * (at - from) + (from > 0 ? 4 : 0)), at < bytes.len ? "^^" : "^");
}
