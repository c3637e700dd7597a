/* well_known.h -- the messages that ProtoJSON writes in a form of their own.
 *
 *   Timestamp   "2026-01-31T12:00:00.250Z"      Struct, ListValue, Value   any JSON
 *   Duration    "-1.500s"                       wrappers                   the value, or null
 *   FieldMask   "user.displayName,photo"        Any                        {"@type": ..., the message's members}
 *
 * Members are found by field number, never by casting to a struct: a schema that is loaded at run time
 * lays out these types itself.  A type counts as well known only if it has the fields that
 * google/protobuf gives it (gg_well_known_of), so nothing here need check them again.
 * The first column is done here, on slices of text; the second by the JSON codecs themselves.
 * Spec: protobuf.dev, "ProtoJSON Format"; google/protobuf/{timestamp,duration,field_mask}.proto. */
#ifndef GG_SRC_PROTO_WELL_KNOWN_H
#define GG_SRC_PROTO_WELL_KNOWN_H

#include "proto/message.h"

/* The table of gg/wkt.h with that full name; NULL if it has none. */
const gg_message_type *gg_wkt_message(gg_str name);

/* What a type is, by its full name and its fields; its well_known member is not looked at. */
gg_well_known gg_well_known_of(const gg_message_type *type);

/* Whether ProtoJSON writes the type as a string of its own: Timestamp, Duration, FieldMask. */
bool gg_well_known_is_text(const gg_message_type *type);
/* Such a message from its string.  GG_OK; GG_EPROTO, and *expected says what it should have been (static
 * text); GG_ETOOBIG, GG_ENOMEM. */
gg_rc gg_well_known_from_text(const gg_message_type *type, void *message, gg_str text, uint32_t element_limit,
    gg_arena *arena, const char **expected);
/* What the string looks like; static text. */
const char *gg_well_known_expected(const gg_message_type *type);
/* Such a message as a JSON string.  GG_OK; GG_EINVAL when out of range. */
gg_rc gg_well_known_to_json(const gg_message_type *type, const void *message, gg_json_writer *w);
/* A FieldMask from a path or query: paths separated by commas, taken as they are. */
gg_rc gg_field_mask_from_list(const gg_message_type *type, void *message, gg_str text, gg_arena *arena);

/* The type that an Any's URL names, "type.googleapis.com/pkg.Message": what stands after the last slash.  NULL if
 * neither the schema (may be NULL) nor gg/wkt.h has it. */
const gg_message_type *gg_any_type(gg_str url, const gg_schema *schema);
/* Whether text may be such a URL, of a type that need not be known: something behind a slash. */
bool gg_any_is_url(gg_str url);
/* What it looks like; static text. */
#define GG_ANY_URL_EXPECTED "the URL of a type, such as \"type.googleapis.com/pkg.Message\""
/* Whether the JSON of an Any of the type has it in a member "value", not member by member. */
bool gg_any_has_value(const gg_message_type *type);

/* -- time as text (time_text.c) -- */
enum { GG_TIMESTAMP_TEXT_LEN = 30, GG_DURATION_TEXT_LEN = 24 };

/* RFC 3339 with 0, 3, 6 or 9 digits of fraction, in UTC.  Bytes written, 0 when out of range. */
size_t gg_timestamp_print(char *out, int64_t seconds, int32_t nanos);
/* RFC 3339 with capital T and Z, any offset, at most 9 digits of fraction.  GG_OK, GG_EPROTO. */
gg_rc gg_timestamp_parse(gg_str text, int64_t *seconds, int32_t *nanos);
/* "-1.500s": 0, 3, 6 or 9 digits of fraction.  Bytes written, 0 when out of range or the signs differ. */
size_t gg_duration_print(char *out, int64_t seconds, int32_t nanos);
gg_rc gg_duration_parse(gg_str text, int64_t *seconds, int32_t *nanos);
/* "1h30m", "1.5h", "300ms": Go's time.ParseDuration. */
gg_rc gg_duration_parse_go(gg_str text, int64_t *seconds, int32_t *nanos);

#endif
