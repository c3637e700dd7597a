/* names.c -- C names for what the .proto names (generator.h).
 *
 *   package.Message.Nested        package_Message_Nested, its table package_Message_Nested_type
 *   enum value                    package_Message_VALUE
 *   field                         its own name
 *
 * A name that is a keyword of C or C++, or a macro of the C library, gets an underscore. */
#include "generator.h"

#include <stdlib.h>

/* Sorted by bytes.  Keywords of C23 and C++23, then what the headers of C and the compilers define. */
/* clang-format off */
static const char *const reserved[] = {
    "EOF", "NULL", "_Alignas", "_Alignof", "_Atomic", "_BitInt", "_Bool", "_Complex", "_Decimal128",
    "_Decimal32", "_Decimal64", "_Generic", "_Imaginary", "_Noreturn", "_Static_assert", "_Thread_local",
    "alignas", "alignof", "and", "and_eq", "asm", "assert", "auto", "bitand", "bitor", "bool", "break",
    "case", "catch", "char", "char16_t", "char32_t", "char8_t", "class", "co_await", "co_return",
    "co_yield", "compl", "concept", "const", "const_cast", "consteval", "constexpr", "constinit",
    "continue", "decltype", "default", "delete", "do", "double", "dynamic_cast", "else", "enum", "errno",
    "explicit", "export", "extern", "false", "float", "for", "friend", "goto", "i386", "if", "inline",
    "int", "linux", "long", "mutable", "namespace", "new", "noexcept", "not", "not_eq", "nullptr",
    "offsetof", "operator", "or", "or_eq", "private", "protected", "public", "register",
    "reinterpret_cast", "requires", "restrict", "return", "short", "signed", "sizeof", "static",
    "static_assert", "static_cast", "stderr", "stdin", "stdout", "struct", "switch", "template", "this",
    "thread_local", "throw", "true", "try", "typedef", "typeid", "typename", "typeof", "typeof_unqual",
    "union", "unix", "unsigned", "using", "virtual", "void", "volatile", "wchar_t", "while", "xor",
    "xor_eq",
};

/* The messages and enums of built-in files that gg/wkt.h has. */
static const char *const in_wkt[] = {
    "google.protobuf.Any", "google.protobuf.BoolValue", "google.protobuf.BytesValue",
    "google.protobuf.DoubleValue", "google.protobuf.Duration", "google.protobuf.Empty",
    "google.protobuf.FieldMask", "google.protobuf.FloatValue", "google.protobuf.Int32Value",
    "google.protobuf.Int64Value", "google.protobuf.ListValue", "google.protobuf.NullValue",
    "google.protobuf.StringValue", "google.protobuf.Struct", "google.protobuf.Timestamp",
    "google.protobuf.UInt32Value", "google.protobuf.UInt64Value", "google.protobuf.Value",
    "google.rpc.Status",
};
/* clang-format on */

static bool listed(const char *const *list, size_t count, gg_str name)
{
    for (size_t i = 0; i < count; i++)
        if (gg_str_eq(gg_str_from(list[i]), name))
            return true;
    return false;
}

static bool is_reserved(gg_str name)
{
    return listed(reserved, sizeof reserved / sizeof reserved[0], name);
}

/* -- names of types and values -- */
gg_str c_name(generator *g, gg_str full_name)
{
    gg_str name = text(g, "%.*s%s", GG_STR_ARG(full_name), is_reserved(full_name) ? "_" : "");
    char *p = (char *)name.ptr; /* the arena's, just made */
    for (size_t i = 0; i < name.len; i++)
        if (p[i] == '.')
            p[i] = '_';
    return name;
}

gg_str message_table(generator *g, const gg_desc_message *message)
{
    return text(g, "%s%.*s_type", message->file->built_in ? "gg_" : "", GG_STR_ARG(c_name(g, message->full_name)));
}

gg_str enum_table(generator *g, const gg_desc_enum *e)
{
    return text(g, "%s%.*s_type", e->file->built_in ? "gg_" : "", GG_STR_ARG(c_name(g, e->full_name)));
}

gg_str file_table(generator *g, const gg_desc_file *file)
{
    bool letter_first = (file->name.ptr[0] | 32) >= 'a' && (file->name.ptr[0] | 32) <= 'z';
    gg_str name = text(g, "%s%.*s_file", letter_first ? "" : "file_", GG_STR_ARG(file->name));
    char *p = (char *)name.ptr;
    for (size_t i = 0; i < name.len; i++)
        if (!((p[i] | 32) >= 'a' && (p[i] | 32) <= 'z') && !(p[i] >= '0' && p[i] <= '9'))
            p[i] = '_';
    return name;
}

gg_str value_name(generator *g, const gg_desc_enum *e, const gg_desc_enum_value *value)
{
    gg_str scope = e->parent != NULL ? e->parent->full_name : e->file->package;
    return c_name(g, text(g, "%.*s%s%.*s", GG_STR_ARG(scope), scope.len > 0 ? "." : "", GG_STR_ARG(value->name)));
}

gg_str client_name(generator *g, const gg_desc_service *service, const gg_desc_method *method)
{
    return text(g, "%.*sClient_%.*s", GG_STR_ARG(c_name(g, service->full_name)), GG_STR_ARG(method->name));
}

gg_str guard_name(generator *g, const gg_desc_file *file, const char *ending)
{
    gg_str table = file_table(g, file);
    gg_str name = text(g, "%.*s%s", (int)(table.len > 5 ? table.len - 5 : 0), table.ptr, ending); /* without _file */
    char *p = (char *)name.ptr;
    for (size_t i = 0; i < name.len; i++)
        if (p[i] >= 'a' && p[i] <= 'z')
            p[i] = (char)(p[i] - 'a' + 'A');
    return name;
}

gg_str method_member(generator *g, const gg_desc_method *method)
{
    return text(g, "%.*s%s", GG_STR_ARG(method->name), is_reserved(method->name) ? "_" : "");
}

gg_str output_path(generator *g, const gg_desc_file *file, const char *ending)
{
    gg_str stem = file->name;
    const gg_str proto = GG_STR(".proto");
    if (stem.len > proto.len && memcmp(stem.ptr + stem.len - proto.len, proto.ptr, proto.len) == 0)
        stem.len -= proto.len;
    return text(g, "%.*s%s", GG_STR_ARG(stem), ending);
}

/* -- members -- */
/* The name, with as many underscores as make it the only one. */
static gg_str unique(generator *g, gg_map *taken, gg_str name)
{
    gg_rc rc = is_reserved(name) ? GG_EINVAL : gg_map_put(taken, name, "");
    while (rc == GG_EINVAL && !g->out_of_memory) { /* each round makes it longer; the names are finite */
        name = text(g, "%.*s_", GG_STR_ARG(name));
        rc = gg_map_put(taken, name, "");
    }
    g->out_of_memory |= rc == GG_ENOMEM;
    return name;
}

static gg_str presence_name(generator *g, gg_map *taken, const gg_desc_field *field, gg_str *cases)
{
    switch ((gg_field_rule)field->rule) {
    case GG_FIELD_IMPLICIT:
        break;
    case GG_FIELD_EXPLICIT:
        if (field->message == NULL)
            return unique(g, taken, text(g, "has_%.*s", GG_STR_ARG(field->name)));
        break;
    case GG_FIELD_ONEOF:
        return cases[field->oneof - field->parent->oneofs];
    case GG_FIELD_REPEATED:
    case GG_FIELD_MAP:
        return unique(g, taken, text(g, "%.*s_count", GG_STR_ARG(field->name)));
    }
    return gg_str_of(NULL, 0);
}

bool name_members(generator *g, const gg_desc_message *message, member_names *names)
{
    gg_map taken = { 0 };
    names->fields = gg_arena_zalloc(g->arena, message->field_count * sizeof(gg_str) + 1);
    names->presence = gg_arena_zalloc(g->arena, message->field_count * sizeof(gg_str) + 1);
    names->cases = gg_arena_zalloc(g->arena, message->oneof_count * sizeof(gg_str) + 1);
    if (names->fields == NULL || names->presence == NULL || names->cases == NULL) {
        g->out_of_memory = true;
        return false;
    }
    for (size_t i = 0; i < message->field_count; i++)
        names->fields[i] = unique(g, &taken, message->fields[i].name);
    for (size_t i = 0; i < message->oneof_count; i++)
        if (!message->oneofs[i].synthetic)
            names->cases[i] = unique(g, &taken, text(g, "%.*s_case", GG_STR_ARG(message->oneofs[i].name)));
    for (size_t i = 0; i < message->field_count; i++)
        names->presence[i] = presence_name(g, &taken, &message->fields[i], names->cases);
    names->unknown = message->map_entry ? gg_str_of(NULL, 0) : unique(g, &taken, GG_STR("unknown_fields"));
    gg_map_deinit(&taken);
    return !g->out_of_memory;
}

/* -- checks -- */
static void take(generator *g, const gg_desc_file *file, gg_str name, gg_str full_name)
{
    gg_str *owner = gg_arena_alloc(g->arena, sizeof *owner);
    gg_rc rc = owner != NULL ? gg_map_put(&g->names, name, owner) : GG_ENOMEM;
    if (rc == GG_ENOMEM) {
        g->out_of_memory = true;
    } else if (rc == GG_EINVAL) {
        const gg_str *other = gg_map_get(&g->names, name);
        fail(g, file, full_name, "its C name %.*s is also made by %.*s", GG_STR_ARG(name), GG_STR_ARG(*other));
    } else {
        *owner = full_name;
    }
}

/* The name, and with each of the suffixes that the generated files use. */
static void take_all(generator *g, const gg_desc_file *file, gg_str full_name, const char *const *suffixes)
{
    gg_str name = c_name(g, full_name);
    take(g, file, name, full_name);
    for (; *suffixes != NULL; suffixes++)
        take(g, file, text(g, "%.*s%s", GG_STR_ARG(name), *suffixes), full_name);
}

/* What the file of calls has for a method. */
static void take_client(generator *g, const gg_desc_file *file, const gg_desc_service *service,
    const gg_desc_method *method)
{
    static const char *const suffixes[] = { "", "_send", "_recv", "_finish", "_start", "_call_send", "_response" };
    gg_str name = client_name(g, service, method);
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
        take(g, file, text(g, "%.*s%s", GG_STR_ARG(name), suffixes[i]), method->full_name);
}

static void check_field(generator *g, const gg_desc_field *field)
{
    const gg_desc_file *file = field->message != NULL ? field->message->file
        : field->enum_type != NULL                    ? field->enum_type->file
                                                      : NULL;
    if (file == NULL || !file->built_in)
        return;
    gg_str type = field->message != NULL ? field->message->full_name : field->enum_type->full_name;
    if (!listed(in_wkt, sizeof in_wkt / sizeof in_wkt[0], type))
        fail(g, field->file, field->full_name, "%.*s is not among the types that gg/wkt.h has", GG_STR_ARG(type));
}

static void check_method(generator *g, const gg_desc_file *file, const gg_desc_method *method)
{
    const gg_desc_message *types[] = { method->input, method->output };
    for (size_t i = 0; i < 2; i++)
        if (types[i]->file->built_in && !listed(in_wkt, sizeof in_wkt / sizeof in_wkt[0], types[i]->full_name))
            fail(g, file, method->full_name, "%.*s is not among the types that gg/wkt.h has",
                GG_STR_ARG(types[i]->full_name));
}

static void check_file(generator *g, const gg_desc_file *file)
{
    static const char *const of_message[] = { "_type", "_fields", "_by_number", "_by_name", NULL };
    static const char *const of_enum[] = { "_type", "_values", "_by_number", "_by_name", NULL };
    static const char *const of_service[] = { "_type", "_methods", "_calls", "_offsets", "_binding", "_register",
        "_Blocking", "_blocking_calls", "_blocking_offsets", "_blocking_binding", "_register_blocking", NULL };
    static const char *const of_method[] = { "_call", "_blocking_call", "_options", "_send", "_recv", "_blocking_send",
        NULL };
    take(g, file, file_table(g, file), file->name);
    for (const gg_desc_message *m = file->all_messages; m != NULL; m = m->next) {
        take_all(g, file, m->full_name, of_message);
        for (size_t i = 0; i < m->field_count; i++)
            check_field(g, &m->fields[i]);
    }
    for (const gg_desc_enum *e = file->all_enums; e != NULL; e = e->next) {
        take_all(g, file, e->full_name, of_enum);
        for (size_t i = 0; i < e->value_count; i++)
            take(g, file, value_name(g, e, &e->values[i]), e->full_name);
    }
    for (size_t i = 0; i < file->service_count; i++) {
        const gg_desc_service *service = &file->services[i];
        take_all(g, file, service->full_name, of_service);
        for (size_t k = 0; k < service->method_count; k++) {
            check_method(g, file, &service->methods[k]);
            take_all(g, file, service->methods[k].full_name, of_method);
            take_client(g, file, service, &service->methods[k]);
        }
    }
}

void check_names(generator *g)
{
    for (size_t i = 0; i < g->set->file_count && !g->out_of_memory; i++)
        if (!g->set->files[i]->built_in)
            check_file(g, g->set->files[i]);
}
