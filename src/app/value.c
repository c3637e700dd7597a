/* value.c -- the text of a flag or environment variable to its value, or a line that says what is wrong. */
#include "app/value.h"

#include <stdio.h>

#include "app/suggest.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

typedef struct unit {
    const char *suffix;
    uint64_t factor;
} unit;

static const unit plain[] = { { "", 1 }, { NULL, 0 } };
static const unit sizes[] = { { "KiB", 1u << 10 }, { "MiB", 1u << 20 }, { "GiB", 1u << 30 }, { "", 1 }, { NULL, 0 } };
static const unit durations[] = { { "ms", GG_NS_PER_S / 1000 }, { "s", GG_NS_PER_S },
    { "m", 60 * (uint64_t)GG_NS_PER_S }, { "h", 3600 * (uint64_t)GG_NS_PER_S }, { NULL, 0 } };

/* Digits and one of the units, the first whose suffix fits; false if it is neither. */
static bool read_number(const char *text, const unit *units, uint64_t *value)
{
    size_t digits = strspn(text, "0123456789");
    uint64_t number = 0;
    if (digits == 0 || gg_u64_parse(gg_str_of(text, digits), &number) != GG_OK)
        return false;
    for (const unit *u = units; u->suffix != NULL; u++)
        if (strcmp(text + digits, u->suffix) == 0) {
            *value = number > UINT64_MAX / u->factor ? UINT64_MAX : number * u->factor;
            return true;
        }
    return false;
}

static gg_rc set_number(void *member, const gg_option *option, const unit *units, const char *expected,
    const char *from, const char *value, char *error)
{
    uint64_t number = 0;
    if (!read_number(value, units, &number)) {
        snprintf(error, GG_OPTION_ERROR_LEN, "%s \"%s\": must be %s", from, value, expected);
        return GG_EINVAL;
    }
    if (number < option->least || number > option->most) {
        snprintf(error, GG_OPTION_ERROR_LEN, "%s \"%s\": must be from %llu to %llu", from, value,
            (unsigned long long)option->least, (unsigned long long)option->most);
        return GG_EINVAL;
    }
    if (option->kind == GG_OPTION_DURATION)
        *(uint64_t *)member = number;
    else if (option->kind == GG_OPTION_U32 || option->kind == GG_OPTION_U32_SIZE)
        *(uint32_t *)member = (uint32_t)number;
    else
        *(size_t *)member = (size_t)number;
    return GG_OK;
}

static gg_rc bad_word(const gg_option *option, const char *from, const char *value, char *error)
{
    gg_suggestion near = gg_suggest_for(gg_str_from(value));
    char all[128] = "";
    for (const char *const *word = option->words; *word != NULL; word++) {
        gg_suggest_offer(&near, *word);
        size_t len = strlen(all);
        snprintf(all + len, sizeof all - len, "%s%s", len != 0 ? ", " : "", *word);
    }
    int n = snprintf(error, GG_OPTION_ERROR_LEN, "%s \"%s\": must be one of %s", from, value, all);
    if (near.best != NULL && n > 0 && n < GG_OPTION_ERROR_LEN)
        snprintf(error + n, GG_OPTION_ERROR_LEN - (size_t)n, "; did you mean %s?", near.best);
    return GG_EINVAL;
}

static bool is_word(const gg_option *option, const char *value)
{
    for (const char *const *word = option->words; *word != NULL; word++)
        if (strcmp(*word, value) == 0)
            return true;
    return false;
}

gg_rc gg_option_set(void *settings, const gg_option *option, const char *from, const char *value, char *error)
{
    void *member = (char *)settings + option->offset;
    switch (option->kind) {
    case GG_OPTION_TEXT:
        *(gg_str *)member = gg_str_from(value);
        return GG_OK;
    case GG_OPTION_WORD:
        if (!is_word(option, value))
            return bad_word(option, from, value, error);
        *(gg_str *)member = gg_str_from(value);
        return GG_OK;
    case GG_OPTION_LEVEL:
        if (gg_log_level_parse(gg_str_from(value), (gg_log_level *)member) != GG_OK)
            return bad_word(option, from, value, error);
        return GG_OK;
    case GG_OPTION_COUNT:
    case GG_OPTION_U32:
        return set_number(member, option, plain, "a whole number", from, value, error);
    case GG_OPTION_SIZE:
    case GG_OPTION_U32_SIZE:
        return set_number(member, option, sizes, "a size in bytes, as 65536, 64KiB or 4MiB", from, value, error);
    case GG_OPTION_DURATION:
        return set_number(member, option, durations, "a time, as 500ms, 60s, 5m or 1h", from, value, error);
    case GG_OPTION_SWITCH:
    case GG_OPTION_ACTION:
        if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0) {
            snprintf(error, GG_OPTION_ERROR_LEN, "%s \"%s\": is a switch, it takes no value", from, value);
            return GG_EINVAL;
        }
        *(bool *)member = value[0] == 't';
        return GG_OK;
    }
    return GG_EINVAL;
}
