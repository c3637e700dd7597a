/* json.h -- a pull reader and a writer for JSON text (RFC 8259).
 *
 * Reader: feed bytes, take tokens.  Any split of the input gives the same tokens and the same error at
 * the same place.  Depth is bounded and kept in a bit set, never on the C stack.
 *
 *   feed(bytes, last?) -> next() -> GG_OK + token | GG_NEED_MORE | GG_EPROTO / GG_ETOOBIG / GG_ENOMEM
 *
 * A token that lies whole in the fed bytes and needs no unescaping is a view into them; otherwise it is
 * put together in the arena.  Strings are checked UTF-8 and unescaped; numbers are text in JSON's form.
 * Elsewhere: what the values mean (src/proto). */
#ifndef GG_SRC_JSON_JSON_H
#define GG_SRC_JSON_JSON_H

#include "base/arena.h"

typedef enum {
    GG_JSON_OBJECT, /* { */
    GG_JSON_OBJECT_END,
    GG_JSON_ARRAY, /* [ */
    GG_JSON_ARRAY_END,
    GG_JSON_NAME, /* a member's name; its value follows */
    GG_JSON_STRING,
    GG_JSON_NUMBER, /* text as written */
    GG_JSON_TRUE,
    GG_JSON_FALSE,
    GG_JSON_NULL,
    GG_JSON_END /* the top-level value is complete and only white space followed, to the end */
} gg_json_kind;

typedef struct gg_json_token {
    gg_json_kind kind;
    bool owned;    /* text is in the arena and followed by a NUL; else a view into the fed bytes */
    gg_str text;   /* NAME, STRING: unescaped; NUMBER: as written */
    size_t offset; /* of its first byte in the whole input */
} gg_json_token;

enum { GG_JSON_DEPTH = 100, GG_JSON_DEPTH_MAX = 1024 };

typedef struct gg_json_reader {
    gg_rc failure;       /* the error that was met; every later call gives it again */
    const char *error;   /* what was expected, static text: "a value"; NULL if there is none */
    size_t error_offset; /* in the whole input */
    char error_byte;     /* what is there, if it came with an earlier feed */

    /* The rest is the implementation's own. */
    gg_arena *arena;
    const char *start, *pos, *end; /* the bytes fed last, and how far they are used up */
    size_t base;                   /* offset of `start` in the whole input */
    bool last;                     /* no more bytes will come */
    uint8_t expect;                /* what may come next (reader.h) */
    uint8_t after_value;           /* ... once a value of this depth is complete */
    bool skipping;                 /* inside gg_json_skip: text is checked but not kept */
    uint32_t depth, depth_limit, skip_depth;
    uint64_t objects[GG_JSON_DEPTH_MAX / 64]; /* one bit a level: an object, else an array */

    bool cut;            /* the end of the bytes cut a token: */
    uint8_t cut_kind;    /* ... a gg_json_kind */
    uint8_t cut_state;   /* ... how far a number or literal had come */
    uint8_t pending_len; /* ... and of a string, the start of an escape or character */
    char pending[12];
    char *carry; /* in the arena: the text put together so far */
    size_t carry_len, carry_cap;

    size_t line, line_start; /* of `start`: lines before it, offset of its line's first byte */
    size_t token_offset, token_line,
        token_line_start; /* of the token begun last; its line once it is not in the fed bytes */
} gg_json_reader;

void gg_json_reader_init(gg_json_reader *reader, gg_arena *arena, uint32_t depth_limit);
/* The next bytes of the document; the earlier ones must have been used up (next said GG_NEED_MORE), from
 * then on the reader does not look at them.  A view into them lives as long as they do. */
void gg_json_feed(gg_json_reader *reader, gg_str bytes, bool last);
gg_rc gg_json_next(gg_json_reader *reader, gg_json_token *token);
/* After any token that begins a value (or a NAME): passes over the rest of that value.  Resumable:
 * GG_NEED_MORE, then call again. */
gg_rc gg_json_skip(gg_json_reader *reader, const gg_json_token *token);

/* Where in the input an offset is: line from 1, column in bytes from 1.  Right for an error's offset, for
 * any offset of the token returned last, and for the bytes fed last until they are used up. */
typedef struct gg_json_place {
    size_t offset, line, column;
} gg_json_place;
gg_json_place gg_json_where(const gg_json_reader *reader, size_t offset);

/* -- writer: appends to a growing span in an arena -- */
typedef struct gg_json_writer {
    gg_arena *arena;
    char *data;
    size_t len, cap;
    bool failed;   /* memory was out: the result is not to be used */
    bool replaced; /* a string was not UTF-8 */
} gg_json_writer;

void gg_json_writer_init(gg_json_writer *w, gg_arena *arena, size_t expect_len);
/* Room for n more bytes, NULL if memory is out (and failed is set). */
char *gg_json_reserve(gg_json_writer *w, size_t n);
static inline void gg_json_put(gg_json_writer *w, char c)
{
    char *p = w->len < w->cap ? w->data + w->len : gg_json_reserve(w, 1);
    if (p != NULL) {
        *p = c;
        w->len++;
    }
}
void gg_json_write_raw(gg_json_writer *w, gg_str text); /* as it is */
void gg_json_write_string(gg_json_writer *w,
    gg_str text); /* quoted and escaped; bytes that are not UTF-8 become U+FFFD */
void gg_json_write_base64(gg_json_writer *w, gg_str bytes); /* quoted */
void gg_json_write_i64(gg_json_writer *w, int64_t value);   /* bare digits */
void gg_json_write_u64(gg_json_writer *w, uint64_t value);
void gg_json_write_double(gg_json_writer *w, double value); /* shortest; "NaN", "Infinity", "-Infinity" quoted */
void gg_json_write_float(gg_json_writer *w, float value);
static inline gg_str gg_json_result(const gg_json_writer *w)
{
    return gg_str_of(w->data, w->len);
}

#endif
