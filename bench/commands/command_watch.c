/*
 * heapchurn watch: the memory of any running process, one line per look.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "command.h"
#include "findings_text.h"
#include "interrupt.h"
#include "shared_options.h"
#include "units.h"
#include "unmapped_files.h"
#include "watch_attached.h"
#include "watch_children.h"
#include "watch_curve.h"
#include "watch_view.h"
#include "wrap.h"

struct options {
    struct option_words pid;
    int64_t every_ns;
    int64_t for_ns; /* -1: until the process ends */
    bool smaps;
    bool tree;
    bool attach, release;
    const char *output;
};

static const struct option_row option_rows[] = {
    {.name = "every",
     .argument = "TIME",
     .kind = OPTION_DURATION,
     .at = offsetof(struct options, every_ns),
     .least = 10LL * CLOCK_NS_PER_MS,
     .fallback = "5s",
     .help = "Time between looks, 10ms or more"},
    {.name = "for",
     .argument = "TIME",
     .kind = OPTION_DURATION,
     .at = offsetof(struct options, for_ns),
     .least = 1,
     .help = "Stop after this time (default: when the process ends)"},
    {.name = "smaps", .at = offsetof(struct options, smaps), .help = "Show which mappings changed"},
    {.name = "tree",
     .at = offsetof(struct options, tree),
     .excludes = "smaps",
     .because = "looks at many processes",
     .help = "Take in its descendants"},
    {.name = "attach",
     .at = offsetof(struct options, attach),
     .excludes = "tree",
     .because = "looks at one process from inside",
     .help =
         "Put our agent into it by gdb, which stops it for a moment: tells LIVE, KEPT, OUTSIDE"},
    {.name = "release",
     .at = offsetof(struct options, release),
     .help = "With --attach: at the end ask its allocator to give back, and look again"},
    OPTION_OUTPUT_FILE(struct options, output, "Write the looks to this CSV file too"),
    {.name = NULL},
};

static const struct help_line examples[] = {
    {"heapchurn watch 4711", "every 5 s"},
    {"heapchurn watch 4711 --every 1s --smaps", "where it grows"},
    {"heapchurn watch 4711 --attach --for 10m --release", "whose memory, without a restart"},
    {"heapchurn watch $(pidof -s nginx) --for 10m -o nginx.csv", NULL},
    {NULL, NULL},
};

static const struct help_line statuses[] = {
    {"0", "watched until the process ended, --for was over or Ctrl-C"},
    {"2", "usage"},
    {"3", "there is no such process, it is a zombie, it may not be read, no agent can be put into "
          "it, or the looks cannot be written"},
    {NULL, NULL},
};

struct watch {
    const struct options *options;
    struct watch_target target; /* not with --tree: there it is the first of the tree */
    struct watch_tree tree;
    struct watch_view view;
    struct mappings mappings;                       /* of the last look that could afford them */
    int64_t first_kinds[MAPPING_KINDS];             /* resident, of the first such look */
    struct unmapped_files first_unmapped, unmapped; /* not of a tree */
    FILE *csv;
    int64_t began_ns;
    int64_t mappings_due_ns;  /* not before, so that reading them takes a twentieth of the time */
    struct watch_curve curve; /* all looks */
    struct watch_agent agent; /* with --attach */
    size_t children;          /* that were told of; not of a tree */
    int hidden_error;
};

static const struct watch_target *target_of(const struct watch *watch)
{
    return watch->options->tree ? &watch->tree.list[0].target : &watch->target;
}

static int hidden(const struct watch *watch, int code, struct err *err)
{
    const struct watch_target *target = target_of(watch);
    return err_set(err, code, "process %d (%s): %s: %s; leave out --smaps", (int)target->pid,
                   target->name, strerror(-code), watch_target_hidden(target));
}

static void read_unmapped(struct watch *watch)
{
    (void)unmapped_files_read(watch->target.procfs.dir_fd, &watch->unmapped);
    if (watch->curve.count == 0)
        watch->first_unmapped = watch->unmapped;
}

/* Everything that this look can afford. `mappings` stays empty where they were not read. */
static int read_all(struct watch *watch, struct watch_reading *out, struct mappings *mappings,
                    struct err *err)
{
    enum { SHARE = 20 };
    int64_t cpu_ns = clock_thread_cpu_ns();
    bool dear = watch->options->smaps || clock_now_ns() >= watch->mappings_due_ns;
    int code = watch->options->tree ? watch_tree_read(&watch->tree, out)
               : dear               ? watch_target_read_mappings(&watch->target, out, mappings)
                                    : watch_target_read(&watch->target, out);
    if (code < 0 && code != -ESRCH)
        return err_set(err, code, "process %d: %s", (int)target_of(watch)->pid, strerror(-code));
    if (code == 0 && out->hidden_error && watch->options->smaps)
        return hidden(watch, -out->hidden_error, err);
    if (dear && code == 0 && !watch->options->tree)
        read_unmapped(watch);
    if (dear)
        watch->mappings_due_ns = clock_now_ns() + SHARE * (clock_thread_cpu_ns() - cpu_ns);
    return code;
}

/* A full disk, or a reader who went away, ends it. Of standard output main says it. */
static int flush(const struct watch *watch, struct err *err)
{
    if (watch->csv && fflush(watch->csv) != 0)
        return err_set(err, -errno, "%s: %s", watch->options->output, strerror(errno));
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : errno ? -errno : -EIO;
}

/* One look. -ESRCH: the process has ended. */
static int look(struct watch *watch, struct err *err)
{
    AUTO(mappings) struct mappings mappings = {.count = 0};
    struct watch_reading reading;
    int64_t elapsed_ns = clock_now_ns() - watch->began_ns;
    int code = read_all(watch, &reading, &mappings, err);
    if (code < 0)
        return code;
    if (watch->options->attach)
        watch_attached_look(&watch->agent, &reading);
    if (watch->curve.count == 0) {
        watch_view_head(&watch->view, target_of(watch));
        if (watch->csv)
            watch_csv_head(watch->csv);
    }
    if (reading.hidden_error)
        watch->hidden_error = reading.hidden_error;
    watch_view_look(&watch->view, &reading, elapsed_ns);
    if (watch->csv)
        watch_csv_line(watch->csv, (int64_t)watch->curve.count, (double)elapsed_ns / CLOCK_NS_PER_S,
                       &reading);
    if (watch->options->smaps)
        watch_view_changes(&watch->mappings, &mappings);
    if (mappings.count) {
        if (watch->mappings.count == 0)
            mappings_totals(&mappings, watch->first_kinds);
        mappings_release(&watch->mappings);
        watch->mappings = mappings;
        mappings = (struct mappings){.count = 0};
    }
    watch_curve_add(&watch->curve, elapsed_ns, &reading);
    return flush(watch, err);
}

/* The descriptor that tells of the end; of a tree there is none, its looks find it. */
static int end_fd(const struct watch *watch)
{
    return watch->options->tree ? -1 : watch->target.pidfd;
}

/* Sleep until the next look is due; those that were missed meanwhile are not made up for. True: go
 * on; false: the process ended, time is over, Ctrl-C. */
static bool next_look(const struct watch *watch, int interrupt_fd, const char **out_why)
{
    const struct options *options = watch->options;
    int64_t elapsed_ns = clock_now_ns() - watch->began_ns;
    int64_t due_ns = watch->began_ns + (elapsed_ns / options->every_ns + 1) * options->every_ns;
    int64_t end_ns = options->for_ns > 0 ? watch->began_ns + options->for_ns : INT64_MAX;
    struct pollfd events[] = {{.fd = end_fd(watch), .events = POLLIN},
                              {.fd = interrupt_fd, .events = POLLIN}};
    int64_t until_ns = due_ns < end_ns ? due_ns : end_ns;
    while (poll(events, 2, clock_left_ms(until_ns)) <= 0 && clock_now_ns() < until_ns)
        continue;
    if (events[0].revents)
        return false;
    *out_why = events[1].revents ? "stopped" : end_ns < due_ns ? "the time given is over" : NULL;
    return !*out_why;
}

static void print_unknown(const struct watch *watch)
{
    char text[256];
    if (watch->hidden_error) {
        (void)snprintf(text, sizeof text, "STACK, LAZY and HUGE are n/a: %s%s%s",
                       strerror(watch->hidden_error), watch->hidden_error == EACCES ? ": " : "",
                       watch->hidden_error == EACCES ? watch_target_hidden(target_of(watch)) : "");
        wrap_print_last(stdout, "", text);
    }
    if (watch->mappings.stacks_error) {
        (void)snprintf(text, sizeof text,
                       "Stacks of threads are counted as anonymous where their size does not tell: "
                       "the kernel does not show where they are: %s",
                       strerror(watch->mappings.stacks_error));
        wrap_print_last(stdout, "", text);
    }
}

static const struct watch_reading *last_look(const struct watch *watch)
{
    return &watch->curve.list[watch->curve.count - 1].reading;
}

/* Whose memory it is, as far as it can be told without the allocator's word. */
static void print_answer(const struct watch *watch, bool lives)
{
    AUTO(memory_curve) struct memory_curve curve = {.count = 0};
    struct attribution attribution;
    if (watch->curve.count == 0)
        return;
    const char *axis = watch_curve_make(&watch->curve, &curve);
    int code = 0;
    if (lives && watch->tree.count <= 1)
        code = watch_curve_padding(target_of(watch)->procfs.dir_fd, &curve);
    attribution_judge(&curve, &attribution);
    const enum confidence confidence = attribution.verdict.confidence;
    (void)printf("\nwhose memory: %s%s%s\n", verdict_names[attribution.verdict.kind],
                 confidence ? ", " : "", confidence ? confidence_names[confidence] : "");
    findings_text_print(&attribution, axis, true, &watch->view.style);
    watch_view_unread(&attribution, code);
    watch_view_unmapped(&watch->view, &watch->first_unmapped, &watch->unmapped);
}

static void print_end(const struct watch *watch, const char *why)
{
    char end[256] = "";
    char since[32];
    char time[32];
    const struct watch_target *target = target_of(watch);
    int64_t elapsed_ns = clock_now_ns() - watch->began_ns;
    if (!why && watch->tree.count > 1)
        (void)snprintf(end, sizeof end, "process %d (%s) and all that came of it have ended",
                       (int)target->pid, target->name);
    else if (!why)
        (void)snprintf(end, sizeof end, "process %d (%s) ", (int)target->pid, target->name);
    if (!why && watch->tree.count <= 1)
        (void)watch_target_end(target, end + strlen(end), sizeof end - strlen(end));
    size_t looks = watch->curve.count;
    int64_t grown =
        looks ? last_look(watch)->rss_bytes - watch->curve.list[0].reading.rss_bytes : 0;
    (void)printf(
        "\n%s; %zu look%s in %s, RSS %s\n", why ? why : end, looks, looks == 1 ? "" : "s",
        units_format_duration(elapsed_ns / CLOCK_NS_PER_MS * CLOCK_NS_PER_MS, time, sizeof time),
        looks ? watch_view_change(grown, since, sizeof since) : "n/a");
    print_unknown(watch);
    if (watch->options->attach)
        watch_attached_end(&watch->agent, &watch->view.style);
    if (watch->options->tree)
        watch_view_members(&watch->tree);
    else
        (void)watch_children_tell(target->pid, watch->children, watch->options->attach,
                                  &watch->view.style);
    if (watch->mappings.count) {
        watch_view_kinds(&watch->view, watch->first_kinds, &watch->mappings);
        watch_view_groups(&watch->view, &watch->mappings, last_look(watch)->threads);
    }
    print_answer(watch, why != NULL);
}

static int watch_it(struct watch *watch, struct err *err)
{
    const char *why = NULL;
    AUTO(interrupt) struct interrupt interrupt = interrupt_open();
    int code = 0;
    watch->began_ns = clock_now_ns();
    do
        code = look(watch, err);
    while (code == 0 && next_look(watch, interrupt.fd, &why));
    if (code < 0 && code != -ESRCH)
        return code;
    if (why && watch->options->release)
        watch_attached_release(&watch->target, &watch->agent, &watch->view.style);
    print_end(watch, why);
    return 0;
}

static int parse_pid(const char *text, pid_t *out, struct err *err)
{
    char *end = NULL;
    errno = 0;
    long pid = strtol(text, &end, 10);
    if (errno || end == text || *end || pid < 1 || pid > INT32_MAX)
        return err_set(err, -EINVAL, "'%s' is not the number of a process", text);
    *out = (pid_t)pid;
    return 0;
}

static int run(const struct command_call *call, struct err *err)
{
    const struct options *options = call->options;
    struct watch watch = {.options = options, .target = WATCH_TARGET_INIT};
    watch.agent = (struct watch_agent){.agents = AGENTS_INIT, .fd = -1};
    pid_t pid = 0;
    if (parse_pid(options->pid.words[0], &pid, err) < 0)
        return EXIT_USAGE;
    if (options->release && !options->attach) {
        (void)err_set(err, -EINVAL, "--release asks the agent: it needs --attach");
        return EXIT_USAGE;
    }
    text_style_detect(stdout, &watch.view.style);
    watch.view.every_ns = options->every_ns;
    watch.view.tree = options->tree;
    if (watch_target_open(pid, &watch.target, err) < 0)
        return EXIT_UNMEASURED;
    if (options->tree)
        watch_tree_open(&watch.target, &watch.tree);
    watch.view.agent = options->attach;
    int code = options->attach
                   ? watch_attached_begin(&watch.target, &watch.agent, &watch.view.style, err)
                   : 0;
    if (code == 0 && !options->tree)
        watch.children = watch_children_tell(pid, 0, options->attach, &watch.view.style);
    if (code == 0 && options->output && !(watch.csv = fopen(options->output, "we")))
        code = err_set(err, -errno, "%s: %s", options->output, strerror(errno));
    if (code == 0)
        code = watch_it(&watch, err);
    if (watch.csv && fclose(watch.csv) != 0 && code == 0)
        code = err_set(err, -errno, "%s: %s", options->output, strerror(errno));
    if (options->attach)
        watch_agent_close(&watch.agent);
    mappings_release(&watch.mappings);
    watch_curve_release(&watch.curve);
    watch_tree_close(&watch.tree);
    watch_target_close(&watch.target);
    errno = code < 0 ? -code : 0; /* main says it of standard output */
    return code < 0 ? EXIT_UNMEASURED : EXIT_OK;
}

const struct command command_watch = {
    .name = "watch",
    .summary = "the memory of any running process, and which mappings change",
    .description =
        "Watch the memory of a running process: one line per look, until it ends.\n\n"
        "RSS is what is resident. ANON is the part that no file backs, which is what allocators "
        "are responsible for; of it STACK lies in stacks of threads, LAZY was given back by "
        "MADV_FREE and is the kernel's for the asking, HUGE lies in huge pages; the end says how "
        "much of these is zeros that nobody wrote to. SHMEM is shared memory (memfd, shmget, "
        "tmpfs); SWAP is no longer "
        "resident. The curve at the end of a line is RSS from 0.\n\n"
        "--smaps adds the mappings that changed since the look before, matched by address and name "
        "(grown, shrunk, new, gone), the largest change first, and the resident memory of each "
        "kind. STACK, LAZY and HUGE come from the mappings, too: reading them needs the right to "
        "trace the process and holds up its memory calls for about a millisecond per 100 MiB. "
        "Without --smaps they are read no more often than makes a twentieth of the time.\n\n"
        "Files in memory (memfd, /dev/shm) that are open and not mapped are no part of RSS; the "
        "end tells what they hold.\n\n"
        "--attach puts our agent into the process without a restart: gdb stops it (for a part of a "
        "second, longer where there is much to read) and has one of its threads load a library, as "
        "a debugger's 'call dlopen(...)' does. It is done only while that thread waits or is in "
        "the "
        "program's own code, and refused where it cannot be safe. The library stays; its thread "
        "ends with the watch. Then LIVE is what the application holds by the allocator's own "
        "count, KEPT what the allocator holds beyond, OUTSIDE the rest. It needs the right to "
        "trace the process, and the package gdb. What the process forks has no agent.\n\n"
        "--tree takes in all descendants: proportional shares added up, so that what they share "
        "counts once; each process is listed at the end. It goes on as long as one of them "
        "lives.\n\n"
        "FILE is CSV that 'heapchurn judge FILE' reads; its cycles are the looks.",
    .options = option_rows,
    .arguments = {.usage = "PID",
                  .least = 1,
                  .most = 1,
                  .at = offsetof(struct options, pid),
                  .completes = COMPLETE_PROCESS,
                  .missing = "which process? write 'heapchurn watch PID'",
                  .surplus = "one process at a time"},
    .options_size = sizeof(struct options),
    .examples = examples,
    .statuses = statuses,
    .run = run,
};
