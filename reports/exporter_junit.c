/*
 * JUnit XML, valid against the schema Jenkins enforces (junit-10). What readers of it need:
 * a test is known by classname and name, so no measured value is in a name; GitLab shows the body
 * of a failure, so the message is in the body too; `file` may stand on a suite, not on a case.
 *
 * over the line: failure; could not be measured or decided: error; a warning: passed, with output;
 * a row that was asked for and is not on this machine: skipped.
 */
#include <math.h>
#include <string.h>

#include "exporter.h"
#include "gate.h"
#include "run_text.h"
#include "svg.h"

static void write_suites(const struct result *result, const struct gate_report *gate, FILE *out);

/* Without a gate in the result: what needs no ceilings is checked. */
static void write_junit(const struct result *result, FILE *out, const struct text_style *style)
{
    AUTO(gate_report) struct gate_report own = {.count = 0};
    const struct gate_request request = {.result = result};
    (void)style;
    if (!result->gate && gate_check(&request, &own, NULL) < 0)
        return;
    write_suites(result, result->gate ? result->gate : &own, out);
}

const struct exporter exporter_junit = {
    .name = "junit",
    .file = "junit.xml",
    .summary = "JUnit XML of the gate, for Jenkins, GitLab and their like",
    .write = write_junit,
};

static void put_attribute(FILE *out, const char *name, const char *value)
{
    (void)fprintf(out, " %s=\"", name);
    svg_put_text(out, value);
    (void)fputc('"', out);
}

static bool same_suite(const struct gate_line *line, const char *workload)
{
    return strcmp(line->workload, workload) == 0;
}

/* How many lines of a suite (NULL: of all) have this status. */
static size_t count_lines(const struct gate_report *gate, const char *workload, int status)
{
    size_t count = 0;
    for (size_t i = 0; i < gate->count; i++)
        count += (!workload || same_suite(&gate->lines[i], workload)) &&
                 (status < 0 || (int)gate->lines[i].status == status);
    return count;
}

/* Time of a row's trials, which its first case stands for; the others took none of their own. */
static double seconds_of(const struct result *result, const struct gate_line *line)
{
    double ns = 0;
    for (size_t i = 0; i < result->stored->record_count; i++) {
        const struct record *record = &result->stored->records[i];
        int64_t end_ns = record->phase_end_ns[PHASE_RELEASED];
        if (line->kind == GATE_TRIALS && strcmp(record->workload, line->workload) == 0 &&
            strcmp(record->row, line->row) == 0 && end_ns > 0)
            ns += (double)end_ns;
    }
    return ns / 1e9;
}

static double seconds_of_suite(const struct result *result, const struct gate_report *gate,
                               const char *workload)
{
    double seconds = 0;
    for (size_t i = 0; i < gate->count; i++)
        if (!workload || same_suite(&gate->lines[i], workload))
            seconds += seconds_of(result, &gate->lines[i]);
    return seconds;
}

static void put_outcome(FILE *out, const struct gate_report *gate, const struct gate_line *line)
{
    const char *element = line->status == GATE_FAIL        ? "failure"
                          : line->status == GATE_UNDECIDED ? "error"
                                                           : "system-out";
    (void)fprintf(out, "<%s", element);
    if (line->status != GATE_WARN) {
        put_attribute(out, "type", gate_kind_names[line->kind]);
        put_attribute(out, "message", line->message);
    }
    (void)fputc('>', out);
    svg_put_text(out, line->message);
    if (line->file_line > 0 && gate->ceilings_path) {
        (void)fputc('\n', out);
        svg_put_text(out, gate->ceilings_path);
        (void)fprintf(out, ":%d", line->file_line);
    }
    (void)fprintf(out, "</%s>", element);
}

static void write_case(const struct result *result, const struct gate_report *gate,
                       const struct gate_line *line, FILE *out)
{
    char class_name[256];
    (void)snprintf(class_name, sizeof class_name, "%s%s%s", line->workload, line->row ? "." : "",
                   line->row ? line->row : "");
    (void)fputs("  <testcase", out);
    put_attribute(out, "classname", class_name);
    put_attribute(out, "name", line->name);
    (void)fprintf(out, " time=\"%.3f\"", seconds_of(result, line));
    if (line->status == GATE_PASS) {
        (void)fputs("/>\n", out);
        return;
    }
    (void)fputc('>', out);
    put_outcome(out, gate, line);
    (void)fputs("</testcase>\n", out);
}

/* Under the name that the case of its trials has where the row is available. */
static void write_skipped(const struct run_absent *row, const char *workload, FILE *out)
{
    char class_name[256];
    (void)snprintf(class_name, sizeof class_name, "%s.%s", workload, row->name);
    (void)fputs("  <testcase", out);
    put_attribute(out, "classname", class_name);
    put_attribute(out, "name", gate_kind_names[GATE_TRIALS]);
    (void)fputs(" time=\"0.000\"><skipped type=\"absent\"", out);
    put_attribute(out, "message", row->reason);
    (void)fputc('>', out);
    svg_put_text(out, row->reason);
    (void)fputs("</skipped></testcase>\n", out);
}

static void put_property(FILE *out, const char *name, const char *value)
{
    (void)fputs("   <property", out);
    put_attribute(out, "name", name);
    put_attribute(out, "value", value ? value : "unknown");
    (void)fputs("/>\n", out);
}

static void write_suite(const struct result *result, const struct gate_report *gate,
                        const char *workload, FILE *out)
{
    const struct run *run = &result->stored->run;
    (void)fputs(" <testsuite", out);
    put_attribute(out, "name", workload);
    (void)fprintf(
        out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"%.3f\"",
        count_lines(gate, workload, -1) + run->absent_count, count_lines(gate, workload, GATE_FAIL),
        count_lines(gate, workload, GATE_UNDECIDED), run->absent_count,
        seconds_of_suite(result, gate, workload));
    put_attribute(out, "timestamp", run->started_utc);
    if (gate->ceilings_path)
        put_attribute(out, "file", gate->ceilings_path);
    (void)fputs(">\n  <properties>\n", out);
    put_property(out, "distribution", run->host.distribution);
    put_property(out, "kernel", run->host.kernel);
    put_property(out, "cpu", run->host.cpu_model);
    if (run_text_uses_libzmq(run))
        put_property(out, "libzmq", run->host.libzmq);
    put_property(out, "heapchurn", run->host.heapchurn);
    (void)fputs("  </properties>\n", out);
    for (size_t i = 0; i < gate->count; i++)
        if (same_suite(&gate->lines[i], workload))
            write_case(result, gate, &gate->lines[i], out);
    for (size_t i = 0; i < run->absent_count; i++)
        write_skipped(&run->absent[i], workload, out);
    (void)fputs(" </testsuite>\n", out);
}

static bool first_of_suite(const struct gate_report *gate, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (same_suite(&gate->lines[i], gate->lines[index].workload))
            return false;
    return true;
}

static void write_suites(const struct result *result, const struct gate_report *gate, FILE *out)
{
    size_t suites = 0;
    for (size_t i = 0; i < gate->count; i++)
        suites += first_of_suite(gate, i);
    (void)fprintf(out,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                  "<testsuites name=\"heapchurn\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" "
                  "time=\"%.3f\">\n",
                  gate->count + suites * result->stored->run.absent_count,
                  count_lines(gate, NULL, GATE_FAIL), count_lines(gate, NULL, GATE_UNDECIDED),
                  seconds_of_suite(result, gate, NULL));
    for (size_t i = 0; i < gate->count; i++)
        if (first_of_suite(gate, i))
            write_suite(result, gate, gate->lines[i].workload, out);
    (void)fputs("</testsuites>\n", out);
}
