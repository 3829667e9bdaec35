#include "scenarios.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "path.h"

enum { LOADS_MAX = 64 };

const struct scenario *scenario_find(const char *load)
{
    for (const struct scenario *const *scenario = scenarios; *scenario; scenario++)
        for (const struct spec_load *word = (*scenario)->loads; word->word; word++)
            if (load && strcmp(word->word, load) == 0)
                return *scenario;
    return NULL;
}

int scenario_of(const struct workload *workload, const struct scenario **out, struct err *err)
{
    *out = scenario_find(workload->load);
    return *out ? 0
                : err_set(err, -EINVAL,
                          "workload '%s': no scenario of this build plays its load, '%s'",
                          workload->name, workload->load ? workload->load : "");
}

const struct spec_load *scenario_loads(void)
{
    static struct spec_load all[LOADS_MAX + 1];
    size_t count = 0;
    for (const struct scenario *const *scenario = scenarios; *scenario; scenario++)
        for (const struct spec_load *word = (*scenario)->loads; word->word; word++) {
            assert(count < LOADS_MAX);
            all[count++] = *word;
        }
    return all;
}

int scenario_check_programs(const struct scenario *scenario, const char *folder,
                            const char *allocator, struct err *err)
{
    for (const struct scenario_role *role = scenario->roles; role->name; role++) {
        if (!role->program)
            continue;
        AUTO_FREE char *path = path_join(folder, "%s%s%s", role->program, role->measured ? "-" : "",
                                         role->measured ? allocator : "");
        if (access(path, X_OK) < 0)
            return err_set(err, -ENXIO, "%s: no such program; run 'make' to build it", path);
    }
    return 0;
}
