/* frames.h -- what the targets of HTTP/2 share: an input of steps, and the law of what a codec sends.
 *
 *   input   settings | step...        step   kind and length: one byte | bytes
 *
 *   kind, by the two highest bits: 0, 1 bytes from the peer (length in the low six bits; 1: eight times that),
 *   2 time passes (that many times 5 s), 3 something that the target decides */
#ifndef GG_TESTS_FUZZ_FRAMES_H
#define GG_TESTS_FUZZ_FRAMES_H

#include "fuzz.h"
#include "http/codec.h"
#include "http/h2_heads.h"

typedef enum frames_kind { FRAMES_BYTES, FRAMES_TIME, FRAMES_OTHER } frames_kind;

typedef struct frames_step {
    frames_kind kind;
    gg_str bytes;
    unsigned number;
} frames_step;

/* The next step of *input; false: none is left. */
bool frames_next(gg_str *input, frames_step *step);

typedef struct frames_sent { /* what a codec has sent so far */
    gg_h2_heads heads;
    size_t count;
    bool over; /* a GOAWAY with an error came: nothing may follow */
} frames_sent;

/* Takes the codec's output and checks it: whole frames of at most 16,384 bytes in the end, SETTINGS first, nothing
 * after a GOAWAY with an error. */
void frames_take(frames_sent *sent, gg_codec *codec);
/* Runs tasks and timers, and takes the output, until nothing more is to be done. */
void frames_settle(frames_sent *sent, gg_codec *codec, gg_sched *sched, uint64_t ns);

#endif
