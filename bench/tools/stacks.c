#include "stacks.h"

#include <string.h>

#include "grow.h"
#include "saturate.h"

const char *const moment_names[] = {"live", "lost", "total", NULL};

struct stacks_text {
    struct stacks_text *next;
    char text[];
};

const char *stacks_text(struct stacks *stacks, const char *text, size_t length)
{
    struct stacks_text *copy = malloc(sizeof *copy + length + 1);
    if (!copy)
        abort();
    (void)memcpy(copy->text, text, length);
    copy->text[length] = '\0';
    copy->next = stacks->texts;
    stacks->texts = copy;
    return copy->text;
}

void stacks_begin(struct stacks *stacks, enum moment moment, struct amount amount)
{
    stacks->list = grow(stacks->list, stacks->count, sizeof *stacks->list);
    stacks->list[stacks->count++] =
        (struct stack){.moment = moment, .amount = amount, .first = stacks->frame_count};
}

void stacks_frame(struct stacks *stacks, const struct frame *frame)
{
    stacks->frames = grow(stacks->frames, stacks->frame_count, sizeof *stacks->frames);
    stacks->frames[stacks->frame_count++] = *frame;
    stacks->list[stacks->count - 1].count++;
}

struct amount stacks_sum(const struct stacks *stacks, enum moment moment)
{
    struct amount sum = {0};
    for (size_t i = 0; i < stacks->count; i++) {
        const struct stack *stack = &stacks->list[i];
        if (stack->moment != moment)
            continue;
        sum.bytes = saturate_add(sum.bytes, stack->amount.bytes);
        sum.blocks = sum.blocks == AMOUNT_NA || stack->amount.blocks == AMOUNT_NA
                         ? AMOUNT_NA
                         : saturate_add(sum.blocks, stack->amount.blocks);
    }
    return sum;
}

void stacks_release(struct stacks *stacks)
{
    while (stacks->texts) {
        struct stacks_text *text = stacks->texts;
        stacks->texts = text->next;
        free(text);
    }
    free(stacks->list);
    free(stacks->frames);
    *stacks = (struct stacks){.count = 0};
}
