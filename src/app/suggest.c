/* suggest.c -- edit distance (Levenshtein, two rows) between short words. */
#include "app/suggest.h"

enum { WORD_LEN = 64 }; /* longer words get no suggestion */

static size_t min3(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

static size_t edit_distance(gg_str a, gg_str b)
{
    size_t above[WORD_LEN + 1], row[WORD_LEN + 1];
    for (size_t j = 0; j <= b.len; j++)
        above[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++)
            row[j] = min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a.ptr[i - 1] != b.ptr[j - 1]));
        memcpy(above, row, (b.len + 1) * sizeof row[0]);
    }
    return above[b.len];
}

gg_suggestion gg_suggest_for(gg_str typed)
{
    return (gg_suggestion){ .typed = typed, .best = NULL, .distance = SIZE_MAX };
}

void gg_suggest_offer(gg_suggestion *suggestion, const char *word)
{
    gg_str known = gg_str_from(word);
    if (known.len > WORD_LEN || suggestion->typed.len > WORD_LEN)
        return;
    size_t distance = edit_distance(suggestion->typed, known);
    if (distance > (known.len + 2) / 3 || distance >= suggestion->distance)
        return;
    suggestion->best = word;
    suggestion->distance = distance;
}
