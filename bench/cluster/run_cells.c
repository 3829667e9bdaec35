#include "run_cells.h"

#include "builds.h"
#include "folder.h"
#include "path.h"
#include "paths.h"

int run_cells_prepare(const char *dir, struct run *run, const char *programs, struct err *err)
{
    char beside[PATHS_MAX];
    AUTO_FREE char *cells = path_join(dir, "cells");
    int code = programs ? 0 : paths_programs(beside, err);
    if (code == 0)
        code = builds_read(run, programs ? programs : beside, &run->host.builds, err);
    if (code == 0)
        code = store_extend(dir, run, err);
    return code < 0 ? code : folder_make(cells, err);
}
