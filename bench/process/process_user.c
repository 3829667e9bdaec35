#include "process_user.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

enum { GROUPS_AT_FIRST = 32 };

int process_user_find(const char *name, struct process_user *out, struct err *err)
{
    errno = 0;
    /* One thread of the driver asks. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    const struct passwd *entry = getpwnam(name);
    if (!entry)
        return err_set(err, -ENOENT, "there is no user '%s' on this machine", name);
    struct process_user user = {.uid = entry->pw_uid, .gid = entry->pw_gid};
    user.home = text_own(entry->pw_dir);
    user.name = text_own(entry->pw_name);
    for (int count = GROUPS_AT_FIRST;; count *= 2) {
        user.group_count = count;
        user.groups = reallocarray(user.groups, (size_t)count, sizeof *user.groups);
        if (!user.groups)
            abort();
        if (getgrouplist(name, user.gid, user.groups, &user.group_count) >= 0)
            break;
    }
    *out = user;
    return 0;
}

void process_user_release(struct process_user *user)
{
    free(user->name);
    free(user->home);
    free(user->groups);
    *user = (struct process_user){.group_count = 0};
}
