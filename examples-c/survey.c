// Says which collections are worth compacting, and triggers nothing.
//
//     survey URI TOKEN      e.g. survey http://localhost:19530 ""
//
// Exit status: 0 all were surveyed, 1 some failed, 2 wrong usage, 3 there is no survey.
#include <inttypes.h>
#include <stdio.h>

#include <milvus_client.h>

static void print_result(const milvus_survey_result *result)
{
    printf("%-12s %-24s ", result->database, result->collection_name);
    if (result->status != MILVUS_OK) {
        printf("%s\n", result->error->message);
        return;
    }
    printf("%8" PRId64 " segments %3.0f %% fragmented: ", result->stored_segments, 100 * result->fragmentation);
    if (result->check->is_final == MILVUS_YES)
        printf("in final form\n");
    else if (result->merged_segments > 0)
        printf("%" PRId64 " become about %" PRId64 ", %" PRId64 " rows to rewrite\n", result->merged_segments,
               result->merged_into, result->rewrite_rows);
    else
        printf("%s\n", result->check->reason);
}

int main(int argc, char **argv)
{
    milvus_survey_params params = MILVUS_SURVEY_PARAMS_INIT;
    milvus_client *client = NULL;
    milvus_survey_list *list = NULL;
    milvus_status status;
    size_t i;

    if (argc != 3) {
        fprintf(stderr, "usage: %s URI TOKEN\n", argv[0]);
        return 2;
    }
    params.all_databases = 1; // before Milvus 2.2.9 there are none: MILVUS_UNSUPPORTED
    status = milvus_client_new(argv[1], argv[2], &client);
    if (status == MILVUS_OK)
        status = milvus_survey(client, NULL, 0, &params, 600000, &list);
    if (status != MILVUS_OK)
        fprintf(stderr, "%s\n", milvus_last_error_message());
    for (i = 0; i < milvus_survey_list_count(list); i++) {
        milvus_survey_result result = MILVUS_SURVEY_RESULT_INIT;

        if (milvus_survey_list_get(list, i, &result) == MILVUS_OK)
            print_result(&result);
    }
    status = list == NULL ? 3 : status == MILVUS_OK ? 0 : 1; // there is a list also if some have failed
    milvus_survey_list_free(list);
    milvus_client_free(client);
    return status;
}
