/* memory_link.c -- moves bytes between two codecs, from tasks. */
#include "memory_link.h"

#include <stdlib.h>

#define LINK_OF(member, ptr) ((memory_link *)(void *)((char *)(ptr)-offsetof(memory_link, member)))

struct memory_link {
    gg_link base;
    memory_dialer *dialer;
    memory_link *prev, *next;
    gg_codec *client, *server;
    gg_task begin, client_wake, server_wake;
};

static void free_codec(gg_codec **codec)
{
    gg_codec *old = *codec;
    *codec = NULL;
    if (old != NULL)
        old->ops->free(old);
}

static void free_link(memory_link *link)
{
    memory_dialer *dialer = link->dialer;
    free_codec(&link->server);
    free_codec(&link->client);
    gg_sched_cancel(dialer->sched, &link->begin);
    gg_sched_cancel(dialer->sched, &link->client_wake);
    gg_sched_cancel(dialer->sched, &link->server_wake);
    if (link->prev != NULL)
        link->prev->next = link->next;
    else
        dialer->links = link->next;
    if (link->next != NULL)
        link->next->prev = link->prev;
    free(link);
}

static void end_link(memory_link *link, gg_str why)
{
    gg_link base = link->base;
    free_link(link);
    base.events->closed(base.user, why);
}

static void close_link(gg_link *base)
{
    free_link((memory_link *)base);
}

/* One piece of what `from` has to say goes to `to`; whether there was any. */
static bool move(const memory_dialer *dialer, gg_codec *from, gg_codec *to)
{
    char copy[MEMORY_PIECE_LEN];
    gg_str out = from->ops->output(from);
    size_t len = dialer->piece > 0 && dialer->piece < out.len ? dialer->piece : out.len;
    len = len < sizeof copy ? len : sizeof copy;
    if (len == 0 || !to->ops->wants_input(to))
        return false;
    memcpy(copy, out.ptr, len);
    from->ops->sent(from, len);
    to->ops->receive(to, gg_str_of(copy, len));
    return true;
}

/* What both have to say, and then who has ended it. */
static void pump(memory_link *link)
{
    if (link->client == NULL || link->server == NULL)
        return;
    bool moved = move(link->dialer, link->client, link->server);
    moved |= move(link->dialer, link->server, link->client);
    if (moved)
        gg_sched_post(link->dialer->sched, &link->client_wake); /* tasks in between */
    else if (link->server->ops->done(link->server) || link->client->ops->done(link->client))
        end_link(link, GG_STR("the connection ended"));
}

static void on_client_wake(gg_task *task)
{
    pump(LINK_OF(client_wake, task));
}

static void on_server_wake(gg_task *task)
{
    pump(LINK_OF(server_wake, task));
}

static void begin(gg_task *task)
{
    memory_link *link = LINK_OF(begin, task);
    memory_dialer *dialer = link->dialer;
    if (dialer->mode == MEMORY_HANGS)
        return;
    if (dialer->mode == MEMORY_ACCEPTS)
        link->server = dialer->accept(dialer->user, &link->server_wake);
    if (dialer->mode == MEMORY_REFUSES || (dialer->mode == MEMORY_ACCEPTS && link->server == NULL))
        end_link(link, GG_STR("refused"));
    else
        link->base.events->connected(link->base.user);
}

static void attach(gg_link *base, gg_codec *codec)
{
    memory_link *link = (memory_link *)base;
    link->client = codec;
    gg_sched_post(link->dialer->sched, &link->client_wake);
}

static gg_link *dial(gg_dialer *base, const gg_link_events *events, void *user)
{
    static const gg_link_ops ops = { attach, close_link };
    memory_dialer *dialer = (memory_dialer *)base;
    memory_link *link = calloc(1, sizeof *link);
    if (link == NULL)
        return NULL;
    *link = (memory_link){ .base = { &ops, events, user, &link->client_wake },
        .dialer = dialer,
        .next = dialer->links,
        .begin.run = begin,
        .client_wake.run = on_client_wake,
        .server_wake.run = on_server_wake };
    if (link->next != NULL)
        link->next->prev = link;
    dialer->links = link;
    dialer->dialed++;
    gg_sched_post(dialer->sched, &link->begin);
    return &link->base;
}

void memory_dialer_init(memory_dialer *dialer, gg_sched *sched, gg_codec *(*accept)(void *user, gg_task *wake),
    void *user)
{
    *dialer = (memory_dialer){ .base.dial = dial, .sched = sched, .accept = accept, .user = user };
}

void memory_dialer_break(memory_dialer *dialer)
{
    memory_link *next;
    for (memory_link *link = dialer->links; link != NULL; link = next) {
        next = link->next;
        end_link(link, GG_STR("broken"));
    }
}

void memory_dialer_drain(memory_dialer *dialer)
{
    for (memory_link *link = dialer->links; link != NULL; link = link->next)
        if (link->server != NULL)
            link->server->ops->drain(link->server);
}
