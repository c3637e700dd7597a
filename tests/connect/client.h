/* client.h -- one call of the Connect conformance suite. */
#ifndef TESTS_CONNECT_CLIENT_H
#define TESTS_CONNECT_CLIENT_H

#include "gg/arena.h"

struct connectrpc_conformance_v1_ClientCompatRequest;
struct connectrpc_conformance_v1_ClientCompatResponse;

/* Makes the call that a request describes and tells how it went; all in the arena. */
void make_call(const struct connectrpc_conformance_v1_ClientCompatRequest *request, gg_arena *arena,
    struct connectrpc_conformance_v1_ClientCompatResponse *response);

/* Zeroed; ends the program when there is no memory. */
void *take(gg_arena *arena, size_t len);

#endif
