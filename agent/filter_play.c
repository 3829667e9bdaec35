#include "filter_play.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#if defined(__x86_64__)
static const uint32_t this_architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
static const uint32_t this_architecture = AUDIT_ARCH_AARCH64;
#else
#error "filter_play: say here which architecture filters are asked about"
#endif

struct machine {
    uint32_t a, x, memory[BPF_MEMWORDS];
    const struct seccomp_data *data;
};

static uint32_t word_at(const struct seccomp_data *data, uint32_t offset)
{
    uint32_t word = 0;
    if (offset <= sizeof *data - sizeof word)
        (void)memcpy(&word, (const char *)data + offset, sizeof word);
    return word;
}

static uint32_t *memory_at(struct machine *machine, uint32_t index)
{
    return &machine->memory[index % BPF_MEMWORDS];
}

static void load(struct machine *machine, const struct sock_filter *step, uint32_t *into)
{
    switch (BPF_MODE(step->code)) {
    case BPF_ABS:
        *into = word_at(machine->data, step->k);
        break;
    case BPF_LEN:
        *into = sizeof *machine->data;
        break;
    case BPF_MEM:
        *into = *memory_at(machine, step->k);
        break;
    default:
        *into = step->k;
        break;
    }
}

static void calculate(struct machine *machine, const struct sock_filter *step)
{
    enum { BITS = 32 };
    uint32_t by = BPF_SRC(step->code) == BPF_X ? machine->x : step->k;
    uint32_t *a = &machine->a;
    switch (BPF_OP(step->code)) {
    case BPF_ADD:
        *a += by;
        break;
    case BPF_SUB:
        *a -= by;
        break;
    case BPF_MUL:
        *a *= by;
        break;
    case BPF_DIV:
        *a = by ? *a / by : 0;
        break;
    case BPF_AND:
        *a &= by;
        break;
    case BPF_OR:
        *a |= by;
        break;
    case BPF_XOR:
        *a ^= by;
        break;
    case BPF_LSH:
        *a = by < BITS ? *a << by : 0;
        break;
    case BPF_RSH:
        *a = by < BITS ? *a >> by : 0;
        break;
    default: /* BPF_NEG */
        *a = -*a;
        break;
    }
}

/* How many steps are left out. */
static uint32_t jump(const struct machine *machine, const struct sock_filter *step)
{
    uint32_t with = BPF_SRC(step->code) == BPF_X ? machine->x : step->k;
    bool holds = false;
    switch (BPF_OP(step->code)) {
    case BPF_JEQ:
        holds = machine->a == with;
        break;
    case BPF_JGT:
        holds = machine->a > with;
        break;
    case BPF_JGE:
        holds = machine->a >= with;
        break;
    case BPF_JSET:
        holds = (machine->a & with) != 0;
        break;
    default: /* BPF_JA */
        return step->k;
    }
    return holds ? step->jt : step->jf;
}

/* Jumps go forward only: it ends. */
static uint32_t run(struct machine *machine, const struct sock_fprog *filter)
{
    for (uint64_t at = 0; at < filter->len; at++) {
        const struct sock_filter *step = &filter->filter[at];
        switch (BPF_CLASS(step->code)) {
        case BPF_LD:
            load(machine, step, &machine->a);
            break;
        case BPF_LDX:
            load(machine, step, &machine->x);
            break;
        case BPF_ST:
            *memory_at(machine, step->k) = machine->a;
            break;
        case BPF_STX:
            *memory_at(machine, step->k) = machine->x;
            break;
        case BPF_ALU:
            calculate(machine, step);
            break;
        case BPF_JMP:
            at += jump(machine, step);
            break;
        case BPF_RET:
            return BPF_RVAL(step->code) == BPF_A ? machine->a : step->k;
        default: /* BPF_MISC */
            *(BPF_MISCOP(step->code) == BPF_TAX ? &machine->x : &machine->a) =
                BPF_MISCOP(step->code) == BPF_TAX ? machine->a : machine->x;
            break;
        }
    }
    return SECCOMP_RET_ALLOW;
}

uint32_t filter_play(const struct sock_fprog *filter, int call, const uint64_t arguments[6])
{
    struct seccomp_data data = {.nr = call, .arch = this_architecture};
    struct machine machine = {.data = &data};
    if (!filter || !filter->filter || filter->len > BPF_MAXINSNS)
        return SECCOMP_RET_ALLOW;
    (void)memcpy(data.args, arguments, sizeof data.args);
    return run(&machine, filter) & SECCOMP_RET_ACTION_FULL;
}
