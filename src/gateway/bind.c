/* bind.c -- the binding of a route, and its path variables.
 *
 * A repeated field takes a list of values separated by commas, and what the body gave it goes.
 * Elsewhere: the query (bind_query.c), the forms of the values (proto/message.h). */
#include "gateway/bind.h"

#include "gateway/bind_error.h"

/* The fields of `from` by number in another table of the same message. */
static gg_rc translate_path(const gg_field_path *from, const gg_message_type *type, gg_field_path *to, gg_str *missing)
{
    to->count = 0;
    for (size_t i = 0; i < from->count; i++) {
        const gg_field *field = type != NULL ? gg_field_by_number(type, from->fields[i]->number) : NULL;
        *missing = from->fields[i]->name;
        if (field == NULL)
            return GG_EINVAL;
        to->fields[to->count++] = field;
        type = field->message;
    }
    return GG_OK;
}

gg_rc gg_binding_init(gg_binding *binding, const gg_route *route, const gg_message_type *input, gg_arena *arena,
    gg_str *missing)
{
    *binding = (gg_binding){ .route = route, .input = input, .body = route->body, .variables = route->variables };
    if (input == route->method->input)
        return GG_OK;
    uint16_t count = route->template.variable_count;
    gg_field_path *variables = gg_arena_alloc(arena, count * sizeof *variables);
    if (variables == NULL)
        return GG_ENOMEM;
    gg_rc rc = GG_OK;
    for (uint16_t i = 0; i < count && rc == GG_OK; i++)
        rc = translate_path(&route->variables[i], input, &variables[i], missing);
    binding->variables = variables;
    if (rc == GG_OK && route->body != NULL) {
        binding->body = gg_field_by_number(input, route->body->number);
        *missing = route->body->name;
        rc = binding->body != NULL ? GG_OK : GG_EINVAL;
    }
    return rc;
}

static gg_rc set_variable(const gg_field_path *path, gg_str text, void *message, gg_arena *arena, gg_bad_value *bad)
{
    bad->text = text;
    if (path->count > 1 || path->fields[0]->rule != GG_FIELD_REPEATED)
        return gg_field_set_text(path->fields, path->count, message, text, arena, &bad->expected);
    gg_field_clear(path->fields[0], message); /* what the body gave it makes way for the path's */
    for (;;) {                                /* once for each comma */
        const char *comma = text.len > 0 ? memchr(text.ptr, ',', text.len) : NULL;
        bad->text = gg_str_of(text.ptr, comma != NULL ? (size_t)(comma - text.ptr) : text.len);
        gg_rc rc = gg_field_set_text(path->fields, 1, message, bad->text, arena, &bad->expected);
        if (rc != GG_OK || comma == NULL)
            return rc;
        text = gg_str_of(comma + 1, text.len - bad->text.len - 1);
    }
}

gg_rc gg_bind_path(const gg_binding *binding, const gg_str *values, void *message, gg_arena *arena, gg_str *error)
{
    const gg_template *template = &binding->route->template;
    for (uint16_t i = 0; i < template->variable_count; i++) {
        gg_bad_value bad = { .parameter = template->variables[i].field_path };
        gg_rc rc = set_variable(&binding->variables[i], values[i], message, arena, &bad);
        if (rc != GG_OK)
            return gg_bind_error(rc, &bad, arena, error);
    }
    return GG_OK;
}

gg_rc gg_bind_error(gg_rc rc, const gg_bad_value *bad, gg_arena *arena, gg_str *error)
{
    enum { FOUND_LEN = 32 }; /* bytes of the value that the message shows */
    bool cut = bad->text.len > FOUND_LEN;
    size_t found_len = gg_utf8_valid_len(gg_str_of(bad->text.ptr, cut ? FOUND_LEN : bad->text.len));
    if (rc == GG_EINVAL)
        *error = gg_arena_printf(arena, "field already set for oneof, parameter: %.*s", GG_STR_ARG(bad->parameter));
    else if (rc == GG_EPROTO || rc == GG_ETOOBIG)
        *error = gg_arena_printf(arena, "type mismatch, parameter: %.*s: expected %s, found \"%.*s%s\"",
            GG_STR_ARG(bad->parameter), bad->expected != NULL ? bad->expected : "another value", (int)found_len,
            found_len > 0 ? bad->text.ptr : "", cut ? "..." : "");
    else
        return rc;
    return error->ptr != NULL ? GG_EPROTO : GG_ENOMEM;
}
