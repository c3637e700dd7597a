/* client.h -- what the files of the public client (gg/channel.h) share.
 *
 *   client_channel.c   a channel: its thread, what it leads to, its state
 *   client_call.c      a call by callbacks, on the channel's thread
 *   client_stream.c    a call by functions that wait, on top of that
 *
 *   caller's thread                    channel's thread
 *   gg_client_call_new, ..._launch --> begin --> gg_rpc_channel_start ... events ... status
 *
 * A call's memory is made on the caller's thread and belongs to the channel's from the launch on. */
#ifndef GG_SRC_APP_CLIENT_H
#define GG_SRC_APP_CLIENT_H

#include "app/app.h"
#include "gg/channel.h"
#include "grpc/h2_balance.h"

struct gg_channel {
    gg_loop loop;
    uv_thread_t thread;
    gg_arena *arena; /* texts of the options */
    gg_channel_options options;
    gg_str user_agent;
    gg_tls_context *tls; /* NULL: plain text */
    gg_compressor compressor;

    gg_rpc_channel *rpcs; /* of one of these three */
    gg_h2_channel h2;
    gg_h2_balance balance;
    gg_inproc_channel in_process;
    gg_h2_limits limits;
    const gg_app *app; /* NULL: servers at sockets */
    gg_pool pool;      /* for handlers of the app that block */

    gg_client_call *calls; /* begun, without a status */
    bool closing;
    gg_loop_job close_job, connect_job;
    gg_timer look; /* while closing: whether all is over */

    uv_mutex_t mutex; /* of what follows */
    uv_cond_t changed;
    gg_connectivity state;
    bool connecting; /* connect_job is on its way */
};

struct gg_client_call {
    gg_loop_job job; /* begins it */
    gg_channel *channel;
    gg_client_call *prev, *next; /* of the channel's */
    gg_arena *arena;             /* that all of this is in */
    const gg_method_type *method;
    const gg_client_handler *handler;
    void *user;
    bool typed;

    gg_rpc *rpc; /* NULL: not begun */
    gg_headers metadata;
    uint64_t deadline_ns;
    gg_wait wait;
    gg_compression compression;
    uint32_t max_message_len; /* of a response message */

    gg_message request;   /* of a method that does not stream requests */
    gg_message_arena out; /* of one that does: with the channel, and pending */
    gg_message pending;   /* accepted here, not yet there */
    bool has_pending, sender_waits, send_closed;

    gg_metadata headers; /* of the response */
    gg_message_arena in; /* of what is made of a response message */
    bool got_message, holds_message;

    bool failed, over; /* by us, with this status; the status event was delivered */
    gg_status failure;
    gg_str failure_text;
};

/* Whether this is the channel's thread. */
bool gg_channel_on_thread(const gg_channel *channel);

/* Everything before the channel's thread has to do with it.  NULL: *rc says why (as gg_client_call_start). */
gg_client_call *gg_client_call_new(gg_channel *channel, const gg_client_request *request,
    const gg_client_handler *handler, void *user, gg_rc *rc);
/* From any thread; the caller's last use of the call, unless it is the channel's. */
void gg_client_call_launch(gg_client_call *call);
/* As gg_client_call_send; the bytes are in the arena, which is taken unless the answer is GG_AGAIN. */
gg_rc gg_client_call_put(gg_client_call *call, gg_arena *arena, const gg_message *message);
/* Ends the call with the status, whatever the server says later. */
void gg_client_call_fail(gg_client_call *call, gg_status status, gg_str text);

/* A message as bytes in the arena, copied or serialized.  GG_OK, GG_EINVAL, GG_ENOMEM. */
gg_rc gg_client_encode(const gg_message *message, gg_arena *arena, gg_message *wire);

#endif
