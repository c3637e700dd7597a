/* gg/call.h -- handlers and interceptors, and the call that both are given.
 *
 * A call is one RPC, from the request's headers to its status.  A handler returns the status, or
 * GG_STATUS_PENDING and later calls gg_call_finish exactly once.  A gg_call * is valid until then, even if
 * the peer is gone.  The request and the response live in the call's arena; the library frees no field, so
 * a literal or memory from gg_call_alloc may be assigned to any.
 *
 * Thread: all functions belong to the thread of the call's loop (where the handler was called), except
 * gg_call_post.  With several workers handlers of different calls run at the same time. */
#ifndef GG_CALL_H
#define GG_CALL_H

#include "gg/arena.h"
#include "gg/schema.h"

GG_BEGIN_DECLS

typedef struct gg_call gg_call;

/* "/example.v1.PingService/Ping".  Lives as long as the call. */
GG_API gg_str gg_call_method(const gg_call *call);
/* Where the call came from: "127.0.0.1:54321", "unix", or the front's word for it. */
GG_API gg_str gg_call_peer(const gg_call *call);
/* The first value of a request metadata key (lower case; "-bin" values are decoded already); ptr NULL if
 * absent.  Lives as long as the call.  Spec: gRPC PROTOCOL-HTTP2, "Custom-Metadata". */
GG_API gg_str gg_call_metadata(const gg_call *call, gg_str key);
/* All of them in order; false when index is past the last. */
GG_API bool gg_call_metadata_at(const gg_call *call, size_t index, gg_str *key, gg_str *value);
/* When the call must be over, monotonic nanoseconds; UINT64_MAX without a deadline. */
GG_API uint64_t gg_call_deadline_ns(const gg_call *call);
/* True once the peer is gone or the deadline has passed: the response will not be sent. */
GG_API bool gg_call_canceled(const gg_call *call);
/* What was given at registration. */
GG_API void *gg_call_user(const gg_call *call);
/* The response to fill in: the struct of a typed handler, the gg_str of a raw one.  NULL after finish. */
GG_API void *gg_call_response(gg_call *call);

/* Zeroed memory of the call, aligned for any type; freed with the call.  NULL when the call has spent its
 * memory (the handler then returns GG_STATUS_RESOURCE_EXHAUSTED). */
GG_API void *gg_call_alloc(gg_call *call, size_t len);
/* An arena for what gg/message.h decodes and encodes: the call's own, which goes with the call; of a call that
 * streams its responses, that of the next one, which goes when that has been taken. */
GG_API gg_arena *gg_call_arena(gg_call *call);
/* Formatted text in the call's memory; empty when it is spent. */
GG_API gg_str gg_call_printf(gg_call *call, const char *format, ...) GG_PRINTF(2, 3);
/* A copy of text in the call's memory, NUL after it; empty when it is spent. */
GG_API gg_str gg_call_dup(gg_call *call, gg_str text);

/* Adds response metadata: header before the first message, trailer with the status.  key in lower case
 * ([0-9a-z_.-], not "grpc-..."); both are copied; "-bin" values are any bytes.
 * GG_OK, GG_EINVAL (a bad key or value), GG_ECANCELED (too late), GG_ENOMEM. */
GG_API gg_rc gg_call_set_header(gg_call *call, gg_str key, gg_str value);
GG_API gg_rc gg_call_set_trailer(gg_call *call, gg_str key, gg_str value);

/* Sets the status message and returns status:  return gg_call_fail(call, GG_STATUS_NOT_FOUND, "no %s", x); */
GG_API gg_status gg_call_fail(gg_call *call, gg_status status, const char *format, ...) GG_PRINTF(3, 4);

/* Adds an error detail, for a status that is not OK: the caller gets them as google.rpc.Status, with the status and
 * its message.  type: the message's full name, "google.rpc.RetryInfo" (or a whole type URL); message: serialized, both
 * are copied.  GG_OK, GG_EINVAL (no type), GG_ECANCELED (too late), GG_ENOMEM.
 * Spec: google/rpc/status.proto; gRPC PROTOCOL-HTTP2, "grpc-status-details-bin". */
GG_API gg_rc gg_call_add_detail(gg_call *call, gg_str type, gg_str message);
/* The same from a struct.  Also GG_EINVAL: it cannot be serialized. */
GG_API gg_rc gg_call_add_detail_typed(gg_call *call, const gg_message_type *type, const void *message);
/* The next detail of a serialized google.rpc.Status: starts with *rest being that, and cuts it.  type: without what
 * stands before the last slash.  Views.  GG_OK; GG_END; GG_EPROTO: malformed. */
GG_API gg_rc gg_status_next_detail(gg_str *rest, gg_str *type, gg_str *message);

/* -- compression --
 * Each call says how its messages are compressed, and each message whether it is.  A message that would not become
 * smaller goes out as it is.  Spec: gRPC compression.md. */

typedef enum gg_compression {
    GG_COMPRESSION_DEFAULT, /* what the server (--grpc-compression) or the channel is set to */
    GG_COMPRESSION_IDENTITY,
    GG_COMPRESSION_GZIP,   /* RFC 1952 */
    GG_COMPRESSION_DEFLATE /* the zlib format: RFC 1950 */
} gg_compression;

/* How the response's messages are compressed.  A caller that does not accept it (grpc-accept-encoding) gets them as they
 * are.  GG_OK; GG_ECANCELED: the headers are sent already, or the call is over; GG_EINVAL: no such compression. */
GG_API gg_rc gg_call_set_compression(gg_call *call, gg_compression compression);
/* Whether response messages that are sent from now on are compressed, in a call that does; at first they are.  Of a
 * unary call: as it stands when the handler finishes. */
GG_API void gg_call_compress(gg_call *call, bool compress);
/* Whether the request message that the handler has was compressed by the caller; of a unary call at any time. */
GG_API bool gg_call_request_compressed(const gg_call *call);

/* Sends the response's headers now, and not with the first message or the status.  GG_OK (also when they are sent
 * already), GG_ECANCELED. */
GG_API gg_rc gg_call_send_headers(gg_call *call);

/* Ends a call whose handler returned GG_STATUS_PENDING; exactly once, and the last use of call. */
GG_API void gg_call_finish(gg_call *call, gg_status status);
/* fn runs once if the call is canceled, or out of time, before it is finished; the call must still be
 * finished, by fn itself or later.  Set after the cancel, it runs soon.  One per call: a later one replaces it. */
GG_API void gg_call_on_cancel(gg_call *call, void (*fn)(gg_call *call, void *arg), void *arg);
/* Runs fn on the loop's thread after delay_ns, unless the call is finished first.  GG_OK, GG_ENOMEM,
 * GG_ECANCELED (finished already). */
GG_API gg_rc gg_call_after(gg_call *call, uint64_t delay_ns, void (*fn)(gg_call *call, void *arg), void *arg);
/* From any thread, while the call is unfinished: runs fn on the loop's thread, unless the call is finished
 * first.  GG_OK, GG_ENOMEM. */
GG_API gg_rc gg_call_post(gg_call *call, void (*fn)(gg_call *call, void *arg), void *arg);

/* -- messages -- */

/* A message on its way.  Either form may be absent; views live as long as the function that is given them, or as
 * said there. */
typedef struct gg_message {
    const gg_message_type *type; /* of typed */
    const void *typed;           /* the struct, or NULL */
    gg_str wire;                 /* serialized, if typed is NULL; never compressed */
    bool plain;                  /* of one to be sent: not compressed, even if the call's messages are */
    bool compressed;             /* of one that came: the sender had compressed it */
} gg_message;

static inline gg_message gg_message_of(const gg_message_type *type, const void *typed)
{
    gg_message message;
    memset(&message, 0, sizeof message);
    message.type = type;
    message.typed = typed;
    return message;
}

/* Sends a response message of a streaming handler, or the one of a client-streaming one in place of its response.  A
 * struct is copied; what it points to, and serialized bytes, must be static or in memory of gg_call_arena or
 * gg_call_alloc.  One message is on its way at a time: GG_OK: accepted; GG_AGAIN: the one before has not been taken
 * yet, nothing was done, and the handler hears GG_STREAM_WRITABLE; GG_EINVAL: the method has one response, and it was
 * sent; GG_ECANCELED: nobody waits for it; GG_ENOMEM. */
GG_API gg_rc gg_call_send(gg_call *call, const gg_message *message);
/* From the event that gave a request message: keeps it valid, and the next one away, after the event, until
 * gg_call_message_done.  The peer's flow-control window stays closed meanwhile. */
GG_API void gg_call_hold_message(gg_call *call);
GG_API void gg_call_message_done(gg_call *call);
/* The handler's own memory in a call that streams: len zeroed bytes at the first use, the same ones afterwards, whatever
 * len is then.  NULL when the call has spent its memory. */
GG_API void *gg_call_state(gg_call *call, size_t len);

/* -- handlers -- */

/* A unary handler on serialized messages: request is valid until the call is finished; *response is
 * empty and may be set to any bytes that live as long. */
typedef gg_status (*gg_raw_unary_fn)(gg_call *call, gg_str request, gg_str *response);

/* What a streaming handler is told, one after another, on the loop's thread.  It answers each with
 * GG_STATUS_PENDING to go on, or with the call's status; gg_call_finish may come in place of that, also later.
 * When the call is canceled and no gg_call_on_cancel is set it is finished without being told: set one if something
 * else, a thread or a handle of the program's own, holds the call still. */
typedef enum gg_stream_event {
    GG_STREAM_START,      /* once, first; of a server-streaming method with its request */
    GG_STREAM_MESSAGE,    /* a request message, valid until the event returns (gg_call_hold_message: longer) */
    GG_STREAM_HALF_CLOSE, /* once, after the last request message; not of a server-streaming method */
    GG_STREAM_WRITABLE    /* after gg_call_send said GG_AGAIN: it will accept a message now */
} gg_stream_event;

/* The same by a table, on serialized messages, for a method of any kind: there a server-streaming method has
 * `message` and `half_close` too.  Any of the functions may be NULL.  state is state_len zeroed bytes of the call's
 * own.  paced: no message, and no half-close, comes while one that was sent waits to be taken, so that each of
 * these events may send one message without asking.  It may point into the message that came: that stays until the
 * one that was sent is taken. */
typedef struct gg_stream_handler {
    size_t state_len;
    gg_status (*start)(gg_call *call, void *state);
    gg_status (*message)(gg_call *call, void *state, const gg_message *message); /* message->wire */
    gg_status (*half_close)(gg_call *call, void *state);
    gg_status (*writable)(gg_call *call, void *state);
    bool paced;
} gg_stream_handler;

/* What protoc-gen-gg emits for a method: calls the typed function in `impl`.
 *   unary             event is START; request and response
 *   server streaming  request, in every event; no response
 *   client streaming  request with MESSAGE only; response: to be filled in before the handler returns GG_STATUS_OK
 *   bidirectional     request with MESSAGE only; no response; paced, as above */
typedef gg_status (
    *gg_typed_fn)(gg_call *call, const void *impl, gg_stream_event event, const void *request, void *response);

/* A generated service: its table and, per method, how its typed function is called. */
typedef struct gg_service_binding {
    const gg_service_type *type;
    const gg_typed_fn *call;   /* one per method */
    const size_t *impl_offset; /* of the method's function pointer in impl: NULL there is UNIMPLEMENTED */
    size_t impl_len;           /* of the struct of function pointers, in bytes */
} gg_service_binding;

/* -- interceptors -- */

/* Hooks around every call, whatever front it came through; any of them may be NULL.  state is state_len
 * zeroed bytes of the call's own.  None waits for another to return, so the same interceptor serves unary
 * and streaming calls, late finishes and cancels. */
typedef struct gg_interceptor {
    size_t state_len;
    /* In order of registration.  GG_STATUS_OK continues; GG_STATUS_PENDING continues when
     * gg_call_continue is called; anything else is the call's status (gg_call_fail sets its message). */
    gg_status (*start)(gg_call *call, void *state, void *user);
    /* As the handler sees the message, in order; and as it goes out, in reverse order.  Anything but
     * GG_STATUS_OK is the call's status; a message cannot be held back. */
    gg_status (*message_in)(gg_call *call, void *state, const gg_message *message, void *user);
    gg_status (*message_out)(gg_call *call, void *state, const gg_message *message, void *user);
    /* Before the first message or the status, in reverse order; not for a call that is canceled. */
    void (*headers_out)(gg_call *call, void *state, void *user);
    /* Exactly once per started call, in reverse order, with the status the caller gets. */
    void (*end)(gg_call *call, void *state, gg_status status, gg_str message, void *user);
} gg_interceptor;

/* Continues a call that a start hook held back with GG_STATUS_PENDING: with GG_STATUS_OK to the next hook
 * or the handler, with any other status to its end.  Exactly once, also if the call is canceled meanwhile
 * (its end has run then, and this only frees it). */
GG_API void gg_call_continue(gg_call *call, gg_status status);

GG_END_DECLS
#endif
