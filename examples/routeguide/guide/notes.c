/* notes.c -- a bounded number of notes, of all calls. */
#include "guide.h"

#include <pthread.h>
#include <stdlib.h>

struct notes {
    pthread_mutex_t mutex; /* of what follows */
    note list[NOTES];      /* a ring */
    size_t added;          /* ever */
};

notes *notes_new(void)
{
    notes *all = calloc(1, sizeof *all);
    if (all == NULL || pthread_mutex_init(&all->mutex, NULL) == 0)
        return all;
    free(all);
    return NULL;
}

void notes_free(notes *all)
{
    if (all == NULL)
        return;
    pthread_mutex_destroy(&all->mutex);
    free(all);
}

size_t notes_exchange(notes *all, spot at, gg_str text, note *earlier)
{
    size_t count = 0;
    pthread_mutex_lock(&all->mutex);
    for (size_t i = all->added < NOTES ? 0 : all->added - NOTES; i < all->added; i++)
        if (same_spot(all->list[i % NOTES].at, at))
            earlier[count++] = all->list[i % NOTES];
    note *added = &all->list[all->added++ % NOTES];
    added->at = at;
    added->len = text.len < NOTE_LEN ? text.len : NOTE_LEN;
    memcpy(added->text, text.ptr, added->len);
    pthread_mutex_unlock(&all->mutex);
    return count;
}
