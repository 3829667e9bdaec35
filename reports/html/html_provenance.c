#include <inttypes.h>
#include <math.h>

#include "agent_text.h"
#include "html.h"
#include "html_pieces.h"
#include "number.h"
#include "processes_text.h"
#include "run_text.h"
#include "svg.h"
#include "units.h"

enum { TEXT_MAX = 4096 };

static void put_fact(FILE *out, const char *name, const char *value)
{
    (void)fprintf(out, "<dt>%s</dt><dd>", name);
    svg_put_text(out, value && *value ? value : "unknown");
    (void)fputs("</dd>\n", out);
}

enum { HOSTS_SHOWN = 200 };

static void put_host_row(FILE *out, const struct host *host)
{
    char text[64];
    (void)fputs("<tr><th scope=\"row\">", out);
    svg_put_text(out, host->name ? host->name : "unknown");
    (void)fputs("</th><td>", out);
    svg_put_text(out, host->cpu_model ? host->cpu_model : "unknown");
    (void)fprintf(out, "</td><td class=\"n\">%" PRId64 "</td><td class=\"n\">", host->cores);
    if (host->physical_cores >= 0)
        (void)fprintf(out, "%" PRId64, host->physical_cores);
    (void)fputs("</td><td class=\"n\">", out);
    if (host->limit_millicore >= 0)
        (void)fprintf(out, "%.2f", (double)host->limit_millicore / 1000);
    (void)fprintf(out, "</td><td class=\"n\">%s</td><td>",
                  units_format_bytes((double)host->memory_bytes, text, sizeof text));
    svg_put_text(out, host->kernel ? host->kernel : "unknown");
    (void)fputs("</td><td>", out);
    svg_put_text(out, host->pinning ? host->pinning : "unknown");
    (void)fputs("</td></tr>\n", out);
}

/* What hosts of one run may differ in; the rest is the same on all. */
static void put_hosts(FILE *out, const struct run *run)
{
    size_t shown = run->more_host_count < HOSTS_SHOWN ? run->more_host_count : HOSTS_SHOWN;
    if (run->more_host_count == 0)
        return;
    (void)fprintf(out, "<details><summary>%zu hosts</summary>\n", run->more_host_count + 1);
    html_open_table(out, "Hosts", NULL);
    html_headings(out, "host|CPU|#processors|#cores|#limit, cores|#memory|kernel|pinning");
    put_host_row(out, &run->host);
    for (size_t i = 0; i < shown; i++)
        put_host_row(out, &run->more_hosts[i]);
    html_close_table(out);
    if (shown < run->more_host_count)
        (void)fputs("<p class=\"question\">run.json has all.</p>\n", out);
    (void)fputs("</details>\n", out);
}

static void put_host(FILE *out, const struct run *run)
{
    const struct host *host = &run->host;
    char text[128], unit[48];
    (void)fputs("<dl class=\"facts-list\">\n", out);
    put_fact(out, "started", run->started_utc);
    put_fact(out, "host", host->name);
    put_fact(out, "command", run->command);
    put_fact(out, "heapchurn", host->heapchurn);
    put_fact(out, "built with", host->compiler);
    put_fact(out, "system", host->distribution);
    put_fact(out, "kernel", host->kernel);
    put_fact(out, "C library", host->libc);
    if (run_text_uses_libzmq(run))
        put_fact(out, "libzmq", host->libzmq);
    (void)snprintf(text, sizeof text, "%" PRId64 " cores of %s, %s", host->cores,
                   host->cpu_model ? host->cpu_model : "an unknown CPU",
                   units_format_bytes((double)host->memory_bytes, unit, sizeof unit));
    put_fact(out, "machine", text);
    put_fact(out, "transparent huge pages", host->thp);
    put_fact(out, "address randomisation", run->aslr ? "on" : "off");
    put_fact(out, "pinning", run->pinning);
    put_fact(out, "sampling period",
             units_format_duration(run->sample_period_ns, text, sizeof text));
    (void)snprintf(text, sizeof text, "%" PRIu64, run->seed);
    put_fact(out, "seed of the order", text);
    (void)fputs("</dl>\n", out);
    put_hosts(out, run);
}

/* Rows are the same for all workloads; the first that has a valid trial proves it. */
static const struct result_row *proved(const struct result *result, size_t index)
{
    for (size_t i = 0; i < result->workload_count; i++)
        if (result->workloads[i].rows[index].identity)
            return &result->workloads[i].rows[index];
    return result->workload_count ? &result->workloads[0].rows[index] : NULL;
}

static void put_options(FILE *out, const struct result_row *row)
{
    const struct record_role *subject = row && row->valid ? record_primary(row->records[0]) : NULL;
    if (!subject || subject->option_count == 0)
        return;
    (void)fprintf(out, "<details><summary>%zu effective options</summary><code>",
                  subject->option_count);
    for (size_t i = 0; i < subject->option_count; i++) {
        svg_put_text(out, subject->options[i].name);
        (void)fputc('=', out);
        svg_put_text(out, subject->options[i].value);
        (void)fputs("<br>", out);
    }
    (void)fputs("</code></details>", out);
}

/* A row of another library than the machine's says which file it is; of the others it is asked. */
static void put_library(FILE *out, const struct result_row *row)
{
    if (!row || !row->library || !row->library_sha256)
        return;
    (void)fprintf(out, "<details%s><summary>file and checksum</summary><code>",
                  row->row->library ? " open" : "");
    svg_put_text(out, row->library);
    (void)fputs("<br>sha256 ", out);
    svg_put_text(out, row->library_sha256);
    (void)fputs("</code></details>", out);
}

static void put_processes(FILE *out, const struct result_row *row)
{
    const struct record_role *role = row ? processes_role(row) : NULL;
    char count[NUMBER_TEXT_MAX], first[NUMBER_TEXT_MAX], last[NUMBER_TEXT_MAX];
    if (!role)
        return;
    (void)fprintf(out,
                  "<details><summary>%s processes at the ends of rounds</summary>"
                  "Anonymous memory of each by its share, MiB, at the first and the last look:<br>",
                  processes_count(row, count, sizeof count));
    for (size_t i = 0; i < role->process_count; i++) {
        const struct record_process *process = &role->processes[i];
        svg_put_text(out, process->name);
        (void)fprintf(out, ": %s, %s; ",
                      processes_mib(process->first_pss_anon_bytes, first, sizeof first),
                      processes_mib(process->last_pss_anon_bytes, last, sizeof last));
        svg_put_text(out, process->proof ? process->proof : "not proved");
        (void)fputs("<br>", out);
    }
    (void)fputs("</details>", out);
}

static void put_row(FILE *out, const struct run_row *row, const struct result_row *measured)
{
    (void)fputs("<tr><th scope=\"row\">", out);
    svg_put_text(out, row->name);
    (void)fputs("</th><td>", out);
    svg_put_text(out, measured && measured->version ? measured->version : "n/a");
    (void)fputs("</td><td>", out);
    svg_put_text(out, measured && measured->identity ? measured->identity : "no trial is valid");
    put_library(out, measured);
    put_processes(out, measured);
    (void)fputs("</td><td>", out);
    for (size_t i = 0; row->environment && row->environment[i]; i++) {
        (void)fputs("<code>", out);
        svg_put_text(out, row->environment[i]);
        (void)fputs("</code><br>", out);
    }
    if (row->huge_pages == HUGE_PAGES_OFF)
        (void)fputs("<code>prctl(PR_SET_THP_DISABLE)</code><br>", out);
    if (row->why)
        svg_put_text(out, row->why);
    put_options(out, measured);
    (void)fputs("</td></tr>\n", out);
}

static void put_agent(FILE *out, const struct result_workload *workload)
{
    AUTO_FREE char *text = agent_text(workload);
    if (!text)
        return;
    (void)fputs("<p>", out);
    svg_put_text(out, text);
    (void)fputs("</p>\n", out);
}

static void put_rows(FILE *out, const struct result *result)
{
    const struct run *run = &result->stored->run;
    AUTO_FREE char *absent = run_text_absent(result, SIZE_MAX);
    (void)fputs("<h3>Rows, and the proof that each is what it says</h3>\n", out);
    html_open_table(out, "Rows and their proofs", NULL);
    html_headings(out, "row|version|proof of identity|tunables");
    for (size_t i = 0; i < run->row_count; i++)
        put_row(out, &run->rows[i], proved(result, i));
    html_close_table(out);
    for (size_t i = 0; i < result->workload_count; i++)
        put_agent(out, &result->workloads[i]);
    if (absent) {
        (void)fputs("<p>", out);
        svg_put_text(out, absent);
        (void)fputs("</p>\n", out);
    }
}

static void put_percent(FILE *out, double share)
{
    char text[NUMBER_TEXT_MAX];
    (void)fprintf(out, "<td class=\"n\">%s</td>",
                  number_format(share < 0 ? (double)NAN : 100 * share, text, sizeof text));
}

static void put_trial(FILE *out, const struct record *record)
{
    char load[NUMBER_TEXT_MAX];
    (void)fprintf(out, "<tr><td class=\"n\">%" PRId64 "</td><td>", record->id);
    svg_put_text(out, record->workload);
    (void)fputs("</td><td>", out);
    svg_put_text(out, record->row);
    (void)fprintf(out,
                  "</td><td class=\"n\">%" PRId64 "</td><td class=\"n\">%" PRId64 "</td><td>%s",
                  record->block, record->attempt, record_outcome_names[record->outcome]);
    if (record->reason) {
        (void)fputs(": ", out);
        svg_put_text(out, record->reason);
    }
    if (record->noise.reason) {
        (void)fputs(record->noise.noisy ? "; noisy: " : "; ", out);
        svg_put_text(out, record->noise.reason);
    }
    (void)fputs("</td>", out);
    put_percent(out, record->noise.run_delay_share);
    put_percent(out, record->noise.foreign_share);
    put_percent(out, record->noise.load_foreign_share);
    put_percent(out, record->noise.steal_share);
    (void)fprintf(out, "<td class=\"n\">%s</td></tr>\n",
                  number_format(record->noise.load_average, load, sizeof load));
}

enum { TRIALS_SHOWN = 1000 };

static bool is_plain(const struct record *record)
{
    return record->outcome == RECORD_VALID && !record->noise.noisy;
}

static void put_trials(FILE *out, const struct stored_run *stored)
{
    const bool all = stored->record_count <= TRIALS_SHOWN;
    (void)fprintf(out,
                  "<details><summary>%s %zu attempts, with their witnesses of noise%s</summary>\n",
                  all ? "All" : "Of", stored->record_count,
                  all ? "" : ": those that are not valid, or noisy");
    html_open_table(out, "Attempts", NULL);
    html_headings(out, "#trial|workload|row|#block|#attempt|outcome|#waiting %|#foreign %|"
                       "#load core %|#stolen %|#load");
    for (size_t i = 0, shown = 0; i < stored->record_count && shown < TRIALS_SHOWN; i++)
        if (all || !is_plain(&stored->records[i])) {
            put_trial(out, &stored->records[i]);
            shown++;
        }
    html_close_table(out);
    (void)fputs("<p class=\"question\">Waiting: the subjects' time spent "
                "waiting for a core, of the time they ran or waited. Foreign and load core: taken "
                "by others of the subjects' and of the load's core. Stolen: taken by the "
                "hypervisor. Load: one-minute average at the "
                "start.</p></details>\n",
                out);
}

void html_provenance(FILE *out, const struct result *result)
{
    put_host(out, &result->stored->run);
    put_rows(out, result);
    put_trials(out, result->stored);
}
