/* clock.c -- the operating system's clocks.  Spec: RFC 3339, 5.6, for the form of the date. */
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

uint64_t gg_clock_ns(void)
{
    struct timespec now = { 0 };
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * GG_NS_PER_S + (uint64_t)now.tv_nsec;
}

uint64_t gg_clock_unix_ns(void)
{
    struct timespec now = { 0 };
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * GG_NS_PER_S + (uint64_t)now.tv_nsec;
}

size_t gg_clock_rfc3339(char *out)
{
    time_t now = time(NULL);
    struct tm local = { 0 };
    localtime_r(&now, &local);
    size_t len = strftime(out, GG_RFC3339_LEN, "%Y-%m-%dT%H:%M:%S", &local);
    long minutes = local.tm_gmtoff / 60;
    if (minutes == 0) {
        memcpy(out + len, "Z", 2);
        return len + 1;
    }
    char sign = minutes < 0 ? '-' : '+';
    int tail = snprintf(out + len, GG_RFC3339_LEN - len, "%c%02ld:%02ld", sign, labs(minutes) / 60, labs(minutes) % 60);
    return len + (size_t)tail;
}
