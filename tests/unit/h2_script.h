/* h2_script.h -- an HTTP/2 server that says what a script says, right or wrong, and notes what it hears.
 *
 * A script is what it says to one request, once that request has ended ("!" before it: once it has begun), frame
 * by frame:
 *
 *   H name=value name=value   HEADERS          M text         DATA: a Length-Prefixed-Message, Text{text}
 *   R code                    RST_STREAM       D 00ff         DATA: these bytes
 *   G last code               GOAWAY           S id=value     SETTINGS
 *   W increment               WINDOW_UPDATE    X 00ff         these bytes as they are
 *   E                         end of the connection
 *
 * separated by "; ".  "H.", "M.", "D." have END_STREAM.
 * What it hears: "HEADERS(1) DATA(1,9.)", a dot for END_STREAM; the fields of the last HEADERS by themselves.  SETTINGS
 * and WINDOW_UPDATE are left out. */
#ifndef GG_TESTS_H2_SCRIPT_H
#define GG_TESTS_H2_SCRIPT_H

#include "http/codec.h"

enum { SCRIPTS = 8, HEARD_LEN = 2048, FIELDS_LEN = 1024 };

typedef struct h2_script {
    gg_sched *sched;
    const char *settings;         /* a script for the beginning of a connection; NULL: plain SETTINGS */
    const char *scripts[SCRIPTS]; /* for the first request, the second, ...; NULL: says nothing */
    size_t requests;              /* heard so far, on all connections */
    char heard[HEARD_LEN], fields[FIELDS_LEN];
    size_t returned;   /* by WINDOW_UPDATE on streams, bytes */
    size_t said;       /* bytes, on all connections */
    size_t flip_at;    /* the byte of them that is said wrong, and */
    uint8_t flip_bits; /* how; 0: none is */
    void *connection;  /* the newest; NULL: none is open */
} h2_script;

/* Says something more on the newest connection. */
void h2_script_say(h2_script *script, int32_t id, const char *text);
/* A connection to it; for memory_dialer, user is the h2_script. */
gg_codec *h2_script_accept(void *user, gg_task *wake);

#endif
