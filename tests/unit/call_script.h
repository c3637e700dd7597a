/* call_script.h -- calls on a channel, driven by hand: a script in, a story out.  The channel is the in-process
 * one, or an HTTP/2 channel to it.
 *
 * A script is a string of one-letter steps; everything that hooks, handlers and the caller are told is written
 * down as words, so a row is a script and the story that it must give.
 *
 *   caller       S send a message "m1", "m2", ...   T the same, typed    h half-close   c cancel   e cancel INTERNAL
 *                d message done
 *   time         . run the tasks     + 10 ms pass, run timers and tasks
 *   handler      f finish OK   n finish NOT_FOUND   D message done   O send a response "o1", "o2", ...
 *   interceptor  k continue OK   K continue PERMISSION_DENIED */
#ifndef GG_TESTS_CALL_SCRIPT_H
#define GG_TESTS_CALL_SCRIPT_H

#include "grpc/server.h"
#include "h2_loopback.h"

enum { STORY_LEN = 2048, SCRIPT_NS_PER_STEP = 10000000 };

/* message Text { string text = 1; } */
typedef struct Text {
    gg_str text;
} Text;
extern const gg_message_type Text_type, Text_twin_type; /* two tables of one message */

/* service test.v1.Test, registered with: */
#define TYPED "/test.v1.Test/Typed"   /* a typed handler */
#define RAW "/test.v1.Test/Raw"       /* a raw one */
#define STREAM "/test.v1.Test/Stream" /* bidirectional */
#define CLIENT "/test.v1.Test/Client" /* client streaming */
#define SERVER "/test.v1.Test/Server" /* server streaming */
#define NOBODY "/test.v1.Test/Nobody" /* no handler */
/* with typed handlers, of call_streams.c */
#define TYPED_CLIENT "/test.v1.Test/TypedClient" /* answers how many messages came */
#define TYPED_SERVER "/test.v1.Test/TypedServer" /* sends the request three times */
#define TYPED_BOTH "/test.v1.Test/TypedBoth"     /* sends each message back */
/* Once call_script_catch_all was called: sends each message back, and ends with ABORTED. */
#define UNKNOWN "/who.Knows/What"

/* What the handler does when it is called; the stream handler does it at half-close. */
typedef enum handler_does {
    ANSWER,     /* OK at once, a response "re:" and the request's text */
    FAIL,       /* NOT_FOUND at once, "no m1" */
    WAIT,       /* PENDING, until the script finishes it */
    LATER,      /* PENDING, finished OK by a timer after 15 ms */
    FINISH_NOW, /* gg_call_finish before it returns PENDING */
    ON_CANCEL,  /* PENDING, finished when it hears of a cancel */
    METADATA,   /* sets a header and a trailer, then OK */
    NONSENSE,   /* returns a status that is none */
    BAD_TEXT    /* a response that is not UTF-8 */
} handler_does;

/* What the interceptor A does; B only watches. */
typedef enum hook_does {
    PASS,
    REFUSE,        /* start: UNAUTHENTICATED, "who?" */
    HOLD,          /* start: PENDING, until the script continues it */
    HOLD_AND_PASS, /* start: gg_call_continue before it returns PENDING */
    REFUSE_IN,     /* message_in: INVALID_ARGUMENT */
    REFUSE_OUT,    /* message_out: DATA_LOSS */
    PENDING_IN,    /* message_in: PENDING, which it may not */
    SET_HEADER     /* headers_out: sets one; end: a trailer */
} hook_does;

typedef struct call_script {
    handler_does handler;
    hook_does hook;
    uint64_t deadline_ns;
    gg_loop *loop;
    const gg_headers *metadata; /* of the request */

    gg_server server;
    gg_inproc_channel channel;
    bool over_h2;
    h2_loopback h2;              /* to channel */
    gg_rpc_channel *caller_uses; /* one of the two */
    gg_sched sched;
    gg_arena *arena;
    gg_rpc *rpc;           /* NULL: not started, or its status has come */
    gg_rpc *last_rpc;      /* stays */
    gg_call *waiting;      /* a handler that is to be finished */
    gg_call *held;         /* a call that is to be continued */
    size_t sent, answered; /* messages so far */
    size_t status_count;
    gg_status status;
    char story[STORY_LEN];
    size_t story_len;
} call_script;

/* Handlers of call_streams.c. */
gg_status typed_client_handler(gg_call *call, const void *impl, gg_stream_event event, const void *message,
    void *response);
gg_status typed_server_handler(gg_call *call, const void *impl, gg_stream_event event, const void *request,
    void *response);
gg_status typed_both_handler(gg_call *call, const void *impl, gg_stream_event event, const void *message,
    void *response);
extern const gg_stream_handler unknown_handler;
/* Interceptors of call_hooks.c. */
extern const gg_interceptor call_script_hook_a, call_script_hook_b;

/* Builds the server; false when an allocation failed (deinit is due anyway). */
bool call_script_init(call_script *s, handler_does handler, hook_does hook);
void call_script_deinit(call_script *s);
/* From now on calls go over HTTP/2. */
void call_script_use_h2(call_script *s);
/* From now on unknown methods have a handler. */
void call_script_catch_all(call_script *s);
/* Starts a call; NULL rpc when an allocation failed. */
void call_script_start(call_script *s, const char *path, uint64_t deadline_ns);
void call_script_run(call_script *s, const char *script);
/* Brings whatever is left to its end: cancels, continues, finishes. */
void call_script_end(call_script *s);
/* The words of a story that the caller was told, and the others: both keep their order. */
void call_script_split(const char *story, char told[STORY_LEN], char others[STORY_LEN]);
void call_script_note(call_script *s, const char *format, ...) GG_PRINTF(2, 3);

#endif
