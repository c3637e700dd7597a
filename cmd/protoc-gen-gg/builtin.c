/* builtin.c -- src/proto/builtin_files.c from a set of the built-in files (generator.h; tools/generate.sh --builtin). */
#include "generator.h"

void write_builtin(generator *g)
{
    put(g,
        "/* builtin_files.c -- the files of builtin.h, canonical.  Made by tools/generate.sh --builtin; not to be edited. */\n"
        "/* clang-format off */\n"
        "#include \"proto/builtin.h\"\n");
    for (size_t i = 0; i < g->set->file_count; i++) {
        const gg_desc_file *file = g->set->in_order[i];
        gg_str name = file_table(g, file);
        put(g, "\n/* %.*s */\n", GG_STR_ARG(file->name));
        put_bytes(g, text(g, "%.*s_descriptor", GG_STR_ARG(name)), file->table->descriptor);
        put(g, "static const gg_file_type %.*s = {\n    ", GG_STR_ARG(name));
        put_str(g, file->name);
        put(g, ",\n    ");
        put_bytes_slice(g, text(g, "%.*s_descriptor", GG_STR_ARG(name)), file->table->descriptor);
        put(g, ",\n    NULL, 0, NULL, NULL, NULL, 0, 0, 0\n};\n");
    }
    put(g, "\nconst gg_file_type *const gg_builtin_files[] = {\n");
    for (size_t i = 0; i < g->set->file_count; i++)
        put(g, "    &%.*s,\n", GG_STR_ARG(file_table(g, g->set->in_order[i])));
    put(g, "};\nconst size_t gg_builtin_file_count = sizeof gg_builtin_files / sizeof gg_builtin_files[0];\n");
}
