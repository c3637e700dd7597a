/* app.c -- building a gg_app: services, interceptors, flags; then the tables that all workers share.
 *
 * Elsewhere: reading flags (options.c), serving (main.c, worker.c). */
#include "app/app.h"

#include <stdio.h>
#include <stdlib.h>

/* Remembers the first failure for gg_app_main and passes rc on. */
static gg_rc note(gg_app *app, gg_rc rc, const char *what, gg_str name)
{
    if (rc != GG_OK && app != NULL && app->error[0] == '\0')
        snprintf(app->error, sizeof app->error, "%s %.*s: %s", what, GG_STR_ARG(name),
            rc == GG_ENOMEM ? "out of memory" : "is there already, or its arguments are wrong");
    return rc;
}

gg_app *gg_app_new(const char *name)
{
    gg_app *app = calloc(1, sizeof *app);
    if (app == NULL)
        return NULL;
    snprintf(app->name, sizeof app->name, "%s", name != NULL ? name : "");
    snprintf(app->version, sizeof app->version, "%s", gg_version());
    app->log.fd = -1;
    app->health = gg_health_new();
    if (app->health == NULL || gg_server_init(&app->server) != GG_OK) {
        gg_health_free(app->health);
        free(app);
        return NULL;
    }
    return app;
}

void gg_app_free(gg_app *app)
{
    if (app == NULL)
        return;
    gg_tls_context_free(app->tls_context);
    gg_routes_free(app->routes);
    gg_schema_free(app->schema);
    gg_server_deinit(&app->server);
    gg_health_free(app->health);
    free(app->flags.items);
    free(app);
}

gg_rc gg_app_set_version(gg_app *app, const char *version)
{
    if (app == NULL)
        return GG_ENOMEM;
    if (version == NULL || strlen(version) >= sizeof app->version)
        return note(app, GG_EINVAL, "version", gg_str_from(version));
    snprintf(app->version, sizeof app->version, "%s", version);
    return GG_OK;
}

gg_rc gg_app_flag(gg_app *app, const char *name, const char *value_name, const char *help,
    const char *(*fn)(void *user, const char *value), void *user)
{
    if (app == NULL)
        return GG_ENOMEM;
    if (name == NULL || help == NULL || fn == NULL)
        return note(app, GG_EINVAL, "flag", gg_str_from(name));
    gg_own_flags *flags = &app->flags;
    if (flags->count == flags->cap) {
        size_t cap = flags->cap != 0 ? flags->cap * 2 : 4;
        gg_own_flag *items = realloc(flags->items, cap * sizeof *items);
        if (items == NULL)
            return note(app, GG_ENOMEM, "flag", gg_str_from(name));
        flags->items = items;
        flags->cap = cap;
    }
    flags->items[flags->count++] = (gg_own_flag){ name, value_name, help, fn, user };
    return GG_OK;
}

gg_rc gg_app_intercept(gg_app *app, const gg_interceptor *interceptor, void *user)
{
    if (app == NULL)
        return GG_ENOMEM;
    return note(app, gg_server_intercept(&app->server, interceptor, user), "interceptor", GG_STR(""));
}

gg_rc gg_app_register(gg_app *app, const gg_service_binding *binding, const void *impl, void *user)
{
    if (app == NULL)
        return GG_ENOMEM;
    return note(app, gg_server_register(&app->server, binding, impl, user), "service", binding->type->name);
}

gg_rc gg_app_handle_raw(gg_app *app, const gg_service_type *service, const gg_method_type *method,
    gg_raw_unary_fn handler, void *user)
{
    if (app == NULL)
        return GG_ENOMEM;
    gg_method entry = { .service = service, .type = method, .raw = handler, .user = user };
    bool streams = method->client_streaming || method->server_streaming;
    return note(app, streams ? GG_EINVAL : gg_server_add_method(&app->server, &entry), "method", method->path);
}

gg_rc gg_app_handle_stream(gg_app *app, const gg_service_type *service, const gg_method_type *method,
    const gg_stream_handler *handler, void *user)
{
    if (app == NULL)
        return GG_ENOMEM;
    gg_method entry = { .service = service, .type = method, .stream = handler, .user = user };
    return note(app, gg_server_add_method(&app->server, &entry), "method", method->path);
}

gg_rc gg_app_register_blocking(gg_app *app, const gg_blocking_binding *binding, const void *impl, void *user)
{
    if (app == NULL)
        return GG_ENOMEM;
    return note(app, gg_server_register_blocking(&app->server, binding, impl, user), "service", binding->type->name);
}

gg_rc gg_app_handle_blocking(gg_app *app, const gg_service_type *service, const gg_method_type *method,
    gg_raw_blocking_fn handler, void *user)
{
    if (app == NULL)
        return GG_ENOMEM;
    return note(app, gg_server_add_blocking(&app->server, service, method, handler, user), "method", method->path);
}

gg_rc gg_app_handle_unknown(gg_app *app, const gg_stream_handler *handler, void *user)
{
    if (app == NULL)
        return GG_ENOMEM;
    return note(app, gg_server_add_unknown(&app->server, handler, user), "handler of unknown methods", GG_STR(""));
}

gg_rc gg_app_set_serving(gg_app *app, gg_str service, bool serving)
{
    if (app == NULL)
        return GG_ENOMEM;
    if (!app->frozen) {
        gg_rc rc = gg_health_add(app->health, service);
        if (rc != GG_OK)
            return note(app, rc, "health of", service);
    }
    return gg_health_set(app->health, service, serving);
}

bool gg_app_logs(const gg_app *app, gg_log_level level)
{
    return app != NULL && app->log.fd >= 0 && gg_log_on(&app->log, level);
}

void gg_app_log(const gg_app *app, gg_log_level level, gg_str msg, const gg_app_log_field *fields, size_t field_count)
{
    if (!gg_app_logs(app, level))
        return;
    gg_log_field copy[8];
    size_t count = field_count < 8 ? field_count : 8;
    for (size_t i = 0; i < count; i++)
        copy[i] = (gg_log_field){ fields[i].name, fields[i].value };
    gg_log_write(&app->log, level, msg, copy, count);
}

static void log_fault(void *user, const gg_schema_fault *fault)
{
    const gg_app *app = user;
    gg_logf(&app->log, GG_LOG_FATAL, "%.*s: %.*s: %.*s", GG_STR_ARG(fault->file), GG_STR_ARG(fault->symbol),
        GG_STR_ARG(fault->reason));
}

/* The types that a message of one of the services may carry inside an Any. */
static gg_rc index_types(gg_app *app)
{
    size_t count = app->server.service_count;
    const gg_file_type **files = malloc((count + 1) * sizeof *files);
    if (files == NULL)
        return GG_ENOMEM;
    size_t file_count = 0;
    for (size_t i = 0; i < count; i++)
        if (app->server.service_list[i]->file != NULL)
            files[file_count++] = app->server.service_list[i]->file;
    app->schema = gg_schema_of_files(files, file_count);
    free(files);
    return app->schema != NULL ? GG_OK : GG_ENOMEM;
}

/* The names of all services, and the service that tells of them unless the program brought its own. */
static gg_rc add_health(gg_app *app)
{
    gg_rc rc = GG_OK;
    for (size_t i = 0; i < app->server.service_count && rc == GG_OK; i++)
        rc = gg_health_add(app->health, app->server.service_list[i]->name);
    if (rc != GG_OK || gg_map_get(&app->server.services, GG_STR("grpc.health.v1.Health")) != NULL)
        return rc;
    return gg_health_register(app->health, app);
}

gg_rc gg_app_freeze(gg_app *app)
{
    gg_rc rc = add_health(app);
    app->frozen = true;
    if (rc == GG_OK)
        rc = gg_server_add_reflection(&app->server);
    if (rc == GG_OK)
        rc = index_types(app);
    if (rc != GG_OK)
        return rc;
    app->routes = gg_routes_new(log_fault, app);
    if (app->routes == NULL)
        return GG_ENOMEM;
    gg_rc first = GG_OK; /* every method is looked at, so every fault is logged */
    for (size_t i = 0; i < app->server.service_count; i++) {
        const gg_service_type *service = app->server.service_list[i];
        for (size_t j = 0; j < service->method_count; j++) {
            rc = gg_routes_add_method(app->routes, service, &service->methods[j]);
            if (first == GG_OK)
                first = rc;
        }
    }
    rc = gg_routes_freeze(app->routes);
    return first != GG_OK ? first : rc;
}
