/* What the ledger counts of blocks that a library took in its constructor, by how much it falls
 * when they are given back: "BYTES EXPECTED", the latter as malloc_usable_size() says by then.
 * Closes stderr, so that only a file can be told more; with "_exit" nobody can. */
#include <dlfcn.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger.h"

enum { KEPT = 100 };

extern void *early_blocks[];

int main(int argc, char **argv)
{
    struct ledger_counts before, after;
    int64_t expected = 0;
    ledger_read_fn *read_ledger = (ledger_read_fn *)dlsym(RTLD_DEFAULT, LEDGER_READ);
    if (!read_ledger)
        return 1;
    read_ledger(&before);
    for (int i = 0; i < KEPT; i++) {
        expected += (int64_t)malloc_usable_size(early_blocks[i]);
        free(early_blocks[i]);
    }
    read_ledger(&after);
    (void)printf("%" PRId64 " %" PRId64 " %" PRId64 "\n", before.usable_bytes,
                 before.usable_bytes - after.usable_bytes, expected);
    (void)fflush(stdout);
    (void)close(STDERR_FILENO);
    if (argc > 1 && strcmp(argv[1], "_exit") == 0)
        _exit(0);
    return 0;
}
