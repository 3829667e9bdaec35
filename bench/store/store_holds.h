/*
 * store_holds: what makes a folder of a run one that counts. Internal to store/.
 */
#pragma once

#include <stdbool.h>
#include <unistd.h>

#include "cleanup.h"
#include "path.h"

/* Is there a file of this name in the folder? */
static inline bool store_holds(const char *folder, const char *name)
{
    AUTO_FREE char *path = path_join(folder, "%s", name);
    return access(path, F_OK) == 0;
}
