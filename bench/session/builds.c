#include "builds.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "command_output.h"
#include "grow.h"
#include "path.h"
#include "paths.h"
#include "probe.h"
#include "scenarios.h"
#include "text.h"

/* Paths, each once, NULL-terminated. */
struct files {
    char **path;
    size_t count;
};

static void files_release(struct files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->path[i]);
    free(files->path);
    *files = (struct files){.count = 0};
}
DEFINE_AUTO(files, files_release)

static void add_file(void *context, const char *path)
{
    struct files *files = context;
    for (size_t i = 0; i < files->count; i++)
        if (strcmp(files->path[i], path) == 0)
            return;
    files->path = grow(files->path, files->count, sizeof *files->path);
    files->path[files->count++] = text_own(path);
}

static void add_roles(struct files *files, const struct scenario *scenario, const char *programs,
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
static int add_programs(struct files *files, const struct run *run, const char *programs,
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
        for (size_t r = 0; r < run->row_count; r++)
            add_roles(files, scenario, programs, run->rows[r].allocator);
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

/* sha256sum's lines, "SUM  PATH", as "NAME SUM". */
static char **sums_of(char *text)
{
    char **list = NULL;
    size_t count = 0;
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char *space = strchr(line, ' ');
        const char *name = strrchr(line, '/');
        if (!space || !name)
            continue;
        *space = '\0';
        AUTO_FREE char *build = path_join("", "%s %s", name + 1, line);
        list = grow(list, count, sizeof *list);
        list[count++] = text_own(build + strlen("/"));
    }
    list = grow(list, count, sizeof *list);
    list[count] = NULL;
    qsort(list, count, sizeof *list, by_name);
    return list;
}

static int sum_files(const struct files *files, char ***out, struct err *err)
{
    const int64_t minute_ns = INT64_C(60) * CLOCK_NS_PER_S;
    AUTO_FREE const char **argv = calloc(files->count + 3, sizeof *argv);
    AUTO_FREE char *text = NULL;
    if (!argv)
        return err_set(err, -ENOMEM, "out of memory");
    argv[0] = "sha256sum";
    argv[1] = "--";
    for (size_t i = 0; i < files->count; i++)
        argv[i + 2] = files->path[i];
    int code = command_output(argv, NULL, clock_now_ns() + minute_ns, -1, &text, err);
    if (code == 0)
        *out = sums_of(text);
    return code;
}

int builds_read(const struct run *run, const char *programs, char ***out, struct err *err)
{
    AUTO(files) struct files files = {.count = 0};
    int code = add_programs(&files, run, programs, err);
    for (size_t i = 0; i < run->row_count && code == 0; i++)
        code = probe_files(programs, run->rows[i].allocator, add_file, &files, err);
    return code < 0 ? code : sum_files(&files, out, err);
}
