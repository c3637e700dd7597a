/* gg/base.h -- the words that every other public header uses: slices, results, statuses.
 *
 * Nothing here allocates.  Every type may be copied freely and used from any thread. */
#ifndef GG_BASE_H
#define GG_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__)
#define GG_API __attribute__((visibility("default")))
#define GG_PRINTF(text_at, first) __attribute__((format(printf, text_at, first)))
#else
#define GG_API
#define GG_PRINTF(text_at, first)
#endif

#ifdef __cplusplus
#define GG_BEGIN_DECLS extern "C" {
#define GG_END_DECLS }
#else
#define GG_BEGIN_DECLS
#define GG_END_DECLS
#endif

GG_BEGIN_DECLS

/* Borrowed bytes.  ptr may be NULL if len is 0; the bytes need not end in NUL and may hold one. */
typedef struct gg_str {
    const char *ptr;
    size_t len; /* bytes */
} gg_str;

/* A slice of a string literal: GG_STR_INIT in static tables, GG_STR in expressions. */
/* clang-format off */
#define GG_STR_INIT(lit) { (lit), sizeof(lit) - 1 }
/* clang-format on */
#ifdef __cplusplus
#define GG_STR(lit) (gg_str GG_STR_INIT(lit))
#else
#define GG_STR(lit) ((gg_str)GG_STR_INIT(lit))
#endif

/* printf("%.*s", GG_STR_ARG(s)) */
#define GG_STR_ARG(s) (int)(s).len, ((s).len ? (s).ptr : "")

static inline gg_str gg_str_of(const char *ptr, size_t len)
{
    gg_str s = { ptr, len };
    return s;
}

/* A slice of a NUL-terminated string; NULL gives the empty slice. */
static inline gg_str gg_str_from(const char *text)
{
    return gg_str_of(text, text != NULL ? strlen(text) : 0);
}

static inline bool gg_str_eq(gg_str a, gg_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* What a function of the library answers.  Zero is success, above zero is no error either, below is one. */
typedef enum gg_rc {
    GG_OK = 0,
    GG_NEED_MORE = 1,  /* the input is cut short: call again with more bytes */
    GG_AGAIN = 2,      /* not accepted now: wait until writable */
    GG_END = 3,        /* nothing follows: the other side has said all */
    GG_EPROTO = -1,    /* the peer broke the protocol, or the bytes are malformed */
    GG_ETOOBIG = -2,   /* a named limit was exceeded */
    GG_ENOMEM = -3,    /* no memory, or the call has spent its arena */
    GG_ECANCELED = -4, /* the peer or the call is gone */
    GG_EINVAL = -5,    /* the caller's argument is wrong */
    GG_ENOTFOUND = -6, /* no such name */
    GG_EIO = -7        /* the operating system refused */
} gg_rc;

/* clang-format off */
/* How a call ends: name, code (gRPC statuscodes.md), HTTP status (google.rpc.Code). */
#define GG_STATUS_MAP(X)                                                                            \
    X(OK, 0, 200) X(CANCELLED, 1, 499) X(UNKNOWN, 2, 500) X(INVALID_ARGUMENT, 3, 400)              \
    X(DEADLINE_EXCEEDED, 4, 504) X(NOT_FOUND, 5, 404) X(ALREADY_EXISTS, 6, 409)                    \
    X(PERMISSION_DENIED, 7, 403) X(RESOURCE_EXHAUSTED, 8, 429) X(FAILED_PRECONDITION, 9, 400)      \
    X(ABORTED, 10, 409) X(OUT_OF_RANGE, 11, 400) X(UNIMPLEMENTED, 12, 501) X(INTERNAL, 13, 500)    \
    X(UNAVAILABLE, 14, 503) X(DATA_LOSS, 15, 500) X(UNAUTHENTICATED, 16, 401)
#define GG_STATUS_AS_ENUM(name, code, http) GG_STATUS_##name = (code),
typedef enum gg_status {
    GG_STATUS_PENDING = -1, /* not a status: the handler will call gg_call_finish later */
    GG_STATUS_MAP(GG_STATUS_AS_ENUM)
} gg_status;
#undef GG_STATUS_AS_ENUM
/* clang-format on */

/* "NOT_FOUND" for GG_STATUS_NOT_FOUND; "UNKNOWN" for a value that is no status.  Never fails. */
GG_API const char *gg_status_name(gg_status status);
/* The HTTP status that stands for it (google.rpc.Code); 500 for a value that is no status. */
GG_API int gg_status_http(gg_status status);
/* The library's own version, "1.2.3". */
GG_API const char *gg_version(void);

/* What a library beside libgg, as libgg-tls, adds to a program that asks for it (gg_app_use). */
typedef struct gg_extension gg_extension;

GG_END_DECLS
#endif
