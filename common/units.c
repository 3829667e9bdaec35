#include "units.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct unit {
    const char *suffix;
    int64_t factor;
    bool printed;
};

/* Largest first, since printing takes the first that fits. */
static const struct unit size_units[] = {
    {"GiB", (int64_t)1 << 30, true},
    {"GB", 1000000000, false},
    {"MiB", (int64_t)1 << 20, true},
    {"MB", 1000000, false},
    {"KiB", (int64_t)1 << 10, true},
    {"kB", 1000, false},
    {"B", 1, true},
    {.suffix = NULL},
};

static const struct unit time_units[] = {
    {"h", INT64_C(3600000000000), true},
    {"m", INT64_C(60000000000), true},
    {"s", 1000000000, true},
    {"ms", 1000000, true},
    {"us", 1000, true},
    {"ns", 1, true},
    {.suffix = NULL},
};

#define SIZE_EXAMPLE "write a number with B, KiB, MiB, GiB, kB, MB or GB, like 64KiB"
#define TIME_EXAMPLE "write numbers with h, m, s, ms, us or ns, largest first, like 2m30s"

static const char *scan(const char *text, const struct unit *units, const struct unit **out_unit,
                        int64_t *out_value);
static const struct unit *find_unit(const struct unit *units, const char *suffix, size_t length);
static const struct unit *fitting_unit(const struct unit *units, double value, double limit);
static const char *skip_spaces(const char *text);

int units_parse_bytes(const char *text, int64_t *out_bytes, struct err *err)
{
    const struct unit *unit = NULL;
    int64_t bytes = 0;
    const char *rest = scan(skip_spaces(text), size_units, &unit, &bytes);
    if (!rest || *skip_spaces(rest))
        return err_set(err, -EINVAL, "'%s' is not a size; " SIZE_EXAMPLE, text);
    if (bytes < 0)
        return err_set(err, -ERANGE, "'%s' is more bytes than 63 bits hold", text);
    *out_bytes = bytes;
    return 0;
}

int units_parse_duration(const char *text, int64_t *out_ns, struct err *err)
{
    const struct unit *allowed = time_units;
    int64_t sum_ns = 0;
    const char *rest = skip_spaces(text);
    do {
        const struct unit *unit = NULL;
        int64_t ns = 0;
        rest = scan(rest, allowed, &unit, &ns);
        if (!rest)
            return err_set(err, -EINVAL, "'%s' is not a duration; " TIME_EXAMPLE, text);
        if (ns < 0 || __builtin_add_overflow(sum_ns, ns, &sum_ns))
            return err_set(err, -ERANGE, "'%s' is longer than 292 years", text);
        allowed = unit + 1;
        rest = skip_spaces(rest);
    } while (*rest);
    *out_ns = sum_ns;
    return 0;
}

const char *units_format_bytes(double bytes, char *out, size_t size)
{
    if (!isfinite(bytes)) {
        (void)snprintf(out, size, "n/a");
        return out;
    }
    const struct unit *unit = fitting_unit(size_units, fabs(bytes), 1023.5);
    double value = bytes / (double)unit->factor;
    (void)snprintf(out, size, fabs(value) < 999.5 ? "%.3g %s" : "%.0f %s", value, unit->suffix);
    return out;
}

const char *units_format_rate(double bytes, char *out, size_t size)
{
    static const char *const suffixes[] = {"B", "kB", "MB", "GB"};
    size_t step = 0;
    if (!isfinite(bytes)) {
        (void)snprintf(out, size, "n/a");
        return out;
    }
    for (; fabs(bytes) >= 999.5 && step + 1 < sizeof suffixes / sizeof suffixes[0]; step++)
        bytes /= 1000;
    if (step == 0 && fabs(bytes) < 0.5)
        bytes = 0;
    (void)snprintf(out, size, fabs(bytes) < 999.5 ? "%.3g %s" : "%.0f %s", bytes, suffixes[step]);
    return out;
}

const char *units_format_duration(int64_t ns, char *out, size_t size)
{
    const char *sign = ns < 0 ? "-" : "";
    uint64_t rest_ns = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
    if (rest_ns < UINT64_C(59950000000)) {
        const struct unit *unit = fitting_unit(time_units + 2, (double)rest_ns, 999.5);
        (void)snprintf(out, size, "%s%.3g %s", sign, (double)rest_ns / (double)unit->factor,
                       unit->suffix);
        return out;
    }
    uint64_t seconds = (rest_ns + 500000000) / 1000000000;
    const unsigned long parts[] = {seconds / 3600, seconds / 60 % 60, seconds % 60};
    size_t used = 0;
    for (size_t i = 0; i < 3; i++) {
        if (parts[i] == 0 || used >= size)
            continue;
        int n = snprintf(out + used, size - used, "%s%lu %s", used ? " " : sign, parts[i],
                         time_units[i].suffix);
        used += (size_t)n;
    }
    return out;
}

/* "1.5 MiB" at the start of `text`: returns what follows, or NULL when it is none. A value that
 * does not fit is -1. The decimal point is '.' in every locale, so strtod() will not do. */
static const char *scan(const char *text, const struct unit *units, const struct unit **out_unit,
                        int64_t *out_value)
{
    enum { DIGITS_MAX = 18 };
    unsigned __int128 mantissa = 0;
    unsigned __int128 scale = 1;
    int digits = 0;
    bool fraction = false;
    for (; (*text >= '0' && *text <= '9') || (*text == '.' && !fraction && digits > 0); text++) {
        if (*text == '.') {
            fraction = true;
            continue;
        }
        if (++digits > DIGITS_MAX)
            return NULL;
        mantissa = mantissa * 10 + (unsigned)(*text - '0');
        scale *= fraction ? 10 : 1;
    }
    if (digits == 0 || text[-1] == '.')
        return NULL;
    text = skip_spaces(text);
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    const struct unit *unit = find_unit(units, text, length);
    if (!unit)
        return NULL;
    unsigned __int128 value = (mantissa * (unsigned __int128)unit->factor + scale / 2) / scale;
    *out_unit = unit;
    *out_value = value > INT64_MAX ? -1 : (int64_t)value;
    return text + length;
}

static const struct unit *find_unit(const struct unit *units, const char *suffix, size_t length)
{
    for (; units->suffix; units++) {
        if (strlen(units->suffix) == length && strncmp(units->suffix, suffix, length) == 0)
            return units;
    }
    return NULL;
}

/* The largest unit of which there is at least one; `limit` is where the next larger one begins, so
 * that 1023.9 KiB is 1 MiB and not 1024 KiB. */
static const struct unit *fitting_unit(const struct unit *units, double value, double limit)
{
    const struct unit *fitting = NULL;
    for (; units->suffix; units++) {
        if (!units->printed)
            continue;
        if (fitting && value / (double)units->factor >= limit)
            return fitting;
        fitting = units;
    }
    return fitting;
}

static const char *skip_spaces(const char *text)
{
    return text + strspn(text, " ");
}
