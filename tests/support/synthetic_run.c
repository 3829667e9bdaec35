#include "synthetic_run.h"
#include "spec_keys.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "roles.h"
#include "splitmix.h"

enum { FILE_BYTES = 6 << 20, STEP_NS = 5000000, UNTOLD_PER_CYCLE = 43000 };

static const struct synthetic_row undrained_rows[] = {
    {"glibc", "glibc", "2.36", 652, 26744, 1196, 410, 35200, 450, 2.2},
    {"tcmalloc", "tcmalloc", "2.10", 4684, 27948, 13056, 690, 43100, 455, 2.3},
    {"jemalloc", "jemalloc", "5.3.0", 1252, 19736, 3044, 520, 43200, 470, 2.25},
    {"jemalloc+prof", "jemalloc", "5.3.0", 1408, 19408, 3100, 560, 43300, 480, 2.3},
    {"mimalloc", "mimalloc", "2.0.9", 956, 24400, 24380, 0, -1, 440, 2.15},
};

static const struct synthetic_row drained_rows[] = {
    {"glibc", "glibc", "2.36", 648, 1916, 1180, 410, 0, 460, 2.2},
    {"tcmalloc", "tcmalloc", "2.10", 4684, 5712, 5300, 690, 0, 450, 2.3},
    {"jemalloc", "jemalloc", "5.3.0", 1250, 2752, 2100, 520, 0, 480, 2.2},
    {"jemalloc+prof", "jemalloc", "5.3.0", 1408, 3000, 2500, 560, 0, 485, 2.3},
    {"mimalloc", "mimalloc", "2.0.9", 950, 1576, 1570, 0, -1, 445, 2.1},
};

const struct synthetic_workload synthetic_discovery[2] = {
    {"discovery",
     "Does a long-lived peer grow while others come and go, when its PUB socket is never drained?",
     8, 240, undrained_rows, 5},
    {"discovery-drained",
     "The same with the PUB in the poll set: what is left is the allocator's own behaviour.", 8,
     240, drained_rows, 5},
};

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);
    if (!memory)
        abort();
    return memory;
}

static char *copy(const char *text)
{
    char *own = strdup(text);
    if (!own)
        abort();
    return own;
}

/* Uniform in [-share, share]. */
static double noise(uint64_t *state, double share)
{
    return share * ((double)(splitmix_next(state) >> 11) / 4503599627370496.0 - 1.0);
}

static int64_t round_page(double bytes)
{
    return (int64_t)(bytes / 4096) * 4096;
}

static void describe_host(struct host *out)
{
    *out = (struct host){
        .kernel = copy("6.1.0"),
        .machine = copy("x86_64"),
        .distribution = copy("Debian GNU/Linux 12 (bookworm)"),
        .cpu_model = copy("Test CPU"),
        .cores = 2,
        .memory_bytes = 8LL << 30,
        .page_bytes = 4096,
        .thp = copy("madvise"),
        .aslr = 2,
        .libc = copy("glibc 2.36"),
        .libzmq = copy("4.3.4"),
        .heapchurn = copy("0.1.0"),
        .compiler = copy("gcc 12"),
        .physical_cores = -1,
        .limit_millicore = -1,
    };
}

static void describe_row(const struct synthetic_row *row, struct run_row *out)
{
    *out = (struct run_row){
        .name = copy(row->name),
        .allocator = copy(row->allocator),
        .title = copy(row->allocator),
        .package = copy("package"),
        .link = copy("-llibrary"),
        .why = copy("it is compared"),
        .environment = allocate(1, sizeof *out->environment),
    };
}

static void describe_workload(const struct synthetic_workload *workload, struct workload *out)
{
    *out = (struct workload){
        .path = copy("workloads/test.yaml"),
        .question = copy(workload->question),
        .load = copy("rounds"),
        .cycle_unit = copy("peer life"),
        .crowd = copy("peer"),
        .round = copy("round"),
        .peers = workload->peers,
        .rounds = workload->rounds,
        .mesh = true,
        .quiet_ns = 1000000000,
        .released_ns = 500000000,
        .step_deadline_ns = 5000000000,
        .session = {.size_min_bytes = 16, .size_max_bytes = 65536},
        .seed = 1,
    };
    (void)snprintf(out->name, sizeof out->name, "%s", workload->name);
    /* What came later has its default: a run stored before it is read so. */
    for (const struct field *key = spec_keys; key->name; key++)
        if (key->later && key->fallback && *key->fallback &&
            field_parse(key, key->fallback, out, NULL) < 0)
            abort();
}

/* One subject along the churn. */
struct line {
    size_t role;
    double rss_from, rss_to;
    double live_from, live_per_cycle; /* live_per_cycle < 0: cannot tell */
    double noise;
    double churn_from; /* RSS once the first peers are there: what rises beyond it is mostly live */
};

static void fill_stats(const struct line *line, double cycle, int64_t rss_anon, int64_t *stat)
{
    if (line->live_per_cycle < 0) {
        stat[STAT_HEAP] = rss_anon + 262144;
        return;
    }
    stat[STAT_LIVE] = (int64_t)(line->live_from + line->live_per_cycle * cycle);
    /* What is resident and not live is the allocator's, but for a start of 256 KiB. */
    int64_t least = stat[STAT_LIVE] + 1048576;
    stat[STAT_HEAP] = rss_anon - 262144 > least ? rss_anon - 262144 : least;
    stat[STAT_CACHED] = 1048576;
}

static void add_sample(struct record *record, const struct line *line, double share, bool round_end,
                       uint64_t *random)
{
    double rss = line->churn_from + (line->rss_to - line->churn_from) * share;
    struct record_sample sample;
    record_sample_init(&sample);
    sample.elapsed_ns = (int64_t)(share * (double)record->cycles_done) * STEP_NS;
    sample.cycle = (int64_t)(share * (double)record->cycles_done);
    sample.role = line->role;
    sample.phase = PHASE_CHURN;
    sample.at_round_end = round_end;
    sample.rss_anon_bytes = round_page(rss * (1 + noise(random, line->noise)));
    sample.rss_bytes = sample.rss_anon_bytes + FILE_BYTES;
    for (int i = 0; i < ALLOCATOR_STAT_COUNT; i++)
        sample.stat[i] = ALLOCATOR_NA;
    if (round_end)
        fill_stats(line, (double)sample.cycle, sample.rss_anon_bytes, sample.stat);
    record_add_sample(record, &sample);
}

static void add_snapshot(struct record *record, const struct line *line, enum record_phase phase,
                         double rss, double cycle, double cpu_ns)
{
    struct record_snapshot *snapshot = &record->roles[line->role].snapshot[phase];
    snapshot->taken = true;
    snapshot->elapsed_ns = record->phase_end_ns[phase];
    snapshot->rss_anon_bytes = round_page(rss);
    snapshot->rss_file_bytes = FILE_BYTES;
    snapshot->rss_bytes = snapshot->rss_anon_bytes + FILE_BYTES;
    snapshot->rss_peak_bytes = snapshot->rss_bytes + 8192;
    snapshot->lazy_free_bytes = 0;
    snapshot->cpu_ns = (int64_t)cpu_ns;
    snapshot->minor_faults = (int64_t)(cycle * 3);
    fill_stats(line, cycle, snapshot->rss_anon_bytes, snapshot->stat);
    snapshot->stat_read_ns = 20000;
}

static void fill_subject(struct record *record, const struct synthetic_row *row,
                         const struct line *line, double released, uint64_t *random)
{
    struct record_role *subject = &record->roles[line->role];
    double cycles = (double)record->cycles_done;
    double cpu_ns = row->cpu_ms_per_1000 * 1e6 * cycles / 1000 * (1 + noise(random, line->noise));
    subject->program = copy("peer-test");
    subject->allocator = copy(row->allocator);
    subject->version = copy(row->version);
    subject->identity = copy("malloc and its family in a test");
    subject->endpoint = copy("tcp://127.0.0.1:40001");
    if (line->live_per_cycle < 0)
        subject->unavailable[STAT_LIVE] =
            copy("mimalloc 2.0.9 has no counter of live bytes in a release build");
    subject->release_ns = 700000;
    subject->wait_status = 0;
    add_snapshot(record, line, PHASE_START, line->rss_from, 0, 0);
    add_snapshot(record, line, PHASE_CHURN, line->rss_to, cycles, cpu_ns);
    add_snapshot(record, line, PHASE_QUIET, line->rss_to, cycles, cpu_ns);
    add_snapshot(record, line, PHASE_RELEASED, released, cycles, cpu_ns);
}

static void fill_phases(struct record *record)
{
    int64_t churn_ns = record->cycles_done * STEP_NS;
    record->phase_end_ns[PHASE_START] = 0;
    record->phase_end_ns[PHASE_CHURN] = churn_ns;
    record->phase_end_ns[PHASE_QUIET] = churn_ns + 1000000000;
    record->phase_end_ns[PHASE_RELEASED] = churn_ns + 1500000000;
}

void synthetic_trial(const struct synthetic_run *plan, size_t workload, size_t row, int64_t block,
                     int64_t attempt, struct record *out)
{
    const struct synthetic_workload *load = &plan->workloads[workload];
    const struct synthetic_row *from = &load->rows[row];
    uint64_t random = (uint64_t)(block * 1000 + attempt) * 1000 + workload * 100 + row;
    double scale = 1024 * (1 + noise(&random, plan->noise));
    struct line lines[] = {
        {ROLE_PEER, from->start_kib * scale, from->end_kib * scale, from->live_start_kib * 1024,
         from->live_per_cycle, plan->noise, 0},
        {ROLE_PROXY, from->start_kib * scale + 750 * 1024, from->start_kib * scale + 768 * 1024,
         from->live_start_kib * 1024, from->live_per_cycle < 0 ? -1 : 0, plan->noise, 0},
    };
    record_init(out);
    roles_add(out);
    record_add_role(out, "churner", false)->exit_cpu_ns = 3000000000;
    out->workload = copy(load->name);
    out->row = copy(from->name);
    out->block = block;
    out->attempt = attempt;
    out->outcome = RECORD_VALID;
    out->started_utc = copy("2026-11-21T01:28:00Z");
    out->cycles_planned = out->cycles_done = load->peers * load->rounds;
    out->sampler_cpu_ns = 9000000;
    out->sampler_ticks = 500;
    fill_phases(out);
    for (size_t i = 0; i < 2; i++) {
        struct line *line = &lines[i];
        double per_cycle = line->live_per_cycle < 0 ? UNTOLD_PER_CYCLE : line->live_per_cycle;
        double rise = 1.05 * per_cycle * (double)out->cycles_done;
        line->churn_from = line->rss_from;
        if (i == 0 && per_cycle > 0 && line->rss_to - rise > line->rss_from &&
            line->rss_to - line->rss_from > 8e6)
            line->churn_from = line->rss_to - rise;
    }
    int64_t per_round = plan->samples_between + 1;
    for (int64_t step = 1; step <= load->rounds * per_round; step++)
        for (size_t i = 0; i < 2; i++)
            add_sample(out, &lines[i], (double)step / (double)(load->rounds * per_round),
                       step % per_round == 0, &random);
    fill_subject(out, from, &lines[0], from->released_kib * scale, &random);
    fill_subject(out, from, &lines[1], lines[1].rss_to, &random);
    for (int64_t i = 0; i < out->cycles_done; i++)
        record_add_join(out, (int64_t)(from->join_ms * 1e6 * (1 + noise(&random, 0.2))));
}

void synthetic_add_record(struct stored_run *stored, struct record *record)
{
    struct record *records =
        reallocarray(stored->records, stored->record_count + 1, sizeof *records);
    if (!records)
        abort();
    stored->records = records;
    records[stored->record_count++] = *record;
    record_init(record);
}

void synthetic_run_build(const struct synthetic_run *plan, struct stored_run *out)
{
    const struct synthetic_workload *first = &plan->workloads[0];
    *out = (struct stored_run){0};
    describe_host(&out->run.host);
    out->run.started_utc = copy("2026-11-21T01:28:00Z");
    out->run.command = copy("heapchurn run");
    out->run.workloads = allocate(plan->workload_count, sizeof *out->run.workloads);
    out->run.workload_count = plan->workload_count;
    out->run.rows = allocate(first->row_count, sizeof *out->run.rows);
    out->run.row_count = first->row_count;
    out->run.blocks = plan->blocks;
    out->run.seed = 1;
    out->run.sample_period_ns = 20000000;
    out->run.pinning = copy("subjects on CPU 1, driver and load on CPU 0");
    out->run.aslr = true;
    for (size_t row = 0; row < first->row_count; row++)
        describe_row(&first->rows[row], &out->run.rows[row]);
    for (size_t workload = 0; workload < plan->workload_count; workload++) {
        describe_workload(&plan->workloads[workload], &out->run.workloads[workload]);
        for (int64_t block = 1; block <= plan->blocks; block++)
            for (size_t row = 0; row < first->row_count; row++) {
                struct record record;
                synthetic_trial(plan, workload, row, block, 1, &record);
                record.id = (int64_t)out->record_count + 1;
                synthetic_add_record(out, &record);
            }
    }
}

struct record *synthetic_record(struct stored_run *stored, const char *workload, const char *row,
                                int64_t block)
{
    for (size_t i = 0; i < stored->record_count; i++) {
        struct record *record = &stored->records[i];
        if (record->block == block && record->attempt == 1 &&
            strcmp(record->workload, workload) == 0 && strcmp(record->row, row) == 0)
            return record;
    }
    assert(0 && "no such record");
    abort();
}

void synthetic_spoil(struct record *record, enum record_outcome outcome, const char *reason)
{
    record->outcome = outcome;
    record->reason = copy(reason);
}

void synthetic_make_noisy(struct record *record, const char *reason)
{
    record->noise.noisy = true;
    record->noise.reason = copy(reason);
}
