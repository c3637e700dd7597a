/* memory_link.h -- connections without sockets: a client's codec joined to a server's, in one sched.
 *
 *   gg_dial --> memory_link:   client codec  --- piece bytes at a time --->  server codec
 *                                            <----------------------------- */
#ifndef GG_TESTS_MEMORY_LINK_H
#define GG_TESTS_MEMORY_LINK_H

#include "http/dial.h"

enum { MEMORY_PIECE_LEN = 4096 };

typedef enum memory_server {
    MEMORY_ACCEPTS,
    MEMORY_REFUSES, /* the connection is closed at once: "refused" */
    MEMORY_HANGS,   /* it is never made */
    MEMORY_SILENT   /* it is made, and nobody answers */
} memory_server;

typedef struct memory_link memory_link;
typedef struct memory_dialer {
    gg_dialer base;
    gg_sched *sched;
    gg_codec *(*accept)(void *user, gg_task *wake); /* makes the server's codec; NULL: no memory */
    void *user;
    memory_server mode;
    size_t piece;       /* bytes at a time; 0: all there are */
    size_t dialed;      /* attempts so far */
    memory_link *links; /* open ones */
} memory_dialer;
void memory_dialer_init(memory_dialer *dialer, gg_sched *sched, gg_codec *(*accept)(void *user, gg_task *wake),
    void *user);
/* The connections break, as if the server's process had ended. */
void memory_dialer_break(memory_dialer *dialer);
/* The servers begin to drain (GOAWAY). */
void memory_dialer_drain(memory_dialer *dialer);

#endif
