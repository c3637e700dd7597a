/* http_rule.c -- HttpRule messages out of MethodOptions, by hand: eight fields do not need a schema.
 *
 *   MethodOptions { 72295728: HttpRule }
 *   HttpRule { 2 get, 3 put, 4 post, 5 delete, 6 patch: path
 *              8 custom { 1 kind, 2 path }, 7 body, 12 response_body, 11 additional_bindings: HttpRule }
 *
 * Spec: google/api/http.proto.  The selector (1) has a meaning in a service configuration only. */
#include "gateway/http_rule.h"

#include "proto/wire.h"

/* clang-format off */
enum {
    HTTP_EXTENSION = 72295728,
    RULE_GET = 2, RULE_PUT = 3, RULE_POST = 4, RULE_DELETE = 5, RULE_PATCH = 6, RULE_BODY = 7, RULE_CUSTOM = 8,
    RULE_ADDITIONAL = 11, RULE_RESPONSE_BODY = 12,
    CUSTOM_KIND = 1, CUSTOM_PATH = 2
};

/* By field number. */
static const gg_str pattern_methods[] = {
    [RULE_GET] = GG_STR_INIT("GET"),       [RULE_PUT] = GG_STR_INIT("PUT"),     [RULE_POST] = GG_STR_INIT("POST"),
    [RULE_DELETE] = GG_STR_INIT("DELETE"), [RULE_PATCH] = GG_STR_INIT("PATCH"),
};
/* clang-format on */

/* RFC 9110, 5.6.2: token. */
static bool is_token(gg_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!alnum && (c == '\0' || strchr("!#$%&'*+-.^_`|~", c) == NULL))
            return false;
    }
    return text.len > 0;
}

static gg_rc read_custom(gg_str custom, gg_http_rule *rule, const char **error)
{
    gg_wire_field f;
    gg_rc rc;
    while ((rc = gg_wire_next(&custom, &f)) == GG_OK) {
        if (f.number == CUSTOM_KIND && f.type == GG_WIRE_LEN)
            rule->http_method = f.bytes;
        else if (f.number == CUSTOM_PATH && f.type == GG_WIRE_LEN)
            rule->path = f.bytes;
    }
    *error = "custom.kind is not an HTTP method";
    return rc == GG_NEED_MORE && is_token(rule->http_method) ? GG_OK : GG_EINVAL;
}

/* additional: where the next of its additional_bindings goes; NULL: it is one itself. */
static gg_rc read_rule(gg_str bytes, gg_http_rule *rule, gg_str *additional, size_t *additional_count,
    const char **error)
{
    gg_wire_field f;
    gg_rc rc;
    *rule = (gg_http_rule){ 0 };
    while ((rc = gg_wire_next(&bytes, &f)) == GG_OK) {
        if (f.type != GG_WIRE_LEN)
            continue;
        if (f.number >= RULE_GET && f.number <= RULE_PATCH) {
            rule->http_method = pattern_methods[f.number];
            rule->path = f.bytes;
        } else if (f.number == RULE_CUSTOM) {
            if (read_custom(f.bytes, rule, error) != GG_OK)
                return GG_EINVAL;
        } else if (f.number == RULE_BODY)
            rule->body = f.bytes;
        else if (f.number == RULE_RESPONSE_BODY)
            rule->response_body = f.bytes;
        else if (f.number == RULE_ADDITIONAL) {
            *error = "additional_bindings inside additional_bindings";
            if (additional == NULL)
                return GG_EINVAL;
            additional[(*additional_count)++] = f.bytes;
        }
    }
    *error = "the rule cannot be read";
    if (rc != GG_NEED_MORE)
        return GG_EINVAL;
    *error = "the rule has no pattern (get, put, post, delete, patch or custom)";
    return rule->http_method.len > 0 ? GG_OK : GG_EINVAL;
}

/* The bytes of the rule, empty if there is none.  protoc and protoc-gen-gg write it once. */
static gg_rc find_extension(gg_str options, gg_str *rule, bool *found)
{
    gg_wire_field f;
    gg_rc rc;
    *found = false;
    while ((rc = gg_wire_next(&options, &f)) == GG_OK)
        if (f.number == HTTP_EXTENSION && f.type == GG_WIRE_LEN) {
            *rule = f.bytes;
            *found = true;
        }
    return rc == GG_NEED_MORE ? GG_OK : GG_EINVAL;
}

static size_t count_additional(gg_str rule)
{
    gg_wire_field f;
    size_t count = 0;
    while (gg_wire_next(&rule, &f) == GG_OK)
        count += f.number == RULE_ADDITIONAL;
    return count;
}

gg_rc gg_http_rules_read(gg_str options, gg_arena *arena, gg_http_rule **rules, size_t *count, const char **error)
{
    gg_str main_rule = { 0 };
    bool found;
    *rules = NULL;
    *count = 0;
    *error = "the method's options cannot be read";
    if (find_extension(options, &main_rule, &found) != GG_OK)
        return GG_EINVAL;
    if (!found)
        return GG_OK;

    size_t room = count_additional(main_rule) + 1, additional_count = 0;
    *rules = gg_arena_zalloc(arena, room * sizeof **rules);
    gg_str *additional = gg_arena_zalloc(arena, room * sizeof *additional);
    if (*rules == NULL || additional == NULL)
        return GG_ENOMEM;
    gg_rc rc = read_rule(main_rule, &(*rules)[0], additional, &additional_count, error);
    for (size_t i = 0; i < additional_count && rc == GG_OK; i++)
        rc = read_rule(additional[i], &(*rules)[i + 1], NULL, NULL, error);
    *count = additional_count + 1;
    return rc;
}
