/* descriptor.c -- the set of files: adding them, and linking their imports in order (descriptor.h). */
#include "proto/descriptor.h"

#include <stdio.h>

#include "proto/builtin.h"
#include "proto/wire.h"

/* -- memory and faults -- */
gg_rc gg_desc_set_init(gg_desc_set *set, gg_desc_on_fault on_fault, void *user)
{
    *set = (gg_desc_set){ .on_fault = on_fault, .user = user };
    set->arena = gg_arena_new(NULL, GG_DESC_MEMORY);
    set->out_of_memory = set->arena == NULL;
    return set->out_of_memory ? GG_ENOMEM : GG_OK;
}

void gg_desc_set_deinit(gg_desc_set *set)
{
    gg_buf_deinit(&set->scratch);
    gg_map_deinit(&set->by_name);
    gg_map_deinit(&set->symbols);
    gg_map_deinit(&set->extensions);
    if (set->arena != NULL)
        gg_arena_unref(set->arena);
    *set = (gg_desc_set){ 0 };
}

void *gg_desc_alloc(gg_desc_set *set, size_t count, size_t item_len)
{
    void *items = count <= SIZE_MAX / item_len ? gg_arena_zalloc(set->arena, count * item_len) : NULL;
    set->out_of_memory |= items == NULL;
    return items;
}

gg_str gg_desc_join(gg_desc_set *set, gg_str scope, gg_str name)
{
    if (scope.len == 0)
        return name;
    gg_str joined = { NULL, scope.len + 1 + name.len };
    char *p = gg_desc_alloc(set, joined.len + 1, 1);
    if (p == NULL)
        return gg_str_of(NULL, 0);
    memcpy(p, scope.ptr, scope.len);
    p[scope.len] = '.';
    if (name.len > 0)
        memcpy(p + scope.len + 1, name.ptr, name.len);
    joined.ptr = p;
    return joined;
}

gg_rc gg_desc_fault(gg_desc_set *set, const gg_desc_file *file, gg_str symbol, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    gg_str reason = gg_arena_vprintf(set->arena, format, args);
    va_end(args);
    set->fault_count++;
    if (reason.ptr == NULL) {
        set->out_of_memory = true;
        return GG_ENOMEM;
    }
    if (set->on_fault != NULL) {
        gg_schema_fault fault = { file != NULL ? file->name : gg_str_of(NULL, 0), symbol, reason };
        set->on_fault(set->user, &fault);
    }
    return GG_EINVAL;
}

static gg_rc outcome(const gg_desc_set *set)
{
    if (set->out_of_memory)
        return GG_ENOMEM;
    return set->fault_count > 0 ? GG_EINVAL : GG_OK;
}

/* -- adding files -- */
static gg_rc append_file(gg_desc_set *set, gg_desc_file *file)
{
    if (set->file_count == set->file_cap) {
        size_t cap = set->file_cap > 0 ? 2 * set->file_cap : 16;
        gg_desc_file **files =
            gg_arena_grow(set->arena, set->files, set->file_cap * sizeof *files, cap * sizeof *files);
        if (files == NULL) {
            set->out_of_memory = true;
            return GG_ENOMEM;
        }
        set->files = files;
        set->file_cap = cap;
    }
    if (gg_map_put(&set->by_name, file->name, file) == GG_ENOMEM) {
        set->out_of_memory = true;
        return GG_ENOMEM;
    }
    set->files[set->file_count++] = file;
    return GG_OK;
}

/* Why the file cannot be used; GG_OK if it can. */
static gg_rc check_file(gg_desc_set *set, gg_desc_file *file, gg_rc read)
{
    const gg_str none = { NULL, 0 };
    if (read == GG_EPROTO)
        return gg_desc_fault(set, file, none, "the descriptor is cut short or malformed");
    if (read == GG_ETOOBIG)
        return gg_desc_fault(set, file, none, "messages are nested more than %d deep", GG_DESC_DEPTH);
    if (file->name.len == 0)
        return gg_desc_fault(set, file, none, "a file without a name");
    return gg_desc_check_edition(set, file);
}

/* Remembers the name of a file with a fault, so that its importers are not told that it is missing. */
static gg_rc keep_broken(gg_desc_set *set, gg_desc_file *file)
{
    file->broken = true;
    if (file->name.len > 0 && gg_map_put(&set->by_name, file->name, file) == GG_ENOMEM)
        set->out_of_memory = true;
    return set->out_of_memory ? GG_ENOMEM : GG_EINVAL;
}

static gg_rc add_file(gg_desc_set *set, gg_str bytes, bool built_in)
{
    const gg_str none = { NULL, 0 };
    gg_desc_file *file = gg_desc_alloc(set, 1, sizeof *file);
    if (file == NULL)
        return GG_ENOMEM;
    gg_rc rc = gg_desc_read(set->arena, bytes, file);
    if (rc == GG_ENOMEM) {
        set->out_of_memory = true;
        return rc;
    }
    const gg_desc_file *other = gg_desc_file_by_name(set, file->name);
    if (other != NULL && gg_str_eq(other->bytes, bytes))
        return other->broken ? GG_EINVAL : GG_OK;
    if (other != NULL)
        return gg_desc_fault(set, file, none, "the file is there twice, with different contents");
    file->built_in = built_in || gg_builtin_file(file->name) != NULL;
    rc = check_file(set, file, rc);
    if (rc == GG_OK)
        return append_file(set, file);
    return rc == GG_EINVAL ? keep_broken(set, file) : rc;
}

gg_rc gg_desc_set_add(gg_desc_set *set, gg_str file)
{
    gg_rc rc = add_file(set, file, false);
    set->added_count = set->file_count;
    return rc;
}

gg_rc gg_desc_set_add_all(gg_desc_set *set, gg_str message, uint32_t number)
{
    const gg_str none = { NULL, 0 };
    size_t len = message.len;
    gg_wire_field field;
    gg_rc rc;
    while ((rc = gg_wire_next(&message, &field)) == GG_OK) {
        if (field.number != number)
            continue;
        if (field.type != GG_WIRE_LEN)
            break;
        if (gg_desc_set_add(set, field.bytes) == GG_ENOMEM)
            return GG_ENOMEM;
    }
    set->cut_short |= rc != GG_NEED_MORE;
    if (rc != GG_NEED_MORE)
        return gg_desc_fault(set, NULL, none, "the descriptor set is cut short or malformed at byte %zu",
            len - message.len);
    return outcome(set);
}

/* -- imports -- */
/* Adds the built-in file of that name if the set has none. */
static gg_rc add_built_in(gg_desc_set *set, gg_str name)
{
    const gg_file_type *built_in = gg_map_get(&set->by_name, name) == NULL ? gg_builtin_file(name) : NULL;
    return built_in != NULL && add_file(set, built_in->descriptor, true) == GG_ENOMEM ? GG_ENOMEM : GG_OK;
}

/* Finds the file of each import, and drops those that are not there. */
static gg_rc find_imports(gg_desc_set *set, gg_desc_file *file)
{
    size_t kept = 0;
    for (size_t i = 0; i < file->public_import_count; i++) {
        int32_t index = file->public_imports[i];
        if (index < 0 || (size_t)index >= file->import_count)
            gg_desc_fault(set, file, gg_str_of(NULL, 0), "public import %d of %zu", (int)index, file->import_count);
        else
            file->imports[index].is_public = true;
    }
    for (size_t i = 0; i < file->option_import_count; i++) /* may be missing: nothing but options needs them */
        if (add_built_in(set, file->option_imports[i].name) != GG_OK)
            return GG_ENOMEM;
    for (size_t i = 0; i < file->import_count; i++) {
        gg_desc_import *import = &file->imports[i];
        if (add_built_in(set, import->name) != GG_OK)
            return GG_ENOMEM;
        import->file = (gg_desc_file *)gg_map_get(&set->by_name, import->name);
        if (import->file == NULL && !set->cut_short)
            gg_desc_fault(set, file, gg_str_of(NULL, 0), "imports %.*s, which is not in this set",
                GG_STR_ARG(import->name));
        if (import->file != NULL && !import->file->broken) {
            file->imports[kept++] = *import;
            continue;
        }
        file->lacks = true;
        file->lacks_public |= import->is_public;
    }
    file->import_count = kept;
    return set->out_of_memory ? GG_ENOMEM : GG_OK;
}

/* A public import that is missing is missing to those who import the file.  Imports come first. */
static void inherit_lacks(gg_desc_file *file)
{
    for (size_t i = 0; i < file->import_count; i++) {
        bool lacks = file->imports[i].file->lacks_public;
        file->lacks |= lacks;
        file->lacks_public |= lacks && file->imports[i].is_public;
    }
}

/* "a.proto imports itself: a.proto -> b.proto -> a.proto"; the cycle is the end of the stack. */
static void report_cycle(gg_desc_set *set, size_t depth, const gg_desc_file *again)
{
    enum { SHOWN = 8 }; /* files; of more, the last ones */
    size_t first = depth;
    gg_str text = again->name;
    for (int i = 0; i < SHOWN && set->stack[first - 1] != again; i++, first--)
        text = gg_arena_printf(set->arena, "%.*s -> %.*s", GG_STR_ARG(set->stack[first - 1]->name), GG_STR_ARG(text));
    gg_desc_fault(set, again, gg_str_of(NULL, 0), "imports itself: %.*s ->%s %.*s", GG_STR_ARG(again->name),
        set->stack[first - 1] != again ? " ... ->" : "", GG_STR_ARG(text));
}

/* Depth first from one file, on a stack of its own.  *count counts the files in order. */
static void order_from(gg_desc_set *set, gg_desc_file *root, size_t *count)
{
    size_t depth = 0;
    set->stack[depth++] = root;
    root->mark = GG_DESC_OPEN;
    while (depth > 0) { /* each round takes an import, or a file off the stack */
        gg_desc_file *file = set->stack[depth - 1];
        if (file->next_import == file->import_count) {
            file->mark = GG_DESC_DONE;
            set->in_order[(*count)++] = file;
            depth--;
            continue;
        }
        gg_desc_file *import = file->imports[file->next_import++].file;
        if (import->mark == GG_DESC_OPEN) {
            report_cycle(set, depth, import);
        } else if (import->mark == GG_DESC_NEW) {
            import->mark = GG_DESC_OPEN;
            set->stack[depth++] = import;
        }
    }
}

/* -- the link -- */
static void link_methods(gg_desc_set *set, const gg_desc_file *file)
{
    for (size_t s = 0; s < file->service_count; s++)
        for (size_t m = 0; m < file->services[s].method_count; m++) {
            gg_desc_method *method = &file->services[s].methods[m];
            const gg_desc_symbol *input =
                gg_desc_resolve(set, file, method->full_name, method->input_name, 1u << GG_DESC_MESSAGE);
            const gg_desc_symbol *output =
                gg_desc_resolve(set, file, method->full_name, method->output_name, 1u << GG_DESC_MESSAGE);
            method->input = input != NULL ? input->what : NULL;
            method->output = output != NULL ? output->what : NULL;
        }
}

/* The files in the order of their imports, all names entered. */
static gg_rc enter_files(gg_desc_set *set, size_t *ordered)
{
    set->in_order = gg_desc_alloc(set, set->file_count + 1, sizeof *set->in_order);
    set->stack = gg_desc_alloc(set, set->file_count + 1, sizeof *set->stack);
    if (set->in_order == NULL || set->stack == NULL)
        return GG_ENOMEM;
    for (size_t i = 0; i < set->file_count; i++)
        if (set->files[i]->mark == GG_DESC_NEW)
            order_from(set, set->files[i], ordered);
    for (size_t i = 0; i < *ordered; i++) {
        inherit_lacks(set->in_order[i]);
        if (gg_desc_enter(set, set->in_order[i]) != GG_OK)
            return GG_ENOMEM;
        gg_desc_resolve_features(set, set->in_order[i]);
        for (gg_desc_message *m = set->in_order[i]->all_messages; m != NULL; m = m->next)
            gg_desc_sort_ranges(set, m);
    }
    return set->out_of_memory ? GG_ENOMEM : GG_OK;
}

gg_rc gg_desc_set_link(gg_desc_set *set)
{
    size_t ordered = 0;
    if (set->file_count == 0 && set->fault_count == 0)
        gg_desc_fault(set, NULL, gg_str_of(NULL, 0), "the descriptor set holds no file");
    if (add_built_in(set, GG_STR("google/protobuf/descriptor.proto")) != GG_OK) /* the canonical form needs it */
        return GG_ENOMEM;
    for (size_t i = 0; i < set->file_count; i++) /* grows while built-in files are added, each once */
        if (find_imports(set, set->files[i]) != GG_OK)
            return GG_ENOMEM;
    if (set->out_of_memory || enter_files(set, &ordered) != GG_OK)
        return GG_ENOMEM;
    for (size_t i = 0; i < ordered; i++) {
        gg_desc_mark_imports(set, set->in_order[i]);
        if (gg_desc_link_fields(set, set->in_order[i]) != GG_OK)
            return GG_ENOMEM;
        link_methods(set, set->in_order[i]);
    }
    return outcome(set);
}

/* -- look-ups -- */
const gg_desc_file *gg_desc_file_by_name(const gg_desc_set *set, gg_str name)
{
    return gg_map_get(&set->by_name, name);
}

const gg_desc_message *gg_desc_message_by_name(const gg_desc_set *set, gg_str full_name)
{
    const gg_desc_symbol *symbol = gg_map_get(&set->symbols, full_name);
    return symbol != NULL && symbol->kind == GG_DESC_MESSAGE ? symbol->what : NULL;
}

const gg_desc_field *gg_desc_field_by_number(const gg_desc_set *set, const gg_desc_message *message, uint32_t number)
{
    size_t low = 0, high = message->field_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const gg_desc_field *field = &message->fields[message->by_number[middle]];
        if ((uint32_t)field->number == number)
            return field;
        if ((uint32_t)field->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    char key[512]; /* an extension of a message with a longer name is not found: it is then an unknown field */
    int len = snprintf(key, sizeof key, "%.*s:%u", GG_STR_ARG(message->full_name), (unsigned)number);
    return len > 0 && (size_t)len < sizeof key ? gg_map_get(&set->extensions, gg_str_of(key, (size_t)len)) : NULL;
}
