#include "fields.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "json_text.h"
#include "line.h"
#include "text.h"

json_t *fields_number(int64_t value)
{
    return value < 0 || value > FIELD_I64_MAX ? json_null() : json_integer(value);
}

static json_t *write_seed(int64_t value)
{
    char digits[24];
    (void)snprintf(digits, sizeof digits, "%" PRId64, value);
    return json_string(digits);
}

static json_t *write_words(char *const *words)
{
    json_t *array = json_array();
    for (; words && *words; words++)
        (void)json_array_append_new(array, json_text(*words));
    return array;
}

static json_t *write_list(const struct field *field, const void *from)
{
    const struct field_list *list = field->list;
    const char *items = *(const char *const *)field_member_of(field, from);
    size_t count = *(const size_t *)(const void *)((const char *)from + list->count_offset);
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(
            array, fields_write(list->fields, fields_count(list->fields), items + i * list->size));
    return array;
}

static json_t *write_one(const struct field *field, const void *from)
{
    const void *member = field_member_of(field, from);
    switch (field->kind) {
    case FIELD_I64:
    case FIELD_COUNT:
    case FIELD_BYTES:
    case FIELD_DURATION:
        return fields_number(*(const int64_t *)member);
    case FIELD_SEED:
        return write_seed(*(const int64_t *)member);
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
    case FIELD_WORDS:
    case FIELD_PAIRS:
        return write_words(*(char *const *const *)member);
    case FIELD_LIST:
        return write_list(field, from);
    }
    return NULL;
}

/* The object a name with dots leads into; made where it is not there. */
static json_t *group_of(json_t *object, const char **name)
{
    for (const char *dot; (dot = strchr(*name, '.')) != NULL; *name = dot + 1) {
        char word[FIELD_NAME_MAX];
        (void)snprintf(word, sizeof word, "%.*s", (int)(dot - *name), *name);
        if (!json_object_get(object, word))
            (void)json_object_set_new(object, word, json_object());
        object = json_object_get(object, word);
    }
    return object;
}

json_t *fields_write(const struct field *table, size_t count, const void *from)
{
    json_t *object = json_object();
    for (size_t i = 0; i < count; i++) {
        const char *name = table[i].name;
        json_t *group = group_of(object, &name);
        (void)json_object_set_new(group, name, write_one(&table[i], from));
    }
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

static int read_seed(const json_t *value, int64_t *member)
{
    int64_t number = 0;
    if (!json_is_string(value))
        return read_number(value, INT64_MAX, member);
    struct line digits = {json_string_value(value), json_string_length(value)};
    if (!line_take_count(&digits, &number) || digits.length > 0)
        return -EINVAL;
    *member = number;
    return 0;
}

static int read_words(const json_t *value, char ***member)
{
    size_t index;
    const json_t *word;
    *member = NULL;
    if (json_is_null(value))
        return 0;
    if (!json_is_array(value))
        return -EINVAL;
    *member = calloc(json_array_size(value) + 1, sizeof **member);
    if (!*member)
        abort();
    json_array_foreach(value, index, word)
    {
        if (!json_is_string(word))
            return -EINVAL;
        (*member)[index] = text_own(json_string_value(word));
    }
    return 0;
}

static int read_list(const struct field *field, const json_t *value, void *into, struct err *err)
{
    const struct field_list *list = field->list;
    size_t count = json_array_size(value);
    if (!json_is_array(value) && !json_is_null(value))
        return err_set(err, -EINVAL, "'%s' is not of the expected kind", field->name);
    char *items = calloc(count + 1, list->size);
    if (!items)
        abort();
    *(char **)field_member(field, into) = items;
    *(size_t *)(void *)((char *)into + list->count_offset) = count;
    for (size_t i = 0; i < count; i++)
        if (fields_read(json_array_get(value, i), list->fields, fields_count(list->fields),
                        items + i * list->size, err) < 0)
            return err_wrap(err, "%s %zu", list->item, i + 1);
    return 0;
}

static int read_one(const struct field *field, const json_t *value, void *member)
{
    switch (field->kind) {
    case FIELD_I64:
    case FIELD_COUNT:
    case FIELD_BYTES:
    case FIELD_DURATION:
        return read_number(value, FIELD_I64_MAX, member);
    case FIELD_SEED:
        return read_seed(value, member);
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
    case FIELD_WORDS:
    case FIELD_PAIRS:
        return read_words(value, member);
    case FIELD_LIST:
        break;
    }
    return -EINVAL;
}

static const json_t *stored_at(const json_t *object, const char *name)
{
    for (const char *dot; (dot = strchr(name, '.')) != NULL; name = dot + 1) {
        char word[FIELD_NAME_MAX];
        (void)snprintf(word, sizeof word, "%.*s", (int)(dot - name), name);
        object = json_object_get(object, word);
    }
    return json_object_get(object, name);
}

int fields_read(const json_t *object, const struct field *table, size_t count, void *into,
                struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        const struct field *field = &table[i];
        const json_t *value = stored_at(object, field->name);
        int code = 0;
        if (!value && !field->later)
            return err_set(err, -EINVAL, "'%s' is missing", field->name);
        if (!value && field->fallback && *field->fallback)
            code = field_parse(field, field->fallback, into, err);
        else if (field->kind == FIELD_LIST)
            code = read_list(field, value ? value : json_null(), into, err);
        else if (read_one(field, value ? value : json_null(), field_member(field, into)) < 0)
            code = err_set(err, -EINVAL, "'%s' is not of the expected kind", field->name);
        if (code < 0)
            return code;
    }
    return 0;
}
