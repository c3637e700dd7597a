/* descriptor_features.c -- what syntax and edition mean, as features, and who inherits them (descriptor.h).
 *
 *   edition -> file -> message -> nested message, enum, oneof -> field
 *
 * proto2 and proto3 are editions of their own here, with labels, groups and `packed` in place of features; what
 * they come to for a field is said in one place too, so that the rest of the library knows features alone.
 * Left out: enforce_naming_style, which is the compiler's; features of single languages (Java, Go, ...).
 * Spec: google/protobuf/descriptor.proto, FeatureSet; protobuf.dev, "Feature Settings for Editions". */
#include "proto/descriptor.h"

/* clang-format off */
/*                                presence, enum_type, repeated, utf8, encoding, json, visibility */
static const struct { int32_t edition; gg_desc_features features; } editions[] = {
    { GG_EDITION_PROTO2, { GG_PRESENCE_EXPLICIT, GG_ENUM_CLOSED, GG_REPEATED_EXPANDED, GG_UTF8_NONE,
                           GG_ENCODING_LENGTH, GG_JSON_BEST_EFFORT, GG_VISIBLE_ALL } },
    { GG_EDITION_PROTO3, { GG_PRESENCE_IMPLICIT, GG_ENUM_OPEN, GG_REPEATED_PACKED, GG_UTF8_VERIFY,
                           GG_ENCODING_LENGTH, GG_JSON_ALLOW, GG_VISIBLE_ALL } },
    { GG_EDITION_2023,   { GG_PRESENCE_EXPLICIT, GG_ENUM_OPEN, GG_REPEATED_PACKED, GG_UTF8_VERIFY,
                           GG_ENCODING_LENGTH, GG_JSON_ALLOW, GG_VISIBLE_ALL } },
    { GG_EDITION_2024,   { GG_PRESENCE_EXPLICIT, GG_ENUM_OPEN, GG_REPEATED_PACKED, GG_UTF8_VERIFY,
                           GG_ENCODING_LENGTH, GG_JSON_ALLOW, GG_VISIBLE_TOP_LEVEL } },
};
/* clang-format on */

/* The features' own settings over those of `outer`. */
static void inherit(gg_desc_features *own, const gg_desc_features *outer)
{
    static const size_t members[] = { offsetof(gg_desc_features, presence), offsetof(gg_desc_features, enum_type),
        offsetof(gg_desc_features, repeated), offsetof(gg_desc_features, utf8), offsetof(gg_desc_features, encoding),
        offsetof(gg_desc_features, json), offsetof(gg_desc_features, visibility) };
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        int32_t *to = (int32_t *)(void *)((char *)own + members[i]);
        if (*to == 0)
            memcpy(to, (const char *)outer + members[i], sizeof *to);
    }
}

/* proto2 and proto3 say by label, type and option what editions say by features. */
static void translate(gg_desc_field *field)
{
    gg_desc_features *f = &field->features;
    if (field->label == GG_LABEL_REQUIRED)
        f->presence = GG_PRESENCE_REQUIRED;
    else if (field->proto3_optional || field->extendee_name.len > 0)
        f->presence = GG_PRESENCE_EXPLICIT;
    if (field->packed_plus1 > 0)
        f->repeated = field->packed_plus1 > 1 ? GG_REPEATED_PACKED : GG_REPEATED_EXPANDED;
    if (field->type == GG_TYPE_GROUP)
        f->encoding = GG_ENCODING_DELIMITED;
}

static void inherit_fields(const gg_desc_file *file, gg_desc_field *fields, size_t count, const gg_desc_message *parent,
    const gg_desc_features *outer)
{
    for (size_t i = 0; i < count; i++) {
        gg_desc_field *field = &fields[i];
        size_t oneof = (size_t)field->oneof_index_plus1 - 1; /* wraps if there is none */
        bool in_oneof = parent != NULL && field->extendee_name.len == 0 && oneof < parent->oneof_count;
        inherit(&field->features, in_oneof ? &parent->oneofs[oneof].features : outer);
        if (file->edition < GG_EDITION_2023)
            translate(field);
    }
}

/* Recursion: a message in a message, at most GG_DESC_DEPTH times (descriptor_read.c). */
static void inherit_messages(const gg_desc_file *file, gg_desc_message *messages, size_t count,
    const gg_desc_features *outer)
{
    for (size_t i = 0; i < count; i++) {
        gg_desc_message *m = &messages[i];
        inherit(&m->features, outer);
        for (size_t k = 0; k < m->oneof_count; k++)
            inherit(&m->oneofs[k].features, &m->features);
        for (size_t k = 0; k < m->enum_count; k++)
            inherit(&m->enums[k].features, &m->features);
        inherit_fields(file, m->fields, m->field_count, m, &m->features);
        inherit_fields(file, m->extensions, m->extension_count, NULL, &m->features);
        inherit_messages(file, m->messages, m->message_count, &m->features);
    }
}

void gg_desc_inherit_features(gg_desc_file *file)
{
    for (size_t i = 0; i < sizeof editions / sizeof editions[0]; i++)
        if (editions[i].edition == file->edition)
            inherit(&file->features, &editions[i].features);
    inherit_messages(file, file->messages, file->message_count, &file->features);
    for (size_t i = 0; i < file->enum_count; i++)
        inherit(&file->enums[i].features, &file->features);
    inherit_fields(file, file->extensions, file->extension_count, NULL, &file->features);
}

bool gg_desc_is_exported(const gg_desc_file *file, int32_t visibility, bool nested)
{
    enum { BY_FEATURE = 0, LOCAL = 1 };
    if (visibility != BY_FEATURE)
        return visibility != LOCAL;
    return file->features.visibility == GG_VISIBLE_ALL ||
        (file->features.visibility == GG_VISIBLE_TOP_LEVEL && !nested);
}
