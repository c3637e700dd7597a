/* flags.c -- reading a table of flags: defaults, environment, command line (flags.h).
 *
 * Elsewhere: the text of a value (value.c). */
#include "app/flags.h"

#include <stdlib.h>

#include "app/suggest.h"

enum { ENV_NAME_LEN = 64 };

/* A flag by name: of the table, or of the program's own; both NULL if there is none. */
typedef struct flag_ref {
    const gg_option *option;
    const gg_own_flag *own;
} flag_ref;

/* The index-th of all flags, those of the table first. */
static flag_ref flag_at(const gg_flags *flags, size_t index)
{
    return index < flags->count ? (flag_ref){ &flags->table[index], NULL }
                                : (flag_ref){ NULL, &flags->own[index - flags->count] };
}

static const char *flag_name(flag_ref flag)
{
    return flag.option != NULL ? flag.option->name : flag.own->name;
}

static flag_ref find_flag(const gg_flags *flags, gg_str name)
{
    for (size_t i = 0; i < flags->count + flags->own_count; i++)
        if (gg_str_eq(gg_str_from(flag_name(flag_at(flags, i))), name))
            return flag_at(flags, i);
    return (flag_ref){ NULL, NULL };
}

static gg_rc unknown_flag(const gg_flags *flags, gg_str name, char *error)
{
    gg_suggestion near = gg_suggest_for(name);
    for (size_t i = 0; i < flags->count + flags->own_count; i++)
        gg_suggest_offer(&near, flag_name(flag_at(flags, i)));
    if (near.best != NULL)
        snprintf(error, GG_OPTION_ERROR_LEN, "unknown flag --%.*s; did you mean --%s?", GG_STR_ARG(name), near.best);
    else
        snprintf(error, GG_OPTION_ERROR_LEN, "unknown flag --%.*s; see --help", GG_STR_ARG(name));
    return GG_EINVAL;
}

/* Stores one value; `from` is what the error names: "--workers" or "GG_WORKERS". */
static gg_rc set_flag(const gg_flags *flags, flag_ref flag, const char *from, const char *value, char *error)
{
    if (flag.option != NULL)
        return gg_option_set(flags->settings, flag.option, from, value, error);
    const char *wrong = flag.own->fn(flag.own->user, value);
    if (wrong == NULL)
        return GG_OK;
    snprintf(error, GG_OPTION_ERROR_LEN, "%s \"%s\": %s", from, value, wrong);
    return GG_EINVAL;
}

static void env_name(char out[ENV_NAME_LEN], const char *flag)
{
    size_t n = (size_t)snprintf(out, ENV_NAME_LEN, "GG_%s", flag);
    for (size_t i = 3; i < n && i < ENV_NAME_LEN - 1; i++) {
        if (out[i] == '-')
            out[i] = '_';
        else if (out[i] >= 'a' && out[i] <= 'z')
            out[i] = (char)(out[i] - 'a' + 'A');
    }
}

static gg_rc read_env(const gg_flags *flags, char *error)
{
    gg_rc rc = GG_OK;
    for (size_t i = 0; i < flags->count + flags->own_count && rc == GG_OK; i++) {
        flag_ref flag = flag_at(flags, i);
        if (flag.option != NULL && flag.option->kind == GG_OPTION_ACTION)
            continue;
        char name[ENV_NAME_LEN];
        env_name(name, flag_name(flag));
        const char *value = getenv(name);
        if (value != NULL)
            rc = set_flag(flags, flag, name, value, error);
    }
    return rc;
}

/* Reads the flag at argv[*at], "--name value" or "--name=value", and moves *at past it. */
static gg_rc read_flag(const gg_flags *flags, int argc, char **argv, int *at, char *error)
{
    const char *arg = argv[(*at)++];
    if (flags->skip_words && arg[0] != '-')
        return GG_OK;
    if (strcmp(arg, "-h") == 0)
        arg = "--help";
    if (strncmp(arg, "--", 2) != 0 || arg[2] == '\0') {
        snprintf(error, GG_OPTION_ERROR_LEN, "unexpected argument \"%s\"; flags begin with --, see --help", arg);
        return GG_EINVAL;
    }
    const char *equals = strchr(arg, '=');
    gg_str name = equals != NULL ? gg_str_of(arg + 2, (size_t)(equals - arg - 2)) : gg_str_from(arg + 2);
    flag_ref flag = find_flag(flags, name);
    if (flag.option == NULL && flag.own == NULL)
        return unknown_flag(flags, name, error);
    const char *value_name = flag.option != NULL ? flag.option->value_name : flag.own->value_name;
    const char *value = equals != NULL ? equals + 1 : value_name == NULL ? "true" : NULL;
    if (value == NULL && *at < argc)
        value = argv[(*at)++];
    char from[96];
    snprintf(from, sizeof from, "--%.*s", GG_STR_ARG(name));
    if (value == NULL) {
        snprintf(error, GG_OPTION_ERROR_LEN, "%s needs a value: %s %s", from, from, value_name);
        return GG_EINVAL;
    }
    return set_flag(flags, flag, from, value, error);
}

gg_rc gg_flags_read(const gg_flags *flags, int argc, char **argv, char error[GG_OPTION_ERROR_LEN])
{
    gg_rc rc = GG_OK;
    for (size_t i = 0; i < flags->count && rc == GG_OK; i++)
        rc = gg_option_set(flags->settings, &flags->table[i], flags->table[i].name, flags->table[i].default_value,
            error);
    if (rc == GG_OK)
        rc = read_env(flags, error);
    for (int at = 1; at < argc && rc == GG_OK;)
        rc = read_flag(flags, argc, argv, &at, error);
    return rc;
}

static void help_line(FILE *out, const char *name, const char *value_name, const char *help, const char *default_value)
{
    char left[64];
    snprintf(left, sizeof left, "--%s%s%s", name, value_name != NULL ? " " : "", value_name != NULL ? value_name : "");
    fprintf(out, "  %-27s %s%s%s%s\n", left, help, default_value != NULL ? " (default " : "",
        default_value != NULL ? default_value : "", default_value != NULL ? ")" : "");
}

void gg_flags_help(FILE *out, const gg_flags *flags, const char *example)
{
    fprintf(out, "Flags:\n");
    for (size_t i = 0; i < flags->own_count; i++)
        help_line(out, flags->own[i].name, flags->own[i].value_name, flags->own[i].help, NULL);
    for (size_t i = 0; i < flags->count; i++) {
        const gg_option *o = &flags->table[i];
        bool shown = o->value_name != NULL && o->default_value[0] != '\0';
        help_line(out, o->name, o->value_name, o->help, shown ? o->default_value : NULL);
    }
    char variable[ENV_NAME_LEN];
    env_name(variable, example);
    fprintf(out, "\nEach flag has an environment variable: --%s is %s.  A flag wins over it.\n", example, variable);
}
