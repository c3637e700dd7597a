/* builder.h -- makes the documents of the drills: text and wire fields one after another. */
#ifndef GG_TESTS_DRILLS_BUILDER_H
#define GG_TESTS_DRILLS_BUILDER_H

#include "gg/base.h"

typedef struct builder {
    char *data;
    size_t len, cap;
} builder;

/* Bytes at the end; out of memory ends the program. */
void put(builder *b, const void *bytes, size_t len);
void put_text(builder *b, const char *text);
void put_many(builder *b, const char *text, size_t times);
void put_format(builder *b, const char *format, ...) GG_PRINTF(2, 3); /* at most 200 bytes */

/* -- wire (protobuf.dev, "Encoding") -- */
enum { VARINT = 0, LEN = 2, SGROUP = 3, EGROUP = 4 };
void put_varint(builder *b, uint64_t value);
void put_tag(builder *b, uint32_t number, unsigned wire);
void put_number(builder *b, uint32_t number, uint64_t value);
void put_bytes(builder *b, uint32_t number, const void *bytes, size_t len);
/* The length of a field whose value is all that follows `from`, put where it belongs by moving that. */
void wrap(builder *b, size_t from, uint32_t number);
/* `times` messages one in another, each the only field of the one around it. */
void put_nested(builder *b, uint32_t number, size_t times);

/* A different number for each i below `n`, a power of two, in an order that nothing sorts well. */
size_t scattered(size_t i, size_t n);

#endif
