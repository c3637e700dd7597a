/* source.c -- NAME.gg.c: the tables of gg/schema.h and the services' bindings (generator.h).
 *
 * The numbers are those of the tables that gg_schema_build makes, so that a generated table and one loaded
 * from a descriptor set are the same; only offsets and sizes are left to the compiler. */
#include "generator.h"

#include <assert.h>
#include <math.h>

/* clang-format off */
static const char *const type_names[GG_TYPE_SINT64 + 1] = {
    [GG_TYPE_DOUBLE]   = "GG_TYPE_DOUBLE",   [GG_TYPE_FLOAT]    = "GG_TYPE_FLOAT",
    [GG_TYPE_INT64]    = "GG_TYPE_INT64",    [GG_TYPE_UINT64]   = "GG_TYPE_UINT64",
    [GG_TYPE_INT32]    = "GG_TYPE_INT32",    [GG_TYPE_FIXED64]  = "GG_TYPE_FIXED64",
    [GG_TYPE_FIXED32]  = "GG_TYPE_FIXED32",  [GG_TYPE_BOOL]     = "GG_TYPE_BOOL",
    [GG_TYPE_STRING]   = "GG_TYPE_STRING",   [GG_TYPE_GROUP]    = "GG_TYPE_GROUP",
    [GG_TYPE_MESSAGE]  = "GG_TYPE_MESSAGE",  [GG_TYPE_BYTES]    = "GG_TYPE_BYTES",
    [GG_TYPE_UINT32]   = "GG_TYPE_UINT32",   [GG_TYPE_ENUM]     = "GG_TYPE_ENUM",
    [GG_TYPE_SFIXED32] = "GG_TYPE_SFIXED32", [GG_TYPE_SFIXED64] = "GG_TYPE_SFIXED64",
    [GG_TYPE_SINT32]   = "GG_TYPE_SINT32",   [GG_TYPE_SINT64]   = "GG_TYPE_SINT64",
};
static const char *const rule_names[] = {
    [GG_FIELD_IMPLICIT] = "GG_FIELD_IMPLICIT", [GG_FIELD_EXPLICIT] = "GG_FIELD_EXPLICIT",
    [GG_FIELD_ONEOF]    = "GG_FIELD_ONEOF",    [GG_FIELD_REPEATED] = "GG_FIELD_REPEATED",
    [GG_FIELD_MAP]      = "GG_FIELD_MAP",
};
static const struct { unsigned flag; const char *name; } flag_names[] = {
    { GG_FIELD_PACKED, "GG_FIELD_PACKED" },     { GG_FIELD_UTF8, "GG_FIELD_UTF8" },
    { GG_FIELD_REQUIRED, "GG_FIELD_REQUIRED" }, { GG_FIELD_CLOSED, "GG_FIELD_CLOSED" },
    { GG_FIELD_OPTIONAL, "GG_FIELD_OPTIONAL" },
};
/* clang-format on */

enum { INDEXES_LINE = 20 };

static void put_indexes(generator *g, gg_str name, const char *suffix, const uint16_t *indexes, size_t count)
{
    put(g, "static const uint16_t %.*s%s[] = {", GG_STR_ARG(name), suffix);
    for (size_t i = 0; i < count; i++)
        put(g, "%s%u%s", i % INDEXES_LINE == 0 && count > INDEXES_LINE ? "\n    " : " ", (unsigned)indexes[i],
            i + 1 < count ? "," : "");
    put(g, "%s};\n", count > INDEXES_LINE ? "\n" : " ");
}

/* -- messages -- */
static void put_flags(generator *g, unsigned flags)
{
    const char *between = "";
    for (size_t i = 0; i < sizeof flag_names / sizeof flag_names[0]; i++)
        if ((flags & flag_names[i].flag) != 0) {
            put(g, "%s%s", between, flag_names[i].name);
            between = " | ";
        }
    if (flags == 0)
        put(g, "0");
}

/* -- default values -- */
static gg_str default_name(generator *g, const gg_desc_field *field, gg_str message)
{
    return text(g, "%.*s_default_%d", GG_STR_ARG(message), (int)field->number);
}

/* As an expression of C that gives the same bits; %.17g and %.9g are read back as what they were. */
static void put_float(generator *g, double value, const char *suffix)
{
    const int digits = suffix[0] == 'f' ? 9 : 17;
    gg_str number = text(g, "%.*g", digits, value);
    bool whole = memchr(number.ptr, '.', number.len) == NULL && memchr(number.ptr, 'e', number.len) == NULL;
    if (isnan(value) || isinf(value))
        put(g, "%s", isnan(value) ? "NAN" : value > 0 ? "INFINITY" : "-INFINITY");
    else
        put(g, "%.*s%s%s", GG_STR_ARG(number), whole ? ".0" : "", suffix);
}

/* static const TYPE NAME = VALUE; */
static void put_default(generator *g, const gg_desc_field *field, gg_str message)
{
    gg_str name = default_name(g, field, message), bytes;
    const void *data = field->default_data;
    switch ((gg_field_type)field->type) {
    case GG_TYPE_STRING:
    case GG_TYPE_BYTES:
        bytes = text(g, "%.*s_bytes", GG_STR_ARG(name));
        put_bytes(g, bytes, *(const gg_str *)data);
        put(g, "static const gg_str %.*s = ", GG_STR_ARG(name));
        put_bytes_slice(g, bytes, *(const gg_str *)data);
        break;
    case GG_TYPE_DOUBLE:
        put(g, "static const double %.*s = ", GG_STR_ARG(name));
        put_float(g, *(const double *)data, "");
        break;
    case GG_TYPE_FLOAT:
        put(g, "static const float %.*s = ", GG_STR_ARG(name));
        put_float(g, (double)*(const float *)data, "f");
        break;
    case GG_TYPE_BOOL: /* one that is not zero */
        put(g, "static const bool %.*s = true", GG_STR_ARG(name));
        break;
    case GG_TYPE_INT64:
    case GG_TYPE_SINT64:
    case GG_TYPE_SFIXED64: /* the lowest has no literal */
        put(g, "static const int64_t %.*s = INT64_C(%lld)%s", GG_STR_ARG(name),
            (long long)(*(const int64_t *)data == INT64_MIN ? INT64_MIN + 1 : *(const int64_t *)data),
            *(const int64_t *)data == INT64_MIN ? " - 1" : "");
        break;
    case GG_TYPE_UINT64:
    case GG_TYPE_FIXED64:
        put(g, "static const uint64_t %.*s = UINT64_C(%llu)", GG_STR_ARG(name),
            (unsigned long long)*(const uint64_t *)data);
        break;
    case GG_TYPE_UINT32:
    case GG_TYPE_FIXED32:
        put(g, "static const uint32_t %.*s = %luu", GG_STR_ARG(name), (unsigned long)*(const uint32_t *)data);
        break;
    case GG_TYPE_INT32:
    case GG_TYPE_SINT32:
    case GG_TYPE_SFIXED32:
    case GG_TYPE_ENUM:
        put(g, "static const int32_t %.*s = %ld", GG_STR_ARG(name), (long)*(const int32_t *)data);
        break;
    case GG_TYPE_GROUP:
    case GG_TYPE_MESSAGE:
        assert(false);
        break;
    }
    put(g, ";\n");
}

/* Whether the defaults of a file need names of math.h. */
static bool has_special_float(const gg_desc_file *file)
{
    for (const gg_desc_message *m = file->all_messages; m != NULL; m = m->next)
        for (size_t i = 0; i < m->field_count; i++) {
            const gg_desc_field *field = &m->fields[i];
            if (field->default_data == NULL)
                continue;
            if (field->type == GG_TYPE_DOUBLE && !isfinite(*(const double *)field->default_data))
                return true;
            if (field->type == GG_TYPE_FLOAT && !isfinite(*(const float *)field->default_data))
                return true;
        }
    return false;
}

static void put_field(generator *g, const gg_desc_field *field, gg_str struct_name, gg_str member, gg_str presence)
{
    gg_str value = field->default_data != NULL ? text(g, "&%.*s", GG_STR_ARG(default_name(g, field, struct_name)))
                                               : GG_STR("NULL");
    put(g, "    { ");
    put_str(g, field->name);
    put(g, ", ");
    put_str(g, field->json_name);
    put(g, ", %d, %s, %s, ", (int)field->number, type_names[field->type], rule_names[field->rule]);
    put_flags(g, field->flags);
    put(g, ",\n        offsetof(%.*s, %.*s), ", GG_STR_ARG(struct_name), GG_STR_ARG(member));
    if (presence.len > 0)
        put(g, "offsetof(%.*s, %.*s),", GG_STR_ARG(struct_name), GG_STR_ARG(presence));
    else
        put(g, "0,");
    if (field->message != NULL)
        put(g, "\n        &%.*s, NULL, NULL },\n", GG_STR_ARG(message_table(g, field->message)));
    else if (field->enum_type != NULL)
        put(g, "\n        NULL, &%.*s, %.*s },\n", GG_STR_ARG(enum_table(g, field->enum_type)), GG_STR_ARG(value));
    else
        put(g, " NULL, NULL, %.*s },\n", GG_STR_ARG(value));
}

static void put_message(generator *g, const gg_desc_message *message)
{
    gg_str name = c_name(g, message->full_name);
    const gg_message_type *table = message->table;
    member_names names;
    if (!name_members(g, message, &names))
        return;
    put(g, "\n/* %.*s */\n", GG_STR_ARG(message->full_name));
    const char *message_set = table->message_set ? "true" : "false";
    if (message->field_count == 0) {
        put(g, "const gg_message_type %.*s_type = {\n    ", GG_STR_ARG(name));
        put_str(g, message->full_name);
        put(g, ", NULL, NULL, NULL, 0, 0, sizeof(%.*s), GG_WKT_NONE, false, %s,\n    offsetof(%.*s, %.*s)\n};\n",
            GG_STR_ARG(name), message_set, GG_STR_ARG(name), GG_STR_ARG(names.unknown));
        return;
    }
    for (size_t i = 0; i < message->field_count; i++)
        if (message->fields[i].default_data != NULL)
            put_default(g, &message->fields[i], name);
    put(g, "static const gg_field %.*s_fields[] = {\n", GG_STR_ARG(name));
    for (size_t i = 0; i < message->field_count; i++)
        put_field(g, &message->fields[i], name, names.fields[i], names.presence[i]);
    put(g, "};\n");
    put_indexes(g, name, "_by_number", table->by_number, table->field_count);
    put_indexes(g, name, "_by_name", table->by_name, table->name_count);
    put(g, "const gg_message_type %.*s_type = {\n    ", GG_STR_ARG(name));
    put_str(g, message->full_name);
    put(g,
        ",\n    %.*s_fields,\n    %.*s_by_number,\n    %.*s_by_name,\n    %u, %u, sizeof(%.*s), GG_WKT_NONE, %s, %s, ",
        GG_STR_ARG(name), GG_STR_ARG(name), GG_STR_ARG(name), table->field_count, table->name_count, GG_STR_ARG(name),
        table->map_entry ? "true" : "false", message_set);
    if (table->map_entry)
        put(g, "0\n};\n");
    else
        put(g, "offsetof(%.*s, %.*s)\n};\n", GG_STR_ARG(name), GG_STR_ARG(names.unknown));
}

/* -- enums -- */
static void put_enum(generator *g, const gg_desc_enum *e)
{
    gg_str name = c_name(g, e->full_name);
    const gg_enum_type *table = e->table;
    put(g, "\n/* %.*s */\n", GG_STR_ARG(e->full_name));
    put(g, "static const gg_enum_value %.*s_values[] = {\n", GG_STR_ARG(name));
    for (size_t i = 0; i < e->value_count; i++) {
        put(g, "    { ");
        put_str(g, e->values[i].name);
        put(g, ", %.*s },\n", GG_STR_ARG(value_name(g, e, &e->values[i])));
    }
    put(g, "};\n");
    put_indexes(g, name, "_by_number", table->by_number, table->value_count);
    put_indexes(g, name, "_by_name", table->by_name, table->value_count);
    put(g, "const gg_enum_type %.*s_type = {\n    ", GG_STR_ARG(name));
    put_str(g, e->full_name);
    put(g, ",\n    %.*s_values,\n    %.*s_by_number,\n    %.*s_by_name,\n    %u, %s\n};\n", GG_STR_ARG(name),
        GG_STR_ARG(name), GG_STR_ARG(name), table->value_count, table->closed ? "true" : "false");
}

/* -- services -- */
/* One function a method: from the types of gg/call.h to those of the method. */
static void put_calls(generator *g, const gg_desc_service *service)
{
    gg_str name = c_name(g, service->full_name);
    for (size_t i = 0; i < service->method_count; i++) {
        const gg_desc_method *method = &service->methods[i];
        bool responds = !method->server_streaming;
        put(g,
            "static gg_status %.*s_call(gg_call *call, const void *impl, gg_stream_event event, const void *request,\n"
            "    void *response)\n{\n",
            GG_STR_ARG(c_name(g, method->full_name)));
        put(g, "    const %.*s *service = (const %.*s *)impl;\n", GG_STR_ARG(name), GG_STR_ARG(name));
        if (is_unary(method))
            put(g, "    (void)event;\n");
        else if (!responds)
            put(g, "    (void)response;\n");
        put(g, "    return service->%.*s(call%s, (const %.*s *)request", GG_STR_ARG(method_member(g, method)),
            is_unary(method) ? "" : ", event", GG_STR_ARG(c_name(g, method->input->full_name)));
        if (responds)
            put(g, ", (%.*s *)response", GG_STR_ARG(c_name(g, method->output->full_name)));
        put(g, ");\n}\n\n");
    }
}

static void put_methods(generator *g, const gg_desc_service *service)
{
    gg_str name = c_name(g, service->full_name);
    for (size_t i = 0; i < service->method_count; i++) {
        gg_str options = service->table->methods[i].options;
        if (options.len > 0)
            put_bytes(g, text(g, "%.*s_options", GG_STR_ARG(c_name(g, service->methods[i].full_name))), options);
    }
    put(g, "static const gg_method_type %.*s_methods[] = {\n", GG_STR_ARG(name));
    for (size_t i = 0; i < service->method_count; i++) {
        const gg_desc_method *method = &service->methods[i];
        gg_str options = service->table->methods[i].options;
        put(g, "    { ");
        put_str(g, service->table->methods[i].path);
        put(g, ", &%.*s, &%.*s,\n        %s, %s, ", GG_STR_ARG(message_table(g, method->input)),
            GG_STR_ARG(message_table(g, method->output)), method->client_streaming ? "true" : "false",
            method->server_streaming ? "true" : "false");
        if (options.len > 0)
            put_bytes_slice(g, text(g, "%.*s_options", GG_STR_ARG(c_name(g, method->full_name))), options);
        else
            put(g, "{ NULL, 0 }");
        put(g, " },\n");
    }
    put(g, "};\n");
}

static void put_binding(generator *g, const gg_desc_service *service)
{
    gg_str name = c_name(g, service->full_name);
    put(g, "static const gg_typed_fn %.*s_calls[] = {\n", GG_STR_ARG(name));
    for (size_t i = 0; i < service->method_count; i++)
        put(g, "    %.*s_call,\n", GG_STR_ARG(c_name(g, service->methods[i].full_name)));
    put(g, "};\nstatic const size_t %.*s_offsets[] = {\n", GG_STR_ARG(name));
    for (size_t i = 0; i < service->method_count; i++)
        put(g, "    offsetof(%.*s, %.*s),\n", GG_STR_ARG(name), GG_STR_ARG(method_member(g, &service->methods[i])));
    put(g, "};\n");
}

/* The same for handlers that may block. */
static void put_blocking_calls(generator *g, const gg_desc_service *service)
{
    gg_str name = c_name(g, service->full_name);
    for (size_t i = 0; i < service->method_count; i++) {
        const gg_desc_method *method = &service->methods[i];
        put(g,
            "static gg_status %.*s_blocking_call(gg_blocking_call *call, const void *impl, const void *request,\n"
            "    void *response)\n{\n",
            GG_STR_ARG(c_name(g, method->full_name)));
        put(g, "    const %.*s_Blocking *service = (const %.*s_Blocking *)impl;\n", GG_STR_ARG(name), GG_STR_ARG(name));
        if (method->client_streaming)
            put(g, "    (void)request;\n");
        if (method->server_streaming)
            put(g, "    (void)response;\n");
        put(g, "    return service->%.*s(call", GG_STR_ARG(method_member(g, method)));
        if (!method->client_streaming)
            put(g, ", (const %.*s *)request", GG_STR_ARG(c_name(g, method->input->full_name)));
        if (!method->server_streaming)
            put(g, ", (%.*s *)response", GG_STR_ARG(c_name(g, method->output->full_name)));
        put(g, ");\n}\n\n");
    }
    put(g, "static const gg_typed_blocking_fn %.*s_blocking_calls[] = {\n", GG_STR_ARG(name));
    for (size_t i = 0; i < service->method_count; i++)
        put(g, "    %.*s_blocking_call,\n", GG_STR_ARG(c_name(g, service->methods[i].full_name)));
    put(g, "};\nstatic const size_t %.*s_blocking_offsets[] = {\n", GG_STR_ARG(name));
    for (size_t i = 0; i < service->method_count; i++)
        put(g, "    offsetof(%.*s_Blocking, %.*s),\n", GG_STR_ARG(name),
            GG_STR_ARG(method_member(g, &service->methods[i])));
    put(g, "};\n");
}

/* NAME_register, or NAME_register_blocking. */
static void put_register(generator *g, gg_str name, bool any, const char *kind, const char *suffix)
{
    gg_str prefix = text(g, "%.*s%s", GG_STR_ARG(name), kind);
    put(g, "static const gg_%s_binding %.*s_binding = {\n    &%.*s_type,", kind[0] != '\0' ? "blocking" : "service",
        GG_STR_ARG(prefix), GG_STR_ARG(name));
    if (any)
        put(g, "\n    %.*s_calls,\n    %.*s_offsets,\n    sizeof(%.*s%s)\n};\n\n", GG_STR_ARG(prefix),
            GG_STR_ARG(prefix), GG_STR_ARG(name), suffix);
    else
        put(g, " NULL, NULL, sizeof(%.*s%s)\n};\n\n", GG_STR_ARG(name), suffix);
    put(g, "gg_rc %.*s_register%s(gg_app *app, const %.*s%s *service, void *user)\n{\n", GG_STR_ARG(name), kind,
        GG_STR_ARG(name), suffix);
    put(g, "    return gg_app_register%s(app, &%.*s_binding, service, user);\n}\n", kind, GG_STR_ARG(prefix));
}

static void put_service(generator *g, const gg_desc_service *service)
{
    gg_str name = c_name(g, service->full_name);
    bool any = service->method_count > 0;
    put(g, "\n/* %.*s */\n", GG_STR_ARG(service->full_name));
    if (any) {
        put_calls(g, service);
        put_methods(g, service);
    }
    put(g, "const gg_service_type %.*s_type = {\n    ", GG_STR_ARG(name));
    put_str(g, service->full_name);
    if (any)
        put(g, ",\n    %.*s_methods, %zu,\n    &%.*s\n};\n", GG_STR_ARG(name), service->method_count,
            GG_STR_ARG(file_table(g, service->file)));
    else
        put(g, ", NULL, 0, &%.*s\n};\n", GG_STR_ARG(file_table(g, service->file)));
    if (any)
        put_binding(g, service);
    put_register(g, name, any, "", "");
    put(g, "\n");
    if (any)
        put_blocking_calls(g, service);
    put_register(g, name, any, "_blocking", "_Blocking");
}

/* -- the file -- */
/* An array of the addresses of tables, NAME_WHAT. */
static void put_list_start(generator *g, gg_str name, const char *type, const char *what)
{
    put(g, "static const %s *const %.*s_%s[] = {\n", type, GG_STR_ARG(name), what);
}

/* The same array's part of the file's table: the address, or NULL. */
static void put_list_use(generator *g, gg_str name, const char *what, size_t count)
{
    if (count > 0)
        put(g, " %.*s_%s,", GG_STR_ARG(name), what);
    else
        put(g, " NULL,");
}

/* The lists of what the file defines. */
static void put_lists(generator *g, const gg_desc_file *file, gg_str name)
{
    if (file->table->message_count > 0) {
        put_list_start(g, name, "gg_message_type", "messages");
        for (const gg_desc_message *m = file->all_messages; m != NULL; m = m->next)
            put(g, "    &%.*s,\n", GG_STR_ARG(message_table(g, m)));
        put(g, "};\n");
    }
    if (file->table->enum_count > 0) {
        put_list_start(g, name, "gg_enum_type", "enums");
        for (const gg_desc_enum *e = file->all_enums; e != NULL; e = e->next)
            put(g, "    &%.*s,\n", GG_STR_ARG(enum_table(g, e)));
        put(g, "};\n");
    }
    if (file->table->service_count > 0) {
        put_list_start(g, name, "gg_service_type", "services");
        for (size_t i = 0; i < file->service_count; i++)
            put(g, "    &%.*s_type,\n", GG_STR_ARG(c_name(g, file->services[i].full_name)));
        put(g, "};\n");
    }
}

static void put_file(generator *g, const gg_desc_file *file)
{
    gg_str name = file_table(g, file);
    const gg_file_type *table = file->table;
    put(g, "\n/* The file itself, as a google.protobuf.FileDescriptorProto. */\n");
    gg_str bytes = text(g, "%.*s_descriptor", GG_STR_ARG(name));
    put_bytes(g, bytes, table->descriptor);
    if (table->import_count > 0) {
        put_list_start(g, name, "gg_file_type", "imports");
        for (size_t i = 0; i < file->import_count; i++)
            if (!file->imports[i].file->built_in)
                put(g, "    &%.*s,\n", GG_STR_ARG(file_table(g, file->imports[i].file)));
        put(g, "};\n");
    }
    put_lists(g, file, name);
    put(g, "const gg_file_type %.*s = {\n    ", GG_STR_ARG(name));
    put_str(g, file->name);
    put(g, ",\n    ");
    put_bytes_slice(g, bytes, table->descriptor);
    put(g, ",\n   ");
    put_list_use(g, name, "imports", table->import_count);
    put(g, " %zu,\n   ", table->import_count);
    put_list_use(g, name, "messages", table->message_count);
    put_list_use(g, name, "enums", table->enum_count);
    put_list_use(g, name, "services", table->service_count);
    put(g, "\n    %zu, %zu, %zu\n};\n", table->message_count, table->enum_count, table->service_count);
}

void write_source(generator *g, const gg_desc_file *file)
{
    put(g, "/* %.*s -- the tables of %.*s.\n * Generated by " GG_GENERATOR_NAME "; not to be edited. */\n",
        GG_STR_ARG(output_path(g, file, ".gg.c")), GG_STR_ARG(file->name));
    put(g, "#include \"%.*s\"\n", GG_STR_ARG(output_path(g, file, ".gg.h")));
    if (has_special_float(file))
        put(g, "\n#include <math.h>\n");
    for (const gg_desc_message *m = file->all_messages; m != NULL; m = m->next)
        put_message(g, m);
    for (const gg_desc_enum *e = file->all_enums; e != NULL; e = e->next)
        put_enum(g, e);
    for (size_t i = 0; i < file->service_count; i++)
        put_service(g, &file->services[i]);
    put_file(g, file);
}
