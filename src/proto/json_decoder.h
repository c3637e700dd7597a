/* json_decoder.h -- the state of gg_json_decoder, and what its files share.
 *
 *   from_json.c            frames, members, elements, entries: the structure
 *   json_scalar.c          values that are no messages
 *   json_any.c             google.protobuf.Any
 *   json_decoder_error.c   what was wrong, and where */
#ifndef GG_SRC_PROTO_JSON_DECODER_H
#define GG_SRC_PROTO_JSON_DECODER_H

#include "proto/message.h"

enum { GG_JSON_FIRST_FRAMES = 8 /* before the arena is asked for more */ };

typedef enum {
    FRAME_MESSAGE, /* an object with the members of `type` */
    FRAME_LIST,    /* an array with the elements of `field` */
    FRAME_MAP,     /* an object with the entries of `field` */
    FRAME_ANY      /* an Any whose members are not those of its message */
} frame_kind;

typedef enum {
    ANY_OPEN,    /* "@type" has not been met */
    ANY_VALUE,   /* the message has a form of its own, in the member "value" */
    ANY_BYTES,   /* its type is not known: "value" is base64 */
    ANY_UNTYPED, /* there is no "@type" */
} any_state;

typedef struct json_frame {
    uint8_t kind;                /* frame_kind */
    uint8_t any_state;           /* ANY */
    bool is_message;             /* counts against the depth limit */
    bool value_due;              /* MESSAGE, MAP, ANY: a name has been read, its value comes next */
    bool key_read;               /* MAP: the last entry has its key */
    bool type_read;              /* the object of an Any: "@type" has been met */
    bool value_read;             /* ANY: "value" has been met */
    uint16_t guess;              /* MESSAGE: the field that comes next if the sender keeps our order */
    const gg_message_type *type; /* MESSAGE; ANY: of the message inside */
    const gg_field *field;       /* MESSAGE: the one named last, NULL before; LIST, MAP: the field itself */
    void *message;               /* MESSAGE: the struct; LIST, MAP: the struct that holds the field; ANY: that inside */
    uint64_t seen;               /* MESSAGE: bit per field, of the first 64 */
    uint64_t *seen_rest;         /*          of the others; NULL: none yet */
    const gg_message_type *any_type; /* the object of an Any: the table, */
    void *any;                       /* ... and the struct; NULL if it is none */
} json_frame;

struct gg_json_decoder {
    gg_json_reader reader;
    gg_str fed; /* the bytes that the reader has now */
    gg_arena *arena;
    gg_codec_options options;
    const gg_message_type *type;
    void *message;
    const gg_field *field;  /* the document is this one's value; NULL: the message */
    gg_decode_error *error; /* where to put it; may be NULL */
    json_frame *frames;
    uint32_t depth, cap; /* frames in use, frames there is room for */
    uint32_t message_depth;
    bool skipping;             /* inside the value of a name that is not known */
    gg_json_token skipped;     /* that name */
    struct any_search *search; /* json_any.c; NULL before the first Any */
    gg_rc rc;                  /* of the first failure */
    json_frame first[GG_JSON_FIRST_FRAMES];
};

static inline json_frame *gg_decoder_top(gg_json_decoder *d)
{
    return &d->frames[d->depth - 1];
}

/* -- structure (from_json.c) -- */
gg_rc gg_decoder_push(gg_json_decoder *d, const gg_json_token *token, json_frame frame);
void gg_decoder_pop(gg_json_decoder *d);
/* A token that begins a message: an object becomes a frame, other forms are done at once. */
gg_rc gg_decoder_begin(gg_json_decoder *d, const gg_message_type *type, void *message, const gg_json_token *token);
/* A member that is not known: an error, or its value is passed over. */
gg_rc gg_decoder_unknown(gg_json_decoder *d, const gg_message_type *type, const gg_json_token *token);
void gg_decoder_skip(gg_json_decoder *d, const gg_json_token *name);

/* -- scalars (json_scalar.c) -- */
/* A value that is no message.  GG_ENOTFOUND is no error: a name that the enum does not have, to be ignored. */
gg_rc gg_decoder_scalar(gg_json_decoder *d, const gg_field *field, void *place, const gg_json_token *token);
/* A map's key, which JSON always has as a name. */
gg_rc gg_decoder_key(gg_json_decoder *d, const gg_field *key, void *place, const gg_json_token *token);

/* -- Any (json_any.c) -- */
gg_rc gg_decoder_begin_any(gg_json_decoder *d, const gg_message_type *type, void *any, const gg_json_token *token);
/* The next token of a frame of kind ANY; due: it is a value. */
gg_rc gg_decoder_take_any(gg_json_decoder *d, json_frame *frame, const gg_json_token *token, bool due);
/* The object has ended: its message becomes the Any's bytes. */
gg_rc gg_decoder_end_any(gg_json_decoder *d, const json_frame *frame, const gg_json_token *token);
/* Whether tokens are only looked through for types; then gg_decoder_search takes them. */
bool gg_decoder_searches(const gg_json_decoder *d);
gg_rc gg_decoder_search(gg_json_decoder *d, const gg_json_token *token);
/* The fed bytes will go away: an Any whose type is still to come is kept.  False when memory is out. */
bool gg_decoder_keep_any(gg_json_decoder *d);
/* New bytes were fed. */
void gg_decoder_fed(gg_json_decoder *d, gg_str bytes);

/* -- errors (json_decoder_error.c): each fills in *error, path included, and returns its rc -- */
gg_rc gg_decoder_fail_at(gg_json_decoder *d, gg_rc rc, size_t offset, gg_str expected, gg_str found);
/* GG_EPROTO: the token is not what was expected (static text). */
gg_rc gg_decoder_fail(gg_json_decoder *d, const gg_json_token *token, const char *expected);
/* The same with text from the arena. */
gg_rc gg_decoder_fail_text(gg_json_decoder *d, const gg_json_token *token, gg_str expected);
/* GG_ENOMEM, or GG_ETOOBIG: "at most LIMIT WHAT" (static text). */
gg_rc gg_decoder_fail_limit(gg_json_decoder *d, const gg_json_token *token, gg_rc rc, uint32_t limit, const char *what);
gg_rc gg_decoder_fail_memory(gg_json_decoder *d, const gg_json_token *token);
/* What the reader itself found wrong: no JSON, too deep, memory. */
gg_rc gg_decoder_fail_syntax(gg_json_decoder *d, gg_rc rc);

#endif
