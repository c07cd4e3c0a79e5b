// Compacts many collections, or every one of a database, and shows how far it is.
//
//     many URI TOKEN [COLLECTION...]      e.g. many http://localhost:19530/sales ""
//
// Exit status: 0 all were compacted, had nothing to do or are in their final form, 1 some failed, 2 wrong usage, 3 nothing was begun.
#include <inttypes.h>
#include <stdio.h>

#include <milvus_client.h>

#define TIMEOUT_MS (60 * 60 * 1000)

// Called by a library thread, at most ten times a second.
static void show(const milvus_progress *progress, void *user_data)
{
    (void)user_data;
    printf("%6.1f s: %" PRId64 " of %" PRId64 " collections, %" PRId64 " of %" PRId64 " plans (%.1f per second)\n",
           (double)progress->elapsed_ms / 1000, progress->collections_done, progress->collections,
           progress->completed + progress->failed, progress->planned, progress->plans_per_second);
}

static void print_results(const milvus_many_list *list)
{
    size_t i;

    for (i = 0; i < milvus_many_list_count(list); i++) {
        milvus_many_result result = MILVUS_MANY_RESULT_INIT;

        if (milvus_many_list_get(list, i, &result) != MILVUS_OK)
            continue;
        if (result.skip != MILVUS_SKIP_NONE)
            printf("  %-30s skipped: %s\n", result.collection_name, result.skip_text);
        else if (result.status == MILVUS_OK)
            printf("  %-30s %s\n", result.collection_name, milvus_verdict_message(result.report->verdict));
        else
            printf("  %-30s %s%s\n", result.collection_name, result.error->message,
                   result.error->in_doubt ? " (a compaction may have been started)" : "");
    }
}

int main(int argc, char **argv)
{
    const char *const *names = argc > 3 ? (const char *const *)&argv[3] : NULL; // NULL: every collection
    size_t count = argc > 3 ? (size_t)argc - 3 : 0;
    milvus_client *client = NULL;
    milvus_future *future = NULL;
    milvus_many_list *list = NULL;
    milvus_status status;

    if (argc < 3) {
        fprintf(stderr, "usage: %s URI TOKEN [COLLECTION...]\n", argv[0]);
        return 2;
    }
    status = milvus_client_new(argv[1], argv[2], &client);
    if (status == MILVUS_OK)
        status = milvus_compact_many_async(client, names, count, NULL, TIMEOUT_MS, &future);
    if (status == MILVUS_OK) {
        milvus_future_set_progress_callback(future, show, NULL, NULL);
        status = milvus_future_wait(future, MILVUS_NO_TIMEOUT);
    }
    if (status != MILVUS_OK)
        fprintf(stderr, "%s\n", milvus_last_error_message());
    if (client != NULL)
        milvus_client_close(client, MILVUS_NO_TIMEOUT); // show() is not called any more; the future stays
    if (future != NULL && milvus_future_take_many(future, &list) != status)
        fprintf(stderr, "no results: %s\n", milvus_last_error_message());
    print_results(list); // there is a list also if some have failed
    status = list == NULL ? 3 : status == MILVUS_OK ? 0 : 1;
    milvus_many_list_free(list);
    milvus_future_free(future);
    milvus_client_free(client);
    return status;
}
