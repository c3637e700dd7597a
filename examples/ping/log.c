/* log.c -- an interceptor that logs every call at debug level, and every failure:
 *
 *   {"level":"debug","msg":"rpc call: method = /example.v1.PingService/Ping","time":...}
 *   {"level":"error","msg":"rpc error: method = /example.v1.PingService/Ping","error":"INTERNAL: ...","time":...}
 *
 * A failure that may be the server's own fault (INTERNAL, UNKNOWN) is at error level, any other at debug. */
#include <stdio.h>

#include "gg/app.h"
#include "ping.h"

enum { LINE_LEN = 256 };

static gg_str format_line(char line[LINE_LEN], const char *what, gg_str method)
{
    int n = snprintf(line, LINE_LEN, "%s: method = %.*s", what, GG_STR_ARG(method));
    return gg_str_of(line, n < LINE_LEN ? (size_t)n : LINE_LEN - 1);
}

static gg_status log_start(gg_call *call, void *state, void *user)
{
    (void)state;
    const gg_app *app = user;
    if (gg_app_logs(app, GG_LOG_DEBUG)) {
        char line[LINE_LEN];
        gg_app_log(app, GG_LOG_DEBUG, format_line(line, "rpc call", gg_call_method(call)), NULL, 0);
    }
    return GG_STATUS_OK;
}

static void log_end(gg_call *call, void *state, gg_status status, gg_str message, void *user)
{
    (void)state;
    const gg_app *app = user;
    gg_log_level level = status == GG_STATUS_INTERNAL || status == GG_STATUS_UNKNOWN ? GG_LOG_ERROR : GG_LOG_DEBUG;
    if (status == GG_STATUS_OK || !gg_app_logs(app, level))
        return;
    char line[LINE_LEN], error[LINE_LEN];
    int n = snprintf(error, sizeof error, "%s: %.*s", gg_status_name(status), GG_STR_ARG(message));
    gg_app_log_field field = { "error", gg_str_of(error, n < LINE_LEN ? (size_t)n : LINE_LEN - 1) };
    gg_app_log(app, level, format_line(line, "rpc error", gg_call_method(call)), &field, 1);
}

const gg_interceptor log_interceptor = { .start = log_start, .end = log_end };
