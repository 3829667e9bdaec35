#include "gate_parts.h"
#include "replay_rule.h"

void gate_replays(const struct gate_request *request, struct gate_report *report)
{
    static const enum gate_status statuses[] = {
        [REPLAY_UNCHECKED] = GATE_WARN,
        [REPLAY_GOOD] = GATE_PASS,
        [REPLAY_INDICATIVE] = GATE_WARN,
        [REPLAY_REFUSED] = GATE_UNDECIDED,
    };
    for (size_t i = 0; i < request->result->workload_count; i++) {
        const struct result_workload *workload = &request->result->workloads[i];
        if (!workload->replay.is_trace)
            continue;
        gate_add(report,
                 (struct gate_line){.kind = GATE_REPLAY,
                                    .status = statuses[workload->replay.grade],
                                    .workload = workload->workload->name},
                 "%s", workload->replay.sentence);
    }
}

const char *gate_replay_doubt(const struct replay_check *check, enum metric_id metric, double ratio,
                              enum gate_status *out_status)
{
    if (!check->is_trace)
        return NULL;
    if (check->grade == REPLAY_REFUSED) {
        *out_status = GATE_UNDECIDED;
        return "the replay does not stand for the program";
    }
    if (!replay_rule_near(check, metric, ratio))
        return NULL;
    *out_status = GATE_WARN;
    return "by less than the replay tells apart";
}
