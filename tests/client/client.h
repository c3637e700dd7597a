/* client.h -- what the cases of the client's test have: a channel to a server of test.v1.Streaming, and checks. */
#ifndef TEST_CLIENT_H
#define TEST_CLIENT_H

#include <stdio.h>
#include <stdlib.h>

#include "gg/channel.h"
#include "test/v1/slow.gg.h"
#include "test/v1/streams_client.gg.h"

typedef struct fixture {
    gg_channel *channel;
    const char *target;           /* "in-process", or a socket's */
    gg_app *app;                  /* of in-process */
    bool foreign;                 /* the server is not ours */
    const char *ca, *compression; /* of every channel; NULL: no TLS, no compression */
    gg_arena *arena;              /* of the case */
    gg_client_status status;
    bool failed;
} fixture;

/* Says where it failed, and goes on. */
#define CHECK(f, what) \
    do { \
        if (!(what)) { \
            (f)->failed = true; \
            printf("  %s:%d: %s\n", __FILE__, __LINE__, #what); \
        } \
    } while (0)
/* The status's code, and its text where it says more. */
#define CHECK_STATUS(f, want) \
    do { \
        if ((f)->status.code != (want)) { \
            (f)->failed = true; \
            printf("  %s:%d: %s: %.*s\n", __FILE__, __LINE__, gg_status_name((f)->status.code), \
                GG_STR_ARG((f)->status.message)); \
        } \
    } while (0)

#define PATIENCE_NS ((uint64_t)60 * 1000000000u) /* bounds how long a broken program hangs */

/* Another channel to the same place. */
gg_channel *another_channel(const fixture *f, const gg_channel_options *options);

typedef struct test_case {
    const char *name;
    void (*run)(fixture *f);
    bool ours;  /* only with a server of ours */
    bool plain; /* only uncompressed: it goes by the length of messages of zeros */
} test_case;
extern const test_case blocking_cases[], callback_cases[]; /* up to one without a name */

#endif
