/* gg/blocking.h -- handlers that may block: each call runs on a thread of a pool.
 *
 *   static gg_status route_chat(gg_blocking_call *call)
 *   {
 *       const RouteNote *note;
 *       while (RouteGuide_RouteChat_recv(call, &note) == GG_OK)
 *           if (RouteGuide_RouteChat_blocking_send(call, note) != GG_OK)
 *               break;
 *       return GG_STATUS_OK;
 *   }
 *
 * A handler is given a thread once its first request message is there (of a method that does not stream requests: the
 * whole request), keeps it until it returns, and the status that it returns ends the call.  More calls than threads
 * wait in a queue (--pool-threads, --pool-queue; each worker has both of its own); a call that finds it full ends with
 * RESOURCE_EXHAUSTED.  Connections and the other handlers go on meanwhile.
 *
 * When the caller goes away or the deadline passes, whatever waits here answers GG_ECANCELED, and the call is over for
 * the caller; the handler should return soon: its thread is taken until then, and whatever it returns is not used.
 *
 * Thread: all functions belong to the thread of the handler. */
#ifndef GG_BLOCKING_H
#define GG_BLOCKING_H

#include "gg/call.h"

GG_BEGIN_DECLS

typedef struct gg_blocking_call gg_blocking_call;

/* As the functions of gg/call.h of the same names.  Metadata reaches the call later: one that has no memory for it then
 * ends with RESOURCE_EXHAUSTED, and whatever waits here answers GG_ECANCELED. */
GG_API gg_str gg_blocking_method(const gg_blocking_call *call);
GG_API gg_str gg_blocking_peer(const gg_blocking_call *call);
GG_API gg_str gg_blocking_metadata(const gg_blocking_call *call, gg_str key);
GG_API bool gg_blocking_metadata_at(const gg_blocking_call *call, size_t index, gg_str *key, gg_str *value);
GG_API uint64_t gg_blocking_deadline_ns(const gg_blocking_call *call);
GG_API bool gg_blocking_canceled(gg_blocking_call *call);
GG_API void *gg_blocking_user(const gg_blocking_call *call);
GG_API gg_status gg_blocking_fail(gg_blocking_call *call, gg_status status, const char *format, ...) GG_PRINTF(3, 4);
GG_API gg_rc gg_blocking_set_header(gg_blocking_call *call, gg_str key, gg_str value);
GG_API gg_rc gg_blocking_set_trailer(gg_blocking_call *call, gg_str key, gg_str value);
GG_API gg_rc gg_blocking_add_detail(gg_blocking_call *call, gg_str type, gg_str message);
GG_API gg_rc gg_blocking_set_compression(gg_blocking_call *call, gg_compression compression);
GG_API void gg_blocking_compress(gg_blocking_call *call, bool compress);
/* Of the message that gg_blocking_recv gave last, or of the one request. */
GG_API bool gg_blocking_request_compressed(const gg_blocking_call *call);
/* Sends the response's headers now, before the first message.  GG_OK, GG_ECANCELED. */
GG_API gg_rc gg_blocking_send_headers(gg_blocking_call *call);

/* The handler's own memory: freed when the call ends, with the handler's request and response.  It may take as much as
 * any call (--max-call-bytes). */
GG_API gg_arena *gg_blocking_arena(gg_blocking_call *call);
/* Zeroed memory of it; NULL when it is spent. */
GG_API void *gg_blocking_alloc(gg_blocking_call *call, size_t len);
/* Formatted text in it; empty when it is spent. */
GG_API gg_str gg_blocking_printf(gg_blocking_call *call, const char *format, ...) GG_PRINTF(2, 3);

/* The next request message of a method that streams them; waits for it.  Valid until the next gg_blocking_recv; a typed
 * handler gets the struct, a raw one the bytes.  GG_OK; GG_END: the caller has sent all; GG_ECANCELED; GG_EPROTO: the
 * message is malformed, and the call will end with INTERNAL; GG_ENOMEM. */
GG_API gg_rc gg_blocking_recv(gg_blocking_call *call, gg_message *message);
/* Sends a response message of a method that streams them: a struct or bytes, which are not needed any more when it
 * returns.  Waits until the one before has been taken, so a caller that does not read holds the handler up.
 * GG_OK; GG_ECANCELED; GG_EINVAL: a struct that cannot be serialized; GG_ENOMEM. */
GG_API gg_rc gg_blocking_send(gg_blocking_call *call, const gg_message *message);
/* Waits so long, or until the call is canceled.  GG_OK, GG_ECANCELED. */
GG_API gg_rc gg_blocking_sleep(gg_blocking_call *call, uint64_t delay_ns);

/* A handler on serialized messages.  request: of a method that does not stream requests, else empty;
 * *response: to be set, of a method that does not stream responses, to bytes that are static or in the call's memory. */
typedef gg_status (*gg_raw_blocking_fn)(gg_blocking_call *call, gg_str request, gg_str *response);
/* What protoc-gen-gg emits for a method; request and response are NULL where the method streams them. */
typedef gg_status (
    *gg_typed_blocking_fn)(gg_blocking_call *call, const void *impl, const void *request, void *response);

/* A generated service, as gg_service_binding. */
typedef struct gg_blocking_binding {
    const gg_service_type *type;
    const gg_typed_blocking_fn *call;
    const size_t *impl_offset;
    size_t impl_len;
} gg_blocking_binding;

GG_END_DECLS
#endif
