#include "namespace_pid.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "process_tree.h"

enum { PATH_SIZE = 64 };

/* The last number of "NSpid:\t4711\t1". */
static pid_t inner(pid_t pid)
{
    char path[PATH_SIZE];
    char line[256];
    int number = -1;
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    AUTO_FCLOSE FILE *status = fopen(path, "re");
    while (status && fgets(line, sizeof line, status)) {
        const char *last = strncmp(line, "NSpid:", 6) == 0 ? strrchr(line, '\t') : NULL;
        if (last)
            number = (int)strtol(last, NULL, 10);
    }
    return number;
}

/* Since the start of the machine, in ticks. */
static int64_t began(pid_t pid)
{
    enum { STARTTIME = 22, STATE = 3 };
    char path[PATH_SIZE];
    char text[1024];
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    AUTO_FCLOSE FILE *stat = fopen(path, "re");
    size_t length = stat ? fread(text, 1, sizeof text - 1, stat) : 0;
    text[length] = '\0';
    char *field = strrchr(text, ')'); /* the name before it may hold anything */
    for (int i = STATE - 1; field && i < STARTTIME; i++)
        field = strchr(field + 1, ' ');
    return field ? strtoll(field, NULL, 10) : -1;
}

pid_t namespace_pid_find(pid_t inside)
{
    AUTO(process_tree) struct process_tree tree = {.count = 0};
    pid_t found = -1;
    int64_t last = -1;
    process_tree_add(&tree, getpid());
    process_tree_grow(&tree);
    for (size_t i = 1; i < tree.count; i++) {
        int64_t began_ticks = inner(tree.list[i]) == inside ? began(tree.list[i]) : -1;
        if (began_ticks < last || began_ticks < 0)
            continue;
        last = began_ticks;
        found = tree.list[i];
    }
    return found;
}
