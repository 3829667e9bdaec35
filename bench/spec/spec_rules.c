#include "spec_rules.h"

#include <errno.h>
#include <string.h>

#include "fields_file.h"
#include "text.h"

enum { LOADS_MAX = 64 };

static bool quick_is_longer(const struct workload *workload)
{
    return workload->quick_rounds > workload->rounds;
}

static const struct spec_rule rules[] = {
    {"quick_rounds", quick_is_longer, "is more than rounds; a quick trial cannot be longer"},
    {.key = NULL},
};

static int check(const struct yaml_tree *tree, const struct spec_rule *rules_of,
                 const struct workload *workload, struct err *err)
{
    for (const struct spec_rule *rule = rules_of; rule && rule->key; rule++) {
        if (!yaml_find(&tree->root, rule->key) || !rule->broken(workload))
            continue;
        (void)err_set(err, -EINVAL, "%s", rule->sentence);
        return fields_file_err_at(tree, &tree->root, rule->key, err);
    }
    return 0;
}

int spec_rules_check(const struct yaml_tree *tree, const struct spec_load *load,
                     const struct workload *workload, struct err *err)
{
    int code = check(tree, rules, workload, err);
    return code < 0 ? code : check(tree, load->rules, workload, err);
}

const struct spec_load *spec_rules_load(const struct yaml_tree *tree, const struct spec_load *loads,
                                        const struct workload *workload, struct err *err)
{
    const char *words[LOADS_MAX + 1] = {NULL};
    char expected[512] = "expected";
    size_t used = strlen(expected);
    size_t count = 0;
    for (; loads[count].word && count < LOADS_MAX; count++) {
        if (strcmp(loads[count].word, workload->load) == 0)
            return &loads[count];
        words[count] = loads[count].word;
        const char *before = count == 0 ? "" : loads[count + 1].word ? "," : " or";
        if (used < sizeof expected)
            used += (size_t)snprintf(expected + used, sizeof expected - used, "%s %s", before,
                                     words[count]);
    }
    (void)text_unknown("load", workload->load, words, expected, -EINVAL, err);
    (void)fields_file_err_at(tree, &tree->root, "load", err);
    return NULL;
}
