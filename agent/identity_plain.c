#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "identity_library.h"

static void *volatile block; /* or the compiler drops the pair */

static void *take(size_t bytes)
{
    block = malloc(bytes);
    return block;
}

static void give_back(void)
{
    free(block);
    block = NULL;
}

static const char *error(void)
{
    return strerror(errno);
}

const struct identity_library identity_library = {
    .block = "block", .take = take, .give_back = give_back, .error = error};
