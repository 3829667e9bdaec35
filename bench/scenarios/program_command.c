/*
 * Commands of the user's that are run to their end: loads, preparations, questions.
 */
#include <string.h>
#include <unistd.h>

#include "command_output.h"
#include "program_state.h"

void program_environment(const struct process_user *user, struct words *out)
{
    static const char *const left_out[] = {
        "PATH=",    "HOME=",      "LANG=",           "LC_ALL=",   "TMPDIR=",
        "LOGNAME=", "USER=",      "HOST=",           "HOSTNAME=", "LD_PRELOAD=",
        "MALLOC_",  "MIMALLOC_",  "GLIBC_TUNABLES=", "TCMALLOC_", "HEAPCHURN_",
        "HEAP_",    "PERFTOOLS_", "NOTIFY_SOCKET=",  "_=",        "RPMALLOC_",
        "SCUDO_",
    };
    if (user->name) {
        words_add(out, "HOME=%s", user->home);
        words_add(out, "USER=%s", user->name);
        words_add(out, "LOGNAME=%s", user->name);
    }
    for (char **entry = environ; *entry; entry++) {
        bool wanted = true;
        for (size_t i = 0; i < ARRAY_LENGTH(left_out); i++)
            wanted = wanted && strncmp(*entry, left_out[i], strlen(left_out[i])) != 0;
        if (wanted)
            words_add(out, "%s", *entry);
    }
}

int program_begin(struct trial *trial, size_t role, char *const *command, enum program_as as)
{
    static const struct process_user nobody = {.name = NULL};
    struct program_state *state = play_state(trial);
    bool as_user = as == AS_USER && state->user.name;
    AUTO(words) struct words words = {.count = 0};
    struct err err = ERR_INIT;
    char path[PATH_MAX];
    int code = placeholders_fill(&state->fill, command, &words, &err);
    if (code == 0 && !command_find(words.word[0], path, sizeof path))
        return play_fail(trial, "there is no command '%s'", words.word[0]);
    AUTO(words) struct words arguments = {.count = 0};
    if (code == 0)
        words_add_all(&arguments, words.word + 1);
    AUTO(words) struct words environment = {.count = 0};
    program_environment(as_user ? &state->user : &nobody, &environment);
    if (code == 0)
        code = play_start(trial, role,
                          &(struct play_start){.program = path,
                                               .arguments = &arguments,
                                               .environment = &environment,
                                               .user = as_user ? &state->user : NULL,
                                               .plain = true},
                          &err);
    return code < 0 ? play_fail(trial, "%s", err.text) : 0;
}

int program_run(struct trial *trial, size_t role, char *const *command, enum program_as as,
                int64_t within_ns)
{
    int code = program_begin(trial, role, command, as);
    return code < 0 ? code : play_await_end(trial, role, within_ns);
}
