/* runtime.h -- a Lambda custom runtime on a loop: the Runtime API's client and its one connection.
 *
 * Owner: whoever embeds it; the memory must outlive the loop.  Thread: the loop's. */
#ifndef GG_SRC_LAMBDA_RUNTIME_H
#define GG_SRC_LAMBDA_RUNTIME_H

#include "lambda/client.h"

typedef struct gg_runtime {
    gg_client client;
    gg_api_address api;
    gg_socket_dialer dialer;
    gg_sched *sched;
    gg_link *link;  /* NULL: no connection, nor one under way */
    bool connected; /* it is */
    bool told;      /* on_end was called, or is not to be */
    gg_task wake;   /* posted by the client */
    /* Once: GG_OK, it was drained; else it cannot go on, and why says so. */
    void (*on_end)(void *user, gg_rc result, const char *why);
    void *user;
} gg_runtime;

/* api: the value of AWS_LAMBDA_RUNTIME_API.  GG_OK, or GG_EINVAL and one line in error. */
gg_rc gg_runtime_init(gg_runtime *runtime, gg_loop *loop, const gg_codec_config *config, const char *api,
    void (*on_end)(void *user, gg_rc result, const char *why), void *user, char *error, size_t error_len);
/* Asks for events from now on, */
void gg_runtime_start(gg_runtime *runtime);
/* ... or reports that the program cannot start, and ends.  type: "Runtime.BadSchema". */
void gg_runtime_init_error(gg_runtime *runtime, const char *type, const char *message);
/* Answers the event under way, then ends. */
void gg_runtime_drain(gg_runtime *runtime);
/* Ends at once: the event under way gets no answer, on_end is not called.  Not from inside a gg_exchange_*
 * function. */
void gg_runtime_abort(gg_runtime *runtime);

#endif
