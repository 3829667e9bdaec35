/*
 * deployment: how a row is put into service as it was measured: for a shell, a systemd unit, an
 * image of Docker's, the linker; and how a user sees that it took effect. Lines to be copied.
 *
 * What is preloaded is the file that served here; a bare name stands for it in an image, which may
 * be of another architecture, where the system's loader finds it. Values are quoted as each place
 * wants them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "result.h"

enum deployment_way {
    DEPLOY_SHELL,
    DEPLOY_SYSTEMD,
    DEPLOY_DOCKER,
    DEPLOY_LINK,
    DEPLOY_VERIFY,
    DEPLOYMENT_WAYS
};
extern const char *const deployment_titles[DEPLOYMENT_WAYS]; /* "systemd: systemctl edit UNIT" */

/* The row that the program runs on as it is: of the allocator that it is linked against, else
 * RECOMMEND_INCUMBENT. */
const char *deployment_incumbent(const struct result_workload *workload, char *out, size_t size);

/* Is there anything to do, and is it known? Not for a program that nobody linked against an
 * allocator, on libc's as it is; nor of runs that were stored before this was. */
bool deployment_needed(const struct result_workload *workload, size_t row);

/* Lines, each ending with a newline, or NULL where this way is none for the row. The caller frees.
 */
char *deployment_text(const struct result_workload *workload, size_t row, enum deployment_way way);

/* In one sentence without its end: "apt install libjemalloc2, then
 * LD_PRELOAD=/usr/lib/…/libjemalloc.so.2 before the command". The caller frees. */
char *deployment_brief(const struct result_workload *workload, size_t row);
