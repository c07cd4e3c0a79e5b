// Many collections at once.
#include "support.h"

#define NAMES 40

static milvus_many_result result_of(milvus_many_list *list, const char *name)
{
    milvus_many_result result = MILVUS_MANY_RESULT_INIT;
    size_t i;

    for (i = 0; i < milvus_many_list_count(list); i++) {
        CHECK(milvus_many_list_get(list, i, &result) == MILVUS_OK);
        if (strcmp(result.collection_name, name) == 0)
            return result;
    }
    printf("%s is not in the list\n", name);
    exit(1);
}

static void a_list(milvus_client *client)
{
    static char texts[NAMES][32];
    const char *names[NAMES];
    milvus_many_list *list = NULL;
    milvus_many_result result = MILVUS_MANY_RESULT_INIT;
    char command[64];
    int i;

    for (i = 0; i < NAMES; i++) {
        snprintf(texts[i], sizeof texts[i], "one_of_many_%d", i);
        snprintf(command, sizeof command, "add %s succeeds", texts[i]);
        tell_fake(command);
        names[i] = texts[i];
    }
    CHECK(milvus_compact_many(client, names, NAMES, NULL, 60000, &list) == MILVUS_OK);
    CHECK(milvus_many_list_count(list) == NAMES);
    for (i = 0; i < NAMES; i++) {
        CHECK(milvus_many_list_get(list, (size_t)i, &result) == MILVUS_OK);
        CHECK(strcmp(result.collection_name, names[i]) == 0); // in the order of the names
        CHECK(result.status == MILVUS_OK && result.trigger == MILVUS_TRIGGER_SCHEDULED && result.job_id > 0);
        CHECK(result.planned == 2 && result.report->verdict == MILVUS_VERDICT_SUCCEEDED);
        CHECK(result.report->job_id == result.job_id && result.report->segment_diff.segments_after == 2);
        CHECK(result.error->status == MILVUS_OK && result.error->message[0] == '\0');
    }
    CHECK(milvus_many_list_get(list, NAMES, &result) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_many_list_get(list, 0, NULL) == MILVUS_INVALID_ARGUMENT);
    milvus_many_list_free(list);
    CHECK(milvus_many_list_count(list) == 0);
    CHECK(milvus_many_list_get(list, 0, &result) == MILVUS_INVALID_HANDLE);
}

// Some fail, some have nothing to do, one is not there, one is an alias of another.
static void a_mixed_list(milvus_client *client)
{
    const char *names[] = {"nothing", "fails_partly", "missing", "the_same", "is_forgotten", "forgets_some"};
    milvus_many_params params = MILVUS_MANY_PARAMS_INIT;
    milvus_many_list *list = NULL;
    milvus_many_result result;
    int triggers = atoi(tell_fake("count trigger"));

    tell_fake("alias the_same nothing");
    params.concurrency = 1;
    CHECK(milvus_compact_many(client, names, 6, &params, 60000, &list) == MILVUS_SOME_FAILED);
    CHECK(strstr(milvus_last_error_message(), "5 of 6") != NULL);
    CHECK(strstr(milvus_last_error_message(), "fails_partly") != NULL);
    CHECK(atoi(tell_fake("count trigger")) == triggers + 4); // the alias is not compacted again
    result = result_of(list, "nothing");
    CHECK(result.status == MILVUS_OK && result.job_id == MILVUS_NO_JOB);
    CHECK(result.trigger == MILVUS_TRIGGER_NOTHING_TO_DO && result.report->verdict == MILVUS_VERDICT_NOTHING_TO_DO);
    result = result_of(list, "fails_partly");
    CHECK(result.status == MILVUS_COMPACTION_FAILED && result.report->counts.failed == 1);
    CHECK(result.error->job_id == result.job_id);
    CHECK(result.unsorted_segments == 0);
    result = result_of(list, "missing");
    CHECK(result.unsorted_segments == MILVUS_NOT_REPORTED);
    CHECK(result.status == MILVUS_COLLECTION_NOT_FOUND && result.report == NULL && result.trigger == 0);
    CHECK(strstr(result.error->message, "missing") != NULL);
    result = result_of(list, "the_same");
    CHECK(result.status == MILVUS_INVALID_ARGUMENT && strstr(result.error->message, "stands for it too") != NULL);
    CHECK(result_of(list, "is_forgotten").status == MILVUS_OUTCOME_UNKNOWN);
    result = result_of(list, "forgets_some"); // the plan that the server forgot left its segments as they were
    CHECK(result.status == MILVUS_COMPACTION_FAILED && result.report->verdict == MILVUS_VERDICT_PARTLY_FAILED);
    CHECK(result.report->counts.completed == 2 && result.report->counts.failed == 1);
    milvus_many_list_free(list);
}

// A job that ends while the others are compacted holds one of them: that is triggered until it is free.
static void one_that_another_client_holds(milvus_client *client, const char *uri)
{
    const char *names[] = {"held", "nothing"};
    milvus_many_params params = MILVUS_MANY_PARAMS_INIT;
    milvus_client *other = new_client(uri);
    milvus_many_list *list = NULL;
    milvus_many_result result;
    milvus_future *future;
    int64_t job;
    int triggers;

    tell_fake("add held succeeds");
    CHECK(milvus_compact(other, "held", 0, 5000, &job) == MILVUS_OK && job > 0);
    triggers = atoi(tell_fake("count trigger"));
    CHECK(milvus_compact_many_async(client, names, 2, NULL, 60000, &future) == MILVUS_OK);
    while (atoi(tell_fake("count trigger")) < triggers + 2) // both collections
        usleep(1000);
    CHECK(milvus_compaction_wait(other, job, 10000, NULL) == MILVUS_OK);
    CHECK(milvus_future_wait(future, MILVUS_NO_TIMEOUT) == MILVUS_OK);
    CHECK(milvus_future_take_many(future, &list) == MILVUS_OK);
    result = result_of(list, "held");
    CHECK(result.status == MILVUS_OK && result.job_id > 0 && result.job_id != job);
    CHECK(result.report->verdict == MILVUS_VERDICT_SUCCEEDED);
    milvus_many_list_free(list);
    milvus_future_free(future);

    // Without time for another trigger it is told as it is.
    tell_fake("add held never_ends");
    CHECK(milvus_compact(other, "held", 0, 5000, &job) == MILVUS_OK && job > 0);
    params.only_trigger = 1;
    CHECK(milvus_compact_many(client, names, 1, &params, 1500, &list) == MILVUS_SOME_FAILED);
    result = result_of(list, "held");
    CHECK(result.status == MILVUS_BUSY && result.trigger == 0 && result.job_id == MILVUS_NO_JOB);
    CHECK(result.error->retriable == 1 && result.error->in_doubt == 0);
    milvus_many_list_free(list);
    milvus_client_free(other);
}

// A trigger whose answer is lost is in doubt, and so is the whole.
static void doubt(milvus_client *client)
{
    const char *names[] = {"fails", "succeeds"};
    milvus_many_params params = MILVUS_MANY_PARAMS_INIT;
    milvus_many_list *list = NULL;

    params.concurrency = 1;
    tell_fake("fail trigger cut");
    CHECK(milvus_compact_many(client, names, 2, &params, 60000, &list) == MILVUS_SOME_FAILED);
    CHECK(milvus_last_error()->in_doubt == 1 && milvus_last_error()->retriable == 0);
    CHECK(result_of(list, "fails").error->in_doubt == 1);
    CHECK(result_of(list, "succeeds").status == MILVUS_OK);
    milvus_many_list_free(list);
}

static void out_of_time(milvus_client *client)
{
    const char *names[] = {"never_ends", "not_its_turn"};
    milvus_many_params params = MILVUS_MANY_PARAMS_INIT;
    milvus_many_list *list = NULL;
    milvus_many_result result;
    int triggers;

    tell_fake("add not_its_turn succeeds");
    triggers = atoi(tell_fake("count trigger"));
    params.concurrency = 1;
    CHECK(milvus_compact_many(client, names, 2, &params, 1500, &list) == MILVUS_SOME_FAILED);
    result = result_of(list, "never_ends");
    CHECK(result.status == MILVUS_TIMEOUT && result.job_id > 0 && result.report->counts.executing == 1);
    result = result_of(list, "not_its_turn");
    CHECK(result.status == MILVUS_TIMEOUT && strstr(result.error->message, "nothing was compacted") != NULL);
    CHECK(atoi(tell_fake("count trigger")) == triggers + 1);
    milvus_many_list_free(list);
}

static void cancelled(milvus_client *client)
{
    const char *names[] = {"cancel_1", "cancel_2", "cancel_3", "not_there"};
    milvus_many_params params = MILVUS_MANY_PARAMS_INIT;
    milvus_progress progress = MILVUS_PROGRESS_INIT;
    milvus_many_list *list = NULL;
    milvus_future *future;
    double through;

    tell_fake("add cancel_1 never_ends");
    tell_fake("add cancel_2 succeeds");
    tell_fake("add cancel_3 never_ends");
    params.concurrency = 4;
    CHECK(milvus_compact_many_async(client, names, 4, &params, MILVUS_NO_TIMEOUT, &future) == MILVUS_OK);
    // All have been asked about, and one is not there.
    while (progress.planned < 4 || progress.collections_done < 2) {
        usleep(1000);
        CHECK(milvus_future_progress(future, &progress) == MILVUS_OK);
    }
    CHECK(progress.collections == 4 && progress.completed == 2);
    CHECK(milvus_future_cancel(future) == MILVUS_OK);
    CHECK(milvus_future_wait(future, 5000) == MILVUS_CANCELLED);
    CHECK(milvus_future_take_many(future, &list) == MILVUS_CANCELLED && list != NULL); // what was seen by then
    CHECK(result_of(list, "cancel_1").status == MILVUS_CANCELLED);
    CHECK(result_of(list, "cancel_1").report->planned == 1);
    CHECK(result_of(list, "cancel_2").status == MILVUS_OK);
    CHECK(result_of(list, "cancel_3").status == MILVUS_CANCELLED);
    CHECK(result_of(list, "not_there").status == MILVUS_COLLECTION_NOT_FOUND); // as it was before
    CHECK(milvus_future_error(future)->retriable == 0);
    CHECK(milvus_future_progress(future, &progress) == MILVUS_OK);
    CHECK(progress.collections_done == 4 && progress.collections_failed == 3);
    // What is over, in the time that it took, which is told in whole milliseconds.
    through = (double)(progress.completed + progress.failed) * 1000;
    CHECK(through >= 2000 && progress.elapsed_ms > 0);
    CHECK(progress.plans_per_second >= through / (double)(progress.elapsed_ms + 1));
    CHECK(progress.plans_per_second <= through / (double)progress.elapsed_ms);
    milvus_many_list_free(list);
    milvus_future_free(future);
}

// Those whose turn has not come are never triggered.
static void cancelled_before_their_turn(milvus_client *client)
{
    const char *names[] = {"turn_1", "turn_2", "turn_3"};
    milvus_many_params params = MILVUS_MANY_PARAMS_INIT;
    milvus_progress progress = MILVUS_PROGRESS_INIT;
    milvus_many_list *list = NULL;
    milvus_future *future;
    int triggers = atoi(tell_fake("count trigger"));

    tell_fake("add turn_1 never_ends");
    tell_fake("add turn_2 succeeds");
    tell_fake("add turn_3 succeeds");
    params.concurrency = 1;
    CHECK(milvus_compact_many_async(client, names, 3, &params, MILVUS_NO_TIMEOUT, &future) == MILVUS_OK);
    while (progress.planned == 0) {
        usleep(1000);
        CHECK(milvus_future_progress(future, &progress) == MILVUS_OK);
    }
    CHECK(milvus_future_cancel(future) == MILVUS_OK);
    CHECK(milvus_future_wait(future, 5000) == MILVUS_CANCELLED);
    CHECK(milvus_future_take_many(future, &list) == MILVUS_CANCELLED && list != NULL);
    CHECK(result_of(list, "turn_1").status == MILVUS_CANCELLED && result_of(list, "turn_1").job_id > 0);
    CHECK(result_of(list, "turn_2").status == MILVUS_CANCELLED && result_of(list, "turn_2").job_id == 0);
    CHECK(strstr(result_of(list, "turn_3").error->message, "nothing was compacted") != NULL);
    usleep(50000);
    CHECK(atoi(tell_fake("count trigger")) == triggers + 1);
    milvus_many_list_free(list);
    milvus_future_free(future);
}

// The next one is begun when one is over, whose job is as well; 0 stands for 16.
static void so_many_at_a_time(milvus_client *client, int32_t concurrency)
{
    char texts[20][24];
    const char *names[20];
    milvus_many_params params = MILVUS_MANY_PARAMS_INIT;
    milvus_many_list *list = NULL;
    milvus_future *future;
    int triggers = atoi(tell_fake("count trigger")), most = concurrency == 0 ? 16 : concurrency, begun = 0, i;

    for (i = 0; i < 20; i++) {
        char command[64];

        snprintf(texts[i], sizeof texts[i], "some_%d_%d", concurrency, i);
        names[i] = texts[i];
        snprintf(command, sizeof command, "add %s never_ends", texts[i]);
        tell_fake(command);
    }
    params.concurrency = concurrency;
    CHECK(milvus_compact_many_async(client, names, 20, &params, MILVUS_NO_TIMEOUT, &future) == MILVUS_OK);
    while (atoi(tell_fake("count trigger")) < triggers + most)
        usleep(1000);
    usleep(50000);
    CHECK(atoi(tell_fake("count trigger")) == triggers + most);
    CHECK(milvus_future_cancel(future) == MILVUS_OK);
    CHECK(milvus_future_wait(future, MILVUS_NO_TIMEOUT) == MILVUS_CANCELLED);
    CHECK(milvus_future_take_many(future, &list) == MILVUS_CANCELLED);
    for (i = 0; i < 20; i++)
        begun += result_of(list, names[i]).job_id > 0;
    CHECK(begun == most);
    milvus_many_list_free(list);
    milvus_future_free(future);
}

// However many are compacted at a time, a server gets 32 triggers at a time.
static void a_crowd(milvus_client *client)
{
    char texts[40][16];
    const char *names[40];
    milvus_many_params params = MILVUS_MANY_PARAMS_INIT;
    milvus_many_list *list = NULL;
    milvus_future *future;
    int triggers = atoi(tell_fake("count trigger")), untouched = 0, i;

    for (i = 0; i < 40; i++) {
        char command[64];

        snprintf(texts[i], sizeof texts[i], "crowd_%d", i);
        names[i] = texts[i];
        snprintf(command, sizeof command, "add %s succeeds", texts[i]);
        tell_fake(command);
        if (i < 32)
            tell_fake("fail trigger hang");
    }
    params.concurrency = 40;
    CHECK(milvus_compact_many_async(client, names, 40, &params, MILVUS_NO_TIMEOUT, &future) == MILVUS_OK);
    while (atoi(tell_fake("count trigger")) < triggers + 32)
        usleep(1000);
    usleep(50000);
    CHECK(atoi(tell_fake("count trigger")) == triggers + 32);
    CHECK(milvus_future_cancel(future) == MILVUS_OK);
    CHECK(milvus_future_wait(future, MILVUS_NO_TIMEOUT) == MILVUS_CANCELLED);
    CHECK(milvus_future_take_many(future, &list) == MILVUS_CANCELLED);
    for (i = 0; i < 40; i++) {
        milvus_many_result result = result_of(list, names[i]);

        CHECK(result.status == MILVUS_CANCELLED && result.job_id == 0);
        untouched += strstr(result.error->message, "nothing was compacted") != NULL;
    }
    CHECK(untouched == 8);
    milvus_many_list_free(list);
    milvus_future_free(future);
    for (i = 0; i < 4; i++)
        tell_fake("poll_all"); // those jobs that had begun all the same end, and hold nothing any more
    CHECK(milvus_compact_many(client, names, 40, &params, 60000, &list) == MILVUS_OK); // and they go on
    milvus_many_list_free(list);
}

// Two servers' worth of plans: numbers that are as large as can be do not overflow when they are added up.
static void hostile_numbers(milvus_client *client)
{
    const char *names[] = {"is_hostile", "is_hostile_too"};
    milvus_progress progress = MILVUS_PROGRESS_INIT;
    milvus_future *future;

    tell_fake("add is_hostile_too is_hostile");
    CHECK(milvus_compact_many_async(client, names, 2, NULL, 10000, &future) == MILVUS_OK);
    milvus_future_wait(future, 20000);
    CHECK(milvus_future_progress(future, &progress) == MILVUS_OK);
    CHECK(progress.collections_done == 2 && progress.planned == INT64_MAX && progress.completed == INT64_MAX);
    milvus_future_free(future);
}

static void only_triggered(milvus_client *client)
{
    const char *names[] = {"trigger_1", "trigger_2"};
    milvus_many_params params = MILVUS_MANY_PARAMS_INIT;
    milvus_many_list *list = NULL;

    tell_fake("add trigger_1 never_ends");
    tell_fake("add trigger_2 never_ends");
    params.only_trigger = 1;
    CHECK(milvus_compact_many(client, names, 2, &params, 60000, &list) == MILVUS_OK);
    CHECK(result_of(list, "trigger_2").job_id > 0 && result_of(list, "trigger_2").report == NULL);
    milvus_many_list_free(list);
}

static void a_whole_database(const char *uri)
{
    milvus_many_params params = MILVUS_MANY_PARAMS_INIT;
    milvus_many_list *list = NULL;
    milvus_client *client = new_client(uri);

    params.concurrency = 100;
    CHECK(milvus_compact_many(client, NULL, 0, &params, 6000, &list) == MILVUS_SOME_FAILED);
    CHECK(milvus_many_list_count(list) > 12);
    // The job whose answer was lost in doubt() goes on as long as nobody asks about it, and holds the segments.
    CHECK(result_of(list, "fails").status == MILVUS_BUSY);
    CHECK(result_of(list, "succeeds").status == MILVUS_OK);
    milvus_many_list_free(list);
    milvus_client_free(client);
}

static void wrong_arguments(milvus_client *client)
{
    const char *twice[] = {"a", "b", "a"}, *empty[] = {"a", ""}, *null[] = {"a", NULL};
    milvus_many_params params = MILVUS_MANY_PARAMS_INIT;
    milvus_compact_params compaction = MILVUS_COMPACT_PARAMS_INIT;
    milvus_many_list *list = NULL;
    int triggers = atoi(tell_fake("count trigger"));

    CHECK(milvus_compact_many(client, twice, 3, NULL, 0, &list) == MILVUS_INVALID_ARGUMENT);
    CHECK(strstr(milvus_last_error_message(), "names[2]") != NULL);
    CHECK(milvus_compact_many(client, empty, 2, NULL, 0, &list) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_compact_many(client, null, 2, NULL, 0, &list) == MILVUS_INVALID_ARGUMENT);
    CHECK(strstr(milvus_last_error_message(), "names[1]: is NULL") != NULL);
    CHECK(milvus_compact_many(client, NULL, 1, NULL, 0, &list) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_compact_many(client, twice, 0, NULL, 0, &list) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_compact_many(NULL, twice, 2, NULL, 0, &list) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_compact_many(client, twice, 2, NULL, -2, &list) == MILVUS_INVALID_ARGUMENT);
    params.concurrency = -1;
    CHECK(milvus_compact_many(client, twice, 2, &params, 0, &list) == MILVUS_INVALID_ARGUMENT);
    params.concurrency = 10001;
    CHECK(milvus_compact_many(client, twice, 2, &params, 0, &list) == MILVUS_INVALID_ARGUMENT);
    params.concurrency = 0;
    params.compaction = &compaction;
    compaction.partition_name = "p";
    CHECK(milvus_compact_many(client, twice, 2, &params, 0, &list) == MILVUS_INVALID_ARGUMENT);
    compaction.partition_name = NULL;
    compaction.size = 3;
    CHECK(milvus_compact_many(client, twice, 2, &params, 0, &list) == MILVUS_INVALID_ARGUMENT);
    CHECK(list == NULL && atoi(tell_fake("count trigger")) == triggers);
    milvus_many_list_free(NULL);
}

// Where nothing was to do it is told why: what is stored waits to be sorted.
static void what_waits_to_be_sorted(milvus_client *client)
{
    const char *names[] = {"fresh"};
    milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;
    milvus_many_list *list = NULL;
    milvus_many_result result;

    tell_fake("add fresh only_unsorted");
    CHECK(milvus_compact_many(client, names, 1, NULL, 2000, &list) == MILVUS_OK);
    result = result_of(list, "fresh");
    CHECK(result.trigger == MILVUS_TRIGGER_NOTHING_TO_DO && result.unsorted_segments == 2);
    CHECK(result.report->verdict == MILVUS_VERDICT_NOTHING_TO_DO && result.report->unsorted_segments == 2);
    milvus_many_list_free(list);
    CHECK(milvus_compaction_wait(client, MILVUS_NO_JOB, 2000, &report) == MILVUS_OK);
    CHECK(report.verdict == MILVUS_VERDICT_NOTHING_TO_DO && report.unsorted_segments == MILVUS_NOT_REPORTED);
}

int main(int argc, char **argv)
{
    const char *uri;
    milvus_client *client;

    CHECK(argc == 2);
    uri = start_fake(argv[1], "v2.6.8");
    client = new_client(uri);
    a_list(client);
    a_mixed_list(client);
    doubt(client);
    out_of_time(client);
    cancelled(client);
    cancelled_before_their_turn(client);
    hostile_numbers(client);
    only_triggered(client);
    wrong_arguments(client);
    a_whole_database(uri);
    so_many_at_a_time(client, 0);
    so_many_at_a_time(client, 5);
    one_that_another_client_holds(client, uri);
    what_waits_to_be_sorted(client);
    a_crowd(client); // last: it adds many, and the whole database has a limit of time
    milvus_client_free(client);
    stop_fake();
    return finish();
}
