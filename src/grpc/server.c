/* server.c -- what a program serves: methods by path, services by name, interceptors in order.
 *
 * Built on one thread, read by all workers afterwards.  Everything it owns is in its arena and goes with it.
 * Elsewhere: reflection.c (a service over what is registered here), inproc.c (calls). */
#include "grpc/server.h"

#include "grpc/blocking.h"
#include "grpc/framing.h"

#include <stdalign.h>

gg_rc gg_server_init(gg_server *server)
{
    *server = (gg_server){ .max_message_len = GG_MESSAGE_LEN_MAX };
    server->arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    return server->arena != NULL ? GG_OK : GG_ENOMEM;
}

void gg_server_deinit(gg_server *server)
{
    gg_map_deinit(&server->methods);
    gg_map_deinit(&server->services);
    if (server->arena != NULL)
        gg_arena_unref(server->arena);
    *server = (gg_server){ 0 };
}

gg_rc gg_server_intercept(gg_server *server, const gg_interceptor *interceptor, void *user)
{
    size_t align = alignof(max_align_t), len = sizeof(gg_intercept);
    gg_intercept *grown = gg_arena_grow(server->arena, server->intercepts, server->intercept_count * len,
        (server->intercept_count + 1) * len);
    if (grown == NULL)
        return GG_ENOMEM;
    server->intercepts = grown;
    server->intercepts[server->intercept_count++] =
        (gg_intercept){ .table = interceptor, .user = user, .state_offset = server->intercept_state_len };
    server->intercept_state_len += (interceptor->state_len + align - 1) / align * align;
    return GG_OK;
}

/* Adds the service to the list unless it is there (its methods may come one by one). */
static gg_rc add_service(gg_server *server, const gg_service_type *service)
{
    const gg_service_type *known = gg_map_get(&server->services, service->name);
    if (known != NULL)
        return known == service ? GG_OK : GG_EINVAL; /* two tables for one name */
    size_t len = sizeof(const gg_service_type *);
    const gg_service_type **grown = gg_arena_grow(server->arena, (void *)server->service_list,
        server->service_count * len, (server->service_count + 1) * len);
    if (grown == NULL)
        return GG_ENOMEM;
    server->service_list = grown;
    gg_rc rc = gg_map_put(&server->services, service->name, service);
    if (rc == GG_OK)
        server->service_list[server->service_count++] = service;
    return rc;
}

static bool has_handler(const gg_method *method)
{
    return method->typed != NULL || method->raw != NULL || method->stream != NULL;
}

gg_rc gg_server_add_method(gg_server *server, const gg_method *method)
{
    /* what the map holds is ours */
    gg_method *known = (gg_method *)(uintptr_t)gg_map_get(&server->methods, method->type->path);
    if (known != NULL && known->service == method->service && !has_handler(known)) {
        *known = *method;
        return GG_OK;
    }
    if (known != NULL)
        return has_handler(method) ? GG_EINVAL : GG_OK;
    gg_rc rc = add_service(server, method->service);
    if (rc != GG_OK)
        return rc;
    gg_method *copy = gg_arena_alloc(server->arena, sizeof *copy);
    if (copy == NULL)
        return GG_ENOMEM;
    *copy = *method;
    return gg_map_put(&server->methods, copy->type->path, copy);
}

gg_rc gg_server_add_blocking(gg_server *server, const gg_service_type *service, const gg_method_type *type,
    gg_raw_blocking_fn handler, void *user)
{
    gg_method method = { .service = service, .type = type, .user = user };
    method.stream = &gg_blocking_handler;
    method.blocking_raw = handler;
    return gg_server_add_method(server, &method);
}

gg_rc gg_server_add_unknown(gg_server *server, const gg_stream_handler *handler, void *user)
{
    static const gg_method_type any = { .client_streaming = true, .server_streaming = true };
    if (server->unknown.stream != NULL)
        return GG_EINVAL;
    server->unknown = (gg_method){ .type = &any, .stream = handler, .user = user };
    return GG_OK;
}

/* What both kinds of generated services have. */
typedef struct any_binding {
    const gg_service_type *type;
    const gg_typed_fn *call; /* one of the two */
    const gg_typed_blocking_fn *blocking;
    const size_t *impl_offset;
    size_t impl_len;
} any_binding;

static bool implemented(const any_binding *b, size_t index, const void *impl)
{
    void (*function)(void);
    memcpy(&function, (const char *)impl + b->impl_offset[index], sizeof function);
    return function != NULL;
}

static gg_rc add_methods(gg_server *server, const any_binding *b, const void *impl, void *user)
{
    const gg_service_type *service = b->type;
    for (size_t i = 0; i < service->method_count; i++) { /* all or nothing */
        const gg_method *known = gg_server_method(server, service->methods[i].path);
        if (known != NULL && (known->service != service || (has_handler(known) && implemented(b, i, impl))))
            return GG_EINVAL;
    }
    char *own = gg_arena_alloc(server->arena, b->impl_len > 0 ? b->impl_len : 1);
    if (own == NULL)
        return GG_ENOMEM;
    if (b->impl_len > 0)
        memcpy(own, impl, b->impl_len);
    gg_rc rc = add_service(server, service);
    for (size_t i = 0; i < service->method_count && rc == GG_OK; i++) {
        gg_method method = { .service = service, .type = &service->methods[i], .impl = own, .user = user };
        if (implemented(b, i, impl)) {
            method.typed = b->call != NULL ? b->call[i] : NULL;
            method.blocking = b->blocking != NULL ? b->blocking[i] : NULL;
            method.stream = b->blocking != NULL ? &gg_blocking_handler : NULL;
        }
        rc = gg_server_add_method(server, &method);
    }
    return rc;
}

gg_rc gg_server_register(gg_server *server, const gg_service_binding *binding, const void *impl, void *user)
{
    any_binding b = { binding->type, binding->call, NULL, binding->impl_offset, binding->impl_len };
    return add_methods(server, &b, impl, user);
}

gg_rc gg_server_register_blocking(gg_server *server, const gg_blocking_binding *binding, const void *impl, void *user)
{
    any_binding b = { binding->type, NULL, binding->call, binding->impl_offset, binding->impl_len };
    return add_methods(server, &b, impl, user);
}

const gg_method *gg_server_method(const gg_server *server, gg_str path)
{
    return gg_map_get(&server->methods, path);
}
