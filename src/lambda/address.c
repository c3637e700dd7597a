/* address.c -- the Runtime API's address in text, and as a socket address.
 *
 * Left out: https (the API is on this machine), proxies (it is never asked for through one). */
#include "lambda/address.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#define DEFAULT_PORT ":80"

static bool is_visible(gg_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] <= ' ' || text.ptr[i] > '~')
            return false;
    return true;
}

static bool has_port(gg_str authority)
{
    size_t at = authority.len;
    while (at > 0 && authority.ptr[at - 1] != ':' && authority.ptr[at - 1] != ']')
        at--;
    return at > 0 && authority.ptr[at - 1] == ':';
}

const char *gg_api_address_parse(gg_api_address *address, gg_str text)
{
    static const gg_str scheme = GG_STR_INIT("http://");
    *address = (gg_api_address){ .text = "" };
    if (gg_str_starts_nocase(text, GG_STR("https://")))
        return "https is not supported";
    if (gg_str_starts_nocase(text, scheme))
        text = gg_str_of(text.ptr + scheme.len, text.len - scheme.len);
    if (!is_visible(text))
        return "it has a character that no address has";
    if (text.len + sizeof DEFAULT_PORT > sizeof address->text)
        return "it is too long";
    const char *slash = text.len > 0 ? memchr(text.ptr, '/', text.len) : NULL;
    gg_str authority = gg_str_of(text.ptr, slash != NULL ? (size_t)(slash - text.ptr) : text.len);
    gg_str prefix = gg_str_of(slash, text.len - authority.len);
    if (authority.len == 0 || authority.ptr[0] == ':')
        return "missing host";
    while (prefix.len > 0 && prefix.ptr[prefix.len - 1] == '/')
        prefix.len--;

    char *to = address->text;
    memcpy(to, authority.ptr, authority.len);
    address->authority = gg_str_of(to, authority.len);
    if (!has_port(authority)) {
        memcpy(to + authority.len, DEFAULT_PORT, sizeof DEFAULT_PORT - 1);
        address->authority.len += sizeof DEFAULT_PORT - 1;
    }
    to += address->authority.len;
    if (prefix.len > 0)
        memcpy(to, prefix.ptr, prefix.len);
    address->prefix = gg_str_of(to, prefix.len);
    return gg_host_port_parse(address->authority, &address->host_port);
}

static const char *resolve_name(const char *host, struct sockaddr_storage *out)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;
    int rc = getaddrinfo(host, NULL, &hints, &found);
    if (rc != 0)
        return rc == EAI_FAIL ? "host names cannot be looked up here, give a numeric address" : gai_strerror(rc);
    memcpy(out, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return NULL;
}

const char *gg_api_address_resolve(const gg_api_address *address, struct sockaddr_storage *out)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)out;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)out;
    char host[GG_API_ADDRESS_LEN];
    gg_str name = address->host_port.host;
    memcpy(host, name.ptr, name.len); /* of address->text: shorter than host */
    host[name.len] = '\0';
    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
    } else if (inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
    } else if (strcmp(host, "localhost") == 0) {
        v4->sin_family = AF_INET;
        v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    } else {
        const char *wrong = resolve_name(host, out);
        if (wrong != NULL)
            return wrong;
    }
    if (out->ss_family == AF_INET6)
        v6->sin6_port = htons(address->host_port.port);
    else
        v4->sin_port = htons(address->host_port.port);
    return NULL;
}
