/* address.c -- listening sockets: an address in text, bound, and its name as really bound.
 *
 *   tcp   numeric first, then "localhost", then the resolver (a static program has none)
 *   unix  a path; a socket file that nobody listens on is removed first
 *
 * A wildcard is one [::] socket that takes IPv4 too (RFC 4291, 2.5.5.2); where the machine has no IPv6 it
 * is 0.0.0.0.  SO_REUSEADDR is set, SO_REUSEPORT is not: two servers on one port are a mistake.
 * Left out: port names, scoped literals ("fe80::1%eth0"). */
#include "http/address.h"

#include "base/text.h"
#include "http/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

typedef union any_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un un;
    struct sockaddr_storage storage;
} any_address;

const char *gg_host_port_parse(gg_str text, gg_host_port *out)
{
    size_t colon = text.len;
    while (colon > 0 && text.ptr[colon - 1] != ':')
        colon--;
    if (colon == 0)
        return "missing port";
    gg_str host = gg_str_of(text.ptr, colon - 1);
    gg_str port = gg_str_of(text.ptr + colon, text.len - colon);
    uint64_t number = 0;
    if (port.len == 0 || port.ptr[0] == '+' || gg_u64_parse(port, &number) != GG_OK || number > UINT16_MAX)
        return "the port must be a number from 0 to 65535";
    if (host.len >= 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']') {
        host = gg_str_of(host.ptr + 1, host.len - 2);
        if (host.len == 0)
            return "empty brackets";
    } else if (host.len > 0 && memchr(host.ptr, ':', host.len) != NULL) {
        return "an IPv6 address must be in brackets";
    }
    for (size_t i = 0; i < host.len; i++)
        if ((unsigned char)host.ptr[i] <= ' ' || strchr("/[]@", host.ptr[i]) != NULL)
            return "the host has a character that no host name has";
    *out = (gg_host_port){ .host = host, .port = (uint16_t)number };
    return NULL;
}

bool gg_sockaddr_numeric(const char *host, uint16_t port, struct sockaddr_storage *out)
{
    any_address address = { .storage = { .ss_family = AF_UNSPEC } };
    if (inet_pton(AF_INET, host, &address.v4.sin_addr) == 1) {
        address.v4.sin_family = AF_INET;
        address.v4.sin_port = htons(port);
    } else if (inet_pton(AF_INET6, host, &address.v6.sin6_addr) == 1) {
        address.v6.sin6_family = AF_INET6;
        address.v6.sin6_port = htons(port);
    }
    *out = address.storage;
    return address.any.sa_family != AF_UNSPEC;
}

size_t gg_sockaddr_print(const struct sockaddr *address, char *out, size_t out_len)
{
    char host[INET6_ADDRSTRLEN] = "?";
    int len = 0;
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)address;
        inet_ntop(AF_INET, &v4->sin_addr, host, sizeof host);
        len = snprintf(out, out_len, "%s:%u", host, (unsigned)ntohs(v4->sin_port));
    } else if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)address;
        unsigned port = ntohs(v6->sin6_port);
        if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
            inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], host, sizeof host);
            len = snprintf(out, out_len, "%s:%u", host, port);
        } else {
            inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof host);
            len = snprintf(out, out_len, "[%s]:%u", host, port);
        }
    } else {
        len = snprintf(out, out_len, "unix");
    }
    size_t full = len > 0 ? (size_t)len : 0;
    return full < out_len ? full : out_len - 1;
}

static gg_rc complain(gg_rc rc, gg_str network, gg_str address, const char *what, char *error, size_t error_len)
{
    snprintf(error, error_len, "listen %.*s %.*s: %s", GG_STR_ARG(network), GG_STR_ARG(address), what);
    return rc;
}

static bool copy_text(char *out, size_t out_len, gg_str text)
{
    if (text.len >= out_len || (text.len > 0 && memchr(text.ptr, '\0', text.len) != NULL))
        return false;
    if (text.len > 0)
        memcpy(out, text.ptr, text.len);
    out[text.len] = '\0';
    return true;
}

const char *gg_socket_path_check(gg_str path)
{
    if (path.len == 0)
        return "missing path";
    if (path.len >= sizeof((struct sockaddr_un){ 0 }).sun_path)
        return "the path is too long for a socket";
    return memchr(path.ptr, '\0', path.len) != NULL ? "the path has a NUL byte" : NULL;
}

gg_rc gg_address_check(gg_str network, gg_str address, char *error, size_t error_len)
{
    const char *wrong = "unknown network, want tcp or unix";
    gg_host_port parts;
    if (gg_str_eq(network, GG_STR("tcp")))
        wrong = gg_host_port_parse(address, &parts);
    else if (gg_str_eq(network, GG_STR("unix")))
        wrong = gg_socket_path_check(address);
    return wrong == NULL ? GG_OK : complain(GG_EINVAL, network, address, wrong, error, error_len);
}

/* -- TCP -- */

/* NULL, or what the resolver says. */
static const char *resolve(const char *host, any_address *out)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE }, *found = NULL;
    int rc = getaddrinfo(host, NULL, &hints, &found);
    if (rc != 0)
        return rc == EAI_FAIL ? "host names cannot be looked up here, give a numeric address" : gai_strerror(rc);
    memcpy(&out->storage, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return NULL;
}

static bool is_wildcard(const any_address *address)
{
    return address->any.sa_family == AF_INET ? address->v4.sin_addr.s_addr == htonl(INADDR_ANY)
                                             : IN6_IS_ADDR_UNSPECIFIED(&address->v6.sin6_addr);
}

static const char *fill_in(const gg_host_port *parts, any_address *out, bool *wildcard)
{
    char host[GG_ADDRESS_LEN];
    if (!copy_text(host, sizeof host, parts->host))
        return "the host name is too long";
    const char *numeric = host[0] == '\0' ? "::" : strcmp(host, "localhost") == 0 ? "127.0.0.1" : host;
    if (!gg_sockaddr_numeric(numeric, parts->port, &out->storage)) {
        const char *wrong = resolve(host, out);
        if (wrong != NULL)
            return wrong;
    }
    *wildcard = is_wildcard(out);
    if (*wildcard)
        *out = (any_address){ .v6 = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_ANY_INIT } };
    if (out->any.sa_family == AF_INET6)
        out->v6.sin6_port = htons(parts->port);
    else
        out->v4.sin_port = htons(parts->port);
    return NULL;
}

/* A bound and listening socket, or -1 and errno. */
static int open_listening(const any_address *address, socklen_t len, bool dual_stack)
{
    int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    const int on = 1, v6_only = !dual_stack;
    bool ok = true;
    if (address->any.sa_family != AF_UNIX)
        ok = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0;
    if (address->any.sa_family == AF_INET6)
        ok = ok && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6_only, sizeof v6_only) == 0;
    if (address->any.sa_family == AF_UNIX) /* before bind: the file never has another mode */
        ok = ok && fchmod(fd, S_IRUSR | S_IWUSR) == 0;
    if (ok && bind(fd, &address->any, len) == 0 && listen(fd, GG_LISTEN_BACKLOG) == 0)
        return fd;
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

static gg_rc listen_tcp(gg_socket *sock, gg_str network, gg_str text, char *error, size_t error_len)
{
    gg_host_port parts;
    any_address address;
    bool wildcard = false;
    const char *wrong = gg_host_port_parse(text, &parts);
    if (wrong != NULL)
        return complain(GG_EINVAL, network, text, wrong, error, error_len);
    wrong = fill_in(&parts, &address, &wildcard);
    if (wrong != NULL)
        return complain(GG_EIO, network, text, wrong, error, error_len);
    socklen_t len = address.any.sa_family == AF_INET6 ? sizeof address.v6 : sizeof address.v4;
    int fd = open_listening(&address, len, wildcard);
    if (fd < 0 && wildcard && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)) {
        address = (any_address){ .v4 = { .sin_family = AF_INET, .sin_port = htons(parts.port) } };
        fd = open_listening(&address, sizeof address.v4, false);
    }
    if (fd < 0)
        return complain(GG_EIO, network, text, uv_strerror(uv_translate_sys_error(errno)), error, error_len);
    len = sizeof address;
    getsockname(fd, &address.any, &len);
    gg_sockaddr_print(&address.any, sock->name, sizeof sock->name);
    sock->fd = fd;
    return GG_OK;
}

/* -- Unix -- */

/* Removes a socket file that nobody listens on any more. */
static void remove_stale(const any_address *address, socklen_t len)
{
    struct stat info;
    if (lstat(address->un.sun_path, &info) != 0 || !S_ISSOCK(info.st_mode))
        return;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    if (connect(fd, &address->any, len) != 0 && errno == ECONNREFUSED)
        unlink(address->un.sun_path);
    close(fd);
}

static gg_rc listen_unix(gg_socket *sock, gg_str network, gg_str path, char *error, size_t error_len)
{
    const char *wrong = gg_socket_path_check(path);
    if (wrong != NULL)
        return complain(GG_EINVAL, network, path, wrong, error, error_len);
    any_address address = { .un = { .sun_family = AF_UNIX } };
    memcpy(address.un.sun_path, path.ptr, path.len);
    remove_stale(&address, sizeof address.un);
    int fd = open_listening(&address, sizeof address.un, false);
    if (fd < 0)
        return complain(GG_EIO, network, path, uv_strerror(uv_translate_sys_error(errno)), error, error_len);
    copy_text(sock->name, sizeof sock->name, path);
    sock->fd = fd;
    sock->is_unix = true;
    return GG_OK;
}

gg_rc gg_socket_listen(gg_socket *sock, gg_str network, gg_str address, char *error, size_t error_len)
{
    *sock = (gg_socket){ .fd = -1 };
    if (gg_str_eq(network, GG_STR("unix")))
        return listen_unix(sock, network, address, error, error_len);
    if (gg_str_eq(network, GG_STR("tcp")))
        return listen_tcp(sock, network, address, error, error_len);
    return complain(GG_EINVAL, network, address, "unknown network, want tcp or unix", error, error_len);
}

void gg_socket_close(gg_socket *sock)
{
    if (sock->fd < 0)
        return;
    close(sock->fd);
    if (sock->is_unix)
        unlink(sock->name);
    sock->fd = -1;
}
