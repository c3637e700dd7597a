/* gg/channel.h -- calling gRPC methods: of a server at a socket, or of an app in the same process.
 *
 *   gg_channel *channel = gg_channel_new("localhost:50051", NULL, NULL);
 *   gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
 *   example_v1_PingRequest request = { 0 };
 *   example_v1_PingResponse response = { 0 };
 *   gg_client_status status;
 *   if (example_v1_PingServiceClient_Ping(channel, NULL, &request, &response, arena, &status) != GG_STATUS_OK)
 *       fprintf(stderr, "%s: %.*s\n", gg_status_name(status.code), GG_STR_ARG(status.message));
 *   gg_arena_unref(arena);
 *   gg_channel_free(channel);
 *
 * A channel has a thread of its own, with a loop.  Calls are made in one of two ways, whatever the channel leads to
 * and whatever the kind of the method:
 *
 *   blocking    gg_client_unary, gg_stream_*: from any thread but the channel's own; the functions wait
 *   callbacks   gg_client_call_*: events come on the channel's thread, and nothing waits
 *
 * protoc-gen-gg writes both with the types of each method into NAME_client.gg.h.  The functions here take the table of a
 * method (gg_method_type): a generated one, one of a schema (gg/schema.h), or one that was filled in by hand: path and
 * the two kinds of streaming suffice where messages are serialized bytes.
 *
 * How calls end is told by gRPC's statuses.  What the server says is passed on; the library itself gives UNAVAILABLE (no
 * connection; it was lost; too many calls wait), DEADLINE_EXCEEDED, CANCELLED, RESOURCE_EXHAUSTED (a limit, or memory),
 * INTERNAL (the response is malformed, the request cannot be serialized, metadata that may not be sent), UNIMPLEMENTED (a
 * response of one message has none) and, for responses that are no gRPC, what their HTTP status stands for.
 * Spec: gRPC statuscodes.md, http-grpc-status-mapping.md, connectivity-semantics-and-api.md, wait-for-ready.md,
 * connection-backoff.md, naming.md, load-balancing.md. */
#ifndef GG_CHANNEL_H
#define GG_CHANNEL_H

#include "gg/call.h"
#include "gg/message.h"

GG_BEGIN_DECLS

struct gg_app;               /* gg/app.h */
struct gg_extension;         /* what a library beside libgg brings */
struct gg_tls_client_config; /* of libgg-tls */

/* -- channels -- */

typedef struct gg_channel gg_channel;

typedef enum gg_connectivity {
    GG_IDLE,              /* no connection, and none is tried: there are no calls */
    GG_CONNECTING,        /* an attempt is under way, up to the server's SETTINGS */
    GG_READY,             /* calls can be sent */
    GG_TRANSIENT_FAILURE, /* an attempt failed, or the connection was lost; the next one comes in a while */
    GG_SHUTDOWN           /* closed for ever */
} gg_connectivity;

/* Which of several addresses calls go to. */
typedef enum gg_balancing {
    GG_PICK_FIRST, /* the first one that accepts a connection; the others are tried when that is lost */
    GG_ROUND_ROBIN /* connections to all of them, calls to each in turn */
} gg_balancing;

/* Zero is the default of every member but size. */
typedef struct gg_channel_options {
    size_t size; /* sizeof(gg_channel_options), set by gg_channel_options_init */

    gg_str user_agent;      /* put before the library's own in the "user-agent" of every call */
    gg_str authority;       /* ":authority" of every call; empty: the target's host and port */
    bool wait_for_ready;    /* calls wait while there is no connection, and do not fail at once */
    gg_balancing balancing; /* of several addresses */

    /* limits; 0: the default */
    uint32_t max_message_len; /* bytes of one response message, 4 MiB; above: RESOURCE_EXHAUSTED */
    size_t header_bytes;      /* of a response's headers, and of its trailers, 64 KiB; above: RESOURCE_EXHAUSTED */
    size_t header_count;      /* the same, 128 */
    size_t queue_len;         /* calls that wait for a connection or a free stream, 1024; above: UNAVAILABLE */
    size_t call_bytes;        /* memory of one call, GG_ARENA_LIMIT; above: RESOURCE_EXHAUSTED */
    uint64_t idle_ns;         /* without a call: the connection is closed, 300 s */
    uint64_t write_ns;        /* without progress while the server does not read: it is lost, 60 s */
    uint64_t connect_ns;      /* at least so long may an attempt to connect take, 20 s */
    uint64_t backoff_ns;      /* from one attempt to the second, growing by 1.6, 1 s */
    uint64_t backoff_max_ns;  /* 120 s */

    /* PINGs in silence (keepalive.md) */
    uint64_t keepalive_ns;         /* 0: none; less than 10 s is taken for that */
    uint64_t keepalive_timeout_ns; /* for the answer, 20 s */
    bool keepalive_without_calls;

    gg_compression compression; /* of requests; GG_COMPRESSION_DEFAULT: none */

    const struct gg_extension *tls;                /* gg_tls_openssl() of libgg-tls: speak TLS; NULL: plain text */
    const struct gg_tls_client_config *tls_config; /* gg/tls.h; NULL: all defaults */
} gg_channel_options;
GG_API void gg_channel_options_init(gg_channel_options *options);

/* A channel to a server.  It connects when the first call comes, or gg_channel_connect.
 *   target   "host:port", "dns:host:port", "[v6]:port", "unix:path", "unix:///path"; several numeric addresses:
 *            "ipv4:127.0.0.1:50051,127.0.0.1:50052", "ipv6:[::1]:50051,[::1]:50052", 16 at most.
 *            A port has to be there
 *   options  copied, as what they point to; NULL: the defaults
 *   why      NULL, or GG_WHY_LEN bytes that get what is wrong when the channel is NULL
 * NULL: a bad target or option, a TLS file that is no good, no memory, no thread. */
enum { GG_WHY_LEN = 256 };
GG_API gg_channel *gg_channel_new(const char *target, const gg_channel_options *options, char why[GG_WHY_LEN]);
/* A channel to the services of an app in this process: interceptors run, and no bytes are sent.  The first one ends the
 * building of the app, which must not be given to gg_app_main, and is freed after its channels.  Handlers run on the
 * channel's thread, those that block on a pool of the channel's. */
GG_API gg_channel *gg_channel_in_process(struct gg_app *app, const gg_channel_options *options, char why[GG_WHY_LEN]);
/* Ends all calls with CANCELLED and waits until their last events have been told, and all handlers of an app's have
 * finished; then frees.  Not from the channel's own thread.  Streams (gg_stream) must have been finished before. */
GG_API void gg_channel_free(gg_channel *channel);

/* From any thread.  In-process: GG_READY. */
GG_API gg_connectivity gg_channel_state(gg_channel *channel);
/* Connects though there is no call (GG_IDLE only), and does not wait.  From any thread. */
GG_API void gg_channel_connect(gg_channel *channel);
/* Waits until the state is not `last`, for at most timeout_ns; which it is then.  From any thread but the channel's. */
GG_API gg_connectivity gg_channel_wait_for_change(gg_channel *channel, gg_connectivity last, uint64_t timeout_ns);
/* Waits until the state is `wanted`; false: it was not within timeout_ns, or cannot be any more. */
GG_API bool gg_channel_wait_for_state(gg_channel *channel, gg_connectivity wanted, uint64_t timeout_ns);
/* Runs fn on the channel's thread, soon.  From any thread.  GG_OK, GG_ENOMEM. */
GG_API gg_rc gg_channel_post(gg_channel *channel, void (*fn)(void *arg), void *arg);

/* -- what calls are given, and what they give -- */

/* Keys are lower case, values of "-bin" keys any bytes (PROTOCOL-HTTP2, "Custom-Metadata"). */
typedef struct gg_metadata_entry {
    gg_str key, value;
} gg_metadata_entry;
typedef struct gg_metadata {
    const gg_metadata_entry *entries;
    size_t count;
} gg_metadata;
/* The first value of a key; ptr NULL if there is none. */
static inline gg_str gg_metadata_get(const gg_metadata *metadata, gg_str key)
{
    for (size_t i = 0; i < metadata->count; i++)
        if (gg_str_eq(metadata->entries[i].key, key))
            return metadata->entries[i].value;
    return gg_str_of(NULL, 0);
}

typedef enum gg_wait {
    GG_WAIT_DEFAULT, /* as the channel's options say */
    GG_WAIT_FAIL_FAST,
    GG_WAIT_FOR_READY
} gg_wait;

/* Zero is the default of every member but size.  All is copied when the call starts. */
typedef struct gg_call_options {
    size_t size;                /* sizeof(gg_call_options), set by gg_call_options_init */
    uint64_t timeout_ns;        /* from the start of the call; 0: none */
    uint64_t deadline_ns;       /* monotonic (CLOCK_MONOTONIC); 0: none.  Of both the earlier one counts */
    gg_metadata metadata;       /* of the request; keys as gg_call_set_header takes them, or "user-agent" */
    gg_wait wait_for_ready;     /* whether the call waits while there is no connection */
    uint32_t max_message_len;   /* of a response message; 0: the channel's */
    gg_compression compression; /* of request messages; GG_COMPRESSION_DEFAULT: the channel's */
} gg_call_options;
GG_API void gg_call_options_init(gg_call_options *options);

/* How a call ended. */
typedef struct gg_client_status {
    gg_status code;
    gg_str message;       /* UTF-8 */
    gg_str details;       /* serialized google.rpc.Status (gg_status_next_detail); empty if there are none */
    gg_metadata headers;  /* of the response; empty if none came */
    gg_metadata trailers; /* with the status */
} gg_client_status;

/* -- blocking: from any thread but the channel's --
 * Functions with a status take NULL there.  What it points to, and what response messages point to, is in the arena; one
 * that has no room for what belongs to an OK makes it RESOURCE_EXHAUSTED. */

/* A whole unary call.
 *   request   a struct of the method's input, or serialized bytes
 *   response  a struct (zeroed) of the method's output, to be filled in; with gg_client_unary_raw serialized bytes
 * The status also when it cannot be sent, or is not understood. */
GG_API gg_status gg_client_unary(gg_channel *channel, const gg_method_type *method, const gg_call_options *options,
    const void *request, void *response, gg_arena *arena, gg_client_status *status);
GG_API gg_status gg_client_unary_raw(gg_channel *channel, const gg_method_type *method, const gg_call_options *options,
    gg_str request, gg_str *response, gg_arena *arena, gg_client_status *status);

/* A call of any kind.  One thread may send while another one receives; otherwise one thread at a time. */
typedef struct gg_stream gg_stream;

/* Starts a call.
 *   request  of a method that does not stream requests (sent at once, and nothing follows); else NULL
 * NULL: no memory, no such request, or this is the channel's thread.  Every stream must be given to gg_stream_finish. */
GG_API gg_stream *gg_stream_open(gg_channel *channel, const gg_method_type *method, const gg_call_options *options,
    const gg_message *request);
/* Sends a request message: a struct or bytes, not needed any more when it returns.  Waits until the one before has been
 * taken, so a server that does not read holds the sender up.  GG_OK; GG_END: the call is over, gg_stream_finish tells
 * how; GG_EINVAL: a struct that cannot be serialized, or requests were closed; GG_ENOMEM. */
GG_API gg_rc gg_stream_send(gg_stream *stream, const gg_message *message);
/* No request follows.  GG_OK, also the second time. */
GG_API gg_rc gg_stream_close_send(gg_stream *stream);
/* Waits for the response's headers; they live as long as the stream.  GG_OK; GG_END: the call ended without. */
GG_API gg_rc gg_stream_headers(gg_stream *stream, gg_metadata *headers);
/* Waits for the next response message.
 *   type      of *response, a zeroed struct to be filled in; NULL: *(gg_str *)response gets serialized bytes
 *   arena     of what they point to
 * GG_OK; GG_END: none follows, gg_stream_finish tells how the call ended (also if a message was malformed, or the arena
 * is spent: INTERNAL, RESOURCE_EXHAUSTED). */
GG_API gg_rc gg_stream_recv(gg_stream *stream, const gg_message_type *type, void *response, gg_arena *arena);
/* Ends the call with CANCELLED, unless it is over.  From any thread, before gg_stream_finish. */
GG_API void gg_stream_cancel(gg_stream *stream);
/* Closes requests, passes over the messages that were not received, waits for the status, frees the stream.
 *   arena  may be NULL if status is */
GG_API gg_status gg_stream_finish(gg_stream *stream, gg_arena *arena, gg_client_status *status);
/* The end of a call whose response is one message: receives it as gg_stream_recv, after closing requests. */
GG_API gg_status gg_stream_finish_with(gg_stream *stream, const gg_message_type *type, void *response, gg_arena *arena,
    gg_client_status *status);

/* -- callbacks: on the channel's thread -- */

/* One call.  Valid until its status event has returned. */
typedef struct gg_client_call gg_client_call;

/* What happens to it; any of them but status may be NULL.  What is given lives until the event returns, a message
 * longer if gg_client_call_hold_message was called. */
typedef struct gg_client_handler {
    /* At most once, before the first message. */
    void (*headers)(gg_client_call *call, const gg_metadata *headers, void *user);
    /* One response message: `typed` if the call was started with types (gg_client_request), else `wire`. */
    void (*message)(gg_client_call *call, const gg_message *message, void *user);
    /* A message may be sent: at the start of a method that streams requests, and after GG_AGAIN. */
    void (*writable)(gg_client_call *call, void *user);
    /* Once, last. */
    void (*status)(gg_client_call *call, const gg_client_status *status, void *user);
} gg_client_handler;

/* What a call starts with. */
typedef struct gg_client_request {
    const gg_method_type *method;   /* must live as long as the call */
    const gg_call_options *options; /* NULL: the defaults */
    const gg_message *message;      /* of a method that does not stream requests; copied */
    bool typed;                     /* response messages are given as structs of method->output */
} gg_client_request;
static inline gg_client_request gg_client_request_of(const gg_method_type *method, const gg_call_options *options,
    const gg_message *message, bool typed)
{
    gg_client_request request = { method, options, message, typed };
    return request;
}

/* Starts a call, from any thread; events come from the channel's only, none from inside this function.  handler must
 * live as long as the call.  GG_OK; GG_ENOMEM, GG_EINVAL (no request message where there has to be one): no event
 * follows. */
GG_API gg_rc gg_client_call_start(gg_channel *channel, const gg_client_request *request,
    const gg_client_handler *handler, void *user);
/* The following are for the channel's thread: from events, or functions that gg_channel_post runs. */
/* Sends a request message of a method that streams them: copied.  GG_OK; GG_AGAIN: the one before has not been taken
 * yet, nothing was done, `writable` follows; GG_ECANCELED: the call is over; GG_EINVAL: it cannot be serialized, or
 * requests were closed; GG_ENOMEM. */
GG_API gg_rc gg_client_call_send(gg_client_call *call, const gg_message *message);
GG_API void gg_client_call_close_send(gg_client_call *call);
/* Ends the call with CANCELLED: the status event follows. */
GG_API void gg_client_call_cancel(gg_client_call *call);
/* From a message event: keeps it valid, and the next one away, until gg_client_call_message_done.  The flow-control window
 * stays closed meanwhile, and the status waits. */
GG_API void gg_client_call_hold_message(gg_client_call *call);
GG_API void gg_client_call_message_done(gg_client_call *call);

GG_END_DECLS
#endif
