/*
 * heapchurn watch: the memory of any running process, one line per look.
 */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <poll.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "command.h"
#include "interrupt.h"
#include "mappings.h"
#include "sparkline.h"
#include "text_style.h"
#include "units.h"
#include "watch_csv.h"
#include "watch_target.h"
#include "wrap.h"

enum { KEY_EVERY = 0x100, KEY_SMAPS, KEY_FOR, CELL = 32, SPARK_CELLS = 15, CHANGES_SHOWN = 10 };

struct options {
    pid_t pid;
    int64_t every_ns;
    int64_t for_ns; /* 0: until the process ends */
    bool smaps;
    const char *output;
};

static const char doc[] =
    "Watch the memory of a running process: one line per look, until it ends."
    "\vRSS is what is resident; ANON the part that no file backs, which is what allocators are "
    "responsible for; PSS shares libraries out among those who use them; SINCE is RSS against the "
    "first look. The curve at the end of a line is RSS from 0.\n"
    "\n"
    "--smaps adds the mappings that changed since the look before, matched by address and name "
    "(grown, shrunk, new, gone), the largest change first, and the resident memory of each kind. "
    "It and PSS need the right to trace the process, and hold up its memory calls for about a "
    "millisecond per 100 MiB.\n"
    "\n"
    "FILE is CSV that 'heapchurn judge FILE' reads; its cycles are the looks.\n"
    "\n"
    "EXAMPLES\n"
    "  heapchurn watch 4711                      every 5 s\n"
    "  heapchurn watch 4711 --every 1s --smaps   where it grows\n"
    "  heapchurn watch $(pidof -s nginx) --for 10m -o nginx.csv\n"
    "\n"
    "EXIT STATUS  0 watched until the process ended, --for was over or Ctrl-C; 2 usage; 3 there is "
    "no such process, it is a zombie, it may not be read, or the looks cannot be written.";

static const struct argp_option option_table[] = {
    {"every", KEY_EVERY, "TIME", 0, "Time between looks, 10ms or more (5s)", 0},
    {"for", KEY_FOR, "TIME", 0, "Stop after this time (when the process ends)", 0},
    {"smaps", KEY_SMAPS, NULL, 0, "Show which mappings changed", 0},
    {"output", 'o', "FILE", 0, "Write the looks to this CSV file too", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

static void parse_time(struct argp_state *state, const char *text, int64_t least_ns, int64_t *out)
{
    struct err err = ERR_INIT;
    if (units_parse_duration(text, out, &err) < 0)
        argp_error(state, "%s", err.text);
    if (*out < least_ns)
        argp_error(state, "'%s' is too short", text);
    if (*out > INT64_MAX / 4)
        argp_error(state, "'%s' is too long", text);
}

static error_t parse(int key, char *text, struct argp_state *state)
{
    struct options *options = state->input;
    char *end = NULL;
    switch (key) {
    case KEY_EVERY:
        parse_time(state, text, 10LL * CLOCK_NS_PER_MS, &options->every_ns);
        return 0;
    case KEY_FOR:
        parse_time(state, text, 1, &options->for_ns);
        return 0;
    case KEY_SMAPS:
        options->smaps = true;
        return 0;
    case 'o':
        options->output = text;
        return 0;
    case ARGP_KEY_ARG: {
        errno = 0;
        long pid = strtol(text, &end, 10);
        if (options->pid)
            argp_error(state, "one process at a time; '%s' is a second one", text);
        if (errno || end == text || *end || pid < 1 || pid > INT32_MAX)
            argp_error(state, "'%s' is not the number of a process", text);
        options->pid = (pid_t)pid;
        return 0;
    }
    case ARGP_KEY_END:
        if (!options->pid)
            argp_error(state, "which process? write 'heapchurn watch PID'");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = option_table, .parser = parse, .args_doc = "PID", .doc = doc};

struct watch {
    const struct options *options;
    struct watch_target target;
    struct text_style style;
    struct mappings mappings; /* of the look before */
    FILE *csv;
    int64_t began_ns;
    int64_t looks;
    int64_t first_rss, last_rss;
    int pss_error, stacks_error;
    double curve[SPARK_CELLS]; /* RSS of the last looks */
};

static const char *bytes_text(int64_t bytes, char *out, size_t size)
{
    if (bytes == RECORD_NA)
        (void)snprintf(out, size, "n/a");
    else
        (void)units_format_bytes((double)bytes, out, size);
    return out;
}

static const char *change_text(int64_t bytes, char *out, size_t size)
{
    size_t sign = bytes != 0;
    out[0] = bytes > 0 ? '+' : '-';
    (void)units_format_bytes((double)llabs(bytes), out + sign, size - sign);
    return out;
}

static void print_head(const struct watch *watch)
{
    const struct passwd *owner =
        watch->target.uid == RECORD_NA ? NULL : getpwuid((uid_t)watch->target.uid);
    (void)printf("process %d (%s) of %s\n\n", (int)watch->target.pid, watch->target.name,
                 owner ? owner->pw_name : "an unknown user");
    (void)printf("%8s %9s %9s %9s %8s %4s %10s\n", "TIME", "RSS", "ANON", "PSS", "SWAP", "THR",
                 "SINCE");
    if (watch->csv)
        watch_csv_head(watch->csv);
}

/* "00:01:05", and where looks are less than a second apart "01:05.20". */
static const char *time_text(const struct watch *watch, int64_t elapsed_ns, char *out, size_t size)
{
    int64_t hundredths = (elapsed_ns + CLOCK_NS_PER_S / 200) / (CLOCK_NS_PER_S / 100);
    int64_t seconds = (elapsed_ns + CLOCK_NS_PER_S / 2) / CLOCK_NS_PER_S;
    if (watch->options->every_ns < CLOCK_NS_PER_S)
        (void)snprintf(out, size, "%02" PRId64 ":%02" PRId64 ".%02" PRId64, hundredths / 6000,
                       hundredths / 100 % 60, hundredths % 100);
    else
        (void)snprintf(out, size, "%02" PRId64 ":%02" PRId64 ":%02" PRId64, seconds / 3600,
                       seconds / 60 % 60, seconds % 60);
    return out;
}

static void print_line(struct watch *watch, const struct watch_reading *reading, int64_t now_ns)
{
    char rss[CELL];
    char anon[CELL];
    char pss[CELL];
    char swap[CELL];
    char since[CELL];
    char time[CELL];
    char spark[SPARKLINE_TEXT_MAX];
    double top = 0;
    (void)memmove(watch->curve, watch->curve + 1, sizeof watch->curve - sizeof *watch->curve);
    watch->curve[SPARK_CELLS - 1] = (double)reading->rss_bytes;
    size_t known = watch->looks < SPARK_CELLS ? (size_t)watch->looks + 1 : SPARK_CELLS;
    for (size_t i = SPARK_CELLS - known; i < SPARK_CELLS; i++)
        top = fmax(top, watch->curve[i]);
    (void)sparkline(watch->curve + SPARK_CELLS - known, known, top, known, watch->style.utf8,
                    spark);
    (void)printf("%8s %9s %9s %9s %8s %4" PRId64 " %10s  %s\n",
                 time_text(watch, now_ns - watch->began_ns, time, sizeof time),
                 bytes_text(reading->rss_bytes, rss, sizeof rss),
                 bytes_text(reading->anon_bytes, anon, sizeof anon),
                 bytes_text(reading->pss_bytes, pss, sizeof pss),
                 bytes_text(reading->swap_bytes, swap, sizeof swap), reading->threads,
                 change_text(reading->rss_bytes - watch->first_rss, since, sizeof since), spark);
}

/* A path without its folders. */
static const char *short_name(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash && slash[1] ? slash + 1 : name;
}

static void print_changes(const struct mapping_changes *changes)
{
    char size[CELL];
    char rss[CELL];
    char now[CELL];
    int64_t rest = 0;
    for (size_t i = 0; i < changes->count; i++) {
        const struct mapping_change *change = &changes->list[i];
        if (i >= CHANGES_SHOWN) {
            rest += change->rss_after - change->rss_before;
            continue;
        }
        (void)printf("  %-6s %12" PRIx64 " %9s = %-9s size %9s  %.20s\n",
                     mapping_event_names[change->event], change->start,
                     change_text(change->rss_after - change->rss_before, rss, sizeof rss),
                     bytes_text(change->rss_after, now, sizeof now),
                     change_text(change->size_after - change->size_before, size, sizeof size),
                     change->name[0] ? short_name(change->name) : mapping_kind_names[change->kind]);
    }
    if (changes->count > CHANGES_SHOWN)
        (void)printf("  and %zu more: %s\n", changes->count - CHANGES_SHOWN,
                     change_text(rest, rss, sizeof rss));
}

static int read_mappings(struct watch *watch, struct mappings *out, struct err *err)
{
    int code = mappings_read(watch->target.procfs.dir_fd, out, err);
    if (code != -EACCES && code != -EPERM)
        return code;
    return err_set(err, code, "process %d (%s): %s: %s; leave out --smaps", (int)watch->target.pid,
                   watch->target.name, strerror(-code), watch_target_hidden(&watch->target));
}

/* The mappings now, against those of the look before, which they replace. */
static void print_mappings(struct watch *watch, struct mappings *now)
{
    AUTO(mapping_changes) struct mapping_changes changes = {.count = 0};
    int64_t totals[MAPPING_KINDS];
    char text[CELL];
    if (watch->looks > 0)
        mappings_compare(&watch->mappings, now, &changes);
    print_changes(&changes);
    mappings_totals(now, totals);
    (void)printf("  resident:");
    for (int kind = 0; kind < MAPPING_KINDS; kind++)
        (void)printf("%s %s %s", kind ? "," : "", mapping_kind_names[kind],
                     bytes_text(totals[kind], text, sizeof text));
    (void)printf("\n");
    watch->stacks_error = now->stacks_error;
    struct mappings before = watch->mappings;
    watch->mappings = *now;
    *now = before;
}

/* A full disk, or a reader who went away, ends it. Of standard output main says it. */
static int flush(const struct watch *watch, struct err *err)
{
    if (watch->csv && fflush(watch->csv) != 0)
        return err_set(err, -errno, "%s: %s", watch->options->output, strerror(errno));
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : -EIO;
}

/* One look. -ESRCH: the process has ended. */
static int look(struct watch *watch, struct err *err)
{
    AUTO(mappings) struct mappings mappings = {.count = 0};
    struct watch_reading reading;
    int64_t now_ns = clock_now_ns();
    int code = watch_target_read(&watch->target, &reading);
    if (code < 0 && code != -ESRCH)
        return err_set(err, code, "process %d: %s", (int)watch->target.pid, strerror(-code));
    if (code == 0 && watch->options->smaps)
        code = read_mappings(watch, &mappings, err);
    if (code < 0)
        return code;
    if (watch->looks == 0) {
        print_head(watch);
        watch->first_rss = reading.rss_bytes;
    }
    watch->last_rss = reading.rss_bytes;
    watch->pss_error = reading.pss_error;
    print_line(watch, &reading, now_ns);
    if (watch->csv)
        watch_csv_line(watch->csv, watch->looks,
                       (double)(now_ns - watch->began_ns) / CLOCK_NS_PER_S, &reading);
    if (watch->options->smaps)
        print_mappings(watch, &mappings);
    watch->looks++;
    return flush(watch, err);
}

/* Sleep until the next look is due; those that were missed meanwhile are not made up for. True: go
 * on; false: the process ended, time is over, Ctrl-C. */
static bool next_look(const struct watch *watch, int interrupt_fd, const char **out_why)
{
    const struct options *options = watch->options;
    int64_t elapsed_ns = clock_now_ns() - watch->began_ns;
    int64_t due_ns = watch->began_ns + (elapsed_ns / options->every_ns + 1) * options->every_ns;
    int64_t end_ns = options->for_ns ? watch->began_ns + options->for_ns : INT64_MAX;
    struct pollfd events[] = {{.fd = watch->target.pidfd, .events = POLLIN},
                              {.fd = interrupt_fd, .events = POLLIN}};
    int64_t until_ns = due_ns < end_ns ? due_ns : end_ns;
    while (poll(events, 2, clock_left_ms(until_ns)) <= 0 && clock_now_ns() < until_ns)
        continue;
    if (events[0].revents)
        return false;
    *out_why = events[1].revents ? "stopped" : end_ns < due_ns ? "the time given is over" : NULL;
    return !*out_why;
}

static void print_end(const struct watch *watch, const char *why)
{
    char end[256] = "";
    char since[CELL];
    char time[CELL];
    int64_t elapsed_ns = clock_now_ns() - watch->began_ns;
    if (!why)
        (void)snprintf(end, sizeof end, "process %d (%s) ", (int)watch->target.pid,
                       watch->target.name);
    if (!why)
        (void)watch_target_end(&watch->target, end + strlen(end), sizeof end - strlen(end));
    (void)printf(
        "\n%s; %" PRId64 " look%s in %s, RSS %s\n", why ? why : end, watch->looks,
        watch->looks == 1 ? "" : "s",
        units_format_duration(elapsed_ns / CLOCK_NS_PER_MS * CLOCK_NS_PER_MS, time, sizeof time),
        watch->looks ? change_text(watch->last_rss - watch->first_rss, since, sizeof since)
                     : "n/a");
    (void)snprintf(end, sizeof end, "PSS is n/a: %s%s%s", strerror(watch->pss_error),
                   watch->pss_error == EACCES ? ": " : "",
                   watch->pss_error == EACCES ? watch_target_hidden(&watch->target) : "");
    if (watch->pss_error)
        wrap_print_last(stdout, "", end);
    (void)snprintf(end, sizeof end,
                   "Stacks of threads are counted as anonymous: the kernel does not tell where "
                   "they are: %s",
                   strerror(watch->stacks_error));
    if (watch->stacks_error)
        wrap_print_last(stdout, "", end);
}

static int watch_it(struct watch *watch, struct err *err)
{
    const char *why = NULL;
    AUTO_CLOSE int interrupt_fd = interrupt_open();
    int code = 0;
    watch->began_ns = clock_now_ns();
    do
        code = look(watch, err);
    while (code == 0 && next_look(watch, interrupt_fd, &why));
    if (code < 0 && code != -ESRCH)
        return code;
    print_end(watch, why);
    return 0;
}

static int run(int argc, char **argv, struct err *err)
{
    struct options options = {.every_ns = 5LL * CLOCK_NS_PER_S};
    struct watch watch = {.options = &options, .target = WATCH_TARGET_INIT};
    if (argp_parse(&argp, argc, argv, 0, NULL, &options) != 0)
        return EXIT_USAGE;
    text_style_detect(stdout, &watch.style);
    if (watch_target_open(options.pid, &watch.target, err) < 0)
        return EXIT_UNMEASURED;
    int code = 0;
    if (options.output && !(watch.csv = fopen(options.output, "we")))
        code = err_set(err, -errno, "%s: %s", options.output, strerror(errno));
    if (code == 0)
        code = watch_it(&watch, err);
    if (watch.csv && fclose(watch.csv) != 0 && code == 0)
        code = err_set(err, -errno, "%s: %s", options.output, strerror(errno));
    mappings_release(&watch.mappings);
    watch_target_close(&watch.target);
    return code < 0 ? EXIT_UNMEASURED : EXIT_OK;
}

const struct command command_watch = {
    .name = "watch",
    .summary = "the memory of any running process, and which mappings change",
    .run = run,
};
