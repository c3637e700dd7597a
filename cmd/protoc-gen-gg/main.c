/* main.c -- protoc-gen-gg: C structs, tables and service bindings for protoc or buf.
 *
 *   protoc --gg_out=gen shop/v1/order.proto   ->   gen/shop/v1/order.gg.h and order.gg.c
 *
 * Standard input is a CodeGeneratorRequest, standard output a CodeGeneratorResponse.  What is wrong with a
 * .proto goes into the response's error; a request that is malformed, to standard error, with exit status 1.
 * Leaves out: extensions (the codec passes over their bytes), proto2 defaults (a comment tells them), handlers
 * of streaming methods, built-in types that gg/wkt.h has not, editions.
 * Spec: google/protobuf/compiler/plugin.proto. */
#include "generator.h"

#include <stdio.h>
#include <stdlib.h>

#include "proto/builtin.h"
#include "proto/schema_build.h"
#include "proto/wire.h"

enum { INPUT_LEN = 1u << 30 };        /* bytes of a request */
enum { FEATURE_PROTO3_OPTIONAL = 1 }; /* CodeGeneratorResponse.Feature */

static const char usage[] =
    "protoc-gen-gg, a plugin of protoc and buf: C structs and services for libgg\n"
    "\n"
    "  protoc --plugin=protoc-gen-gg --gg_out=DIR FILE.proto    writes DIR/FILE.gg.h and DIR/FILE.gg.c\n"
    "  protoc-gen-gg --version\n"
    "  protoc-gen-gg --builtin < FILE_DESCRIPTOR_SET            writes the library's own builtin_files.c\n"
    "\n"
    "There are no parameters (--gg_opt).\n";

static int complain(const char *what)
{
    fprintf(stderr, GG_GENERATOR_NAME ": %s\n", what);
    return 1;
}

static void print_fault(void *user, const gg_schema_fault *fault)
{
    (void)user;
    fprintf(stderr, GG_GENERATOR_NAME ": %.*s%s%.*s%s%.*s\n", GG_STR_ARG(fault->file), fault->file.len > 0 ? ": " : "",
        GG_STR_ARG(fault->symbol), fault->symbol.len > 0 ? ": " : "", GG_STR_ARG(fault->reason));
}

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

static bool write_all(gg_str bytes)
{
    return fwrite(bytes.ptr, 1, bytes.len, stdout) == bytes.len && fflush(stdout) == 0;
}

/* -- the response -- */
/* CodeGeneratorResponse.file: what was written, and makes room for the next. */
static void add_file(generator *g, gg_buf *response, gg_str path)
{
    gg_buf file = { 0 };
    gg_rc rc = gg_wire_write_bytes(&file, 1, path);
    if (rc == GG_OK)
        rc = gg_wire_write_bytes(&file, 15, gg_buf_str(&g->out));
    if (rc == GG_OK)
        rc = gg_wire_write_bytes(response, 15, gg_buf_str(&file));
    gg_buf_deinit(&file);
    g->out.len = 0;
    g->out_of_memory |= rc != GG_OK;
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

static gg_rc generate_file(generator *g, gg_str name, gg_buf *response)
{
    const gg_desc_file *file = gg_desc_file_by_name(g->set, name);
    if (file == NULL || !is_plain_path(name)) {
        fprintf(stderr, GG_GENERATOR_NAME ": %.*s: %s\n", GG_STR_ARG(name),
            file == NULL ? "is not in the request" : "is no relative path");
        return GG_EINVAL;
    }
    if (file->built_in) /* the library has it */
        return GG_OK;
    load_comments(g, file);
    write_header(g, file);
    add_file(g, response, output_path(g, file, ".gg.h"));
    write_source(g, file);
    add_file(g, response, output_path(g, file, ".gg.c"));
    return GG_OK;
}

static gg_rc generate(generator *g, gg_str request, gg_buf *response)
{
    gg_rc rc = GG_OK;
    gg_wire_field field;
    gg_str rest = request;
    while (gg_wire_next(&rest, &field) == GG_OK)
        if (field.number == 2 && field.type == GG_WIRE_LEN && field.bytes.len > 0)
            g->error = text(g, "parameter \"%.*s\" is not known; there are none", GG_STR_ARG(field.bytes));
    check_names(g);
    if (gg_wire_write_varint(response, 2, FEATURE_PROTO3_OPTIONAL) != GG_OK)
        return GG_ENOMEM;
    if (g->error.len > 0)
        return gg_wire_write_bytes(response, 1, g->error);
    rest = request;
    while (rc == GG_OK && gg_wire_next(&rest, &field) == GG_OK)
        if (field.number == 1 && field.type == GG_WIRE_LEN)
            rc = generate_file(g, field.bytes, response);
    return rc;
}

/* -- the program -- */
static int run(gg_str input, bool builtin)
{
    gg_desc_set set;
    gg_buf response = { 0 };
    gg_rc rc = gg_desc_set_init(&set, print_fault, NULL);
    generator g = { .set = &set, .arena = set.arena };
    if (rc == GG_OK)
        rc = gg_desc_set_add_all(&set, input, builtin ? 1 : 15);
    if (rc == GG_OK)
        rc = gg_desc_set_link(&set);
    if (rc == GG_OK)
        rc = gg_schema_build(&set, set.arena);
    if (rc == GG_OK && builtin)
        write_builtin(&g);
    else if (rc == GG_OK)
        rc = generate(&g, input, &response);
    int status = rc == GG_OK && !g.out_of_memory ? 0 : 1;
    if (rc == GG_ENOMEM || g.out_of_memory)
        complain("out of memory");
    if (status == 0 && !write_all(gg_buf_str(builtin ? &g.out : &response)))
        status = complain("cannot write to standard output");
    gg_map_deinit(&g.comments);
    gg_map_deinit(&g.names);
    gg_buf_deinit(&g.out);
    gg_buf_deinit(&response);
    gg_desc_set_deinit(&set);
    return status;
}

int main(int argc, char **argv)
{
    gg_str option = gg_str_from(argc > 1 ? argv[1] : NULL);
    bool builtin = gg_str_eq(option, GG_STR("--builtin"));
    if (gg_str_eq(option, GG_STR("--version")))
        return printf(GG_GENERATOR_NAME " %s\n", gg_version()) > 0 ? 0 : 1;
    if (gg_str_eq(option, GG_STR("--help")))
        return fputs(usage, stdout) >= 0 ? 0 : 1;
    if (argc > 2 || (argc == 2 && !builtin)) {
        fprintf(stderr, GG_GENERATOR_NAME ": unknown argument %s\n%s", argv[argc > 2 ? 2 : 1], usage);
        return 2;
    }
    gg_buf input = { 0 };
    gg_rc rc = read_all(stdin, &input);
    int status = rc == GG_OK ? run(gg_buf_str(&input), builtin)
                             : complain(rc == GG_EIO ? "cannot read standard input" : "out of memory");
    gg_buf_deinit(&input);
    return status;
}
