/* h1.h -- one HTTP/1.x connection, as its three files share it.
 *
 *   h1.c      the codec's table of functions, time limits, what comes after one exchange
 *   h1_in.c   llhttp's callbacks: bytes to an exchange and its events
 *   h1_out.c  the exchange's table of functions: a response to bytes
 *
 *              first byte         empty line          last byte
 *   IDLE ------------------> HEAD ----------> BODY --------------> WHOLE
 *    ^                                                               |
 *    +------------------ the response is whole, too -----------------+
 *   any state, on an error or with "Connection: close" --> CLOSED
 *
 * One exchange at a time: x is set from the first byte of a request until its response is whole.  What
 * a pipelining peer sends meanwhile is kept in `in`, up to GG_H1_KEEP_LEN, then reading pauses.
 * Spec: RFC 9112; RFC 9110 for the meaning of fields. */
#ifndef GG_SRC_HTTP_H1_H
#define GG_SRC_HTTP_H1_H

#include <llhttp.h>

#include "http/codec.h"
#include "http/field.h"
#include "http/out.h"

enum {
    GG_H1_BLANK_LEN = 64,        /* bytes of empty lines before a request */
    GG_H1_KEEP_LEN = 16 * 1024,  /* bytes of pipelined requests kept before reading pauses */
    GG_H1_DROP_LEN = 256 * 1024, /* bytes of request body read and dropped after an early response */
    GG_H1_LINE_LEN = 4,          /* of each field line: ": " and CRLF */
    GG_H1_VERSION_LEN = 10       /* of a request line's end: " HTTP/1.1" and CR */
};

typedef enum gg_h1_state {
    GG_H1_IDLE,  /* between two requests */
    GG_H1_HEAD,  /* request line and fields are coming; no front has seen the exchange */
    GG_H1_BODY,  /* the head is with the front, or answered already; the body is coming */
    GG_H1_WHOLE, /* the request is complete, the response is not */
    GG_H1_CLOSED /* nothing more is read; to be closed once the output is sent */
} gg_h1_state;

typedef struct gg_h1 {
    gg_codec base;
    const gg_codec_config *config;
    gg_str peer;
    gg_task *wake;
    llhttp_t parser;
    gg_h1_state state;
    gg_exchange *x; /* NULL: none, or its response is whole */
    gg_buf in;      /* kept: not parsed yet */
    gg_out out;
    gg_task resume; /* parses what was kept */
    gg_timer timer;
    uint64_t due_ns; /* when the state's time is up; the timer may fire earlier */
    gg_date date;
    bool eof, draining, lingers, answered; /* answered: a request, at least */

    /* the request */
    gg_header field; /* being read; name.ptr NULL: none */
    bool in_value;   /* of field */
    size_t blank_len, head_len, field_count;
    int refusal;                      /* HTTP status to answer a bad request with; 0: it is fine */
    bool foreign;                     /* its first line begins with no method: see gg_h1_parse */
    char line_end[GG_H1_VERSION_LEN]; /* of a foreign line, what came last */
    bool keep_alive, is_head, is_1_0, expects_continue;
    size_t unconsumed; /* bytes of body that the front has not used yet */
    size_t dropped;    /* bytes of body after an early response */

    /* the response */
    bool responding;                 /* its head is in out */
    bool chunked, bodyless, blocked; /* blocked: the front waits for writable */
    size_t left;                     /* bytes still to come; SIZE_MAX: the length was not declared */
} gg_h1;

/* -- h1.c -- */
void gg_h1_set_due(gg_h1 *h1, uint64_t timeout_ns); /* UINT64_MAX: no limit */
/* The request is complete and its response whole: the next one, or the end. */
void gg_h1_next(gg_h1 *h1);
/* Reads no more.  An exchange under way stays: its front hears of it when the codec is freed. */
void gg_h1_stop(gg_h1 *h1, bool lingers);
/* Reads no more and gives the exchange up at once; not from inside a gg_exchange_* function. */
void gg_h1_close(gg_h1 *h1, bool lingers);

/* -- h1_in.c -- */
extern const llhttp_settings_t gg_h1_callbacks;
/* Parses bytes as far as it may; *used gets how many.  False: the connection is CLOSED. */
bool gg_h1_parse(gg_h1 *h1, gg_str bytes, size_t *used);

/* -- h1_out.c -- */
extern const gg_exchange_ops gg_h1_exchange_ops;
/* Answers without a front, if it still can, and closes. */
void gg_h1_refuse(gg_h1 *h1, int status);
void gg_h1_send_continue(gg_h1 *h1);

#endif
