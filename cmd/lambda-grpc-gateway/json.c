/* json.c -- lambda-grpc-gateway json: one message between JSON and protobuf, standard input to standard output.
 *
 *   --to-wire   JSON in, piece by piece, serialized bytes out
 *   --to-json   serialized bytes in, JSON and a line end out
 *
 * A wrong document is reported on standard error as compilers do it: place, field, what was expected, and the
 * line with a caret under the place.  Nothing is written to standard output unless the whole message is right. */
#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/caret.h"
#include "base/arena.h"
#include "gg/message.h"

enum { PIECE_LEN = 1u << 16 }; /* bytes of JSON that are read at once */

typedef struct json_settings {
    gg_str schema, type;
    bool to_wire, to_json, list, help;
    gg_codec_options options;
    size_t memory_limit;
} json_settings;

#define AT(member) offsetof(json_settings, member)
_Static_assert(GG_ARENA_LIMIT == 64u << 20 && GG_MESSAGE_DEPTH == 100 && GG_MESSAGE_ELEMENTS == 16777216,
    "the defaults below say so");

/* clang-format off */
static const gg_option table[] = {
    /* name, value, kind, member, default, least, most, words, help */
    { "schema", "FILE", GG_OPTION_TEXT, AT(schema), "", 0, 0, NULL,
      "descriptor set, from protoc --include_imports -o FILE" },
    { "type", "NAME", GG_OPTION_TEXT, AT(type), "", 0, 0, NULL, "the message's type, as pkg.Message" },
    { "list", NULL, GG_OPTION_ACTION, AT(list), "false", 0, 0, NULL, "print the names of all message types and exit" },
    { "to-wire", NULL, GG_OPTION_SWITCH, AT(to_wire), "false", 0, 0, NULL,
      "from JSON to serialized bytes; this is the default" },
    { "to-json", NULL, GG_OPTION_SWITCH, AT(to_json), "false", 0, 0, NULL, "from serialized bytes to JSON" },
    { "omit-unset", NULL, GG_OPTION_SWITCH, AT(options.omit_unset), "false", 0, 0, NULL,
      "JSON out: leave out fields without a value" },
    { "proto-names", NULL, GG_OPTION_SWITCH, AT(options.proto_names), "false", 0, 0, NULL,
      "JSON out: field names as in the .proto" },
    { "enums-as-numbers", NULL, GG_OPTION_SWITCH, AT(options.enums_as_numbers), "false", 0, 0, NULL,
      "JSON out: enums by number" },
    { "int64-as-numbers", NULL, GG_OPTION_SWITCH, AT(options.int64_as_numbers), "false", 0, 0, NULL,
      "JSON out: 64-bit integers without quotes" },
    { "pretty", NULL, GG_OPTION_SWITCH, AT(options.pretty), "false", 0, 0, NULL,
      "JSON out: a line for every member and element" },
    { "reject-unknown-fields", NULL, GG_OPTION_SWITCH, AT(options.reject_unknown_fields), "false", 0, 0, NULL,
      "JSON in: a name that is no field is an error" },
    { "reject-unknown-enums", NULL, GG_OPTION_SWITCH, AT(options.reject_unknown_enums), "false", 0, 0, NULL,
      "JSON in: a name that is no value of the enum is an error" },
    { "depth-limit", "COUNT", GG_OPTION_U32, AT(options.depth_limit), "100", 1, 500, NULL,
      "most messages inside each other" },
    { "element-limit", "COUNT", GG_OPTION_U32, AT(options.element_limit), "16777216", 1, GG_MESSAGE_ELEMENTS, NULL,
      "most elements of a repeated field" },
    { "memory-limit", "SIZE", GG_OPTION_SIZE, AT(memory_limit), "64MiB", 64u << 10, (size_t)1 << 40, NULL,
      "most memory for a message and what it becomes" },
    { "help", NULL, GG_OPTION_ACTION, AT(help), "false", 0, 0, NULL, "print this help and exit" },
};
/* clang-format on */

static const char usage[] =
    "Usage: lambda-grpc-gateway json --schema FILE --type NAME [--to-wire|--to-json] [flags] <IN >OUT\n"
    "\n"
    "Converts one message between JSON and its serialized bytes.\n"
    "\n";

/* One run. */
typedef struct conversion {
    const char *name; /* of the command */
    const json_settings *settings;
    const gg_message_type *type;
    gg_arena *arena;
} conversion;

/* -- errors -- */
static int complain_input(const conversion *c, gg_rc rc, size_t limit)
{
    if (rc == GG_ETOOBIG)
        return complain(STATUS_FAILED, c->name, "standard input has more than %zu bytes", limit);
    if (rc == GG_ENOMEM)
        return complain(STATUS_FAILED, c->name, "out of memory");
    return complain(STATUS_FAILED, c->name, "cannot read standard input: %s", strerror(errno));
}

/* "items[3].qty: expected a number, found "abc"" */
static void put_reason(const gg_decode_error *error)
{
    gg_put_plain(stderr, error->path);
    fputs(error->path.len > 0 ? ": expected " : "expected ", stderr);
    gg_put_plain(stderr, error->expected.len > 0 ? error->expected : GG_STR("another message"));
    fputs(error->found.len > 0 ? ", found " : "", stderr);
    gg_put_plain(stderr, error->found);
    fputc('\n', stderr);
}

/* window: the bytes at hand of the document, base: the first one's offset. */
static int report_json(const gg_decode_error *error, gg_str window, size_t base)
{
    if (error->line == 0) { /* not the document's fault: memory */
        fputs("<stdin>: ", stderr);
        put_reason(error);
        return STATUS_FAILED;
    }
    fprintf(stderr, "<stdin>:%zu:%zu: ", error->line, error->column);
    put_reason(error);
    if (error->offset >= base && error->offset - base <= window.len)
        gg_caret_text(stderr, window, error->offset - base, base > 0);
    return STATUS_FAILED;
}

static int report_wire(const gg_decode_error *error, gg_str wire)
{
    fprintf(stderr, "<stdin>: byte %zu: ", error->offset);
    put_reason(error);
    if (error->offset <= wire.len)
        gg_caret_bytes(stderr, wire, error->offset);
    return STATUS_FAILED;
}

/* What was read cannot be written in the other form. */
static int report_output(const gg_decode_error *error)
{
    fputs("<stdin>: ", stderr);
    put_reason(error);
    return STATUS_FAILED;
}

static int write_or_complain(const char *name, gg_str bytes)
{
    if (write_output(bytes) == GG_OK)
        return STATUS_OK;
    return complain(STATUS_FAILED, name, "cannot write to standard output: %s", strerror(errno));
}

/* -- JSON to wire -- */
/* Two pieces of the input: the last one, and the one before it, for the line around an error. */
typedef struct input_window {
    char bytes[2 * PIECE_LEN];
    size_t len, base; /* bytes in use; offset of the first one in the input */
} input_window;

/* Reads the next piece behind what is kept of the one before. */
static gg_rc next_piece(input_window *w, gg_str *piece)
{
    size_t got, gone = w->len > PIECE_LEN ? w->len - PIECE_LEN : 0;
    memmove(w->bytes, w->bytes + gone, w->len - gone);
    w->len -= gone;
    w->base += gone;
    gg_rc rc = read_input(w->bytes + w->len, PIECE_LEN, &got);
    *piece = gg_str_of(w->bytes + w->len, got);
    w->len += got;
    return rc;
}

static int decode_json(const conversion *c, void *message, input_window *w)
{
    gg_decode_error error = { .expected = GG_STR("a message that fits --memory-limit") };
    gg_json_decoder *decoder = gg_json_decoder_new(c->type, message, NULL, &c->settings->options, c->arena);
    gg_rc rc = decoder != NULL ? GG_NEED_MORE : GG_ENOMEM;
    while (rc == GG_NEED_MORE) {
        gg_str piece;
        gg_rc read_rc = next_piece(w, &piece);
        if (read_rc == GG_OK && w->base + w->len > GG_MESSAGE_LEN)
            read_rc = GG_ETOOBIG;
        if (read_rc != GG_OK)
            return complain_input(c, read_rc, GG_MESSAGE_LEN);
        rc = gg_json_decoder_feed(decoder, piece, piece.len < PIECE_LEN, &error);
    }
    return rc == GG_OK ? STATUS_OK : report_json(&error, gg_str_of(w->bytes, w->len), w->base);
}

static int json_to_wire(const conversion *c, void *message)
{
    gg_str wire;
    input_window *window = calloc(1, sizeof *window);
    if (window == NULL)
        return complain(STATUS_FAILED, c->name, "out of memory");
    int status = decode_json(c, message, window);
    free(window);
    if (status != STATUS_OK)
        return status;
    gg_rc rc = gg_message_to_wire(c->type, message, c->arena, &wire);
    gg_decode_error error = { .expected = rc == GG_ENOMEM ? GG_STR("a message that fits --memory-limit")
                                                          : GG_STR("a message that can be serialized") };
    return rc == GG_OK ? write_or_complain(c->name, wire) : report_output(&error);
}

/* -- wire to JSON -- */
static int convert_wire(const conversion *c, void *message, gg_str wire)
{
    const gg_codec_options *options = &c->settings->options;
    gg_decode_error error = { .expected = GG_STR("a message that fits --memory-limit") };
    gg_str json;
    if (gg_message_from_wire(c->type, message, wire, options, c->arena, &error) != GG_OK)
        return report_wire(&error, wire);
    gg_rc rc = gg_message_to_json(c->type, message, options, c->arena, &json, &error);
    if (rc == GG_EINVAL && error.path.len == 0)
        error = (gg_decode_error){ .expected = GG_STR("values that JSON can express") };
    if (rc != GG_OK)
        return report_output(&error);
    int status = write_or_complain(c->name, json);
    return status == STATUS_OK ? write_or_complain(c->name, GG_STR("\n")) : status;
}

static int wire_to_json(const conversion *c, void *message)
{
    size_t limit = c->settings->memory_limit < GG_MESSAGE_LEN ? c->settings->memory_limit : GG_MESSAGE_LEN;
    gg_buf wire = { 0 };
    gg_rc rc = read_all(STDIN_FILENO, limit, &wire);
    int status = rc == GG_OK ? convert_wire(c, message, gg_buf_str(&wire)) : complain_input(c, rc, limit);
    gg_buf_deinit(&wire);
    return status;
}

/* -- the command -- */
static int convert(const char *name, const json_settings *settings, const gg_message_type *type)
{
    conversion c = { name, settings, type, gg_arena_new(NULL, settings->memory_limit) };
    void *message = c.arena != NULL ? gg_message_new(type, c.arena) : NULL;
    int status;
    if (message == NULL)
        status = complain(STATUS_FAILED, name, "out of memory");
    else
        status = settings->to_json ? wire_to_json(&c, message) : json_to_wire(&c, message);
    gg_arena_unref(c.arena);
    return status;
}

static int list(const char *name, const gg_schema *schema)
{
    gg_buf text = { 0 };
    int status = list_message_types(schema, &text) == GG_OK ? write_or_complain(name, gg_buf_str(&text))
                                                            : complain(STATUS_FAILED, name, "out of memory");
    gg_buf_deinit(&text);
    return status;
}

static int run(const char *name, json_settings *settings, const gg_schema *schema)
{
    if (settings->list)
        return list(name, schema);
    const gg_message_type *type = find_message_type(name, schema, settings->type);
    settings->options.schema = schema;
    return type != NULL ? convert(name, settings, type) : STATUS_USAGE;
}

int json_command(int argc, char **argv)
{
    json_settings settings = { .help = false };
    gg_codec_options_init(&settings.options);
    gg_flags flags = { .table = table, .count = sizeof table / sizeof table[0], .settings = &settings };
    char error[GG_OPTION_ERROR_LEN];
    if (gg_flags_read(&flags, argc, argv, error) != GG_OK)
        return complain(STATUS_USAGE, argv[0], "%s", error);
    if (settings.help) {
        fputs(usage, stdout);
        gg_flags_help(stdout, &flags, "memory-limit");
        return fflush(stdout) == 0 ? STATUS_OK : STATUS_FAILED;
    }
    if (settings.schema.len == 0)
        return complain(STATUS_USAGE, argv[0], "--schema FILE is missing: a descriptor set, as protoc -o writes it");
    if (settings.type.len == 0 && !settings.list)
        return complain(STATUS_USAGE, argv[0], "--type NAME is missing; --list shows all names");
    if (settings.to_wire && settings.to_json)
        return complain(STATUS_USAGE, argv[0], "--to-wire and --to-json exclude each other");
    gg_schema *schema = load_schema_file(argv[0], settings.schema);
    int status = schema != NULL ? run(argv[0], &settings, schema) : STATUS_FAILED;
    gg_schema_free(schema);
    return status;
}
