/* surveyor.c -- a thread that is not the library's: something slow that a handler gives work to, and hears from later. */
#include "guide.h"

#include <pthread.h>
#include <stdlib.h>

struct surveyor {
    pthread_t thread;
    pthread_mutex_t mutex; /* of what follows */
    pthread_cond_t changed;
    survey *first, **last; /* to be done */
    bool ends;
};

static uint64_t distance(int32_t a, int32_t b)
{
    return a < b ? (uint64_t)((int64_t)b - a) : (uint64_t)((int64_t)a - b);
}

static void measure(survey *s)
{
    for (size_t i = 0; i < s->count; i++) {
        if (i > 0)
            s->metres +=
                distance(s->spots[i - 1].east, s->spots[i].east) + distance(s->spots[i - 1].north, s->spots[i].north);
        for (size_t k = 0; k < map_count; k++)
            s->place_count += same_spot(map[k].at, s->spots[i]);
    }
}

/* Waits for the next one; NULL: there will be none. */
static survey *take(surveyor *s)
{
    pthread_mutex_lock(&s->mutex);
    while (s->first == NULL && !s->ends)
        pthread_cond_wait(&s->changed, &s->mutex);
    survey *taken = s->first;
    if (taken != NULL) {
        s->first = taken->next;
        if (s->first == NULL)
            s->last = &s->first;
    }
    pthread_mutex_unlock(&s->mutex);
    return taken;
}

static void *run(void *arg)
{
    for (survey *next; (next = take(arg)) != NULL;) {
        measure(next);
        next->done(next);
    }
    return NULL;
}

surveyor *surveyor_new(void)
{
    surveyor *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->last = &s->first;
    if (pthread_mutex_init(&s->mutex, NULL) != 0)
        goto free_memory;
    if (pthread_cond_init(&s->changed, NULL) != 0)
        goto destroy_mutex;
    if (pthread_create(&s->thread, NULL, run, s) == 0)
        return s;
    pthread_cond_destroy(&s->changed);
destroy_mutex:
    pthread_mutex_destroy(&s->mutex);
free_memory:
    free(s);
    return NULL;
}

void surveyor_free(surveyor *s)
{
    if (s == NULL)
        return;
    pthread_mutex_lock(&s->mutex);
    s->ends = true;
    pthread_cond_signal(&s->changed);
    pthread_mutex_unlock(&s->mutex);
    pthread_join(s->thread, NULL);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->mutex);
    free(s);
}

void surveyor_measure(surveyor *s, survey *given)
{
    pthread_mutex_lock(&s->mutex);
    given->next = NULL;
    *s->last = given;
    s->last = &given->next;
    pthread_cond_signal(&s->changed);
    pthread_mutex_unlock(&s->mutex);
}
