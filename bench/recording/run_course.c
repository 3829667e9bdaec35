#include "run_course.h"

#include "grow.h"

static void thin_out(struct run_course *course, struct trace_run *run)
{
    for (size_t i = 0; i < run->sample_count / 2; i++) {
        struct trace_sample a = run->samples[2 * i], b = run->samples[2 * i + 1];
        run->samples[i] = a.anon_bytes > b.anon_bytes ? a : b;
    }
    run->sample_count /= 2;
    course->stride *= 2;
}

void run_course_add(struct run_course *course, struct trace_run *run, struct trace_sample sample)
{
    if (course->stride == 0)
        course->stride = 1;
    if (++course->skipped < course->stride)
        return;
    course->skipped = 0;
    if (run->sample_count == RUN_COURSE_MAX)
        thin_out(course, run);
    run->samples = grow(run->samples, run->sample_count, sizeof *run->samples);
    run->samples[run->sample_count++] = sample;
}
