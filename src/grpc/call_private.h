/* call_private.h -- struct gg_call, and what the files that move it share.
 *
 *   inproc.c     the channel, and the one function that moves a call from step to step
 *   handler.c    the two kinds of handler
 *   intercept.c  the hooks around it
 *   call.c       what handlers and interceptors ask of it (gg/call.h)
 *
 * Whatever happens to a call (the caller's functions, a timer, gg_call_finish) only notes it in the struct
 * and wakes the call's task; all hooks, handlers and events run from there, one after another.
 *
 * Two sides use a call, and it lives until both are through: the caller until its status event has returned
 * (phase CLOSED), and whoever `owes` an answer: the handler its gg_call_finish, an interceptor that holds
 * the call back its gg_call_continue. */
#ifndef GG_SRC_GRPC_CALL_PRIVATE_H
#define GG_SRC_GRPC_CALL_PRIVATE_H

#include <stdatomic.h>

#include "grpc/details.h"
#include "grpc/message_arena.h"
#include "grpc/server.h"

typedef enum gg_call_phase {
    GG_CALL_STARTING, /* start hooks run, or one of them holds the call back */
    GG_CALL_READING,  /* the handler waits for the one request message and the half-close */
    GG_CALL_HANDLING, /* the handler was called; it has finished when nobody owes */
    GG_CALL_CLOSED    /* the status event was delivered */
} gg_call_phase;

/* One direction holds one message. */
typedef enum gg_slot_state {
    GG_SLOT_EMPTY,
    GG_SLOT_READY, /* accepted from the sender */
    GG_SLOT_TAKEN  /* given to the receiver, who is not done with it */
} gg_slot_state;

typedef struct gg_slot {
    gg_message message;
    gg_slot_state state;
    bool sender_waits; /* it was told GG_AGAIN */
} gg_slot;

typedef struct gg_call_timer gg_call_timer; /* of gg_call_after; call.c */

struct gg_call {
    gg_rpc rpc; /* the caller's end; first, so that one pointer is both */
    gg_inproc_channel *channel;
    const gg_method *method; /* NULL: unknown */
    gg_arena *arena;         /* a reference of the call's own */
    gg_sched *sched;
    gg_str path, peer;
    const gg_headers *metadata;
    uint64_t deadline_ns;

    gg_task task; /* runs the steps */
    gg_timer deadline;
    gg_call_phase phase;
    bool running; /* inside the task: no need to wake it */
    bool owes;    /* a handler or a start hook is to answer still */
    bool forced;  /* canceled or out of time: closes at once, whoever owes */

    gg_slot in, out;
    bool got_message; /* at least one request message */
    bool half_closed, half_close_told;
    bool headers_sent;

    bool decided; /* status and message are what the caller will get */
    gg_status status;
    gg_str message;
    gg_str said;                  /* by the last gg_call_fail: the message of the status that follows */
    gg_headers headers, trailers; /* of the response */
    gg_str details;               /* gg_details_add */
    bool headers_due;             /* gg_call_send_headers */
    bool compressed;              /* the caller wants its messages compressed, but those that are plain */
    bool plain;                   /* gg_call_compress: what is sent from now on is */

    void *response; /* typed: the struct; raw: the gg_str below */
    gg_str raw_response;
    gg_message_arena out_arena; /* of a server-streaming handler's messages */
    gg_message_arena *in_arena; /* the caller's, of its messages; NULL: they live in the arena */
    gg_message_arena converted; /* of the streamed request message, in the form that the handler takes */
    bool sent_message;          /* at least one response message */
    bool streams;               /* the handler is one that is told events, and it was started */
    bool holds_message;         /* gg_call_hold_message */
    bool done_when_sent;        /* the request message is done when the response to it is taken */
    void *state;                /* of a streaming handler; NULL: not yet */

    size_t hooks_started; /* interceptors whose start was called */
    char *hook_state;

    void (*on_cancel)(gg_call *call, void *arg);
    void *on_cancel_arg;
    bool cancel_told;
    gg_call_timer *timers, *spare_timers;
    atomic_uint posted; /* gg_call_post jobs that have not run; they keep the call */
};

/* Makes the call's task look at it again. */
void gg_call_wake(gg_call *call);
/* The first status wins; while an answer of OK is not delivered, an error still replaces it. */
void gg_call_decide(gg_call *call, gg_status status, gg_str message);
/* Decides and closes without waiting for a handler or a reader. */
void gg_call_force(gg_call *call, gg_status status, gg_str message);
/* The handler's response goes on its way to the caller. */
void gg_call_put_response(gg_call *call, const gg_message *message);
/* gg_call_post that cannot fail: the job is the poster's own, in memory of the call, and under way once at a time. */
typedef struct gg_call_job {
    gg_loop_job job; /* first: one pointer is both */
    gg_call *call;
    void (*fn)(gg_call *call, void *arg);
    void *arg;
} gg_call_job;
void gg_call_post_job(gg_call_job *job);
/* Stops the timers of gg_call_after. */
void gg_call_stop_timers(gg_call *call);
static inline bool gg_call_client_streams(const gg_call *call)
{
    return call->method != NULL && call->method->type->client_streaming;
}
static inline bool gg_call_server_streams(const gg_call *call)
{
    return call->method != NULL && call->method->type->server_streaming;
}

/* -- of handler.c -- */
/* Calls the handler: a unary one with its message, a streaming one with GG_STREAM_START. */
void gg_handler_start(gg_call *call);
/* One event of a streaming handler that is due; false if there is none. */
bool gg_handler_step(gg_call *call);

/* -- of intercept.c; the hooks that return a status decide the call's unless it is OK -- */
/* True: all have run and continue; else the call is held back (it owes) or decided. */
bool gg_hooks_start(gg_call *call);
bool gg_hooks_message_in(gg_call *call, const gg_message *message);
bool gg_hooks_message_out(gg_call *call, const gg_message *message);
void gg_hooks_headers_out(gg_call *call);
void gg_hooks_end(gg_call *call);

#endif
