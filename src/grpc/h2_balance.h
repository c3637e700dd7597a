/* h2_balance.h -- the channel to several addresses of one target: a connection to each, calls in turn (round robin).
 *
 *   call ---> pick ---> member 1: gg_h2_channel to the first address
 *              ^ |----> member 2: ... the second         each with its own states, backoff and queue
 *              | +----> member n
 *              +------- what waits at a member that fails, or when another one becomes ready
 *
 * A call goes to the next member that is READY; while there is none it waits at one that connects, and fails only when
 * all have failed (unless it waits for ready).  One of which the server has seen nothing goes to the next as well.
 * The balance is READY if a member is, else CONNECTING if one is, else as the worst of them.
 * How many addresses there are is learnt from each look-up of the name (or from the list): members are added then, and
 * never taken away; one whose address is gone fails and is passed over.
 * Spec: gRPC load-balancing.md, connectivity-semantics-and-api.md.  Thread: the loop's. */
#ifndef GG_SRC_GRPC_H2_BALANCE_H
#define GG_SRC_GRPC_H2_BALANCE_H

#include "grpc/h2_channel.h"

struct gg_h2_balance {
    gg_rpc_channel base;
    gg_h2_channel_config config; /* of the members */
    gg_h2_channel *members[GG_DIAL_ADDRESSES];
    size_t member_count;
    size_t next; /* whose turn it is */
    gg_connectivity state;
};

/* As gg_h2_channel_init, with a loop; also "out of memory". */
const char *gg_h2_balance_init(gg_h2_balance *balance, const gg_h2_channel_config *config);
/* Connects though there is no call. */
void gg_h2_balance_connect(gg_h2_balance *balance);
/* As gg_h2_channel_close; the calls that are open still. */
void gg_h2_balance_close(gg_h2_balance *balance);
size_t gg_h2_balance_open(const gg_h2_balance *balance);
/* After the close, once no call is open: frees the members. */
void gg_h2_balance_deinit(gg_h2_balance *balance);

#endif
