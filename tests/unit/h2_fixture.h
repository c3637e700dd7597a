/* h2_fixture.h -- an HTTP/2 channel to a service in memory, unary calls on it, and a clock of the test's own. */
#ifndef GG_TESTS_H2_FIXTURE_H
#define GG_TESTS_H2_FIXTURE_H

#include "base/clock.h"
#include "call_script.h"

enum { H2_CALLS_MAX = 16 };
#define MS ((uint64_t)1000000)
#define S ((uint64_t)GG_NS_PER_S)
static const uint64_t NONE = UINT64_MAX;

typedef struct h2_call {
    gg_arena *arena;
    gg_rpc *rpc;
    gg_message message;
    size_t statuses, messages;
    gg_status status;
    char text[100];          /* of the status */
    struct h2_call *cancels; /* when it is over */
} h2_call;

typedef struct h2_calls {
    gg_rpc_channel *channel;
    gg_sched *sched;
    h2_call list[H2_CALLS_MAX];
    size_t count;
} h2_calls;

typedef struct h2_fixture {
    call_script s;
    h2_calls c;
} h2_fixture;

/* How the events of a call (user: an h2_call) are noted. */
extern const gg_rpc_events h2_call_events;
/* Starts a unary call with its whole request. */
h2_call *h2_calls_start(h2_calls *c, const char *path, uint64_t deadline_ns);
size_t h2_calls_ended(const h2_calls *c);

/* What may be changed before h2_fixture_start: s.h2. */
void h2_fixture_open(h2_fixture *f, handler_does handler);
void h2_fixture_start(h2_fixture *f);
/* Ends all; every call has had one status. */
void h2_fixture_close(h2_fixture *f);
gg_connectivity h2_fixture_state(const h2_fixture *f);
/* Lets time pass. */
void h2_fixture_run(h2_fixture *f, uint64_t ns);
/* Lets time pass until the next attempt to connect; how much. */
uint64_t h2_fixture_next_attempt(h2_fixture *f);

#endif
