// numbers.cc -- doubles and floats as decimal text, against two others that are exact: std::to_chars, which
// gives the shortest digits and of those the closest to the value, and the C library's strtod and strtof.
//
//   numbers floats STRIDE    every STRIDE-th 32-bit pattern; 1: all of them
//   numbers doubles COUNT    random 64-bit patterns, and the neighbours of every power of two and ten
//   numbers texts COUNT      parsing alone: midpoints between neighbours, exact and a little off, of up to 800
//                            digits; random digits; the borders of zero and infinity
//
// The work is shared out among all processors.  Prints one line, exit status 1 if a value was wrong.
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

extern "C" {
#include "base/text.h"
}

namespace
{

enum { FAILURES_SHOWN = 20, DIGITS_MAX = 800 };

struct Tally {
    uint64_t values = 0, failures = 0;
};

// What differs between double and float.
template <typename T> struct Format;
template <> struct Format<double> {
    using Word = uint64_t;
    static constexpr uint64_t infinity = 0x7ff0000000000000, sign = 0x8000000000000000;
    static size_t print(char *out, double value)
    {
        return gg_double_print(out, value);
    }
    static gg_rc parse(gg_str text, double *value)
    {
        return gg_double_parse(text, value);
    }
    static double library(const char *text)
    {
        return strtod(text, nullptr);
    }
};
template <> struct Format<float> {
    using Word = uint32_t;
    static constexpr uint32_t infinity = 0x7f800000, sign = 0x80000000;
    static size_t print(char *out, float value)
    {
        return gg_float_print(out, value);
    }
    static gg_rc parse(gg_str text, float *value)
    {
        return gg_float_parse(text, value);
    }
    static float library(const char *text)
    {
        return strtof(text, nullptr);
    }
};

template <typename T> typename Format<T>::Word bits(T value)
{
    typename Format<T>::Word word;
    memcpy(&word, &value, sizeof word);
    return word;
}

template <typename T> T from_bits(typename Format<T>::Word word)
{
    T value;
    memcpy(&value, &word, sizeof value);
    return value;
}

void fail(Tally *tally, const char *what, double value, const char *text)
{
    if (tally->failures++ < FAILURES_SHOWN)
        fprintf(stderr, "FAIL %a: %s: %s\n", value, what, text);
}

// 0.d1d2d3... * 10^point, without leading and trailing zeros.
struct Decimal {
    char digits[40];
    size_t len = 0;
    long point = 0;
    bool operator==(const Decimal &other) const
    {
        return len == other.len && memcmp(digits, other.digits, len) == 0 && (len == 0 || point == other.point);
    }
};

Decimal decimal_of(const char *p, const char *end)
{
    Decimal d;
    bool behind_point = false;
    for (; p < end && *p != 'e'; p++) {
        if (*p == '.') {
            behind_point = true;
        } else if (*p != '0' || d.len > 0) {
            d.digits[d.len++] = *p;
            d.point += !behind_point;
        } else {
            d.point -= behind_point;
        }
    }
    if (p < end) {
        bool negative = p[1] == '-';
        long exponent = 0;
        for (p += 1 + (negative || p[1] == '+'); p < end; p++)
            exponent = exponent * 10 + (*p - '0');
        d.point += negative ? -exponent : exponent;
    }
    while (d.len > 0 && d.digits[d.len - 1] == '0')
        d.len--;
    return d;
}

// A value and its negative: printed as short as can be, and read back by us and by the C library.
template <typename T> void check_value(Tally *tally, typename Format<T>::Word word)
{
    word &= ~Format<T>::sign;
    if (word >= Format<T>::infinity)
        return;
    T value = from_bits<T>(word), back = -1;
    char text[1 + GG_DOUBLE_TEXT_LEN + 1], negative[GG_DOUBLE_TEXT_LEN + 1], shortest[64];
    text[0] = '-';
    char *end = text + 1 + Format<T>::print(text + 1, value);
    *end = '\0';
    tally->values += 2;
    if (Format<T>::parse(gg_str_of(text + 1, (size_t)(end - text - 1)), &back) != GG_OK || bits(back) != word)
        fail(tally, "does not read back", (double)value, text + 1);
    if (bits(Format<T>::library(text + 1)) != word)
        fail(tally, "does not read back in the C library", (double)value, text + 1);
    auto other = std::to_chars(shortest, shortest + sizeof shortest, value, std::chars_format::scientific);
    if (!(decimal_of(text + 1, end) == decimal_of(shortest, other.ptr)))
        fail(tally, "is not the shortest and closest", (double)value, text + 1);
    size_t len = Format<T>::print(negative, -value);
    if (len != (size_t)(end - text) || memcmp(negative, text, len) != 0)
        fail(tally, "is printed in another way below zero", (double)value, text);
    if (Format<T>::parse(gg_str_of(text, len), &back) != GG_OK || bits(back) != (word | Format<T>::sign))
        fail(tally, "does not read back below zero", (double)value, text);
}

// Any text in JSON's number form is worth what the C library says.
template <typename T> void check_text(Tally *tally, const std::string &text)
{
    T want = Format<T>::library(text.c_str()), got = 0;
    gg_rc rc = Format<T>::parse(gg_str_of(text.data(), text.size()), &got);
    tally->values++;
    if (std::isinf(want) ? rc != GG_ETOOBIG : rc != GG_OK || bits(got) != bits(want))
        fail(tally, "parsed otherwise than by the C library", (double)want, text.c_str());
}

uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed * 0x2545f4914f6cdd1du;
}

void run_floats(Tally *tally, uint64_t stride, unsigned part, unsigned parts)
{
    for (uint64_t word = part * stride; word < Format<float>::sign; word += stride * parts)
        check_value<float>(tally, (uint32_t)word);
}

template <typename T> void check_neighbours(Tally *tally, T value)
{
    if (std::isinf(value))
        return;
    for (typename Format<T>::Word step = 0; step < 8; step++) {
        check_value<T>(tally, bits(value) + step);
        check_value<T>(tally, bits(value) - step);
    }
}

void run_doubles(Tally *tally, uint64_t count, unsigned part, unsigned parts)
{
    uint64_t seed = 88172645463325252 + part;
    if (part == 0) {
        for (int e = -1074; e <= 1023; e++)
            check_neighbours(tally, ldexp(1, e));
        for (int e = -149; e <= 127; e++)
            check_neighbours(tally, ldexpf(1, e));
        for (int e = -324; e <= 308; e++)
            check_neighbours(tally, strtod(("1e" + std::to_string(e)).c_str(), nullptr));
        check_neighbours(tally, from_bits<double>(Format<double>::infinity - 8));
    }
    for (uint64_t i = part; i < count; i += parts) {
        uint64_t word = next_random(&seed);
        if (i % 16 == 0) /* subnormal */
            word &= ~Format<double>::infinity;
        else if (i % 16 == 1) /* few digits */
            word = bits((double)(word >> 44) / 1000);
        else if (i % 16 == 2) /* a whole number of up to 64 bits */
            word = bits((double)(word >> (word & 63)));
        check_value<double>(tally, word);
    }
}

// The digits of a midpoint, exact: a long double holds it.
std::string exact(long double value)
{
    char text[DIGITS_MAX + 20];
    snprintf(text, sizeof text, "%.*Le", DIGITS_MAX - 1, value);
    return text;
}

// The same with trailing zeros cut off, one digit more, and a little less.
template <typename T> void check_midpoint(Tally *tally, long double midpoint, unsigned fill)
{
    std::string text = exact(midpoint);
    size_t e = text.find('e');
    std::string digits = text.substr(0, e), exponent = text.substr(e);
    check_text<T>(tally, text);
    while (digits.size() > 3 && digits.back() == '0')
        digits.pop_back();
    check_text<T>(tally, digits + exponent);
    check_text<T>(tally, digits + std::string(fill, '0') + "1" + exponent);
    if (digits.back() != '0') {
        digits.back()--;
        check_text<T>(tally, digits + std::string(fill + 1, '9') + exponent);
    }
}

template <typename T> void check_midpoint_above(Tally *tally, typename Format<T>::Word word, unsigned fill)
{
    word &= ~Format<T>::sign;
    if (word + 1 >= Format<T>::infinity)
        return;
    long double low = from_bits<T>(word), high = from_bits<T>(word + 1);
    check_midpoint<T>(tally, low + (high - low) / 2, fill);
}

// Digits with a point somewhere and perhaps an exponent.
std::string random_number(uint64_t *seed, size_t len)
{
    std::string text;
    size_t point = 1 + next_random(seed) % len;
    for (size_t i = 0; i < len; i++) {
        if (i == point)
            text += '.';
        text += (char)('0' + next_random(seed) % 10);
    }
    size_t zeros = 0;
    while (zeros + 1 < point && text[zeros] == '0')
        zeros++;
    text.erase(0, zeros); /* JSON has no leading zeros */
    if (next_random(seed) % 4 > 0)
        text += "e" + std::to_string((long)(next_random(seed) % 700) - 370 - (long)point);
    return text;
}

void check_borders(Tally *tally)
{
    static const char *const texts[] = { "0e999999999999999999999", "1e-999999999999999999999", "1e309", "1e400",
        "1.7976931348623157e308", "1.7976931348623158e308", "1.7976931348623159e308", "2.4703282292062327e-324",
        "2.4703282292062328e-324", "4.9e-324", "2.2250738585072011e-308", "2.2250738585072014e-308",
        "3.4028235677973366e38", "3.4028235677973365e38", "7.006492321624085e-46", "7.006492321624086e-46" };
    for (const char *text : texts) {
        check_text<double>(tally, text);
        check_text<float>(tally, text);
    }
    long double half_ulp = ldexpl(1, 970); /* above it, infinity */
    for (unsigned fill = 0; fill < 700; fill += 50) {
        check_midpoint<double>(tally, ldexpl(1, 1024) - half_ulp, fill);
        check_midpoint<double>(tally, ldexpl(1, -1075), fill);
        check_midpoint<float>(tally, ldexpl(1, 128) - ldexpl(1, 103), fill);
        check_midpoint<float>(tally, ldexpl(1, -150), fill);
    }
    for (int e = -1074; e < 1024; e++) { /* at the powers of two the step changes */
        check_midpoint_above<double>(tally, bits(ldexp(1, e)) - 1, 3);
        check_midpoint_above<double>(tally, bits(ldexp(1, e)), 3);
    }
}

void run_texts(Tally *tally, uint64_t count, unsigned part, unsigned parts)
{
    uint64_t seed = 0x9e3779b97f4a7c15 + part;
    if (part == 0)
        check_borders(tally);
    for (uint64_t i = part; i < count; i += parts) {
        uint64_t word = next_random(&seed), fill = word >> 8 & 31;
        check_midpoint_above<double>(tally, i % 8 == 0 ? word & ~Format<double>::infinity : word, (unsigned)fill);
        check_midpoint_above<float>(tally, (uint32_t)(i % 8 == 0 ? word & 0x7fffff : word), (unsigned)fill);
        size_t len = 1 + next_random(&seed) % (i % 16 == 0 ? DIGITS_MAX : 24);
        std::string text = random_number(&seed, len);
        check_text<double>(tally, text);
        check_text<float>(tally, text);
    }
}

struct Mode {
    const char *name;
    void (*run)(Tally *tally, uint64_t number, unsigned part, unsigned parts);
};
const Mode modes[] = { { "floats", run_floats }, { "doubles", run_doubles }, { "texts", run_texts } };

// Runs the parts side by side, each in a process, and adds up what they found.
Tally run_parts(const Mode &mode, uint64_t number, unsigned parts)
{
    int results[2];
    Tally sum;
    if (pipe(results) != 0)
        return Tally{ 0, 1 };
    for (unsigned part = 0; part < parts; part++) {
        if (fork() != 0)
            continue;
        Tally tally;
        mode.run(&tally, number, part, parts);
        bool written = write(results[1], &tally, sizeof tally) == (ssize_t)sizeof tally;
        _exit(written ? 0 : 1);
    }
    for (unsigned part = 0; part < parts; part++) {
        int status = 0;
        Tally tally;
        if (wait(&status) < 0 || status != 0 || read(results[0], &tally, sizeof tally) != (ssize_t)sizeof tally)
            tally = Tally{ 0, 1 };
        sum.values += tally.values;
        sum.failures += tally.failures;
    }
    return sum;
}

} // namespace

int main(int argc, char **argv)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    for (const Mode &mode : modes) {
        if (argc != 3 || strcmp(argv[1], mode.name) != 0)
            continue;
        Tally tally = run_parts(mode, strtoull(argv[2], nullptr, 10), cpus > 0 ? (unsigned)cpus : 1);
        printf("%llu values, %llu wrong\n", (unsigned long long)tally.values, (unsigned long long)tally.failures);
        return tally.failures > 0 || tally.values == 0;
    }
    fprintf(stderr, "usage: numbers floats STRIDE | doubles COUNT | texts COUNT\n");
    return 2;
}
