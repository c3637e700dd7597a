/* suggest.h -- the known word nearest to what somebody typed. */
#ifndef GG_SRC_APP_SUGGEST_H
#define GG_SRC_APP_SUGGEST_H

#include "gg/base.h"

typedef struct gg_suggestion {
    gg_str typed;
    const char *best; /* NULL: nothing is near */
    size_t distance;  /* edits from typed to best */
} gg_suggestion;

gg_suggestion gg_suggest_for(gg_str typed);
/* Keeps word if it is nearer than what was offered before, and near at all: a third of its letters may
 * differ. */
void gg_suggest_offer(gg_suggestion *suggestion, const char *word);

#endif
