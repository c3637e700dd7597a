/* h2_guard.c -- budgets that fill again with time (h2_guard.h).
 *
 * A budget is one point in time: each use moves it on by 1 / rate of a second, from now at the earliest, and it may
 * be burst / rate seconds ahead of now. */
#include "http/h2_guard.h"

#include "base/clock.h"

#include <nghttp2/nghttp2.h>

void gg_h2_guard_limits_init(gg_h2_guard_limits *limits)
{
    *limits = (gg_h2_guard_limits){ .reset_rate = GG_H2_RESET_RATE,
        .reset_burst = GG_H2_RESET_BURST,
        .control_rate = GG_H2_CONTROL_RATE,
        .continuations = GG_H2_CONTINUATIONS };
}

static bool use(uint64_t *until_ns, uint64_t now_ns, uint32_t rate, uint32_t burst)
{
    uint64_t each_ns = GG_NS_PER_S / rate;
    if (*until_ns < now_ns)
        *until_ns = now_ns;
    *until_ns += each_ns;
    return *until_ns - now_ns <= each_ns * burst;
}

bool gg_h2_guard_reset(gg_h2_guard *guard, const gg_h2_guard_limits *limits, uint64_t now_ns)
{
    return use(&guard->resets_until_ns, now_ns, limits->reset_rate, limits->reset_burst);
}

static bool control(gg_h2_guard *guard, const gg_h2_guard_limits *limits, uint64_t now_ns)
{
    return use(&guard->controls_until_ns, now_ns, limits->control_rate, limits->control_rate);
}

bool gg_h2_guard_frame(gg_h2_guard *guard, const gg_h2_guard_limits *limits, uint64_t now_ns, const gg_h2_head *head)
{
    switch (head->type) {
    case NGHTTP2_DATA:
        return head->len > 0 || (head->flags & NGHTTP2_FLAG_END_STREAM) || control(guard, limits, now_ns);
    case NGHTTP2_HEADERS:
        guard->continuations = 0;
        return head->len > 0 || control(guard, limits, now_ns);
    case NGHTTP2_CONTINUATION:
        return ++guard->continuations <= limits->continuations && (head->len > 0 || control(guard, limits, now_ns));
    case NGHTTP2_RST_STREAM:
        return gg_h2_guard_reset(guard, limits, now_ns);
    case NGHTTP2_PING:
    case NGHTTP2_WINDOW_UPDATE:
        if (guard->answers == 0)
            return control(guard, limits, now_ns);
        guard->answers--;
        return true;
    default:
        return control(guard, limits, now_ns);
    }
}
