#include "option_values.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "units.h"

static int parse_number(const struct option_row *row, const char *text, int64_t *out,
                        struct err *err)
{
    char *end = NULL;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno || end == text || *end || value < row->least || value > row->most)
        return err_set(err, -EINVAL,
                       "--%s: '%s' is not a whole number from %" PRId64 " to %" PRId64, row->name,
                       text, row->least, row->most);
    *out = value;
    return 0;
}

static int parse_duration(const struct option_row *row, const char *text, int64_t *out,
                          struct err *err)
{
    char bound[32];
    int64_t value = 0;
    int64_t most = row->most ? row->most : INT64_MAX / 4; /* may be added to a time */
    if (units_parse_duration(text, &value, err) < 0)
        return err_wrap(err, "--%s", row->name);
    if (value < row->least)
        return err_set(err, -EINVAL, "--%s: '%s' is too short; %s is the least", row->name, text,
                       units_format_duration(row->least, bound, sizeof bound));
    if (value > most)
        return err_set(err, -EINVAL, "--%s: '%s' is too long", row->name, text);
    *out = value;
    return 0;
}

static int add_word(const struct option_row *row, const char *text, struct option_list *list,
                    struct err *err)
{
    if (list->count == OPTION_LIST_MAX)
        return err_set(err, -EINVAL, "--%s: more than %d of them", row->name, OPTION_LIST_MAX);
    list->words[list->count++] = text;
    return 0;
}

int option_take(const struct option_row *row, const char *text, char *out, struct err *err)
{
    void *to = out + row->at;
    switch (row->kind) {
    case OPTION_SWITCH:
        *(bool *)to = true;
        return 0;
    case OPTION_TEXT:
        *(const char **)to = text;
        return 0;
    case OPTION_LIST:
        return add_word(row, text, to, err);
    case OPTION_NUMBER:
        return parse_number(row, text, to, err);
    case OPTION_DURATION:
        return parse_duration(row, text, to, err);
    case OPTION_PARSED:
        return row->parse(text, to, err);
    }
    abort();
}
