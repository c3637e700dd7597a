/* words.c -- what is read from the command line, and what is printed. */
#include "client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const kinds[] = { "place", "sight", "food", "station" };
enum { KINDS = sizeof kinds / sizeof kinds[0] };

gg_call_options soon(void)
{
    gg_call_options options;
    gg_call_options_init(&options);
    options.timeout_ns = (uint64_t)TIMEOUT_S * 1000 * 1000 * 1000;
    return options;
}

static bool read_number(const char **text, int32_t *out)
{
    char *end;
    errno = 0;
    long number = strtol(*text, &end, 10);
    bool ok = end != *text && errno == 0 && number >= INT32_MIN && number <= INT32_MAX;
    *out = (int32_t)number;
    *text = end;
    return ok;
}

bool read_point(const char *word, routeguide_v1_Point *out)
{
    memset(out, 0, sizeof *out);
    if (!read_number(&word, &out->east) || *word++ != ',')
        return false;
    return read_number(&word, &out->north) && *word == '\0';
}

bool read_kind(const char *word, int32_t *kind)
{
    for (*kind = 1; *kind < KINDS; ++*kind)
        if (strcmp(kinds[*kind], word) == 0)
            return true;
    return false;
}

outcome usage(const char *what)
{
    outcome o = { .code = GG_STATUS_INVALID_ARGUMENT };
    snprintf(o.text, sizeof o.text, "expected %s", what);
    return o;
}

outcome outcome_of(const gg_client_status *status)
{
    outcome o = { .code = status->code };
    snprintf(o.text, sizeof o.text, "%.*s", GG_STR_ARG(status->message));
    return o;
}

outcome out_of_memory(void)
{
    return (outcome){ .code = GG_STATUS_RESOURCE_EXHAUSTED, .text = "out of memory" };
}

void print_place(const routeguide_v1_Place *place)
{
    static const routeguide_v1_Point nowhere;
    if (place == NULL)
        return;
    const routeguide_v1_Point *at = place->point != NULL ? place->point : &nowhere;
    int32_t kind = place->kind > 0 && place->kind < KINDS ? place->kind : 0; /* one that is newer than this program */
    printf("%.*s: %s at %d,%d", GG_STR_ARG(place->name), kinds[kind], (int)at->east, (int)at->north);
    if (place->has_hint)
        printf(" (%.*s)", GG_STR_ARG(place->hint));
    printf("\n");
}

void print_route(const routeguide_v1_RecordRouteResponse *route)
{
    printf("%u points, %u places, %llu m", (unsigned)route->point_count, (unsigned)route->place_count,
        (unsigned long long)route->metres);
    if (route->walk != NULL)
        printf(", %lld s on foot", (long long)route->walk->seconds);
    printf("\n");
}

void print_note(const routeguide_v1_ChatResponse *note)
{
    static const routeguide_v1_Point nowhere;
    const routeguide_v1_Point *at = note->point != NULL ? note->point : &nowhere;
    printf("%d,%d: %.*s\n", (int)at->east, (int)at->north, GG_STR_ARG(note->text));
}
