/* What `heapchurn check` appends to a job's summary by itself under GITHUB_ACTIONS. */
#include "exporter.h"
#include "github.h"

static void write_github(const struct result *result, FILE *out, const struct text_style *style)
{
    (void)style;
    github_summary(result, out);
}

const struct exporter exporter_github = {
    .name = "github",
    .file = "summary.md",
    .summary = "the summary of a GitHub job: gate, conclusion, what to run",
    .write = write_github,
};
