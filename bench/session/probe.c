#include "probe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "control.h"
#include "path.h"
#include "process.h"
#include "scenarios.h"
#include "words.h"

static const int64_t ready_deadline_ns = INT64_C(10) * CLOCK_NS_PER_S;

static int wait_ready(struct process *process, struct control_line *out, struct err *err);

static int start(const char *programs, const char *name, struct process *process,
                 struct control_line *out, struct err *err)
{
    AUTO_FREE char *path = path_join(programs, "%s-%s", scenario_probe.program, name);
    if (access(path, X_OK) < 0)
        return err_set(err, -ENOENT, "%s: %s; build it first", path, strerror(errno));
    char locale[] = "LC_ALL=C";
    AUTO(words) struct words argv = {.count = 0};
    words_add(&argv, "%s", path);
    words_add_all(&argv, scenario_probe.arguments);
    char *const environment[] = {locale, NULL};
    const struct process_spec spec = {.path = path,
                                      .argv = argv.word,
                                      .environment = environment,
                                      .log_path = "/dev/null",
                                      .cpu = -1};
    int rc = process_start(process, &spec, err);
    if (rc < 0)
        return rc;
    rc = wait_ready(process, out, err);
    return rc < 0 ? err_wrap(err, "%s-%s", scenario_probe.program, name) : 0;
}

int probe_allocator(const char *programs, const char *name, struct probe *out, struct err *err)
{
    AUTO(process) struct process process = PROCESS_INIT;
    struct control_line line;
    int rc = start(programs, name, &process, &line, err);
    if (rc < 0)
        return rc;
    struct probe probe = {0};
    if (control_get(&line, "version", probe.version, sizeof probe.version) < 0 ||
        control_get(&line, "identity", probe.identity, sizeof probe.identity) < 0)
        return err_set(err, -EPROTO, "%s-%s: says neither version nor identity",
                       scenario_probe.program, name);
    *out = probe;
    return 0;
}

/* A line of maps: "START-END r-xp OFFSET DEV INODE   PATH". */
static const char *executed_file(char *line)
{
    char *path = strchr(line, '/');
    const char *permissions = strchr(line, ' ');
    line[strcspn(line, "\n")] = '\0';
    return path && permissions && permissions[3] == 'x' ? path : NULL;
}

int probe_files(const char *programs, const char *name,
                void (*each)(void *context, const char *path), void *context, struct err *err)
{
    AUTO(process) struct process process = PROCESS_INIT;
    struct control_line ready;
    int rc = start(programs, name, &process, &ready, err);
    if (rc < 0)
        return rc;
    AUTO_FREE char *maps = path_join("/proc", "%d/maps", process.pid);
    AUTO_FCLOSE FILE *file = fopen(maps, "re");
    if (!file)
        return err_set(err, -errno, "%s: %s", maps, strerror(errno));
    AUTO_FREE char *line = NULL;
    for (size_t size = 0; getline(&line, &size, file) > 0;) {
        const char *path = executed_file(line);
        if (path)
            each(context, path);
    }
    return 0;
}

static int wait_ready(struct process *process, struct control_line *out, struct err *err)
{
    int64_t deadline_ns = clock_now_ns() + ready_deadline_ns;
    for (;;) {
        int rc = process_hear(process, out, deadline_ns, -1);
        if (rc == -EPIPE)
            return err_set(err, rc, "ended before it was ready");
        if (rc == -ETIMEDOUT)
            return err_set(err, rc, "was not ready in time");
        if (rc < 0)
            return err_set(err, rc, "control channel: %s", strerror(-rc));
        if (control_is(out, "ready"))
            return 0;
        if (control_is(out, "refused") || control_is(out, "failed")) {
            char reason[PROBE_IDENTITY_MAX] = "without saying why";
            (void)control_get(out, "reason", reason, sizeof reason);
            return err_set(err, -EPERM, "%s", reason);
        }
    }
}
