/* descriptor_symbol.c -- full names: giving them to everything in a file, and finding what one stands for.
 *
 * Scopes are C++'s: the values of an enum are siblings of the enum.
 * Spec: google/protobuf/descriptor.proto, FieldDescriptorProto.type_name. */
#include "proto/descriptor.h"

#include <assert.h>

#include "base/text.h"

static const char *const kind_names[] = {
    [GG_DESC_PACKAGE] = "a package",
    [GG_DESC_MESSAGE] = "a message",
    [GG_DESC_ENUM] = "an enum",
    [GG_DESC_ENUM_VALUE] = "an enum value",
    [GG_DESC_FIELD] = "a field",
    [GG_DESC_ONEOF] = "a oneof",
    [GG_DESC_SERVICE] = "a service",
    [GG_DESC_METHOD] = "a method",
};

/* -- entering -- */
static bool is_identifier(gg_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return name.len > 0;
}

static gg_rc put_symbol(gg_desc_set *set, gg_desc_kind kind, gg_desc_file *file, gg_str full_name, void *what)
{
    gg_desc_symbol *symbol = gg_desc_alloc(set, 1, sizeof *symbol);
    if (symbol == NULL)
        return GG_ENOMEM;
    *symbol = (gg_desc_symbol){ kind, file, what };
    gg_rc rc = gg_map_put(&set->symbols, full_name, symbol);
    if (rc == GG_ENOMEM)
        set->out_of_memory = true;
    return rc;
}

/* Gives `name` in `scope` its full name and enters it.  GG_EINVAL: something else has it already. */
static gg_rc enter(gg_desc_set *set, gg_desc_kind kind, gg_desc_file *file, gg_str scope, gg_str name, void *what,
    gg_str *full_name)
{
    *full_name = gg_desc_join(set, scope, name);
    if (full_name->ptr == NULL && set->out_of_memory)
        return GG_ENOMEM;
    if (!is_identifier(name)) { /* entered all the same: what refers to it is no other fault */
        gg_desc_fault(set, file, *full_name, "the name of %s must be letters, digits and underscores",
            kind_names[kind]);
        return full_name->len > 0 && put_symbol(set, kind, file, *full_name, what) == GG_ENOMEM ? GG_ENOMEM : GG_OK;
    }
    gg_rc rc = put_symbol(set, kind, file, *full_name, what);
    if (rc != GG_EINVAL)
        return rc;
    const gg_desc_symbol *other = gg_map_get(&set->symbols, *full_name);
    return gg_desc_fault(set, file, *full_name, "%s, but %s of that name is defined in %.*s", kind_names[kind],
        kind_names[other->kind], GG_STR_ARG(other->file->name));
}

/* "a.b.c" and, before it, "a.b" and "a". */
static gg_rc enter_package(gg_desc_set *set, gg_desc_file *file)
{
    gg_str rest = file->package;
    size_t depth = 0;
    for (size_t end = 0; rest.len > 0; end++) { /* a round for each dot, and the last name */
        size_t start = end;
        if (++depth > GG_DESC_PACKAGE_DEPTH)
            return gg_desc_fault(set, file, gg_str_of(NULL, 0), "a package of more than %d names",
                GG_DESC_PACKAGE_DEPTH);
        while (end < file->package.len && file->package.ptr[end] != '.')
            end++;
        gg_str full_name = gg_str_of(file->package.ptr, end);
        if (!is_identifier(gg_str_of(file->package.ptr + start, end - start)))
            return gg_desc_fault(set, file, file->package, "is not the name of a package");
        gg_rc rc = put_symbol(set, GG_DESC_PACKAGE, file, full_name, NULL);
        if (rc == GG_ENOMEM)
            return rc;
        const gg_desc_symbol *other = gg_map_get(&set->symbols, full_name);
        if (other->kind != GG_DESC_PACKAGE)
            return gg_desc_fault(set, file, full_name, "a package, but %s of that name is defined in %.*s",
                kind_names[other->kind], GG_STR_ARG(other->file->name));
        rest = gg_str_of(file->package.ptr + end, file->package.len - end);
        if (rest.len == 1)
            return gg_desc_fault(set, file, file->package, "is not the name of a package");
    }
    return GG_OK;
}

static void enter_enums(gg_desc_set *set, gg_desc_file *file, gg_desc_message *parent, gg_desc_enum *enums,
    size_t count, gg_desc_enum ***tail)
{
    gg_str scope = parent != NULL ? parent->full_name : file->package;
    for (size_t i = 0; i < count; i++) {
        gg_desc_enum *e = &enums[i];
        e->file = file;
        e->parent = parent;
        if (enter(set, GG_DESC_ENUM, file, scope, e->name, e, &e->full_name) != GG_OK)
            continue; /* its values would be told as faults too */
        **tail = e;
        *tail = &e->next;
        for (size_t v = 0; v < e->value_count; v++) {
            gg_str full_name;
            enter(set, GG_DESC_ENUM_VALUE, file, scope, e->values[v].name, &e->values[v], &full_name);
        }
    }
}

static void enter_fields(gg_desc_set *set, gg_desc_file *file, gg_desc_message *parent, gg_desc_field *fields,
    size_t count)
{
    gg_str scope = parent != NULL ? parent->full_name : file->package;
    for (size_t i = 0; i < count; i++) {
        fields[i].file = file;
        fields[i].parent = parent;
        enter(set, GG_DESC_FIELD, file, scope, fields[i].name, &fields[i], &fields[i].full_name);
    }
}

/* Where the next message and the next enum of the file are hung. */
typedef struct tails {
    gg_desc_message **message;
    gg_desc_enum **enum_;
} tails;

/* Recursion: a message in a message, at most GG_DESC_DEPTH times (descriptor_read.c). */
static void enter_messages(gg_desc_set *set, gg_desc_file *file, gg_desc_message *parent, gg_desc_message *messages,
    size_t count, tails *tail)
{
    gg_str scope = parent != NULL ? parent->full_name : file->package;
    for (size_t i = 0; i < count && !set->out_of_memory; i++) {
        gg_desc_message *m = &messages[i];
        m->file = file;
        m->parent = parent;
        if (enter(set, GG_DESC_MESSAGE, file, scope, m->name, m, &m->full_name) != GG_OK)
            continue; /* what is in it would be told as faults too */
        *tail->message = m;
        tail->message = &m->next;
        enter_fields(set, file, m, m->fields, m->field_count);
        enter_fields(set, file, m, m->extensions, m->extension_count);
        for (size_t o = 0; o < m->oneof_count; o++) {
            gg_str full_name;
            enter(set, GG_DESC_ONEOF, file, m->full_name, m->oneofs[o].name, &m->oneofs[o], &full_name);
        }
        enter_enums(set, file, m, m->enums, m->enum_count, &tail->enum_);
        enter_messages(set, file, m, m->messages, m->message_count, tail);
    }
}

gg_rc gg_desc_enter(gg_desc_set *set, gg_desc_file *file)
{
    tails tail = { &file->all_messages, &file->all_enums };
    enter_package(set, file);
    enter_messages(set, file, NULL, file->messages, file->message_count, &tail);
    enter_enums(set, file, NULL, file->enums, file->enum_count, &tail.enum_);
    enter_fields(set, file, NULL, file->extensions, file->extension_count);
    for (size_t s = 0; s < file->service_count; s++) {
        gg_desc_service *service = &file->services[s];
        service->file = file;
        if (enter(set, GG_DESC_SERVICE, file, file->package, service->name, service, &service->full_name) != GG_OK)
            continue;
        for (size_t m = 0; m < service->method_count; m++) {
            gg_desc_method *method = &service->methods[m];
            enter(set, GG_DESC_METHOD, file, service->full_name, method->name, method, &method->full_name);
        }
    }
    return set->out_of_memory ? GG_ENOMEM : GG_OK;
}

/* -- seeing -- */
void gg_desc_mark_imports(gg_desc_set *set, gg_desc_file *file)
{
    set->seeing = file;
    set->seen_public = false;
    file->seen_by = file;
    for (size_t i = 0; i < file->import_count; i++)
        file->imports[i].file->seen_by = file;
}

/* Marks what a file imports publicly as seen, and puts it on the stack.  False: it was too much. */
static bool push_public(gg_desc_set *set, const gg_desc_file *file, const gg_desc_file *by, size_t *depth)
{
    for (size_t i = 0; i < file->import_count; i++) {
        gg_desc_file *import = file->imports[i].file;
        if (set->public_looks++ >= GG_DESC_PUBLIC_LOOKS)
            return false;
        if (file->imports[i].is_public && import->seen_by != by) {
            import->seen_by = by;
            set->stack[(*depth)++] = import;
        }
    }
    return true;
}

/* Marks all that the imports of `file` import publicly.  A file is on the stack once. */
static void mark_public(gg_desc_set *set, const gg_desc_file *file)
{
    bool all = true;
    set->seen_public = true;
    for (size_t i = 0, depth = 0; i < file->import_count && all; i++) {
        all = push_public(set, file->imports[i].file, file, &depth);
        while (depth > 0 && all)
            all = push_public(set, set->stack[--depth], file, &depth);
    }
    if (!all && !set->blind)
        gg_desc_fault(set, file, gg_str_of(NULL, 0), "too many public imports, of this file and those before it");
    set->blind |= !all;
}

/* Whether `file` may use what `other` defines: it is itself, an import, or imported publicly by one.  The last is
 * found out only when it matters: most files need no more than their imports. */
static bool sees(gg_desc_set *set, const gg_desc_file *file, const gg_desc_file *other)
{
    assert(set->seeing == file);
    if (other->seen_by != file && !set->seen_public)
        mark_public(set, file);
    return other->seen_by == file || set->blind;
}

/* -- finding -- */
static gg_str outer_scope(gg_str scope)
{
    while (scope.len > 0 && scope.ptr[scope.len - 1] != '.')
        scope.len--;
    if (scope.len > 0)
        scope.len--;
    return scope;
}

/* Of a name that is none, more than a member in messages in a package can have, only the inner ones are looked at. */
enum { SCOPES = GG_DESC_PACKAGE_DEPTH + GG_DESC_DEPTH + 2 };

static const gg_desc_symbol *look_up(gg_desc_set *set, gg_str user, gg_str name, unsigned kinds)
{
    if (name.len > 0 && name.ptr[0] == '.')
        return gg_map_get(&set->symbols, gg_str_of(name.ptr + 1, name.len - 1));
    for (size_t i = 0; i < SCOPES && user.len > 0; i++) { /* a round for each scope around the user */
        user = outer_scope(user);
        set->scratch.len = 0;
        gg_rc rc = gg_buf_append(&set->scratch, user);
        if (rc == GG_OK && user.len > 0)
            rc = gg_buf_append(&set->scratch, GG_STR("."));
        if (rc == GG_OK)
            rc = gg_buf_append(&set->scratch, name);
        set->out_of_memory |= rc != GG_OK;
        if (rc != GG_OK)
            return NULL;
        const gg_desc_symbol *symbol = gg_map_get(&set->symbols, gg_buf_str(&set->scratch));
        if (symbol != NULL && (kinds >> symbol->kind & 1) != 0)
            return symbol;
    }
    return NULL;
}

/* Whether the symbol is a message or enum that other files may not name. */
static bool is_local(const gg_desc_symbol *symbol)
{
    if (symbol->kind == GG_DESC_MESSAGE) {
        const gg_desc_message *m = symbol->what;
        return gg_desc_is_local(m->visibility, m->parent != NULL, m->file);
    }
    if (symbol->kind == GG_DESC_ENUM) {
        const gg_desc_enum *e = symbol->what;
        return gg_desc_is_local(e->visibility, e->parent != NULL, e->file);
    }
    return false;
}

const gg_desc_symbol *gg_desc_resolve(gg_desc_set *set, const gg_desc_file *file, gg_str user, gg_str name,
    unsigned kinds)
{
    const gg_desc_symbol *symbol = look_up(set, user, name, kinds);
    gg_str shown = gg_str_starts(name, GG_STR(".")) ? gg_str_of(name.ptr + 1, name.len - 1) : name;
    if (set->out_of_memory)
        return NULL;
    if (file->lacks && (symbol == NULL || !sees(set, file, symbol->file)))
        return NULL; /* it may be in the file that is missing: that was told */
    if (symbol == NULL) {
        gg_desc_fault(set, file, user, "type %.*s is not defined in this set", GG_STR_ARG(shown));
        return NULL;
    }
    if ((kinds >> symbol->kind & 1) == 0) {
        gg_desc_fault(set, file, user, "%.*s is %s, not %s", GG_STR_ARG(shown), kind_names[symbol->kind],
            kinds == 1u << GG_DESC_MESSAGE    ? "a message"
                : kinds == 1u << GG_DESC_ENUM ? "an enum"
                                              : "a type");
        return NULL;
    }
    if (!sees(set, file, symbol->file)) {
        gg_desc_fault(set, file, user, "type %.*s is defined in %.*s, which this file does not import",
            GG_STR_ARG(shown), GG_STR_ARG(symbol->file->name));
        return NULL;
    }
    if (symbol->file != file && is_local(symbol)) {
        gg_desc_fault(set, file, user, "type %.*s is local to %.*s", GG_STR_ARG(shown), GG_STR_ARG(symbol->file->name));
        return NULL;
    }
    return symbol;
}
