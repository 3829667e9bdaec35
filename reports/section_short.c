#include <stdlib.h>
#include <string.h>

#include "markdown.h"
#include "replay_rule.h"
#include "sections.h"

/* Up to the first full stop that ends a sentence; all of a text of one sentence. */
static size_t first_sentence(const char *text)
{
    const char *end = strstr(text, ". ");
    return end ? (size_t)(end - text) + 1 : strlen(text);
}

/* Who holds the memory, and what to run; the reasons for the latter stand with the tables. */
static char *answer(const struct result_workload *workload)
{
    const char *advice = replay_rule_advice(workload) ? replay_rule_advice(workload) : "";
    char *text = NULL;
    if (asprintf(&text, "%s%s%.*s", workload->conclusion ? workload->conclusion : workload->summary,
                 *advice ? " " : "", (int)first_sentence(advice), advice) < 0)
        abort();
    return text;
}

void section_short_terminal(const struct result *result, struct terminal *terminal)
{
    (void)fputc('\n', terminal->out);
    terminal_say(terminal, LOOK_BOLD, "In short");
    for (size_t i = 0; i < result->workload_count; i++) {
        AUTO_FREE char *text = answer(&result->workloads[i]);
        AUTO_FREE char *item = NULL;
        if (asprintf(&item, "%s: %s", result->workloads[i].workload->name, text) < 0)
            abort();
        terminal_item(terminal, item);
    }
}

void section_short_markdown(const struct result *result, FILE *out)
{
    (void)fputs("## In short\n\n", out);
    for (size_t i = 0; i < result->workload_count; i++) {
        AUTO_FREE char *text = answer(&result->workloads[i]);
        (void)fputs("- **", out);
        markdown_text(out, result->workloads[i].workload->name);
        (void)fputs("**: ", out);
        markdown_text(out, text);
        (void)fputc('\n', out);
    }
    (void)fputc('\n', out);
}
