#include "ready_check.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "huge_pages.h"
#include "library_look.h"
#include "trial_state.h"
#include "work.h"

/* Which file serves it, by its real name and its content; the row's, where the row names one. */
static int check_library(struct trial *trial, struct record_role *subject)
{
    const char *wanted = trial->options->library;
    struct err err = ERR_INIT;
    char sha256[LIBRARY_SHA256_MAX];
    char *real = subject->library ? realpath(subject->library, NULL) : NULL;
    if (real) {
        free(subject->library);
        subject->library = real;
    }
    if (subject->library && library_sha256(subject->library, sha256, &err) == 0) {
        free(subject->library_sha256);
        subject->library_sha256 = strdup(sha256);
    }
    if (!wanted || (subject->library && library_same(subject->library, wanted)))
        return 0;
    trial->supervisor.refused = true;
    return play_fail(trial, "%s is served by %s, not by %s", subject->name,
                     subject->library ? subject->library : "a file it does not tell", wanted);
}

/* As the kernel says; of one that has ended meanwhile it says nothing, and its end is told. */
static int check_huge_pages(struct trial *trial, size_t role)
{
    if (trial->options->huge_pages != HUGE_PAGES_OFF || huge_pages_told(play_pid(trial, role)) < 1)
        return 0;
    trial->supervisor.refused = true;
    return play_fail(trial, "%s has transparent huge pages, which its row turns off",
                     trial->record->roles[role].name);
}

int ready_check(struct trial *trial, size_t role, const struct control_line *line)
{
    struct supervisor *supervisor = &trial->supervisor;
    struct record_role *subject = &trial->record->roles[role];
    pid_t started = play_pid(trial, role);
    int64_t pid = 0;
    if (work_read_ready(subject, line) < 0 || control_get_i64(line, "pid", &pid) < 0)
        return play_fail(trial, "%s sent a 'ready' that lacks what it must say", subject->name);
    if (pid != started)
        return play_fail(trial, "%s says it is process %" PRId64 " but is %d", subject->name, pid,
                         (int)started);
    if (strcmp(subject->allocator, trial->options->allocator) != 0) {
        supervisor->refused = true;
        return play_fail(trial, "%s runs on %s, not on %s", subject->name, subject->allocator,
                         trial->options->allocator);
    }
    if (trial->options->tool)
        return 0;
    int code = check_library(trial, subject);
    return code < 0 ? code : check_huge_pages(trial, role);
}
