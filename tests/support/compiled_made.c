#include "compiled_made.h"

#include <setjmp.h> /* before cmocka.h, as it asks */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

int compiled_made_file(const char *path, uint32_t slices, struct compiled_facts *out,
                       struct err *err)
{
    AUTO(trace_file) struct trace_file file = {.fd = -1};
    AUTO_CLOSE int fd = memfd_create("compiled", MFD_CLOEXEC);
    assert_true(fd >= 0);
    int code = trace_file_open(path, &file, err);
    if (code == 0)
        code = compile_trace(&file, trace_file_main_image(&file), slices, fd, out, err);
    return code < 0 ? code : TAKE_FD(fd);
}

int compiled_made(struct trace_write *write, uint32_t slices, struct compiled_facts *out,
                  struct err *err)
{
    char path[] = "/tmp/compiled-made-XXXXXX";
    AUTO_CLOSE int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(trace_write_pack(write, path, "{}", err), 0);
    int compiled = compiled_made_file(path, slices, out, err);
    (void)unlink(path);
    return compiled;
}

void compiled_made_open(int fd, struct compiled_map *out)
{
    char path[64];
    struct err err = ERR_INIT;
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    assert_int_equal(compiled_map_open(path, out, &err), 0);
}
