#include "metric_release.h"

const char *metric_not_released(const struct metric_input *input)
{
    const struct record_role *subject = &input->record->roles[input->role];
    if (subject->release_ns >= 0 || !subject->snapshot[PHASE_RELEASED].taken)
        return NULL;
    return subject->release_reach ? subject->release_reach
                                  : "there is nobody in it who could be asked to give back";
}
