/* fake_front.h -- a front for codec tests: the path says what it does, a journal says what it was told.
 *
 *   /ok       "ok" when the request is whole           /early   "early" before any of the body
 *   /echo     the body, when it is whole               /hold    nothing; the test answers with fake_front_answer
 *   /big      BIG_LEN bytes, whole                     /empty   a response without body
 *   /stream   BIG_LEN bytes in pieces of unknown length, then a trailer, as the peer takes them
 *   /reset    reset instead of a response              /greedy  never says that it has used the body
 *   /unsafe   a response with fields that no codec may send
 *   /trailers a trailer after an empty body            /204     no content
 *
 * Journal: "GET /ok?q authority name=value; ... |body|" for each exchange, then "." for its end, "!" for abort. */
#ifndef GG_TESTS_FAKE_FRONT_H
#define GG_TESTS_FAKE_FRONT_H

#include "http/codec.h"

enum { FAKE_BIG_LEN = 200 * 1000, FAKE_JOURNAL_LEN = 16 * 1024, FAKE_SENT_LEN = 512 * 1024 };

typedef struct fake_front {
    gg_chunk_pool pool;
    gg_sched sched;
    gg_codec_config config;
    gg_codec *codec;
    gg_task wake;
    bool woken;
    char journal[FAKE_JOURNAL_LEN];
    size_t journal_len;
    gg_exchange *held;        /* by /hold: the newest one */
    size_t open;              /* exchanges not released yet */
    char sent[FAKE_SENT_LEN]; /* what the codec gave to send */
    size_t sent_len;
} fake_front;

/* A codec with this front over it; whatever *front held is forgotten.  False: no memory. */
bool fake_front_open(fake_front *front, bool is_h2);
/* The same behind a TLS handshake; ALPN chooses. */
bool fake_front_open_tls(fake_front *front, gg_tls_context *tls);
/* What a connection does with bytes it has read; then runs tasks and takes the output. */
void fake_front_feed(fake_front *front, gg_str bytes);
/* Runs tasks and timers, takes the output, until nothing more is to be done. */
void fake_front_run(fake_front *front);
/* The clock goes on. */
void fake_front_wait(fake_front *front, uint64_t ns);
void fake_front_answer(fake_front *front, gg_str body);
/* The socket is gone; fails the test if an exchange or a task is left. */
void fake_front_close(fake_front *front);

#endif
