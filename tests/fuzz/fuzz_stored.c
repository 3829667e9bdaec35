/* A stored run in which a stranger wrote FUZZED: run.json, trial.json or samples.csv. What loads
 * has a result, and every format writes it. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "exporter.h"
#include "fuzz.h"
#include "json_file.h"
#include "result.h"
#include "store.h"

#define RUN    FUZZ_DATA_DIR "/runs/mixed"
#define TRIAL  "trials/0001-discovery-b1-glibc-a1"
#define RUNNER "run"

enum { SAMPLE_LINES = 24 };

/* The path of a file of the run in this process's folder. */
static const char *own_path(const char *file, char *out, size_t size)
{
    (void)snprintf(out, size, "%s/" RUNNER "/%s%s", fuzz_folder(),
                   strcmp(file, "run.json") == 0 ? "" : TRIAL "/", file);
    return out;
}

static void copy_json(const char *from, const char *file, const char *without)
{
    char path[4400];
    AUTO_JSON json_t *json = json_file_load(from, NULL);
    if (!json)
        abort();
    (void)json_object_del(json, without);
    if (json_file_save(own_path(file, path, sizeof path), json, NULL) < 0)
        abort();
}

/* One short trial, so that a million of them can be read. */
static void make_run(void)
{
    static const char *const folders[] = {RUNNER, RUNNER "/trials", RUNNER "/" TRIAL};
    char path[4400];
    AUTO_FREE char *line = NULL;
    size_t size = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(folders); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", fuzz_folder(), folders[i]);
        if (mkdir(path, 0700) < 0)
            abort();
    }
    copy_json(RUN "/run.json", "run.json", "");
    copy_json(RUN "/" TRIAL "/trial.json", "trial.json", "sample_count");
    AUTO_FCLOSE FILE *in = fopen(RUN "/" TRIAL "/samples.csv", "re");
    AUTO_FCLOSE FILE *out = fopen(own_path("samples.csv", path, sizeof path), "we");
    if (!in || !out)
        abort();
    for (int i = 0; i < SAMPLE_LINES && getline(&line, &size, in) > 0; i++)
        (void)fputs(line, out);
}

static void write_all(const struct stored_run *stored)
{
    AUTO(result) struct result result = {.workload_count = 0};
    result_build(stored, &result);
    AUTO_FCLOSE FILE *out = fopen("/dev/null", "we");
    if (!out)
        abort();
    for (const struct exporter *const *exporter = exporters; *exporter; exporter++)
        (*exporter)->write(&result, out, &text_style_plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char path[4400];
    static char folder[4400];
    if (!*path) {
        make_run();
        (void)own_path(FUZZED, path, sizeof path);
        (void)snprintf(folder, sizeof folder, "%s/" RUNNER, fuzz_folder());
    }
    FILE *out = fopen(path, "we");
    if (!out || fwrite(data, 1, size, out) != size || fclose(out) != 0)
        abort();
    struct err err = ERR_INIT;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    int code = store_load(folder, &stored, &err);
    FUZZ_PROMISE(code <= 0 && (code == 0) == (err.text[0] == '\0'));
    if (code == 0)
        write_all(&stored);
    return 0;
}
