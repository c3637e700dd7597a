/* tls.c -- the flags --tls-cert, --tls-key and --tls-client-ca. */
#include "app/tls.h"

#include <stdio.h>

gg_rc gg_app_use(gg_app *app, const gg_extension *extension)
{
    if (app == NULL)
        return GG_ENOMEM;
    const gg_tls_provider *tls = gg_tls_provider_of(extension);
    if (tls != NULL)
        app->tls = tls;
    else if (app->error[0] == '\0')
        snprintf(app->error, sizeof app->error, "an extension was made for another version of libgg");
    return tls != NULL ? GG_OK : GG_EINVAL;
}

static bool is_tcp(gg_str network)
{
    return gg_str_eq(network, GG_STR("tcp"));
}

/* What is wrong, and with which flag; NULL: nothing. */
static const char *fault_of(const gg_app *app, const char **flag)
{
    const gg_options *o = &app->options;
    *flag = o->tls_cert.len > 0 ? "tls-cert" : o->tls_key.len > 0 ? "tls-key" : "tls-client-ca";
    if (app->tls == NULL)
        return "this program is built without TLS";
    if (o->tls_cert.len == 0)
        return "needs --tls-cert";
    if (o->tls_key.len == 0)
        return "needs --tls-key";
    if (!is_tcp(o->http_network) && !is_tcp(o->grpc_network))
        return "both listeners are Unix sockets, which have no TLS";
    if (is_tcp(o->grpc_network) && gg_str_eq(o->upstream, GG_STR("self-socket")))
        return "with --upstream self-socket the gRPC listener must be a Unix socket";
    return NULL;
}

gg_rc gg_app_check_tls(const gg_app *app, char error[GG_OPTION_ERROR_LEN])
{
    const gg_options *o = &app->options;
    if (o->runtime_api != NULL || (o->tls_cert.len == 0 && o->tls_key.len == 0 && o->tls_client_ca.len == 0))
        return GG_OK;
    const char *flag = NULL;
    const char *fault = fault_of(app, &flag);
    if (fault == NULL)
        return GG_OK;
    snprintf(error, GG_OPTION_ERROR_LEN, "--%s: %s", flag, fault);
    return GG_EINVAL;
}

gg_rc gg_app_open_tls(gg_app *app, char error[GG_OPTION_ERROR_LEN])
{
    const gg_options *o = &app->options;
    char why[GG_TLS_ERROR_LEN] = "";
    if (o->runtime_api != NULL || o->tls_cert.len == 0)
        return GG_OK;
    const gg_tls_server_config config = { .cert_file = o->tls_cert.ptr, /* arguments end in NUL */
        .key_file = o->tls_key.ptr,
        .client_ca_file = o->tls_client_ca.len > 0 ? o->tls_client_ca.ptr : NULL };
    app->tls_context = app->tls->server(&config, why);
    if (app->tls_context != NULL)
        return GG_OK;
    snprintf(error, GG_OPTION_ERROR_LEN, "TLS: %s", why);
    return GG_EINVAL;
}

void gg_app_reload_tls(const gg_app *app)
{
    char why[GG_TLS_ERROR_LEN] = "";
    if (app->tls_context->ops->reload(app->tls_context, why) == GG_OK)
        gg_logf(&app->log, GG_LOG_INFO, "TLS: the files were read again");
    else
        gg_logf(&app->log, GG_LOG_ERROR, "TLS: the old files stay in use: %s", why);
}
