#include "played_trace.h"

#include <setjmp.h> /* before cmocka.h, as it asks */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "cleanup.h"
#include "compiled_map.h"

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
    char path[64];
    struct ensemble ensemble;
    AUTO(compiled_map) struct compiled_map map = {.header = NULL};
    struct ensemble_how to_play = *how;
    to_play.failed = failed;
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    assert_int_equal(compiled_map_open(path, &map, &out->err), 0);
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

static int compile(const char *path, uint32_t slices, int fd, struct played_trace *out)
{
    AUTO(trace_file) struct trace_file file = {.fd = -1};
    int code = trace_file_open(path, &file, &out->err);
    return code < 0 ? code
                    : compile_trace(&file, trace_file_main_image(&file), slices, fd, &out->facts,
                                    &out->err);
}

void played_trace_file(const char *path, uint32_t slices, const struct ensemble_how *how,
                       struct played_trace *out)
{
    *out = (struct played_trace){.code = 0};
    AUTO_CLOSE int fd = memfd_create("compiled", MFD_CLOEXEC);
    assert_true(fd >= 0);
    out->code = compile(path, slices, fd, out);
    if (out->code == 0)
        play(fd, how, out);
}

void played_trace(struct trace_write *write, uint32_t slices, const struct ensemble_how *how,
                  struct played_trace *out)
{
    char path[] = "/tmp/played-trace-XXXXXX";
    struct err err = ERR_INIT;
    AUTO_CLOSE int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(trace_write_pack(write, path, "{}", &err), 0);
    played_trace_file(path, slices, how, out);
    (void)unlink(path);
}

struct played_trace played_trace_file_often(const char *path, int times)
{
    struct played_trace played = {.code = 0};
    const struct ensemble_how how = {.time = ENSEMBLE_VIRTUAL};
    AUTO_CLOSE int fd = memfd_create("compiled", MFD_CLOEXEC);
    assert_true(fd >= 0);
    if (compile(path, 3, fd, &played) != 0)
        fail_msg("%s", played.err.text);
    for (int i = 0; i < times; i++)
        play(fd, &how, &played);
    return played;
}

void played_trace_often(struct trace_write *write, int times)
{
    char path[] = "/tmp/played-trace-XXXXXX";
    struct err err = ERR_INIT;
    AUTO_CLOSE int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(trace_write_pack(write, path, "{}", &err), 0);
    (void)played_trace_file_often(path, times);
    (void)unlink(path);
}
