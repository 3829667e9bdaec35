#include "completion.h"

const struct completion_shell completion_shells[] = {
    {"bash", completion_bash},
    {"zsh", completion_zsh},
    {NULL, NULL},
};
