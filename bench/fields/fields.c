#include "fields.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_text.h"
#include "line.h"

json_t *fields_number(int64_t value)
{
    return value < 0 || value > FIELD_I64_MAX ? json_null() : json_integer(value);
}

static json_t *write_one(const struct field *field, const void *member)
{
    switch (field->kind) {
    case FIELD_I64:
        return fields_number(*(const int64_t *)member);
    case FIELD_SEED: {
        char digits[24];
        (void)snprintf(digits, sizeof digits, "%" PRId64, *(const int64_t *)member);
        return json_string(digits);
    }
    case FIELD_BOOL:
        return json_boolean(*(const bool *)member);
    case FIELD_DOUBLE: {
        double value = *(const double *)member;
        return isfinite(value) ? json_real(value) : json_null();
    }
    case FIELD_TEXT:
    case FIELD_WORD:
        return json_text(*(char *const *)member);
    case FIELD_NAME:
        return json_text(field->names[*(const int *)member]);
    }
    return NULL;
}

json_t *fields_write(const struct field *table, size_t count, const void *from)
{
    json_t *object = json_object();
    for (size_t i = 0; i < count; i++)
        (void)json_object_set_new(object, table[i].name,
                                  write_one(&table[i], (const char *)from + table[i].offset));
    return object;
}

static int read_number(const json_t *value, int64_t most, int64_t *member)
{
    if (!json_is_integer(value) && !json_is_null(value))
        return -EINVAL;
    json_int_t number = json_integer_value(value);
    if (number < 0 || number > most)
        return -EINVAL;
    *member = json_is_null(value) ? -1 : number;
    return 0;
}

static int read_digits(const char *text, int64_t *member)
{
    int64_t number = 0;
    struct line digits = {text, strlen(text)};
    if (!line_take_count(&digits, &number) || digits.length > 0)
        return -EINVAL;
    *member = number;
    return 0;
}

static int read_text(const json_t *value, char **member)
{
    if (!json_is_string(value) && !json_is_null(value))
        return -EINVAL;
    free(*member);
    *member = json_is_null(value) ? NULL : strdup(json_string_value(value));
    return 0;
}

static int read_name(const json_t *value, const char *const *names, int *member)
{
    const char *name = json_string_value(value);
    for (int i = 0; name && names[i]; i++)
        if (strcmp(names[i], name) == 0) {
            *member = i;
            return 0;
        }
    return -EINVAL;
}

static int read_one(const struct field *field, const json_t *value, void *member)
{
    switch (field->kind) {
    case FIELD_I64:
        return read_number(value, FIELD_I64_MAX, member);
    case FIELD_SEED:
        return json_is_string(value) ? read_digits(json_string_value(value), member)
                                     : read_number(value, INT64_MAX, member);
    case FIELD_BOOL:
        if (!json_is_boolean(value))
            return -EINVAL;
        *(bool *)member = json_is_true(value);
        return 0;
    case FIELD_DOUBLE:
        if (!json_is_number(value) && !json_is_null(value))
            return -EINVAL;
        *(double *)member = json_is_null(value) ? NAN : json_number_value(value);
        return 0;
    case FIELD_TEXT:
        return read_text(value, member);
    case FIELD_WORD:
        return json_is_null(value) ? -EINVAL : read_text(value, member);
    case FIELD_NAME:
        return read_name(value, field->names, member);
    }
    return -EINVAL;
}

int fields_read(const json_t *object, const struct field *table, size_t count, void *into,
                struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_object_get(object, table[i].name);
        if (!value && table[i].later)
            value = json_null(); /* a constant of jansson: needs no release */
        if (!value)
            return err_set(err, -EINVAL, "'%s' is missing", table[i].name);
        if (read_one(&table[i], value, (char *)into + table[i].offset) < 0)
            return err_set(err, -EINVAL, "'%s' is not of the expected kind", table[i].name);
    }
    return 0;
}
