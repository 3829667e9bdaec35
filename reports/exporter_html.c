#include "exporter.h"
#include "page.h"

const struct exporter exporter_html = {
    .name = "html",
    .file = "report.html",
    .summary = "one page with the curves: opens from disk, needs no network",
    .stored = true,
    .write = page_write,
};
