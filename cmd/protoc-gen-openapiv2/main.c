/* main.c -- protoc-gen-openapiv2: OpenAPI v2 documents for protoc or buf.
 *
 *   protoc --openapiv2_out=spec shop/v1/order.proto   ->   spec/shop/v1/order.swagger.json
 *
 * Takes the place of grpc-gateway's plugin of that name; src/openapi says what it leaves out.  What every plugin
 * does is in cmd/plugin. */
#include "openapi/openapi.h"
#include "parameters.h"
#include "plugin/plugin.h"

static const char usage[] =
    "protoc-gen-openapiv2, a plugin of protoc and buf: OpenAPI v2 documents\n"
    "\n"
    "  protoc --plugin=protoc-gen-openapiv2 --openapiv2_out=DIR FILE.proto    writes DIR/FILE.swagger.json\n"
    "  protoc-gen-openapiv2 --version\n"
    "\n"
    "Parameters (--openapiv2_opt=NAME=VALUE,...) are those of grpc-gateway's plugin; one that is not supported is\n"
    "refused.  What a type is called depends on which files are given in one call: give those of one folder.\n";

/* "a/b.proto" to "a/b.swagger.json". */
static gg_str output_path(gg_arena *arena, gg_str name)
{
    size_t len = name.len;
    for (size_t i = name.len; i > 0 && name.ptr[i - 1] != '/'; i--)
        if (name.ptr[i - 1] == '.') {
            len = i - 1;
            break;
        }
    return gg_arena_printf(arena, "%.*s.swagger.json", (int)len, name.ptr);
}

static gg_rc generate(plugin_run *run)
{
    gg_openapi_options options;
    gg_openapi_input input = { &run->set, run->files, run->file_count, &options };
    gg_arena *arena = run->set.arena;
    gg_rc rc = parse_parameters(run->parameter, &options, arena, &run->error);
    for (size_t i = 0; i < run->file_count && rc == GG_OK; i++) {
        gg_buf document = { 0 };
        rc = gg_openapi_v2(&input, run->files[i], arena, &document, &run->error);
        gg_str path = output_path(arena, run->files[i]->name);
        if (rc == GG_OK && path.ptr != NULL)
            plugin_add_file(run, path, gg_buf_str(&document));
        run->out_of_memory |= path.ptr == NULL;
        gg_buf_deinit(&document);
    }
    if (rc == GG_ETOOBIG)
        run->error = GG_STR("an option's JSON is too deep");
    return rc == GG_EINVAL || rc == GG_ETOOBIG ? GG_OK : rc;
}

static const plugin openapiv2 = {
    .name = "protoc-gen-openapiv2",
    .usage = usage,
    .add_files = gg_openapi_add_files,
    .generate = generate,
};

int main(int argc, char **argv)
{
    return plugin_main(&openapiv2, argc, argv);
}
