/* target.c -- where a server is, from text: "host:port", "dns:...", "unix:...", "ipv4:...", "ipv6:...".
 *
 * Spec: gRPC naming.md.  Left out: other schemes, authorities of "dns:", ports that stand for 443. */
#include "http/dial.h"

#include "base/text.h"
#include "http/address.h"

#include <stdio.h>

static gg_str without(gg_str text, gg_str prefix)
{
    return gg_str_starts(text, prefix) ? gg_str_of(text.ptr + prefix.len, text.len - prefix.len) : text;
}

static const char *parse_unix(gg_str path, gg_target *out)
{
    path = without(path, GG_STR("//")); /* an empty authority */
    const char *wrong = gg_socket_path_check(path);
    if (wrong != NULL)
        return wrong;
    out->is_unix = true;
    snprintf(out->host, sizeof out->host, "%.*s", GG_STR_ARG(path));
    snprintf(out->authority, sizeof out->authority, "localhost");
    return NULL;
}

static const char *parse_host(gg_str text, gg_target *out)
{
    gg_host_port parts;
    *out = (gg_target){ 0 };
    const char *wrong = gg_host_port_parse(text, &parts);
    if (wrong != NULL)
        return wrong;
    if (parts.host.len == 0)
        return "missing host";
    if (parts.port == 0)
        return "the port must be a number from 1 to 65535";
    if (text.len >= GG_TARGET_LEN)
        return "the host name is too long";
    out->port = parts.port;
    snprintf(out->host, sizeof out->host, "%.*s", GG_STR_ARG(parts.host));
    snprintf(out->authority, sizeof out->authority, "%.*s", GG_STR_ARG(text));
    return NULL;
}

/* "a:1,b:2", numeric addresses of one family.  The first one is the target's host. */
static const char *parse_list(gg_str text, int family, gg_target *out)
{
    for (gg_str rest = text; out->address_count < GG_DIAL_ADDRESSES;) {
        const char *comma = rest.len > 0 ? memchr(rest.ptr, ',', rest.len) : NULL;
        gg_str item = gg_str_of(rest.ptr, comma != NULL ? (size_t)(comma - rest.ptr) : rest.len);
        struct sockaddr_storage *address = &out->addresses[out->address_count];
        gg_target one;
        const char *wrong = parse_host(item, &one);
        if (wrong != NULL)
            return wrong;
        if (!gg_sockaddr_numeric(one.host, one.port, address) || address->ss_family != family)
            return family == AF_INET ? "not a numeric IPv4 address" : "not a numeric IPv6 address";
        if (out->address_count++ == 0) {
            out->port = one.port;
            memcpy(out->host, one.host, sizeof one.host);
            memcpy(out->authority, one.authority, sizeof one.authority);
        }
        if (comma == NULL)
            return NULL;
        rest = gg_str_of(comma + 1, rest.len - item.len - 1);
    }
    return "too many addresses";
}

const char *gg_target_parse(gg_str text, gg_target *out)
{
    *out = (gg_target){ 0 };
    if (gg_str_starts(text, GG_STR("unix:")))
        return parse_unix(without(text, GG_STR("unix:")), out);
    if (gg_str_starts(text, GG_STR("ipv4:")))
        return parse_list(without(text, GG_STR("ipv4:")), AF_INET, out);
    if (gg_str_starts(text, GG_STR("ipv6:")))
        return parse_list(without(text, GG_STR("ipv6:")), AF_INET6, out);
    if (gg_str_starts(text, GG_STR("dns:")))
        text = without(without(text, GG_STR("dns:")), GG_STR("///"));
    return parse_host(text, out);
}
