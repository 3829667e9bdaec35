#include "row_file.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "fields_file.h"
#include "file_name.h"

static const struct field fields[] = {
    {FIELD_AT(struct row_file, base), .key = "base", .kind = FIELD_WORD,
     .sentence = "the row it begins with, as 'jemalloc'"},
    {FIELD_AT(struct row_file, environment), .key = "environment", .kind = FIELD_WORDS,
     .sentence = "variables KEY=value, separated by spaces or as a list"},
    {FIELD_AT(struct row_file, reason), .key = "reason", .kind = FIELD_WORD,
     .sentence = "why this row exists, for the report"},
    {FIELD_AT(struct row_file, defaults), .key = "defaults", .kind = FIELD_TEXT, .fallback = "",
     .sentence = "what holds without these variables"},
    {.name = NULL},
};

static const struct fields_format format = {
    .fields = fields,
    .what = "a row file",
    .least = "'base', 'environment' and 'reason'",
    .keys_are = "a row file has base, environment, reason and defaults",
    .length_max = (size_t)64 * 1024,
};

static bool is_variable(const char *word)
{
    size_t length = strcspn(word, "=");
    bool good = length > 0 && word[length] == '=' && !isdigit((unsigned char)word[0]);
    for (size_t i = 0; i < length; i++)
        good = good && (isalnum((unsigned char)word[i]) || word[i] == '_');
    return good;
}

/* HEAPCHURN_* is how the driver speaks to a subject: it could switch the proof of identity off. */
static int check_variable(const char *word, struct err *err)
{
    if (!is_variable(word))
        return err_set(err, -EINVAL, "'%s' is no KEY=value", word);
    if (strncmp(word, "HEAPCHURN_", strlen("HEAPCHURN_")) == 0)
        return err_set(err, -EINVAL, "'%s': variables of heapchurn itself cannot be set", word);
    return 0;
}

static int check_environment(const struct yaml_tree *tree, const struct row_file *row,
                             struct err *err)
{
    static const char key[] = "environment";
    const struct yaml *given = yaml_find(&tree->root, key);
    if (!*row->environment) {
        (void)err_set(err, -EINVAL, "no variable is given; expected KEY=value");
        return fields_file_err_at(tree, &tree->root, key, err);
    }
    for (size_t i = 0; row->environment[i]; i++) {
        if (check_variable(row->environment[i], err) == 0)
            continue;
        (void)err_wrap(err, "%s", key);
        return yaml_err_at(tree, given->shape == YAML_LIST ? &given->items[i] : given, err);
    }
    return 0;
}

int row_file_name(const char *path, char *out_name, struct err *err)
{
    return file_name(path, format.what, "-_.+", out_name, err);
}

int row_file_load(const char *path, struct row_file *out, struct err *err)
{
    AUTO(row_file) struct row_file row = {.base = NULL};
    AUTO(yaml_tree) struct yaml_tree tree = {.path = NULL};
    int code = row_file_name(path, row.name, err);
    if (code == 0)
        code = fields_file_read(path, &format, &row, &tree, err);
    if (code == 0)
        code = check_environment(&tree, &row, err);
    if (code < 0)
        return code;
    *out = row;
    row = (struct row_file){.base = NULL};
    return 0;
}

void row_file_release(struct row_file *row)
{
    fields_release(fields, row);
    *row = (struct row_file){.base = NULL};
}
