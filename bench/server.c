/* server.c -- ping and bench.v1.Echo in one program, with ping's flags: what bench/run measures. */
#include "bench/v1/echo.gg.h"
#include "gg/app.h"
#include "ping.h"

static gg_status echo(gg_call *call, const bench_v1_EchoMessage *request, bench_v1_EchoMessage *response)
{
    (void)call;
    *response = *request; /* both live as long as the call, so nothing below is copied */
    return GG_STATUS_OK;
}

int main(int argc, char **argv)
{
    static const bench_v1_Echo service = { .Echo = echo };
    gg_app *app = gg_app_new("bench-server");
    gg_app_intercept(app, &log_interceptor, app);
    example_v1_PingService_register(app, &ping_service, NULL);
    bench_v1_Echo_register(app, &service, NULL);
    return gg_app_main(app, argc, argv);
}
