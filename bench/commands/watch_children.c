#include "watch_children.h"

#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "process_tree.h"
#include "text.h"
#include "wrap.h"

enum { SHOWN = 3, NAME_SIZE = 64 };

/* What it is called; false: it is gone, or has no memory any more (a zombie). */
static bool name_of(pid_t pid, char out[NAME_SIZE])
{
    char path[64];
    unsigned long pages = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
    AUTO_FCLOSE FILE *memory = fopen(path, "re");
    if (!memory || fscanf(memory, "%lu", &pages) != 1 || pages == 0) /* NOLINT(cert-err34-c) */
        return false;
    (void)snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
    AUTO_FCLOSE FILE *name = fopen(path, "re");
    if (!name || !fgets(out, NAME_SIZE, name))
        return false;
    out[strcspn(out, "\n")] = '\0';
    text_printable(out);
    return true;
}

size_t watch_children_tell(pid_t pid, size_t told, bool attached, const struct text_style *style)
{
    AUTO(process_tree) struct process_tree tree = {.count = 0};
    char shown[SHOWN * (NAME_SIZE + 16)] = "", text[512], name[NAME_SIZE];
    size_t count = 0, used = 0;
    process_tree_add(&tree, pid);
    process_tree_grow(&tree);
    for (size_t i = 1; i < tree.count; i++) { /* behind the process itself */
        if (!name_of(tree.list[i], name))
            continue;
        if (count < SHOWN)
            used += (size_t)snprintf(shown + used, sizeof shown - used, "%s%d %s",
                                     count ? ", " : "", (int)tree.list[i], name);
        count++;
    }
    if (count <= told)
        return count;
    (void)snprintf(text, sizeof text, "%zu process%s from it (%s%s) and %s not looked at: %s.",
                   count, count == 1 ? " descends" : "es descend", shown,
                   count > SHOWN ? " and others" : "", count == 1 ? "is" : "are",
                   attached ? "each can be attached to by its own number, and 'watch --tree' "
                              "without --attach adds up what all occupy"
                            : "--tree takes them in");
    wrap_print(stdout, style, LOOK_YELLOW, "", 0, text);
    return count;
}
