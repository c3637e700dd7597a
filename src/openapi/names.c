/* names.c -- what each type is called in the document (gg_openapi_naming).
 *
 * A name is an ending of the full name, as short as it can be without standing for two: so it depends on
 * every name that is known, which are those of the document's own package, those it refers to, and google.* and
 * grpc.* .  Methods count too, as the body of one may need a definition. */
#include "openapi/document.h"
#include "openapi/options.h"

#include "base/ascii.h"
#include "base/text.h"

/* -- endings -- */
static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* Where the last component begins; with GG_OPENAPI_PACKAGE the first that begins with a capital, as packages
 * are taken not to. */
static size_t last_component(gg_str name, gg_openapi_naming naming)
{
    size_t start = 0;
    for (size_t i = 0; i < name.len; i++) {
        if (i > 0 && name.ptr[i - 1] != '.')
            continue;
        start = i;
        if (naming == GG_OPENAPI_PACKAGE && is_upper(name.ptr[i]))
            break;
    }
    return start;
}

/* The beginning of the component in front of the one that begins at start; 0: there is none. */
static size_t component_before(gg_str name, size_t start)
{
    if (start == 0)
        return 0;
    for (start--; start > 0 && name.ptr[start - 1] != '.'; start--) {}
    return start;
}

static gg_str ending(gg_str name, size_t start)
{
    return gg_str_of(name.ptr + start, name.len - start);
}

/* -- the names that are known, and how often each ending is among them -- */
typedef struct known_names {
    gg_openapi_doc *d;
    gg_openapi_types referred;
    gg_map methods; /* of the file, with an HTTP rule */
    gg_map endings; /* to a size_t: how many names have it */
    bool counting;  /* else they are given their names */
} known_names;

static bool is_known(const known_names *known, gg_str name)
{
    gg_str package = known->d->file->package;
    bool own =
        package.len > 0 && gg_str_starts(name, package) && name.len > package.len && name.ptr[package.len] == '.';
    return own || gg_str_starts(name, GG_STR("google.")) || gg_str_starts(name, GG_STR("grpc.")) ||
        gg_map_get(&known->referred.by_name, name) != NULL || gg_map_get(&known->methods, name) != NULL;
}

static void count_endings(known_names *known, gg_str name)
{
    gg_openapi_doc *d = known->d;
    size_t start = last_component(name, d->options->naming);
    for (bool more = true; more && !d->make.failed; start = component_before(name, start)) {
        size_t *count = (size_t *)gg_map_get(&known->endings, ending(name, start));
        if (count == NULL) {
            count = gg_arena_zalloc(d->make.arena, sizeof *count);
            if (count == NULL || gg_map_put(&known->endings, ending(name, start), count) != GG_OK) {
                d->make.failed = true;
                return;
            }
        }
        ++*count;
        more = start > 0;
    }
}

/* "v1.PingResponse" to "v1PingResponse": dots go, and a component behind the first that is all small gets a
 * capital. */
static gg_str run_together(gg_openapi_doc *d, gg_str name)
{
    char *p = gg_arena_bytes(d->make.arena, name.len);
    size_t len = 0, start = 0;
    d->make.failed |= p == NULL;
    for (size_t i = 0; p != NULL && i <= name.len; i++) {
        if (i < name.len && name.ptr[i] != '.')
            continue;
        bool small = start > 0;
        for (size_t k = start; k < i; k++) {
            small = small && !is_upper(name.ptr[k]);
            p[len + k - start] = name.ptr[k];
        }
        if (small && i > start && p[len] >= 'a' && p[len] <= 'z')
            p[len] = (char)(p[len] - 'a' + 'A');
        len += i - start;
        start = i + 1;
    }
    return p != NULL ? gg_str_of(p, len) : gg_str_of("", 0);
}

static gg_str short_name(const known_names *known, gg_str name)
{
    gg_openapi_naming naming = known->d->options->naming;
    size_t start = last_component(name, naming);
    if (naming == GG_OPENAPI_FQN)
        return name;
    for (; start > 0; start = component_before(name, start)) {
        const size_t *count = gg_map_get(&known->endings, ending(name, start));
        if (count == NULL || *count == 1)
            break;
    }
    return naming == GG_OPENAPI_LEGACY ? run_together(known->d, ending(name, component_before(name, start)))
                                       : ending(name, start);
}

static void give_name(known_names *known, gg_str full_name)
{
    gg_openapi_doc *d = known->d;
    gg_str *name = gg_arena_alloc(d->make.arena, sizeof *name);
    d->make.failed |= name == NULL || gg_map_put(&d->names, full_name, name) == GG_ENOMEM;
    if (name != NULL)
        *name = short_name(known, full_name);
}

static void visit(known_names *known, gg_str full_name)
{
    if (known->d->make.failed || !is_known(known, full_name))
        return;
    if (known->counting)
        count_endings(known, full_name);
    else
        give_name(known, full_name);
}

/* Messages and enums of every file; methods only of those that get a document. */
static void visit_all(known_names *known)
{
    const gg_openapi_input *input = known->d->input;
    for (size_t i = 0; i < input->set->file_count; i++) {
        for (const gg_desc_message *m = input->set->files[i]->all_messages; m != NULL; m = m->next)
            visit(known, m->full_name);
        for (const gg_desc_enum *e = input->set->files[i]->all_enums; e != NULL; e = e->next)
            visit(known, e->full_name);
    }
    for (size_t i = 0; i < input->file_count; i++)
        for (size_t k = 0; k < input->files[i]->service_count; k++)
            for (size_t n = 0; n < input->files[i]->services[k].method_count; n++)
                visit(known, input->files[i]->services[k].methods[n].full_name);
}

/* -- what the document refers to -- */
static void refer_method(known_names *known, const gg_desc_method *method)
{
    gg_openapi_doc *d = known->d;
    if (!gg_openapi_is_bound(d, method) || !gg_openapi_is_visible(d, method->options))
        return;
    d->make.failed |= gg_map_put(&known->methods, method->full_name, method) == GG_ENOMEM;
    gg_openapi_add_message(d, &known->referred, method->input, true);
    gg_openapi_add_message(d, &known->referred, method->output, true);
}

static void refer_all(known_names *known)
{
    gg_openapi_doc *d = known->d;
    for (size_t i = 0; i < d->file->service_count; i++)
        for (size_t k = 0; k < d->file->services[i].method_count; k++)
            if (gg_openapi_is_visible(d, d->file->services[i].options))
                refer_method(known, &d->file->services[i].methods[k]);
    for (const gg_desc_message *message = d->file->all_messages; message != NULL; message = message->next)
        gg_openapi_add_message(d, &known->referred, message, true);
    gg_openapi_add_refs(d, &known->referred);
    if (!d->options->disable_default_errors)
        gg_openapi_add_named(d, &known->referred, GG_STR(".google.rpc.Status"));
    gg_openapi_follow(d, &known->referred);
}

void gg_openapi_name_all(gg_openapi_doc *d)
{
    known_names known = { .d = d, .counting = true };
    refer_all(&known);
    visit_all(&known);
    known.counting = false;
    visit_all(&known);
    gg_map_deinit(&known.referred.by_name);
    gg_map_deinit(&known.methods);
    gg_map_deinit(&known.endings);
}

gg_str gg_openapi_name(const gg_openapi_doc *d, gg_str full_name)
{
    const gg_str *name = gg_map_get(&d->names, full_name);
    return name != NULL ? *name : gg_str_of("", 0);
}

gg_str gg_openapi_ref(gg_openapi_doc *d, gg_str full_name)
{
    gg_str name = gg_openapi_name(d, full_name);
    return name.len > 0 ? gg_tree_printf(&d->make, "#/definitions/%.*s", GG_STR_ARG(name)) : name;
}
