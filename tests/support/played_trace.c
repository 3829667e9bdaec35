#include "played_trace.h"

#include <setjmp.h> /* before cmocka.h, as it asks */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cleanup.h"
#include "compiled_made.h"

__attribute__((noreturn)) static void failed(void *context, const char *reason)
{
    (void)context;
    (void)fprintf(stderr, "the replay failed: %s\n", reason);
    abort();
}

/* Of files and of shared memory: statm(5). */
static int64_t mapped_pages(void)
{
    long long resident = 0, shared = -1;
    AUTO_FCLOSE FILE *statm = fopen("/proc/self/statm", "re");
    assert_non_null(statm);
    assert_int_equal(fscanf(statm, "%*d %lld %lld", &resident, &shared), 2);
    return shared;
}

static void play(int fd, const struct ensemble_how *how, struct played_trace *out)
{
    struct ensemble ensemble;
    AUTO(compiled_map) struct compiled_map map = {.header = NULL};
    struct ensemble_how to_play = *how;
    to_play.failed = failed;
    compiled_made_open(fd, &map);
    assert_int_equal(ensemble_open(&ensemble, &map, &to_play, &out->err), 0);
    out->mapped_pages = -mapped_pages();
    for (uint32_t i = 0; i < map.header->slice_count; i++) {
        ensemble_play(&ensemble, i);
        out->counts = ensemble_counts(&ensemble);
        out->end = map.slices[i];
        assert_int_equal(out->counts.calls, out->end.calls);
        assert_int_equal(out->counts.bytes, out->end.bytes);
        assert_int_equal(out->counts.calls - out->counts.freed_blocks, out->end.live_blocks);
        assert_int_equal(out->counts.bytes - out->counts.freed_bytes, out->end.live_bytes);
    }
    out->mapped_pages += mapped_pages();
    ensemble_close(&ensemble);
}

void played_trace(struct trace_write *write, uint32_t slices, const struct ensemble_how *how,
                  struct played_trace *out)
{
    *out = (struct played_trace){.code = 0};
    AUTO_CLOSE int fd = compiled_made(write, slices, &out->facts, &out->err);
    out->code = fd < 0 ? fd : 0;
    if (fd >= 0)
        play(fd, how, out);
}

static struct played_trace play_often(int fd, struct played_trace *played, int times)
{
    const struct ensemble_how how = {.time = ENSEMBLE_VIRTUAL};
    if (fd < 0)
        fail_msg("%s", played->err.text);
    for (int i = 0; i < times; i++)
        play(fd, &how, played);
    return *played;
}

struct played_trace played_trace_file_often(const char *path, int times)
{
    struct played_trace played = {.code = 0};
    AUTO_CLOSE int fd = compiled_made_file(path, 3, &played.facts, &played.err);
    return play_often(fd, &played, times);
}

void played_trace_often(struct trace_write *write, int times)
{
    struct played_trace played = {.code = 0};
    AUTO_CLOSE int fd = compiled_made(write, 3, &played.facts, &played.err);
    (void)play_often(fd, &played, times);
}
