#include <stdlib.h>
#include <string.h>

#include "sections.h"
#include "wrap.h"

/* Up to the first full stop that ends a sentence; all of a text of one sentence. */
static size_t first_sentence(const char *text)
{
    const char *end = strstr(text, ". ");
    return end ? (size_t)(end - text) + 1 : strlen(text);
}

static void add_first_sentence(FILE *out, const char *text)
{
    if (text)
        (void)fprintf(out, " %.*s", (int)first_sentence(text), text);
}

void section_short_terminal(const struct result *result, FILE *out,
                            const struct report_style *style)
{
    (void)fputc('\n', out);
    table_print_text(out, style, TABLE_BOLD, "In short");
    (void)fputc('\n', out);
    for (size_t i = 0; i < result->workload_count; i++) {
        const struct result_workload *workload = &result->workloads[i];
        AUTO_FREE char *text = NULL;
        size_t size = 0;
        FILE *line = open_memstream(&text, &size);
        if (!line)
            abort();
        (void)fprintf(line, "%s:", workload->workload->name);
        add_first_sentence(line, workload->conclusion);
        add_first_sentence(line, workload->recommendation);
        if (fclose(line) != 0)
            abort();
        wrap_print(out, style, TABLE_PLAIN, "- ", 2, text);
    }
}
