/* template.h -- path templates of google.api.http: "/v1/{name=**}/books:search".
 *
 * Grammar and rules: google/api/http.proto, "Path template syntax".  Parsing is at load; errors name the
 * place.  No request data comes here. */
#ifndef GG_SRC_GATEWAY_TEMPLATE_H
#define GG_SRC_GATEWAY_TEMPLATE_H

#include "base/arena.h"

enum { GG_TEMPLATE_SEGMENTS = 64, GG_TEMPLATE_VARIABLES = 32 };

typedef enum { GG_SEGMENT_LITERAL, GG_SEGMENT_ONE /* * */, GG_SEGMENT_MANY /* ** */ } gg_segment_kind;
typedef struct gg_segment {
    gg_segment_kind kind;
    gg_str literal; /* unescaped */
} gg_segment;

typedef struct gg_template_variable {
    gg_str field_path;     /* "book.name" */
    uint16_t first, count; /* the segments it spans */
    bool multi;            /* spans ** or several: unescaped by mode */
} gg_template_variable;

typedef struct gg_template {
    gg_segment *segments;
    gg_template_variable *variables;
    uint16_t segment_count, variable_count;
    int16_t many; /* index of the ** segment, -1 without one */
    gg_str verb;  /* without ':'; empty: none */
} gg_template;

/* GG_OK; GG_EINVAL: *error says what is wrong and where (in the arena); GG_ENOMEM. */
gg_rc gg_template_parse(gg_str text, gg_arena *arena, gg_template *out, gg_str *error);

#endif
