/* reflection.c -- grpc.reflection.v1 and v1alpha: a stream of questions about what is served.
 *
 *   file_by_filename 3, file_containing_symbol 4,      file_descriptor_response 4: the file first, then
 *   file_containing_extension 5                          everything it imports, always all of it
 *   all_extension_numbers_of_type 6                    all_extension_numbers_response 5
 *   list_services 7                                    list_services_response 6
 *   anything not found                                 error_response 7 with NOT_FOUND; the stream goes on
 *
 * Each answer is built in the stream's message arena, so a long stream holds one.
 * Spec: grpc-proto, grpc/reflection/v1/reflection.proto.  Elsewhere: the search (reflection_search.c). */
#include "grpc/reflection.h"

#include "proto/message.h"
#include "proto/wire.h"

enum { VALID_HOST = 1, ORIGINAL_REQUEST = 2 };
typedef enum question {
    NO_QUESTION = 0,
    FILE_BY_FILENAME = 3,
    FILE_CONTAINING_SYMBOL = 4,
    FILE_CONTAINING_EXTENSION = 5,
    ALL_EXTENSION_NUMBERS = 6,
    LIST_SERVICES = 7
} question;
enum { FILE_DESCRIPTORS = 4, EXTENSION_NUMBERS = 5, SERVICES = 6, ERROR = 7 };

typedef struct reflection_request {
    question what;
    gg_str host, text; /* text: file name, symbol, or message type */
    int32_t number;    /* of the extension */
} reflection_request;

static gg_rc read_extension_request(gg_str input, reflection_request *request)
{
    gg_wire_field field;
    gg_rc rc;
    while ((rc = gg_wire_next(&input, &field)) == GG_OK) {
        if (field.number == 1 && field.type == GG_WIRE_LEN)
            request->text = field.bytes;
        else if (field.number == 2 && field.type == GG_WIRE_VARINT)
            request->number = (int32_t)(uint32_t)field.value;
    }
    return rc == GG_NEED_MORE ? GG_OK : rc;
}

static gg_rc read_request(gg_str input, reflection_request *request)
{
    gg_wire_field field;
    gg_rc rc;
    *request = (reflection_request){ 0 };
    while ((rc = gg_wire_next(&input, &field)) == GG_OK) {
        if (field.type != GG_WIRE_LEN)
            continue;
        if (field.number == 1) {
            request->host = field.bytes;
        } else if (field.number >= FILE_BY_FILENAME && field.number <= LIST_SERVICES) {
            request->what = (question)field.number;
            request->text = field.bytes;
            if (request->what == FILE_CONTAINING_EXTENSION) {
                request->text = gg_str_of(NULL, 0);
                rc = read_extension_request(field.bytes, request);
                if (rc != GG_OK)
                    return rc;
            }
        }
    }
    return rc == GG_NEED_MORE ? GG_OK : rc;
}

/* -- answers: each writes the body of one response message -- */

static gg_rc write_files(const gg_reflection_files *files, const gg_file_type *file, gg_arena *arena, gg_buf *out)
{
    gg_reflection_files all;
    gg_rc rc = gg_reflection_closure(files, file, arena, &all);
    for (size_t i = 0; i < all.count && rc == GG_OK; i++)
        rc = gg_wire_write_bytes(out, 1, all.items[i]->descriptor);
    return rc;
}

static gg_rc write_extension_numbers(const gg_reflection_files *files, gg_str message, gg_buf *out)
{
    gg_rc rc = gg_wire_write_bytes(out, 1, message);
    for (size_t i = 0; i < files->count; i++) {
        gg_extension_walk walk;
        gg_str extendee;
        int32_t number;
        gg_extension_walk_init(&walk, files->items[i]);
        while (rc == GG_OK && gg_extension_next(&walk, &extendee, &number))
            if (gg_str_eq(extendee, message))
                rc = gg_wire_write_varint(out, 2, (uint64_t)number);
    }
    return rc;
}

static gg_rc write_services(const gg_server *server, gg_buf *out)
{
    gg_rc rc = GG_OK;
    for (size_t i = 0; i < server->service_count && rc == GG_OK; i++) {
        gg_buf service = { 0 };
        rc = gg_wire_write_bytes(&service, 1, server->service_list[i]->name);
        if (rc == GG_OK)
            rc = gg_wire_write_bytes(out, 1, gg_buf_str(&service));
        gg_buf_deinit(&service);
    }
    return rc;
}

static gg_rc write_not_found(const reflection_request *request, gg_arena *arena, gg_buf *out)
{
    gg_str text = request->what == FILE_CONTAINING_EXTENSION
        ? gg_arena_printf(arena, "extension %d of %.*s is not known", (int)request->number, GG_STR_ARG(request->text))
        : gg_arena_printf(arena, "%.*s is not known", GG_STR_ARG(request->text));
    gg_rc rc = gg_wire_write_varint(out, 1, GG_STATUS_NOT_FOUND);
    return rc == GG_OK ? gg_wire_write_bytes(out, 2, text) : rc;
}

/* The body of the answer and, in *number, which one it is. */
static gg_rc write_answer(const gg_server *server, const reflection_request *request, gg_arena *arena, gg_buf *out,
    uint32_t *number)
{
    gg_reflection_files files;
    gg_rc rc = gg_reflection_collect(server, arena, &files);
    if (rc != GG_OK)
        return rc;
    const gg_file_type *file = NULL;
    switch (request->what) {
    case NO_QUESTION:
        return GG_EINVAL;
    case FILE_BY_FILENAME:
        file = gg_reflection_file(&files, request->text);
        break;
    case FILE_CONTAINING_SYMBOL:
        file = gg_reflection_symbol(&files, request->text);
        break;
    case FILE_CONTAINING_EXTENSION:
        file = gg_reflection_extension(&files, request->text, request->number);
        break;
    case ALL_EXTENSION_NUMBERS:
        if (gg_reflection_symbol(&files, request->text) == NULL)
            break;
        *number = EXTENSION_NUMBERS;
        return write_extension_numbers(&files, request->text, out);
    case LIST_SERVICES:
        *number = SERVICES;
        return write_services(server, out);
    }
    *number = file != NULL ? FILE_DESCRIPTORS : ERROR;
    return file != NULL ? write_files(&files, file, arena, out) : write_not_found(request, arena, out);
}

gg_rc gg_reflection_answer(const gg_server *server, gg_str request, gg_arena *arena, gg_str *response)
{
    reflection_request parsed;
    gg_buf body = { 0 }, whole = { 0 };
    uint32_t number = ERROR;
    gg_rc rc = read_request(request, &parsed);
    if (rc == GG_OK)
        rc = write_answer(server, &parsed, arena, &body, &number);
    if (rc == GG_OK && parsed.host.len > 0)
        rc = gg_wire_write_bytes(&whole, VALID_HOST, parsed.host);
    if (rc == GG_OK)
        rc = gg_wire_write_bytes(&whole, ORIGINAL_REQUEST, request);
    if (rc == GG_OK)
        rc = gg_wire_write_bytes(&whole, number, gg_buf_str(&body));
    if (rc == GG_OK) {
        *response = gg_arena_dup(arena, gg_buf_str(&whole));
        rc = response->ptr != NULL ? GG_OK : GG_ENOMEM;
    }
    gg_buf_deinit(&body);
    gg_buf_deinit(&whole);
    return rc;
}

/* -- the service -- */

static gg_status on_message(gg_call *call, void *state, const gg_message *message)
{
    gg_arena *arena = gg_call_arena(call);
    gg_message response = { 0 };
    (void)state;
    gg_rc rc =
        arena == NULL ? GG_ENOMEM : gg_reflection_answer(gg_call_user(call), message->wire, arena, &response.wire);
    if (rc == GG_OK)
        rc = gg_call_send(call, &response);
    if (rc == GG_ENOMEM)
        return gg_call_fail(call, GG_STATUS_RESOURCE_EXHAUSTED, "out of memory");
    if (rc == GG_EPROTO || rc == GG_EINVAL)
        return gg_call_fail(call, GG_STATUS_INVALID_ARGUMENT, "malformed reflection request");
    return GG_STATUS_PENDING;
}

static gg_status on_half_close(gg_call *call, void *state)
{
    (void)call, (void)state;
    return GG_STATUS_OK;
}

gg_rc gg_server_add_reflection(gg_server *server)
{
    static const gg_stream_handler handler = { .message = on_message, .half_close = on_half_close, .paced = true };
    static const gg_service_type *const versions[] = { &gg_reflection_v1, &gg_reflection_v1alpha };
    gg_rc rc = GG_OK;
    for (size_t i = 0; i < 2 && rc == GG_OK; i++)
        rc = gg_server_add_method(server,
            &(gg_method){ .service = versions[i], .type = versions[i]->methods, .stream = &handler, .user = server });
    return rc;
}
