/* client.h -- the parts of the client: the same four commands in two styles. */
#ifndef CLIENT_H
#define CLIENT_H

#include "routeguide/v1/route_guide_client.gg.h"

/* How a command went; message is in text. */
typedef struct outcome {
    gg_status code;
    char text[256];
} outcome;

/* A command gets its words, NULL after the last one, and prints what the server says; how it went. */
typedef outcome (*command_fn)(gg_channel *channel, char **words);
typedef struct commands {
    command_fn place, places, route, chat;
} commands;
/* blocking.c: by functions that wait. */
extern const commands blocking_commands;
/* callbacks.c: by callbacks on the channel's thread. */
extern const commands callback_commands;

/* -- words.c: what is read and printed -- */

enum { TIMEOUT_S = 10 };
/* The options of a call that should not take long. */
gg_call_options soon(void);

/* "EAST,NORTH"; false: it is none. */
bool read_point(const char *word, routeguide_v1_Point *out);
/* "sight", "food", "station"; false: none of these. */
bool read_kind(const char *word, int32_t *kind);
outcome usage(const char *what);
outcome outcome_of(const gg_client_status *status);
/* The call could not even be started. */
outcome out_of_memory(void);

void print_place(const routeguide_v1_Place *place);
void print_route(const routeguide_v1_RecordRouteResponse *route);
void print_note(const routeguide_v1_ChatResponse *note);

#endif
