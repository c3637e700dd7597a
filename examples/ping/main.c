/* main.c -- the program: a service, an interceptor, and gg_app_main, which does the rest. */
#include "gg/app.h"
#include "ping.h"

int main(int argc, char **argv)
{
    gg_app *app = gg_app_new("ping");
    gg_app_intercept(app, &log_interceptor, app);
    example_v1_PingService_register(app, &ping_service, NULL);
    return gg_app_main(app, argc, argv);
}
