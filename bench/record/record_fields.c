#include "record_fields.h"

#include "cleanup.h"

#define SAMPLE(member)  .name = #member, .offset = offsetof(struct record_sample, member)
#define PROCESS(member) .name = #member, .offset = offsetof(struct record_process, member)
#define AT_END(member)  .name = #member, .offset = offsetof(struct record_snapshot, member)

/* clang-format off: rows */
const struct field record_sample_fields[] = {
    {SAMPLE(rss_bytes), .kernel_key = "Rss", .share_key = "Pss", .sentence = "resident"},
    {SAMPLE(rss_anon_bytes), .kernel_key = "Anonymous", .share_key = "Pss_Anon",
     .sentence = "anonymous of it"},
    {SAMPLE(pss_bytes), .kernel_key = "Pss", .share_key = "Pss", .later = true,
     .sentence = "its proportional share of what is shared; told where the sample is exact"},
    {SAMPLE(pss_shmem_bytes), .kernel_key = "Pss_Shmem", .share_key = "Pss_Shmem", .later = true,
     .sentence = "its share of shared memory (memfd, shmem, tmpfs); likewise, as are those below"},
    {SAMPLE(lazy_free_bytes), .kernel_key = "LazyFree", .later = true,
     .sentence = "MADV_FREE pages: resident, but the kernel's for the asking"},
    {SAMPLE(anon_huge_bytes), .kernel_key = "AnonHugePages", .later = true,
     .sentence = "in huge pages"},
    {SAMPLE(swap_bytes), .kernel_key = "Swap", .share_key = "SwapPss", .later = true,
     .sentence = "swapped out"},
    {SAMPLE(stack_bytes), .later = true,
     .sentence = "resident stacks of all threads; told now and then, since it needs smaps"},
    {SAMPLE(processes), .later = true,
     .sentence = "how many processes the role was; told of roles that may be several"},
};
const size_t record_sample_field_count = ARRAY_LENGTH(record_sample_fields);

const struct field record_snapshot_fields[] = {
    {AT_END(taken), .kind = FIELD_BOOL, .sentence = "was the role looked at when the phase ended?"},
    {AT_END(elapsed_ns), .sentence = "since the baseline"},
    {AT_END(rss_bytes), .kernel_key = "Rss", .share_key = "Pss", .sentence = "resident"},
    {AT_END(rss_anon_bytes), .kernel_key = "Anonymous", .share_key = "Pss_Anon",
     .sentence = "anonymous of it"},
    {AT_END(rss_file_bytes), .share_key = "Pss_File",
     .sentence = "resident pages of files: RssFile of status"},
    {AT_END(rss_peak_bytes),
     .sentence = "VmHWM since the phase began; not told of several processes"},
    {AT_END(pss_bytes), .kernel_key = "Pss", .share_key = "Pss",
     .sentence = "its proportional share of what is shared"},
    {AT_END(lazy_free_bytes), .kernel_key = "LazyFree",
     .sentence = "MADV_FREE pages: resident, but the kernel's for the asking"},
    {AT_END(anon_huge_bytes), .kernel_key = "AnonHugePages", .sentence = "in huge pages"},
    {AT_END(huge_zero_bytes), .later = true,
     .sentence = "small pages of zeros within them, which nobody wrote to: their padding, at most"},
    {AT_END(swap_bytes), .share_key = "SwapPss", .sentence = "swapped out: VmSwap of status"},
    {AT_END(pss_shmem_bytes), .kernel_key = "Pss_Shmem", .share_key = "Pss_Shmem", .later = true,
     .sentence = "its share of shared memory (memfd, shmem, tmpfs)"},
    {AT_END(stack_bytes), .later = true, .sentence = "resident stacks of all threads"},
    {AT_END(threads), .sentence = "threads"},
    {AT_END(cpu_ns), .sentence = "CPU time of all threads, ended ones too; exact"},
    {AT_END(cpu_user_ns), .sentence = "in user mode, in clock ticks"},
    {AT_END(cpu_system_ns), .sentence = "in the kernel, in clock ticks"},
    {AT_END(minor_faults), .sentence = "page faults without a read"},
    {AT_END(major_faults), .sentence = "page faults with one"},
    {AT_END(run_delay_ns), .sentence = "waiting for a core: schedstat, all threads"},
    {AT_END(voluntary_switches), .sentence = "gave up the core"},
    {AT_END(involuntary_switches), .sentence = "lost the core"},
    {AT_END(stat_read_ns), .sentence = "what reading the allocator's statistics cost the role"},
};
const size_t record_snapshot_field_count = ARRAY_LENGTH(record_snapshot_fields);

const struct field record_process_fields[] = {
    {PROCESS(name), .kind = FIELD_WORD, .sentence = "the command's name, and which one it is"},
    {PROCESS(allocator), .kind = FIELD_TEXT, .sentence = "that its agent proved; null: none did"},
    {PROCESS(proof), .kind = FIELD_TEXT, .sentence = "the sentence of proof, or why there is none"},
    {PROCESS(first_ns), .sentence = "the first exact look at it, since the baseline"},
    {PROCESS(last_ns), .sentence = "and the last"},
    {PROCESS(first_pss_bytes), .sentence = "its share of what is resident, at the first"},
    {PROCESS(last_pss_bytes), .sentence = "and at the last"},
    {PROCESS(first_pss_anon_bytes), .sentence = "its share of what is anonymous, at the first"},
    {PROCESS(last_pss_anon_bytes), .sentence = "and at the last"},
    {PROCESS(first_live_bytes),
     .sentence = "live bytes as it counts them, those it inherited by fork included"},
    {PROCESS(last_live_bytes), .sentence = "and at the last"},
};
const size_t record_process_field_count = ARRAY_LENGTH(record_process_fields);
/* clang-format on */
