/* fuzz.h -- what the fuzz targets share: inputs that name a type and options, laws, the second implementation.
 *
 *   input   type | options | bytes
 *
 *   type      which of the messages of tests/differential/proto, modulo their number
 *   options   bits: 1 omit_unset, 2 proto_names, 4 enums_as_numbers, 8 reject_unknown_fields,
 *             16 reject_unknown_enums, 32 int64_as_numbers, 64 pretty
 *
 * A broken law prints itself and aborts, so that the fuzzer keeps the input. */
#ifndef GG_TESTS_FUZZ_H
#define GG_TESTS_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gg/message.h"

#ifdef __cplusplus
extern "C" {
#endif

#define LAW(holds, ...) \
    do { \
        if (!(holds)) { \
            fprintf(stderr, "broken law: " __VA_ARGS__); \
            fputc('\n', stderr); \
            abort(); \
        } \
    } while (0)

typedef struct fuzz_input {
    const gg_message_type *type;
    gg_codec_options options;
    gg_str bytes;
    gg_arena *arena; /* of this run */
} fuzz_input;

/* False if there are too few bytes.  End it with fuzz_end. */
bool fuzz_begin(fuzz_input *input, const uint8_t *data, size_t size);
void fuzz_end(fuzz_input *input);
bool fuzz_same(gg_str a, gg_str b);

/* Google's C++ implementation (peer.cc).  The result is what the bytes mean to it: serialized again, maps in order of
 * their keys, without what it does not know; in the arena; NULL where it reads by rules of its own.  False if it does not
 * parse them. */
bool fuzz_peer_reads(gg_str type, gg_str wire, gg_arena *arena, gg_str *meaning);

#ifdef __cplusplus
}
#endif
#endif
