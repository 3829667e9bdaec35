#include "verdict.h"

const char *const verdict_names[] = {
    [VERDICT_INCONCLUSIVE] = "inconclusive",
    [VERDICT_LEAK] = "leak",
    [VERDICT_RETENTION] = "retention",
    [VERDICT_OUTSIDE] = "outside",
    [VERDICT_NOT_LIVE] = "not-live",
    [VERDICT_PLATEAU] = "plateau",
    NULL,
};

const char *const confidence_names[] = {
    [CONFIDENCE_NONE] = "none",
    [CONFIDENCE_LOW] = "low",
    [CONFIDENCE_MEDIUM] = "medium",
    [CONFIDENCE_HIGH] = "high",
    NULL,
};

const char *const signal_state_names[] = {
    [SIGNAL_UNCLEAR] = "unclear",
    [SIGNAL_FLAT] = "flat",
    [SIGNAL_GROW] = "grow",
    NULL,
};

const char *const verdict_reason_names[] = {
    [REASON_LIVE_KEEPS_GROWING] = "live_keeps_growing",
    [REASON_FLAT] = "flat",
    [REASON_RSS_UNCLEAR] = "rss_unclear",
    [REASON_LIVE_GROWS_BUT_SLOWS] = "live_still_growing_but_slowing",
    [REASON_LIVE_UNCLEAR] = "live_unclear",
    [REASON_TOO_FEW_SAMPLES] = "too_few_samples",
    [REASON_NO_LIVE_SIGNAL] = "no_live_signal",
    [REASON_MOST_GROWTH_IS_NOT_LIVE] = "most_growth_is_not_live",
    [REASON_LIVE_DOES_NOT_GROW] = "live_does_not_grow",
    [REASON_LEVEL_FAR_ABOVE_LIVE] = "level_far_above_live",
    [REASON_NO_RSS] = "no_rss",
    [REASON_FALLS_BACK_TO_THE_START] = "falls_back_to_the_start",
    [REASON_ROWS_OUT_OF_ORDER] = "rows_out_of_order",
    [REASON_REPETITIONS_DISAGREE] = "repetitions_disagree",
    NULL,
};
