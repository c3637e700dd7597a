/* json_decoder.h -- the state of gg_json_decoder, shared by from_json.c and its errors. */
#ifndef GG_SRC_PROTO_JSON_DECODER_H
#define GG_SRC_PROTO_JSON_DECODER_H

#include "proto/message.h"

enum {
    GG_JSON_FIRST_FRAMES = 8,              /* before the arena is asked for more */
    GG_JSON_NESTING = 2 * GG_MESSAGE_DEPTH /* objects and arrays: a message inside a list is two */
};

typedef enum {
    FRAME_MESSAGE, /* an object with the members of `type` */
    FRAME_LIST,    /* an array with the elements of `field` */
    FRAME_MAP      /* an object with the entries of `field` */
} frame_kind;

typedef struct json_frame {
    uint8_t kind;                /* frame_kind */
    bool is_message;             /* counts against GG_MESSAGE_DEPTH */
    bool value_due;              /* MESSAGE, MAP: a name has been read, its value comes next */
    bool key_read;               /* MAP: the last entry has its key */
    uint16_t guess;              /* MESSAGE: the field that comes next if the sender keeps our order */
    const gg_message_type *type; /* MESSAGE */
    const gg_field *field;       /* MESSAGE: the one named last, NULL before; LIST, MAP: the field itself */
    void *message;               /* MESSAGE: the struct; LIST, MAP: the struct that holds the field */
    uint64_t seen;               /* MESSAGE: bit per field, of the first 64 */
    uint64_t *seen_rest;         /*          of the others; NULL: none yet */
} json_frame;

struct gg_json_decoder {
    gg_json_reader reader;
    gg_arena *arena;
    gg_codec_options options;
    const gg_message_type *type;
    void *message;
    const gg_field *field;  /* the document is this one's value; NULL: the message */
    gg_decode_error *error; /* where to put it; may be NULL */
    json_frame *frames;
    uint32_t depth, cap; /* frames in use, frames there is room for */
    uint32_t message_depth;
    bool skipping;         /* inside the value of a name that is not known */
    gg_json_token skipped; /* that name */
    gg_rc rc;              /* of the first failure */
    json_frame first[GG_JSON_FIRST_FRAMES];
};

/* -- errors (json_decoder_error.c): each fills in *error, path included, and returns its rc -- */
gg_rc gg_decoder_fail_at(gg_json_decoder *d, gg_rc rc, size_t offset, gg_str expected, gg_str found);
/* GG_EPROTO: the token is not what was expected (static text). */
gg_rc gg_decoder_fail(gg_json_decoder *d, const gg_json_token *token, const char *expected);
/* The same with text from the arena. */
gg_rc gg_decoder_fail_text(gg_json_decoder *d, const gg_json_token *token, gg_str expected);
/* GG_ENOMEM, or GG_ETOOBIG and which limit (static text). */
gg_rc gg_decoder_fail_limit(gg_json_decoder *d, const gg_json_token *token, gg_rc rc, const char *limit);
gg_rc gg_decoder_fail_memory(gg_json_decoder *d, const gg_json_token *token);
/* What the reader itself found wrong: no JSON, too deep, memory. */
gg_rc gg_decoder_fail_syntax(gg_json_decoder *d, gg_rc rc);

#endif
