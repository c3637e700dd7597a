/* h2_closed.c -- two rings of stream ids (h2_closed.h). */
#include "http/h2_closed.h"

#include <assert.h>

void gg_h2_closed_open(gg_h2_closed *closed, int32_t id)
{
    if (id <= closed->newest)
        return;
    int32_t expected = closed->newest == 0 ? 1 : closed->newest + 2;
    if (id > expected) {
        closed->gaps[closed->next_gap].first = expected;
        closed->gaps[closed->next_gap].last = id - 2;
        closed->next_gap = (closed->next_gap + 1) % GG_H2_GAPS_KEPT;
    }
    closed->newest = id;
}

void gg_h2_closed_reset(gg_h2_closed *closed, int32_t id, bool by_peer)
{
    for (size_t i = 0; i < GG_H2_RESETS_KEPT; i++)
        if (closed->resets[i] == id || closed->resets[i] == -id) {
            closed->resets[i] = by_peer ? -id : closed->resets[i]; /* it knows now */
            return;
        }
    int32_t *place = &closed->resets[closed->next_reset];
    int32_t old = *place < 0 ? -*place : *place;
    if (old > closed->lost)
        closed->lost = old;
    *place = by_peer ? -id : id;
    closed->next_reset = (closed->next_reset + 1) % GG_H2_RESETS_KEPT;
}

gg_h2_late gg_h2_closed_judge(const gg_h2_closed *closed, int32_t id)
{
    assert(id <= closed->newest);
    for (size_t i = 0; i < GG_H2_RESETS_KEPT; i++)
        if (closed->resets[i] == id || closed->resets[i] == -id)
            return closed->resets[i] > 0 ? GG_H2_LATE_IGNORE : GG_H2_LATE_RESET;
    for (size_t i = 0; i < GG_H2_GAPS_KEPT; i++)
        if (id >= closed->gaps[i].first && id <= closed->gaps[i].last)
            return GG_H2_LATE_UNOPENED;
    return id <= closed->lost ? GG_H2_LATE_IGNORE : GG_H2_LATE_ENDED;
}
