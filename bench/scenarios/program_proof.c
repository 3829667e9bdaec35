/* What is known of a program that no agent answers for. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "last_words.h"
#include "program_state.h"
#include "registry.h"

/* Is a file of this path, or this name, mapped by the process? -errno: that is not shown. */
static int maps_file(pid_t pid, const char *path)
{
    char name[64];
    char *line = NULL;
    size_t size = 0, length = strlen(path);
    int found = 0;
    (void)snprintf(name, sizeof name, "/proc/%d/maps", (int)pid);
    AUTO_FCLOSE FILE *maps = fopen(name, "re");
    if (!maps)
        return -errno;
    while (!found && getline(&line, &size, maps) > 0) {
        const char *at = strchr(path, '/') ? strchr(line, '/') : strrchr(line, '/');
        at += at && !strchr(path, '/');
        found = at && strncmp(at, path, length) == 0 && at[length] == '\n';
    }
    free(line);
    return found;
}

/* The library of another row that is mapped; NULL: none. */
static const char *other_mapped(pid_t pid, char real[PATH_MAX])
{
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++)
        if (entry->library && realpath(entry->library, real) && maps_file(pid, real) > 0)
            return real;
    return NULL;
}

static int refuse(struct trial *trial, const char *path, const char *what)
{
    char text[PATH_MAX + 128];
    (void)snprintf(text, sizeof text, "program: %s %s", path, what);
    return play_refuse(trial, text);
}

void program_find_linked(struct trial *trial)
{
    const struct program_state *state = play_state(trial);
    if (state->look.is_script && !state->built)
        play_find_linked(trial, PROGRAM_ROLE);
}

/* What is preloaded is mapped before libc, and a program that was only just started may have
 * neither. */
static int await_loader(struct trial *trial, pid_t pid)
{
    int64_t until_ns = clock_now_ns() + CLOCK_NS_PER_S;
    int code = 0;
    while (code == 0 && maps_file(pid, "libc.so.6") == 0 && !play_has_ended(trial, PROGRAM_ROLE) &&
           clock_now_ns() < until_ns)
        code = play_idle(trial, LOOK_AGAIN_NS);
    return code;
}

int program_prove_outside(struct trial *trial, const char *library)
{
    char real[PATH_MAX] = "";
    char sentence[PATH_MAX + 64] = "no other allocator is mapped; seen from outside, nothing asked";
    pid_t pid = play_pid(trial, PROGRAM_ROLE);
    const struct program_state *state = play_state(trial);
    const char *other = NULL;
    if (library && !realpath(library, real))
        return play_fail(trial, "%s: %s", library, strerror(errno));
    if (state->built && state->look.hindrance == PROGRAM_OTHER_LOADER) {
        (void)snprintf(sentence, sizeof sentence,
                       "a build that runs under %s and brings no malloc; seen from outside",
                       state->look.interpreter);
        return play_set_identity(trial, PROGRAM_ROLE, sentence);
    }
    if (state->built)
        return play_set_identity(trial, PROGRAM_ROLE,
                                 "not proved: a build of one's own, seen from outside");
    int code = await_loader(trial, pid);
    if (code < 0)
        return code;
    int mapped = maps_file(pid, real);
    if (mapped < 0)
        return play_set_identity(trial, PROGRAM_ROLE,
                                 "not proved: the kernel does not show what is mapped");
    if (library && !mapped)
        return refuse(trial, real, "is not mapped: the loader did not take it");
    if (!library && !program_wants_libc_first(state) && (other = other_mapped(pid, real)) != NULL)
        return refuse(trial, other, "is mapped, which is not the row's allocator");
    if (library)
        (void)snprintf(sentence, sizeof sentence, "%s is mapped; seen from outside, nothing asked",
                       real);
    return play_set_identity(trial, PROGRAM_ROLE, sentence);
}

/* libc's malloc ends a process with one of these words, when it is given what is none of its blocks
 * or what was written over. */
static bool is_of_libc_malloc(const char *words)
{
    static const char *const begins[] = {
        "free(): ",     "realloc(): ",       "malloc(): ",           "munmap_chunk(): ",
        "corrupted ",   "mremap_chunk(): ",  "double free or corr",  "malloc_consolidate(): ",
        "unaligned tc", "invalid fastbin e", "break adjusted to fr", "sysmalloc: "};
    for (size_t i = 0; i < ARRAY_LENGTH(begins); i++)
        if (strncmp(words, begins[i], strlen(begins[i])) == 0)
            return true;
    return false;
}

/* Where another allocator serves it was given that one's. */
static bool mixes_allocators(const struct trial *trial, int wait_status)
{
    char words[LAST_WORDS_MAX + 1];
    return WTERMSIG(wait_status) == SIGABRT &&
           strcmp(play_allocator(trial), allocator_registry[0].allocator->name) != 0 &&
           is_of_libc_malloc(last_words(play_folder(trial), "program", words, sizeof words));
}

const char *program_explain(const struct trial *trial, size_t role, int wait_status)
{
    enum spec_agent agent = play_workload(trial)->program.agent;
    if (role == PROGRAM_ROLE && wait_status == -1)
        return agent == SPEC_AGENT_FIRST
                   ? "it has become another program by exec, which 'agent: first' leaves alone"
                   : "it has become a program by exec that the agent was not loaded into";
    if (role != PROGRAM_ROLE || !WIFSIGNALED(wait_status))
        return NULL;
    if (mixes_allocators(trial, wait_status))
        return "libc's malloc was given a block of the row's allocator: some of the program calls "
               "libc's past what is preloaded, as plug-ins do that are loaded with RTLD_DEEPBIND "
               "(those of php), so no preload can serve it";
    if (WTERMSIG(wait_status) != SIGSYS || agent == SPEC_AGENT_OFF)
        return NULL;
    return "a seccomp filter forbids what the program did, or what the agent in it did; 'program: "
           "{agent: off}' (--agent off) measures RSS without one";
}
