#include "diagnose.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "command_output.h"
#include "folder.h"
#include "orphans.h"
#include "pass_trial.h"
#include "path.h"
#include "patience.h"
#include "resolve.h"
#include "scenarios.h"
#include "text.h"
#include "tool_left.h"
#include "words.h"

enum { VIEW_SECONDS = 120 };

/* What the callback at quiescence needs. */
struct quiet {
    const struct tool *tool;
    struct diagnosis *diagnosis;
    int interrupt_fd;
};

static int save_text(const char *folder, const char *file, const char *text, struct err *err)
{
    AUTO_FREE char *path = path_join(folder, "%s", file);
    FILE *out = fopen(path, "we");
    int code = !out || fputs(text, out) < 0 ? -errno : 0;
    if (out && fclose(out) != 0 && code == 0)
        code = -errno;
    if (code < 0 && out)
        (void)unlink(path); /* half a text would be read as a whole one */
    return code < 0 ? err_set(err, code, "%s: %s", path, strerror(-code)) : 0;
}

/* Run commands, keep what they print. The first failure is told, and the others are run all the
 * same, unless interrupted. */
static int run_views(const struct tool_view *views, const struct tool_words *words,
                     int interrupt_fd, struct err *err)
{
    int first = 0;
    for (size_t i = 0; i < TOOL_VIEWS_MAX && views[i].argv && first != -EINTR; i++) {
        AUTO_FREE char *text = NULL;
        struct err why = ERR_INIT;
        char **argv = tool_words_fill(views[i].argv, words);
        int code = command_output((const char *const *)argv, NULL,
                                  clock_now_ns() + VIEW_SECONDS * (int64_t)CLOCK_NS_PER_S,
                                  interrupt_fd, &text, &why);
        if (text) {
            int saved = save_text(words->folder, views[i].file, text, code == 0 ? &why : NULL);
            code = code == 0 ? saved : code;
        }
        if (code < 0 && (first == 0 || code == -EINTR))
            first = err_set(err, code, "%s", why.text);
        tool_words_free(argv);
    }
    return first;
}

/* The subject is quiet: keep its map, and let the tool look. That it cannot is no fault of the
 * pass.
 */
static int at_quiet(void *context, pid_t primary, struct err *err)
{
    struct quiet *quiet = context;
    struct diagnosis *diagnosis = quiet->diagnosis;
    struct tool_words words = {.folder = diagnosis->folder, .pid = (int)primary};
    struct err trouble = ERR_INIT;
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/maps", (int)primary);
    AUTO_FREE char *maps = tool_left_text(path);
    int code = maps ? save_text(diagnosis->folder, "maps", maps, err) : 0;
    if (code == 0 && run_views(quiet->tool->at_quiet, &words, quiet->interrupt_fd, &trouble) < 0)
        (void)text_copy(diagnosis->why_not[MOMENT_LIVE], DIAGNOSE_TEXT_MAX, trouble.text);
    return code;
}

static bool is_command(const struct diagnosis *diagnosis)
{
    return diagnosis->record.role_count == 0;
}

/* It ran to its end, so that what was left then can be told from what was live when it was
 * killed. */
static bool came_to_its_end(const struct diagnosis *diagnosis)
{
    int64_t ended = record_primary(&diagnosis->record)->wait_status;
    int status = (int)ended;
    return ended != RECORD_NA && WIFEXITED(status) &&
           (WEXITSTATUS(status) == 0 || diagnosis->tool->own_exit_status);
}

static void read_source(struct diagnosis *diagnosis, const struct tool_source *source)
{
    struct tool_left left = {.folder = diagnosis->folder};
    struct err err = ERR_INIT;
    char unused[DIAGNOSE_TEXT_MAX] = "";
    char *why = source->names_only ? unused : diagnosis->why_not[source->moment];
    AUTO_FREE char *path = NULL;
    if (!is_command(diagnosis))
        (void)snprintf(left.log, sizeof left.log, "%s.log",
                       record_primary(&diagnosis->record)->name);
    if (tool_left_file(diagnosis->tool, source, &left, &path, &err) < 0) {
        if (!*why)
            (void)text_copy(why, DIAGNOSE_TEXT_MAX, err.text);
        return;
    }
    AUTO_FREE char *whole = tool_left_text(path);
    AUTO_FREE char *part =
        whole && diagnosis->process ? valgrind_part(whole, diagnosis->process) : NULL;
    const char *text = part ? part : whole;
    int code = text ? source->read(text, source->moment, &diagnosis->stacks, &err)
                    : err_set(&err, -errno, "%s", strerror(errno));
    if (code < 0 && !*why) {
        (void)err_wrap(&err, "%s", strrchr(path, '/') + 1);
        (void)text_copy(why, DIAGNOSE_TEXT_MAX, err.text);
    }
}

/* A pass of which nothing can be read has failed. */
static void check_told(struct diagnosis *diagnosis)
{
    const struct tool_source *sources = diagnosis->tool->sources;
    bool told = *diagnosis->problem || !sources[0].file;
    for (size_t i = 0; i < TOOL_SOURCES_MAX && sources[i].file; i++)
        told = told || !*diagnosis->why_not[sources[i].moment];
    if (!told)
        (void)text_copy(diagnosis->problem, DIAGNOSE_TEXT_MAX,
                        "nothing that it wrote could be read");
}

/* From the tool's files to sites. */
/* The map of the process, as it was saved; of a command, as its last heap dump ends with. NULL:
 * there is none. The caller frees. */
static char *maps_of(const struct diagnosis *diagnosis)
{
    static const char head[] = "MAPPED_LIBRARIES:\n";
    AUTO_FREE char *path = path_join(diagnosis->folder, "maps");
    char *maps = tool_left_text(path);
    AUTO(folder_files) struct folder_files dumps = {.count = 0};
    if (maps || folder_match(diagnosis->folder, "*.heap", &dumps, NULL) < 0 || dumps.count == 0)
        return maps;
    AUTO_FREE char *dump = tool_left_text(dumps.paths[dumps.count - 1]);
    const char *from = dump ? strstr(dump, head) : NULL;
    return from ? strdup(from + strlen(head)) : NULL;
}

static void read_all(struct diagnosis *diagnosis, bool ended, int interrupt_fd)
{
    const struct tool *tool = diagnosis->tool;
    struct err err = ERR_INIT;
    const char *failed = diagnosis->record.reason;
    for (int moment = 0; moment < MOMENT_COUNT; moment++)
        if (tool->lacks[moment])
            (void)text_copy(diagnosis->why_not[moment], DIAGNOSE_TEXT_MAX, tool->lacks[moment]);
    for (int moment = 0; moment < MOMENT_COUNT && !ended; moment++)
        if (moment != MOMENT_LIVE && !*diagnosis->why_not[moment])
            (void)text_copy(diagnosis->why_not[moment], DIAGNOSE_TEXT_MAX,
                            "the program did not come to its end");
    for (size_t i = 0; i < TOOL_SOURCES_MAX && tool->sources[i].file; i++)
        if (ended || tool->sources[i].moment == MOMENT_LIVE)
            read_source(diagnosis, &tool->sources[i]);
    for (size_t i = 0; i < diagnosis->stacks.count && is_command(diagnosis); i++)
        if (diagnosis->stacks.list[i].reachable)
            diagnosis->stacks.list[i].moment = MOMENT_LIVE;
    check_told(diagnosis);
    AUTO_FREE char *maps = maps_of(diagnosis);
    resolve(&diagnosis->stacks, maps, interrupt_fd);
    sites_build(&diagnosis->stacks, &diagnosis->sites);
    if (!tool->detail || failed)
        return;
    AUTO_FREE char *statistics_path = path_join(diagnosis->folder, "statistics.txt");
    AUTO_FREE char *statistics = tool_left_text(statistics_path);
    if (!statistics)
        (void)err_set(&err, -errno, "no statistics: %s", strerror(errno));
    else
        (void)places_read(statistics, &diagnosis->places, &err);
    if (err.code < 0)
        (void)text_copy(diagnosis->problem, DIAGNOSE_TEXT_MAX, err.text);
    places_sort(&diagnosis->places);
}

/* Shorter by what the tool costs, but long enough for growth to stand out. */
static struct workload shortened(const struct diagnose_request *request, const struct tool *tool)
{
    struct workload workload = *request->workload;
    int64_t slower = tool ? (int64_t)ceil(tool->slowdown) : 1;
    int64_t cycles = workload_round_cycles(&workload);
    int64_t least = (DIAGNOSE_CYCLES + cycles - 1) / cycles;
    int64_t quick = workload.quick_rounds > 0 ? workload.quick_rounds : workload.rounds;
    int64_t rounds = quick / slower;
    workload.rounds = request->rounds ? request->rounds : rounds < least ? least : rounds;
    const struct scenario *scenario = scenario_find(workload.load);
    if (!request->rounds && !(scenario && scenario->cheap_rounds) && workload.rounds > quick)
        workload.rounds = quick;
    workload.step_deadline_ns *= slower;
    return workload;
}

static void measure_cost(struct diagnosis *diagnosis)
{
    const struct record *record = &diagnosis->record;
    const struct record_snapshot *snapshots = record_primary(record)->snapshot;
    diagnosis->cycles = record->cycles_done;
    diagnosis->cpu_ns_per_cycle = diagnosis->wall_ns_per_cycle = NAN;
    if (!snapshots[PHASE_CHURN].taken || record->cycles_done <= 0)
        return;
    double cycles = (double)record->cycles_done;
    diagnosis->cpu_ns_per_cycle =
        (double)(snapshots[PHASE_CHURN].cpu_ns - snapshots[PHASE_START].cpu_ns) / cycles;
    diagnosis->wall_ns_per_cycle =
        (double)(record->phase_end_ns[PHASE_CHURN] - record->phase_end_ns[PHASE_START]) / cycles;
}

static int64_t counter(const struct record_role *subject, const char *name)
{
    for (size_t i = 0; i < subject->counter_count; i++)
        if (strcmp(subject->counters[i].name, name) == 0)
            return subject->counters[i].value;
    return RECORD_NA;
}

static int run_trial(const struct diagnose_request *request, const struct tool *tool,
                     struct diagnosis *diagnosis, struct err *err)
{
    struct workload workload = shortened(request, tool);
    const struct scenario *scenario = NULL;
    if (scenario_of(&workload, &scenario, err) < 0)
        return -EINVAL;
    struct tool_words words = {.folder = diagnosis->folder};
    struct quiet quiet = {
        .tool = tool, .diagnosis = diagnosis, .interrupt_fd = request->interrupt_fd};
    int64_t slower = tool ? (int64_t)ceil(tool->slowdown) : 1;
    struct trial_deadlines deadlines = patience_deadlines();
    deadlines.ready_ns *= slower;
    deadlines.answer_ns *= slower;
    deadlines.leave_ns *= slower;
    AUTO_FREE char *statistics = path_join(diagnosis->folder, "statistics.txt");
    char **prefix = tool ? tool_words_fill(tool->prefix, &words) : NULL;
    char **variables =
        tool ? tool_environment(tool, request->row_environment, diagnosis->folder) : NULL;
    AUTO(words) struct words environment = {.count = 0};
    words_add_all(&environment, variables);
    if (request->libraries)
        words_add(&environment, "LD_LIBRARY_PATH=%s", request->libraries);
    struct trial_tool under = {
        .name = tool ? tool->name : NULL,
        .prefix = prefix,
        .environment = environment.word,
        .dumps = tool && tool->asks_dumps,
        .own_exit_status = tool && tool->own_exit_status,
        .program_suffix = tool ? tool->program_suffix : NULL,
        .detail = tool && tool->detail ? statistics : NULL,
        .at_quiet = at_quiet,
        .context = &quiet,
    };
    struct trial_options options = {
        .workload = &workload,
        .scenario = scenario,
        .allocator =
            tool ? tool_runs_on(tool, request->allocator, request->programs) : request->allocator,
        .row_environment = request->row_environment,
        .programs = request->programs,
        .folder = diagnosis->folder,
        .pins = request->pins,
        .deadlines = deadlines,
        .sample_period_ns = 20LL * CLOCK_NS_PER_MS,
        .interrupt_fd = request->interrupt_fd,
        .tool = tool ? &under : NULL,
    };
    int code = trial_run(&options, &diagnosis->record, err);
    tool_words_free(prefix);
    tool_words_free(variables);
    return code;
}

int diagnose_run(const struct diagnose_request *request, const struct tool *tool,
                 struct diagnosis *out, struct err *err)
{
    *out = (struct diagnosis){.tool = tool};
    record_init(&out->record);
    (void)snprintf(out->folder, sizeof out->folder, "%s/%s", request->folder,
                   tool ? tool->name : "plain");
    /* What another pass left there would be read as this one's. */
    if (mkdir(out->folder, 0777) < 0)
        return err_set(err, -errno, "%s: %s%s", out->folder, strerror(errno),
                       errno == EEXIST ? "; choose another folder with -o" : "");
    struct err path = ERR_INIT;
    if (tool && tool_check_folder(tool, out->folder, &path) < 0) {
        (void)text_copy(out->problem, sizeof out->problem, path.text);
        return 0;
    }
    int code = run_trial(request, tool, out, err);
    if (code < 0)
        return code;
    measure_cost(out);
    const struct record_role *subject = record_primary(&out->record);
    out->lost_blocks = counter(subject, "lost_blocks");
    out->lost_bytes = counter(subject, "lost_bytes");
    if (out->record.outcome != RECORD_VALID)
        (void)snprintf(out->problem, sizeof out->problem, "%s",
                       out->record.reason ? out->record.reason : "no reason given");
    if (!tool)
        return 0;
    struct tool_words words = {.folder = out->folder, .program = subject->program};
    struct err view = ERR_INIT;
    if (run_views(tool->after, &words, request->interrupt_fd, &view) < 0 && !*out->problem)
        (void)text_copy(out->view_problem, sizeof out->view_problem, view.text);
    read_all(out, came_to_its_end(out), request->interrupt_fd);
    struct pollfd interrupt = {.fd = request->interrupt_fd, .events = POLLIN};
    if (poll(&interrupt, 1, 0) <= 0)
        return 0;
    orphans_end(); /* what a view that was killed had started */
    return -EINTR;
}

void diagnosis_read_command(struct diagnosis *diagnosis, bool ended, int interrupt_fd)
{
    static const char untold[] = "it does not tell what is still pointed to at the end";
    const struct tool_words words = {.folder = diagnosis->folder};
    struct err view = ERR_INIT;
    diagnosis->cpu_ns_per_cycle = diagnosis->wall_ns_per_cycle = NAN;
    diagnosis->lost_blocks = diagnosis->lost_bytes = RECORD_NA;
    (void)run_views(diagnosis->tool->after, &words, interrupt_fd, &view); /* some need a workload */
    (void)text_copy(diagnosis->why_not[MOMENT_LIVE], DIAGNOSE_TEXT_MAX, untold);
    read_all(diagnosis, ended, interrupt_fd);
    if (diagnosis->tool->tells_reachable)
        (void)text_copy(diagnosis->why_not[MOMENT_LIVE], DIAGNOSE_TEXT_MAX,
                        diagnosis->why_not[MOMENT_LOST]);
}

struct amount diagnosis_sum(const struct diagnosis *diagnosis, enum moment moment)
{
    if (*diagnosis->why_not[moment])
        return (struct amount){AMOUNT_NA, AMOUNT_NA};
    return stacks_sum(&diagnosis->stacks, moment);
}

void diagnosis_release(struct diagnosis *diagnosis)
{
    sites_release(&diagnosis->sites);
    stacks_release(&diagnosis->stacks);
    places_release(&diagnosis->places);
    record_release(&diagnosis->record);
}
