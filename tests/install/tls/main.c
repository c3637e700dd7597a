/* main.c -- the ping service with TLS, by the installed libgg-tls. */
#include "gg/app.h"
#include "gg/tls.h"
#include "ping.h"

int main(int argc, char **argv)
{
    gg_app *app = gg_app_new("ping");
    gg_app_use(app, gg_tls_openssl());
    example_v1_PingService_register(app, &ping_service, NULL);
    return gg_app_main(app, argc, argv);
}
