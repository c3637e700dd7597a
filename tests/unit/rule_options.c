/* rule_options.c -- writes HttpRule messages field by field (google/api/http.proto). */
#include "rule_options.h"

#include "proto/wire.h"

static gg_rc write_pattern(gg_buf *out, const test_rule *rule)
{
    static const struct {
        const char *method;
        uint32_t number;
    } fields[] = { { "GET", 2 }, { "PUT", 3 }, { "POST", 4 }, { "DELETE", 5 }, { "PATCH", 6 } };
    static const char custom_prefix[] = "custom ";
    gg_str path = gg_str_from(rule->path);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (strcmp(rule->method, fields[i].method) == 0)
            return gg_wire_write_bytes(out, fields[i].number, path);
    gg_buf custom = { 0 };
    gg_rc rc = gg_wire_write_bytes(&custom, 1, gg_str_from(rule->method + sizeof custom_prefix - 1));
    if (rc == GG_OK)
        rc = gg_wire_write_bytes(&custom, 2, path);
    if (rc == GG_OK)
        rc = gg_wire_write_bytes(out, 8, gg_buf_str(&custom));
    gg_buf_deinit(&custom);
    return rc;
}

static gg_rc write_rule(gg_buf *out, const test_rule *rule)
{
    gg_rc rc = write_pattern(out, rule);
    if (rc == GG_OK && rule->body != NULL)
        rc = gg_wire_write_bytes(out, 7, gg_str_from(rule->body));
    if (rc == GG_OK && rule->response_body != NULL)
        rc = gg_wire_write_bytes(out, 12, gg_str_from(rule->response_body));
    return rc;
}

gg_str test_rule_options(const test_rule *rules, size_t count, gg_arena *arena)
{
    gg_buf main_rule = { 0 }, options = { 0 };
    gg_rc rc = count > 0 ? write_rule(&main_rule, &rules[0]) : GG_OK;
    for (size_t i = 1; i < count && rc == GG_OK; i++) {
        gg_buf more = { 0 };
        rc = write_rule(&more, &rules[i]);
        if (rc == GG_OK)
            rc = gg_wire_write_bytes(&main_rule, 11, gg_buf_str(&more));
        gg_buf_deinit(&more);
    }
    if (rc == GG_OK && count > 0)
        rc = gg_wire_write_bytes(&options, 72295728, gg_buf_str(&main_rule));
    gg_str result = rc == GG_OK ? gg_arena_dup(arena, gg_buf_str(&options)) : (gg_str){ 0 };
    gg_buf_deinit(&main_rule);
    gg_buf_deinit(&options);
    return result;
}
