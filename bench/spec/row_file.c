#include "row_file.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spec_yaml.h"

enum key { KEY_BASE, KEY_ENVIRONMENT, KEY_REASON, KEY_DEFAULTS };

static const struct spec_key keys[] = {
    [KEY_BASE] = {"base", SPEC_TEXT, .sentence = "the row it begins with, as 'jemalloc'"},
    [KEY_ENVIRONMENT] = {"environment", SPEC_TEXT,
                         .sentence = "variables KEY=value, separated by spaces"},
    [KEY_REASON] = {"reason", SPEC_TEXT, .sentence = "why this row exists, for the report"},
    [KEY_DEFAULTS] = {"defaults", SPEC_TEXT, .fallback = "",
                      .sentence = "what holds without these variables"},
    {.name = NULL},
};

static const struct spec_format format = {
    .keys = keys,
    .what = "a row file",
    .least = "'base', 'environment' and 'reason'",
    .keys_are = "a row file has base, environment, reason and defaults",
    .name_marks = "-_.+",
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
static int split(const char *text, struct row_file *out, struct err *err)
{
    AUTO_FREE char *copy = strdup(text);
    size_t count = 0;
    out->environment = calloc(strlen(text) / 2 + 2, sizeof *out->environment);
    if (!copy || !out->environment)
        return err_set(err, -ENOMEM, "out of memory");
    for (char *rest = copy, *word; (word = strsep(&rest, " \t\n")) != NULL;) {
        if (!*word)
            continue;
        if (!is_variable(word))
            return err_set(err, -EINVAL, "'%s' is no KEY=value", word);
        if (strncmp(word, "HEAPCHURN_", strlen("HEAPCHURN_")) == 0)
            return err_set(err, -EINVAL, "'%s': variables of heapchurn itself cannot be set", word);
        out->environment[count++] = strdup(word);
    }
    return count ? 0 : err_set(err, -EINVAL, "no variable is given; expected KEY=value");
}

static int fill(const struct spec_yaml *yaml, struct row_file *out, struct err *err)
{
    for (size_t i = 0; keys[i].name; i++)
        if (!keys[i].fallback && (!yaml->value[i] || !*yaml->value[i])) {
            (void)err_set(err, -EINVAL, "is missing; it is %s", keys[i].sentence);
            return spec_yaml_locate(yaml, keys[i].name, err);
        }
    out->base = strdup(yaml->value[KEY_BASE]);
    out->reason = strdup(yaml->value[KEY_REASON]);
    out->defaults = yaml->value[KEY_DEFAULTS] ? strdup(yaml->value[KEY_DEFAULTS]) : NULL;
    if (split(yaml->value[KEY_ENVIRONMENT], out, err) < 0)
        return spec_yaml_locate(yaml, keys[KEY_ENVIRONMENT].name, err);
    return 0;
}

int row_file_name(const char *path, char *out_name, struct err *err)
{
    return spec_yaml_name(path, &format, out_name, err);
}

int row_file_load(const char *path, struct row_file *out, struct err *err)
{
    AUTO(row_file) struct row_file row = {.base = NULL};
    AUTO(spec_yaml) struct spec_yaml yaml = {0};
    int code = row_file_name(path, row.name, err);
    if (code == 0)
        code = spec_yaml_read(path, &format, &yaml, err);
    if (code == 0)
        code = fill(&yaml, &row, err);
    if (code < 0)
        return code;
    *out = row;
    row = (struct row_file){.base = NULL};
    return 0;
}

void row_file_release(struct row_file *row)
{
    free(row->base);
    free(row->reason);
    free(row->defaults);
    for (char **entry = row->environment; entry && *entry; entry++)
        free(*entry);
    free(row->environment);
    *row = (struct row_file){.base = NULL};
}
