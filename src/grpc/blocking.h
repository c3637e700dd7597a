/* blocking.h -- struct gg_blocking_call, as its two files share it: blocking.c, blocking_call.c. */
#ifndef GG_SRC_GRPC_BLOCKING_H
#define GG_SRC_GRPC_BLOCKING_H

#include "gg/message.h"
#include "grpc/call_private.h"
#include "http/pool.h"

struct gg_blocking_call {
    gg_call *call; /* the thread reads what does not change */
    gg_pool_job job;
    gg_loop_job note, last;
    bool submitted; /* the loop's, and: */
    bool spent;     /* there was no memory for what the handler has set */

    /* the thread's */
    gg_arena *arena;
    gg_message_arena in, out; /* the request message that was decoded; the response on its way */
    bool has_taken;           /* a request message */
    bool sent_headers;
    bool request_compressed; /* the message taken last */
    bool plain;              /* gg_blocking_compress: what is sent from now on is */
    gg_status failed;        /* what the call ends with whatever the handler says; OK: nothing */
    gg_str said, details;

    /* both sides' */
    uv_mutex_t mutex;
    uv_cond_t changed;
    gg_message request; /* views of the loop's memory, held */
    bool has_request;   /* the thread has not seen it yet */
    bool half_closed, canceled;
    bool release; /* the thread is done with the request */
    gg_message response;
    bool response_due, response_sent; /* given by the thread, and not taken yet; accepted by the call */
    bool noted;                       /* note is under way */
    gg_headers headers, trailers;     /* in the thread's arena, not applied yet */
    gg_compression compression;       /* not applied yet, if it is set */
    bool compression_set;
    bool headers_due;
    gg_status status;
};

/* The stream handler of every method that has a blocking one. */
extern const gg_stream_handler gg_blocking_handler;
/* With the mutex: makes the loop look. */
void gg_blocking_notify(gg_blocking_call *call);

#endif
