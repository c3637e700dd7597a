/* gg/uv.h -- for handlers that do I/O of their own with libuv. */
#ifndef GG_UV_H
#define GG_UV_H

#include <uv.h>

#include "gg/call.h"

GG_BEGIN_DECLS

/* The loop that the call belongs to: handles started on it run on the call's thread.  NULL for a call
 * outside a loop (a test's).  Borrowed; it outlives the call. */
GG_API uv_loop_t *gg_call_uv_loop(const gg_call *call);

GG_END_DECLS
#endif
