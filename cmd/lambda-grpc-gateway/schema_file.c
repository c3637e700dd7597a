/* schema_file.c -- a schema from a file, and its types by name, with errors for people (command.h). */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "app/caret.h"
#include "app/suggest.h"
#include "base/text.h"

enum {
    SCHEMA_LEN = 1u << 30, /* bytes of a descriptor set */
    PATH_LEN = 4096,       /* of a file */
    SUGGESTIONS = 5        /* names that are offered for one that is not known */
};

/* -- loading -- */
/* "api.pb: a/b.proto: pkg.Message.field: type pkg.Missing is not defined" */
static void print_fault(void *user, const gg_schema_fault *fault)
{
    const gg_str *path = user;
    const gg_str parts[] = { *path, fault->file, fault->symbol, fault->reason };
    bool first = true;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].len == 0)
            continue;
        fputs(first ? "" : ": ", stderr);
        gg_put_plain(stderr, parts[i]);
        first = false;
    }
    fputc('\n', stderr);
}

static gg_rc read_file(const char *path, gg_buf *buf)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return GG_EIO;
    gg_rc rc = read_all(fd, SCHEMA_LEN, buf);
    int error = errno;
    close(fd);
    errno = error;
    return rc;
}

gg_schema *load_schema_file(const char *command, gg_str path)
{
    char name[PATH_LEN];
    gg_buf set = { 0 };
    gg_schema *schema = NULL;
    snprintf(name, sizeof name, "%.*s", GG_STR_ARG(path));
    gg_rc rc = read_file(name, &set);
    if (rc == GG_OK)
        schema = gg_schema_load(gg_buf_str(&set), print_fault, &path);
    else
        complain(STATUS_FAILED, command, "cannot read %s: %s", name,
            rc == GG_ETOOBIG      ? "it has more than 1 GiB"
                : rc == GG_ENOMEM ? "out of memory"
                                  : strerror(errno));
    gg_buf_deinit(&set);
    return schema;
}

/* -- types by name -- */
/* Calls see() for every message that has a name of its own in a .proto. */
static void each_message(const gg_schema *schema, void (*see)(void *user, const gg_message_type *type), void *user)
{
    for (size_t i = 0; i < gg_schema_file_count(schema); i++) {
        const gg_file_type *file = gg_schema_file_at(schema, i);
        for (size_t j = 0; j < file->message_count; j++)
            if (!file->messages[j]->map_entry)
                see(user, file->messages[j]);
    }
}

/* "C" of "a.b.C". */
static gg_str last_part(gg_str name)
{
    size_t start = name.len;
    while (start > 0 && name.ptr[start - 1] != '.')
        start--;
    return gg_str_of(name.ptr + start, name.len - start);
}

typedef struct suggestions {
    gg_str typed;
    gg_str same[SUGGESTIONS]; /* names that differ in the package or in case only */
    size_t same_count;
    gg_suggestion near; /* of the last part */
    gg_str nearest;     /* the whole name */
    gg_arena *arena;
} suggestions;

static void suggest(void *user, const gg_message_type *type)
{
    suggestions *s = user;
    gg_str part = last_part(type->name), copy;
    if (gg_str_eq_nocase(part, last_part(s->typed))) {
        if (s->same_count < SUGGESTIONS)
            s->same[s->same_count++] = type->name;
        return;
    }
    copy = s->same_count == 0 ? gg_arena_dup(s->arena, part) : (gg_str){ 0 };
    const char *before = s->near.best;
    if (copy.ptr != NULL)
        gg_suggest_offer(&s->near, copy.ptr);
    if (s->near.best != before)
        s->nearest = type->name;
}

const gg_message_type *find_message_type(const char *command, const gg_schema *schema, gg_str name)
{
    const gg_message_type *type = gg_schema_message(schema, name);
    gg_arena *arena = type == NULL ? gg_arena_new(NULL, GG_ARENA_LIMIT) : NULL;
    if (arena == NULL)
        return type;
    suggestions s = { .typed = name, .arena = arena, .near = gg_suggest_for(last_part(name)) };
    each_message(schema, suggest, &s);
    if (s.same_count == 0 && s.nearest.len > 0)
        s.same[s.same_count++] = s.nearest;
    gg_str names = { 0 };
    for (size_t i = 0; i < s.same_count; i++)
        names = gg_arena_printf(arena, "%.*s%s%.*s", GG_STR_ARG(names), i > 0 ? " or " : "", GG_STR_ARG(s.same[i]));
    if (names.len > 0)
        complain(STATUS_USAGE, command, "--type %.*s: no such message; did you mean %.*s?", GG_STR_ARG(name),
            GG_STR_ARG(names));
    else
        complain(STATUS_USAGE, command, "--type %.*s: no such message; --list shows all", GG_STR_ARG(name));
    gg_arena_unref(arena);
    return NULL;
}

typedef struct name_list {
    gg_buf *text;
    gg_rc rc;
} name_list;

static void add_name(void *user, const gg_message_type *type)
{
    name_list *list = user;
    if (list->rc == GG_OK)
        list->rc = gg_buf_append(list->text, type->name);
    if (list->rc == GG_OK)
        list->rc = gg_buf_append(list->text, GG_STR("\n"));
}

gg_rc list_message_types(const gg_schema *schema, gg_buf *text)
{
    name_list list = { text, GG_OK };
    each_message(schema, add_name, &list);
    return list.rc;
}
