// Optimizing: the result with its steps, what is refused, and what is there when it ends early.
#include "support.h"

#define ROWS 50 // of each segment

static milvus_optimize_result result_at(const milvus_optimize_list *list, size_t index)
{
    milvus_optimize_result result = MILVUS_OPTIMIZE_RESULT_INIT;

    CHECK(milvus_optimize_list_get(list, index, &result) == MILVUS_OK);
    CHECK(result.collection_name != NULL && result.error != NULL && result.error->status == result.status);
    CHECK(result.elapsed_ms >= 0 && result.reserved == 0);
    return result;
}

static milvus_optimize_step step_at(const milvus_optimize_list *list, size_t index, size_t number)
{
    milvus_optimize_step step = MILVUS_OPTIMIZE_STEP_INIT;

    CHECK(milvus_optimize_list_step(list, index, number, &step) == MILVUS_OK);
    CHECK(step.text != NULL && step.text[0] != '\0' && step.elapsed_ms >= 0);
    CHECK((step.report != NULL) == (step.round > 0));
    return step;
}

// Each stage in its order, with the round of the compaction before it.
static void a_collection(milvus_client *client)
{
    const int32_t stages[] = {MILVUS_STAGE_FLUSH,   MILVUS_STAGE_SORT,    MILVUS_STAGE_INDEX, MILVUS_STAGE_COMPACT,
                              MILVUS_STAGE_COMPACT, MILVUS_STAGE_REINDEX, MILVUS_STAGE_LOAD,  MILVUS_STAGE_SERVE};
    milvus_optimize_list *list = NULL;
    milvus_optimize_result result;
    milvus_optimize_step round;
    size_t i;

    tell_fake("mergeable merged 3 4"); // in two partitions
    tell_fake("load merged 0");
    CHECK(milvus_optimize(client, "merged", NULL, 60000, &list) == MILVUS_OK);
    CHECK(milvus_optimize_list_count(list) == 1);
    result = result_at(list, 0);
    CHECK(strcmp(result.collection_name, "merged") == 0 && result.status == MILVUS_OK);
    CHECK(result.stage == MILVUS_STAGE_DONE && result.verdict == MILVUS_VERDICT_SUCCEEDED);
    CHECK(result.rounds == 1 && result.is_loaded == MILVUS_YES && result.job_id > 0);
    CHECK(result.segments_before == 7 && result.segments_after == 2 && result.served_segments == 2);
    CHECK(result.rows_before == 7 * ROWS && result.rows_after == 7 * ROWS);
    CHECK(result.l0_segments_before == 0 && result.l0_segments_after == 0);
    CHECK(result.segments_in == 7 && result.segments_out == 2 && result.rewrite_rows == 7 * ROWS);
    CHECK(result.row_bytes > 0 && result.rewrite_bytes == 7 * ROWS * result.row_bytes);
    CHECK(result.left_out.total == 0 && result.new_segments == 0 && result.error->message[0] == '\0');
    CHECK(result.step_count == sizeof stages / sizeof *stages);
    for (i = 0; i < result.step_count; i++) {
        CHECK(step_at(list, 0, i).stage == stages[i] && step_at(list, 0, i).state == MILVUS_STEP_DONE);
        CHECK((step_at(list, 0, i).round == 1) == (i == 3) && step_at(list, 0, i).is_l0 == 0);
    }
    round = step_at(list, 0, 3);
    CHECK(round.job_id == result.job_id && round.report->job_id == result.job_id);
    CHECK(round.report->verdict == MILVUS_VERDICT_SUCCEEDED && round.report->counts.completed == 2);
    milvus_optimize_list_free(list);

    // Each partition has one segment: there is nothing to merge.
    CHECK(milvus_optimize(client, "merged", NULL, 60000, &list) == MILVUS_OK);
    result = result_at(list, 0);
    CHECK(result.verdict == MILVUS_VERDICT_NOTHING_TO_DO && result.job_id == MILVUS_NO_JOB && result.rounds == 0);
    CHECK(result.segments_in == 0 && result.stage == MILVUS_STAGE_DONE);
    milvus_optimize_list_free(list);
    CHECK(atoi(tell_fake("count trigger")) == 1);
    CHECK(milvus_optimize(client, "merged", NULL, 60000, NULL) == MILVUS_OK); // who wants no list gets none
}

static void bounds_and_estimates(milvus_client *client)
{
    milvus_optimize_params params = MILVUS_OPTIMIZE_PARAMS_INIT;
    milvus_optimize_list *list = NULL;
    milvus_optimize_result result;
    int triggers = atoi(tell_fake("count trigger")), flushes;

    tell_fake("mergeable bounded 3");
    params.max_rewrite_rows = 3 * ROWS - 1;
    CHECK(milvus_optimize(client, "bounded", &params, 60000, &list) == MILVUS_OUT_OF_BOUNDS);
    CHECK(strstr(milvus_last_error_message(), "3 segments to about 1, with 150 rows") != NULL);
    CHECK(strstr(milvus_last_error_message(), "max_rewrite_rows is 149") != NULL);
    result = result_at(list, 0);
    CHECK(result.status == MILVUS_OUT_OF_BOUNDS && result.stage == MILVUS_STAGE_COMPACT && result.rounds == 0);
    CHECK(strcmp(result.error->message, milvus_last_error_message()) == 0);
    CHECK(step_at(list, 0, result.step_count - 1).state == MILVUS_STEP_FAILED);
    milvus_optimize_list_free(list);

    params.max_rewrite_rows = 0;
    params.row_bytes = 1000;
    params.max_rewrite_bytes = 3 * ROWS * 1000 - 1;
    CHECK(milvus_optimize(client, "bounded", &params, 60000, NULL) == MILVUS_OUT_OF_BOUNDS);
    CHECK(strstr(milvus_last_error_message(), "about 150000 bytes (1000 a row)") != NULL);
    params.max_rewrite_bytes = 0;
    params.min_segments = 4;
    CHECK(milvus_optimize(client, "bounded", &params, 60000, NULL) == MILVUS_OUT_OF_BOUNDS);
    CHECK(strstr(milvus_last_error_message(), "min_segments is 4") != NULL);

    flushes = atoi(tell_fake("count flush"));
    params.min_segments = 0;
    params.only_estimate = 1;
    CHECK(milvus_optimize(client, "bounded", &params, 60000, &list) == MILVUS_OK);
    result = result_at(list, 0);
    CHECK(result.segments_in == 3 && result.segments_out == 1 && result.rewrite_rows == 3 * ROWS);
    CHECK(result.rewrite_bytes == 3 * ROWS * 1000 && result.row_bytes == 1000 && result.rounds == 0);
    milvus_optimize_list_free(list);
    CHECK(atoi(tell_fake("count flush")) == flushes && atoi(tell_fake("count trigger")) == triggers);
}

// A stage that is not wanted has its line all the same.
static void skipped_stages(milvus_client *client)
{
    milvus_optimize_params params = MILVUS_OPTIMIZE_PARAMS_INIT;
    milvus_optimize_list *list = NULL;
    milvus_optimize_result result;
    int flushes = atoi(tell_fake("count flush"));
    size_t i;

    tell_fake("mergeable skipped 2");
    params.skip_stages = MILVUS_STAGE_FLUSH | MILVUS_STAGE_SERVE;
    CHECK(milvus_optimize(client, "skipped", &params, 60000, &list) == MILVUS_OK);
    result = result_at(list, 0);
    CHECK(result.step_count == 8 && result.segments_after == 1);
    for (i = 0; i < result.step_count; i++)
        if ((step_at(list, 0, i).stage & params.skip_stages) != 0)
            CHECK(step_at(list, 0, i).state == MILVUS_STEP_SKIPPED);
    milvus_optimize_list_free(list);
    CHECK(atoi(tell_fake("count flush")) == flushes);
}

// The list of what failed is there, and lives on when the client is gone.
static void many(const char *uri)
{
    const char *names[] = {"many_1", "missing", "many_2"};
    milvus_client *client = new_client(uri);
    milvus_optimize_list *list = NULL;
    milvus_optimize_result result = MILVUS_OPTIMIZE_RESULT_INIT;
    milvus_optimize_step step = MILVUS_OPTIMIZE_STEP_INIT;

    tell_fake("mergeable many_1 3");
    tell_fake("mergeable many_2 1");
    CHECK(milvus_optimize_many(client, names, 3, NULL, 60000, &list) == MILVUS_SOME_FAILED);
    CHECK(strstr(milvus_last_error_message(), "1 of 3") != NULL);
    milvus_client_free(client);
    CHECK(milvus_optimize_list_count(list) == 3);
    CHECK(result_at(list, 0).status == MILVUS_OK && result_at(list, 0).segments_after == 1);
    CHECK(strcmp(result_at(list, 0).collection_name, "many_1") == 0);
    CHECK(step_at(list, 0, 3).report->verdict == MILVUS_VERDICT_SUCCEEDED);
    CHECK(result_at(list, 1).status == MILVUS_COLLECTION_NOT_FOUND && result_at(list, 1).stage == MILVUS_STAGE_NONE);
    CHECK(strstr(result_at(list, 1).error->message, "missing") != NULL);
    CHECK(strcmp(result_at(list, 1).error->operation, "milvus_optimize_many") == 0);
    CHECK(result_at(list, 1).segments_before == MILVUS_NOT_REPORTED);
    CHECK(result_at(list, 1).left_out.total == MILVUS_NOT_REPORTED);
    CHECK(result_at(list, 2).verdict == MILVUS_VERDICT_NOTHING_TO_DO);

    CHECK(milvus_optimize_list_get(list, 3, &result) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_optimize_list_get(list, 0, NULL) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_optimize_list_step(list, 3, 0, &step) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_optimize_list_step(list, 0, result_at(list, 0).step_count, &step) == MILVUS_INVALID_ARGUMENT);
    CHECK(strstr(milvus_last_error_message(), "step: ") != NULL);
    CHECK(milvus_optimize_list_step(list, 0, 0, NULL) == MILVUS_INVALID_ARGUMENT);
    result.size = 3;
    CHECK(milvus_optimize_list_get(list, 0, &result) == MILVUS_INVALID_ARGUMENT);
    CHECK(strstr(milvus_last_error_message(), "MILVUS_OPTIMIZE_RESULT_INIT") != NULL);
    result.size = sizeof result;
    step.size = 3;
    CHECK(milvus_optimize_list_step(list, 0, 0, &step) == MILVUS_INVALID_ARGUMENT);
    CHECK(strstr(milvus_last_error_message(), "MILVUS_OPTIMIZE_STEP_INIT") != NULL);
    step.size = sizeof step;

    milvus_optimize_list_free(list);
    CHECK(milvus_optimize_list_count(list) == 0 && milvus_optimize_list_count(NULL) == 0);
    CHECK(milvus_optimize_list_get(list, 0, &result) == MILVUS_INVALID_HANDLE);
    CHECK(milvus_optimize_list_step(list, 0, 0, &step) == MILVUS_INVALID_HANDLE);
    CHECK(milvus_optimize_list_get(NULL, 0, &result) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_optimize_list_step(NULL, 0, 0, &step) == MILVUS_INVALID_ARGUMENT);
    milvus_optimize_list_free(list); // again
    CHECK(milvus_last_error()->status == MILVUS_INVALID_HANDLE);
    milvus_optimize_list_free(NULL);
}

static void refused(milvus_client *client, const milvus_optimize_params *params, const char *why)
{
    milvus_optimize_list *list = NULL;

    CHECK(milvus_optimize(client, "refused", params, 60000, &list) == MILVUS_INVALID_ARGUMENT);
    CHECK(strstr(milvus_last_error_message(), why) != NULL);
    milvus_optimize_list_free(list);
}

static void wrong_parameters(milvus_client *client)
{
    const milvus_optimize_params defaults = MILVUS_OPTIMIZE_PARAMS_INIT;
    milvus_compact_params compaction = MILVUS_COMPACT_PARAMS_INIT;
    milvus_optimize_params params;
    milvus_optimize_list *list = NULL;
    struct {
        milvus_optimize_params known;
        int64_t later;
    } newer = {MILVUS_OPTIMIZE_PARAMS_INIT, 1};
    const char *names[] = {"refused"};
    int64_t *numbers[8];
    const char *const parameters[] = {"pause_ms",          "max_pause_ms", "serve_timeout_ms", "max_rewrite_rows",
                                      "max_rewrite_bytes", "min_segments", "row_bytes",        "segment_bytes"};
    int described = atoi(tell_fake("count describe"));
    size_t i;

    tell_fake("mergeable refused 2");
#define REFUSED(field, value, why)                                                                          \
    do {                                                                                                    \
        params = defaults;                                                                                  \
        params.field = value;                                                                               \
        refused(client, &params, why);                                                                      \
    } while (0)
    REFUSED(size, 3, "MILVUS_OPTIMIZE_PARAMS_INIT");
    REFUSED(skip_stages, MILVUS_STAGE_DONE, "skip_stages");
    REFUSED(skip_stages, -1, "skip_stages");
    REFUSED(l0, 3, "l0");
    REFUSED(l0, -1, "l0");
    REFUSED(force, 2, "force");
    REFUSED(only_estimate, -1, "only_estimate");
    REFUSED(max_rounds, -1, "max_rounds");
    REFUSED(max_rounds, 1001, "max_rounds");
    REFUSED(concurrency, -1, "concurrency");
#undef REFUSED
    numbers[0] = &params.pause_ms;
    numbers[1] = &params.max_pause_ms;
    numbers[2] = &params.serve_timeout_ms;
    numbers[3] = &params.max_rewrite_rows;
    numbers[4] = &params.max_rewrite_bytes;
    numbers[5] = &params.min_segments;
    numbers[6] = &params.row_bytes;
    numbers[7] = &params.segment_bytes;
    for (i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        params = defaults;
        *numbers[i] = -1;
        refused(client, &params, parameters[i]);
    }
    params = defaults;
    params.compaction = &compaction;
    compaction.size = 3;
    refused(client, &params, "MILVUS_COMPACT_PARAMS_INIT");
    compaction.size = sizeof compaction;
    compaction.is_clustering = compaction.is_l0 = 1;
    refused(client, &params, "exclude each other");
    compaction.is_clustering = 0;
    params.l0 = MILVUS_L0_REQUIRED;
    refused(client, &params, "l0");
    newer.known.size = sizeof newer;
    refused(client, &newer.known, "does not have");

    CHECK(milvus_optimize(client, NULL, NULL, 0, &list) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_optimize(NULL, "refused", NULL, 0, &list) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_optimize(client, "refused", NULL, -2, &list) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_optimize(client, "", NULL, 0, NULL) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_optimize_many(client, names, 0, NULL, 0, &list) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_optimize_many(client, NULL, 1, NULL, 0, &list) == MILVUS_INVALID_ARGUMENT);
    params = defaults;
    params.concurrency = 10001;
    CHECK(milvus_optimize_many(client, names, 1, &params, 0, &list) == MILVUS_INVALID_ARGUMENT);
    compaction.is_l0 = 0;
    compaction.partition_name = "p";
    params = defaults;
    params.compaction = &compaction;
    CHECK(milvus_optimize_many(client, names, 1, &params, 0, &list) == MILVUS_INVALID_ARGUMENT);
    CHECK(list == NULL && atoi(tell_fake("count describe")) == described); // the server hears of none of it
    newer.later = 0;
    newer.known.only_estimate = 1;
    CHECK(milvus_optimize(client, "refused", &newer.known, 60000, NULL) == MILVUS_OK);
}

// The stages that a callback for progress was told of.
static int stages_told;

static void note_stage(const milvus_progress *progress, void *user_data)
{
    (void)user_data;
    __atomic_or_fetch(&stages_told, progress->stage, __ATOMIC_SEQ_CST);
}

static void asynchronously(milvus_client *client)
{
    milvus_progress progress = MILVUS_PROGRESS_INIT;
    milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;
    milvus_optimize_list *list = NULL, *second = NULL;
    milvus_future *future = NULL;

    tell_fake("mergeable later 5");
    tell_fake("load later 0");
    CHECK(milvus_optimize_async(client, "later", NULL, 60000, &future) == MILVUS_OK);
    CHECK(milvus_future_set_progress_callback(future, note_stage, NULL, NULL) == MILVUS_OK);
    CHECK(milvus_future_take_optimized(future, &list) == MILVUS_PENDING && list == NULL);
    CHECK(milvus_future_wait(future, MILVUS_NO_TIMEOUT) == MILVUS_OK);
    CHECK(milvus_future_progress(future, &progress) == MILVUS_OK);
    CHECK(progress.stage >= MILVUS_STAGE_SERVE && progress.round == 1 && progress.completed == 1);
    CHECK(progress.rewrite_segments == 5 && progress.rewrite_rows == 5 * ROWS && progress.rewrite_bytes > 0);
    CHECK(milvus_future_take_report(future, &report) == MILVUS_INVALID_ARGUMENT); // the result is of another kind
    CHECK(milvus_future_take_optimized(future, NULL) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_future_take_optimized(future, &list) == MILVUS_OK);
    CHECK(milvus_future_take_optimized(future, &second) == MILVUS_INVALID_ARGUMENT && second == NULL);
    CHECK(strstr(milvus_last_error_message(), "taken") != NULL);
    milvus_future_free(future);
    CHECK(result_at(list, 0).served_segments == 1 && result_at(list, 0).segments_after == 1);
    milvus_optimize_list_free(list);
    CHECK(milvus_client_close(client, 5000) == MILVUS_OK); // no callback runs any more
    // The two looks that the last stage takes are a second apart.
    CHECK((__atomic_load_n(&stages_told, __ATOMIC_SEQ_CST) & (MILVUS_STAGE_SERVE | MILVUS_STAGE_DONE)) != 0);
    // On a busy machine the callback for the last stage reads the end.
    CHECK(milvus_optimize_async(client, "later", NULL, 0, &future) == MILVUS_CLOSED);
}

// What the server has begun goes on: the result has the stage and the job.
static void cancelled(milvus_client *client)
{
    const char *names[] = {"endless", "merged"};
    milvus_progress progress = MILVUS_PROGRESS_INIT;
    milvus_optimize_list *list = NULL;
    milvus_optimize_result result;
    milvus_future *future = NULL;

    tell_fake("add endless never_ends");
    CHECK(milvus_optimize_async(client, "endless", NULL, MILVUS_NO_TIMEOUT, &future) == MILVUS_OK);
    while (progress.stage != MILVUS_STAGE_COMPACT || progress.planned == 0) {
        usleep(1000);
        CHECK(milvus_future_progress(future, &progress) == MILVUS_OK);
    }
    CHECK(progress.round == 1 && progress.rewrite_segments > 1);
    CHECK(milvus_future_cancel(future) == MILVUS_OK);
    CHECK(milvus_future_wait(future, MILVUS_NO_TIMEOUT) == MILVUS_CANCELLED);
    CHECK(strcmp(milvus_future_error(future)->operation, "milvus_optimize_async") == 0);
    CHECK(milvus_future_take_optimized(future, &list) == MILVUS_CANCELLED && list != NULL);
    milvus_future_free(future);
    result = result_at(list, 0);
    CHECK(result.status == MILVUS_CANCELLED && result.stage == MILVUS_STAGE_COMPACT && result.job_id > 0);
    CHECK(step_at(list, 0, result.step_count - 1).state == MILVUS_STEP_FAILED);
    milvus_optimize_list_free(list);

    CHECK(milvus_optimize_many_async(client, names, 2, NULL, MILVUS_NO_TIMEOUT, &future) == MILVUS_OK);
    memset(&progress, 0, sizeof progress);
    progress.size = sizeof progress;
    while (progress.collections_done == 0) {
        usleep(1000);
        CHECK(milvus_future_progress(future, &progress) == MILVUS_OK);
    }
    CHECK(progress.collections == 2);
    CHECK(milvus_future_cancel(future) == MILVUS_OK);
    CHECK(milvus_future_wait(future, MILVUS_NO_TIMEOUT) == MILVUS_CANCELLED);
    CHECK(milvus_future_take_optimized(future, &list) == MILVUS_CANCELLED && milvus_optimize_list_count(list) == 2);
    CHECK(result_at(list, 0).status == MILVUS_CANCELLED && result_at(list, 1).status == MILVUS_OK);
    milvus_optimize_list_free(list);
    milvus_future_free(future);
}

static void names(void)
{
    CHECK(strcmp(milvus_stage_name(MILVUS_STAGE_REINDEX), "reindex") == 0);
    CHECK(strcmp(milvus_stage_name(MILVUS_STAGE_NONE), "none") == 0);
    CHECK(strcmp(milvus_stage_name(3), "unknown stage") == 0 && strcmp(milvus_stage_name(-1), "unknown stage") == 0);
}

int main(int argc, char **argv)
{
    const char *uri;
    milvus_client *client;

    CHECK(argc == 2);
    uri = start_fake(argv[1], "v2.6.8");
    client = new_client(uri);
    a_collection(client);
    bounds_and_estimates(client);
    skipped_stages(client);
    wrong_parameters(client);
    many(uri);
    cancelled(client);
    asynchronously(client); // last: it closes the client
    milvus_client_free(client);
    names();
    stop_fake();
    return finish();
}
