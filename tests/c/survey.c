// Looking around: collections, databases, surveys, their asynchronous forms and their handles.
#include "support.h"

static milvus_collection_info info_of(milvus_collection_list *list, const char *name)
{
    milvus_collection_info info = MILVUS_COLLECTION_INFO_INIT;
    size_t i;

    for (i = 0; i < milvus_collection_list_count(list); i++) {
        CHECK(milvus_collection_list_get(list, i, &info) == MILVUS_OK);
        if (strcmp(info.collection_name, name) == 0)
            return info;
    }
    printf("%s is not in the list\n", name);
    exit(1);
}

static void collections(milvus_client *client)
{
    milvus_collection_list *list = NULL;
    milvus_collection_info info = MILVUS_COLLECTION_INFO_INIT;
    milvus_future *future = NULL;

    tell_fake("alias the_same nothing");
    tell_fake("alias another nothing");
    tell_fake("load nothing 0");
    CHECK(milvus_collections(client, NULL, 20000, &list) == MILVUS_OK);
    info = info_of(list, "nothing");
    CHECK(strcmp(info.aliases, "another,the_same") == 0 && strcmp(info.database, "default") == 0);
    CHECK(info.id > 0 && info.rows == 0 && info.is_loaded == MILVUS_YES && info.has_clustering_key == MILVUS_YES);
    CHECK(info.status == MILVUS_OK && info.error->status == MILVUS_OK && info.error->message[0] == '\0');
    info = info_of(list, "succeeds");
    CHECK(info.aliases[0] == '\0' && info.rows == 200 && info.is_loaded == MILVUS_NO);
    CHECK(milvus_collection_list_get(list, milvus_collection_list_count(list), &info) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_collection_list_get(list, 0, NULL) == MILVUS_INVALID_ARGUMENT);
    milvus_collection_list_free(list);
    CHECK(milvus_collection_list_count(list) == 0);
    CHECK(milvus_collection_list_get(list, 0, &info) == MILVUS_INVALID_HANDLE);
    milvus_collection_list_free(NULL);

    list = NULL;
    CHECK(milvus_collections(client, "no_such_database", 20000, &list) == MILVUS_DATABASE_NOT_FOUND && list == NULL);
    tell_fake("fail statistics grpc 7 PrivilegeGetStatistics: permission deny");
    CHECK(milvus_collections_async(client, "sales", 20000, &future) == MILVUS_OK);
    CHECK(milvus_future_wait(future, -1) == MILVUS_SOME_FAILED);
    CHECK(milvus_future_take_collections(future, &list) == MILVUS_SOME_FAILED && list != NULL);
    CHECK(strcmp(info_of(list, "succeeds").database, "sales") == 0);
    CHECK(milvus_collection_list_count(list) > 5);
    milvus_collection_list_free(list);
    milvus_future_free(future);
}

static void databases(milvus_client *client)
{
    milvus_database_list *list = NULL;
    milvus_database_info info = MILVUS_DATABASE_INFO_INIT;
    milvus_future *future = NULL;

    tell_fake("database sales");
    CHECK(milvus_databases(client, 20000, &list) == MILVUS_OK && milvus_database_list_count(list) == 2);
    CHECK(milvus_database_list_get(list, 1, &info) == MILVUS_OK);
    CHECK(strcmp(info.database, "sales") == 0 && info.id == 2);
    CHECK(milvus_database_list_get(list, 2, &info) == MILVUS_INVALID_ARGUMENT);
    milvus_database_list_free(list);
    CHECK(milvus_database_list_count(list) == 0);
    milvus_database_list_free(NULL);
    list = NULL;
    CHECK(milvus_databases_async(client, 20000, &future) == MILVUS_OK && milvus_future_wait(future, -1) == MILVUS_OK);
    CHECK(milvus_future_take_databases(future, &list) == MILVUS_OK && milvus_database_list_count(list) == 2);
    milvus_database_list_free(list);
    milvus_future_free(future);
}

static void surveys(milvus_client *client)
{
    const char *names[] = {"merged", "missing"};
    milvus_survey_params params = MILVUS_SURVEY_PARAMS_INIT;
    milvus_compact_params plain = MILVUS_COMPACT_PARAMS_INIT;
    milvus_survey_result result = MILVUS_SURVEY_RESULT_INIT;
    milvus_progress progress = MILVUS_PROGRESS_INIT;
    milvus_survey_list *list = NULL;
    milvus_future *future = NULL;

    tell_fake("mergeable merged 3 4"); // in two partitions
    tell_fake("load merged 0");
    CHECK(milvus_survey(client, names, 2, NULL, 20000, &list) == MILVUS_SOME_FAILED);
    CHECK(milvus_survey_list_count(list) == 2 && milvus_survey_list_get(list, 0, &result) == MILVUS_OK);
    CHECK(strcmp(result.collection_name, "merged") == 0 && strcmp(result.database, "default") == 0);
    CHECK(result.status == MILVUS_OK && result.check->would_compact_if_free == MILVUS_YES);
    CHECK(result.stored_segments == 7 && result.merged_segments == 7 && result.merged_into == 2);
    CHECK(result.fragmentation > 0.71 && result.fragmentation < 0.72 && result.rewrite_rows == result.stored_rows);
    CHECK(result.deleted_rows >= 0 && result.row_bytes > 0 && result.segment_bytes == (int64_t)1 << 30);
    CHECK(milvus_survey_list_get(list, 1, &result) == MILVUS_OK && result.status == MILVUS_COLLECTION_NOT_FOUND);
    CHECK(result.check == NULL && result.fragmentation < 0 && result.stored_segments == MILVUS_NOT_REPORTED);
    CHECK(strstr(result.error->message, "missing") != NULL);
    CHECK(milvus_survey_list_get(list, 2, &result) == MILVUS_INVALID_ARGUMENT);
    milvus_survey_list_free(list);
    CHECK(milvus_survey_list_count(list) == 0);
    milvus_survey_list_free(NULL);

    list = NULL;
    params.all_databases = 2;
    CHECK(milvus_survey(client, NULL, 0, &params, 0, &list) == MILVUS_INVALID_ARGUMENT && list == NULL);
    params.all_databases = 1;
    CHECK(milvus_survey(client, names, 2, &params, 0, &list) == MILVUS_INVALID_ARGUMENT && list == NULL);
    plain.database = "sales";
    params.compaction = &plain;
    CHECK(milvus_survey(client, NULL, 0, &params, 0, &list) == MILVUS_INVALID_ARGUMENT && list == NULL);
    params.all_databases = 0;
    CHECK(milvus_survey(client, NULL, 0, &params, 20000, &list) == MILVUS_OK);
    CHECK(milvus_survey_list_get(list, 0, &result) == MILVUS_OK && strcmp(result.database, "sales") == 0);
    milvus_survey_list_free(list);
    list = NULL;
    params.compaction = NULL;
    params.all_databases = 1;
    params.row_bytes = -1;
    CHECK(milvus_survey(client, NULL, 0, &params, 0, &list) == MILVUS_INVALID_ARGUMENT && list == NULL);
    params.row_bytes = 0;
    CHECK(milvus_survey_async(client, NULL, 0, &params, 20000, &future) == MILVUS_OK);
    CHECK(milvus_future_wait(future, -1) == MILVUS_OK);
    CHECK(milvus_future_progress(future, &progress) == MILVUS_OK);
    CHECK(milvus_future_take_survey(future, &list) == MILVUS_OK);
    CHECK((int64_t)milvus_survey_list_count(list) == progress.collections);
    CHECK(progress.collections_done == progress.collections && progress.collections_failed == 0);
    milvus_survey_list_free(list);
    milvus_future_free(future);
    CHECK(atoi(tell_fake("count trigger")) == 0 && atoi(tell_fake("count flush")) == 0);
}

int main(int argc, char **argv)
{
    milvus_client *client;

    CHECK(argc == 2);
    client = new_client(start_fake(argv[1], "v2.6.8"));
    collections(client);
    databases(client);
    surveys(client);
    milvus_client_free(client);
    stop_fake();
    return finish();
}
