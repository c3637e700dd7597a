/* intercept.c -- ping's logging interceptor, and one that does as the request's metadata says:
 *
 *   x-echo-header, x-echo-header-bin     sent back as headers of these names
 *   x-echo-trailer, x-echo-trailer-bin   sent back as trailers
 *   x-who                                sent back as a header: the process's id
 *   x-agent                              sent back as a header: the caller's user-agent
 *   x-deny: TEXT                         the call ends with PERMISSION_DENIED and TEXT
 *   x-hold: MS                           the call is held back for so long before it goes on
 *   x-deny-late: TEXT                    with x-hold: denied after that */
#include <stdlib.h>
#include <unistd.h>

#include "ping.h"
#include "test_server.h"

static const struct {
    gg_str key;
    gg_rc (*set)(gg_call *call, gg_str key, gg_str value);
} echoes[] = {
    { GG_STR_INIT("x-echo-header"), gg_call_set_header },
    { GG_STR_INIT("x-echo-header-bin"), gg_call_set_header },
    { GG_STR_INIT("x-echo-trailer"), gg_call_set_trailer },
    { GG_STR_INIT("x-echo-trailer-bin"), gg_call_set_trailer },
};

static void go_on(gg_call *call, void *arg)
{
    (void)arg;
    gg_str deny = gg_call_metadata(call, GG_STR("x-deny-late"));
    gg_call_continue(call,
        deny.ptr == NULL ? GG_STATUS_OK : gg_call_fail(call, GG_STATUS_PERMISSION_DENIED, "%.*s", GG_STR_ARG(deny)));
}

static gg_status obey(gg_call *call, void *state, void *user)
{
    (void)state;
    (void)user;
    for (size_t i = 0; i < sizeof echoes / sizeof echoes[0]; i++) {
        gg_str value = gg_call_metadata(call, echoes[i].key);
        if (value.ptr != NULL && echoes[i].set(call, echoes[i].key, value) != GG_OK)
            return gg_call_fail(call, GG_STATUS_INTERNAL, "metadata refused");
    }
    if (gg_call_metadata(call, GG_STR("x-who")).ptr != NULL)
        gg_call_set_header(call, GG_STR("x-who"), gg_call_printf(call, "%ld", (long)getpid()));
    if (gg_call_metadata(call, GG_STR("x-agent")).ptr != NULL)
        gg_call_set_header(call, GG_STR("x-agent"), gg_call_metadata(call, GG_STR("user-agent")));
    gg_str deny = gg_call_metadata(call, GG_STR("x-deny"));
    if (deny.ptr != NULL)
        return gg_call_fail(call, GG_STATUS_PERMISSION_DENIED, "%.*s", GG_STR_ARG(deny));
    gg_str hold = gg_call_metadata(call, GG_STR("x-hold"));
    if (hold.ptr == NULL)
        return GG_STATUS_OK;
    uint64_t ms = strtoull(gg_call_dup(call, hold).ptr, NULL, 10);
    return gg_call_after(call, ms * 1000000u, go_on, NULL) == GG_OK ? GG_STATUS_PENDING : GG_STATUS_RESOURCE_EXHAUSTED;
}

static const gg_interceptor obey_interceptor = { .start = obey };

void intercept(gg_app *app)
{
    gg_app_intercept(app, &log_interceptor, app);
    gg_app_intercept(app, &obey_interceptor, NULL);
}
