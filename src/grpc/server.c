/* server.c -- what a program serves: methods by path, services by name, interceptors in order.
 *
 * Built on one thread, read by all workers afterwards.  Everything it owns is in its arena and goes with it.
 * Elsewhere: reflection.c (a service over what is registered here), inproc.c (calls). */
#include "grpc/server.h"

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

gg_rc gg_server_add_method(gg_server *server, const gg_method *method)
{
    if (gg_server_method(server, method->type->path) != NULL)
        return GG_EINVAL;
    gg_rc rc = add_service(server, method->service);
    if (rc != GG_OK)
        return rc;
    gg_method *copy = gg_arena_alloc(server->arena, sizeof *copy);
    if (copy == NULL)
        return GG_ENOMEM;
    *copy = *method;
    return gg_map_put(&server->methods, copy->type->path, copy);
}

gg_rc gg_server_add_unknown(gg_server *server, const gg_stream_handler *handler, void *user)
{
    static const gg_method_type any = { .client_streaming = true, .server_streaming = true };
    if (server->unknown.stream != NULL)
        return GG_EINVAL;
    server->unknown = (gg_method){ .type = &any, .stream = handler, .user = user };
    return GG_OK;
}

gg_rc gg_server_register(gg_server *server, const gg_service_binding *binding, const void *impl, void *user)
{
    const gg_service_type *service = binding->type;
    for (size_t i = 0; i < service->method_count; i++)
        if (gg_server_method(server, service->methods[i].path) != NULL)
            return GG_EINVAL;
    char *own = gg_arena_alloc(server->arena, binding->impl_len > 0 ? binding->impl_len : 1);
    if (own == NULL)
        return GG_ENOMEM;
    if (binding->impl_len > 0)
        memcpy(own, impl, binding->impl_len);
    gg_rc rc = add_service(server, service);
    for (size_t i = 0; i < service->method_count && rc == GG_OK; i++) {
        gg_method method = { .service = service, .type = &service->methods[i], .impl = own, .user = user };
        void (*function)(void);
        memcpy(&function, own + binding->impl_offset[i], sizeof function);
        if (function != NULL)
            method.typed = binding->call[i];
        rc = gg_server_add_method(server, &method);
    }
    return rc;
}

const gg_method *gg_server_method(const gg_server *server, gg_str path)
{
    return gg_map_get(&server->methods, path);
}
