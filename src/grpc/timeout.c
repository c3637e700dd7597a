/* timeout.c -- the grpc-timeout header: a length of time in one of six units, both ways.
 *
 * Spec: gRPC PROTOCOL-HTTP2, "Timeout".  Elsewhere: what happens when the time is up (inproc.c). */
#include "base/text.h"
#include "grpc/framing.h"

enum { TIMEOUT_DIGITS = GG_TIMEOUT_LEN - 1, TIMEOUT_MAX = 99999999, UNITS = 6 };

/* Nanoseconds of each TimeoutUnit, longest first. */
static const struct {
    char unit;
    uint64_t ns;
} units[UNITS] = { { 'H', 3600000000000u }, { 'M', 60000000000u }, { 'S', 1000000000u }, { 'm', 1000000u },
    { 'u', 1000u }, { 'n', 1u } };

gg_rc gg_timeout_parse(gg_str text, uint64_t *timeout_ns)
{
    uint64_t value = 0, unit_ns = 0;
    if (text.len < 2 || text.len > TIMEOUT_DIGITS + 1)
        return GG_EPROTO;
    for (size_t i = 0; i < UNITS; i++)
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

size_t gg_timeout_print(char out[GG_TIMEOUT_LEN], uint64_t timeout_ns)
{
    size_t unit = UNITS;
    uint64_t value;
    do { /* ends: UINT64_MAX is some five million hours */
        unit--;
        value = timeout_ns / units[unit].ns + (timeout_ns % units[unit].ns > 0);
    } while (value > TIMEOUT_MAX);
    size_t len = gg_u64_print(out, value);
    out[len] = units[unit].unit;
    return len + 1;
}
