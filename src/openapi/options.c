/* options.c -- option messages into the document's tree, by the tables of option_rows.c (options.h).
 *
 * What the compiler wrote is well formed; where it is not, the rest of a message is passed over. */
#include "openapi/options.h"

#include "base/text.h"
#include "gg/wkt.h"
#include "proto/message.h"
#include "proto/wire.h"

enum { MAP_KEY = 1, MAP_VALUE = 2 };

/* -- single fields -- */
gg_str gg_openapi_option_message(gg_openapi_doc *d, gg_str message, uint32_t number)
{
    gg_wire_field field;
    gg_str found = { NULL, 0 };
    while (gg_wire_next(&message, &field) == GG_OK) {
        if (field.number != number || field.type != GG_WIRE_LEN)
            continue;
        if (found.ptr == NULL) {
            found = field.bytes;
            continue;
        }
        char *both = gg_arena_bytes(d->make.arena, found.len + field.bytes.len); /* parts in a row are the whole */
        d->make.failed |= both == NULL;
        if (both == NULL)
            return found;
        memcpy(both, found.ptr, found.len);
        memcpy(both + found.len, field.bytes.ptr, field.bytes.len);
        found = gg_str_of(both, found.len + field.bytes.len);
    }
    return found;
}

gg_str gg_option_text(gg_str message, uint32_t number)
{
    gg_wire_field field;
    gg_str found = gg_str_of("", 0);
    while (gg_wire_next(&message, &field) == GG_OK)
        if (field.number == number && field.type == GG_WIRE_LEN)
            found = field.bytes;
    return found;
}

bool gg_option_flag(gg_str message, uint32_t number)
{
    gg_wire_field field;
    bool found = false;
    while (gg_wire_next(&message, &field) == GG_OK)
        if (field.number == number && field.type == GG_WIRE_VARINT)
            found = field.value != 0;
    return found;
}

/* VisibilityRule.restriction: labels, parted by commas. */
bool gg_openapi_is_visible(gg_openapi_doc *d, gg_str options)
{
    enum { RULE_RESTRICTION = 2 };
    gg_str rule = gg_openapi_option_message(d, options, GG_VISIBILITY);
    if (rule.ptr == NULL)
        return true;
    gg_str labels = gg_option_text(rule, RULE_RESTRICTION);
    for (size_t i = 0, start = 0; i <= labels.len; i++) {
        if (i < labels.len && labels.ptr[i] != ',')
            continue;
        gg_str label = gg_openapi_trim(gg_str_of(labels.ptr + start, i - start));
        for (size_t k = 0; k < d->options->visibility_count; k++)
            if (gg_str_eq(label, d->options->visibility[k]))
                return true;
        start = i + 1;
    }
    return false;
}

/* -- readers: one for each kind -- */
/* One field of an option message on its way into an object. */
typedef struct option_value {
    gg_tree *object;
    const gg_option *row;
    const gg_wire_field *field;
    bool first; /* of the row's, in this message */
} option_value;

/* The array or object that the row is about. */
static gg_tree *place_of(gg_openapi_doc *d, const option_value *v, gg_tree_kind kind)
{
    if (v->row->key == GG_KEY_NAMED)
        return v->object;
    if (v->first && kind == GG_TREE_ARRAY)
        gg_tree_put(v->object, v->row->key, gg_tree_new(&d->make, kind));
    return gg_tree_make(&d->make, v->object, v->row->key, kind);
}

static void read_text(gg_openapi_doc *d, const option_value *v)
{
    gg_tree_put_text(&d->make, v->object, v->row->key, v->field->bytes);
}

static void read_texts(gg_openapi_doc *d, const option_value *v)
{
    gg_tree_add(place_of(d, v, GG_TREE_ARRAY), gg_tree_text(&d->make, v->field->bytes));
}

static void read_flag(gg_openapi_doc *d, const option_value *v)
{
    gg_tree_put_flag(&d->make, v->object, v->row->key, v->field->value != 0);
}

static void read_uint(gg_openapi_doc *d, const option_value *v)
{
    if (v->field->value != 0)
        gg_tree_put(v->object, v->row->key,
            gg_tree_bare(&d->make, gg_tree_printf(&d->make, "%llu", (unsigned long long)v->field->value)));
}

static void read_double(gg_openapi_doc *d, const option_value *v)
{
    double value;
    memcpy(&value, &v->field->value, sizeof value);
    if (value - value != 0) /* not finite */
        gg_openapi_fail(d, "%.*s is not finite", GG_STR_ARG(gg_openapi_key_names[v->row->key]));
    else if (value < 0 || value > 0)
        gg_tree_put(v->object, v->row->key, gg_tree_number(&d->make, value));
}

/* The next number of an enum field, packed or not; false if there is none. */
static bool next_number(gg_str *packed, const gg_wire_field *field, bool *single, uint64_t *number)
{
    *number = field->value;
    if (field->type == GG_WIRE_LEN)
        return gg_wire_varint(packed, number) == GG_OK;
    bool first = *single;
    *single = false;
    return first;
}

static void read_enums(gg_openapi_doc *d, const option_value *v)
{
    gg_str packed = v->field->bytes;
    bool single = true, whole = v->row->kind == GG_OPTION_ENUMS;
    gg_tree *list = whole ? place_of(d, v, GG_TREE_ARRAY) : NULL;
    uint64_t number;
    while (next_number(&packed, v->field, &single, &number)) {
        const gg_option_names *names = v->row->names;
        const char *name = number < names->count ? names->by_number[number] : NULL;
        gg_tree *text = name != NULL ? gg_tree_text(&d->make, gg_str_from(name)) : NULL;
        if (whole)
            gg_tree_add(list, text);
        else if (v->first)
            gg_tree_put(v->object, v->row->key, text);
        if (!whole)
            break;
    }
}

/* JSON in a string; NULL, and the error said, if it is none. */
static gg_tree *json_of(gg_openapi_doc *d, gg_str json, bool sorted)
{
    gg_tree *tree = gg_tree_from_json(&d->make, json, sorted);
    if (tree == NULL && !d->make.failed)
        gg_openapi_fail(d, "is to be JSON, with its quotes: %.*s", GG_STR_ARG(json));
    return tree;
}

static void read_json(gg_openapi_doc *d, const option_value *v)
{
    if (v->field->bytes.len > 0)
        gg_tree_put(v->object, v->row->key, json_of(d, v->field->bytes, false));
}

static void read_object(gg_openapi_doc *d, const option_value *v)
{
    gg_openapi_apply(d, place_of(d, v, GG_TREE_OBJECT), v->row->inner, v->field->bytes);
}

static void read_objects(gg_openapi_doc *d, const option_value *v)
{
    gg_tree *array = place_of(d, v, GG_TREE_ARRAY), *item = gg_tree_new(&d->make, GG_TREE_OBJECT);
    gg_openapi_apply(d, item, v->row->inner, v->field->bytes);
    if (item != NULL && (item->first != NULL || v->row->kind != GG_OPTION_FILLED))
        gg_tree_add(array, item);
}

/* -- maps -- */
/* "x-request-id" as "X-Request-Id". */
static gg_str header_name(gg_openapi_doc *d, gg_str name)
{
    char *p = gg_arena_bytes(d->make.arena, name.len);
    bool start = true;
    for (size_t i = 0; p != NULL && i < name.len; i++) {
        char c = name.ptr[i];
        bool lower = c >= 'a' && c <= 'z', upper = c >= 'A' && c <= 'Z';
        p[i] = (start && lower) || (!start && upper) ? (char)(c ^ 0x20) : c;
        start = c == '-';
    }
    d->make.failed |= p == NULL;
    return p != NULL ? gg_str_of(p, name.len) : gg_str_of("", 0);
}

static void read_map(gg_openapi_doc *d, const option_value *v)
{
    gg_tree *map = place_of(d, v, GG_TREE_OBJECT);
    gg_str name = gg_option_text(v->field->bytes, MAP_KEY);
    gg_str value = gg_option_text(v->field->bytes, MAP_VALUE);
    gg_tree *member = gg_tree_find(map, name);
    if (member == NULL) {
        member = gg_tree_new(&d->make, GG_TREE_OBJECT);
        gg_tree_put_named(map, name, member, true);
    }
    gg_openapi_apply(d, member, v->row->inner, value);
}

static void read_headers(gg_openapi_doc *d, const option_value *v)
{
    static const gg_str types[] = { GG_STR_INIT("string"), GG_STR_INIT("number"), GG_STR_INIT("integer"),
        GG_STR_INIT("boolean") };
    gg_str name = header_name(d, gg_option_text(v->field->bytes, MAP_KEY));
    gg_tree *header = gg_tree_new(&d->make, GG_TREE_OBJECT);
    gg_openapi_apply(d, header, v->row->inner, gg_option_text(v->field->bytes, MAP_VALUE));
    gg_tree_put_named(place_of(d, v, GG_TREE_OBJECT), name, header, true);
    gg_str type = gg_tree_get_text(header, GG_KEY_HEADER_TYPE);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (gg_str_eq(type, types[i]))
            return;
    gg_openapi_fail(d, "type \"%.*s\" of header %.*s is none of string, number, integer, boolean", GG_STR_ARG(type),
        GG_STR_ARG(name));
}

static void read_scopes(gg_openapi_doc *d, const option_value *v)
{
    enum { VALUE_SCOPE = 1 };
    gg_tree *scopes = gg_tree_new(&d->make, GG_TREE_ARRAY);
    gg_str value = gg_option_text(v->field->bytes, MAP_VALUE);
    gg_wire_field scope;
    while (gg_wire_next(&value, &scope) == GG_OK)
        if (scope.number == VALUE_SCOPE && scope.type == GG_WIRE_LEN)
            gg_tree_add(scopes, gg_tree_text(&d->make, scope.bytes));
    gg_tree_put_named(place_of(d, v, GG_TREE_OBJECT), gg_option_text(v->field->bytes, MAP_KEY), scopes, true);
}

static void read_map_texts(gg_openapi_doc *d, const option_value *v)
{
    gg_str name = gg_option_text(v->field->bytes, MAP_KEY), value = gg_option_text(v->field->bytes, MAP_VALUE);
    bool json = v->row->kind == GG_OPTION_EXAMPLES && gg_str_eq(name, GG_STR("application/json"));
    gg_tree *text = json ? json_of(d, value, false) : gg_tree_text(&d->make, value);
    gg_tree_put_named(place_of(d, v, GG_TREE_OBJECT), name, text, true);
}

/* A google.protobuf.Value, by the codec that knows it; a map on the wire has no order of its own. */
static gg_tree *value_tree(gg_openapi_doc *d, gg_str wire)
{
    const gg_message_type *type = &gg_google_protobuf_Value_type;
    gg_json_writer json;
    void *value = gg_message_new(type, d->make.arena);
    gg_rc rc = value != NULL ? gg_message_from_wire(type, value, wire, NULL, d->make.arena, NULL) : GG_ENOMEM;
    gg_json_writer_init(&json, d->make.arena, wire.len);
    if (rc == GG_OK)
        rc = gg_message_print(type, value, NULL, &json, NULL);
    d->make.failed |= rc == GG_ENOMEM || json.failed;
    if (rc != GG_OK)
        gg_openapi_fail(d, "an extension has no JSON");
    return rc == GG_OK && !d->make.failed ? json_of(d, gg_json_result(&json), true) : NULL;
}

static void read_extensions(gg_openapi_doc *d, const option_value *v)
{
    gg_str name = gg_option_text(v->field->bytes, MAP_KEY);
    if (!gg_str_starts(name, GG_STR("x-")))
        gg_openapi_fail(d, "extension \"%.*s\" does not begin with x-", GG_STR_ARG(name));
    gg_tree_put_named(v->object, name, value_tree(d, gg_option_text(v->field->bytes, MAP_VALUE)), true);
}

static void read_schema(gg_openapi_doc *d, const option_value *v)
{
    gg_tree_put(v->object, v->row->key, gg_openapi_schema_of_option(d, v->field->bytes));
}

static void read_parameter(gg_openapi_doc *d, const option_value *v)
{
    gg_tree *parameter = gg_tree_new(&d->make, GG_TREE_OBJECT);
    gg_tree_put(parameter, GG_KEY_PARAMETER_NAME, gg_tree_text(&d->make, gg_str_of("", 0)));
    gg_tree_put(parameter, GG_KEY_PARAMETER_IN, gg_tree_text(&d->make, GG_STR("header")));
    gg_tree_put(parameter, GG_KEY_PARAMETER_REQUIRED, gg_tree_bare(&d->make, GG_STR("false")));
    gg_openapi_apply(d, parameter, v->row->inner, v->field->bytes);
    if (!d->make.failed && gg_tree_get(parameter, GG_KEY_PARAMETER_TYPE) == NULL)
        gg_openapi_fail(d, "header parameter %.*s has no type",
            GG_STR_ARG(gg_tree_get_text(parameter, GG_KEY_PARAMETER_NAME)));
    gg_tree_add(gg_tree_make(&d->make, v->object, GG_KEY_OPERATION_PARAMETERS, GG_TREE_ARRAY), parameter);
}

/* -- messages -- */
/* clang-format off */
static const struct {
    gg_wire_type type;
    void (*read)(gg_openapi_doc *d, const option_value *v);
} kinds[] = {
    [GG_OPTION_TEXT]       = { GG_WIRE_LEN,    read_text },
    [GG_OPTION_TEXTS]      = { GG_WIRE_LEN,    read_texts },
    [GG_OPTION_FLAG]       = { GG_WIRE_VARINT, read_flag },
    [GG_OPTION_UINT]       = { GG_WIRE_VARINT, read_uint },
    [GG_OPTION_DOUBLE]     = { GG_WIRE_I64,    read_double },
    [GG_OPTION_ENUM]       = { GG_WIRE_VARINT, read_enums },
    [GG_OPTION_ENUMS]      = { GG_WIRE_VARINT, read_enums },
    [GG_OPTION_JSON]       = { GG_WIRE_LEN,    read_json },
    [GG_OPTION_OBJECT]     = { GG_WIRE_LEN,    read_object },
    [GG_OPTION_OBJECTS]    = { GG_WIRE_LEN,    read_objects },
    [GG_OPTION_FILLED]     = { GG_WIRE_LEN,    read_objects },
    [GG_OPTION_MAP]        = { GG_WIRE_LEN,    read_map },
    [GG_OPTION_HEADERS]    = { GG_WIRE_LEN,    read_headers },
    [GG_OPTION_SCOPES]     = { GG_WIRE_LEN,    read_scopes },
    [GG_OPTION_MAP_TEXTS]  = { GG_WIRE_LEN,    read_map_texts },
    [GG_OPTION_EXAMPLES]   = { GG_WIRE_LEN,    read_map_texts },
    [GG_OPTION_SCHEMA]     = { GG_WIRE_LEN,    read_schema },
    [GG_OPTION_EXTENSIONS] = { GG_WIRE_LEN,    read_extensions },
    [GG_OPTION_PARAMETER]  = { GG_WIRE_LEN,    read_parameter },
};
/* clang-format on */

/* Recursion: by the tables, which hold no table that holds itself. */
void gg_openapi_apply(gg_openapi_doc *d, gg_tree *object, const gg_option_rows *rows, gg_str message)
{
    gg_wire_field field;
    uint64_t met = 0; /* a bit a row */
    while (object != NULL && gg_wire_next(&message, &field) == GG_OK) {
        for (size_t i = 0; i < rows->count; i++) {
            const gg_option *row = &rows->rows[i];
            bool packed = (row->kind == GG_OPTION_ENUM || row->kind == GG_OPTION_ENUMS) && field.type == GG_WIRE_LEN;
            if (row->number != field.number || (field.type != kinds[row->kind].type && !packed))
                continue;
            const option_value v = { object, row, &field, (met >> i & 1) == 0 };
            kinds[row->kind].read(d, &v);
            met |= (uint64_t)1 << i;
        }
    }
}
