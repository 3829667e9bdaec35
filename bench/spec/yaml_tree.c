#include "yaml_tree.h"

#include <errno.h>
#include <string.h>

int yaml_tree_open(const char *path, const char *text, size_t length, struct yaml_tree *out,
                   struct err *err)
{
    *out = (struct yaml_tree){.path = path};
    out->parser_open = yaml_parser_initialize(&out->parser);
    if (!out->parser_open)
        return err_set(err, -ENOMEM, "%s: out of memory", path);
    yaml_parser_set_input_string(&out->parser, (const unsigned char *)text, length);
    out->loaded = yaml_parser_load(&out->parser, &out->document);
    if (out->loaded)
        return 0;
    const char *problem = out->parser.problem;
    (void)err_set(err, -EINVAL, "not YAML: %s", problem ? problem : "it cannot be parsed");
    return yaml_tree_err_at(out, &out->parser.problem_mark, err);
}

void yaml_tree_close(struct yaml_tree *tree)
{
    if (tree->loaded)
        yaml_document_delete(&tree->document);
    if (tree->parser_open)
        yaml_parser_delete(&tree->parser);
    *tree = (struct yaml_tree){.path = NULL};
}

const yaml_node_t *yaml_tree_root(struct yaml_tree *tree)
{
    return yaml_document_get_root_node(&tree->document);
}

const yaml_node_t *yaml_tree_node(struct yaml_tree *tree, int index)
{
    return yaml_document_get_node(&tree->document, index);
}

const char *yaml_tree_text(const yaml_node_t *node)
{
    return node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

const yaml_node_t *yaml_tree_find(struct yaml_tree *tree, const yaml_node_t *mapping,
                                  const char *key)
{
    if (!mapping || mapping->type != YAML_MAPPING_NODE)
        return NULL;
    const yaml_node_pair_t *end = mapping->data.mapping.pairs.top;
    for (const yaml_node_pair_t *pair = mapping->data.mapping.pairs.start; pair < end; pair++) {
        const char *text = yaml_tree_text(yaml_tree_node(tree, pair->key));
        if (text && strcmp(text, key) == 0)
            return yaml_tree_node(tree, pair->value);
    }
    return NULL;
}

/* Marks count from 0, people from 1. */
int yaml_tree_err_at(const struct yaml_tree *tree, const yaml_mark_t *mark, struct err *err)
{
    (void)err_wrap(err, "%s:%zu:%zu", tree->path, mark->line + 1, mark->column + 1);
    return -EINVAL;
}
