/* timeout.c -- the grpc-timeout header: a length of time in one of six units.
 *
 * Spec: gRPC PROTOCOL-HTTP2, "Timeout".  Elsewhere: what happens when the time is up (inproc.c). */
#include "grpc/framing.h"

enum { TIMEOUT_DIGITS = 8 };

/* Nanoseconds of each TimeoutUnit. */
static const struct {
    char unit;
    uint64_t ns;
} units[] = { { 'H', 3600000000000u }, { 'M', 60000000000u }, { 'S', 1000000000u }, { 'm', 1000000u }, { 'u', 1000u },
    { 'n', 1u } };

gg_rc gg_timeout_parse(gg_str text, uint64_t *timeout_ns)
{
    uint64_t value = 0, unit_ns = 0;
    if (text.len < 2 || text.len > TIMEOUT_DIGITS + 1)
        return GG_EPROTO;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (units[i].unit == text.ptr[text.len - 1])
            unit_ns = units[i].ns;
    if (unit_ns == 0)
        return GG_EPROTO;
    for (size_t i = 0; i < text.len - 1; i++) { /* at most TIMEOUT_DIGITS rounds */
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return GG_EPROTO;
        value = value * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    *timeout_ns = value > UINT64_MAX / unit_ns ? UINT64_MAX : value * unit_ns;
    return GG_OK;
}
