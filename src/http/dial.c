/* dial.c -- sockets to a server: names to addresses, one attempt for each, then bytes for a codec.
 *
 *   look-up (names only) ---> attempt ---connected---> open ---> closed
 *                             ^     |
 *                             +-----+ refused, and another address is left
 *
 * With TLS the link is connected only when the handshake is done.
 * Elsewhere: what a target is (target.c).
 * Left out: attempts side by side (RFC 8305), service configs, abstract Unix sockets.  A static program looks no
 * names up. */
#include "http/dial.h"

#include "base/clock.h"
#include "base/text.h"
#include "http/address.h"
#include "http/io.h"
#include "http/tls_codec.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>

#define LINK_OF(member, ptr) ((socket_link *)(void *)((char *)(ptr)-offsetof(socket_link, member)))

typedef struct socket_link {
    gg_link base;
    gg_io io;
    uv_connect_t connect;
    uv_getaddrinfo_t lookup;
    gg_socket_dialer *dialer;
    gg_task begin;    /* so that nothing is reported from inside gg_dial */
    gg_codec *tls;    /* of the socket; NULL: plain, or closed */
    gg_task tls_open; /* the handshake is done */
    struct sockaddr_storage addresses[GG_DIAL_ADDRESSES];
    size_t address_count, next_address;
    size_t first; /* the address to begin with */
    int error;    /* of the last attempt */
    bool looking_up, connected, closed;
} socket_link;

/* -- the end -- */

static void free_link(socket_link *link)
{
    gg_sched_cancel(&link->dialer->loop->sched, &link->begin);
    free(link);
}

/* Tells the owner, once.  The memory goes when libuv is done with it too. */
static void report(socket_link *link, gg_str why)
{
    if (link->closed)
        return;
    link->closed = true;
    link->base.events->closed(link->base.user, why);
}

static const char *error_text(int error)
{
    if (error == UV_EAI_FAIL)
        return "host names cannot be looked up here, give a numeric address";
    return uv_strerror(error);
}

static void close_socket(socket_link *link)
{
    link->tls = NULL; /* the socket frees it */
    gg_io_close(&link->io);
}

static void on_done(gg_io *io)
{
    socket_link *link = LINK_OF(io, io);
    char why[GG_TLS_ERROR_LEN] = "";
    if (link->tls != NULL)
        snprintf(why, sizeof why, "%.*s", GG_STR_ARG(gg_tls_failure(link->tls)));
    close_socket(link);
    report(link, why[0] != '\0' ? gg_str_from(why) : GG_STR("the server closed the connection"));
}

static void on_failed(gg_io *io, int error)
{
    socket_link *link = LINK_OF(io, io);
    close_socket(link);
    report(link, gg_str_from(error_text(error)));
}

static void close_link(gg_link *base)
{
    socket_link *link = (socket_link *)base;
    link->closed = true;
    if (!link->connected && link->next_address > 0) /* it hangs: the next link begins behind it */
        link->dialer->first = (link->first + link->next_address) % link->address_count;
    if (link->looking_up)
        uv_cancel((uv_req_t *)&link->lookup); /* on_lookup comes in any case */
    else if (link->begin.queued)
        free_link(link);
    else
        close_socket(link);
}

/* -- connecting -- */

static void attempt(socket_link *link);

/* The socket is closed: that was one attempt, or all there was. */
static void on_closed(gg_io *io)
{
    socket_link *link = LINK_OF(io, io);
    if (link->closed)
        free_link(link);
    else
        attempt(link);
}

static void on_tls_open(gg_task *task)
{
    socket_link *link = LINK_OF(tls_open, task);
    link->base.events->connected(link->base.user);
}

/* The handshake goes on as bytes come; at its end tls_open is posted, or the codec is done. */
static void start_tls(socket_link *link)
{
    gg_loop *loop = link->dialer->loop;
    gg_tls_connect connect = { .context = link->dialer->tls,
        .host = link->dialer->target.is_unix ? "localhost" : link->dialer->target.host,
        .sched = &loop->sched,
        .pool = &loop->pool,
        .wake = &link->io.wake,
        .opened = &link->tls_open };
    link->tls = gg_tls_connect_new(&connect);
    if (link->tls == NULL) {
        on_failed(&link->io, UV_ENOMEM);
        return;
    }
    gg_io_attach(&link->io, link->tls);
    gg_io_set_reading(&link->io, true);
    gg_io_flush(&link->io);
}

static void on_connected(uv_connect_t *connect, int status)
{
    socket_link *link = connect->data;
    gg_loop *loop = link->dialer->loop;
    if (status == UV_ECANCELED)
        return; /* closing */
    loop->sched.now_ns = gg_clock_ns();
    if (status == 0) {
        link->connected = true;
        if (link->dialer->tls != NULL)
            start_tls(link);
        else
            link->base.events->connected(link->base.user);
    } else {
        link->error = status;
        gg_io_close(&link->io);
    }
    gg_loop_turn(loop);
}

static int connect_io(socket_link *link)
{
    const gg_target *target = &link->dialer->target;
    link->connect.data = link;
    if (target->is_unix) {
        uv_pipe_connect(&link->connect, &link->io.pipe, target->host, on_connected);
        return 0;
    }
    size_t at = (link->first + link->next_address) % link->address_count;
    const struct sockaddr *address = (const struct sockaddr *)&link->addresses[at];
    uv_tcp_nodelay(&link->io.tcp, 1);
    return uv_tcp_connect(&link->connect, &link->io.tcp, address, on_connected);
}

/* Tries the next address; reports the last error when there is none. */
static void attempt(socket_link *link)
{
    static const gg_io_events events = { NULL, on_done, on_failed, on_closed };
    const gg_socket_dialer *dialer = link->dialer;
    if (link->next_address == link->address_count) {
        report(link, gg_str_from(error_text(link->error)));
        free_link(link);
        return;
    }
    int rc = gg_io_init(&link->io, dialer->loop, dialer->target.is_unix, dialer->write_ns, &events);
    if (rc != 0) { /* no socket at all */
        report(link, gg_str_from(error_text(rc)));
        free_link(link);
        return;
    }
    link->error = connect_io(link);
    link->next_address++;
    if (link->error != 0)
        gg_io_close(&link->io);
}

/* -- addresses -- */

static void add_address(socket_link *link, const struct sockaddr *address, size_t len)
{
    if (link->address_count == GG_DIAL_ADDRESSES || len > sizeof *link->addresses)
        return;
    memcpy(&link->addresses[link->address_count++], address, len);
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct sockaddr_storage));
}

/* Leaves the one address that the dialer wants, if it wants one: the n-th of them in an order that every look-up
 * gives. */
static void choose(socket_link *link)
{
    const gg_socket_dialer *dialer = link->dialer;
    if (dialer->only == 0 || link->address_count == 0)
        return;
    if (dialer->counted != NULL)
        dialer->counted(dialer->user, link->address_count);
    qsort(link->addresses, link->address_count, sizeof *link->addresses, compare);
    if (dialer->only > link->address_count) {
        link->error = UV_EADDRNOTAVAIL; /* the name has fewer addresses than it once had */
        link->address_count = 0;
        return;
    }
    link->addresses[0] = link->addresses[dialer->only - 1];
    link->address_count = 1;
}

static void on_lookup(uv_getaddrinfo_t *lookup, int status, struct addrinfo *found)
{
    socket_link *link = lookup->data;
    gg_loop *loop = link->dialer->loop;
    loop->sched.now_ns = gg_clock_ns();
    loop->pending--;
    link->looking_up = false;
    link->error = status;
    for (struct addrinfo *each = found; each != NULL; each = each->ai_next)
        add_address(link, each->ai_addr, each->ai_addrlen);
    uv_freeaddrinfo(found);
    if (link->closed) {
        free_link(link);
    } else {
        choose(link);
        attempt(link);
    }
    gg_loop_turn(loop);
}

static void look_up(socket_link *link)
{
    static const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    const gg_socket_dialer *dialer = link->dialer;
    char port[8];
    snprintf(port, sizeof port, "%u", (unsigned)dialer->target.port);
    link->lookup.data = link;
    link->error = uv_getaddrinfo(dialer->loop->uv, &link->lookup, on_lookup, dialer->target.host, port, &hints);
    if (link->error != 0) {
        attempt(link); /* no address: says so */
        return;
    }
    link->looking_up = true;
    dialer->loop->pending++;
}

/* The target's addresses, if they are to be had without asking anybody. */
static void add_known_addresses(socket_link *link)
{
    static const char *const localhost[] = { "127.0.0.1", "::1" };
    const gg_target *target = &link->dialer->target;
    memcpy(link->addresses, target->addresses, sizeof target->addresses);
    link->address_count = target->address_count;
    if (target->address_count > 0)
        return;
    bool is_localhost = strcmp(target->host, "localhost") == 0;
    for (size_t i = 0; i < (is_localhost ? 2 : 1); i++) {
        struct sockaddr_storage address;
        if (gg_sockaddr_numeric(is_localhost ? localhost[i] : target->host, target->port, &address))
            add_address(link, (const struct sockaddr *)&address, sizeof address);
    }
}

static void begin(gg_task *task)
{
    socket_link *link = LINK_OF(begin, task);
    if (link->dialer->target.is_unix)
        link->address_count = 1;
    else
        add_known_addresses(link);
    choose(link);
    if (link->address_count > 0)
        attempt(link);
    else
        look_up(link);
}

/* -- the link -- */

static void attach(gg_link *base, gg_codec *codec)
{
    socket_link *link = (socket_link *)base;
    if (link->tls != NULL) {
        gg_tls_attach(link->tls, codec);
        return;
    }
    gg_io_attach(&link->io, codec);
    gg_io_set_reading(&link->io, true);
    gg_io_flush(&link->io);
}

static gg_link *dial(gg_dialer *base, const gg_link_events *events, void *user)
{
    static const gg_link_ops ops = { attach, close_link };
    gg_socket_dialer *dialer = (gg_socket_dialer *)base;
    socket_link *link = calloc(1, sizeof *link);
    if (link == NULL)
        return NULL;
    link->base = (gg_link){ &ops, events, user, &link->io.wake };
    link->dialer = dialer;
    link->first = dialer->first;
    link->begin.run = begin;
    link->tls_open.run = on_tls_open;
    gg_sched_post(&dialer->loop->sched, &link->begin);
    return &link->base;
}

void gg_socket_dialer_init(gg_socket_dialer *dialer, gg_loop *loop, const gg_target *target, uint64_t write_ns)
{
    *dialer = (gg_socket_dialer){ .base.dial = dial, .loop = loop, .target = *target, .write_ns = write_ns };
}
