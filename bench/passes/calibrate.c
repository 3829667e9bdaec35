#include "calibrate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "clock.h"
#include "control.h"
#include "orphans.h"
#include "path.h"
#include "process.h"
#include "tool_left.h"
#include "words.h"

static const int64_t deadline_ns = 60LL * CLOCK_NS_PER_S;

/* Where the tool's environment points to: dumps of this case, or the ledger. */
static int start(const struct calibrate_request *request, const char *folder, const char *name,
                 struct process *process, struct err *err)
{
    const struct tool *set = request->tool ? request->tool : &tool_ledger;
    AUTO_FREE char *program =
        path_join(request->programs, "calibrate-%s", request->allocator->name);
    AUTO_FREE char *log = path_join(folder, TOOL_LEFT_LOG);
    char **variables = tool_environment(set, NULL, request->tool ? folder : request->libraries);
    AUTO(words) struct words environment = {.count = 0};
    words_keep(&environment, "PATH", "/usr/bin:/bin");
    words_add(&environment, "HEAPCHURN_TOOL=%s", set->name);
    words_add_all(&environment, variables);
    tool_words_free(variables);
    const union {
        const char *in;
        char *out;
    } word = {.in = name};
    char *arguments[] = {program, word.out, NULL};
    int code = process_start(process,
                             &(struct process_spec){.path = program,
                                                    .argv = arguments,
                                                    .environment = environment.word,
                                                    .log_path = log,
                                                    .cpu = -1},
                             err);
    return code;
}

/* Its last line, and then its end. */
static int await(struct process *process, const struct calibrate_request *request,
                 struct control_line *line, struct err *err)
{
    int64_t until_ns = clock_now_ns() + deadline_ns;
    *line = (struct control_line){.length = 0};
    int code = process_hear(process, line, until_ns, request->interrupt_fd);
    if (code == 0 || code == -EPIPE || code == -EPROTO)
        code = process_await(process, until_ns, request->interrupt_fd);
    if (code == -EINTR)
        return err_set(err, code, "interrupted");
    if (code < 0)
        return err_set(err, code, "it did not end within %d s",
                       (int)(deadline_ns / CLOCK_NS_PER_S));
    char end[64];
    bool own_status = request->tool && request->tool->own_exit_status;
    bool well =
        WIFEXITED(process->wait_status) && (own_status || WEXITSTATUS(process->wait_status) == 0);
    if (!well || !control_is(line, "exit"))
        return err_set(err, -EPROTO, "it did not come to its end: %s",
                       process_describe_end(process->wait_status, end, sizeof end));
    return 0;
}

static int read_one(const struct calibrate_request *request, const struct calibration_case *which,
                    struct calibrate_reading *out, struct err *err)
{
    static struct control_line line;
    AUTO_FREE char *folder = path_join(request->folder, "%s-%s-%s", request->allocator->name,
                                       request->tool ? request->tool->name : "ledger", which->name);
    struct tool_left left = {.folder = folder, .at_exit = {ALLOCATOR_NA, ALLOCATOR_NA}};
    struct amount leak;
    AUTO(process) struct process process = PROCESS_INIT;
    int code = request->tool ? tool_check_folder(request->tool, folder, err)
                             : tool_check_folder(&tool_ledger, request->libraries, err);
    if (code < 0)
        return code;
    if (mkdir(folder, 0700) < 0)
        return err_set(err, -errno, "%s: %s", folder, strerror(errno));
    code = start(request, folder, which->name, &process, err);
    if (code == 0)
        code = await(&process, request, &line, err);
    if (code < 0)
        return code;
    left.pid = process.pid;
    (void)control_get_i64(&line, "live_blocks", &left.at_exit.blocks);
    (void)control_get_i64(&line, "live_bytes", &left.at_exit.bytes);
    int64_t calls = 0;
    if (!request->tool && control_get_i64(&line, "ledger_calls", &calls) < 0)
        return err_set(err, -EPROTO, "the ledger did not answer: it was not preloaded");
    code = tool_read_figures(request->tool ? request->tool : &tool_ledger, &left, &leak, err);
    if (code < 0)
        return code;
    out->blocks = leak.blocks;
    out->bytes = leak.bytes;
    return 0;
}

static int64_t known(const struct calibrate_request *request, const struct calibration_case *which)
{
    bool unreachable = request->tool && request->tool->kind == TOOL_UNREACHABLE;
    return which->lost + (unreachable ? 0 : which->reachable);
}

/* A clean program has to read 0, but for tools that cannot; the rest what it left, exactly. Bytes
 * are as asked for or rounded up to a size class, which none of them does by half; a remainder's
 * bytes are the lengths of names and paths, which differ from case to case. */
static void judge(const struct calibrate_request *request, struct calibrate_reading *all, int id)
{
    const struct calibration_case *which = &calibration_cases[id];
    const struct calibrate_reading *clean = &all[which->clean];
    struct calibrate_reading *out = &all[id];
    int64_t left = known(request, which);
    bool may_remain = !request->tool || request->tool->remainder;
    if (*out->unavailable || *clean->unavailable)
        return;
    out->remainder = may_remain ? clean->blocks : 0;
    out->expected = left + out->remainder;
    int64_t remainder = may_remain ? clean->bytes : 0;
    int64_t asked = left * CASE_BLOCK_BYTES;
    out->right = out->blocks == out->expected && out->bytes >= asked &&
                 out->bytes <= asked + asked / 2 + 2 * remainder;
}

int calibrate_tool(const struct calibrate_request *request,
                   struct calibrate_reading out[CASE_COUNT], struct err *err)
{
    for (int id = 0; id < CASE_COUNT; id++) {
        struct err why = ERR_INIT;
        out[id] = (struct calibrate_reading){.blocks = ALLOCATOR_NA, .bytes = ALLOCATOR_NA};
        int code = read_one(request, &calibration_cases[id], &out[id], &why);
        orphans_end();
        if (code == -EINTR)
            return err_set(err, code, "interrupted");
        if (code < 0)
            (void)snprintf(out[id].unavailable, sizeof out[id].unavailable, "%s", why.text);
    }
    for (int id = 0; id < CASE_COUNT; id++)
        judge(request, out, id);
    return 0;
}
