#include "launch.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "environment.h"

enum { PATH_SIZE = 4096, WORDS_MAX = 128, WORDS_TEXT_MAX = 65536 };

/* Arguments or an environment, in one buffer. */
struct words {
    char *word[WORDS_MAX + 1];
    int count;
    size_t used;
    bool cut; /* there was more than fits */
    char text[WORDS_TEXT_MAX];
};

static void add_word(struct words *words, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add_word(struct words *words, const char *format, ...)
{
    size_t room = sizeof words->text - words->used;
    va_list args;
    va_start(args, format);
    int length = vsnprintf(words->text + words->used, room, format, args);
    va_end(args);
    if (words->count == WORDS_MAX || length < 0 || (size_t)length >= room) {
        words->cut = true;
        return;
    }
    words->word[words->count++] = words->text + words->used;
    words->used += (size_t)length + 1;
}

/* Words of another vector, at the end of this one. */
static void add_words(struct words *words, char *const *more)
{
    for (char *const *word = more; word && *word; word++)
        add_word(words, "%s", *word);
}

/* What a subject may see of the driver's environment: nothing that any allocator reads. */
static const char *const allowed[] = {"PATH",
                                      "HOME",
                                      "LANG",
                                      "LC_ALL",
                                      "TMPDIR",
#ifdef __SANITIZE_ADDRESS__
                                      "ASAN_OPTIONS",
                                      "UBSAN_OPTIONS",
                                      "LSAN_OPTIONS",
#endif
                                      NULL};

static void build_environment(struct words *environment, char *const *row_environment,
                              char *const *tool_environment)
{
    for (const char *const *name = allowed; *name; name++) {
        const char *value = getenv(*name);
        if (value)
            add_word(environment, "%s=%s", *name, value);
    }
    for (char *const *entry = row_environment; entry && *entry; entry++)
        if (!environment_value(tool_environment, *entry))
            add_word(environment, "%s", *entry);
    add_words(environment, tool_environment);
}

static int start(struct supervisor *supervisor, enum supervisor_role role,
                 const struct trial_options *options, struct words *arguments,
                 struct words *environment, struct err *err)
{
    char log[PATH_SIZE];
    if (arguments->cut || environment->cut)
        return err_set(err, -E2BIG,
                       "%s: its arguments or its environment (with PATH) are more than %d words or "
                       "%d bytes; shorten them: a row must run with all of its variables",
                       supervisor_role_names[role], WORDS_MAX, WORDS_TEXT_MAX);
    if ((size_t)snprintf(log, sizeof log, "%s/%s.log", options->folder,
                         supervisor_role_names[role]) >= sizeof log)
        return err_set(err, -ENAMETOOLONG, "%s: the path is too long", options->folder);
    struct process_spec spec = {
        .path = arguments->word[0],
        .argv = arguments->word,
        .environment = environment->word,
        .log_path = log,
        .cpu = role == SUPERVISOR_CHURNER ? options->pins.driver_cpu : options->pins.subject_cpu,
        .no_aslr = options->no_aslr,
    };
    return supervisor_start(supervisor, role, &spec, err);
}

static int program_path(const struct trial_options *options, const char *name, const char *suffix,
                        char *out, size_t size, struct err *err)
{
    int length =
        snprintf(out, size, "%s/%s%s%s", options->programs, name, *suffix ? "-" : "", suffix);
    if (length < 0 || (size_t)length >= size)
        return err_set(err, -ENAMETOOLONG, "%s: the path is too long", options->programs);
    if (access(out, X_OK) < 0)
        return err_set(err, -ENOENT, "%s: no such program; run 'make' to build it", out);
    return 0;
}

/* Begin a subject's command line: the tool it runs under, if any, and its program. */
static int begin_subject(enum supervisor_role role, const struct trial_options *options,
                         struct words *arguments, struct record_role *out, struct err *err)
{
    char program[PATH_SIZE];
    bool variant = role == SUPERVISOR_PEER && options->tool && options->tool->variant;
    int code = program_path(options, supervisor_role_names[role],
                            variant ? options->tool->variant : options->allocator, program,
                            sizeof program, err);
    if (code < 0)
        return code;
    out->program = strdup(program);
    if (options->tool && role == SUPERVISOR_PEER)
        add_words(arguments, options->tool->prefix);
    add_word(arguments, "%s", program);
    return 0;
}

static int start_subject(struct supervisor *supervisor, enum supervisor_role role,
                         const struct trial_options *options, struct words *arguments,
                         struct err *err)
{
    struct words environment = {.count = 0};
    const struct trial_tool *tool = role == SUPERVISOR_PEER ? options->tool : NULL;
    build_environment(&environment, options->row_environment, tool ? tool->environment : NULL);
    if (tool)
        add_word(&environment, "HEAPCHURN_TOOL=%s", tool->name);
    return start(supervisor, role, options, arguments, &environment, err);
}

int launch_proxy(struct supervisor *supervisor, const struct trial_options *options,
                 struct record_role *out, struct err *err)
{
    struct words arguments = {.count = 0};
    int code = begin_subject(SUPERVISOR_PROXY, options, &arguments, out, err);
    if (code < 0)
        return code;
    add_word(&arguments, "--address");
    add_word(&arguments, "tcp://127.0.0.1:*");
    return start_subject(supervisor, SUPERVISOR_PROXY, options, &arguments, err);
}

static void add_session(struct words *arguments, const struct workload *workload)
{
    const struct spec_session *state = &workload->session;
    const struct {
        const char *option;
        int64_t value;
    } numbers[] = {
        {"--session-blocks", state->blocks},
        {"--session-min", state->size_min_bytes},
        {"--session-max", state->size_max_bytes},
        {"--session-outlive-percent", state->outlive_percent},
        {"--session-outlive-cycles", state->outlive_cycles},
        {"--seed", workload->seed},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++) {
        add_word(arguments, "%s", numbers[i].option);
        add_word(arguments, "%" PRId64, numbers[i].value);
    }
}

int launch_peer(struct supervisor *supervisor, const struct trial_options *options,
                const char *proxy_endpoint, struct record_role *out, struct err *err)
{
    const struct workload *workload = options->workload;
    struct words arguments = {.count = 0};
    int code = begin_subject(SUPERVISOR_PEER, options, &arguments, out, err);
    if (code < 0)
        return code;
    add_word(&arguments, "--proxy");
    add_word(&arguments, "%s", proxy_endpoint);
    add_word(&arguments, "--long-lived");
    add_word(&arguments, "--drain");
    add_word(&arguments, "%s", spec_drain_names[workload->drain]);
    if (workload->leak_bytes > 0) {
        add_word(&arguments, "--leak-bytes");
        add_word(&arguments, "%" PRId64, workload->leak_bytes);
    }
    if (workload->session.blocks > 0)
        add_session(&arguments, workload);
    return start_subject(supervisor, SUPERVISOR_PEER, options, &arguments, err);
}

int launch_churner(struct supervisor *supervisor, const struct trial_options *options,
                   const char *proxy_endpoint, struct err *err)
{
    const struct workload *workload = options->workload;
    char program[PATH_SIZE];
    int code = program_path(options, "churner", "", program, sizeof program, err);
    if (code < 0)
        return code;
    struct words arguments = {.count = 0};
    add_word(&arguments, "%s", program);
    add_word(&arguments, "--proxy");
    add_word(&arguments, "%s", proxy_endpoint);
    add_word(&arguments, "--peers");
    add_word(&arguments, "%" PRId64, workload->peers);
    add_word(&arguments, "--step-deadline");
    add_word(&arguments, "%" PRId64, workload->step_deadline_ns / CLOCK_NS_PER_MS);
    if (!workload->mesh)
        add_word(&arguments, "--star");
    if (workload->messages > 0) {
        add_word(&arguments, "--messages");
        add_word(&arguments, "%" PRId64, workload->messages);
        add_word(&arguments, "--message-bytes");
        add_word(&arguments, "%" PRId64, workload->message_bytes);
    }
    if (workload->load == SPEC_PROCESSES) {
        add_word(&arguments, "--peer");
        add_word(&arguments, "%s/peer-glibc", options->programs);
        add_word(&arguments, "--life");
        add_word(&arguments, "%" PRId64, workload->life_ns / CLOCK_NS_PER_MS);
    }
    /* The load is the same for every row: its environment has no tunables. */
    struct words environment = {.count = 0};
    build_environment(&environment, NULL, NULL);
    return start(supervisor, SUPERVISOR_CHURNER, options, &arguments, &environment, err);
}
