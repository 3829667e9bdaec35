/*
 * deaf_observer: what a measure_observer (measure.h) does where a test does not look: nothing.
 *
 *     static const struct measure_observer observer = {DEAF_OBSERVER};
 */
#pragma once

#include "measure.h"

static inline int deaf_began(void *context, const struct measure_view *view, struct err *err)
{
    (void)context;
    (void)view;
    (void)err;
    return 0;
}

static inline void deaf_progress(void *context, const struct runner_progress *at)
{
    (void)context;
    (void)at;
}

static inline void deaf_trial(void *context, const struct runner_progress *at,
                              const struct record *record)
{
    (void)context;
    (void)at;
    (void)record;
}

static inline void deaf_pass(void *context, size_t number, size_t count, const struct pass *pass)
{
    (void)context;
    (void)number;
    (void)count;
    (void)pass;
}

static inline void deaf_ended(void *context)
{
    (void)context;
}

#define DEAF_OBSERVER                                                             \
    .began = deaf_began, .progress = deaf_progress, .trial_finished = deaf_trial, \
    .pass_finished = deaf_pass, .ended = deaf_ended
