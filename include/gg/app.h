/* gg/app.h -- a whole program: services, interceptors, and the main that serves them.
 *
 *   int main(int argc, char **argv)
 *   {
 *       gg_app *app = gg_app_new("ping");
 *       gg_app_intercept(app, &log_rpc, NULL);
 *       example_v1_PingService_register(app, &(example_v1_PingService){ .Ping = ping }, NULL);
 *       return gg_app_main(app, argc, argv);
 *   }
 *
 * One thread builds the app; gg_app_main freezes it.  Functions that add to it return an error and the app
 * also keeps the first one, which gg_app_main reports, so a short main need not check. */
#ifndef GG_APP_H
#define GG_APP_H

#include "gg/blocking.h"
#include "gg/log.h"

GG_BEGIN_DECLS

typedef struct gg_app gg_app;

/* name: the program's, for its help and its log; copied.  NULL: no memory (every function of this header
 * accepts that NULL, and gg_app_main then says so). */
GG_API gg_app *gg_app_new(const char *name);
/* Only for an app that is not given to gg_app_main. */
GG_API void gg_app_free(gg_app *app);
/* What --version prints after the name, "1.2.3"; copied. */
GG_API gg_rc gg_app_set_version(gg_app *app, const char *version);

/* A flag of the program's own, beside those of every app: --name VALUE.  Its environment variable is
 * GG_NAME.  fn checks and takes a value: NULL if it is fine, else what is wrong with it (static text).
 * value_name NULL: a switch, fn gets "true" or "false". */
GG_API gg_rc gg_app_flag(gg_app *app, const char *name, const char *value_name, const char *help,
    const char *(*fn)(void *user, const char *value), void *user);

/* Adds what a library beside libgg brings: gg_app_use(app, gg_tls_openssl()), see gg/tls.h.  Borrowed; it must outlive the
 * app.  GG_EINVAL: NULL, or made for another version of libgg. */
GG_API gg_rc gg_app_use(gg_app *app, const gg_extension *extension);

/* Adds an interceptor around every call; they start in the order of addition.  The table is borrowed and
 * must outlive the app. */
GG_API gg_rc gg_app_intercept(gg_app *app, const gg_interceptor *interceptor, void *user);
/* A generated service; protoc-gen-gg emits a typed function that calls this.  impl is copied.  What one registration
 * leaves NULL a second one may bring (some methods block, others do not).  GG_EINVAL: a method has a handler already. */
GG_API gg_rc gg_app_register(gg_app *app, const gg_service_binding *binding, const void *impl, void *user);
/* One unary method with a handler on serialized messages.  method: from a generated service's table or
 * from a schema, both of which must outlive the app. */
GG_API gg_rc gg_app_handle_raw(gg_app *app, const gg_service_type *service, const gg_method_type *method,
    gg_raw_unary_fn handler, void *user);
/* One method of any kind with a streaming handler on serialized messages; the table must outlive the app too. */
GG_API gg_rc gg_app_handle_stream(gg_app *app, const gg_service_type *service, const gg_method_type *method,
    const gg_stream_handler *handler, void *user);
/* The same for handlers that may block (gg/blocking.h). */
GG_API gg_rc gg_app_register_blocking(gg_app *app, const gg_blocking_binding *binding, const void *impl, void *user);
GG_API gg_rc gg_app_handle_blocking(gg_app *app, const gg_service_type *service, const gg_method_type *method,
    gg_raw_blocking_fn handler, void *user);
/* Every method that no service has: a proxy's handler.  gg_call_method tells which; it is taken as one that streams
 * both ways.  Without it such calls are UNIMPLEMENTED. */
GG_API gg_rc gg_app_handle_unknown(gg_app *app, const gg_stream_handler *handler, void *user);
/* What grpc.health.v1.Health answers for a service, "" being the server as a whole.  Every app has that service, unless
 * it registers one of its own; all that is registered serves from the start, and nothing once the program shuts down.
 * Before gg_app_main any name may be given, also of no service; afterwards, from any thread, one that is known.  GG_OK;
 * GG_EINVAL: it is not.  Spec: gRPC health-checking.md. */
GG_API gg_rc gg_app_set_serving(gg_app *app, gg_str service, bool serving);

/* One more field of a log line. */
typedef struct gg_app_log_field {
    const char *name;
    gg_str value;
} gg_app_log_field;
/* Whether a line at that level would be written: ask before formatting one. */
GG_API bool gg_app_logs(const gg_app *app, gg_log_level level);
/* Writes a line to the app's log, {"level":...,"msg":...,"time":...}, with up to 8 fields after msg.  From
 * any thread while gg_app_main runs; before that nothing is written. */
GG_API void gg_app_log(const gg_app *app, gg_log_level level, gg_str msg, const gg_app_log_field *fields,
    size_t field_count);

/* Reads flags and environment, listens, serves until SIGTERM or SIGINT, frees the app.
 * Returns the process's exit status: 0 after a clean shutdown, 1 when it could not serve, 2 for an unknown
 * flag or a bad value. */
GG_API int gg_app_main(gg_app *app, int argc, char **argv);

GG_END_DECLS
#endif
