#include "command_reading.h"

#include <stdio.h>

#include "folder.h"
#include "memory_stream.h"
#include "text.h"
#include "tool_left.h"

static void begin(const struct tool *tool, const char *folder, int64_t process,
                  struct diagnosis *out)
{
    *out = (struct diagnosis){.tool = tool, .process = process};
    record_init(&out->record);
    (void)text_copy(out->folder, sizeof out->folder, folder);
}

/* What is lost of one process of the log; AMOUNT_NA: its check did not come to its end. */
static int64_t lost_bytes(const struct tool *tool, const char *log, int64_t process)
{
    struct err err = ERR_INIT;
    AUTO(stacks) struct stacks stacks = {.count = 0};
    AUTO_FREE char *part = valgrind_part(log, process);
    int64_t bytes = 0;
    for (size_t i = 0; i < TOOL_SOURCES_MAX && tool->sources[i].file; i++)
        if (tool->sources[i].moment == MOMENT_LOST &&
            tool->sources[i].read(part, MOMENT_LOST, &stacks, &err) < 0)
            return AMOUNT_NA;
    for (size_t i = 0; i < stacks.count; i++)
        bytes += stacks.list[i].reachable ? 0 : stacks.list[i].amount.bytes;
    return bytes;
}

static void read_processes(const char *log, int64_t first, struct command_reading *out)
{
    int64_t most = -1;
    const struct tool *tool = out->first.tool;
    out->allocations = valgrind_allocations(log);
    for (int64_t process = 0; (process = valgrind_process(log, process)) > 0;) {
        int64_t lost = lost_bytes(tool, log, process);
        out->unfinished += lost == AMOUNT_NA;
        if (process == first)
            continue;
        out->forked++;
        if (lost <= most)
            continue;
        most = lost;
        out->worst.process = process;
    }
}

static char *load_log(const struct tool *tool, const char *folder)
{
    AUTO(folder_files) struct folder_files found = {.count = 0};
    for (size_t i = 0; i < TOOL_SOURCES_MAX && tool->sources[i].file; i++)
        if (tool->sources[i].moment == MOMENT_LOST && found.count == 0)
            (void)folder_match(folder, tool->sources[i].file, &found, NULL);
    return found.count ? tool_left_text(found.paths[0]) : NULL;
}

void command_reading_read(const struct tool *tool, const char *folder, int64_t process, bool ended,
                          int interrupt_fd, struct command_reading *out)
{
    *out = (struct command_reading){.allocations = AMOUNT_NA};
    begin(tool, folder, tool->follows_forks ? process : 0, &out->first);
    begin(tool, folder, 0, &out->worst);
    AUTO_FREE char *log = tool->follows_forks ? load_log(tool, folder) : NULL;
    if (log)
        read_processes(log, process, out);
    /* A checker that looks at the memory itself does so however the process ends. */
    diagnosis_read_command(&out->first, ended || tool->follows_forks, interrupt_fd);
    if (out->worst.process)
        diagnosis_read_command(&out->worst, true, interrupt_fd);
    if (!log && !*out->first.why_not[MOMENT_TOTAL])
        out->allocations = stacks_sum(&out->first.stacks, MOMENT_TOTAL).blocks;
}

struct amount command_reading_lost(const struct command_reading *reading)
{
    return diagnosis_sum(&reading->first, MOMENT_LOST);
}

struct diagnosis *command_reading_main(struct command_reading *reading)
{
    bool other = reading->worst.process && command_reading_lost(reading).bytes <= 0 &&
                 diagnosis_sum(&reading->worst, MOMENT_LOST).bytes > 0;
    return other ? &reading->worst : &reading->first;
}

void command_reading_release(struct command_reading *reading)
{
    diagnosis_release(&reading->first);
    diagnosis_release(&reading->worst);
}
