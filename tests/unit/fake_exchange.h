/* fake_exchange.h -- a source of exchanges in memory: a request written as text, the response as text.
 *
 *   fake_exchange_open(&fake, "POST", "/v1/x?a=b", "accept: a/b\n", body)     then the front's request function
 *   fake_exchange_feed(&fake, 1)                                           the body, one byte at a time, and its end
 *   fake.response   "200\ncontent-type: application/json\n\n{}"              trailers: "\n\nname: value" behind */
#ifndef GG_TESTS_FAKE_EXCHANGE_H
#define GG_TESTS_FAKE_EXCHANGE_H

#include "http/exchange.h"

enum { FAKE_RESPONSE_LEN = 8192, FAKE_PIECE_LEN = 512, FAKE_EVENTS_MAX = 100000 };

typedef struct fake_exchange {
    gg_exchange *x; /* NULL: no memory, or the source is done with it */
    gg_sched sched;
    gg_http_limits limits;
    gg_str body; /* of the request, still to be fed */
    char piece[FAKE_PIECE_LEN];
    size_t consumed; /* bytes of it that the front has used */
    char response[FAKE_RESPONSE_LEN];
    size_t response_len;
    size_t high_water;     /* bytes of response taken at a time; 0: all */
    bool whole, was_reset; /* the response has ended; in the proper way or not */
} fake_exchange;

/* headers: "name: value\n" each, lower case.  GG_ENOMEM. */
gg_rc fake_exchange_open(fake_exchange *fake, const char *method, const char *target, const char *headers, gg_str body);
/* Gives the body in pieces of `piece` bytes (0: the most, FAKE_PIECE_LEN) and its end, runs tasks between, until nothing more
 * is to be done. */
void fake_exchange_feed(fake_exchange *fake, size_t piece);
void fake_exchange_run(fake_exchange *fake);
/* The peer is gone. */
void fake_exchange_abort(fake_exchange *fake);

#endif
