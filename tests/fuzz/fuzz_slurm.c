/* What Slurm's commands answer: nodes, the queue, limits of time. */
#include <string.h>

#include "fuzz.h"
#include "slurm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE char *text = fuzz_text(data, size);
    struct err err = ERR_INIT;
    AUTO(slurm_nodes) struct slurm_nodes nodes = {.count = 0};
    int code = slurm_nodes_parse(text, NULL, &nodes, &err);
    FUZZ_PROMISE((code == 0) == (nodes.count > 0));
    FUZZ_PROMISE((code == 0) == (err.text[0] == '\0'));
    for (size_t i = 0; i < nodes.count; i++) {
        (void)slurm_node_is_up(&nodes.list[i]);
        (void)slurm_seconds(nodes.list[i].limit);
    }
    struct slurm_queue queue;
    slurm_queue_parse(text, &queue);
    FUZZ_PROMISE(queue.running >= 0 && queue.pending >= 0);
    FUZZ_PROMISE(strlen(queue.nodes) < sizeof queue.nodes);
    return 0;
}
