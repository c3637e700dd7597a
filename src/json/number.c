/* number.c -- numbers of the JSON reader: their extent and form; what they are worth is base/text.h's.
 *
 * A number whole in the fed bytes is passed over by plain loops.  One that ends with the bytes, or is
 * malformed, is gone through again by the state machine, which can stop and go on anywhere.
 * Spec: RFC 8259, 6. */
#include "json/reader.h"

typedef enum {
    START,
    MINUS,
    ZERO,    /* accepted: a leading zero, no digit may follow */
    INTEGER, /* accepted */
    POINT,
    FRACTION, /* accepted */
    E,
    E_SIGN,
    EXPONENT, /* accepted */
    NO        /* the byte is not part of the number */
} number_state;

typedef enum { DIGIT_0, DIGIT_1_9, DOT, EXP, PLUS, DASH, OTHER, CLASS_COUNT } byte_class;

// clang-format off
static const uint8_t moves[NO][CLASS_COUNT] = {
    /*              0         1-9       .      e  +       -       other */
    [START]    = { ZERO,     INTEGER,  NO,    NO, NO,     MINUS,  NO },
    [MINUS]    = { ZERO,     INTEGER,  NO,    NO, NO,     NO,     NO },
    [ZERO]     = { NO,       NO,       POINT, E,  NO,     NO,     NO },
    [INTEGER]  = { INTEGER,  INTEGER,  POINT, E,  NO,     NO,     NO },
    [POINT]    = { FRACTION, FRACTION, NO,    NO, NO,     NO,     NO },
    [FRACTION] = { FRACTION, FRACTION, NO,    E,  NO,     NO,     NO },
    [E]        = { EXPONENT, EXPONENT, NO,    NO, E_SIGN, E_SIGN, NO },
    [E_SIGN]   = { EXPONENT, EXPONENT, NO,    NO, NO,     NO,     NO },
    [EXPONENT] = { EXPONENT, EXPONENT, NO,    NO, NO,     NO,     NO },
};
// clang-format on

static byte_class class_of(char c)
{
    switch (c) {
    case '.':
        return DOT;
    case 'e':
    case 'E':
        return EXP;
    case '+':
        return PLUS;
    case '-':
        return DASH;
    case '0':
        return DIGIT_0;
    default:
        return c >= '1' && c <= '9' ? DIGIT_1_9 : OTHER;
    }
}

static bool accepted(number_state state)
{
    return state == ZERO || state == INTEGER || state == FRACTION || state == EXPONENT;
}

/* [from, p) has been gone through and led to `state`. */
static gg_rc step_number(gg_json_reader *r, gg_json_token *token, const char *from, number_state state)
{
    const char *p = from;
    for (; p < r->end; p++) {
        number_state next = (number_state)moves[state][class_of(*p)];
        if (next == NO)
            break;
        state = next;
    }
    if (p == r->end && !(r->last && accepted(state))) {
        gg_rc rc = gg_json_carry(r, from, (size_t)(p - from));
        return rc == GG_OK ? gg_json_cut(r, GG_JSON_NUMBER, (uint8_t)state) : rc;
    }
    if (!accepted(state))
        return gg_json_fail(r, GG_EPROTO, gg_json_offset(r, p), "a digit");
    if (r->carry_len == 0)
        return gg_json_emit(r, token, GG_JSON_NUMBER, gg_str_of(from, (size_t)(p - from)), p);
    return gg_json_emit_carried(r, token, GG_JSON_NUMBER, from, p);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *skip_digits(const char *p, const char *end)
{
    while (p < end && is_digit(*p))
        p++;
    return p;
}

/* The end of the number at p, if it is well-formed and ends before `end`; else NULL. */
static const char *whole_number(const char *p, const char *end)
{
    p += *p == '-';
    const char *digits = p;
    p = skip_digits(p, end);
    if (p == digits || (*digits == '0' && p - digits > 1))
        return NULL;
    if (p < end && *p == '.') {
        digits = ++p;
        p = skip_digits(p, end);
        if (p == digits)
            return NULL;
    }
    if (p < end && (*p | 0x20) == 'e') {
        p++;
        p += p < end && (*p == '+' || *p == '-');
        digits = p;
        p = skip_digits(p, end);
        if (p == digits)
            return NULL;
    }
    return p < end ? p : NULL;
}

gg_rc gg_json_read_number(gg_json_reader *r, gg_json_token *token, const char *p)
{
    const char *number_end = whole_number(p, r->end);
    if (number_end == NULL)
        return step_number(r, token, p, START);
    return gg_json_emit(r, token, GG_JSON_NUMBER, gg_str_of(p, (size_t)(number_end - p)), number_end);
}

gg_rc gg_json_resume_number(gg_json_reader *r, gg_json_token *token)
{
    return step_number(r, token, r->start, (number_state)r->cut_state);
}
