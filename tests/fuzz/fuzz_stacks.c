/* A reader of a tool's stacks, READER, and the call sites that are made of them. */
#include "fuzz.h"
#include "read.h"
#include "sites.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE char *text = fuzz_text(data, size);
    for (enum moment moment = MOMENT_LIVE; moment <= MOMENT_LOST; moment++) {
        struct err err = ERR_INIT;
        AUTO(stacks) struct stacks stacks = {.count = 0};
        AUTO(sites) struct sites sites = {.count = 0};
        int code = READER(text, moment, &stacks, &err);
        FUZZ_PROMISE(code <= 0 && (code == 0) == (err.text[0] == '\0'));
        size_t frames = 0;
        for (size_t i = 0; i < stacks.count; i++) {
            const struct stack *stack = &stacks.list[i];
            FUZZ_PROMISE(stack->first == frames && stack->amount.bytes >= 0);
            FUZZ_PROMISE(stack->amount.blocks >= 0 || stack->amount.blocks == AMOUNT_NA);
            frames += stack->count;
        }
        FUZZ_PROMISE(frames == stacks.frame_count);
        sites_build(&stacks, &sites);
        sites_sort(&sites, moment);
        int64_t sum = stacks_sum(&stacks, moment).bytes;
        for (size_t i = 0; i < sites.count; i++)
            FUZZ_PROMISE(sites.list[i].amount[moment].bytes <= sum);
    }
    return 0;
}
