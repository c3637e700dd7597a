/* client.c -- NAME_client.gg.h: calls of a file's services by gg/channel.h, with the types of each method.
 *
 * Static inline functions in a file of their own: a server that does not include it pays nothing.
 *
 *                blocking                                       callbacks
 *   unary        M(request, response)                           M_start, M_response
 *   server       M(request), M_recv, gg_stream_finish           the same
 *   client       M(), M_send, M_finish(response)                and M_call_send
 *   both         M(), M_send, M_recv, gg_stream_finish          and M_call_send */
#include "generator.h"

/* What the functions of one method have in common. */
typedef struct method_names {
    const gg_desc_method *method;
    gg_str name, input, output; /* C names */
    gg_str table;               /* the expression of its gg_method_type */
} method_names;

/* With what every function that begins a call is given; the rest of the parameters follows. */
static void put_begin(generator *g, const char *returns, const method_names *m, const char *suffix)
{
    put(g, "static inline %s%.*s%s(gg_channel *channel, const gg_call_options *options", returns, GG_STR_ARG(m->name),
        suffix);
    if (!m->method->client_streaming)
        put(g, ",\n    const %.*s *request", GG_STR_ARG(m->input));
}

static void put_message(generator *g, const method_names *m)
{
    put(g, "    gg_message message = gg_message_of(&%.*s, request);\n", GG_STR_ARG(message_table(g, m->method->input)));
}

static void put_unary(generator *g, const method_names *m)
{
    put_begin(g, "gg_status ", m, "");
    put(g, ", %.*s *response, gg_arena *arena,\n    gg_client_status *status)\n{\n", GG_STR_ARG(m->output));
    put(g,
        "    memset(response, 0, sizeof *response);\n"
        "    return gg_client_unary(channel, %.*s, options, request, response, arena, status);\n}\n",
        GG_STR_ARG(m->table));
}

static void put_open(generator *g, const method_names *m)
{
    put_begin(g, "gg_stream *", m, "");
    put(g, ")\n{\n");
    if (!m->method->client_streaming)
        put_message(g, m);
    put(g, "    return gg_stream_open(channel, %.*s, options, %s);\n}\n", GG_STR_ARG(m->table),
        m->method->client_streaming ? "NULL" : "&message");
}

static void put_send(generator *g, const method_names *m)
{
    put(g, "static inline gg_rc %.*s_send(gg_stream *stream, const %.*s *request)\n{\n", GG_STR_ARG(m->name),
        GG_STR_ARG(m->input));
    put_message(g, m);
    put(g, "    return gg_stream_send(stream, &message);\n}\n");
}

static void put_recv(generator *g, const method_names *m)
{
    put(g,
        "static inline gg_rc %.*s_recv(gg_stream *stream, %.*s *response, gg_arena *arena)\n{\n"
        "    memset(response, 0, sizeof *response);\n"
        "    return gg_stream_recv(stream, &%.*s, response, arena);\n}\n",
        GG_STR_ARG(m->name), GG_STR_ARG(m->output), GG_STR_ARG(message_table(g, m->method->output)));
}

static void put_finish(generator *g, const method_names *m)
{
    put(g,
        "static inline gg_status %.*s_finish(gg_stream *stream, %.*s *response, gg_arena *arena,\n"
        "    gg_client_status *status)\n{\n"
        "    memset(response, 0, sizeof *response);\n"
        "    return gg_stream_finish_with(stream, &%.*s, response, arena, status);\n}\n",
        GG_STR_ARG(m->name), GG_STR_ARG(m->output), GG_STR_ARG(message_table(g, m->method->output)));
}

static void put_callbacks(generator *g, const method_names *m)
{
    put(g, "/* By callbacks: gg_client_call_start; what a message event is given. */\n");
    put_begin(g, "gg_rc ", m, "_start");
    put(g, ",\n    const gg_client_handler *handler, void *user)\n{\n");
    if (!m->method->client_streaming)
        put_message(g, m);
    put(g,
        "    gg_client_request start = gg_client_request_of(%.*s, options, %s, true);\n"
        "    return gg_client_call_start(channel, &start, handler, user);\n}\n",
        GG_STR_ARG(m->table), m->method->client_streaming ? "NULL" : "&message");
    put(g,
        "static inline const %.*s *%.*s_response(const gg_message *message)\n{\n"
        "    return (const %.*s *)message->typed;\n}\n",
        GG_STR_ARG(m->output), GG_STR_ARG(m->name), GG_STR_ARG(m->output));
    if (!m->method->client_streaming)
        return;
    put(g, "static inline gg_rc %.*s_call_send(gg_client_call *call, const %.*s *request)\n{\n", GG_STR_ARG(m->name),
        GG_STR_ARG(m->input));
    put_message(g, m);
    put(g, "    return gg_client_call_send(call, &message);\n}\n");
}

static const char *kind_text(const gg_desc_method *method)
{
    if (is_unary(method))
        return "unary; see gg_client_unary";
    if (!method->client_streaming)
        return "streams responses; see gg_stream_open, gg_stream_recv, gg_stream_finish";
    if (!method->server_streaming)
        return "streams requests; see gg_stream_open, gg_stream_send, gg_stream_finish_with";
    return "streams both ways; see gg_stream_open, gg_stream_send, gg_stream_recv, gg_stream_finish";
}

static void put_method(generator *g, const gg_desc_service *service, size_t index)
{
    const gg_desc_method *method = &service->methods[index];
    method_names m = { method, client_name(g, service, method), c_name(g, method->input->full_name),
        c_name(g, method->output->full_name),
        text(g, "&%.*s_type.methods[%zu]", GG_STR_ARG(c_name(g, service->full_name)), index) };
    put(g, "\n");
    put_comment(g, 0, text(g, "6,%zu", (size_t)(service - service->file->services)), 2, index);
    put(g, "/* %.*s: %s. */\n", GG_STR_ARG(method->full_name), kind_text(method));
    if (is_unary(method))
        put_unary(g, &m);
    else
        put_open(g, &m);
    if (method->client_streaming)
        put_send(g, &m);
    if (method->server_streaming)
        put_recv(g, &m);
    if (method->client_streaming && !method->server_streaming)
        put_finish(g, &m);
    put_callbacks(g, &m);
}

void write_client(generator *g, const gg_desc_file *file)
{
    gg_str guard = guard_name(g, file, "_CLIENT_GG_H");
    put(g,
        "/* %.*s -- calls of the services of %.*s (gg/channel.h).\n * Generated by " GG_GENERATOR_NAME
        "; not to be edited. */\n",
        GG_STR_ARG(output_path(g, file, "_client.gg.h")), GG_STR_ARG(file->name));
    put(g, "#ifndef %.*s\n#define %.*s\n\n", GG_STR_ARG(guard), GG_STR_ARG(guard));
    put(g, "#include \"gg/channel.h\"\n#include \"%.*s\"\n\nGG_BEGIN_DECLS\n",
        GG_STR_ARG(output_path(g, file, ".gg.h")));
    for (size_t i = 0; i < file->service_count; i++) {
        put(g, "\n/* -- %.*s -- */\n", GG_STR_ARG(file->services[i].full_name));
        put_path_comment(g, 0, text(g, "6,%zu", i));
        for (size_t k = 0; k < file->services[i].method_count; k++)
            put_method(g, &file->services[i], k);
    }
    put(g, "\nGG_END_DECLS\n#endif\n");
}
