/* h2_balance.c -- several HTTP/2 channels as one: which of them a call goes to, and the state of all.
 *
 * Elsewhere: a member (h2_channel.c), its look-up of addresses (http/dial.c). */
#include "grpc/h2_balance.h"

#include "grpc/h2_channel_private.h"

#include <stdlib.h>

/* -- the state of all -- */

static gg_connectivity state_of_all(const gg_h2_balance *balance)
{
    size_t counts[GG_SHUTDOWN + 1] = { 0 };
    for (size_t i = 0; i < balance->member_count; i++)
        counts[balance->members[i]->state]++;
    static const gg_connectivity order[] = { GG_READY, GG_CONNECTING, GG_TRANSIENT_FAILURE, GG_IDLE };
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        if (counts[order[i]] > 0)
            return order[i];
    return GG_SHUTDOWN;
}

static void on_state(void *user, gg_connectivity state)
{
    gg_h2_balance *balance = user;
    (void)state;
    gg_connectivity now = state_of_all(balance);
    if (now == balance->state)
        return;
    balance->state = now;
    if (balance->config.state_changed != NULL)
        balance->config.state_changed(balance->config.state_user, now);
}

/* -- members -- */

static void on_counted(void *user, size_t count);

static const char *add_member(gg_h2_balance *balance)
{
    gg_h2_channel *member = malloc(sizeof *member);
    if (member == NULL)
        return "out of memory";
    gg_h2_channel_config config = balance->config;
    config.state_changed = on_state;
    config.state_user = balance;
    config.balance = balance;
    config.only = balance->member_count + 1;
    config.counted = on_counted;
    const char *wrong = gg_h2_channel_init(member, &config);
    if (wrong != NULL) {
        free(member);
        return wrong;
    }
    balance->members[balance->member_count++] = member;
    return NULL;
}

/* A look-up has found so many addresses.  Without memory for a member: later. */
static void on_counted(void *user, size_t count)
{
    gg_h2_balance *balance = user;
    while (balance->member_count < count && balance->member_count < GG_DIAL_ADDRESSES) {
        if (balance->state == GG_SHUTDOWN || add_member(balance) != NULL)
            return;
        gg_h2_channel_connect(balance->members[balance->member_count - 1]);
    }
}

/* -- where calls go -- */

/* Smaller is better.  One that is idle will be connecting. */
static int rank(const gg_h2_channel *member)
{
    switch (member->state) {
    case GG_READY:
        return member->queue == NULL && gg_h2_client_has_room(member->conn->client) ? 0 : 1;
    case GG_CONNECTING:
    case GG_IDLE:
        return 2;
    case GG_TRANSIENT_FAILURE:
    case GG_SHUTDOWN:
        break;
    }
    return 3;
}

gg_h2_channel *gg_h2_balance_pick(gg_h2_balance *balance)
{
    size_t best = balance->next % balance->member_count;
    for (size_t i = 0; i < balance->member_count; i++) {
        size_t at = (balance->next + i) % balance->member_count;
        gg_h2_channel_connect(balance->members[at]); /* one that was idle */
        if (rank(balance->members[at]) < rank(balance->members[best]))
            best = at;
    }
    balance->next = best + 1;
    return balance->members[best];
}

void gg_h2_balance_ready(gg_h2_balance *balance)
{
    for (size_t i = 0; i < balance->member_count; i++)
        if (balance->members[i]->state != GG_READY)
            gg_h2_channel_readmit(balance->members[i]);
}

/* -- the channel -- */

/* The member's start looks for the one whose turn it is (gg_h2_channel_admit). */
static gg_rpc *start(gg_rpc_channel *base, const gg_rpc_start *start)
{
    gg_h2_channel *first = ((gg_h2_balance *)base)->members[0];
    return gg_rpc_channel_start(&first->base, start);
}

static const gg_method_type *method_of(const gg_rpc_channel *base, gg_str path)
{
    return gg_rpc_channel_method(&((const gg_h2_balance *)base)->members[0]->base, path);
}

const char *gg_h2_balance_init(gg_h2_balance *balance, const gg_h2_channel_config *config)
{
    static const gg_rpc_channel_ops ops = { .start = start, .method = method_of }; /* a call has its member's */
    *balance = (gg_h2_balance){ .base.ops = &ops, .config = *config };
    return add_member(balance);
}

void gg_h2_balance_connect(gg_h2_balance *balance)
{
    for (size_t i = 0; i < balance->member_count; i++)
        gg_h2_channel_connect(balance->members[i]);
}

void gg_h2_balance_close(gg_h2_balance *balance)
{
    for (size_t i = 0; i < balance->member_count; i++)
        gg_h2_channel_close(balance->members[i]);
}

size_t gg_h2_balance_open(const gg_h2_balance *balance)
{
    size_t open = 0;
    for (size_t i = 0; i < balance->member_count; i++)
        open += balance->members[i]->open;
    return open;
}

void gg_h2_balance_deinit(gg_h2_balance *balance)
{
    for (size_t i = 0; i < balance->member_count; i++)
        free(balance->members[i]);
    balance->member_count = 0;
}
