/* reflection_search.c -- finds files, symbols and extensions by reading descriptors where they stand.
 *
 * Nothing is indexed: reflection is asked by people, and a scan of some hundred kilobytes is quick enough.
 * Descriptors come from our own tables, but are read as if from a stranger: what is malformed is not found.
 * Spec: google/protobuf/descriptor.proto (field numbers). */
#include "grpc/reflection.h"

#include "proto/builtin.h"
#include "proto/wire.h"

enum { FILE_PACKAGE = 2, FILE_DEPENDENCY = 3, FILE_MESSAGE = 4, FILE_ENUM = 5, FILE_SERVICE = 6, FILE_EXTENSION = 7 };
enum { MESSAGE_FIELD = 2, MESSAGE_NESTED = 3, MESSAGE_ENUM = 4, MESSAGE_EXTENSION = 6, MESSAGE_ONEOF = 8 };
enum { NAME = 1, MEMBER = 2 /* EnumDescriptorProto.value, ServiceDescriptorProto.method */ };
enum { FIELD_EXTENDEE = 2, FIELD_NUMBER = 3 };

/* -- files -- */

const gg_file_type *gg_reflection_file(const gg_reflection_files *files, gg_str name)
{
    for (size_t i = 0; i < files->count; i++)
        if (gg_str_eq(files->items[i]->name, name))
            return files->items[i];
    return NULL;
}

static gg_rc add_file(gg_reflection_files *files, gg_arena *arena, const gg_file_type *file)
{
    if (file == NULL || gg_reflection_file(files, file->name) != NULL)
        return GG_OK;
    if (files->count == files->cap) {
        size_t cap = files->cap > 0 ? 2 * files->cap : 16, len = sizeof *files->items;
        const gg_file_type **grown = gg_arena_grow(arena, (void *)files->items, files->cap * len, cap * len);
        if (grown == NULL)
            return GG_ENOMEM;
        files->items = grown;
        files->cap = cap;
    }
    files->items[files->count++] = file;
    return GG_OK;
}

gg_rc gg_reflection_collect(const gg_server *server, gg_arena *arena, gg_reflection_files *out)
{
    gg_rc rc = GG_OK;
    *out = (gg_reflection_files){ 0 };
    for (size_t i = 0; i < server->service_count && rc == GG_OK; i++)
        rc = add_file(out, arena, server->service_list[i]->file);
    for (size_t i = 0; i < out->count && rc == GG_OK; i++) /* grows as imports are found; each file once */
        for (size_t j = 0; j < out->items[i]->import_count && rc == GG_OK; j++)
            rc = add_file(out, arena, out->items[i]->imports[j]);
    for (size_t i = 0; i < gg_builtin_file_count && rc == GG_OK; i++)
        rc = add_file(out, arena, gg_builtin_files[i]);
    return rc;
}

gg_rc gg_reflection_closure(const gg_reflection_files *files, const gg_file_type *file, gg_arena *arena,
    gg_reflection_files *out)
{
    *out = (gg_reflection_files){ 0 };
    gg_rc rc = add_file(out, arena, file);
    for (size_t i = 0; i < out->count && rc == GG_OK; i++) { /* grows as imports are found; each file once */
        gg_str input = out->items[i]->descriptor;
        gg_wire_field field;
        while (rc == GG_OK && gg_wire_next(&input, &field) == GG_OK)
            if (field.number == FILE_DEPENDENCY && field.type == GG_WIRE_LEN)
                rc = add_file(out, arena, gg_reflection_file(files, field.bytes));
    }
    return rc;
}

/* -- symbols -- */

static gg_str text_of(gg_str message, uint32_t number)
{
    gg_wire_field field;
    while (gg_wire_next(&message, &field) == GG_OK)
        if (field.number == number && field.type == GG_WIRE_LEN)
            return field.bytes;
    return gg_str_of(NULL, 0);
}

/* Whether a message has a child in field `number` with that name. */
static bool has_child(gg_str message, uint32_t number, gg_str name)
{
    gg_wire_field field;
    while (gg_wire_next(&message, &field) == GG_OK)
        if (field.number == number && field.type == GG_WIRE_LEN && gg_str_eq(text_of(field.bytes, NAME), name))
            return true;
    return false;
}

typedef enum { NOT_NAMED, LEAF, ENUM, MESSAGE, SERVICE } child_kind;
enum { KNOWN_FIELDS = 9 };
static const uint8_t in_file[KNOWN_FIELDS] = {
    [FILE_MESSAGE] = MESSAGE, [FILE_ENUM] = ENUM, [FILE_SERVICE] = SERVICE, [FILE_EXTENSION] = LEAF
};
static const uint8_t in_message[KNOWN_FIELDS] = { [MESSAGE_FIELD] = LEAF,
    [MESSAGE_NESTED] = MESSAGE,
    [MESSAGE_ENUM] = ENUM,
    [MESSAGE_EXTENSION] = LEAF,
    [MESSAGE_ONEOF] = LEAF };

/* Looks for "A.B.c" below a file or message.  GG_NEED_MORE: *scope and *name go one message deeper. */
static gg_rc find_child(gg_str *scope, const uint8_t kinds[KNOWN_FIELDS], gg_str *name)
{
    const char *dot = memchr(name->ptr, '.', name->len);
    size_t first_len = dot != NULL ? (size_t)(dot - name->ptr) : name->len;
    gg_str first = gg_str_of(name->ptr, first_len), input = *scope;
    gg_str rest = dot != NULL ? gg_str_of(dot + 1, name->len - first_len - 1) : gg_str_of(NULL, 0);
    gg_wire_field field;
    while (gg_wire_next(&input, &field) == GG_OK) {
        uint8_t kind = field.type == GG_WIRE_LEN && field.number < KNOWN_FIELDS ? kinds[field.number] : NOT_NAMED;
        if (kind == NOT_NAMED)
            continue;
        if (kind == ENUM && dot == NULL && has_child(field.bytes, MEMBER, first))
            return GG_OK; /* an enum's values stand beside it, not in it */
        if (!gg_str_eq(text_of(field.bytes, NAME), first))
            continue;
        if (dot == NULL)
            return GG_OK;
        if (kind == SERVICE)
            return has_child(field.bytes, MEMBER, rest) ? GG_OK : GG_ENOTFOUND;
        if (kind == MESSAGE && rest.len > 0) {
            *scope = field.bytes;
            *name = rest;
            return GG_NEED_MORE;
        }
    }
    return GG_ENOTFOUND;
}

static bool declares(const gg_file_type *file, gg_str symbol)
{
    gg_str package = text_of(file->descriptor, FILE_PACKAGE), scope = file->descriptor;
    if (package.len > 0) {
        if (symbol.len <= package.len + 1 || memcmp(symbol.ptr, package.ptr, package.len) != 0 ||
            symbol.ptr[package.len] != '.')
            return false;
        symbol = gg_str_of(symbol.ptr + package.len + 1, symbol.len - package.len - 1);
    }
    gg_rc rc = symbol.len > 0 ? find_child(&scope, in_file, &symbol) : GG_ENOTFOUND;
    while (rc == GG_NEED_MORE) /* each round takes a name off the symbol */
        rc = find_child(&scope, in_message, &symbol);
    return rc == GG_OK;
}

const gg_file_type *gg_reflection_symbol(const gg_reflection_files *files, gg_str symbol)
{
    for (size_t i = 0; i < files->count; i++)
        if (declares(files->items[i], symbol))
            return files->items[i];
    return NULL;
}

/* -- extensions -- */

void gg_extension_walk_init(gg_extension_walk *walk, const gg_file_type *file)
{
    walk->rest[0] = file->descriptor;
    walk->depth = 1;
}

bool gg_extension_next(gg_extension_walk *walk, gg_str *extendee, int32_t *number)
{
    while (walk->depth > 0) { /* each round eats a field, or ends a message */
        bool is_file = walk->depth == 1;
        gg_wire_field field;
        if (gg_wire_next(&walk->rest[walk->depth - 1], &field) != GG_OK) {
            walk->depth--;
            continue;
        }
        if (field.type != GG_WIRE_LEN)
            continue;
        if (field.number == (is_file ? FILE_MESSAGE : MESSAGE_NESTED) && walk->depth < GG_REFLECTION_NESTING) {
            walk->rest[walk->depth++] = field.bytes;
        } else if (field.number == (is_file ? FILE_EXTENSION : MESSAGE_EXTENSION)) {
            gg_str input = field.bytes;
            gg_wire_field member;
            *extendee = text_of(input, FIELD_EXTENDEE);
            *number = 0;
            while (gg_wire_next(&input, &member) == GG_OK)
                if (member.number == FIELD_NUMBER && member.type == GG_WIRE_VARINT)
                    *number = (int32_t)(uint32_t)member.value;
            if (extendee->len > 0 && extendee->ptr[0] == '.')
                *extendee = gg_str_of(extendee->ptr + 1, extendee->len - 1);
            return true;
        }
    }
    return false;
}

const gg_file_type *gg_reflection_extension(const gg_reflection_files *files, gg_str message, int32_t number)
{
    for (size_t i = 0; i < files->count; i++) {
        gg_extension_walk walk;
        gg_str extendee;
        int32_t at;
        gg_extension_walk_init(&walk, files->items[i]);
        while (gg_extension_next(&walk, &extendee, &at))
            if (at == number && gg_str_eq(extendee, message))
                return files->items[i];
    }
    return NULL;
}
