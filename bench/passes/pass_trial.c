#include "pass_trial.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "folder.h"
#include "pass_profile.h"
#include "path.h"
#include "patience.h"
#include "scenarios.h"
#include "tool_left.h"

static const int64_t sample_period_ns = 20LL * CLOCK_NS_PER_MS;

/* Everything of a workload but its length and its quiet. Borrows its texts. */
static struct workload shortened(const struct workload *workload, bool whole)
{
    struct workload out = *workload;
    const struct scenario *scenario = scenario_find(workload->load);
    int64_t cycles = workload_round_cycles(workload);
    int64_t rounds = (PASS_CYCLES + cycles - 1) / cycles;
    if (scenario && scenario->timed_rounds)
        rounds = 1;
    if (!whole && rounds < out.rounds)
        out.rounds = rounds;
    out.quiet_ns = out.released_ns = 0;
    return out;
}

/* What a clean subject does. */
static struct workload cleaned(const struct workload *workload)
{
    struct workload out = *workload;
    const struct scenario *scenario = scenario_find(workload->load);
    if (scenario && scenario->clean)
        scenario->clean(&out);
    return out;
}

__attribute__((format(printf, 2, 3))) static void give_up(struct pass *pass, const char *format,
                                                          ...)
{
    va_list args;
    va_start(args, format);
    free(pass->unavailable);
    if (vasprintf(&pass->unavailable, format, args) < 0)
        abort();
    va_end(args);
}

static const struct tool *tool_of(const struct pass_request *request)
{
    return request->tool ? request->tool : &tool_ledger;
}

static int note_pid(void *context, pid_t primary, struct err *err)
{
    (void)err;
    ((struct tool_left *)context)->pid = primary;
    return 0;
}

/* `out_left` is filled when the record is valid. */
static int run_trial(const struct pass_request *request, const struct workload *workload,
                     struct record *record, struct tool_left *out_left, struct err *err)
{
    const struct tool *tool = tool_of(request);
    const struct scenario *scenario = NULL;
    if (scenario_of(workload, &scenario, err) < 0)
        return -EINVAL;
    char **environment = tool_environment(tool, request->row->environment,
                                          request->tool ? request->folder : request->libraries);
    const struct trial_tool under = {
        .name = tool->name,
        .environment = environment,
        .dumps = tool->asks_dumps,
        .own_exit_status = tool->own_exit_status,
        .at_quiet = note_pid,
        .context = out_left,
    };
    struct trial_options options = {
        .workload = workload,
        .scenario = scenario,
        .allocator = request->row->allocator,
        .row_environment = request->row->environment,
        .library = request->row->library,
        .huge_pages = request->row->huge_pages,
        .programs = request->programs,
        .folder = request->folder,
        .pins = request->pins,
        .deadlines = patience_deadlines(),
        .sample_period_ns = sample_period_ns,
        .interrupt_fd = request->interrupt_fd,
        .tool = &under,
    };
    options.deadlines.leave_ns *= 2; /* unwinding every call is slow */
    int code = trial_run(&options, record, err);
    tool_words_free(environment);
    const struct record_role *subject = record_primary(record);
    out_left->folder = request->folder;
    out_left->asked = tool->asks_dumps ? PASS_DUMPS : 0;
    out_left->processes = subject->processes_seen > 0 ? (size_t)subject->processes_seen : 0;
    (void)snprintf(out_left->log, sizeof out_left->log, "%s.log", subject->name);
    out_left->at_exit = (struct allocator_leftover){subject->exit_blocks, subject->exit_bytes};
    return code;
}

static void read_tool(const struct pass_request *request, const struct tool_left *left,
                      struct pass *pass)
{
    struct amount leak = {0};
    struct err why = ERR_INIT;
    if (tool_read_figures(request->tool, left, &leak, &why) < 0) {
        give_up(pass, "%s", why.text);
        return;
    }
    pass->blocks = leak.blocks;
    pass->bytes = leak.bytes;
}

static void read_ledger(const struct pass_request *request, struct pass *pass)
{
    const struct record_role *subject = record_primary(&pass->record);
    pass->live_blocks = record_counter(subject, "ledger_blocks");
    if (pass->live_blocks < 0) {
        give_up(pass, "the ledger did not answer: it was not preloaded into %s",
                subject->program ? subject->program : subject->name);
        return;
    }
    pass->live_bytes = subject->snapshot[PHASE_RELEASED].taken
                           ? subject->snapshot[PHASE_RELEASED].stat[STAT_LIVE]
                           : record_counter(subject, "ledger_live_bytes");
    if (pass->live_bytes < 0 || subject->level_unavailable) {
        const char *why = subject->level_unavailable ? subject->level_unavailable
                                                     : subject->unavailable[STAT_LIVE];
        pass->live_bytes = RECORD_NA;
        give_up(pass, "%s", why ? why : "the ledger did not answer when it was quiet");
        return;
    }
    if (subject->process_count > 0) { /* live is the sum of all, the rest of the first alone */
        pass->live_blocks = RECORD_NA;
        return;
    }
    pass->own_live_bytes = record_counter(subject, "own_live_bytes");
    pass->calls = record_counter(subject, "ledger_calls");
    pass->requested_bytes = record_counter(subject, "ledger_requested_bytes");
    pass->overhead_bytes = request->allocator->block_overhead_bytes;
    int64_t threads = subject->snapshot[PHASE_RELEASED].threads;
    int64_t of_thread_bytes = record_counter(subject, "own_thread_excess_max_bytes");
    if (threads > 0 && of_thread_bytes >= 0)
        pass->excess_max_bytes = threads * of_thread_bytes;
    if (of_thread_bytes != 0 && request->allocator->thread_excess)
        pass->excess = strdup(request->allocator->thread_excess);
    pass->blocks = subject->exit_blocks;
    pass->bytes = subject->exit_bytes;
}

/* The same tool over a clean subject, in the same folder: what remains is often the names of files,
 * so that another folder would read other bytes. Its log steps aside for the pass. */
static int measure_remainder(const struct pass_request *request, struct pass *pass, struct err *err)
{
    struct workload full = cleaned(request->workload);
    struct workload workload = shortened(&full, false);
    struct tool_left left = {.pid = 0};
    AUTO(record) struct record record;
    record_init(&record);
    int code = run_trial(request, &workload, &record, &left, err);
    if (code < 0)
        return code;
    struct err why = ERR_INIT;
    struct amount leak = {0};
    AUTO_FREE char *log = path_join(request->folder, "%s.log", record_primary(&record)->name);
    AUTO_FREE char *aside = path_join(request->folder, "clean.log");
    if (record.outcome != RECORD_VALID) {
        give_up(pass, "its remainder is not known: %s", record.reason);
    } else if (tool_read_figures(request->tool, &left, &leak, &why) < 0) {
        give_up(pass, "its remainder is not known: %s", why.text);
    } else {
        pass->remainder_blocks = leak.blocks;
        pass->remainder_bytes = leak.bytes;
    }
    return rename(log, aside) < 0 ? err_set(err, -errno, "%s: %s", log, strerror(errno)) : 0;
}

static int play(const struct pass_request *request, struct pass *pass, struct err *err)
{
    struct workload workload = shortened(request->workload, request->whole);
    int64_t began_ns = clock_now_ns();
    struct tool_left left = {.pid = 0};
    pass->record.workload = strdup(request->workload->name);
    pass->record.row = strdup(request->row->name);
    int code = run_trial(request, &workload, &pass->record, &left, err);
    if (code < 0)
        return code;
    const struct record_role *subject = record_primary(&pass->record);
    pass->cycles = pass->record.cycles_done;
    pass->lost_blocks = record_counter(subject, "lost_blocks");
    pass->lost_bytes = record_counter(subject, "lost_bytes");
    if (pass->record.outcome != RECORD_VALID)
        give_up(pass, "the subject did not come through under this tool: %s", pass->record.reason);
    else if (request->tool)
        read_tool(request, &left, pass);
    else
        read_ledger(request, pass);
    if (pass->record.outcome == RECORD_VALID && request->tool && request->tool->viewer)
        code = pass_profile_read(&(struct pass_profile){.tool = request->tool,
                                                        .allocator = request->allocator->name,
                                                        .program = subject->program,
                                                        .left = &left,
                                                        .interrupt_fd = request->interrupt_fd},
                                 pass);
    pass->elapsed_ns = clock_now_ns() - began_ns;
    return code;
}

int pass_trial_run(const struct pass_request *request, struct pass *pass, struct err *err)
{
    const struct tool *tool = tool_of(request);
    pass->kind = !request->tool                 ? PASS_LEDGER
                 : tool->kind == TOOL_NOT_FREED ? PASS_NOT_FREED
                                                : PASS_UNREACHABLE;
    pass->setting = tool_setting(tool);
    const char *why = tool->unavailable && pass->version ? tool->unavailable(pass->version) : NULL;
    if (why) {
        give_up(pass, "%s", why);
        return 0;
    }
    struct err path = ERR_INIT;
    if (tool_check_folder(tool, request->tool ? request->folder : request->libraries, &path) < 0) {
        give_up(pass, "%s", path.text);
        return 0;
    }
    /* A program may stand in another folder than ours. */
    char folder[PATH_MAX];
    struct pass_request placed = *request;
    placed.folder = folder;
    int code = folder_make_absolute(request->folder, folder, err);
    if (code == 0 && tool->remainder)
        code = measure_remainder(&placed, pass, err);
    return code < 0 || pass->unavailable ? code : play(&placed, pass, err);
}
