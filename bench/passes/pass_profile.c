#include "pass_profile.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "command_output.h"
#include "path.h"
#include "process.h"
#include "symbols_missing.h"
#include "whole_file.h"
#include "words.h"

enum { PATH_SIZE = 4096, ENTRY_SIZE = 4200 };

static const int64_t viewer_deadline_ns = 60LL * CLOCK_NS_PER_S;

/* One run of a viewer: what it compares, and where its output goes. */
struct viewing {
    const char *viewer; /* path */
    const char *program;
    const char *before, *after; /* dumps */
    const char *unit;           /* "--show_bytes" or "--inuse_objects" */
    const char *output;
};

static int view(const struct viewing *viewing, int interrupt_fd, struct pass_stacks *out,
                struct err *err)
{
    char base[ENTRY_SIZE];
    AUTO(words) struct words environment = {.count = 0};
    words_keep(&environment, "PATH", "/usr/bin:/bin");
    words_keep(&environment, "HOME", "/");
    words_add(&environment, "LC_ALL=C");
    (void)snprintf(base, sizeof base, "--base=%s", viewing->before);
    const char *arguments[] = {viewing->viewer,  "--collapsed",  viewing->unit, base,
                               viewing->program, viewing->after, NULL};
    const union {
        const char *const *in;
        char *const *out;
    } argv = {.in = arguments};
    AUTO(process) struct process process = PROCESS_INIT;
    (void)unlink(viewing->output); /* logs are appended */
    int code = process_start(&process,
                             &(struct process_spec){.path = viewing->viewer,
                                                    .argv = argv.out,
                                                    .environment = environment.word,
                                                    .log_path = viewing->output,
                                                    .cpu = -1,
                                                    .plain = true},
                             err);
    if (code == 0)
        code = process_await(&process, clock_now_ns() + viewer_deadline_ns, interrupt_fd);
    if (code == 0 && process.wait_status != 0)
        code = -EIO;
    AUTO_FCLOSE FILE *in = code == 0 ? fopen(viewing->output, "re") : NULL;
    if (code == 0 && !in)
        code = -errno;
    if (code < 0)
        return code == -EINTR ? code
                              : err_set(err, code, "%s failed (%s); see %s", viewing->viewer,
                                        strerror(-code), viewing->output);
    pass_stacks_read(in, out);
    return 0;
}

/* Only the stacks, without the chatter around them. */
static int write_collapsed(FILE *out, void *context)
{
    const struct pass_stacks *stacks = context;
    for (size_t i = 0; i < stacks->count; i++)
        if (stacks->stacks[i].value > 0)
            (void)fprintf(out, "%s %" PRId64 "\n", stacks->stacks[i].frames,
                          stacks->stacks[i].value);
    return ferror(out) ? -ENOMEM : 0;
}

static int compare(const struct pass_profile *profile, struct viewing *viewing, struct pass *pass,
                   struct err *err)
{
    AUTO(pass_stacks) struct pass_stacks bytes = {.count = 0};
    AUTO(pass_stacks) struct pass_stacks blocks = {.count = 0};
    viewing->unit = "--show_bytes";
    int code = view(viewing, profile->interrupt_fd, &bytes, err);
    viewing->unit = "--inuse_objects";
    if (code == 0)
        code = view(viewing, profile->interrupt_fd, &blocks, err);
    if (code < 0)
        return code;
    AUTO_FREE char *path = path_join(profile->left->folder, PASS_COLLAPSED);
    code = whole_file_write(path, write_collapsed, &bytes, err);
    if (code < 0)
        return code;
    pass_sites_build(&bytes, &blocks, pass);
    const char *name = strrchr(profile->left->folder, '/');
    if (asprintf(&pass->collapsed, "passes%s/" PASS_COLLAPSED, name ? name : "") < 0)
        abort();
    pass->symbols = symbols_missing(viewing->after, profile->allocator);
    return 0;
}

int pass_profile_read(const struct pass_profile *profile, struct pass *pass)
{
    char viewer[PATH_SIZE];
    struct err why = ERR_INIT;
    AUTO(folder_files) struct folder_files dumps = {.count = 0};
    int code = tool_left_dumps(profile->tool, profile->left, &dumps, &why);
    if (!command_find(profile->tool->viewer, viewer, sizeof viewer))
        code = err_set(&why, -ENOENT, "%s is not installed; Debian: %s", profile->tool->viewer,
                       profile->tool->viewer_package);
    else if (code == 0 && dumps.count < PASS_DUMPS)
        code = err_set(&why, -ENOENT, "a dump before and one after were expected, %zu is there",
                       dumps.count);
    if (code == 0) {
        AUTO_FREE char *output = path_join(profile->left->folder, "viewer.txt");
        struct viewing viewing = {
            .output = output,
            .viewer = viewer,
            .program = profile->program,
            .before = dumps.paths[0],
            .after = dumps.paths[1],
        };
        code = compare(profile, &viewing, pass, &why);
    }
    if (code < 0 && code != -EINTR) {
        pass->no_profile = strdup(why.text);
        code = 0;
    }
    return code;
}
