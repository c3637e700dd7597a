/* rest_service.h -- a channel behind the REST front that answers by the method's name, and its routes. */
#ifndef GG_TESTS_REST_SERVICE_H
#define GG_TESTS_REST_SERVICE_H

#include "gateway/rest.h"

enum { REST_METHODS = 15 };

typedef struct rest_service {
    gg_rpc_channel channel;
    gg_arena *arena;
    gg_routes *routes;
    gg_method_type methods[REST_METHODS];
    char metadata[2048]; /* of the last call: "name=value\n" */
    uint64_t deadline_ns;
    size_t calls, canceled;
} rest_service;

/* cmocka's, of a group: *state is a rest_service. */
int rest_service_set_up(void **state);
int rest_service_tear_down(void **state);
gg_rest_front rest_service_front(rest_service *f);

#endif
