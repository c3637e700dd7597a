/* address.c -- the Runtime API's address in text, taken apart. */
#include "lambda/address.h"

#include "base/text.h"

#include <stdio.h>

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
    char authority[GG_TARGET_LEN];
    if (gg_str_starts_nocase(text, GG_STR("https://")))
        return "https is not supported";
    if (gg_str_starts_nocase(text, scheme))
        text = gg_str_of(text.ptr + scheme.len, text.len - scheme.len);
    if (!is_visible(text))
        return "it has a character that no address has";
    if (text.len + sizeof DEFAULT_PORT > sizeof authority)
        return "it is too long";
    const char *slash = text.len > 0 ? memchr(text.ptr, '/', text.len) : NULL;
    gg_str host = gg_str_of(text.ptr, slash != NULL ? (size_t)(slash - text.ptr) : text.len);
    gg_str prefix = gg_str_of(slash, text.len - host.len);
    while (prefix.len > 0 && prefix.ptr[prefix.len - 1] == '/')
        prefix.len--;
    snprintf(address->prefix, sizeof address->prefix, "%.*s", GG_STR_ARG(prefix));
    int len = snprintf(authority, sizeof authority, "%.*s%s", GG_STR_ARG(host), has_port(host) ? "" : DEFAULT_PORT);
    return gg_target_parse(gg_str_of(authority, (size_t)len), &address->target);
}
