/* documents.h -- the drills: documents that a careless reader takes too long, too much memory or stack for. */
#ifndef GG_TESTS_DRILLS_DOCUMENTS_H
#define GG_TESTS_DRILLS_DOCUMENTS_H

#include "builder.h"

#include "gg/message.h"

/* What may come of it, any one of them. */
enum { RIGHT = 1, WRONG = 2 /* GG_EPROTO */, TOO_BIG = 4 /* GG_ETOOBIG */, NO_MEMORY = 8 /* GG_ENOMEM */ };

typedef struct drill {
    const char *what;
    enum { FROM_JSON, FROM_WIRE } form;
    const gg_message_type *type;
    void (*build)(builder *b, size_t n);
    size_t n; /* a power of two: lists grow by doubling, and so n, 2n and 4n of them can be compared */
    unsigned want;
    size_t feed;  /* JSON: bytes a feed; 0: all at once */
    size_t limit; /* bytes of the arena; 0: GG_ARENA_LIMIT */
} drill;

extern const drill drills[];
extern const size_t drill_count;
/* Once each, as large as they are: millions. */
extern const drill large[];
extern const size_t large_count;

#endif
