/* lambda.h -- the program as a Lambda custom runtime: a runtime on a worker's loop, with the worker's fronts.
 *
 *   drain (SIGTERM) --> the event under way is answered --> the worker stops
 *   the Runtime API is gone --> the loop ends at once, and the program fails */
#ifndef GG_SRC_APP_LAMBDA_H
#define GG_SRC_APP_LAMBDA_H

#include "app/worker.h"
#include "lambda/runtime.h"

typedef struct gg_lambda {
    gg_runtime runtime;
    gg_worker *worker;
    gg_timer patience; /* while draining */
    bool started, failed;
} gg_lambda;

/* GG_OK, or GG_EINVAL and one line in error: the address of the Runtime API makes no sense. */
gg_rc gg_lambda_start(gg_lambda *lambda, gg_worker *worker, char *error, size_t error_len);
/* Answers the event under way, then stops the worker; a second call does nothing. */
void gg_lambda_drain(gg_lambda *lambda);
/* Instead of all that: tells Lambda that the program cannot start. */
void gg_lambda_report_init_error(const gg_app *app, const char *message);

#endif
