#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "field.h"
#include "path.h"
#include "paths.h"
#include "program_state.h"
#include "registry.h"
#include "temporary.h"

/* A port that nobody listens at now. It may be taken before the program takes it; the program then
 * says so in its log. */
static int free_port(int64_t *out_port, struct err *err)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    AUTO_CLOSE int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, size) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        return err_set(err, -errno, "no free port: %s", strerror(errno));
    *out_port = ntohs(address.sin_port);
    return 0;
}

static const char *library_of(const struct trial *trial)
{
    const struct allocator_entry *entry = allocator_entry_find(play_allocator(trial));
    return play_library(trial) ? play_library(trial) : entry ? entry->library : NULL;
}

static int add_preload(const struct trial *trial, const struct program_state *state,
                       struct words *out, struct err *err)
{
    char libraries[PATHS_MAX];
    enum spec_agent where = state->agent;
    const char *library = state->built ? NULL : library_of(trial);
    if (!library && program_wants_libc_first(state))
        library = state->look.libc;
    if (where == SPEC_AGENT_OFF)
        return agents_environment(&state->agents, NULL, library, false, out, err);
    int code = paths_libraries(play_programs(trial), libraries, err);
    if (code < 0)
        return code;
    AUTO_FREE char *agent = path_join(libraries, "libheapchurn-agent.so");
    AUTO_FREE char *real = realpath(agent, NULL);
    if (!real)
        return err_set(err, -errno, "%s: %s", agent, strerror(errno));
    return agents_environment(&state->agents, real, library, where == SPEC_AGENT_FIRST, out, err);
}

/* The build of the row's allocator, or the program that all rows run; and a look at it. */
static int choose_command(const struct trial *trial, struct program_state *state, struct err *err)
{
    const struct workload *workload = play_workload(trial);
    const char *build = workload_build(workload, play_allocator(trial));
    AUTO(words) struct words words = {.count = 0};
    state->built = build != NULL;
    if (!build)
        words_add_all(&words, workload->program.command);
    state->command = build ? field_words(build) : words_take(&words);
    if (!state->command || !state->command[0])
        return err_set(err, -EINVAL, "there is no program for rows of %s", play_allocator(trial));
    const struct allocator_entry *entry = allocator_entry_find(play_allocator(trial));
    const char *loader = entry ? entry->allocator->loader : NULL;
    state->agent = loader ? SPEC_AGENT_OFF : workload->program.agent;
    int code = program_look(state->command[0], &state->look, err);
    return loader && (code == 0 || code == -ENOTSUP)
               ? program_look_is_for(&state->look, loader, err)
               : code;
}

static int open_state(struct trial *trial, struct program_state *state, struct err *err)
{
    const struct workload *workload = play_workload(trial);
    static char folder[PATH_MAX];
    state->agents = AGENTS_INIT;
    state->notify_fd = -1;
    state->opened = true;
    (void)snprintf(folder, sizeof folder, "%s", workload->path ? workload->path : ".");
    state->fill = (struct placeholders){
        .folder = dirname(folder), .seed = workload->seed, .count = workload->each.count};
    int code = choose_command(trial, state, err);
    if (code == 0 && workload->program.user && geteuid() == 0)
        code = process_user_find(workload->program.user, &state->user, err);
    if (code == 0)
        code = program_make_data(trial, err);
    if (code == 0)
        code = free_port(&state->fill.port, err);
    if (code == 0 && state->agent)
        code = agents_open(state->scratch, &state->agents, err);
    if (code == 0 && workload->ready.notify)
        code = program_open_notify(state, err);
    if (code == 0 && state->agents.fd >= 0)
        code = play_open_door(trial, state->agents.fd);
    return code;
}

static int launch(struct trial *trial, struct program_state *state, struct err *err)
{
    const struct workload *workload = play_workload(trial);
    AUTO(words) struct words words = {.count = 0};
    AUTO(words) struct words arguments = {.count = 0};
    AUTO(words) struct words environment = {.count = 0};
    int code = placeholders_fill(&state->fill, state->command, &words, err);
    if (code < 0)
        return code;
    words_add_all(&arguments, words.word + 1);
    program_environment(&state->user, &environment);
    if (workload->ready.notify)
        words_add(&environment, "NOTIFY_SOCKET=%s", state->notify_path);
    if (workload->ends)
        words_add(&environment, "LEDGER_PRINT=%s/" PROGRAM_LEDGER, state->scratch);
    code = add_preload(trial, state, &environment, err);
    const bool linked = !state->built && state->look.linked[0];
    return code < 0
               ? code
               : play_start(trial, PROGRAM_ROLE,
                            &(struct play_start){.program = state->look.path,
                                                 .arguments = &arguments,
                                                 .environment = &environment,
                                                 .user = state->user.name ? &state->user : NULL,
                                                 .linked = linked ? state->look.linked : NULL,
                                                 .libc = linked ? state->look.libc : NULL,
                                                 .plain = true},
                            err);
}

/* Its agent connects, and says what serves it, before main runs. */
static int await_agent(struct trial *trial, const struct program_state *state)
{
    int64_t until_ns = clock_now_ns() + play_workload(trial)->ready.within_ns;
    int code = 0;
    while (code == 0 && !state->announced && !play_has_ended(trial, PROGRAM_ROLE) &&
           clock_now_ns() < until_ns)
        code = play_idle(trial, LOOK_AGAIN_NS);
    if (code < 0 || state->announced)
        return code;
    return play_fail(trial, program_log_has(trial, "program", "cannot be preloaded")
                                ? "the loader could not preload the agent or the allocator; "
                                  "program.log says why"
                                : "the agent in the program did not answer; 'program: {agent: "
                                  "off}' (--agent off) measures RSS without it");
}

int program_start(struct trial *trial, struct err *err)
{
    struct program_state *state = play_state(trial);
    const struct workload *workload = play_workload(trial);
    int code = open_state(trial, state, err);
    if (state->agent == SPEC_AGENT_FIRST)
        play_alone(trial, PROGRAM_ROLE);
    if (code == 0 && spec_command_given(workload->program.setup))
        code = program_setup(trial);
    if (code == 0 && spec_command_given(workload->program.prepare))
        code = program_run(trial, SETUP_ROLE, workload->program.prepare, AS_USER,
                           workload->each.within_ns);
    if (code == 0)
        code = launch(trial, state, err);
    if (code == 0 && workload->ends)
        code = play_signal(trial, PROGRAM_ROLE, 0); /* from now on it may end */
    if (code == 0 && state->agent)
        code = await_agent(trial, state);
    if (code == 0)
        code = program_await_ready(trial);
    if (code == 0 && !workload->ends)
        program_find_linked(trial);
    if (code == 0 && !state->agent)
        code = program_prove_outside(trial, library_of(trial));
    if (code == 0 && spec_command_given(workload->each.prepare))
        code = program_run(trial, LOAD_ROLE, workload->each.prepare, AS_ONESELF,
                           workload->each.within_ns);
    /* An allocator's first statistics cost it memory (jemalloc 0.3 MiB): before the baseline. */
    if (code == 0 && play_has_channel(trial, PROGRAM_ROLE))
        code = play_ask(trial, PROGRAM_ROLE, "stats");
    if (code == 0 && play_has_channel(trial, PROGRAM_ROLE))
        code = play_await(trial, PROGRAM_ROLE, "stats", 0);
    return code;
}

void program_knock(struct trial *trial)
{
    struct program_state *state = play_state(trial);
    pid_t pid = 0;
    int fd;
    while ((fd = agents_accept(&state->agents, &pid)) >= 0) {
        if (pid == play_pid(trial, PROGRAM_ROLE))
            (void)play_adopt(trial, PROGRAM_ROLE, fd);
        else if (state->agent == SPEC_AGENT_ALL)
            play_join(trial, PROGRAM_ROLE, pid, fd);
        else
            (void)close(fd); /* forked by the first: its agent goes */
    }
}

void program_close(struct trial *trial)
{
    struct program_state *state = play_state(trial);
    if (!state->opened)
        return;
    agents_close(&state->agents);
    cleanup_close(&state->notify_fd);
    process_user_release(&state->user);
    for (char **word = state->command; word && *word; word++)
        free(*word);
    free(state->command);
    if (state->scratch[0])
        temporary_remove(state->scratch);
}

/* "ready" comes once for each image of the process: what it executes is proved anew. */
bool program_heard(struct trial *trial, size_t role, const struct control_line *line)
{
    struct program_state *state = play_state(trial);
    if (role != PROGRAM_ROLE || !control_is(line, "ready"))
        return false;
    state->announced = play_accept_ready(trial, role, line) == 0;
    return true;
}
