#include "github.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "escape.h"
#include "markdown.h"
#include "memory_stream.h"
#include "sections.h"

enum { SHOWN_MAX = 10, SUMMARY_MAX = 1000 * 1024 };

static void put_conclusions(const struct result *result, FILE *out)
{
    for (size_t i = 0; i < result->workload_count; i++) {
        const struct result_workload *workload = &result->workloads[i];
        (void)fputs("### ", out);
        markdown_paragraph(out, workload->workload->name);
        if (workload->conclusion)
            markdown_paragraph(out, workload->conclusion);
        markdown_paragraph(out, workload->summary);
        section_replay_markdown(workload, out);
        section_recommendation_markdown(workload, out);
    }
}

void github_summary(const struct result *result, FILE *out)
{
    (void)fputs("## heapchurn\n\n", out);
    if (result->gate)
        section_gate_markdown(result->gate, out);
    put_conclusions(result, out);
}

static void annotate(const struct gate_report *gate, const struct gate_line *line,
                     const char *command, FILE *out)
{
    (void)fprintf(out, "::%s ", command);
    if (line->file_line > 0 && gate->ceilings_path) {
        (void)fputs("file=", out);
        escape_put(out, ESCAPE_GITHUB_PROPERTY, gate->ceilings_path);
        (void)fprintf(out, ",line=%d,", line->file_line);
    }
    (void)fputs("title=", out);
    escape_put(out, ESCAPE_GITHUB_PROPERTY, line->workload);
    (void)fputs(line->row ? " " : "", out);
    escape_put(out, ESCAPE_GITHUB_PROPERTY, line->row ? line->row : "");
    (void)fputc(' ', out);
    escape_put(out, ESCAPE_GITHUB_PROPERTY, line->name);
    (void)fputs("::", out);
    escape_put(out, ESCAPE_GITHUB_DATA, line->message);
    (void)fputc('\n', out);
}

static bool is_meant(const struct gate_line *line, bool errors)
{
    return errors ? line->status >= GATE_UNDECIDED : line->status == GATE_WARN;
}

void github_annotations(const struct result *result, FILE *out)
{
    static const char *const commands[] = {"warning", "error"};
    const struct gate_report *gate = result->gate;
    for (int errors = 1; gate && errors >= 0; errors--) {
        size_t count = 0, shown = 0;
        for (size_t i = 0; i < gate->count; i++)
            count += is_meant(&gate->lines[i], errors);
        size_t room = count > SHOWN_MAX ? SHOWN_MAX - 1 : SHOWN_MAX;
        for (size_t i = 0; i < gate->count && shown < room; i++) {
            if (!is_meant(&gate->lines[i], errors))
                continue;
            annotate(gate, &gate->lines[i], commands[errors], out);
            shown++;
        }
        if (count > shown)
            (void)fprintf(out, "::%s title=heapchurn::%zu more, in the summary of this job\n",
                          commands[errors], count - shown);
    }
}

/* Rendered first: a summary that is too large is refused whole by GitHub. */
static char *rendered(const struct result *result)
{
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    github_summary(result, out);
    char *text = memory_stream_close(&memory);
    if (memory.size > SUMMARY_MAX)
        text[SUMMARY_MAX] = '\0';
    return text;
}

int github_publish(const struct result *result, FILE *out, struct err *err)
{
    const char *actions = getenv("GITHUB_ACTIONS");
    const char *path = getenv("GITHUB_STEP_SUMMARY");
    if (!actions || strcmp(actions, "true") != 0)
        return 0;
    github_annotations(result, out);
    if (!path || !*path)
        return 0;
    AUTO_FREE char *text = rendered(result);
    errno = 0;
    AUTO_FCLOSE FILE *file = fopen(path, "ae");
    if (!file || fputs(text, file) < 0 || fflush(file) != 0)
        return err_set(err, errno ? -errno : -EIO, "%s: the step summary cannot be written: %s",
                       path, strerror(errno ? errno : EIO));
    return 0;
}
