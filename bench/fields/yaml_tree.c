#include "yaml_tree.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <yaml.h>

#include "grow.h"
#include "text.h"

struct parse {
    yaml_parser_t *parser;
    yaml_event_t event; /* the latest; owned */
    const unsigned char *text;
    struct yaml *at; /* place of a mistake */
};

static int read_text(const char *path, size_t length_max, const char *what, char **out_text,
                     size_t *out_length, struct err *err);
static int parse_document(struct parse *parse, struct yaml *out, struct err *err);
static int parse_node(struct parse *parse, int depth, struct yaml *out, struct err *err);
static int parse_items(struct parse *parse, int depth, struct yaml *out, struct err *err);
static void release(struct yaml *node);

int yaml_tree_read(const char *path, size_t length_max, const char *what, struct yaml_tree *out,
                   struct err *err)
{
    AUTO(yaml_tree) struct yaml_tree tree = {.path = text_own(path)};
    AUTO_FREE char *text = NULL;
    size_t length = 0;
    int code = read_text(path, length_max, what, &text, &length, err);
    if (code < 0)
        return code;
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return err_set(err, -ENOMEM, "%s: out of memory", path);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    struct yaml mistake = {.line = 1, .column = 1};
    struct parse parse = {.parser = &parser, .text = (const unsigned char *)text, .at = &mistake};
    code = parse_document(&parse, &tree.root, err);
    yaml_event_delete(&parse.event);
    yaml_parser_delete(&parser);
    if (code < 0)
        return yaml_err_at(&tree, &mistake, err);
    *out = tree;
    tree = (struct yaml_tree){.path = NULL};
    return 0;
}

void yaml_tree_release(struct yaml_tree *tree)
{
    release(&tree->root);
    free(tree->path);
    *tree = (struct yaml_tree){.path = NULL};
}

static void release(struct yaml *node)
{
    size_t items = node->shape == YAML_MAP ? 2 * node->count : node->count;
    for (size_t i = 0; i < items; i++)
        release(&node->items[i]);
    free(node->items);
    free(node->text);
}

const struct yaml *yaml_find(const struct yaml *map, const char *key)
{
    while (map && map->shape == YAML_MAP) {
        size_t length = strcspn(key, ".");
        const struct yaml *value = NULL;
        for (size_t i = map->count; i-- > 0;) {
            const char *word = map->items[2 * i].text;
            if (word && strlen(word) == length && strncmp(word, key, length) == 0)
                value = &map->items[2 * i + 1];
        }
        if (!key[length])
            return value;
        map = value;
        key += length + 1;
    }
    return NULL;
}

int yaml_err_at(const struct yaml_tree *tree, const struct yaml *place, struct err *err)
{
    (void)err_wrap(err, "%s:%d:%d", tree->path, place->line, place->column);
    return -EINVAL;
}

static int read_text(const char *path, size_t length_max, const char *what, char **out_text,
                     size_t *out_length, struct err *err)
{
    AUTO_FCLOSE FILE *file = fopen(path, "re");
    struct stat status;
    if (!file || fstat(fileno(file), &status) < 0)
        return err_set(err, -errno, "%s: %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return err_set(err, -EINVAL, "%s: is not a file; expected %s", path, what);
    *out_text = malloc(length_max + 1);
    if (!*out_text)
        return err_set(err, -ENOMEM, "%s: out of memory", path);
    *out_length = fread(*out_text, 1, length_max + 1, file);
    if (ferror(file))
        return err_set(err, -EIO, "%s: cannot be read", path);
    if (*out_length > length_max)
        return err_set(err, -EFBIG, "%s: is larger than %zu KiB; expected %s", path,
                       length_max / 1024, what);
    return 0;
}

static void place_at(struct yaml *node, const yaml_mark_t *mark)
{
    node->line = (int)mark->line + 1;
    node->column = (int)mark->column + 1;
}

/* libyaml places what it scanned; bytes that are no text it only counts. */
static int not_yaml(struct parse *parse, struct err *err)
{
    const yaml_parser_t *parser = parse->parser;
    place_at(parse->at, &parser->problem_mark);
    if (parser->error == YAML_READER_ERROR) {
        *parse->at = (struct yaml){.line = 1, .column = 1};
        for (size_t i = 0; i < parser->problem_offset; i++) {
            bool ends = parse->text[i] == '\n';
            parse->at->line += ends;
            parse->at->column = ends ? 1 : parse->at->column + 1;
        }
    }
    return err_set(err, -EINVAL, "not YAML: %s",
                   parser->problem ? parser->problem : "it cannot be parsed");
}

static int next(struct parse *parse, struct err *err)
{
    yaml_event_delete(&parse->event);
    if (!yaml_parser_parse(parse->parser, &parse->event))
        return not_yaml(parse, err);
    place_at(parse->at, &parse->event.start_mark);
    return 0;
}

static int parse_document(struct parse *parse, struct yaml *out, struct err *err)
{
    int code = next(parse, err); /* the stream starts */
    if (code == 0)
        code = next(parse, err);
    if (code == 0 && parse->event.type == YAML_DOCUMENT_START_EVENT)
        code = next(parse, err);
    if (code == 0 && parse->event.type != YAML_STREAM_END_EVENT) {
        code = parse_node(parse, 0, out, err);
        if (code == 0)
            code = next(parse, err); /* the document ends */
        if (code == 0)
            code = next(parse, err);
        if (code == 0 && parse->event.type != YAML_STREAM_END_EVENT)
            return err_set(err, -EINVAL,
                           "a second document begins; expected one document of 'key: value' lines");
    }
    return code;
}

static int refuse_marks(const unsigned char *anchor, const unsigned char *tag, struct err *err)
{
    if (anchor)
        return err_set(err, -EINVAL,
                       "anchor '&%s': anchors and aliases are not read here; write "
                       "the value where it is needed",
                       (const char *)anchor);
    if (tag)
        return err_set(err, -EINVAL, "tag '%s': tags are not read here; leave it out",
                       (const char *)tag);
    return 0;
}

/* It would act on the terminal that shows it. */
static bool has_control(const unsigned char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (iscntrl(text[i]) && text[i] != '\n' && text[i] != '\t')
            return true;
    return false;
}

/* `parse->event` begins it. */
static int parse_node(struct parse *parse, int depth, struct yaml *out, struct err *err)
{
    const yaml_event_t *event = &parse->event;
    place_at(out, &event->start_mark);
    int code = 0;
    if (depth == YAML_DEPTH_MAX)
        return err_set(err, -EINVAL, "lists and maps are nested deeper than %d", YAML_DEPTH_MAX);
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        code = refuse_marks(event->data.scalar.anchor, event->data.scalar.tag, err);
        if (code == 0 && has_control(event->data.scalar.value, event->data.scalar.length))
            code = err_set(err, -EINVAL, "a text has a control character in it; leave it out");
        if (code == 0)
            out->text = text_own((const char *)event->data.scalar.value);
        out->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
        return code;
    case YAML_SEQUENCE_START_EVENT:
        out->shape = YAML_LIST;
        code = refuse_marks(event->data.sequence_start.anchor, event->data.sequence_start.tag, err);
        return code < 0 ? code : parse_items(parse, depth + 1, out, err);
    case YAML_MAPPING_START_EVENT:
        out->shape = YAML_MAP;
        code = refuse_marks(event->data.mapping_start.anchor, event->data.mapping_start.tag, err);
        return code < 0 ? code : parse_items(parse, depth + 1, out, err);
    case YAML_ALIAS_EVENT:
        return refuse_marks(event->data.alias.anchor, NULL, err);
    default:
        return err_set(err, -EINVAL, "expected a value");
    }
}

/* A text, list or map after the other until theirs ends. A key without value has an empty one. */
static int parse_items(struct parse *parse, int depth, struct yaml *out, struct err *err)
{
    size_t items = 0;
    for (;;) {
        int code = next(parse, err);
        if (code < 0)
            return code;
        if (parse->event.type == YAML_SEQUENCE_END_EVENT ||
            parse->event.type == YAML_MAPPING_END_EVENT)
            return 0;
        out->items = grow(out->items, items, sizeof *out->items);
        out->items[items] = (struct yaml){.shape = YAML_TEXT};
        items++;
        out->count = out->shape == YAML_MAP ? (items + 1) / 2 : items;
        if (out->shape == YAML_MAP && items % 2 == 1) {
            /* Room for its value, should what follows fail. */
            out->items = grow(out->items, items, sizeof *out->items);
            out->items[items] = (struct yaml){.shape = YAML_TEXT};
        }
        code = parse_node(parse, depth, &out->items[items - 1], err);
        if (code < 0)
            return code;
    }
}
