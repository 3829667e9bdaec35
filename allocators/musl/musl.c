/*
 * musl's malloc is part of musl's libc. A program of musl, static or under musl's loader, takes no
 * library built for glibc, neither an allocator nor our agent, and there is no libzmq for musl in
 * Debian. So this is a row for builds of the user's own, which are seen from outside: RSS and what
 * else the kernel tells, under the same load and with the same work as the builds beside it.
 */
#include <stddef.h>

#include "silent.h"

static const void *api(void)
{
    return NULL;
}

static const char *unavailable(enum allocator_stat stat)
{
    (void)stat;
    return "a program of musl is seen from outside";
}

const struct allocator allocator_musl = {
    .name = "musl",
    .title = "musl's malloc",
    .link = "musl-gcc in place of gcc",
    .package = "musl-tools",
    .loader = "/ld-musl-",
    .api = api,
    SILENT_HOOKS,
    .unavailable = unavailable,
    .release_reach = "a program of musl is seen from outside, and musl has no call that gives back",
    .no_tools = "a program of musl loads no tool that was built for glibc",
    .no_ledger = "a program of musl loads no library that was built for glibc",
};
