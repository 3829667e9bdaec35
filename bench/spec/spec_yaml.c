#include "spec_yaml.h"

#include <ctype.h>
#include <cyaml/cyaml.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "text.h"
#include "yaml_tree.h"

enum { FILE_LENGTH_MAX = 64 * 1024 };

/* What libcyaml is told: a mapping whose keys are the rows of spec_keys, all of them optional texts
 * here, because "absent" is then NULL and defaults are parsed as if they stood in the file. */
struct schema {
    cyaml_schema_field_t fields[SPEC_KEYS_MAX + 1];
    cyaml_schema_value_t root;
    cyaml_config_t config;
    bool complained;
};

static int read_file(const char *path, struct spec_yaml *out, struct err *err);
static void schema_build(const struct spec_format *format, struct schema *schema);
static void note_complaint(cyaml_log_t level, void *context, const char *format, va_list args);
static int explain(const struct spec_yaml *yaml, const char *otherwise, struct err *err);
static int explain_key(const struct spec_format *format, const yaml_node_t *key, struct err *err);

int spec_yaml_read(const char *path, const struct spec_format *format, struct spec_yaml *out,
                   struct err *err)
{
    AUTO(spec_yaml) struct spec_yaml yaml = {.format = format};
    int rc = read_file(path, &yaml, err);
    if (rc < 0)
        return rc;
    struct schema schema = {0};
    schema_build(format, &schema);
    cyaml_err_t code = cyaml_load_data((const uint8_t *)yaml.text, yaml.length, &schema.config,
                                       &schema.root, (cyaml_data_t **)&yaml.value, NULL);
    if (code != CYAML_OK || schema.complained)
        return explain(&yaml, code ? cyaml_strerror(code) : "a second document begins", err);
    if (!yaml.value)
        return err_set(err, -EINVAL, "%s:1:1: the file says nothing; it needs at least %s", path,
                       format->least);
    *out = yaml;
    yaml = (struct spec_yaml){0};
    return 0;
}

void spec_yaml_release(struct spec_yaml *yaml)
{
    struct schema schema = {0};
    if (yaml->value) {
        schema_build(yaml->format, &schema);
        (void)cyaml_free(&schema.config, &schema.root, yaml->value, 0);
    }
    free(yaml->path);
    free(yaml->text);
    *yaml = (struct spec_yaml){0};
}

int spec_yaml_locate(const struct spec_yaml *yaml, const char *key, struct err *err)
{
    AUTO(yaml_tree) struct yaml_tree tree = {.path = NULL};
    const yaml_mark_t beginning = {0};
    const yaml_node_t *value = NULL;
    if (yaml_tree_open(yaml->path, yaml->text, yaml->length, &tree, NULL) == 0)
        value = yaml_tree_find(&tree, yaml_tree_root(&tree), key);
    (void)err_wrap(err, "%s", key);
    return yaml_tree_err_at(&tree, value ? &value->start_mark : &beginning, err);
}

int spec_yaml_name(const char *path, const struct spec_format *format, char *out_name,
                   struct err *err)
{
    static const char suffix[] = ".yaml";
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    size_t length = strlen(base);
    if (length > strlen(suffix) && strcmp(base + length - strlen(suffix), suffix) == 0)
        length -= strlen(suffix);
    bool good = length > 0 && length < SPEC_NAME_MAX && base[0] != '.';
    for (size_t i = 0; i < length; i++)
        good = good && (isalnum((unsigned char)base[i]) || strchr(format->name_marks, base[i]));
    if (!good)
        return err_set(err, -EINVAL,
                       "%s: the name of %s has letters, digits and any of '%s' only, at most %d, "
                       "and begins with no '.'",
                       path, format->what, format->name_marks, SPEC_NAME_MAX - 1);
    (void)snprintf(out_name, SPEC_NAME_MAX, "%.*s", (int)length, base);
    return 0;
}

static int read_file(const char *path, struct spec_yaml *out, struct err *err)
{
    AUTO_FCLOSE FILE *file = fopen(path, "re");
    struct stat status;
    if (!file || fstat(fileno(file), &status) < 0)
        return err_set(err, -errno, "%s: %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return err_set(err, -EINVAL, "%s: is not a file; expected %s", path, out->format->what);
    out->path = strdup(path);
    out->text = malloc(FILE_LENGTH_MAX + 1);
    if (!out->path || !out->text)
        return err_set(err, -ENOMEM, "%s: out of memory", path);
    out->length = fread(out->text, 1, FILE_LENGTH_MAX + 1, file);
    if (ferror(file))
        return err_set(err, -EIO, "%s: cannot be read", path);
    if (out->length > FILE_LENGTH_MAX)
        return err_set(err, -EFBIG, "%s: is larger than 64 KiB; expected %s", path,
                       out->format->what);
    return 0;
}

static void schema_build(const struct spec_format *format, struct schema *schema)
{
    size_t count = 0;
    for (; format->keys[count].name; count++)
        schema->fields[count] = (cyaml_schema_field_t){
            .key = format->keys[count].name,
            .data_offset = (uint32_t)(count * sizeof(char *)),
            .value = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, char, 0,
                                         FILE_LENGTH_MAX)},
        };
    schema->root = (cyaml_schema_value_t){
        .type = CYAML_MAPPING,
        .flags = CYAML_FLAG_POINTER,
        .data_size = (uint32_t)(count * sizeof(char *)),
        .mapping = {.fields = schema->fields},
    };
    schema->config = (cyaml_config_t){
        .log_fn = note_complaint,
        .log_ctx = &schema->complained,
        .log_level = CYAML_LOG_WARNING,
        .mem_fn = cyaml_mem,
    };
}

/* A warning (a second document is ignored, for one) is a mistake too. */
static void note_complaint(cyaml_log_t level, void *context, const char *format, va_list args)
{
    (void)level;
    (void)format;
    (void)args;
    *(bool *)context = true;
}

/* Why libcyaml refused the file: the first thing in it that is not as it must be. */
static int explain(const struct spec_yaml *yaml, const char *otherwise, struct err *err)
{
    AUTO(yaml_tree) struct yaml_tree tree = {.path = NULL};
    int code = yaml_tree_open(yaml->path, yaml->text, yaml->length, &tree, err);
    if (code < 0)
        return code;
    const yaml_node_t *root = yaml_tree_root(&tree);
    if (!root || root->type != YAML_MAPPING_NODE) {
        (void)err_set(err, -EINVAL, "expected lines of 'key: value'");
        return yaml_tree_err_at(&tree, root ? &root->start_mark : &tree.document.start_mark, err);
    }
    for (const yaml_node_pair_t *pair = root->data.mapping.pairs.start;
         pair < root->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key = yaml_tree_node(&tree, pair->key);
        const yaml_node_t *value = yaml_tree_node(&tree, pair->value);
        if (explain_key(yaml->format, key, err) < 0)
            return yaml_tree_err_at(&tree, &key->start_mark, err);
        const char *word = yaml_tree_text(key);
        if (yaml_tree_find(&tree, root, word) != value) {
            (void)err_set(err, -EINVAL, "%s: is given twice", word);
            return yaml_tree_err_at(&tree, &key->start_mark, err);
        }
        if (!yaml_tree_text(value)) {
            (void)err_set(err, -EINVAL, "%s: a list or mapping is given; expected one value", word);
            return yaml_tree_err_at(&tree, &value->start_mark, err);
        }
    }
    (void)err_set(err, -EINVAL, "%s; expected one document of 'key: value' lines", otherwise);
    return yaml_tree_err_at(&tree, &tree.document.end_mark, err);
}

static int explain_key(const struct spec_format *format, const yaml_node_t *key, struct err *err)
{
    const char *word = yaml_tree_text(key);
    if (!word)
        return err_set(err, -EINVAL, "a list or mapping is given; expected a key");
    const char *names[SPEC_KEYS_MAX + 1] = {0};
    for (size_t i = 0; format->keys[i].name; i++) {
        names[i] = format->keys[i].name;
        if (strcmp(word, names[i]) == 0)
            return 0;
    }
    return text_unknown("key", word, names, format->keys_are, -EINVAL, err);
}
