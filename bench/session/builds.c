#include "builds.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command_output.h"
#include "library_look.h"
#include "path.h"
#include "paths.h"
#include "probe.h"
#include "scenarios.h"
#include "text.h"
#include "words.h"

/* Each path once. */
static void add_file(void *context, const char *path)
{
    struct words *files = context;
    for (size_t i = 0; i < files->count; i++)
        if (strcmp(files->word[i], path) == 0)
            return;
    words_add(files, "%s", path);
}

static void add_roles(struct words *files, const struct scenario *scenario, const char *programs,
                      const char *allocator)
{
    for (const struct scenario_role *role = scenario->roles; role->name; role++) {
        if (!role->program)
            continue;
        AUTO_FREE char *path = role->measured
                                   ? path_join(programs, "%s-%s", role->program, allocator)
                                   : path_join(programs, "%s", role->program);
        add_file(files, path);
    }
}

/* Programs of roles, and what the user measures. */
static int add_programs(struct words *files, const struct run *run, const char *programs,
                        struct err *err)
{
    char path[PATHS_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length > 0) {
        path[length] = '\0';
        add_file(files, path);
    }
    for (size_t w = 0; w < run->workload_count; w++) {
        const struct workload *workload = &run->workloads[w];
        const struct scenario *scenario = NULL;
        int code = scenario_of(workload, &scenario, err);
        if (code < 0)
            return code;
        for (size_t r = 0; r < run->row_count; r++) {
            add_roles(files, scenario, programs, run->rows[r].allocator);
            if (run->rows[r].library)
                add_file(files, run->rows[r].library);
        }
        if (spec_command_given(workload->program.command) &&
            command_find(workload->program.command[0], path, sizeof path))
            add_file(files, path);
    }
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Its name, or where two have one name, its path. */
static char *name_in(const struct words *files, const char *path)
{
    const char *name = file_name(path);
    for (size_t i = 0; i < files->count; i++)
        if (files->word[i] != path && strcmp(file_name(files->word[i]), name) == 0)
            name = path;
    char *own = text_own(name);
    for (char *blank = own; (blank = strchr(blank, ' ')) != NULL;)
        *blank = '?';
    return own;
}

static int sum_files(const struct words *files, struct words *sums, struct err *err)
{
    for (size_t i = 0; i < files->count; i++) {
        char sum[LIBRARY_SHA256_MAX];
        AUTO_FREE char *name = name_in(files, files->word[i]);
        int code = library_sha256(files->word[i], sum, err);
        if (code < 0)
            return code;
        words_add(sums, "%s %s", name, sum);
    }
    if (sums->count > 0)
        qsort(sums->word, sums->count, sizeof *sums->word, by_name);
    return 0;
}

int builds_read(const struct run *run, const char *programs, char ***out, struct err *err)
{
    AUTO(words) struct words files = {.count = 0};
    AUTO(words) struct words sums = {.count = 0};
    int code = add_programs(&files, run, programs, err);
    for (size_t i = 0; i < run->row_count && code == 0; i++)
        code = probe_files(programs, run->rows[i].allocator, add_file, &files, err);
    if (code == 0)
        code = sum_files(&files, &sums, err);
    if (code < 0)
        return code;
    *out = sums.word;
    sums = (struct words){.count = 0};
    return 0;
}
