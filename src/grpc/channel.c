/* channel.c -- what all channels say alike. */
#include "grpc/channel.h"

gg_str gg_cancel_reason(gg_status status)
{
    static const gg_str reasons[] = { [GG_STATUS_CANCELLED] = GG_STR_INIT("the caller is gone"),
        [GG_STATUS_RESOURCE_EXHAUSTED] = GG_STR_INIT("a message or the call is over its limit"),
        [GG_STATUS_UNIMPLEMENTED] = GG_STR_INIT("not supported"),
        [GG_STATUS_INTERNAL] = GG_STR_INIT("a message is malformed") };
    bool known = status >= 0 && (size_t)status < sizeof reasons / sizeof reasons[0];
    return known ? reasons[status] : GG_STR("");
}
