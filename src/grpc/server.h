/* server.h -- the services of a program: methods by path, their handlers, the interceptors around them.
 *
 * Built on one thread, then frozen and shared by all workers.  Each worker has its own in-process channel
 * to it, with its own sched. */
#ifndef GG_SRC_GRPC_SERVER_H
#define GG_SRC_GRPC_SERVER_H

#include "base/log.h"
#include "base/map.h"
#include "gg/blocking.h"
#include "grpc/channel.h"
#include "http/pool.h"
#include "http/loop.h"

typedef struct gg_method {
    const gg_service_type *service;
    const gg_method_type *type;
    gg_typed_fn typed; /* one of these three is set; none: UNIMPLEMENTED */
    gg_raw_unary_fn raw;
    const gg_stream_handler *stream;
    gg_typed_blocking_fn blocking; /* with stream gg_blocking_handler: one of these two */
    gg_raw_blocking_fn blocking_raw;
    const void *impl; /* of typed */
    void *user;
} gg_method;

typedef struct gg_intercept {
    const gg_interceptor *table;
    void *user;
    size_t state_offset;
} gg_intercept;

typedef struct gg_server {
    gg_map methods;    /* path to gg_method */
    gg_map services;   /* name to gg_service_type */
    gg_method unknown; /* of paths that are not in methods; without a handler: UNIMPLEMENTED */
    const gg_service_type **service_list;
    size_t service_count; /* in order of registration */
    gg_intercept *intercepts;
    size_t intercept_count;
    size_t intercept_state_len; /* of all of them */
    gg_arena *arena;            /* owns the above and copies of impls */
    uint32_t max_message_len;
} gg_server;

gg_rc gg_server_init(gg_server *server);
void gg_server_deinit(gg_server *server);
gg_rc gg_server_intercept(gg_server *server, const gg_interceptor *interceptor, void *user);
/* All methods of a generated service; those without a handler may get one from another registration.  GG_EINVAL: a
 * method of it has a handler already. */
gg_rc gg_server_register(gg_server *server, const gg_service_binding *binding, const void *impl, void *user);
gg_rc gg_server_register_blocking(gg_server *server, const gg_blocking_binding *binding, const void *impl, void *user);
gg_rc gg_server_add_method(gg_server *server, const gg_method *method);
/* One method with a blocking handler on serialized messages.  GG_EINVAL: it has a handler. */
gg_rc gg_server_add_blocking(gg_server *server, const gg_service_type *service, const gg_method_type *type,
    gg_raw_blocking_fn handler, void *user);
/* The handler of every method that is not there.  GG_EINVAL: there is one already. */
gg_rc gg_server_add_unknown(gg_server *server, const gg_stream_handler *handler, void *user);
const gg_method *gg_server_method(const gg_server *server, gg_str path);

/* grpc.reflection.v1 and v1alpha over everything registered (before or after). */
gg_rc gg_server_add_reflection(gg_server *server);

/* The in-process channel of one loop; loop is for gg_call_post (may be NULL in tests: it answers GG_EINVAL). */
typedef struct gg_inproc_channel {
    gg_rpc_channel base;
    const gg_server *server;
    gg_loop *loop;
    gg_pool *pool; /* for handlers that block; NULL: there is none */
    size_t open;   /* calls whose handler has not finished */
} gg_inproc_channel;
void gg_inproc_channel_init(gg_inproc_channel *channel, const gg_server *server, gg_loop *loop);

#endif
