#include "ceilings_yaml.h"

#include <assert.h>
#include <cyaml/cyaml.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "text.h"
#include "yaml_tree.h"

enum { TEXT_MAX = 1024, FILE_MAX = 1024 * 1024, LISTS = 2 };

/* The file as libcyaml fills it in: two lists of mappings of texts. */
struct ceilings_document {
    struct ceilings_texts *ceilings;
    unsigned ceilings_count;
    struct ceilings_texts *leaks_expected;
    unsigned leaks_expected_count;
};

static const char *const list_names[] = {"ceilings", "leaks_expected", NULL};
const char *const ceilings_item_keys[] = {"workload", "row", "subject", "metric", "at_most", NULL};
const char *const ceilings_leak_keys[] = {"workload", "row", "why", NULL};
static const char *const *const list_keys[LISTS] = {ceilings_item_keys, ceilings_leak_keys};

static int open_tree(const char *path, struct yaml_tree *out, struct err *err);
static int check_shape(struct yaml_tree *tree, struct err *err);
static int load(const char *path, struct ceilings_document **out, struct err *err);
static void free_document(struct ceilings_document *document);
static void note_places(struct yaml_tree *tree, size_t list, struct ceilings_place *out);

static struct ceilings_place *places(size_t count)
{
    struct ceilings_place *room = calloc(count * CEILINGS_KEYS_MAX + 1, sizeof *room);
    if (!room)
        abort();
    return room;
}

int ceilings_yaml_read(const char *path, struct ceilings_yaml *out, struct err *err)
{
    AUTO(yaml_tree) struct yaml_tree tree = {.path = path};
    struct ceilings_document *document = NULL;
    int code = open_tree(path, &tree, err);
    if (code == 0)
        code = check_shape(&tree, err);
    if (code == 0)
        code = load(path, &document, err);
    if (code < 0)
        return code;
    assert(document);
    *out = (struct ceilings_yaml){
        .document = document,
        .items = document->ceilings,
        .item_count = document->ceilings_count,
        .leaks = document->leaks_expected,
        .leak_count = document->leaks_expected_count,
        .item_places = places(document->ceilings_count),
        .leak_places = places(document->leaks_expected_count),
    };
    note_places(&tree, 0, out->item_places);
    note_places(&tree, 1, out->leak_places);
    return 0;
}

void ceilings_yaml_release(struct ceilings_yaml *yaml)
{
    free_document(yaml->document);
    free(yaml->item_places);
    free(yaml->leak_places);
    *yaml = (struct ceilings_yaml){.item_count = 0};
}

static int open_tree(const char *path, struct yaml_tree *out, struct err *err)
{
    AUTO_FCLOSE FILE *file = fopen(path, "re");
    if (!file)
        return err_set(err, -errno, "%s: %s", path, strerror(errno));
    AUTO_FREE char *text = malloc(FILE_MAX);
    if (!text)
        return err_set(err, -ENOMEM, "%s: out of memory", path);
    errno = 0;
    size_t length = fread(text, 1, FILE_MAX, file);
    if (ferror(file) || length == FILE_MAX)
        return err_set(err, errno ? -errno : -EFBIG, "%s: %s; expected a ceilings file", path,
                       errno ? strerror(errno) : "is larger than a megabyte");
    return yaml_tree_open(path, text, length, out, err);
}

/* A mapping with these keys only, none of them twice. */
static int check_keys(struct yaml_tree *tree, const yaml_node_t *node, const char *const *keys,
                      struct err *err)
{
    if (!node || node->type != YAML_MAPPING_NODE) {
        const yaml_mark_t top = {.line = 0};
        (void)err_set(err, -EINVAL, "expected lines of 'key: value' with the key '%s'", keys[0]);
        return yaml_tree_err_at(tree, node ? &node->start_mark : &top, err);
    }
    const yaml_node_pair_t *end = node->data.mapping.pairs.top;
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < end; pair++) {
        const yaml_node_t *key = yaml_tree_node(tree, pair->key);
        const char *text = yaml_tree_text(key);
        const char *word = text ? text : "(no word)";
        bool known = false;
        for (size_t i = 0; keys[i]; i++)
            known = known || strcmp(word, keys[i]) == 0;
        if (known && yaml_tree_find(tree, node, word) == yaml_tree_node(tree, pair->value))
            continue;
        if (known)
            (void)err_set(err, -EINVAL, "%s: is given twice", word);
        else
            (void)text_unknown("key", word, keys, "'heapchurn ceilings' writes a file with all",
                               -EINVAL, err);
        return yaml_tree_err_at(tree, &key->start_mark, err);
    }
    return 0;
}

/* Every key there, each with one text. */
static int check_item(struct yaml_tree *tree, const yaml_node_t *item, const char *const *keys,
                      struct err *err)
{
    int code = check_keys(tree, item, keys, err);
    for (size_t i = 0; code == 0 && keys[i]; i++) {
        const yaml_node_t *value = yaml_tree_find(tree, item, keys[i]);
        if (value && value->type == YAML_SCALAR_NODE && value->data.scalar.length > 0)
            continue;
        (void)err_set(err, -EINVAL, "%s: %s", keys[i],
                      value ? "expected one value" : "is missing from this entry");
        return yaml_tree_err_at(tree, value ? &value->start_mark : &item->start_mark, err);
    }
    return code;
}

static int check_shape(struct yaml_tree *tree, struct err *err)
{
    const yaml_node_t *root = yaml_tree_root(tree);
    int code = check_keys(tree, root, list_names, err);
    for (size_t list = 0; code == 0 && list < LISTS; list++) {
        const yaml_node_t *entries = yaml_tree_find(tree, root, list_names[list]);
        if (!entries)
            continue;
        if (entries->type != YAML_SEQUENCE_NODE) {
            (void)err_set(err, -EINVAL, "%s: expected a list, each entry after '- '",
                          list_names[list]);
            return yaml_tree_err_at(tree, &entries->start_mark, err);
        }
        const yaml_node_item_t *end = entries->data.sequence.items.top;
        for (const yaml_node_item_t *item = entries->data.sequence.items.start;
             code == 0 && item < end; item++)
            code = check_item(tree, yaml_tree_node(tree, *item), list_keys[list], err);
    }
    return code;
}

static void note_places(struct yaml_tree *tree, size_t list, struct ceilings_place *out)
{
    const yaml_node_t *root = yaml_tree_root(tree);
    const yaml_node_t *entries = yaml_tree_find(tree, root, list_names[list]);
    if (!entries)
        return;
    const yaml_node_item_t *end = entries->data.sequence.items.top;
    for (const yaml_node_item_t *item = entries->data.sequence.items.start; item < end; item++) {
        const char *const *keys = list_keys[list];
        for (size_t key = 0; keys[key]; key++) {
            const yaml_node_t *value = yaml_tree_find(tree, yaml_tree_node(tree, *item), keys[key]);
            out[key] = (struct ceilings_place){.line = (int)value->start_mark.line + 1,
                                               .column = (int)value->start_mark.column + 1};
        }
        out += CEILINGS_KEYS_MAX;
    }
}

#define TEXT(name, index)                                                  \
    {                                                                      \
        .key = (name), .data_offset = (index) * sizeof(char *), .value = { \
            CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, TEXT_MAX)      \
        }                                                                  \
    }

static const cyaml_schema_field_t item_fields[] = {
    TEXT("workload", 0), TEXT("row", 1),     TEXT("subject", 2),
    TEXT("metric", 3),   TEXT("at_most", 4), CYAML_FIELD_END,
};
static const cyaml_schema_field_t leak_fields[] = {TEXT("workload", 0), TEXT("row", 1),
                                                   TEXT("why", 2), CYAML_FIELD_END};
static const cyaml_schema_value_t item_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct ceilings_texts, item_fields)};
static const cyaml_schema_value_t leak_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct ceilings_texts, leak_fields)};
static const cyaml_schema_field_t root_fields[] = {
    CYAML_FIELD_SEQUENCE("ceilings", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                         struct ceilings_document, ceilings, &item_schema, 0, CYAML_UNLIMITED),
    CYAML_FIELD_SEQUENCE("leaks_expected", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                         struct ceilings_document, leaks_expected, &leak_schema, 0,
                         CYAML_UNLIMITED),
    CYAML_FIELD_END};
static const cyaml_schema_value_t root_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct ceilings_document, root_fields)};
static const cyaml_config_t config = {.mem_fn = cyaml_mem};

static int load(const char *path, struct ceilings_document **out, struct err *err)
{
    cyaml_err_t code = cyaml_load_file(path, &config, &root_schema, (cyaml_data_t **)out, NULL);
    if (code != CYAML_OK || !*out)
        return err_set(err, -EINVAL, "%s:1:1: %s; expected a list of ceilings", path,
                       code == CYAML_OK ? "the file says nothing" : cyaml_strerror(code));
    return 0;
}

static void free_document(struct ceilings_document *document)
{
    (void)cyaml_free(&config, &root_schema, document, 0);
}
