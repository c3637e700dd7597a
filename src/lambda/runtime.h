/* runtime.h -- a Lambda custom runtime on a loop: the Runtime API's client and its one connection.
 *
 * Owner: whoever embeds it.  After gg_runtime_init exactly one on_end follows, from the loop, unless the loop is
 * never run; the memory may go from then on.  Thread: the loop's. */
#ifndef GG_SRC_LAMBDA_RUNTIME_H
#define GG_SRC_LAMBDA_RUNTIME_H

#include <uv.h>

#include "http/loop.h"
#include "lambda/client.h"

typedef struct gg_runtime {
    gg_client client;
    gg_api_address api;
    struct sockaddr_storage address;
    gg_loop *loop;
    enum { GG_RUNTIME_CLOSED, GG_RUNTIME_CONNECTING, GG_RUNTIME_OPEN, GG_RUNTIME_CLOSING } state;
    bool writing, told;
    size_t unwritten; /* bytes of the write under way */
    uv_tcp_t tcp;
    uv_connect_t connect;
    uv_write_t write;
    gg_task wake;  /* posted by the client */
    gg_task flush; /* last in the turn */
    /* GG_OK: it was drained; else it cannot go on, and why says so. */
    void (*on_end)(void *user, gg_rc result, const char *why);
    void *user;
} gg_runtime;

/* api: the value of AWS_LAMBDA_RUNTIME_API.  GG_OK, or GG_EINVAL and one line in error (then no on_end follows). */
gg_rc gg_runtime_init(gg_runtime *runtime, gg_loop *loop, const gg_codec_config *config, const char *api,
    void (*on_end)(void *user, gg_rc result, const char *why), void *user, char *error, size_t error_len);
/* Asks for events from now on, */
void gg_runtime_start(gg_runtime *runtime);
/* ... or reports that the program cannot start, and ends.  type: "Runtime.BadSchema". */
void gg_runtime_init_error(gg_runtime *runtime, const char *type, const char *message);
/* Answers the event under way, then ends. */
void gg_runtime_drain(gg_runtime *runtime);
/* Ends at once: the event under way gets no answer. */
void gg_runtime_abort(gg_runtime *runtime);

#endif
