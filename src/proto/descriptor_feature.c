/* descriptor_feature.c -- editions: the features of everything in a file, and what they make of a field.
 *
 * A feature is set where it is wanted and holds for all that is inside.  proto2 and proto3 are two more editions:
 *
 *                            proto2              proto3              2023, 2024
 *   field_presence           EXPLICIT            IMPLICIT            EXPLICIT
 *   enum_type                CLOSED              OPEN                OPEN
 *   repeated_field_encoding  EXPANDED            PACKED              PACKED
 *   utf8_validation          NONE                VERIFY              VERIFY
 *   message_encoding         LENGTH_PREFIXED     LENGTH_PREFIXED     LENGTH_PREFIXED
 *   json_format              LEGACY_BEST_EFFORT  ALLOW               ALLOW
 *
 * and what their fields say in words of their own (required, optional, packed, group) is said in features here.
 * Leaves out: naming styles, and which features belong on which kind of thing, as those are the compiler's matter.
 * Spec: google/protobuf/descriptor.proto, FeatureSet; protobuf.dev, "Feature Settings for Editions". */
#include "proto/descriptor.h"

#include "proto/member.h"

static const struct {
    const char *name;
    int32_t number;
    gg_desc_features defaults;
} editions[] = {
    { "proto2", GG_EDITION_PROTO2,
        { { GG_PRESENCE_EXPLICIT, GG_ENUM_CLOSED, GG_REPEATED_EXPANDED, GG_UTF8_NONE, GG_ENCODING_LENGTH_PREFIXED,
            GG_JSON_LEGACY, GG_STYLE_LEGACY, GG_VISIBLE_ALL } } },
    { "proto3", GG_EDITION_PROTO3,
        { { GG_PRESENCE_IMPLICIT, GG_ENUM_OPEN, GG_REPEATED_PACKED, GG_UTF8_VERIFY, GG_ENCODING_LENGTH_PREFIXED,
            GG_JSON_ALLOW, GG_STYLE_LEGACY, GG_VISIBLE_ALL } } },
    { "2023", GG_EDITION_2023,
        { { GG_PRESENCE_EXPLICIT, GG_ENUM_OPEN, GG_REPEATED_PACKED, GG_UTF8_VERIFY, GG_ENCODING_LENGTH_PREFIXED,
            GG_JSON_ALLOW, GG_STYLE_LEGACY, GG_VISIBLE_ALL } } },
    { "2024", GG_EDITION_2024,
        { { GG_PRESENCE_EXPLICIT, GG_ENUM_OPEN, GG_REPEATED_PACKED, GG_UTF8_VERIFY, GG_ENCODING_LENGTH_PREFIXED,
            GG_JSON_ALLOW, GG_STYLE_2024, GG_VISIBLE_TOP_LEVEL } } },
};

static const struct {
    const char *name;
    uint8_t least, most; /* its values */
} features[GG_FEATURE_COUNT] = {
    [GG_FEATURE_PRESENCE] = { "field_presence", 1, GG_PRESENCE_REQUIRED },
    [GG_FEATURE_ENUM] = { "enum_type", 1, GG_ENUM_CLOSED },
    [GG_FEATURE_REPEATED] = { "repeated_field_encoding", 1, GG_REPEATED_EXPANDED },
    [GG_FEATURE_UTF8] = { "utf8_validation", GG_UTF8_VERIFY, GG_UTF8_NONE },
    [GG_FEATURE_ENCODING] = { "message_encoding", 1, GG_ENCODING_DELIMITED },
    [GG_FEATURE_JSON] = { "json_format", 1, GG_JSON_LEGACY },
    [GG_FEATURE_STYLE] = { "enforce_naming_style", 1, GG_STYLE_LEGACY },
    [GG_FEATURE_VISIBILITY] = { "default_symbol_visibility", 1, GG_VISIBLE_STRICT },
};

/* -- the edition of a file -- */
gg_rc gg_desc_check_edition(gg_desc_set *set, gg_desc_file *file)
{
    const gg_str none = { NULL, 0 };
    gg_str syntax = file->syntax.len > 0 ? file->syntax : GG_STR("proto2");
    bool by_number = gg_str_eq(syntax, GG_STR("editions"));
    for (size_t i = 0; i < sizeof editions / sizeof editions[0]; i++) {
        int32_t number = editions[i].number;
        bool match = by_number ? number >= GG_EDITION_2023 && number == file->edition
                               : number < GG_EDITION_2023 && gg_str_eq(syntax, gg_str_from(editions[i].name));
        if (!match)
            continue;
        file->edition = number;
        return GG_OK;
    }
    if (by_number)
        return gg_desc_fault(set, file, none, "edition %d is not known; 2023 (%d) and 2024 (%d) are",
            (int)file->edition, GG_EDITION_2023, GG_EDITION_2024);
    return gg_desc_fault(set, file, none, "syntax \"%.*s\" is not known; proto2, proto3 and editions are",
        GG_STR_ARG(syntax));
}

/* -- inheritance -- */
/* *own becomes what holds here: what it says itself, then what holds around it. */
static void inherit(gg_desc_set *set, const gg_desc_file *file, gg_str symbol, const gg_desc_features *around,
    gg_desc_features *own)
{
    for (size_t i = 0; i < GG_FEATURE_COUNT; i++) {
        uint8_t value = own->value[i];
        bool known = value >= features[i].least && value <= features[i].most;
        if (value != 0 && file->edition < GG_EDITION_2023)
            gg_desc_fault(set, file, symbol, "feature %s, which only editions have", features[i].name);
        else if (value != 0 && !known)
            gg_desc_fault(set, file, symbol, "feature %s has no such value", features[i].name);
        if (!known)
            own->value[i] = around->value[i];
    }
}

/* What a field of proto2 or proto3 says without features. */
static void say_in_features(const gg_desc_field *field, gg_desc_features *own)
{
    if (field->label == GG_LABEL_REQUIRED)
        own->value[GG_FEATURE_PRESENCE] = GG_PRESENCE_REQUIRED;
    if (field->proto3_optional)
        own->value[GG_FEATURE_PRESENCE] = GG_PRESENCE_EXPLICIT;
    if (field->type == GG_TYPE_GROUP)
        own->value[GG_FEATURE_ENCODING] = GG_ENCODING_DELIMITED;
    if (field->packed_plus1 > 0)
        own->value[GG_FEATURE_REPEATED] = field->packed_plus1 > 1 ? GG_REPEATED_PACKED : GG_REPEATED_EXPANDED;
}

/* A field inherits from its oneof, if it is in one, else from what it is declared in. */
static void inherit_fields(gg_desc_set *set, const gg_desc_file *file, const gg_desc_message *parent,
    gg_desc_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        gg_desc_field *field = &fields[i];
        const gg_desc_features *around = parent != NULL ? &parent->features : &file->features;
        if (parent != NULL && field->oneof_index_plus1 > 0 && (size_t)field->oneof_index_plus1 <= parent->oneof_count)
            around = &parent->oneofs[field->oneof_index_plus1 - 1].features;
        field->features = field->own_features;
        inherit(set, file, field->full_name, around, &field->features);
        if (file->edition < GG_EDITION_2023)
            say_in_features(field, &field->features);
    }
}

void gg_desc_resolve_features(gg_desc_set *set, gg_desc_file *file)
{
    const gg_str none = { NULL, 0 };
    for (size_t i = 0; i < sizeof editions / sizeof editions[0]; i++)
        if (editions[i].number == file->edition)
            inherit(set, file, none, &editions[i].defaults, &file->features);
    if (file->features.value[GG_FEATURE_PRESENCE] == GG_PRESENCE_REQUIRED)
        gg_desc_fault(set, file, none, "every field is required by feature field_presence");
    inherit_fields(set, file, NULL, file->extensions, file->extension_count);
    for (gg_desc_message *m = file->all_messages; m != NULL; m = m->next) { /* parents come first */
        inherit(set, file, m->full_name, m->parent != NULL ? &m->parent->features : &file->features, &m->features);
        for (size_t i = 0; i < m->oneof_count; i++)
            inherit(set, file, m->full_name, &m->features, &m->oneofs[i].features);
        inherit_fields(set, file, m, m->fields, m->field_count);
        inherit_fields(set, file, m, m->extensions, m->extension_count);
    }
    for (gg_desc_enum *e = file->all_enums; e != NULL; e = e->next)
        inherit(set, file, e->full_name, e->parent != NULL ? &e->parent->features : &file->features, &e->features);
}

/* -- what features make of a field -- */
static bool in_map_entry(const gg_desc_field *field)
{
    return field->parent != NULL && field->extendee == NULL && field->parent->map_entry;
}

static gg_field_rule rule_of(const gg_desc_field *field)
{
    if (field->label == GG_LABEL_REPEATED)
        return field->message != NULL && field->message->map_entry ? GG_FIELD_MAP : GG_FIELD_REPEATED;
    if (field->oneof != NULL)
        return GG_FIELD_ONEOF;
    if (field->message != NULL)
        return GG_FIELD_EXPLICIT;
    if (in_map_entry(field))
        return GG_FIELD_IMPLICIT;
    bool implicit = field->features.value[GG_FEATURE_PRESENCE] == GG_PRESENCE_IMPLICIT && field->extendee == NULL;
    return implicit ? GG_FIELD_IMPLICIT : GG_FIELD_EXPLICIT;
}

static bool is_packable(const gg_desc_field *field)
{
    return field->label == GG_LABEL_REPEATED && gg_type_wire[field->type] != GG_WIRE_LEN &&
        gg_type_wire[field->type] != GG_WIRE_SGROUP;
}

static unsigned flags_of(const gg_desc_field *field)
{
    const uint8_t *value = field->features.value;
    unsigned flags = 0;
    if (is_packable(field) && value[GG_FEATURE_REPEATED] == GG_REPEATED_PACKED)
        flags |= GG_FIELD_PACKED;
    if (field->type == GG_TYPE_STRING && value[GG_FEATURE_UTF8] == GG_UTF8_VERIFY)
        flags |= GG_FIELD_UTF8;
    if (field->rule == GG_FIELD_EXPLICIT && value[GG_FEATURE_PRESENCE] == GG_PRESENCE_REQUIRED)
        flags |= GG_FIELD_REQUIRED;
    if (field->enum_type != NULL && gg_desc_enum_is_closed(field->enum_type))
        flags |= GG_FIELD_CLOSED;
    if (field->proto3_optional)
        flags |= GG_FIELD_OPTIONAL;
    return flags;
}

/* Whether the field is, or is a map with, a string. */
static bool has_string(const gg_desc_field *field)
{
    if (field->message == NULL || !field->message->map_entry)
        return field->type == GG_TYPE_STRING;
    for (size_t i = 0; i < field->message->field_count; i++)
        if (field->message->fields[i].type == GG_TYPE_STRING)
            return true;
    return false;
}

/* Features that a field sets for itself, and cannot have. */
static const char *misplaced_feature(const gg_desc_field *field)
{
    const uint8_t *own = field->own_features.value;
    uint8_t presence = own[GG_FEATURE_PRESENCE], repeated = own[GG_FEATURE_REPEATED];
    if (in_map_entry(field)) /* the compiler copies there what the map's field says */
        return NULL;
    if (presence != 0 && (field->oneof != NULL || field->label == GG_LABEL_REPEATED))
        return "field_presence on a repeated field or a member of a oneof";
    if (presence != 0 && field->extendee != NULL)
        return "field_presence on an extension";
    if (presence == GG_PRESENCE_IMPLICIT && field->message != NULL)
        return "implicit field_presence on a message";
    if (repeated != 0 && field->label != GG_LABEL_REPEATED)
        return "repeated_field_encoding on a field that is not repeated";
    if (repeated == GG_REPEATED_PACKED && !is_packable(field))
        return "repeated_field_encoding PACKED on what is no number, bool or enum";
    if (own[GG_FEATURE_UTF8] != 0 && !has_string(field))
        return "utf8_validation on a field that is no string";
    if (own[GG_FEATURE_ENCODING] != 0 && field->message == NULL)
        return "message_encoding on a field that is no message";
    return NULL;
}

/* Words of proto2 and proto3 that editions have features for. */
static const char *old_word(const gg_desc_field *field)
{
    if (field->label == GG_LABEL_REQUIRED)
        return "required, for which editions have the feature field_presence";
    if (field->type == GG_TYPE_GROUP)
        return "a group, for which editions have the feature message_encoding";
    if (field->packed_plus1 > 0)
        return "option packed, for which editions have the feature repeated_field_encoding";
    if (field->proto3_optional)
        return "optional, for which editions have the feature field_presence";
    return NULL;
}

gg_rc gg_desc_apply_features(gg_desc_set *set, gg_desc_field *field)
{
    bool editions_file = field->file->edition >= GG_EDITION_2023;
    const char *wrong = editions_file ? old_word(field) : NULL;
    if (wrong != NULL)
        return gg_desc_fault(set, field->file, field->full_name, "%s", wrong);
    wrong = editions_file ? misplaced_feature(field) : NULL;
    if (wrong != NULL)
        return gg_desc_fault(set, field->file, field->full_name, "feature %s", wrong);
    bool delimited = field->features.value[GG_FEATURE_ENCODING] == GG_ENCODING_DELIMITED;
    if (delimited && field->type == GG_TYPE_MESSAGE && !field->message->map_entry && !in_map_entry(field))
        field->type = GG_TYPE_GROUP;
    field->rule = (uint8_t)rule_of(field);
    field->flags = (uint8_t)flags_of(field);
    if (editions_file && field->rule == GG_FIELD_IMPLICIT && !in_map_entry(field) &&
        (field->flags & GG_FIELD_CLOSED) != 0)
        return gg_desc_fault(set, field->file, field->full_name, "%.*s is a closed enum, this has implicit presence",
            GG_STR_ARG(field->enum_type->full_name));
    return GG_OK;
}

/* -- what they make of the rest -- */
bool gg_desc_enum_is_closed(const gg_desc_enum *e)
{
    return e->features.value[GG_FEATURE_ENUM] == GG_ENUM_CLOSED;
}

bool gg_desc_is_local(uint8_t visibility, bool nested, const gg_desc_file *file)
{
    if (visibility != 0)
        return visibility == GG_VISIBILITY_LOCAL;
    uint8_t by_default = file->features.value[GG_FEATURE_VISIBILITY];
    return by_default >= GG_VISIBLE_NONE || (by_default == GG_VISIBLE_TOP_LEVEL && nested);
}
