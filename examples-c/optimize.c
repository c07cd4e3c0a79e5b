// Optimizes one collection, and prints a line for each step.
//
//     optimize URI TOKEN COLLECTION      e.g. optimize http://localhost:19530/sales "" products
//
// Exit status: 0 everything stored is merged, indexed and served, 1 not all of it, 2 wrong usage.
#include <inttypes.h>
#include <stdio.h>

#include <milvus_client.h>

#define TIMEOUT_MS (60 * 60 * 1000)

static void print_result(const milvus_optimize_list *list)
{
    milvus_optimize_result result = MILVUS_OPTIMIZE_RESULT_INIT;
    size_t i;

    if (milvus_optimize_list_get(list, 0, &result) != MILVUS_OK)
        return; // there is none: it did not begin
    for (i = 0; i < result.step_count; i++) {
        milvus_optimize_step step = MILVUS_OPTIMIZE_STEP_INIT;

        if (milvus_optimize_list_step(list, 0, i, &step) == MILVUS_OK)
            printf("%-7s %6" PRId64 " ms  %s\n", milvus_stage_name(step.stage), step.elapsed_ms, step.text);
    }
    if (result.segments_after != MILVUS_NOT_REPORTED)
        printf("segments: %" PRId64 " -> %" PRId64 "\n", result.segments_before, result.segments_after);
    if (result.status != MILVUS_OK)
        printf("latest stage: %s. %s\n", milvus_stage_name(result.stage), milvus_status_message(result.status));
}

int main(int argc, char **argv)
{
    milvus_client *client = NULL;
    milvus_optimize_list *list = NULL;
    milvus_status status;

    if (argc != 4) {
        fprintf(stderr, "usage: %s URI TOKEN COLLECTION\n", argv[0]);
        return 2;
    }
    status = milvus_client_new(argv[1], argv[2], &client);
    if (status == MILVUS_OK)
        status = milvus_optimize(client, argv[3], NULL, TIMEOUT_MS, &list);
    if (status != MILVUS_OK)
        fprintf(stderr, "%s\n", milvus_last_error_message());
    print_result(list); // there is a list also if it failed half-way
    milvus_optimize_list_free(list);
    milvus_client_free(client);
    return status == MILVUS_OK ? 0 : 1;
}
