/* details.h -- error details: google.rpc.Status as it is put together and taken apart.
 *
 *   message Status { int32 code = 1; string message = 2; repeated google.protobuf.Any details = 3; }
 *
 * Spec: google/rpc/status.proto. */
#ifndef GG_SRC_GRPC_DETAILS_H
#define GG_SRC_GRPC_DETAILS_H

#include "base/arena.h"

/* Appends one to *details, which holds fields 3 only.  GG_EINVAL: no type; GG_ENOMEM. */
gg_rc gg_details_add(gg_str *details, gg_arena *arena, gg_str type, gg_str message);
/* The whole message; *status stays empty if there are no details.  GG_ENOMEM. */
gg_rc gg_details_finish(gg_str details, gg_arena *arena, gg_status code, gg_str message, gg_str *status);

#endif
