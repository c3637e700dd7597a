/* load.h -- a load of gRPC calls: what its two halves share.  See main.c. */
#ifndef LOAD_H
#define LOAD_H

#include <netinet/in.h>
#include <nghttp2/nghttp2.h>
#include <stdbool.h>
#include <stdint.h>

enum { WRITE_LEN = 64 * 1024 };
#define NS_PER_S UINT64_C(1000000000)

typedef struct kind {
    const char *name, *path;
    bool streams_requests, streams_responses;
} kind;

typedef struct message {
    unsigned char *bytes; /* with its prefix */
    size_t len;
} message;

typedef struct times {
    uint32_t *us;
    size_t count, cap;
} times;

typedef struct load {
    const kind *kind;
    size_t connections, streams, calls, count, len, rate;
    double seconds;
    bool holds;
    struct sockaddr_in address;
    char authority[32];
    message request, response;
    size_t request_count, response_count; /* of each call */
    int epoll;
    nghttp2_session_callbacks *callbacks;
    struct conn **conns;
    size_t conn_count, fresh; /* connections; those without an answer yet */
    size_t started, open, ended;
    uint64_t start_ns, end_ns; /* no call starts after */
    struct call *spare;
    times took, late;
} load;

typedef struct conn {
    load *load;
    int fd;
    nghttp2_session *session;
    bool waits_writable, answered;
    size_t out_len, out_sent;
    unsigned char out[WRITE_LEN]; /* what the socket did not take yet */
} conn;

typedef struct call {
    struct call *next; /* spare ones */
    conn *conn;
    int32_t stream_id;
    uint64_t due_ns;
    size_t requests, request_at, responses, response_at; /* whole messages, and bytes of the one under way */
    bool deferred, ok;
} call;

/* main.c */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
void *must(void *memory); /* fails if it is NULL */
uint64_t now_ns(void);
void times_add(times *t, uint64_t ns);

/* calls.c */
void make_messages(load *l);
nghttp2_session_callbacks *make_callbacks(void);
bool may_start(const load *l, uint64_t now);
void call_start(conn *on, uint64_t due_ns);

#endif
