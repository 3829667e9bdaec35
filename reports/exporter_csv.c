#include <inttypes.h>
#include <string.h>

#include "exporter.h"
#include "record_fields.h"

static void write_header(FILE *out);
static void write_record(const struct record *record, bool counted, const char *replay, FILE *out);

static bool is_counted(const struct result *result, const struct record *record)
{
    for (size_t i = 0; i < result->workload_count; i++)
        for (size_t r = 0; r < result->workloads[i].row_count; r++) {
            const struct result_row *row = &result->workloads[i].rows[r];
            for (size_t n = 0; n < row->valid; n++)
                if (row->records[n] == record)
                    return true;
        }
    return false;
}

/* The grade of a replay (replay_check.h); "": it is none. */
static const char *replay_of(const struct result *result, const struct record *record)
{
    for (size_t i = 0; i < result->workload_count; i++) {
        const struct result_workload *workload = &result->workloads[i];
        if (workload->replay.is_trace && strcmp(workload->workload->name, record->workload) == 0)
            return replay_grade_names[workload->replay.grade];
    }
    return "";
}

static void write_csv(const struct result *result, FILE *out, const struct text_style *style)
{
    (void)style;
    const struct stored_run *stored = result->stored;
    write_header(out);
    for (size_t i = 0; i < stored->record_count; i++) {
        const struct record *record = &stored->records[i];
        if (record->outcome == RECORD_VALID)
            write_record(record, is_counted(result, record), replay_of(result, record), out);
    }
}

const struct exporter exporter_csv = {
    .name = "csv",
    .file = "samples.csv",
    .summary = "one line per sample of every valid trial, to plot elsewhere",
    .stored = true,
    .write = write_csv,
};

static void write_header(FILE *out)
{
    (void)fputs("workload,row,block,attempt,counted,subject,phase,cycle,elapsed_s,at_round_end",
                out);
    for (size_t field = 0; field < record_sample_field_count; field++)
        (void)fprintf(out, ",%s", record_sample_fields[field].name);
    for (int stat = 0; stat < ALLOCATOR_STAT_COUNT; stat++)
        (void)fprintf(out, ",%s", allocator_stat_names[stat]);
    (void)fputs(",replay\n", out);
}

/* RFC 4180: quoted where it has to be, quotes doubled. */
static void write_text(FILE *out, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        (void)fputs(text, out);
        return;
    }
    (void)fputc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            (void)fputc('"', out);
        (void)fputc(*text, out);
    }
    (void)fputc('"', out);
}

/* Empty: not available. */
static void write_number(FILE *out, int64_t value)
{
    (void)fputc(',', out);
    if (value >= 0)
        (void)fprintf(out, "%" PRId64, value);
}

static void write_sample(const struct record *record, const struct record_sample *sample, FILE *out)
{
    (void)fputc(',', out);
    write_text(out, record->roles[sample->role].name);
    (void)fprintf(out, ",%s", record_phase_names[sample->phase]);
    write_number(out, sample->cycle);
    /* In whole microseconds: no locale, no rounding. */
    int64_t microseconds = sample->elapsed_ns / 1000;
    (void)fprintf(out, ",%" PRId64 ".%06" PRId64 ",%d", microseconds / 1000000,
                  microseconds % 1000000, sample->at_round_end);
    for (size_t field = 0; field < record_sample_field_count; field++)
        write_number(out, field_get_i64(&record_sample_fields[field], sample));
    for (int stat = 0; stat < ALLOCATOR_STAT_COUNT; stat++)
        write_number(out, sample->stat[stat]);
}

static void write_record(const struct record *record, bool counted, const char *replay, FILE *out)
{
    for (size_t i = 0; i < record->sample_count; i++) {
        write_text(out, record->workload);
        (void)fputc(',', out);
        write_text(out, record->row);
        write_number(out, record->block);
        write_number(out, record->attempt);
        (void)fprintf(out, ",%d", counted);
        write_sample(record, &record->samples[i], out);
        (void)fprintf(out, ",%s\n", replay);
    }
}
