#include "pass.h"

#include <stdlib.h>

const char *const pass_kind_names[] = {"not freed", "unreachable", "ledger", NULL};

void pass_init(struct pass *pass)
{
    *pass = (struct pass){
        .cycles = RECORD_NA,
        .elapsed_ns = RECORD_NA,
        .blocks = RECORD_NA,
        .bytes = RECORD_NA,
        .lost_blocks = RECORD_NA,
        .lost_bytes = RECORD_NA,
        .live_bytes = RECORD_NA,
        .live_blocks = RECORD_NA,
        .own_live_bytes = RECORD_NA,
        .calls = RECORD_NA,
        .requested_bytes = RECORD_NA,
        .excess_max_bytes = RECORD_NA,
    };
    record_init(&pass->record);
}

void pass_release(struct pass *pass)
{
    free(pass->workload);
    free(pass->row);
    free(pass->tool);
    free(pass->setting);
    free(pass->version);
    free(pass->unavailable);
    for (size_t i = 0; i < pass->site_count && pass->sites; i++)
        free(pass->sites[i].function);
    free(pass->sites);
    free(pass->excess);
    free(pass->collapsed);
    free(pass->symbols);
    free(pass->no_profile);
    record_release(&pass->record);
    *pass = (struct pass){.cycles = 0};
}
