/* main.c -- protoc-gen-gg: C structs, tables and service bindings for protoc or buf.
 *
 *   protoc --gg_out=gen shop/v1/order.proto   ->   gen/shop/v1/order.gg.h, order.gg.c and order_client.gg.h
 *
 * What every plugin does is in cmd/plugin.
 * Leaves out: extensions (they are among the unknown fields), handlers of streaming methods, built-in types that
 * gg/wkt.h has not. */
#include "generator.h"

#include "plugin/plugin.h"
#include "proto/schema_build.h"

enum { SET_FILE = 1 }; /* FileDescriptorSet */

static const char usage[] =
    "protoc-gen-gg, a plugin of protoc and buf: C structs and services for libgg\n"
    "\n"
    "  protoc --plugin=protoc-gen-gg --gg_out=DIR FILE.proto    writes DIR/FILE.gg.h and DIR/FILE.gg.c, and\n"
    "                                                           DIR/FILE_client.gg.h if it has services\n"
    "  protoc-gen-gg --version\n"
    "  protoc-gen-gg --builtin < FILE_DESCRIPTOR_SET            writes the library's own builtin_files.c\n"
    "\n"
    "There are no parameters (--gg_opt).\n";

/* Hands over what was written, and makes room for the next. */
static void add_file(generator *g, plugin_run *run, gg_str path)
{
    plugin_add_file(run, path, gg_buf_str(&g->out));
    g->out.len = 0;
}

static void generate_file(generator *g, plugin_run *run, const gg_desc_file *file)
{
    if (file->built_in) /* the library has it */
        return;
    load_comments(g, file);
    write_header(g, file);
    add_file(g, run, output_path(g, file, ".gg.h"));
    write_source(g, file);
    add_file(g, run, output_path(g, file, ".gg.c"));
    if (file->service_count == 0)
        return;
    write_client(g, file);
    add_file(g, run, output_path(g, file, "_client.gg.h"));
}

static void free_generator(generator *g)
{
    gg_map_deinit(&g->comments);
    gg_map_deinit(&g->names);
    gg_buf_deinit(&g->out);
}

static gg_rc generate(plugin_run *run)
{
    generator g = { .set = &run->set, .arena = run->set.arena };
    gg_rc rc = gg_schema_build(g.set, GG_WITHOUT_EXTENSIONS, g.arena);
    if (rc != GG_OK)
        return rc;
    if (run->parameter.len > 0)
        g.error = text(&g, "parameter \"%.*s\" is not known; there are none", GG_STR_ARG(run->parameter));
    check_names(&g);
    for (size_t i = 0; i < run->file_count && g.error.len == 0; i++)
        generate_file(&g, run, run->files[i]);
    run->error = g.error;
    run->out_of_memory |= g.out_of_memory;
    free_generator(&g);
    return GG_OK;
}

static const plugin gg_plugin = { .name = GG_GENERATOR_NAME, .usage = usage, .generate = generate };

/* src/proto/builtin_files.c from a FileDescriptorSet; returns the exit status. */
static int builtin(void)
{
    gg_buf input = { 0 };
    if (plugin_read(&gg_plugin, &input) != GG_OK)
        return 1;
    plugin_run run = { .plugin = &gg_plugin };
    gg_rc rc = plugin_load(&run, gg_buf_str(&input), SET_FILE);
    generator g = { .set = &run.set, .arena = run.set.arena };
    if (rc == GG_OK)
        rc = gg_schema_build(g.set, GG_WITHOUT_EXTENSIONS, g.arena);
    if (rc == GG_OK)
        write_builtin(&g);
    if (rc == GG_ENOMEM || g.out_of_memory)
        plugin_complain(&gg_plugin, "out of memory");
    bool ok = rc == GG_OK && !g.out_of_memory && plugin_write(&gg_plugin, gg_buf_str(&g.out));
    free_generator(&g);
    gg_desc_set_deinit(&run.set);
    gg_buf_deinit(&input);
    return ok ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--builtin") == 0)
        return builtin();
    return plugin_main(&gg_plugin, argc, argv);
}
