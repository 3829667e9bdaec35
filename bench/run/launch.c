#include "launch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "path.h"
#include "pins.h"
#include "registry.h"
#include "text.h"
#include "trial_state.h"
#include "words.h"

/* What a role may see of the driver's environment: nothing that any allocator reads. valgrind makes
 * the names of its pipes of user and host, and vgdb looks for them by those of the driver. */
static const char *const allowed[] = {"PATH",
                                      "HOME",
                                      "LANG",
                                      "LC_ALL",
                                      "TMPDIR",
                                      "LOGNAME",
                                      "USER",
                                      "HOST",
                                      "HOSTNAME",
#ifdef __SANITIZE_ADDRESS__
                                      "ASAN_OPTIONS",
                                      "UBSAN_OPTIONS",
                                      "LSAN_OPTIONS",
#endif
                                      NULL};

/* The tool of the trial, for the role that runs under it; else NULL. */
static const struct trial_tool *tool_of(const struct trial *trial, size_t role)
{
    return role == RECORD_PRIMARY ? trial->options->tool : NULL;
}

/* What a tool preloads stands before what the scenario does: the ledger counts what the rest
 * serves. Any other variable of the tool takes the place of the scenario's. */
static void add_tool(const struct trial_tool *tool, const struct words *more,
                     struct words *environment)
{
    static const char preload[] = "LD_PRELOAD=";
    for (size_t i = 0; more && i < more->count; i++) {
        const char *entry = more->word[i];
        const char *of_tool = words_value(tool->environment, entry);
        if (!of_tool)
            words_add(environment, "%s", entry);
        else if (strncmp(entry, preload, strlen(preload)) == 0)
            words_add(environment, "%s%s:%s", preload, of_tool, entry + strlen(preload));
    }
    for (char *const *entry = tool->environment; entry && *entry; entry++)
        if (!words_value(environment->word, *entry))
            words_add(environment, "%s", *entry);
    words_add(environment, "HEAPCHURN_TOOL=%s", tool->name);
}

/* The load is the same for every row: a role that only helps has none of the row's tunables. */
static void build_environment(const struct trial *trial, size_t role, const struct words *more,
                              struct words *environment)
{
    const struct trial_tool *tool = tool_of(trial, role);
    char *const *row =
        trial->scenario->roles[role].measured ? trial->options->row_environment : NULL;
    for (const char *const *name = allowed; *name; name++)
        if (!more || !words_value(more->word, *name))
            words_keep(environment, *name, NULL);
    for (char *const *entry = row; entry && *entry; entry++)
        if (!tool || !words_value(tool->environment, *entry))
            words_add(environment, "%s", *entry);
    if (tool)
        add_tool(tool, more, environment);
    else if (more)
        words_add_all(environment, more->word);
}

static int find_program(const struct trial *trial, size_t role, const char *path, char **out,
                        struct err *err)
{
    const struct scenario_role *of = &trial->scenario->roles[role];
    const struct trial_tool *tool = tool_of(trial, role);
    const char *suffix = !of->measured                  ? NULL
                         : tool && tool->program_suffix ? tool->program_suffix
                                                        : trial->options->allocator;
    *out = path ? text_own(path)
                : path_join(trial->options->programs, "%s%s%s", of->program, suffix ? "-" : "",
                            suffix ? suffix : "");
    if (access(*out, X_OK) < 0)
        return err_set(err, -ENOENT, "%s: no such program%s", *out,
                       path ? "" : "; run 'make' to build it");
    return 0;
}

/* A role that is linked against the allocator of the row gets the row's own library instead. */
static int substitute(struct trial *trial, size_t role, const struct play_start *start,
                      struct words *environment, struct err *err)
{
    const struct trial_options *options = trial->options;
    const struct allocator_entry *entry = allocator_entry_find(options->allocator);
    if (!options->library || start->program || !trial->scenario->roles[role].measured)
        return 0;
    if (!entry || !entry->library)
        return err_set(err, -ENOTSUP,
                       "%s is part of libc: it has no library to put another in "
                       "place of",
                       options->allocator);
    int code = trial->substitute.folder[0]
                   ? 0
                   : substitute_open(entry->library, options->library, &trial->substitute, err);
    if (code == 0)
        words_add(environment, "LD_LIBRARY_PATH=%s", trial->substitute.folder);
    return code;
}

int launch_role(struct trial *trial, size_t role, const struct play_start *start, struct err *err)
{
    static char *const nothing[] = {NULL};
    const struct scenario_role *of = &trial->scenario->roles[role];
    const struct trial_options *options = trial->options;
    AUTO(words) struct words arguments = {.count = 0};
    AUTO(words) struct words environment = {.count = 0};
    AUTO_FREE char *program = NULL, *log = path_join(options->folder, "%s.log", of->name);
    int code = find_program(trial, role, start->program, &program, err);
    if (code < 0)
        return code;
    if (tool_of(trial, role))
        words_add_all(&arguments, options->tool->prefix);
    words_add(&arguments, "%s", program);
    if (start->arguments)
        words_add_all(&arguments, start->arguments->word);
    build_environment(trial, role, start->environment, &environment);
    code = substitute(trial, role, start, &environment, err);
    if (code < 0)
        return code;
    free(trial->record->roles[role].program);
    trial->record->roles[role].program = strdup(program);
    free(trial->record->roles[role].linked);
    trial->record->roles[role].linked = start->linked ? strdup(start->linked) : NULL;
    free(trial->record->roles[role].libc);
    trial->record->roles[role].libc = start->libc ? strdup(start->libc) : NULL;
    cpu_set_t several;
    const bool spread =
        start->cores > 1 && pins_several(&options->pins, start->cores, &several) > 1;
    if (spread && of->measured)
        trial->spread = several;
    const struct process_spec spec = {
        .path = arguments.word[0],
        .argv = arguments.word,
        .environment = environment.word ? environment.word : nothing,
        .log_path = log,
        .cpu = of->measured ? options->pins.subject_cpu : options->pins.driver_cpu,
        .cpus = spread ? &several
                : options->workload->workers.count > 0
                    ? pins_for_threads(&options->pins, of->measured)
                    : NULL,
        .no_aslr = options->no_aslr,
        .no_huge_pages = of->measured && options->huge_pages == HUGE_PAGES_OFF,
        .plain = start->plain,
        .user = start->user,
    };
    return supervisor_start(&trial->supervisor, role, &spec, err);
}
