#include "row_file.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fields_file.h"
#include "file_name.h"

static const struct field fields[] = {
    {FIELD_AT(struct row_file, base), .key = "base", .kind = FIELD_TEXT, .fallback = "",
     .sentence = "the row it begins with, as 'jemalloc'"},
    {FIELD_AT(struct row_file, allocator), .key = "allocator", .kind = FIELD_TEXT, .fallback = "",
     .sentence = "or the allocator whose library is another one, as 'jemalloc'"},
    {FIELD_AT(struct row_file, library), .key = "library", .kind = FIELD_TEXT, .fallback = "",
     .sentence = "the file that serves in place of the machine's; relative to the row file"},
    {FIELD_AT(struct row_file, label), .key = "label", .kind = FIELD_TEXT, .fallback = "",
     .sentence = "what that library is called, as '5.3.1': the row is 'jemalloc@5.3.1'"},
    {FIELD_AT(struct row_file, environment), .key = "environment", .kind = FIELD_WORDS,
     .fallback = "", .sentence = "variables KEY=value, separated by spaces or as a list"},
    {FIELD_AT(struct row_file, huge_pages), .key = "huge_pages", .kind = FIELD_NAME,
     .names = allocator_huge_pages_names, .fallback = "as found",
     .sentence = "transparent ones: off, or asked for by the variables"},
    {FIELD_AT(struct row_file, reason), .key = "reason", .kind = FIELD_TEXT, .fallback = "",
     .sentence = "why this row exists, for the report"},
    {FIELD_AT(struct row_file, defaults), .key = "defaults", .kind = FIELD_TEXT, .fallback = "",
     .sentence = "what holds without these variables"},
    {.name = NULL},
};

static const struct fields_format format = {
    .fields = fields,
    .what = "a row file",
    .least = "'base', 'environment' and 'reason', or 'allocator', 'library' and 'label'",
    .keys_are =
        "a row file has base or allocator, library, label, environment, huge_pages, reason, "
        "defaults",
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
    if (given && !*row->environment && !row->library) {
        (void)err_set(err, -EINVAL, "no variable is given; expected KEY=value");
        return fields_file_err_at(tree, &tree->root, key, err);
    }
    for (size_t i = 0; given && row->environment && row->environment[i]; i++) {
        if (check_variable(row->environment[i], err) == 0)
            continue;
        (void)err_wrap(err, "%s", key);
        return yaml_err_at(tree, given->shape == YAML_LIST ? &given->items[i] : given, err);
    }
    return 0;
}

/* What is needed depends on whether a library is named. */
static int check_keys(const struct yaml_tree *tree, const struct row_file *row, struct err *err)
{
    const struct {
        const char *key;
        bool lacks;
        const char *says;
    } rules[] = {
        {"base", !row->base && !row->allocator, "is missing"},
        {"base", row->base && row->allocator,
         "stands beside 'allocator'; a row begins with one of them"},
        {"library", row->allocator && !row->library,
         "is missing: 'allocator' says whose library it is; 'base' begins with a row as it is"},
        {"label", row->library && !row->label, "is missing: what is the library called?"},
        {"label", !row->library && row->label, "names a library, and none is given"},
        {"environment",
         !row->library && row->huge_pages == HUGE_PAGES_AS_FOUND &&
             !yaml_find(&tree->root, "environment"),
         "is missing"},
        {"reason", !row->library && !row->reason, "is missing"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rules); i++) {
        if (!rules[i].lacks)
            continue;
        (void)err_set(err, -EINVAL, "%s", rules[i].says);
        return fields_file_err_at(tree, &tree->root, rules[i].key, err);
    }
    return 0;
}

static int check_label(const struct yaml_tree *tree, const struct row_file *row, struct err *err)
{
    size_t length = row->label ? strlen(row->label) : 0;
    bool good = length < ROW_LABEL_MAX;
    for (size_t i = 0; i < length; i++)
        good = good && (isalnum((unsigned char)row->label[i]) || strchr("-_.~", row->label[i]));
    if (good)
        return 0;
    (void)err_set(err, -EINVAL,
                  "'%s' is given; expected letters, digits and any of '-_.~', at most %d",
                  row->label, ROW_LABEL_MAX - 1);
    return fields_file_err_at(tree, &tree->root, "label", err);
}

/* A path in the file is meant from where the file is. */
static int place_library(const char *path, struct row_file *row, struct err *err)
{
    const char *slash = strrchr(path, '/');
    if (!row->library || row->library[0] == '/')
        return 0;
    AUTO_FREE char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup("./");
    AUTO_FREE char *real = folder ? realpath(folder, NULL) : NULL;
    char *placed = NULL;
    if (!real || asprintf(&placed, "%s/%s", real, row->library) < 0)
        return err_set(err, -errno, "%s: %s", path, strerror(errno));
    free(row->library);
    row->library = placed;
    return 0;
}

/* "jemalloc+decay0" on another library is "jemalloc@5.3.1+decay0". */
static int name_row(const char *path, struct row_file *row, struct err *err)
{
    int code = row->library ? 0 : file_name(path, format.what, "-_.+", row->name, err);
    if (!row->library)
        return code;
    size_t stem = strcspn(row->base, "+");
    int length = snprintf(row->name, sizeof row->name, "%.*s@%s%s", (int)stem, row->base,
                          row->label, row->base + stem);
    return (size_t)length < sizeof row->name
               ? 0
               : err_set(err, -EINVAL, "%s: the name %.*s@%s%s is too long", path, (int)stem,
                         row->base, row->label, row->base + stem);
}

int row_file_load(const char *path, struct row_file *out, struct err *err)
{
    AUTO(row_file) struct row_file row = {.base = NULL};
    AUTO(yaml_tree) struct yaml_tree tree = {.path = NULL};
    int code = fields_file_read(path, &format, &row, &tree, err);
    if (code == 0)
        code = check_keys(&tree, &row, err);
    if (code == 0)
        code = check_label(&tree, &row, err);
    if (code == 0)
        code = check_environment(&tree, &row, err);
    if (code == 0 && !row.base)
        row.base = TAKE_PTR(row.allocator);
    if (code == 0)
        code = name_row(path, &row, err);
    if (code == 0)
        code = place_library(path, &row, err);
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
