/* client.h -- the client of the Lambda Runtime API without its socket: a codec that asks, and outlives connections.
 *
 *              receive(bytes)                     handler->request(x), events
 *   Runtime  -------------------->  gg_client  --------------------------------->  front
 *     API    <--------------------            <---------------------------------
 *              output(), sent(n)                  gg_exchange_* functions
 *
 *               reply: an event              response whole                  reply
 *   NEXT ------------------------> INVOKED -------------------> ANSWER ----------------> NEXT ...
 *     \____ an event that cannot be served ________________________^
 *     \____ the API refused: a while later ____ PAUSE ____ NEXT
 *
 * One invocation at a time; the next is asked for when the API has taken the answer to the last one, for that is
 * what tells Lambda that it is over.  An exchange is made with each GET, and the reply, the event and the answer
 * live in its arena: an event costs no malloc once the pool is warm.
 * No I/O; the only clock of its own is the wall clock, for deadlines.  When there is something to send, to close
 * or to end it posts `wake`.
 * Left out: response streaming, several invocations at once, SnapStart hooks, extensions.
 * Spec: AWS, "Using the Lambda runtime API for custom runtimes". */
#ifndef GG_SRC_LAMBDA_CLIENT_H
#define GG_SRC_LAMBDA_CLIENT_H

#include "http/codec.h"
#include "lambda/address.h"
#include "lambda/event.h"
#include "lambda/reply.h"

enum {
    GG_CLIENT_TRIES = 5,       /* failures of `next` in a row; one more ends the client */
    GG_CLIENT_ID_LEN = 256,    /* of a request id or invocation id */
    GG_CLIENT_HEAD_LEN = 1536, /* of a request head: the address, two ids and fixed text */
    GG_CLIENT_OUT_LEN = 4096,  /* a head with a body that fits behind it is sent in one piece */
    GG_CLIENT_WHY_LEN = 160
};
#define GG_CLIENT_PAUSE_NS ((uint64_t)50000000)      /* after the first failure; doubled after each further one */
#define GG_DEADLINE_MAX_NS ((uint64_t)3600000000000) /* a deadline farther away is not believed */
#define GG_DEADLINE_MARGIN_NS ((uint64_t)100000000)  /* kept back so that the answer arrives in time */

typedef enum gg_client_state {
    GG_CLIENT_NEXT,       /* an event is asked for */
    GG_CLIENT_PAUSE,      /* ... and will be again after a while */
    GG_CLIENT_INVOKED,    /* the front has the exchange */
    GG_CLIENT_ANSWER,     /* the response, or an error, is on its way */
    GG_CLIENT_INIT_ERROR, /* an error of the program's start is on its way */
    GG_CLIENT_ENDED       /* result and why say how */
} gg_client_state;

typedef struct gg_client {
    gg_codec base; /* its free() does nothing: the client goes on to the next connection */
    const gg_codec_config *config;
    const gg_api_address *api;
    gg_task *wake;
    gg_client_state state;
    bool hang_up;  /* the connection is of no more use: nothing is sent until it is closed */
    bool draining; /* no further event is asked for */
    gg_rc result;
    char why[GG_CLIENT_WHY_LEN];

    gg_exchange *x; /* from NEXT to ANSWER; its arena also holds reply and answer */
    bool fronted;   /* a front has seen x */
    gg_event_kind kind;
    gg_answer answer;

    char out[GG_CLIENT_OUT_LEN]; /* the request's head; behind it the body, if there is room */
    gg_str head, body;           /* what is sent: out, and what does not fit there */
    size_t sent;                 /* bytes of both */
    bool resent;                 /* on a second connection: not a third time */
    gg_reply reply;
    unsigned failures;
    gg_timer pause;
} gg_client;

/* config, api and wake outlive the client. */
void gg_client_init(gg_client *client, const gg_codec_config *config, const gg_api_address *api, gg_task *wake);
/* Asks for the first event: to Lambda, the end of the program's start. */
void gg_client_start(gg_client *client);
/* Instead of that: reports that the program cannot start, then ends.  type: "Runtime.BadSchema". */
void gg_client_init_error(gg_client *client, const char *type, const char *message);

/* Whether a connection is wanted, when there is none. */
bool gg_client_wants_connection(const gg_client *client);
/* The connection ended, whoever closed it, or (refused) could not be made.  why: for people. */
void gg_client_disconnected(gg_client *client, bool refused, gg_str why);
/* Answers the event that is under way, if there is one, then ends. */
void gg_client_drain(gg_client *client);
/* Ends at once: an exchange under way is aborted.  Its connection must be closed before, for what is being sent may
 * be in memory that goes now.  Not from inside a gg_exchange_* function. */
void gg_client_abort(gg_client *client);

/* A deadline in Unix milliseconds, as the API gives it, on the monotonic clock and a little earlier, so that the
 * answer is in time.  UINT64_MAX: none, or none that can be believed. */
uint64_t gg_client_deadline(gg_str unix_ms, uint64_t unix_now_ns, uint64_t now_ns);

#endif
