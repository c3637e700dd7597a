/* client.h -- what the interop cases share. */
#ifndef TESTS_INTEROP_CLIENT_H
#define TESTS_INTEROP_CLIENT_H

#include <stdio.h>

#include "gg/channel.h"

typedef struct fixture {
    gg_channel *channel;
    gg_arena *arena; /* of the case */
    const char *target;
    const gg_channel_options *options;
} fixture;

/* Ends a case that is not as it should be; status (may be NULL) is shown. */
#define CHECK(condition, status) \
    do \
        if (!(condition)) \
            return failed_at(__FILE__, __LINE__, #condition, status); \
    while (0)
bool failed_at(const char *file, int line, const char *what, const gg_client_status *status);

/* size zero bytes, in the arena. */
struct grpc_testing_Payload *zero_payload(gg_arena *arena, int32_t size);

/* client_compression.c */
bool client_compressed_unary(const fixture *f);
bool client_compressed_unary_noprobe(const fixture *f);
bool client_compressed_streaming(const fixture *f);
bool client_compressed_streaming_noprobe(const fixture *f);
bool server_compressed_unary(const fixture *f);
bool server_compressed_streaming(const fixture *f);

#endif
