#include <stdlib.h>

#include "cleanup.h"
#include "deployment.h"
#include "json_build.h"
#include "markdown.h"
#include "sections.h"

static const char *const keys[DEPLOYMENT_WAYS] = {[DEPLOY_SHELL] = "shell",
                                                  [DEPLOY_SYSTEMD] = "systemd",
                                                  [DEPLOY_DOCKER] = "dockerfile",
                                                  [DEPLOY_LINK] = "link",
                                                  [DEPLOY_VERIFY] = "verify"};

void section_deployment_markdown(const struct result_workload *workload, FILE *out)
{
    const int told = workload->advice.told;
    if (!workload->recommendation || told == RECOMMEND_NONE ||
        !deployment_needed(workload, (size_t)told))
        return;
    (void)fputs("#### How to run on ", out);
    markdown_text(out, workload->rows[told].row->name);
    (void)fputs("\n\n", out);
    for (int way = 0; way < DEPLOYMENT_WAYS; way++) {
        AUTO_FREE char *text = deployment_text(workload, (size_t)told, (enum deployment_way)way);
        if (!text)
            continue;
        markdown_text(out, deployment_titles[way]);
        (void)fputs(":\n\n", out);
        markdown_code(out, text);
    }
}

json_t *section_deployment_json(const struct result_workload *workload, size_t row)
{
    if (!deployment_needed(workload, row))
        return json_null();
    json_t *json = json_build(json_object());
    for (int way = 0; way < DEPLOYMENT_WAYS; way++) {
        AUTO_FREE char *text = deployment_text(workload, row, (enum deployment_way)way);
        json_build_put(json, keys[way], json_build_text(text));
    }
    return json;
}
