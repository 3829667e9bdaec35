#include "fields_file.h"

#include <errno.h>
#include <string.h>

#include "text.h"

struct reading {
    const struct fields_format *format;
    const struct yaml_tree *tree;
};

static const struct yaml *group_of(const struct yaml *map, const char *key);
static int read_map(const struct reading *reading, const struct yaml *map,
                    const struct field *fields, void *into, struct err *err);
static int check_keys(const struct reading *reading, const struct yaml *map,
                      const struct field *fields, const char *group, struct err *err);
static int read_field(const struct reading *reading, const struct yaml *map,
                      const struct field *field, void *into, struct err *err);
static int read_words(const struct yaml_tree *tree, const struct field *field,
                      const struct yaml *list, void *into, struct err *err);
static int read_pairs(const struct yaml_tree *tree, const struct field *field,
                      const struct yaml *map, void *into, struct err *err);
static int read_list(const struct reading *reading, const struct field *field,
                     const struct yaml *list, void *into, struct err *err);

int fields_file_read(const char *path, const struct fields_format *format, void *into,
                     struct yaml_tree *out_tree, struct err *err)
{
    AUTO(yaml_tree) struct yaml_tree tree = {.path = NULL};
    int code = yaml_tree_read(path, format->length_max, format->what, &tree, err);
    if (code < 0)
        return code;
    if (tree.root.line == 0)
        return err_set(err, -EINVAL, "%s:1:1: the file says nothing; it needs at least %s", path,
                       format->least);
    const struct reading reading = {.format = format, .tree = &tree};
    code = read_map(&reading, &tree.root, format->fields, into, err);
    if (code < 0)
        return code;
    *out_tree = tree;
    tree = (struct yaml_tree){.path = NULL};
    return 0;
}

int fields_file_err_at(const struct yaml_tree *tree, const struct yaml *map, const char *key,
                       struct err *err)
{
    const struct yaml *value = yaml_find(map, key);
    if (!value)
        value = group_of(map, key);
    (void)err_wrap(err, "%s", key);
    return yaml_err_at(tree, value ? value : map, err);
}

/* The map "ready" of "ready.within"; NULL: it is not given. What is in no group is in `map`. */
static const struct yaml *group_of(const struct yaml *map, const char *key)
{
    char group[2 * FIELD_NAME_MAX];
    const char *dot = strrchr(key, '.');
    if (!dot)
        return map;
    (void)snprintf(group, sizeof group, "%.*s", (int)(dot - key), key);
    return yaml_find(map, group);
}

static int read_map(const struct reading *reading, const struct yaml *map,
                    const struct field *fields, void *into, struct err *err)
{
    int code = check_keys(reading, map, fields, "", err);
    for (const struct field *field = fields; code == 0 && field->name; field++)
        if (field->key)
            code = read_field(reading, map, field, into, err);
    return code;
}

/* The words that may stand in the group, NULL-terminated: "within" where the group is "ready.". */
static void words_of(const struct field *fields, const char *group, char words[][FIELD_NAME_MAX],
                     const char **names)
{
    size_t count = 0;
    for (; fields->name; fields++) {
        if (!fields->key || strncmp(fields->key, group, strlen(group)) != 0)
            continue;
        const char *word = fields->key + strlen(group);
        (void)snprintf(words[count], FIELD_NAME_MAX, "%.*s", (int)strcspn(word, "."), word);
        if (count == 0 || strcmp(words[count - 1], words[count]) != 0) {
            names[count] = words[count];
            count++;
        }
    }
    names[count] = NULL;
}

static int check_key(const struct reading *reading, const struct yaml *map, const struct yaml *pair,
                     const char *const *names, struct err *err)
{
    const char *word = pair[0].text;
    if (!word)
        (void)err_set(err, -EINVAL, "a list or mapping is given; expected a key");
    else if (!text_in(word, names))
        (void)text_unknown("key", word, names, reading->format->keys_are, -EINVAL, err);
    else if (yaml_find(map, word) != &pair[1])
        (void)err_set(err, -EINVAL, "%s: is given twice", word);
    else
        return 0;
    return yaml_err_at(reading->tree, &pair[0], err);
}

static int check_keys(const struct reading *reading, const struct yaml *map,
                      const struct field *fields, const char *group, struct err *err)
{
    char words[FIELDS_MAX][FIELD_NAME_MAX];
    const char *names[FIELDS_MAX + 1];
    if (map->shape != YAML_MAP) {
        (void)err_set(err, -EINVAL, "expected lines of 'key: value'");
        return yaml_err_at(reading->tree, map, err);
    }
    words_of(fields, group, words, names);
    for (size_t i = 0; i < map->count; i++) {
        const struct yaml *pair = &map->items[2 * i];
        int code = check_key(reading, map, pair, names, err);
        if (code < 0)
            return code;
        char key[2 * FIELD_NAME_MAX];
        (void)snprintf(key, sizeof key, "%s%s", group, pair[0].text);
        if (fields_find_key(fields, key))
            continue;
        (void)snprintf(key, sizeof key, "%s%s.", group, pair[0].text);
        code = check_keys(reading, &pair[1], fields, key, err);
        if (code < 0)
            return code;
    }
    return 0;
}

static int read_field(const struct reading *reading, const struct yaml *map,
                      const struct field *field, void *into, struct err *err)
{
    const struct yaml *value = yaml_find(map, field->key);
    int code = 0;
    if (!value && !field->fallback && group_of(map, field->key))
        code = err_set(err, -EINVAL, "is missing; it is %s", field->sentence);
    else if (!value)
        code = field->fallback && *field->fallback ? field_parse(field, field->fallback, into, err)
                                                   : 0;
    else if (field->kind == FIELD_LIST)
        return read_list(reading, field, value, into, err);
    else if (field->kind == FIELD_WORDS && value->shape == YAML_LIST)
        return read_words(reading->tree, field, value, into, err);
    else if (field->kind == FIELD_PAIRS && value->shape == YAML_MAP)
        return read_pairs(reading->tree, field, value, into, err);
    else if (value->shape != YAML_TEXT)
        code = err_set(err, -EINVAL, "a list or mapping is given; expected one value");
    else
        code = field_parse(field, value->text, into, err);
    return code < 0 ? fields_file_err_at(reading->tree, map, field->key, err) : 0;
}

static int read_words(const struct yaml_tree *tree, const struct field *field,
                      const struct yaml *list, void *into, struct err *err)
{
    char **words = calloc(list->count + 1, sizeof *words);
    if (!words)
        return err_set(err, -ENOMEM, "%s: out of memory", tree->path);
    *(char ***)field_member(field, into) = words;
    for (size_t i = 0; i < list->count; i++) {
        const struct yaml *item = &list->items[i];
        if (!item->text || !(*item->text || item->quoted)) {
            (void)err_set(err, -EINVAL, "%s: expected one value after each '- '", field->key);
            return yaml_err_at(tree, &list->items[i], err);
        }
        words[i] = text_own(item->text);
    }
    return 0;
}

static int read_pairs(const struct yaml_tree *tree, const struct field *field,
                      const struct yaml *map, void *into, struct err *err)
{
    char **pairs = calloc(2 * map->count + 1, sizeof *pairs);
    if (!pairs)
        return err_set(err, -ENOMEM, "%s: out of memory", tree->path);
    *(char ***)field_member(field, into) = pairs;
    for (size_t i = 0; i < map->count; i++) {
        const struct yaml *pair = &map->items[2 * i];
        if (!pair[0].text || !*pair[0].text || !pair[1].text || !*pair[1].text) {
            (void)err_set(err, -EINVAL, "%s: expected lines of 'name: text'", field->key);
            return yaml_err_at(tree, &pair[0], err);
        }
        if (yaml_find(map, pair[0].text) != &pair[1]) {
            (void)err_set(err, -EINVAL, "%s: '%s' is given twice", field->key, pair[0].text);
            return yaml_err_at(tree, &pair[0], err);
        }
        pairs[2 * i] = text_own(pair[0].text);
        pairs[2 * i + 1] = text_own(pair[1].text);
    }
    return 0;
}

static int read_list(const struct reading *reading, const struct field *field,
                     const struct yaml *list, void *into, struct err *err)
{
    const struct field_list *of = field->list;
    if (list->shape != YAML_LIST) {
        (void)err_set(err, -EINVAL, "%s: expected a list, each entry after '- '", field->key);
        return yaml_err_at(reading->tree, list, err);
    }
    char *items = calloc(list->count + 1, of->size);
    if (!items)
        return err_set(err, -ENOMEM, "%s: out of memory", reading->tree->path);
    *(char **)field_member(field, into) = items;
    *(size_t *)(void *)((char *)into + of->count_offset) = list->count;
    for (size_t i = 0; i < list->count; i++) {
        int code = read_map(reading, &list->items[i], of->fields, items + i * of->size, err);
        if (code < 0)
            return code;
    }
    return 0;
}
