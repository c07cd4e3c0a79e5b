// Which of many collections are compacted, and in which database.
#include "support.h"

static milvus_many_result result_at(milvus_many_list *list, size_t index)
{
    milvus_many_result result = MILVUS_MANY_RESULT_INIT;

    CHECK(milvus_many_list_get(list, index, &result) == MILVUS_OK);
    return result;
}

static void one_client_serves_two_databases(milvus_client *client)
{
    milvus_compact_params params = MILVUS_COMPACT_PARAMS_INIT;
    milvus_compact_result triggered = MILVUS_COMPACT_RESULT_INIT;
    milvus_check_result check = MILVUS_CHECK_RESULT_INIT;
    milvus_segment_list *segments = NULL;

    tell_fake("add twice succeeds");
    tell_fake("add sales/twice nothing");
    CHECK(milvus_segments(client, "twice", "sales", MILVUS_SEGMENTS_STORED, 5000, &segments) == MILVUS_OK);
    CHECK(milvus_segment_list_count(segments) == 0);
    milvus_segment_list_free(segments);
    CHECK(milvus_segments(client, "twice", "", MILVUS_SEGMENTS_STORED, 5000, &segments) == MILVUS_OK);
    CHECK(milvus_segment_list_count(segments) > 0);
    milvus_segment_list_free(segments);
    CHECK(milvus_flush(client, "twice", "sales", 5000) == MILVUS_OK);
    CHECK(strcmp(tell_fake("header flush dbname"), "sales") == 0);

    params.database = "sales";
    CHECK(milvus_compact_with(client, "twice", &params, 5000, &triggered) == MILVUS_OK);
    CHECK(triggered.trigger == MILVUS_TRIGGER_NOTHING_TO_DO);
    CHECK(milvus_compaction_check(client, "twice", &params, 5000, &check) == MILVUS_OK && check.segments == 0);
    params.database = NULL;
    CHECK(milvus_compact_with(client, "twice", &params, 5000, &triggered) == MILVUS_OK);
    CHECK(triggered.trigger == MILVUS_TRIGGER_SCHEDULED);
    params.database = "no_such_database";
    CHECK(milvus_compact_with(client, "twice", &params, 5000, &triggered) == MILVUS_DATABASE_NOT_FOUND);
    params.database = "a b";
    CHECK(milvus_compact_with(client, "twice", &params, 5000, &triggered) == MILVUS_INVALID_ARGUMENT);
    CHECK(strncmp(milvus_last_error_message(), "database: ", 10) == 0);
}

static void policies(milvus_client *client)
{
    milvus_many_params params = MILVUS_MANY_PARAMS_INIT;
    milvus_many_list *list = NULL;
    milvus_many_result result;
    int triggers = atoi(tell_fake("count trigger"));

    tell_fake("add log_1 succeeds");
    tell_fake("add log_2 succeeds");
    tell_fake("add log_3 succeeds");
    params.match = "log_*";
    params.concurrency = 1;
    params.max_collections = 2;
    CHECK(milvus_compact_many(client, NULL, 0, &params, 60000, &list) == MILVUS_OK);
    CHECK(milvus_many_list_count(list) == 3 && atoi(tell_fake("count trigger")) == triggers + 2);
    result = result_at(list, 0);
    CHECK(result.skip == MILVUS_SKIP_NONE && result.skip_text[0] == '\0' && result.database[0] == '\0');
    result = result_at(list, 2);
    CHECK(result.status == MILVUS_OK && result.error->status == MILVUS_OK && result.report == NULL);
    CHECK(result.trigger == MILVUS_TRIGGER_SKIPPED && result.skip == MILVUS_SKIP_MAX_COLLECTIONS);
    CHECK(strstr(result.skip_text, "max_collections is 2") != NULL);
    milvus_many_list_free(list);

    params.max_collections = 0;
    params.min_segments = 100;
    CHECK(milvus_compact_many(client, NULL, 0, &params, 60000, &list) == MILVUS_OK);
    result = result_at(list, 2);
    CHECK(result.skip == MILVUS_SKIP_TOO_LITTLE && strstr(result.skip_text, "min_segments is 100") != NULL);
    milvus_many_list_free(list);
    CHECK(strcmp(milvus_skip_name(MILVUS_SKIP_FINAL), "final") == 0);
    CHECK(strcmp(milvus_skip_name(77), "unknown reason to skip") == 0);
    CHECK(strcmp(milvus_trigger_name(MILVUS_TRIGGER_SKIPPED), "skipped") == 0);
}

static void wrong_policies(milvus_client *client)
{
    static const milvus_many_params INIT = MILVUS_MANY_PARAMS_INIT;
    const char *names[] = {"succeeds"};
    milvus_compact_params each = MILVUS_COMPACT_PARAMS_INIT;
    milvus_many_params params = INIT;
    int triggers = atoi(tell_fake("count trigger"));

    params.match = "lgo*";
    CHECK(milvus_compact_many(client, NULL, 0, &params, 5000, NULL) == MILVUS_COLLECTION_NOT_FOUND);
    CHECK(milvus_compact_many(client, names, 1, &params, 5000, NULL) == MILVUS_INVALID_ARGUMENT);
    params.match = "";
    CHECK(milvus_compact_many(client, NULL, 0, &params, 5000, NULL) == MILVUS_INVALID_ARGUMENT);
    params = INIT;
    params.all_databases = 1;
    CHECK(milvus_compact_many(client, names, 1, &params, 5000, NULL) == MILVUS_INVALID_ARGUMENT);
    each.database = "sales";
    params.compaction = &each;
    CHECK(milvus_compact_many(client, NULL, 0, &params, 5000, NULL) == MILVUS_INVALID_ARGUMENT);
    params.all_databases = 2;
    CHECK(milvus_compact_many(client, NULL, 0, &params, 5000, NULL) == MILVUS_INVALID_ARGUMENT);
    params = INIT;
    params.min_segments = -1;
    CHECK(milvus_compact_many(client, names, 1, &params, 5000, NULL) == MILVUS_INVALID_ARGUMENT);
    params = INIT;
    params.min_deleted_percent = 101;
    CHECK(milvus_compact_many(client, names, 1, &params, 5000, NULL) == MILVUS_INVALID_ARGUMENT);
    params = INIT;
    params.start_within_ms = -5;
    CHECK(milvus_compact_many(client, names, 1, &params, 5000, NULL) == MILVUS_INVALID_ARGUMENT);
    CHECK(atoi(tell_fake("count trigger")) == triggers);
}

int main(int argc, char **argv)
{
    milvus_client *client;

    CHECK(argc == 2);
    client = new_client(start_fake(argv[1], "v2.6.8"));
    one_client_serves_two_databases(client);
    policies(client);
    wrong_policies(client);
    milvus_client_free(client);
    stop_fake();
    return finish();
}
