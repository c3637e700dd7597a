/* reply.h -- one HTTP/1.1 reply of the Runtime API, from bytes.
 *
 * Keeps the status, the header fields that a runtime wants, and the body, all in the arena it is given.
 * No I/O.  Left out: trailers, other header fields.
 * Spec: RFC 9112; AWS, "Using the Lambda runtime API". */
#ifndef GG_SRC_LAMBDA_REPLY_H
#define GG_SRC_LAMBDA_REPLY_H

#include <llhttp.h>

#include "base/arena.h"

enum {
    GG_REPLY_HEAD_LEN = 64 * 1024,      /* bytes of the header block */
    GG_REPLY_BODY_LEN = 8 * 1024 * 1024 /* of the body: above the 6 MiB of the largest event */
};

/* The header fields that are kept; their names in reply.c, without "lambda-runtime-". */
typedef enum gg_reply_field {
    GG_REPLY_REQUEST_ID,
    GG_REPLY_DEADLINE_MS,
    GG_REPLY_FUNCTION_ARN,
    GG_REPLY_TRACE_ID,
    GG_REPLY_CLIENT_CONTEXT,
    GG_REPLY_COGNITO_IDENTITY,
    GG_REPLY_TENANT_ID,
    GG_REPLY_INVOCATION_ID,
    GG_REPLY_FIELDS
} gg_reply_field;

/* "lambda-runtime-aws-request-id" */
gg_str gg_reply_field_name(gg_reply_field field);

typedef struct gg_reply {
    int status;
    gg_str fields[GG_REPLY_FIELDS]; /* empty: absent */
    gg_str body;
    bool whole, keep_alive; /* keep_alive: once whole */

    /* The rest is the implementation's own. */
    llhttp_t parser;
    gg_arena *arena;
    bool begun; /* a byte of it has come */
    size_t head_len, body_cap;
    char name[48];   /* of the field being read; a longer one is none that is kept */
    size_t name_len; /* above sizeof name: too long */
    int field;       /* whose value is being read: a gg_reply_field, or -1 */
    gg_rc failure;
} gg_reply;

/* A new reply is awaited; what is kept of it goes into the arena. */
void gg_reply_init(gg_reply *reply, gg_arena *arena);
/* The next bytes: GG_NEED_MORE, GG_OK (whole), GG_EPROTO (not HTTP, or bytes after the end of the reply),
 * GG_ETOOBIG, GG_ENOMEM. */
gg_rc gg_reply_receive(gg_reply *reply, gg_str bytes);
/* The peer sends no more: GG_OK if that is how this reply ends, else GG_EPROTO. */
gg_rc gg_reply_eof(gg_reply *reply);

#endif
