#include "field.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "clock.h"
#include "memory_stream.h"
#include "text.h"
#include "units.h"

static const char *const flags[] = {"false", "true", NULL};

static int refuse(const struct field *field, const char *text, struct err *err);
static int parse_name(const struct field *field, const char *const *names, const char *text,
                      int *out, struct err *err);
static int parse_number(const struct field *field, const char *text, int64_t *out, struct err *err);
static bool has_range(const struct field *field);
static void release_list(const struct field *field, void *of);

size_t fields_count(const struct field *table)
{
    size_t count = 0;
    while (table[count].name)
        count++;
    return count;
}

const struct field *fields_find_key(const struct field *table, const char *key)
{
    for (; table->name; table++)
        if (table->key && strcmp(table->key, key) == 0)
            return table;
    return NULL;
}

int field_parse(const struct field *field, const char *text, void *into, struct err *err)
{
    void *member = field_member(field, into);
    int index = 0;
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_WORD:
        if (!*text)
            return refuse(field, text, err);
        free(*(char **)member);
        *(char **)member = text_own(text);
        return 0;
    case FIELD_WORDS:
        fields_release((const struct field[]){*field, {.name = NULL}}, into);
        *(char ***)member = field_words(text);
        return **(char ***)member ? 0 : refuse(field, text, err);
    case FIELD_BOOL:
        if (parse_name(field, flags, text, &index, err) < 0)
            return -EINVAL;
        *(bool *)member = index == 1;
        return 0;
    case FIELD_NAME:
        return parse_name(field, field->names, text, (int *)member, err);
    case FIELD_SEED:
    case FIELD_COUNT:
    case FIELD_BYTES:
    case FIELD_DURATION:
        return parse_number(field, text, (int64_t *)member, err);
    case FIELD_I64:
    case FIELD_DOUBLE:
    case FIELD_PAIRS:
    case FIELD_LIST:
        break;
    }
    return refuse(field, text, err);
}

static int parse_name(const struct field *field, const char *const *names, const char *text,
                      int *out, struct err *err)
{
    for (int i = 0; names[i]; i++) {
        if (strcmp(names[i], text) != 0)
            continue;
        *out = i;
        return 0;
    }
    return refuse(field, text, err);
}

static int parse_number(const struct field *field, const char *text, int64_t *out, struct err *err)
{
    int64_t number = 0;
    int code = 0;
    if (field->kind == FIELD_BYTES) {
        code = units_parse_bytes(text, &number, err);
    } else if (field->kind == FIELD_DURATION) {
        code = units_parse_duration(text, &number, err);
    } else {
        char *end = NULL;
        errno = 0;
        number = strtoll(text, &end, 10);
        if (errno || end == text || *end)
            return refuse(field, text, err);
    }
    if (code < 0)
        return code;
    if (number < field->least || number > field->most)
        return refuse(field, text, err);
    *out = number;
    return 0;
}

static bool has_range(const struct field *field)
{
    return field->kind == FIELD_COUNT || field->kind == FIELD_BYTES ||
           field->kind == FIELD_DURATION || field->kind == FIELD_SEED;
}

/* As a shell does, but for everything it would replace: quotes keep a word together, also an empty
 * one, and a backslash outside single quotes takes the next character as it is. */
char **field_words(const char *text)
{
    char **words = calloc(strlen(text) / 2 + 2, sizeof *words);
    AUTO_FREE char *word = malloc(strlen(text) + 1);
    size_t count = 0;
    if (!words || !word)
        abort();
    for (text += strspn(text, " \t\n"); *text; text += strspn(text, " \t\n")) {
        size_t length = 0;
        char quote = '\0';
        for (; *text && (quote || !strchr(" \t\n", *text)); text++) {
            if (quote ? *text == quote : *text == '\'' || *text == '"')
                quote = quote ? '\0' : *text;
            else if (*text == '\\' && quote != '\'' && text[1])
                word[length++] = *++text;
            else
                word[length++] = *text;
        }
        word[length] = '\0';
        words[count++] = text_own(word);
    }
    return words;
}

static int refuse(const struct field *field, const char *text, struct err *err)
{
    char expected[256];
    (void)field_expected(field, expected, sizeof expected);
    if (!*text)
        return err_set(err, -EINVAL, "nothing is given; expected %s", expected);
    return err_set(err, -EINVAL, "'%s' is given; expected %s", text, expected);
}

static void list_names(const char *const *names, char *out, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; names[i] && used < size; i++) {
        const char *before = i == 0 ? "" : names[i + 1] ? ", " : " or ";
        used += (size_t)snprintf(out + used, size - used, "%s%s", before, names[i]);
    }
}

const char *field_expected(const struct field *field, char *out, size_t size)
{
    char least[64];
    char most[64];
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_WORD:
        return text_copy(out, size, "text");
    case FIELD_WORDS:
        return text_copy(out, size, "a list of words");
    case FIELD_PAIRS:
        return text_copy(out, size, "lines of 'name: text'");
    case FIELD_LIST:
        return text_copy(out, size, "a list, each entry after '- '");
    case FIELD_BOOL:
        return text_copy(out, size, "true or false");
    case FIELD_DOUBLE:
        return text_copy(out, size, "a number");
    case FIELD_I64:
        return text_copy(out, size, "a whole number");
    case FIELD_NAME:
        list_names(field->names, out, size);
        return out;
    case FIELD_SEED:
    case FIELD_COUNT:
        (void)snprintf(out, size, "a whole number from %" PRId64 " to %" PRId64, field->least,
                       field->most);
        return out;
    case FIELD_BYTES:
        (void)snprintf(out, size, "a size from %s to %s",
                       units_format_bytes((double)field->least, least, sizeof least),
                       units_format_bytes((double)field->most, most, sizeof most));
        return out;
    case FIELD_DURATION:
        (void)snprintf(out, size, "a duration from %s to %s",
                       units_format_duration(field->least, least, sizeof least),
                       units_format_duration(field->most, most, sizeof most));
        return out;
    }
    return out;
}

/* So that field_words() gives back the same words. */
static char *join(char *const *words)
{
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    for (size_t i = 0; words && words[i]; i++) {
        const char *quote = *words[i] && !strpbrk(words[i], " \t\n'\"\\") ? "" : "'";
        (void)fprintf(out, "%s%s", i ? " " : "", quote);
        for (const char *c = words[i]; *c; c++)
            (void)fprintf(out, *c == '\'' ? "'\\''" : "%c", *c);
        (void)fputs(quote, out);
    }
    return memory_stream_close(&memory);
}

/* From large to small; the last one divides all. */
static const struct unit {
    const char *name;
    int64_t size;
} sizes[] = {{"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}},
  times[] = {{"s", CLOCK_NS_PER_S}, {"ms", CLOCK_NS_PER_MS}, {"us", 1000}, {"ns", 1}};

/* No digit is lost. */
static void in_whole_units(int64_t value, const struct unit *unit, char *out, size_t size)
{
    while (value % unit->size != 0)
        unit++;
    (void)snprintf(out, size, "%" PRId64 " %s", value / unit->size, unit->name);
}

char *field_text(const struct field *field, const void *from)
{
    const void *member = field_member_of(field, from);
    char text[64] = "";
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_WORD:
        return text_own(*(char *const *)member ? *(char *const *)member : "");
    case FIELD_WORDS:
    case FIELD_PAIRS:
        return join(*(char *const *const *)member);
    case FIELD_BOOL:
        return text_own(flags[*(const bool *)member]);
    case FIELD_NAME:
        return text_own(field->names[*(const int *)member]);
    case FIELD_DOUBLE:
        (void)snprintf(text, sizeof text, "%.17g", *(const double *)member);
        break;
    case FIELD_I64:
    case FIELD_SEED:
    case FIELD_COUNT:
        (void)snprintf(text, sizeof text, "%" PRId64, *(const int64_t *)member);
        break;
    case FIELD_BYTES:
        in_whole_units(*(const int64_t *)member, sizes, text, sizeof text);
        break;
    case FIELD_DURATION:
        in_whole_units(*(const int64_t *)member, times, text, sizeof text);
        break;
    case FIELD_LIST:
        break;
    }
    return text_own(text);
}

int fields_check(const struct field *table, const void *from, struct err *err)
{
    for (const struct field *field = table; field->name; field++) {
        char expected[256];
        if (!has_range(field))
            continue;
        int64_t number = field_get_i64(field, from);
        if (number < field->least || number > field->most)
            return err_set(err, -EINVAL, "%s is %" PRId64 "; expected %s",
                           field->key ? field->key : field->name, number,
                           field_expected(field, expected, sizeof expected));
    }
    return 0;
}

void fields_differences(const struct field *table, const char *before, const void *here,
                        const void *there, FILE *out)
{
    for (const struct field *field = table; field->name; field++) {
        if (field->descriptive)
            continue;
        AUTO_FREE char *mine = field_text(field, here);
        AUTO_FREE char *other = field_text(field, there);
        if (strcmp(mine, other) != 0)
            (void)fprintf(out, "%s%s: %s here, %s there\n", before,
                          field->key ? field->key : field->name, *mine ? mine : "none",
                          *other ? other : "none");
    }
}

void fields_release(const struct field *table, void *of)
{
    for (const struct field *field = table; field->name; field++) {
        void *member = field_member(field, of);
        if (field->kind == FIELD_LIST)
            release_list(field, of);
        if (field->kind == FIELD_WORDS || field->kind == FIELD_PAIRS)
            for (char **word = *(char ***)member; word && *word; word++)
                free(*word);
        if (field->kind == FIELD_TEXT || field->kind == FIELD_WORD || field->kind == FIELD_WORDS ||
            field->kind == FIELD_PAIRS || field->kind == FIELD_LIST) {
            free(*(void **)member);
            *(void **)member = NULL;
        }
    }
}

static void release_list(const struct field *field, void *of)
{
    char *items = *(char **)field_member(field, of);
    size_t *count = (size_t *)(void *)((char *)of + field->list->count_offset);
    for (size_t i = 0; items && i < *count; i++)
        fields_release(field->list->fields, items + i * field->list->size);
    *count = 0;
}
