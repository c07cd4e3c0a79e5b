// What is told of each collection while an operation runs: that it began, each job at once, and how it ended.
#include "support.h"

static milvus_collection_event next_event(milvus_future *future)
{
    milvus_collection_event event = MILVUS_COLLECTION_EVENT_INIT;

    CHECK(milvus_future_next_event(future, &event) == MILVUS_OK);
    CHECK(event.elapsed_ms >= 0 && event.reserved == 0 && event.collection_name != NULL);
    if (event.event != MILVUS_EVENT_ENDED)
        CHECK(event.status == MILVUS_PENDING && event.is_skipped == 0);
    CHECK((event.event == MILVUS_EVENT_TRIGGERED) <= (event.job_id > MILVUS_NO_JOB));
    return event;
}

static int is(milvus_collection_event event, int32_t what, int64_t index, const char *name)
{
    return event.event == what && event.index == index && strcmp(event.collection_name, name) == 0;
}

static int has_no_more(milvus_future *future)
{
    milvus_collection_event event = MILVUS_COLLECTION_EVENT_INIT;

    return milvus_future_next_event(future, &event) == MILVUS_PENDING;
}

// What was there before anybody asked is told as well, once and in order.
static void of_many_collections(milvus_client *client, int only_trigger)
{
    const char *names[] = {"succeeds", "missing", "nothing"};
    milvus_many_params params = MILVUS_MANY_PARAMS_INIT;
    milvus_collection_event event = MILVUS_COLLECTION_EVENT_INIT;
    milvus_progress progress = MILVUS_PROGRESS_INIT;
    milvus_future *future = NULL;
    int64_t place, job_id = 0;

    params.concurrency = 1;
    params.only_trigger = only_trigger;
    CHECK(milvus_compact_many_async(client, names, 3, &params, 60000, &future) == MILVUS_OK);
    CHECK(milvus_future_wait(future, MILVUS_NO_TIMEOUT) == MILVUS_SOME_FAILED);
    for (place = 0; place < 3; place++) {
        event = next_event(future);
        CHECK(is(event, MILVUS_EVENT_BEGAN, place, names[place]) && event.job_id == MILVUS_NO_JOB);
        event = next_event(future);
        if (place == 0) {
            CHECK(is(event, MILVUS_EVENT_TRIGGERED, 0, "succeeds"));
            job_id = event.job_id;
            event = next_event(future);
        }
        CHECK(is(event, MILVUS_EVENT_ENDED, place, names[place]) && event.is_skipped == 0);
        CHECK(event.status == (place == 1 ? MILVUS_COLLECTION_NOT_FOUND : MILVUS_OK));
        CHECK(event.job_id == (place == 0 ? job_id : MILVUS_NO_JOB));
    }
    CHECK(has_no_more(future));
    CHECK(milvus_future_progress(future, &progress) == MILVUS_OK);
    CHECK(progress.collections_done == 3 && progress.collections_skipped == 0 && progress.remaining_ms == 0);
    CHECK(progress.stalled_ms >= 0 && progress.stalled_ms <= progress.elapsed_ms);
    CHECK(milvus_future_next_event(future, NULL) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_future_next_event(NULL, &event) == MILVUS_INVALID_ARGUMENT);
    milvus_future_free(future);
    CHECK(milvus_future_next_event(future, &event) == MILVUS_INVALID_HANDLE);
}

// A job as another process would find it.
typedef struct {
    milvus_client *client;
    milvus_future *future;
    int64_t job_id;
    char text[65536];
} saved;

static void save(const milvus_progress *progress, void *user_data)
{
    saved *all = (saved *)user_data;
    milvus_collection_event event = MILVUS_COLLECTION_EVENT_INIT;
    size_t length = 0;

    (void)progress;
    while (milvus_future_next_event(all->future, &event) == MILVUS_OK) {
        if (event.event == MILVUS_EVENT_TRIGGERED) {
            CHECK(milvus_job_export(all->client, event.job_id, all->text, sizeof all->text, &length) == MILVUS_OK);
            CHECK(length > 0);
            __atomic_store_n(&all->job_id, event.job_id, __ATOMIC_SEQ_CST);
        }
    }
}

// The server says nothing after its answer to the trigger; the callback learns of the job all the same, and can save it.
static void a_callback_saves_a_job_whose_server_has_fallen_silent(milvus_client *client, const char *uri, int optimizes)
{
    static saved all;
    const char *names[] = {"endless"};
    milvus_client *other = new_client(uri);
    milvus_collection_event event;
    int64_t job_id = 0;

    memset(&all, 0, sizeof all);
    all.client = client;
    tell_fake("add endless never_ends");
    tell_fake("slow State 600000");
    tell_fake("slow Plans 600000");
    if (optimizes)
        CHECK(milvus_optimize_async(client, "endless", NULL, MILVUS_NO_TIMEOUT, &all.future) == MILVUS_OK);
    else
        CHECK(milvus_compact_many_async(client, names, 1, NULL, MILVUS_NO_TIMEOUT, &all.future) == MILVUS_OK);
    CHECK(milvus_future_set_progress_callback(all.future, save, &all, NULL) == MILVUS_OK);
    while (__atomic_load_n(&all.job_id, __ATOMIC_SEQ_CST) == 0) // ctest ends it if no event comes
        usleep(1000);
    CHECK(milvus_future_poll(all.future) == MILVUS_PENDING);
    CHECK(milvus_job_import(other, all.text, &job_id) == MILVUS_OK && job_id == all.job_id);
    milvus_future_cancel(all.future);
    CHECK(milvus_future_wait(all.future, MILVUS_NO_TIMEOUT) != MILVUS_OK);
    CHECK(milvus_future_set_callback(all.future, NULL, NULL, NULL) == MILVUS_INVALID_ARGUMENT);
    do {
        event = next_event(all.future);
    } while (event.event != MILVUS_EVENT_ENDED);
    CHECK(is(event, MILVUS_EVENT_ENDED, 0, "endless") && event.job_id == all.job_id);
    CHECK(event.status == milvus_future_poll(all.future) || !optimizes);
    CHECK(has_no_more(all.future));
    milvus_future_free(all.future);
    milvus_client_free(other);
    tell_fake("slow State 0");
    tell_fake("slow Plans 0");
}

// An optimization of one collection tells as one of many does, and each of its jobs.
static void of_an_optimization(milvus_client *client)
{
    const char *names[] = {"later", "alone"};
    milvus_optimize_list *list = NULL;
    milvus_optimize_result result = MILVUS_OPTIMIZE_RESULT_INIT;
    milvus_collection_event event;
    milvus_future *future = NULL;
    int64_t i;

    tell_fake("mergeable later 5");
    CHECK(milvus_optimize_async(client, "later", NULL, 60000, &future) == MILVUS_OK);
    CHECK(milvus_future_wait(future, MILVUS_NO_TIMEOUT) == MILVUS_OK);
    CHECK(milvus_future_take_optimized(future, &list) == MILVUS_OK);
    CHECK(milvus_optimize_list_get(list, 0, &result) == MILVUS_OK && result.job_id > MILVUS_NO_JOB);
    CHECK(is(next_event(future), MILVUS_EVENT_BEGAN, 0, "later"));
    event = next_event(future);
    CHECK(is(event, MILVUS_EVENT_TRIGGERED, 0, "later") && event.job_id == result.job_id);
    event = next_event(future);
    CHECK(is(event, MILVUS_EVENT_ENDED, 0, "later") && event.job_id == result.job_id && event.status == MILVUS_OK);
    CHECK(has_no_more(future));
    milvus_optimize_list_free(list);
    milvus_future_free(future);

    // Once more there is nothing to trigger; the other one has its job.
    tell_fake("mergeable alone 3");
    CHECK(milvus_optimize_many_async(client, names, 2, NULL, 60000, &future) == MILVUS_OK);
    CHECK(milvus_future_wait(future, MILVUS_NO_TIMEOUT) == MILVUS_OK);
    for (i = 0; i < 5; i++) {
        event = next_event(future);
        if (event.event == MILVUS_EVENT_TRIGGERED)
            CHECK(is(event, MILVUS_EVENT_TRIGGERED, 1, "alone"));
    }
    CHECK(has_no_more(future));
    milvus_future_free(future);

    CHECK(milvus_optimize_async(client, "missing", NULL, 60000, &future) == MILVUS_OK);
    CHECK(milvus_future_wait(future, MILVUS_NO_TIMEOUT) == MILVUS_COLLECTION_NOT_FOUND);
    CHECK(is(next_event(future), MILVUS_EVENT_BEGAN, 0, "missing"));
    event = next_event(future);
    CHECK(is(event, MILVUS_EVENT_ENDED, 0, "missing") && event.status == MILVUS_COLLECTION_NOT_FOUND);
    CHECK(event.job_id == MILVUS_NO_JOB && has_no_more(future));
    milvus_future_free(future);
}

// One job applies the deletions, and the next purges their rows: each is told.
static void of_an_optimization_with_two_jobs(milvus_client *client)
{
    milvus_optimize_list *list = NULL;
    milvus_optimize_result result = MILVUS_OPTIMIZE_RESULT_INIT;
    milvus_optimize_step step = MILVUS_OPTIMIZE_STEP_INIT;
    milvus_collection_event event;
    milvus_future *future = NULL;
    int told = 0;
    size_t i;

    tell_fake("mergeable purged 3");
    tell_fake("delete purged 20");
    CHECK(milvus_optimize_async(client, "purged", NULL, 60000, &future) == MILVUS_OK);
    CHECK(milvus_future_wait(future, MILVUS_NO_TIMEOUT) == MILVUS_OK);
    CHECK(milvus_future_take_optimized(future, &list) == MILVUS_OK);
    CHECK(milvus_optimize_list_get(list, 0, &result) == MILVUS_OK);
    CHECK(next_event(future).event == MILVUS_EVENT_BEGAN);
    for (i = 0; i < result.step_count; i++) {
        CHECK(milvus_optimize_list_step(list, 0, i, &step) == MILVUS_OK);
        if (step.round == 0)
            continue;
        event = next_event(future);
        CHECK(is(event, MILVUS_EVENT_TRIGGERED, 0, "purged") && event.job_id == step.job_id);
        told++;
    }
    CHECK(told == 2);
    CHECK(next_event(future).event == MILVUS_EVENT_ENDED && has_no_more(future));
    milvus_optimize_list_free(list);
    milvus_future_free(future);
}

static void names(void)
{
    CHECK(strcmp(milvus_event_name(MILVUS_EVENT_BEGAN), "began") == 0);
    CHECK(strcmp(milvus_event_name(MILVUS_EVENT_TRIGGERED), "triggered") == 0);
    CHECK(strcmp(milvus_event_name(MILVUS_EVENT_ENDED), "ended") == 0);
    CHECK(strcmp(milvus_event_name(0), "unknown event") == 0 && strcmp(milvus_event_name(4), "unknown event") == 0);
}

int main(int argc, char **argv)
{
    const char *uri;
    milvus_client *client;

    CHECK(argc == 2);
    uri = start_fake(argv[1], "v2.6.8");
    client = new_client(uri);
    of_many_collections(client, 0);
    of_many_collections(client, 1);
    of_an_optimization(client);
    of_an_optimization_with_two_jobs(client);
    a_callback_saves_a_job_whose_server_has_fallen_silent(client, uri, 0);
    a_callback_saves_a_job_whose_server_has_fallen_silent(client, uri, 1);
    milvus_client_free(client);
    names();
    stop_fake();
    return finish();
}
