/* heapchurn completion: what the shell needs to complete command lines of heapchurn. */
#include "completion.h"

#include <errno.h>
#include <string.h>

struct options {
    struct option_words shell;
};

static int run(const struct command_call *call, struct err *err)
{
    const struct options *options = call->options;
    for (const struct completion_shell *shell = completion_shells; shell->name; shell++)
        if (strcmp(shell->name, options->shell.words[0]) == 0) {
            shell->print(commands, stdout);
            return EXIT_OK;
        }
    (void)err_set(err, -EINVAL, "no completion for '%s'; there are bash and zsh",
                  options->shell.words[0]);
    return EXIT_USAGE;
}

static const struct help_line examples[] = {
    {"source <(heapchurn completion bash)", "in this shell"},
    {"heapchurn completion zsh >~/.zfunc/_heapchurn", "in a folder of $fpath"},
    {NULL, NULL},
};

static const struct help_line statuses[] = {
    {"0", "printed"},
    {"2", "usage"},
    {NULL, NULL},
};

const struct command command_completion = {
    .name = "completion",
    .summary = "a script with which bash or zsh complete command lines",
    .description = "Print the script with which a shell completes command lines of heapchurn.\n\n"
                   "An installed heapchurn has brought both to where the shells look for them.",
    .arguments = {.usage = "bash|zsh",
                  .least = 1,
                  .most = 1,
                  .at = offsetof(struct options, shell),
                  .completes = COMPLETE_SHELLS,
                  .missing = "for which shell? write 'heapchurn completion bash' or zsh",
                  .surplus = "one shell at a time"},
    .options_size = sizeof(struct options),
    .examples = examples,
    .statuses = statuses,
    .run = run,
};
