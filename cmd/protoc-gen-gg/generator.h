/* generator.h -- what the parts of protoc-gen-gg share: the output, C names, comments.
 *
 *   main.c        the program; cmd/plugin brings the request and takes the response
 *   generator.c   the output text, and the bytes and comments in it
 *   names.c       C names for what the .proto names
 *   header.c      NAME.gg.h: enums, structs, declarations
 *   source.c      NAME.gg.c: the tables of gg/schema.h and the services' bindings
 *   client.c      NAME_client.gg.h: calls of its services by gg/channel.h
 *   builtin.c     src/proto/builtin_files.c, for the library itself
 *
 * Everything allocated is in the generator's arena.  After a failure the output functions do nothing, so
 * that only the end need ask (out_of_memory, error). */
#ifndef GG_CMD_GENERATOR_H
#define GG_CMD_GENERATOR_H

#include "base/buf.h"
#include "proto/descriptor.h"

#define GG_GENERATOR_NAME "protoc-gen-gg"

typedef struct generator {
    gg_desc_set *set;
    gg_arena *arena;
    gg_buf out;      /* the file being written */
    gg_map comments; /* of the file being written: source_info.h */
    gg_map names;    /* C names taken: the gg_str of what took it */
    gg_str error;    /* the first one that is the .proto's fault; for CodeGeneratorResponse.error */
    bool out_of_memory;
} generator;

/* -- text -- */
void put(generator *g, const char *format, ...) GG_PRINTF(2, 3);
/* The inside of a C string literal. */
void put_escaped(generator *g, gg_str bytes);
/* A slice as an initialiser, GG_STR_INIT("..."); only for text that is not long. */
void put_str(generator *g, gg_str s);
/* Defines `static const` bytes of that name, as a string or, where C limits the length of one, as numbers. */
void put_bytes(generator *g, gg_str name, gg_str bytes);
/* The initialiser of a slice of what put_bytes defined. */
void put_bytes_slice(generator *g, gg_str name, gg_str bytes);
/* Formatted text in the arena; the empty slice, and out_of_memory, if there is none left. */
gg_str text(generator *g, const char *format, ...) GG_PRINTF(2, 3);
/* Keeps the first error of the .proto files. */
void fail(generator *g, const gg_desc_file *file, gg_str symbol, const char *format, ...) GG_PRINTF(4, 5);

/* -- comments: those of the .proto -- */
/* Reads the file's source info into g->comments. */
void load_comments(generator *g, const gg_desc_file *file);
/* Paths as source_info.h has them. */
gg_str message_path(generator *g, const gg_desc_message *message);
gg_str enum_path(generator *g, const gg_desc_enum *e);
/* Writes the comment of parent's child `index` in its repeated field `number`, or nothing if it has none. */
void put_comment(generator *g, int indent, gg_str parent, int number, size_t index);
/* The same for a whole path; returns whether there was one. */
bool put_path_comment(generator *g, int indent, gg_str path);

/* -- names -- */
/* "test.v1.Outer.Inner" to test_v1_Outer_Inner; a name that C or C++ has a use for gets an underscore. */
gg_str c_name(generator *g, gg_str full_name);
/* The variable of a message's or an enum's table. */
gg_str message_table(generator *g, const gg_desc_message *message);
gg_str enum_table(generator *g, const gg_desc_enum *e);
/* The variable of a file's table. */
gg_str file_table(generator *g, const gg_desc_file *file);
/* The name of an enum's value: its scope is that of the enum. */
gg_str value_name(generator *g, const gg_desc_enum *e, const gg_desc_enum_value *value);
/* What calls of the method are named after: "test.v1.Types.Echo" to test_v1_TypesClient_Echo. */
gg_str client_name(generator *g, const gg_desc_service *service, const gg_desc_method *method);
/* The macro that guards a file: SHOP_V1_ORDER_PROTO_GG_H, or with another ending. */
gg_str guard_name(generator *g, const gg_desc_file *file, const char *ending);
gg_str method_member(generator *g, const gg_desc_method *method);
/* "a/b.proto" with another ending: "a/b.gg.h". */
gg_str output_path(generator *g, const gg_desc_file *file, const char *ending);

/* The struct members of a message, in the order of its fields and oneofs. */
typedef struct member_names {
    gg_str *fields;   /* the value */
    gg_str *presence; /* has_x, x_count, or the oneof's case; empty if none */
    gg_str *cases;    /* by oneof */
    gg_str unknown;   /* of the unknown fields; empty for a map's entry */
} member_names;
bool name_members(generator *g, const gg_desc_message *message, member_names *names);

/* Makes sure that no two things get one C name, and that the library has every built-in type used. */
void check_names(generator *g);

/* -- files -- */
void write_header(generator *g, const gg_desc_file *file);
void write_source(generator *g, const gg_desc_file *file);
void write_client(generator *g, const gg_desc_file *file);
void write_builtin(generator *g);

static inline bool is_unary(const gg_desc_method *method)
{
    return !method->client_streaming && !method->server_streaming;
}

#endif
