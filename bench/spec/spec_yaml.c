#include "spec_yaml.h"

#include <cyaml/cyaml.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <yaml.h>

#include "text.h"

enum { FILE_LENGTH_MAX = 64 * 1024 };

/* What libcyaml is told: a mapping whose keys are the rows of spec_keys, all of them optional texts
 * here, because "absent" is then NULL and defaults are parsed as if they stood in the file. */
struct schema {
    cyaml_schema_field_t fields[SPEC_KEYS_MAX + 1];
    cyaml_schema_value_t root;
    cyaml_config_t config;
    bool complained;
};

struct document {
    yaml_parser_t parser;
    yaml_document_t document;
    bool parser_open;
    bool loaded;
};

static int read_file(const char *path, struct spec_yaml *out, struct err *err);
static void schema_build(const struct spec_format *format, struct schema *schema);
static void note_complaint(cyaml_log_t level, void *context, const char *format, va_list args);
static int explain(const struct spec_yaml *yaml, const char *otherwise, struct err *err);
static int explain_key(const struct spec_format *format, const yaml_node_t *key, struct err *err);
static yaml_node_pair_t *find_key(yaml_document_t *document, const char *name);
static int err_at(const struct spec_yaml *yaml, const yaml_mark_t *mark, struct err *err);
static int document_open(const struct spec_yaml *yaml, struct document *out);
static void document_close(struct document *document);
DEFINE_AUTO(document, document_close)

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
    AUTO(document) struct document document = {0};
    yaml_mark_t mark = {0};
    yaml_node_pair_t *pair =
        document_open(yaml, &document) == 0 ? find_key(&document.document, key) : NULL;
    if (pair)
        mark = yaml_document_get_node(&document.document, pair->value)->start_mark;
    (void)err_wrap(err, "%s", key);
    return err_at(yaml, &mark, err);
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
    AUTO(document) struct document document = {0};
    if (document_open(yaml, &document) < 0) {
        const char *problem = document.parser.problem;
        (void)err_set(err, -EINVAL, "not YAML: %s", problem ? problem : otherwise);
        return err_at(yaml, &document.parser.problem_mark, err);
    }
    yaml_node_t *root = yaml_document_get_root_node(&document.document);
    if (!root || root->type != YAML_MAPPING_NODE) {
        (void)err_set(err, -EINVAL, "expected lines of 'key: value'");
        return err_at(yaml, root ? &root->start_mark : &document.document.start_mark, err);
    }
    for (yaml_node_pair_t *pair = root->data.mapping.pairs.start;
         pair < root->data.mapping.pairs.top; pair++) {
        yaml_node_t *key = yaml_document_get_node(&document.document, pair->key);
        yaml_node_t *value = yaml_document_get_node(&document.document, pair->value);
        if (explain_key(yaml->format, key, err) < 0)
            return err_at(yaml, &key->start_mark, err);
        if (find_key(&document.document, (char *)key->data.scalar.value) != pair) {
            (void)err_set(err, -EINVAL, "%s: is given twice", (char *)key->data.scalar.value);
            return err_at(yaml, &key->start_mark, err);
        }
        if (value->type != YAML_SCALAR_NODE) {
            (void)err_set(err, -EINVAL, "%s: a list or mapping is given; expected one value",
                          (char *)key->data.scalar.value);
            return err_at(yaml, &value->start_mark, err);
        }
    }
    (void)err_set(err, -EINVAL, "%s; expected one document of 'key: value' lines", otherwise);
    return err_at(yaml, &document.document.end_mark, err);
}

static int explain_key(const struct spec_format *format, const yaml_node_t *key, struct err *err)
{
    if (key->type != YAML_SCALAR_NODE)
        return err_set(err, -EINVAL, "a list or mapping is given; expected a key");
    const char *word = (char *)key->data.scalar.value;
    const char *names[SPEC_KEYS_MAX + 1] = {0};
    for (size_t i = 0; format->keys[i].name; i++) {
        names[i] = format->keys[i].name;
        if (strcmp(word, names[i]) == 0)
            return 0;
    }
    const char *nearest = text_nearest(word, names);
    if (nearest)
        return err_set(err, -EINVAL, "unknown key '%s' (did you mean '%s'?)", word, nearest);
    return err_set(err, -EINVAL, "unknown key '%s'; %s", word, format->keys_are);
}

/* The first pair of the top mapping with this key, or NULL. */
static yaml_node_pair_t *find_key(yaml_document_t *document, const char *name)
{
    yaml_node_t *root = yaml_document_get_root_node(document);
    if (!root || root->type != YAML_MAPPING_NODE)
        return NULL;
    for (yaml_node_pair_t *pair = root->data.mapping.pairs.start;
         pair < root->data.mapping.pairs.top; pair++) {
        yaml_node_t *key = yaml_document_get_node(document, pair->key);
        if (key->type == YAML_SCALAR_NODE && strcmp((char *)key->data.scalar.value, name) == 0)
            return pair;
    }
    return NULL;
}

/* Marks count from 0, people from 1. */
static int err_at(const struct spec_yaml *yaml, const yaml_mark_t *mark, struct err *err)
{
    (void)err_wrap(err, "%s:%zu:%zu", yaml->path, mark->line + 1, mark->column + 1);
    return -EINVAL;
}

static int document_open(const struct spec_yaml *yaml, struct document *out)
{
    if (!yaml_parser_initialize(&out->parser))
        return -ENOMEM;
    out->parser_open = true;
    yaml_parser_set_input_string(&out->parser, (const unsigned char *)yaml->text, yaml->length);
    out->loaded = yaml_parser_load(&out->parser, &out->document);
    return out->loaded ? 0 : -EINVAL;
}

static void document_close(struct document *document)
{
    if (document->loaded)
        yaml_document_delete(&document->document);
    if (document->parser_open)
        yaml_parser_delete(&document->parser);
    *document = (struct document){0};
}
