/* plugin.c -- CodeGeneratorRequest from standard input, CodeGeneratorResponse to standard output (plugin.h). */
#include "plugin/plugin.h"

#include <stdio.h>

#include "proto/wire.h"

enum { INPUT_LEN = 1u << 30 };                                       /* bytes of a request */
enum { FEATURE_PROTO3_OPTIONAL = 1, FEATURE_SUPPORTS_EDITIONS = 2 }; /* CodeGeneratorResponse.Feature */
enum {                                                               /* plugin.proto */
    REQUEST_FILE_TO_GENERATE = 1,
    REQUEST_PARAMETER = 2,
    REQUEST_PROTO_FILE = 15,
    RESPONSE_ERROR = 1,
    RESPONSE_SUPPORTED_FEATURES = 2,
    RESPONSE_MINIMUM_EDITION = 3,
    RESPONSE_MAXIMUM_EDITION = 4,
    RESPONSE_FILE = 15,
    FILE_NAME = 1,
    FILE_CONTENT = 15
};

int plugin_complain(const plugin *p, const char *what)
{
    fprintf(stderr, "%s: %s\n", p->name, what);
    return 1;
}

static void print_fault(void *user, const gg_schema_fault *fault)
{
    const plugin_run *run = user;
    fprintf(stderr, "%s: %.*s%s%.*s%s%.*s\n", run->plugin->name, GG_STR_ARG(fault->file),
        fault->file.len > 0 ? ": " : "", GG_STR_ARG(fault->symbol), fault->symbol.len > 0 ? ": " : "",
        GG_STR_ARG(fault->reason));
}

/* -- standard input and output -- */
static gg_rc read_all(FILE *in, gg_buf *buf)
{
    for (;;) {
        const size_t chunk = 65536;
        char *p = buf->len <= INPUT_LEN ? gg_buf_reserve(buf, chunk) : NULL;
        if (p == NULL)
            return GG_ENOMEM;
        size_t n = fread(p, 1, chunk, in);
        gg_buf_added(buf, n);
        if (n == 0)
            return ferror(in) ? GG_EIO : GG_OK;
    }
}

gg_rc plugin_read(const plugin *p, gg_buf *input)
{
    gg_rc rc = read_all(stdin, input);
    if (rc != GG_OK)
        plugin_complain(p, rc == GG_EIO ? "cannot read standard input" : "out of memory");
    return rc;
}

bool plugin_write(const plugin *p, gg_str bytes)
{
    bool written = fwrite(bytes.ptr, 1, bytes.len, stdout) == bytes.len && fflush(stdout) == 0;
    if (!written)
        plugin_complain(p, "cannot write to standard output");
    return written;
}

/* -- the request -- */
gg_rc plugin_load(plugin_run *run, gg_str message, uint32_t number)
{
    gg_rc rc = gg_desc_set_init(&run->set, print_fault, run);
    if (rc == GG_OK)
        rc = gg_desc_set_add_all(&run->set, message, number);
    if (rc == GG_OK && run->plugin->add_files != NULL)
        rc = run->plugin->add_files(&run->set);
    return rc == GG_ENOMEM ? rc : gg_desc_set_link(&run->set); /* with faults too, to find all of them */
}

/* protoc writes where the response says: only below its own output directory. */
static bool is_plain_path(gg_str path)
{
    size_t start = 0;
    for (size_t i = 0; i <= path.len; i++) {
        if (i < path.len && (path.ptr[i] == '\\' || path.ptr[i] == '"' || (unsigned char)path.ptr[i] < ' '))
            return false;
        if (i < path.len && path.ptr[i] != '/')
            continue;
        gg_str part = gg_str_of(path.ptr + start, i - start);
        if (part.len == 0 || gg_str_eq(part, GG_STR(".")) || gg_str_eq(part, GG_STR("..")))
            return false;
        start = i + 1;
    }
    return true;
}

static gg_rc add_target(plugin_run *run, gg_str name)
{
    const gg_desc_file *file = gg_desc_file_by_name(&run->set, name);
    if (file == NULL || !is_plain_path(name)) {
        fprintf(stderr, "%s: %.*s: %s\n", run->plugin->name, GG_STR_ARG(name),
            file == NULL ? "is not in the request" : "is no relative path");
        return GG_EINVAL;
    }
    size_t len = run->file_count * sizeof *run->files;
    const gg_desc_file **files = gg_arena_grow(run->set.arena, run->files, len, len + sizeof *run->files);
    if (files == NULL)
        return GG_ENOMEM;
    run->files = files;
    run->files[run->file_count++] = file;
    return GG_OK;
}

static gg_rc read_request(plugin_run *run, gg_str request)
{
    gg_wire_field field;
    gg_rc rc = plugin_load(run, request, REQUEST_PROTO_FILE);
    while (rc == GG_OK && gg_wire_next(&request, &field) == GG_OK) {
        if (field.type != GG_WIRE_LEN)
            continue;
        if (field.number == REQUEST_PARAMETER)
            run->parameter = field.bytes;
        if (field.number == REQUEST_FILE_TO_GENERATE)
            rc = add_target(run, field.bytes);
    }
    return rc;
}

/* -- the response -- */
void plugin_add_file(plugin_run *run, gg_str path, gg_str content)
{
    gg_buf file = { 0 };
    gg_rc rc = gg_wire_write_bytes(&file, FILE_NAME, path);
    if (rc == GG_OK)
        rc = gg_wire_write_bytes(&file, FILE_CONTENT, content);
    if (rc == GG_OK)
        rc = gg_wire_write_bytes(&run->output, RESPONSE_FILE, gg_buf_str(&file));
    gg_buf_deinit(&file);
    run->out_of_memory |= rc != GG_OK;
}

static gg_rc make_response(const plugin_run *run, gg_buf *response)
{
    const uint64_t features = FEATURE_PROTO3_OPTIONAL | FEATURE_SUPPORTS_EDITIONS;
    gg_rc rc = gg_wire_write_varint(response, RESPONSE_SUPPORTED_FEATURES, features);
    if (rc == GG_OK)
        rc = gg_wire_write_varint(response, RESPONSE_MINIMUM_EDITION, GG_EDITION_PROTO2);
    if (rc == GG_OK)
        rc = gg_wire_write_varint(response, RESPONSE_MAXIMUM_EDITION, GG_EDITION_2024);
    if (rc != GG_OK)
        return rc;
    return run->error.len > 0 ? gg_wire_write_bytes(response, RESPONSE_ERROR, run->error)
                              : gg_buf_append(response, gg_buf_str(&run->output));
}

/* -- the program -- */
static int answer(const plugin *p, gg_str request)
{
    plugin_run run = { .plugin = p };
    gg_buf response = { 0 };
    gg_rc rc = read_request(&run, request);
    if (rc == GG_OK)
        rc = p->generate(&run);
    if (rc == GG_OK)
        rc = run.out_of_memory ? GG_ENOMEM : make_response(&run, &response);
    if (rc == GG_ENOMEM)
        plugin_complain(p, "out of memory");
    int status = rc == GG_OK && plugin_write(p, gg_buf_str(&response)) ? 0 : 1;
    gg_buf_deinit(&response);
    gg_buf_deinit(&run.output);
    gg_desc_set_deinit(&run.set);
    return status;
}

int plugin_main(const plugin *p, int argc, char **argv)
{
    gg_str option = gg_str_from(argc > 1 ? argv[1] : NULL);
    if (gg_str_eq(option, GG_STR("--version")))
        return printf("%s %s\n", p->name, gg_version()) > 0 ? 0 : 1;
    if (gg_str_eq(option, GG_STR("--help")))
        return fputs(p->usage, stdout) >= 0 ? 0 : 1;
    if (argc > 1) {
        fprintf(stderr, "%s: unknown argument %s\n%s", p->name, argv[argc > 2 ? 2 : 1], p->usage);
        return 2;
    }
    gg_buf input = { 0 };
    int status = plugin_read(p, &input) == GG_OK ? answer(p, gg_buf_str(&input)) : 1;
    gg_buf_deinit(&input);
    return status;
}
