/*
 * The folder that a trial's program may write to, {data}: fresh for each trial, gone with it. What
 * is dear to make is made once, by the first trial that wants it, and copied: it lasts as long as
 * this process.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "field.h"
#include "path.h"
#include "program_state.h"
#include "temporary.h"

enum { SETUPS_MAX = 64 };

/* A folder that the user may enter, and no one list. */
static int open_folder(const struct process_user *user, const char *name, char *out, size_t size,
                       struct err *err)
{
    int code = temporary_open(name, out, size, err);
    if (code == 0 && user->name && chmod(out, 0711) < 0)
        code = err_set(err, -errno, "%s: %s", out, strerror(errno));
    return code;
}

static int make_folder(const struct process_user *user, const char *path, struct err *err)
{
    if (mkdir(path, 0700) < 0 || (user->name && chown(path, user->uid, user->gid) < 0))
        return err_set(err, -errno, "%s: %s", path, strerror(errno));
    return 0;
}

int program_make_data(struct trial *trial, struct err *err)
{
    struct program_state *state = play_state(trial);
    char scratch[PATH_MAX];
    int code = open_folder(&state->user, "trial", scratch, sizeof scratch, err);
    if (code < 0)
        return code;
    (void)memcpy(state->scratch, scratch, sizeof scratch);
    if ((size_t)snprintf(state->data, sizeof state->data, "%s/data", scratch) >= sizeof state->data)
        return err_set(err, -ENAMETOOLONG, "%s: %s", scratch, strerror(ENAMETOOLONG));
    state->fill.data = state->data;
    return make_folder(&state->user, state->data, err);
}

/* What was set up so far, and where. */
static struct {
    char *what;
    char *folder;
} setups[SETUPS_MAX];
static size_t setup_count;

static void remove_setups(void)
{
    for (size_t i = 0; i < setup_count; i++)
        temporary_remove(setups[i].folder);
}

/* Two workloads of one file, one of them shortened, share what they set up. */
static char *name_setup(const struct workload *workload)
{
    const struct field field = {FIELD_AT(struct workload, program.setup), .kind = FIELD_WORDS};
    AUTO_FREE char *command = field_text(&field, workload);
    return path_join(workload->path ? workload->path : workload->name, "%s\n%s",
                     workload->program.user ? workload->program.user : "", command);
}

static int make(struct trial *trial, char *folder, size_t size)
{
    struct program_state *state = play_state(trial);
    const struct workload *workload = play_workload(trial);
    struct err err = ERR_INIT;
    if (open_folder(&state->user, "setup", folder, size, &err) < 0)
        return play_fail(trial, "%s", err.text);
    AUTO_FREE char *data = path_join(folder, "data");
    if (make_folder(&state->user, data, &err) < 0)
        return play_fail(trial, "%s", err.text);
    state->fill.data = data;
    int code =
        program_run(trial, SETUP_ROLE, workload->program.setup, AS_USER, workload->each.within_ns);
    state->fill.data = state->data;
    return code;
}

int program_setup(struct trial *trial)
{
    struct program_state *state = play_state(trial);
    AUTO_FREE char *what = name_setup(play_workload(trial));
    char folder[PATH_MAX] = "";
    size_t i = 0;
    while (i < setup_count && strcmp(setups[i].what, what) != 0)
        i++;
    if (i == SETUPS_MAX)
        return play_fail(trial, "more than %d workloads have a 'setup'", SETUPS_MAX);
    if (i == setup_count) {
        int code = make(trial, folder, sizeof folder);
        if (code < 0) {
            temporary_remove(folder);
            return code;
        }
        if (setup_count == 0)
            (void)atexit(remove_setups);
        setups[setup_count].what = TAKE_PTR(what);
        setups[setup_count++].folder = strdup(folder);
    }
    char copy[] = "cp", all[] = "-a", end[] = "--";
    AUTO_FREE char *from = path_join(setups[i].folder, "data/.");
    char *const command[] = {copy, all, end, from, state->data, NULL};
    return program_run(trial, SETUP_ROLE, command, AS_USER, play_workload(trial)->each.within_ns);
}
