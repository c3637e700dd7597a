/* plugin.h -- what every plugin of protoc and buf does: arguments, request in, response out.
 *
 *   standard input                                                              standard output
 *   CodeGeneratorRequest --> gg_desc_set, linked --> generate() of the plugin --> CodeGeneratorResponse
 *
 * What is wrong with a .proto or with the parameter goes into the response's error, and the exit status is 0;
 * a request that is malformed goes to standard error, and it is 1.
 * Spec: google/protobuf/compiler/plugin.proto. */
#ifndef GG_CMD_PLUGIN_H
#define GG_CMD_PLUGIN_H

#include "base/buf.h"
#include "proto/descriptor.h"

typedef struct plugin plugin;

/* One run: the request, and what will be the response. */
typedef struct plugin_run {
    const plugin *plugin;
    gg_desc_set set;            /* all files of the request, linked; its arena is free for the plugin's use */
    gg_str parameter;           /* --NAME_opt; empty if there is none */
    const gg_desc_file **files; /* to generate for, in the request's order */
    size_t file_count;
    gg_buf output; /* CodeGeneratorResponse.file, serialized */
    gg_str error;  /* the plugin sets it: CodeGeneratorResponse.error, and no file is written */
    bool out_of_memory;
} plugin_run;

struct plugin {
    const char *name;                   /* "protoc-gen-gg" */
    const char *usage;                  /* what --help prints */
    gg_rc (*add_files)(gg_desc_set *);  /* files that it needs beside the request's; NULL: none */
    gg_rc (*generate)(plugin_run *run); /* GG_OK; else it was reported, or memory is out */
};

/* The whole program; returns its exit status. */
int plugin_main(const plugin *p, int argc, char **argv);

/* -- for generate() -- */
/* One output file.  The bytes are copied. */
void plugin_add_file(plugin_run *run, gg_str path, gg_str content);

/* -- for programs that can do more than be a plugin -- */
/* Everything that is on standard input; says on standard error why not.  GG_OK, GG_EIO, GG_ENOMEM. */
gg_rc plugin_read(const plugin *p, gg_buf *input);
/* Everything to standard output, or a line on standard error. */
bool plugin_write(const plugin *p, gg_str bytes);
/* Makes run->set, linked, of the files in a message's repeated field (gg_desc_set_add_all); faults go to
 * standard error.  Deinit of the set is due in any case. */
gg_rc plugin_load(plugin_run *run, gg_str message, uint32_t number);
/* One line on standard error; returns the exit status 1. */
int plugin_complain(const plugin *p, const char *what);

#endif
