/* reader.h -- what the files of the JSON reader share: reader.c (structure), string.c, number.c. */
#ifndef GG_SRC_JSON_READER_H
#define GG_SRC_JSON_READER_H

#include "json/json.h"

/* gg_json_reader.expect */
enum {
    GG_EXPECT_VALUE,
    GG_EXPECT_VALUE_OR_END, /* after [ */
    GG_EXPECT_NAME_OR_END,  /* after { */
    GG_EXPECT_NAME,         /* after a comma in an object */
    GG_EXPECT_COLON,
    GG_EXPECT_OBJECT_NEXT, /* after a member */
    GG_EXPECT_ARRAY_NEXT,  /* after an element */
    GG_EXPECT_INPUT_END,   /* after the top-level value */
    GG_EXPECT_NOTHING      /* after an error */
};

static inline size_t gg_json_offset(const gg_json_reader *r, const char *p)
{
    return r->base + (size_t)(p - r->start);
}

/* Ends the reading with an error; returns rc. */
gg_rc gg_json_fail(gg_json_reader *r, gg_rc rc, size_t offset, const char *error);
/* The bytes are used up inside a token: it is an error if no more will come.  Sets pos. */
gg_rc gg_json_cut(gg_json_reader *r, gg_json_kind kind, uint8_t state);
/* Adds to the text that is put together, unless skipping. */
gg_rc gg_json_carry(gg_json_reader *r, const char *text, size_t len);

/* Hands out a token whose last byte is before p; the text is a view. */
static inline gg_rc gg_json_emit(gg_json_reader *r, gg_json_token *token, gg_json_kind kind, gg_str text, const char *p)
{
    r->pos = p;
    r->expect = r->after_value;
    token->kind = kind;
    token->owned = false;
    token->text = text;
    token->offset = r->token_offset;
    return GG_OK;
}
/* The same for a text of which the arena holds the first part: [from, to) is added to that. */
gg_rc gg_json_emit_carried(gg_json_reader *r, gg_json_token *token, gg_json_kind kind, const char *from,
    const char *to);

/* p is behind the opening quote, or at the start of the bytes if resumed. */
gg_rc gg_json_read_string(gg_json_reader *r, gg_json_token *token, gg_json_kind kind, const char *p);
gg_rc gg_json_resume_string(gg_json_reader *r, gg_json_token *token);
/* p is at the first byte. */
gg_rc gg_json_read_number(gg_json_reader *r, gg_json_token *token, const char *p);
gg_rc gg_json_resume_number(gg_json_reader *r, gg_json_token *token);

#endif
