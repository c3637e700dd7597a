/* header.c -- NAME.gg.h: enums, structs, and the declarations of tables and services (generator.h). */
#include "generator.h"

/* clang-format off */
static const char *const c_types[GG_TYPE_SINT64 + 1] = {
    [GG_TYPE_DOUBLE]   = "double",   [GG_TYPE_FLOAT]    = "float",    [GG_TYPE_INT64]    = "int64_t",
    [GG_TYPE_UINT64]   = "uint64_t", [GG_TYPE_INT32]    = "int32_t",  [GG_TYPE_FIXED64]  = "uint64_t",
    [GG_TYPE_FIXED32]  = "uint32_t", [GG_TYPE_BOOL]     = "bool",     [GG_TYPE_STRING]   = "gg_str",
    [GG_TYPE_BYTES]    = "gg_str",   [GG_TYPE_UINT32]   = "uint32_t", [GG_TYPE_ENUM]     = "int32_t",
    [GG_TYPE_SFIXED32] = "int32_t",  [GG_TYPE_SFIXED64] = "int64_t",  [GG_TYPE_SINT32]   = "int32_t",
    [GG_TYPE_SINT64]   = "int64_t",
};
/* clang-format on */

/* -- enums -- */
static void put_enum(generator *g, const gg_desc_enum *e)
{
    gg_str path = enum_path(g, e);
    put(g, "\n");
    put_path_comment(g, 0, path);
    put(g, "typedef enum %.*s {\n", GG_STR_ARG(c_name(g, e->full_name)));
    for (size_t i = 0; i < e->value_count; i++) {
        gg_str name = value_name(g, e, &e->values[i]);
        int32_t number = e->values[i].number;
        put_comment(g, 4, path, 2, i);
        put(g, "    %.*s = ", GG_STR_ARG(name));
        if (number == INT32_MIN) /* C has no literal for it */
            put(g, "-2147483647 - 1");
        else
            put(g, "%d", (int)number);
        put(g, "%s\n", i + 1 < e->value_count ? "," : "");
    }
    put(g, "} %.*s;\n", GG_STR_ARG(c_name(g, e->full_name)));
}

/* -- structs -- */
/* The note behind a member: what its type does not tell. */
static void put_note(generator *g, const gg_desc_field *field)
{
    const char *start = " /* ", *end = "";
    if (field->enum_type != NULL) {
        put(g, "%s%.*s", start, GG_STR_ARG(c_name(g, field->enum_type->full_name)));
        start = "; ", end = " */";
    }
    if (field->rule == GG_FIELD_ONEOF) {
        put(g, "%scase %d", start, (int)field->number);
        start = "; ", end = " */";
    }
    if (field->default_value.len > 0 && field->type != GG_TYPE_STRING && field->type != GG_TYPE_BYTES) {
        put(g, "%sdefault %.*s", start, GG_STR_ARG(field->default_value));
        end = " */";
    }
    put(g, "%s\n", end);
}

static void put_member(generator *g, int indent, gg_str path, const gg_desc_message *message, size_t i, gg_str name,
    gg_str presence)
{
    const gg_desc_field *field = &message->fields[i];
    bool repeated = field->label == GG_LABEL_REPEATED;
    put_comment(g, indent, path, 2, i);
    if (field->message != NULL)
        put(g, "%*s%.*s *%.*s;", indent, "", GG_STR_ARG(c_name(g, field->message->full_name)), GG_STR_ARG(name));
    else
        put(g, "%*s%s %s%.*s;", indent, "", c_types[field->type], repeated ? "*" : "", GG_STR_ARG(name));
    put_note(g, field);
    if (repeated)
        put(g, "%*ssize_t %.*s;\n", indent, "", GG_STR_ARG(presence));
    else if (presence.len > 0 && field->rule == GG_FIELD_EXPLICIT)
        put(g, "%*sbool %.*s;\n", indent, "", GG_STR_ARG(presence));
}

/* The case and the union, where the oneof's first member stands. */
static void put_oneof(generator *g, gg_str path, const gg_desc_message *message, const gg_desc_oneof *oneof,
    const member_names *names)
{
    size_t index = (size_t)(oneof - message->oneofs);
    put_comment(g, 4, path, 8, index);
    put(g, "    int32_t %.*s; /* number of the member that is set; 0: none */\n", GG_STR_ARG(names->cases[index]));
    put(g, "    union {\n");
    for (size_t i = 0; i < message->field_count; i++)
        if (message->fields[i].oneof == oneof)
            put_member(g, 8, path, message, i, names->fields[i], gg_str_of(NULL, 0));
    put(g, "    };\n");
}

static void put_struct(generator *g, const gg_desc_message *message)
{
    member_names names;
    gg_str path = message_path(g, message);
    bool *placed = gg_arena_zalloc(g->arena, message->oneof_count + 1);
    if (placed == NULL || !name_members(g, message, &names)) {
        g->out_of_memory = true;
        return;
    }
    put(g, "\n");
    if (message->map_entry)
        put(g, "/* An entry of a map. */\n");
    else
        put_path_comment(g, 0, path);
    put(g, "struct %.*s {\n", GG_STR_ARG(c_name(g, message->full_name)));
    for (size_t i = 0; i < message->field_count; i++) {
        const gg_desc_oneof *oneof = message->fields[i].oneof;
        if (oneof == NULL) {
            put_member(g, 4, path, message, i, names.fields[i], names.presence[i]);
        } else if (!placed[oneof - message->oneofs]) {
            placed[oneof - message->oneofs] = true;
            put_oneof(g, path, message, oneof, &names);
        }
    }
    if (message->field_count == 0)
        put(g, "    char unused; /* so that no member stands at offset 0 but a field's */\n");
    if (names.unknown.len > 0)
        put(g, "    gg_str %.*s; /* serialized */\n", GG_STR_ARG(names.unknown));
    put(g, "};\n");
}

/* -- services -- */
static void put_service(generator *g, const gg_desc_service *service)
{
    gg_str name = c_name(g, service->full_name);
    gg_str path = text(g, "6,%zu", (size_t)(service - service->file->services));
    put(g, "\n");
    put_path_comment(g, 0, path);
    put(g, "typedef struct %.*s {\n", GG_STR_ARG(name));
    for (size_t i = 0; i < service->method_count; i++) {
        const gg_desc_method *method = &service->methods[i];
        put_comment(g, 4, path, 2, i);
        put(g, "    gg_status (*%.*s)(gg_call *call%s, const %.*s *%s", GG_STR_ARG(method_member(g, method)),
            is_unary(method) ? "" : ", gg_stream_event event", GG_STR_ARG(c_name(g, method->input->full_name)),
            method->client_streaming ? "message" : "request");
        if (!method->server_streaming)
            put(g, ",\n        %.*s *response", GG_STR_ARG(c_name(g, method->output->full_name)));
        put(g, ");\n");
    }
    if (service->method_count == 0)
        put(g, "    char unused; /* C has no empty structs */\n");
    put(g, "} %.*s;\n", GG_STR_ARG(name));
    put(g,
        "\n/* Serves %.*s with these functions (copied); one that is NULL answers UNIMPLEMENTED.  user is\n"
        " * gg_call_user's.  Errors: gg_app_register. */\n",
        GG_STR_ARG(service->full_name));
    put(g, "gg_rc %.*s_register(gg_app *app, const %.*s *service, void *user);\n", GG_STR_ARG(name), GG_STR_ARG(name));
}

/* The same service by handlers that may block. */
static void put_blocking_service(generator *g, const gg_desc_service *service)
{
    gg_str name = c_name(g, service->full_name);
    gg_str path = text(g, "6,%zu", (size_t)(service - service->file->services));
    put(g, "\n/* %.*s by handlers that may block (gg/blocking.h). */\n", GG_STR_ARG(service->full_name));
    put(g, "typedef struct %.*s_Blocking {\n", GG_STR_ARG(name));
    for (size_t i = 0; i < service->method_count; i++) {
        const gg_desc_method *method = &service->methods[i];
        put_comment(g, 4, path, 2, i);
        put(g, "    gg_status (*%.*s)(gg_blocking_call *call", GG_STR_ARG(method_member(g, method)));
        if (!method->client_streaming)
            put(g, ", const %.*s *request", GG_STR_ARG(c_name(g, method->input->full_name)));
        if (!method->server_streaming)
            put(g, ",\n        %.*s *response", GG_STR_ARG(c_name(g, method->output->full_name)));
        put(g, ");\n");
    }
    if (service->method_count == 0)
        put(g, "    char unused; /* C has no empty structs */\n");
    put(g, "} %.*s_Blocking;\n", GG_STR_ARG(name));
    put(g, "\n/* As %.*s_register; both may be used, for different methods. */\n", GG_STR_ARG(name));
    put(g, "gg_rc %.*s_register_blocking(gg_app *app, const %.*s_Blocking *service, void *user);\n", GG_STR_ARG(name),
        GG_STR_ARG(name));
}

/* -- the file -- */
static bool uses_wkt(const gg_desc_file *file)
{
    for (const gg_desc_message *m = file->all_messages; m != NULL; m = m->next)
        for (size_t i = 0; i < m->field_count; i++)
            if ((m->fields[i].message != NULL && m->fields[i].message->file->built_in) ||
                (m->fields[i].enum_type != NULL && m->fields[i].enum_type->file->built_in))
                return true;
    for (size_t s = 0; s < file->service_count; s++)
        for (size_t i = 0; i < file->services[s].method_count; i++)
            if (file->services[s].methods[i].input->file->built_in ||
                file->services[s].methods[i].output->file->built_in)
                return true;
    return false;
}

static void put_includes(generator *g, const gg_desc_file *file)
{
    put(g, "#include \"gg/%s\"\n", file->service_count > 0 ? "app.h" : "schema.h");
    if (uses_wkt(file))
        put(g, "#include \"gg/wkt.h\"\n");
    for (size_t i = 0; i < file->import_count; i++)
        if (!file->imports[i].file->built_in)
            put(g, "#include \"%.*s\"\n", GG_STR_ARG(output_path(g, file->imports[i].file, ".gg.h")));
}

static void put_table_declarations(generator *g, const gg_desc_file *file)
{
    put(g, "\n/* -- tables (gg/schema.h) -- */\n");
    for (const gg_desc_message *m = file->all_messages; m != NULL; m = m->next)
        put(g, "extern const gg_message_type %.*s;\n", GG_STR_ARG(message_table(g, m)));
    for (const gg_desc_enum *e = file->all_enums; e != NULL; e = e->next)
        put(g, "extern const gg_enum_type %.*s;\n", GG_STR_ARG(enum_table(g, e)));
    for (size_t i = 0; i < file->service_count; i++)
        put(g, "extern const gg_service_type %.*s_type;\n", GG_STR_ARG(c_name(g, file->services[i].full_name)));
    put(g, "extern const gg_file_type %.*s;\n", GG_STR_ARG(file_table(g, file)));
}

static void put_recv(generator *g, const gg_desc_method *method)
{
    gg_str input = c_name(g, method->input->full_name);
    put(g, "\n/* The next request of %.*s; see gg_blocking_recv. */\n", GG_STR_ARG(method->name));
    put(g, "static inline gg_rc %.*s_recv(gg_blocking_call *call, const %.*s **request)\n{\n",
        GG_STR_ARG(c_name(g, method->full_name)), GG_STR_ARG(input));
    put(g,
        "    gg_message message;\n"
        "    gg_rc rc = gg_blocking_recv(call, &message);\n"
        "    *request = (const %.*s *)message.typed;\n"
        "    return rc;\n}\n",
        GG_STR_ARG(input));
}

/* How a handler that streams gets and sends messages. */
static void put_sends(generator *g, const gg_desc_service *service)
{
    for (size_t i = 0; i < service->method_count; i++) {
        const gg_desc_method *method = &service->methods[i];
        if (method->client_streaming)
            put_recv(g, method);
        if (!method->server_streaming)
            continue;
        put(g, "\n/* A response of %.*s; see gg_call_send. */\n", GG_STR_ARG(method->name));
        put(g, "static inline gg_rc %.*s_send(gg_call *call, const %.*s *response)\n{\n",
            GG_STR_ARG(c_name(g, method->full_name)), GG_STR_ARG(c_name(g, method->output->full_name)));
        put(g,
            "    gg_message message = gg_message_of(&%.*s, response);\n"
            "    return gg_call_send(call, &message);\n}\n",
            GG_STR_ARG(message_table(g, method->output)));
        put(g, "/* The same from a handler that blocks; see gg_blocking_send. */\n");
        put(g, "static inline gg_rc %.*s_blocking_send(gg_blocking_call *call, const %.*s *response)\n{\n",
            GG_STR_ARG(c_name(g, method->full_name)), GG_STR_ARG(c_name(g, method->output->full_name)));
        put(g,
            "    gg_message message = gg_message_of(&%.*s, response);\n"
            "    return gg_blocking_send(call, &message);\n}\n",
            GG_STR_ARG(message_table(g, method->output)));
    }
}

void write_header(generator *g, const gg_desc_file *file)
{
    gg_str guard = guard_name(g, file, "_GG_H");
    put(g,
        "/* %.*s -- the messages and services of %.*s.\n * Generated by " GG_GENERATOR_NAME "; not to be edited. */\n",
        GG_STR_ARG(output_path(g, file, ".gg.h")), GG_STR_ARG(file->name));
    put(g, "#ifndef %.*s\n#define %.*s\n\n", GG_STR_ARG(guard), GG_STR_ARG(guard));
    put_includes(g, file);
    put(g, "\nGG_BEGIN_DECLS\n");
    for (const gg_desc_enum *e = file->all_enums; e != NULL; e = e->next)
        put_enum(g, e);
    if (file->all_messages != NULL)
        put(g, "\n");
    for (const gg_desc_message *m = file->all_messages; m != NULL; m = m->next) {
        gg_str name = c_name(g, m->full_name);
        put(g, "typedef struct %.*s %.*s;\n", GG_STR_ARG(name), GG_STR_ARG(name));
    }
    for (const gg_desc_message *m = file->all_messages; m != NULL; m = m->next)
        put_struct(g, m);
    for (size_t i = 0; i < file->service_count; i++) {
        put_service(g, &file->services[i]);
        put_blocking_service(g, &file->services[i]);
    }
    put_table_declarations(g, file);
    for (size_t i = 0; i < file->service_count; i++)
        put_sends(g, &file->services[i]);
    put(g, "\nGG_END_DECLS\n#endif\n");
}
