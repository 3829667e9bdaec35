#include "rendered.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter.h"
#include "memory_stream.h"

char *rendered_text(const char *format, const struct stored_run *stored,
                    const struct text_style *style)
{
    AUTO(result) struct result result = {.workload_count = 0};
    result_build(stored, &result);
    const struct exporter *exporter = exporter_find(format, NULL);
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    assert_non_null(exporter);
    exporter->write(&result, out, style);
    char *text = memory_stream_close(&memory);
    assert_int_equal(strlen(text), memory.size);
    return text;
}

char *rendered_file(const char *path)
{
    char *text = NULL;
    size_t size = 0;
    AUTO_FCLOSE FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s is not there", path);
    if (getdelim(&text, &size, '\0', file) < 0)
        fail_msg("%s is empty", path);
    return text;
}

void rendered_matches(const char *text, const char *golden)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/reports/%s", TEST_DATA_DIR, golden);
    if (getenv("HEAPCHURN_UPDATE_GOLDEN")) {
        AUTO_FCLOSE FILE *file = fopen(path, "w");
        assert_non_null(file);
        (void)fputs(text, file);
        return;
    }
    AUTO_FREE char *expected = rendered_file(path);
    assert_string_equal(text, expected);
}
