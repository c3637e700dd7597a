/* parameters.h -- the parameter string of the plugin: "json_names_for_fields=false,enums_as_ints=true". */
#ifndef GG_CMD_PARAMETERS_H
#define GG_CMD_PARAMETERS_H

#include "base/arena.h"
#include "openapi/openapi.h"

/* Sets the options from their defaults and the text.  GG_OK; GG_EINVAL: *error says which one is wrong (in the
 * arena); GG_ENOMEM. */
gg_rc parse_parameters(gg_str text, gg_openapi_options *options, gg_arena *arena, gg_str *error);

#endif
