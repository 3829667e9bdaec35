#include "diagnose_command.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/wait.h>

#include "clock.h"
#include "command.h"
#include "command_reading.h"
#include "diagnosis_text.h"
#include "interrupt.h"
#include "probe.h"
#include "process.h"
#include "program_look.h"
#include "tool_left.h"
#include "under_tool.h"
#include "units.h"
#include "wrap.h"

enum { LINE = 1024, WORDS_SHOWN = 120 };

int diagnose_check_version(const struct tool *tool, const char *allocator, const char *programs,
                           struct err *err)
{
    struct probe probe;
    struct err unknown = ERR_INIT;
    const char *by = tool_by_version(tool, allocator);
    if (!by || !programs || probe_allocator(programs, by, &probe, &unknown) < 0)
        return 0;
    return tool_check_version(tool, allocator, probe.version, err);
}

/* Can a tool see what the program allocates? 0, or -ENOTSUP with why not, and what would tell. */
static int check_visible(const struct program_look *look, const struct err *why, struct err *err)
{
    static const char then[] =
        "'heapchurn watch PID' tells whether it grows, and in which mappings";
    if (look->is_go)
        return err_set(err, -ENOTSUP,
                       "%s is a Go program: its run-time allocates by itself and no tool here sees "
                       "that, which is not the same as nothing lost; Go's own pprof names the "
                       "calls, and %s",
                       look->image, then);
    if (look->hindrance == PROGRAM_STATIC)
        return err_set(err, -ENOTSUP,
                       "%s is static: every memory tool puts a malloc of its own before the "
                       "program's while it is loaded, and into a static program nothing is loaded, "
                       "so it would see no allocation, which is not the same as nothing lost; a "
                       "build that is linked dynamically can be looked into, and %s",
                       look->image, then);
    if (look->hindrance == PROGRAM_FITS || look->hindrance == PROGRAM_OWN_MALLOC)
        return 0;
    return err_set(err, -ENOTSUP, "%s; %s", why->text, then);
}

/* Would this tool see it? */
static int check_fits(const struct tool *tool, const struct program_look *look, struct err *err)
{
    if (look->hindrance != PROGRAM_OWN_MALLOC || tool->in_executables)
        return 0;
    return err_set(err, -ENOTSUP,
                   "%s brings its own malloc, so that what %s preloads is never called: it would "
                   "see no allocation, which is not the same as nothing lost; --with memcheck "
                   "sees a malloc inside an executable",
                   look->image, tool->name);
}

/* The first of these that is here and fits: the one that tells most comes first. */
static int choose(const struct diagnose_command *wanted, const struct program_look *look,
                  const struct tool **out, struct err *err)
{
    static const char *const by_worth[] = {"memcheck", "heaptrack", "massif", NULL};
    struct err first = ERR_INIT;
    for (size_t i = 0; by_worth[i]; i++) {
        struct err why = ERR_INIT;
        if (under_tool_find(by_worth[i], wanted->words, out, &why) == 0 &&
            check_fits(*out, look, &why) == 0)
            return 0;
        if (i == 0)
            first = why;
    }
    return err_set(err, -ENOENT, "no tool that is here fits: %s", first.text);
}

static int find_tool(const struct diagnose_command *wanted, const struct program_look *look,
                     const struct tool **out, struct err *err)
{
    if (!wanted->tool)
        return choose(wanted, look, out, err);
    int code = under_tool_find(wanted->tool, wanted->words, out, err);
    if (code == 0)
        code = diagnose_check_version(*out, (*out)->allocator, wanted->programs, err);
    return code < 0 ? code : check_fits(*out, look, err);
}

static const char *blocks_text(struct amount amount, char *out, size_t size)
{
    char bytes[64];
    (void)snprintf(out, size, "%" PRId64 " block%s (%s)", amount.blocks,
                   amount.blocks == 1 ? "" : "s",
                   units_format_bytes((double)amount.bytes, bytes, sizeof bytes));
    return out;
}

/* What became of the memory of one process; `who` begins the sentence. */
static void fate_line(const struct diagnosis *diagnosis, const char *who, char *out, size_t size)
{
    char lost_text[128];
    char held_text[128];
    char still[160] = "nothing was";
    struct amount lost = diagnosis_sum(diagnosis, MOMENT_LOST);
    struct amount held = diagnosis_sum(diagnosis, MOMENT_LIVE);
    (void)blocks_text(lost, lost_text, sizeof lost_text);
    if (held.blocks > 0)
        (void)snprintf(still, sizeof still, "%s %s", blocks_text(held, held_text, sizeof held_text),
                       held.blocks == 1 ? "was" : "were");
    if (lost.bytes == AMOUNT_NA)
        (void)snprintf(out, size, "%s: what it lost is not known: %s.", who,
                       diagnosis->why_not[MOMENT_LOST]);
    else if (diagnosis->tool->kind == TOOL_UNREACHABLE && lost.bytes == 0)
        (void)snprintf(out, size,
                       "%s: %s found nothing lost; what is still pointed to it does not "
                       "count, and %s.",
                       who, diagnosis->tool->name, diagnosis->tool->blind);
    else if (diagnosis->tool->kind == TOOL_UNREACHABLE)
        (void)snprintf(out, size,
                       "%s lost %s; what is still pointed to at the end %s does not "
                       "count.",
                       who, lost_text, diagnosis->tool->name);
    else if (held.bytes == AMOUNT_NA && lost.bytes == 0)
        (void)snprintf(out, size, "%s had freed all that it allocated when it ended.", who);
    else if (held.bytes == AMOUNT_NA)
        (void)snprintf(out, size,
                       "%s had not freed %s when it ended; %s does not tell what of that is lost "
                       "and what was still pointed to.",
                       who, lost_text, diagnosis->tool->name);
    else if (lost.bytes == 0)
        (void)snprintf(out, size, "%s lost nothing; %s still pointed to at the end.", who, still);
    else
        (void)snprintf(out, size,
                       "%s lost %s: nothing points there any more; %s still pointed to at the end.",
                       who, lost_text, still);
}

/* A signal ended it, Ctrl-C for one, and the tool counts when a program ends by itself. "" where
 * that is not so. */
static void early_line(const struct command_reading *reading, const struct under_tool_end *end,
                       char *out, size_t size)
{
    const struct tool *tool = reading->first.tool;
    out[0] = '\0';
    if (WIFSIGNALED(end->wait_status) && !tool->follows_forks &&
        command_reading_lost(reading).bytes == AMOUNT_NA)
        (void)snprintf(out, size,
                       "A signal ended it, and %s counts only what is left when a program ends by "
                       "itself. --with memcheck counts after a signal too; or let the program "
                       "call exit when it is told to stop.",
                       tool->name);
}

/* What was left behind, and whether it was seen. "" where nothing was. */
static void left_line(const struct tool *tool, const struct under_tool_end *end, char *out,
                      size_t size)
{
    const double seconds = (double)end->wall_ns / CLOCK_NS_PER_S;
    out[0] = '\0';
    if (end->left > 0 && !tool->follows_forks)
        (void)snprintf(out, size,
                       "The command ended after %.1f s while %zu of the processes that it had "
                       "started ran on, which %s does not follow: what was seen is of the first "
                       "process only, and says nothing about the service. Keep it in the "
                       "foreground, or use --with memcheck, which follows forks; 'heapchurn watch "
                       "PID' looks at one that runs.",
                       seconds, end->left, tool->name);
    else if (end->running > 0)
        (void)snprintf(out, size,
                       "The command ended after %.1f s; %zu of the processes that it had started "
                       "still run under %s, and have not been seen to their end.",
                       seconds, end->running, tool->name);
    else if (end->left > 0)
        (void)snprintf(out, size,
                       "The command ended after %.1f s and left processes behind; they were seen "
                       "to their end.",
                       seconds);
}

/* What the tool saw of the processes that were forked. */
static void forked_line(const struct command_reading *reading, char *out, size_t size)
{
    char fate[LINE];
    char who[64];
    char unfinished[128] = "";
    (void)snprintf(who, sizeof who, "Most lost process %" PRId64 ": it", reading->worst.process);
    fate_line(&reading->worst, who, fate, sizeof fate);
    if (diagnosis_sum(&reading->worst, MOMENT_LOST).bytes == 0)
        (void)snprintf(fate, sizeof fate, "None of them lost anything.");
    if (reading->unfinished > 0)
        (void)snprintf(unfinished, sizeof unfinished, " %zu left no whole report.",
                       reading->unfinished);
    (void)snprintf(out, size,
                   "It forked %zu process%s; what one inherited counts as its own too.%s %s",
                   reading->forked, reading->forked == 1 ? "" : "es", unfinished, fate);
}

static void nothing_seen(const struct tool *tool, char *out, size_t size)
{
    (void)snprintf(out, size,
                   "%s saw no allocation at all. That is not the same as nothing lost: either the "
                   "program takes no memory by malloc, or what takes it is not where the tool "
                   "looks (another process, an allocator of its own).",
                   tool->name);
}

static void print_headline(const struct diagnose_command *wanted, const struct tool *tool,
                           const struct under_tool_end *end, const struct text_style *style)
{
    char line[LINE];
    char how[128];
    char words[WORDS_SHOWN] = "";
    for (size_t i = 0, used = 0; wanted->words[i] && used < sizeof words; i++)
        used += (size_t)snprintf(words + used, sizeof words - used, "%s%s", i ? " " : "",
                                 wanted->words[i]);
    (void)snprintf(line, sizeof line, "%s under %s, %.1f s: %s.", words, tool->name,
                   (double)end->wall_ns / CLOCK_NS_PER_S,
                   process_describe_end(end->wait_status, how, sizeof how));
    (void)fputc('\n', stderr);
    wrap_print(stderr, style, LOOK_PLAIN, "", 0, line);
}

/* The answer on standard error and in the folder. */
static int answer(const struct diagnose_command *wanted, const struct under_tool_end *end,
                  struct command_reading *reading, const struct program_look *look, struct err *err)
{
    char line[2 * LINE];
    struct text_style style;
    const struct tool *tool = reading->first.tool;
    struct diagnosis *shown = command_reading_main(reading);
    const bool blind = reading->allocations == 0;
    text_style_detect(stderr, &style);
    print_headline(wanted, tool, end, &style);
    left_line(tool, end, line, sizeof line);
    if (*line)
        wrap_print(stderr, &style, LOOK_YELLOW, "", 0, line);
    if (*line && (end->running > 0 || !tool->follows_forks))
        (void)snprintf(shown->problem, sizeof shown->problem, "%.*s",
                       (int)sizeof shown->problem - 1, line);
    if (blind) {
        nothing_seen(tool, line, sizeof line);
        (void)snprintf(shown->problem, sizeof shown->problem, "%.*s",
                       (int)sizeof shown->problem - 1, line);
    } else {
        fate_line(&reading->first, "The process that was started", line, sizeof line);
    }
    wrap_print(stderr, &style, LOOK_BOLD, "", 0, line);
    early_line(reading, end, line, sizeof line);
    if (*line)
        wrap_print(stderr, &style, LOOK_YELLOW, "", 0, line);
    if (reading->forked > 0 && !blind) {
        forked_line(reading, line, sizeof line);
        wrap_print(stderr, &style, shown == &reading->worst ? LOOK_BOLD : LOOK_PLAIN, "", 0, line);
    }
    if (look->is_script)
        wrap_print(
            stderr, &style, LOOK_DIM, "", 0,
            "It is a script: this is of its interpreter, not of the programs that it starts or "
            "becomes by exec. Give their command in place of it.");
    if (diagnosis_sum(shown, MOMENT_LOST).bytes > 0)
        diagnosis_print_sites(shown, MOMENT_LOST,
                              tool->tells_reachable || tool->kind == TOOL_UNREACHABLE
                                  ? "Lost"
                                  : "Not freed at the end",
                              stderr, &style);
    if (diagnosis_sum(shown, MOMENT_LIVE).bytes > 0)
        diagnosis_print_sites(shown, MOMENT_LIVE, "Still pointed to at the end", stderr, &style);
    (void)fprintf(stderr, "\nEverything the tool wrote is in\n%s\n", shown->folder);
    const struct diagnosis *compared = shown; /* no pass without the tool */
    if (diagnosis_save(shown, compared, err) < 0)
        return EXIT_UNMEASURED;
    bool told = !blind && diagnosis_sum(shown, MOMENT_LOST).bytes != AMOUNT_NA;
    return told && !*shown->problem ? EXIT_OK : EXIT_UNMEASURED;
}

static int run_and_answer(const struct diagnose_command *wanted, const struct tool *tool,
                          const char *folder, const struct program_look *look, struct err *err)
{
    struct under_tool_end end;
    AUTO(command_reading) struct command_reading reading = {.forked = 0};
    AUTO(interrupt) struct interrupt interrupt = interrupt_open_with_subjects();
    if (under_tool_run(tool, folder, wanted->words, &interrupt, &end, err) < 0)
        return EXIT_UNMEASURED;
    bool ended = WIFEXITED(end.wait_status);
    command_reading_read(tool, folder, end.process, ended, -1, &reading);
    return answer(wanted, &end, &reading, look, err);
}

int diagnose_command(const struct diagnose_command *wanted, struct err *err)
{
    char folder[PATHS_MAX];
    struct err why = ERR_INIT;
    struct program_look look = {.note_count = 0};
    const struct tool *tool = NULL;
    int code = program_look(wanted->words[0], &look, &why);
    if (code < 0 && code != -ENOTSUP) {
        (void)err_set(err, code, "%s", why.text);
        return EXIT_USAGE;
    }
    if (wanted->tool && tool_named(wanted->tool, &tool, err) < 0)
        return EXIT_USAGE;
    if (check_visible(&look, &why, err) < 0)
        return EXIT_UNMEASURED;
    if (find_tool(wanted, &look, &tool, err) < 0)
        return err->code == -ENOTSUP ? EXIT_UNMEASURED : EXIT_USAGE;
    if (under_tool_folder(tool, wanted->output, folder, err) < 0)
        return EXIT_UNMEASURED;
    if (tool_check_folder(tool, folder, err) < 0)
        return EXIT_USAGE;
    (void)fprintf(stderr, "%s writes to %s\n", tool->name, folder);
    return run_and_answer(wanted, tool, folder, &look, err);
}
