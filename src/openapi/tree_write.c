/* tree_write.c -- a document as text (tree.h): indented, and safe to stand inside an HTML page.
 *
 * Spec: RFC 8259.  Layout and escapes are those of Go's encoding/json with SetIndent, which wrote these files
 * so far. */
#include "openapi/tree.h"

#include "base/text.h"

typedef struct writer {
    gg_buf *out;
    bool failed;
} writer;

static void put(writer *w, gg_str bytes)
{
    w->failed = w->failed || gg_buf_append(w->out, bytes) != GG_OK;
}

static void put_line(writer *w, size_t depth)
{
    put(w, GG_STR("\n"));
    for (size_t i = 0; i < depth; i++)
        put(w, GG_STR("  "));
}

/* Of characters below 128: what stands after the backslash, 'u' for \u00XX; 0: the character itself. */
static const char escapes[128] = {
    ['\0'] = 'u',
    ['\1'] = 'u',
    ['\2'] = 'u',
    ['\3'] = 'u',
    ['\4'] = 'u',
    ['\5'] = 'u',
    ['\6'] = 'u',
    ['\7'] = 'u',
    ['\b'] = 'b',
    ['\t'] = 't',
    ['\n'] = 'n',
    [11] = 'u',
    ['\f'] = 'f',
    ['\r'] = 'r',
    [14] = 'u',
    [15] = 'u',
    [16] = 'u',
    [17] = 'u',
    [18] = 'u',
    [19] = 'u',
    [20] = 'u',
    [21] = 'u',
    [22] = 'u',
    [23] = 'u',
    [24] = 'u',
    [25] = 'u',
    [26] = 'u',
    [27] = 'u',
    [28] = 'u',
    [29] = 'u',
    [30] = 'u',
    [31] = 'u',
    ['"'] = '"',
    ['\\'] = '\\',
    ['<'] = 'u',
    ['>'] = 'u',
    ['&'] = 'u',
};

/* Bytes of the character at the start of text; 0 if it is not UTF-8. */
static size_t char_len(gg_str text)
{
    unsigned char c = (unsigned char)text.ptr[0];
    size_t len = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    return len <= text.len && gg_utf8_valid(gg_str_of(text.ptr, len)) ? len : 0;
}

enum { ESCAPE_LEN = 6 };

/* What is written for that character; empty: itself. */
static gg_str escape_of(gg_str text, size_t len, char room[ESCAPE_LEN])
{
    static const char hex[] = "0123456789abcdef";
    unsigned char c = (unsigned char)text.ptr[0];
    if (len == 1 && escapes[c] != 0) {
        const char escape[ESCAPE_LEN] = { '\\', escapes[c], '0', '0', hex[c >> 4], hex[c & 15] };
        memcpy(room, escape, sizeof escape);
        return gg_str_of(room, escapes[c] == 'u' ? sizeof escape : 2);
    }
    if (len == 3 && memcmp(text.ptr, "\xe2\x80\xa8", 3) == 0) /* a line end to JavaScript */
        return GG_STR("\\u2028");
    if (len == 3 && memcmp(text.ptr, "\xe2\x80\xa9", 3) == 0)
        return GG_STR("\\u2029");
    return len == 0 ? GG_STR("\\ufffd") : gg_str_of("", 0);
}

static void put_string(writer *w, gg_str text)
{
    char room[ESCAPE_LEN];
    size_t done = 0;
    put(w, GG_STR("\""));
    for (size_t i = 0, len; i<text.len; i += len> 0 ? len : 1) {
        gg_str rest = gg_str_of(text.ptr + i, text.len - i);
        len = char_len(rest);
        gg_str escape = escape_of(rest, len, room);
        if (escape.len == 0)
            continue;
        put(w, gg_str_of(text.ptr + done, i - done));
        put(w, escape);
        done = i + (len > 0 ? len : 1);
    }
    put(w, gg_str_of(text.ptr + done, text.len - done));
    put(w, GG_STR("\""));
}

/* The line of a value, up to the value. */
static void put_start(writer *w, const gg_tree *inside, const gg_tree *value, size_t depth)
{
    put_line(w, depth);
    if (inside->kind != GG_TREE_OBJECT)
        return;
    put_string(w, value->key == GG_KEY_NAMED ? value->name : gg_openapi_key_names[value->key]);
    put(w, GG_STR(": "));
}

static void put_leaf(writer *w, const gg_tree *value)
{
    switch (value->kind) {
    case GG_TREE_TEXT:
        put_string(w, value->text);
        break;
    case GG_TREE_BARE:
        put(w, value->text);
        break;
    case GG_TREE_ARRAY:
        put(w, GG_STR("[]"));
        break;
    case GG_TREE_OBJECT:
        put(w, GG_STR("{}"));
        break;
    }
}

gg_rc gg_tree_write(const gg_tree *tree, gg_buf *out)
{
    const gg_tree *open[GG_TREE_DEPTH];
    size_t depth = 0;
    writer w = { .out = out };
    for (const gg_tree *value = tree;; value = value->next) {
        if (depth > 0) {
            put(&w, open[depth - 1]->first != value ? GG_STR(",") : gg_str_of("", 0));
            put_start(&w, open[depth - 1], value, depth);
        }
        for (; value->first != NULL; value = value->first) {
            if (depth == GG_TREE_DEPTH)
                return GG_ETOOBIG;
            put(&w, value->kind == GG_TREE_OBJECT ? GG_STR("{") : GG_STR("["));
            open[depth++] = value;
            put_start(&w, value, value->first, depth);
        }
        put_leaf(&w, value);
        for (; depth > 0 && value->next == NULL; value = open[depth]) {
            put_line(&w, --depth);
            put(&w, open[depth]->kind == GG_TREE_OBJECT ? GG_STR("}") : GG_STR("]"));
        }
        if (depth == 0)
            break;
    }
    put(&w, GG_STR("\n"));
    return w.failed ? GG_ENOMEM : GG_OK;
}
