// Futures: the asynchronous contract, claim by claim.
#include "support.h"

#include <pthread.h>
#include <sys/syscall.h>

static int64_t triggered(milvus_client *client, const char *name)
{
    int64_t job = -7;

    milvus_status status;

    // The jobs of the scripted server go on when they are asked about: one that nobody has waited for holds its segments.
    while ((status = milvus_compact(client, name, 0, 5000, &job)) == MILVUS_BUSY)
        tell_fake("poll_all");
    CHECK(status == MILVUS_OK);
    return job;
}

// A collection of its own, whose job never ends.
static const char *endless(void)
{
    static char name[32];
    static int count;
    char command[64];

    snprintf(name, sizeof name, "endless_%d", ++count);
    snprintf(command, sizeof command, "add %s never_ends", name);
    tell_fake(command);
    return name;
}

static milvus_future *waiting(milvus_client *client)
{
    milvus_future *future = NULL;
    int64_t job = triggered(client, endless());

    CHECK(milvus_compaction_wait_async(client, job, MILVUS_NO_TIMEOUT, &future) == MILVUS_OK);
    return future;
}

// Every operation, and the result of each.
static void every_form(milvus_client *client)
{
    milvus_server_info server = MILVUS_SERVER_INFO_INIT;
    milvus_compact_result result = MILVUS_COMPACT_RESULT_INIT;
    milvus_compaction_state_info state = MILVUS_COMPACTION_STATE_INFO_INIT;
    milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;
    milvus_check_result check = MILVUS_CHECK_RESULT_INIT;
    milvus_resolution resolution = MILVUS_RESOLUTION_INIT;
    milvus_many_params many_params = MILVUS_MANY_PARAMS_INIT;
    milvus_many_result one = MILVUS_MANY_RESULT_INIT;
    milvus_plan_list *plans = NULL;
    milvus_segment_list *segments = NULL;
    milvus_many_list *many = NULL;
    milvus_optimize_list *optimized = NULL;
    milvus_future *future = NULL;
    const char *names[2] = {"succeeds", "fails"};
    int64_t job = -7;

#define STARTED(call)                                                                                       \
    CHECK((call) == MILVUS_OK);                                                                             \
    CHECK(future != NULL)
#define WAITED                                                                                              \
    CHECK(milvus_future_wait(future, 10000) == MILVUS_OK);                                                  \
    CHECK(milvus_future_poll(future) == MILVUS_OK && milvus_future_wait(future, 1) == MILVUS_OK);           \
    CHECK(milvus_future_error(future)->status == MILVUS_OK)
#define DONE                                                                                                \
    milvus_future_free(future);                                                                             \
    future = NULL

    STARTED(milvus_client_server_info_async(client, 0, &future));
    WAITED;
    CHECK(milvus_future_take_server_info(future, &server) == MILVUS_OK);
    CHECK(strcmp(server.version, "v2.6.8") == 0);
    CHECK(milvus_future_take_job_id(future, &job) == MILVUS_INVALID_ARGUMENT && job == -7);
    CHECK(strcmp(milvus_last_error()->operation, "milvus_future_take_job_id") == 0);
    DONE;

    STARTED(milvus_compact_async(client, "succeeds", 0, 0, &future));
    WAITED;
    CHECK(milvus_future_take_job_id(future, &job) == MILVUS_OK && job > 0);
    job = -7;
    CHECK(milvus_future_take_job_id(future, &job) == MILVUS_OK && job > 0); // again
    CHECK(milvus_future_take_plans(future, &plans) == MILVUS_INVALID_ARGUMENT && plans == NULL);
    DONE;

    STARTED(milvus_compaction_state_async(client, job, 0, &future));
    WAITED;
    CHECK(milvus_future_take_state(future, &state) == MILVUS_OK);
    CHECK(state.state == MILVUS_COMPACTION_STATE_EXECUTING);
    DONE;

    STARTED(milvus_compaction_wait_async(client, job, 0, &future));
    WAITED;
    CHECK(milvus_future_take_report(future, &report) == MILVUS_OK);
    CHECK(report.verdict == MILVUS_VERDICT_SUCCEEDED && report.counts.completed == 2);
    DONE;

    STARTED(milvus_compaction_plans_async(client, job, 0, &future));
    WAITED;
    CHECK(milvus_future_take_plans(future, &plans) == MILVUS_OK && milvus_plan_list_count(plans) == 2);
    milvus_plan_list_free(plans);
    plans = NULL;
    CHECK(milvus_future_take_plans(future, &plans) == MILVUS_INVALID_ARGUMENT && plans == NULL);
    CHECK(strstr(milvus_last_error_message(), "taken") != NULL);
    DONE;

    STARTED(milvus_compact_with_async(client, "never_ends", NULL, 0, &future));
    WAITED;
    CHECK(milvus_future_take_compact_result(future, &result) == MILVUS_OK);
    CHECK(result.trigger == MILVUS_TRIGGER_SCHEDULED && result.job_id > 0);
    DONE;

    STARTED(milvus_segments_async(client, "succeeds", NULL, MILVUS_SEGMENTS_STORED, 0, &future));
    WAITED;
    CHECK(milvus_future_take_segments(future, &segments) == MILVUS_OK);
    CHECK(milvus_segment_list_count(segments) > 0);
    milvus_segment_list_free(segments);
    DONE;

    STARTED(milvus_compaction_check_async(client, "succeeds", NULL, 0, &future));
    WAITED;
    CHECK(milvus_future_take_check_result(future, &check) == MILVUS_OK && check.segments >= 0);
    DONE;

    STARTED(milvus_compaction_resolve_async(client, "succeeds", NULL, 0, &future));
    WAITED;
    CHECK(milvus_future_take_resolution(future, &resolution) == MILVUS_OK && resolution.state == MILVUS_RESOLUTION_NOT_IN_DOUBT);
    DONE;

    STARTED(milvus_flush_async(client, "succeeds", NULL, 0, &future));
    WAITED;
    DONE;

    STARTED(milvus_optimize_async(client, "unindexed", NULL, 20000, &future));
    WAITED;
    CHECK(milvus_future_take_optimized(future, &optimized) == MILVUS_OK);
    CHECK(milvus_optimize_list_count(optimized) == 1);
    milvus_optimize_list_free(optimized);
    DONE;

    // The server is too old: a failure, which the future keeps for whatever thread.
    STARTED(milvus_compaction_tasks_async(client, "succeeds", NULL, 0, &future));
    CHECK(milvus_future_wait(future, 10000) == MILVUS_UNSUPPORTED);
    CHECK(milvus_last_error()->status == MILVUS_UNSUPPORTED);
    CHECK(strcmp(milvus_last_error()->operation, "milvus_compaction_tasks_async") == 0);
    CHECK(milvus_future_error(future)->status == MILVUS_UNSUPPORTED);
    CHECK(strcmp(milvus_future_error(future)->operation, "milvus_compaction_tasks_async") == 0);
    CHECK(milvus_future_error(future) == milvus_future_error(future));
    CHECK(milvus_future_take_plans(future, &plans) == MILVUS_UNSUPPORTED && plans == NULL);
    DONE;

    // Some fail: the list is written all the same.
    many_params.concurrency = 2;
    STARTED(milvus_compact_many_async(client, names, 2, &many_params, 20000, &future));
    CHECK(milvus_future_wait(future, 20000) == MILVUS_SOME_FAILED);
    CHECK(milvus_future_take_many(future, &many) == MILVUS_SOME_FAILED && milvus_many_list_count(many) == 2);
    CHECK(milvus_many_list_get(many, 1, &one) == MILVUS_OK && one.status == MILVUS_COMPACTION_FAILED);
    CHECK(strcmp(one.collection_name, "fails") == 0 && one.report->counts.failed == 2);
    milvus_many_list_free(many);
    DONE;
}

static void wrong_arguments(milvus_client *client)
{
    milvus_future *future = NULL;
    milvus_progress progress = MILVUS_PROGRESS_INIT;
    milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;
    int64_t job = -7;
    int asked = atoi(tell_fake("count describe"));

    CHECK(milvus_compact_async(NULL, "x", 0, 0, &future) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_compact_async(client, NULL, 0, 0, &future) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_compact_async(client, "succeeds", 0, -2, &future) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_compact_async(client, "succeeds", 0, 0, NULL) == MILVUS_INVALID_ARGUMENT);
    usleep(20000);
    CHECK(atoi(tell_fake("count describe")) == asked); // what is refused is not begun
    CHECK(milvus_compact_async((milvus_client *)(void *)&future, "x", 0, 0, &future) == MILVUS_INVALID_HANDLE);
    CHECK(future == NULL);
    CHECK(milvus_future_wait(NULL, 0) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_future_wait((milvus_future *)(void *)client, 0) == MILVUS_INVALID_HANDLE);
    CHECK(milvus_future_poll(NULL) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_future_cancel(NULL) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_future_error(NULL)->status == MILVUS_INVALID_HANDLE);
    milvus_future_free(NULL);

    future = waiting(client);
    CHECK(milvus_future_wait(future, -2) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_future_set_callback(future, NULL, NULL, NULL) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_future_set_progress_callback(future, NULL, NULL, NULL) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_future_set_queue(future, NULL, NULL) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_future_progress(future, NULL) == MILVUS_INVALID_ARGUMENT);
    progress.size = 3;
    CHECK(milvus_future_progress(future, &progress) == MILVUS_INVALID_ARGUMENT);
    // Not over yet: this is no failure, so the detail of the latest one stays.
    CHECK(milvus_future_poll(future) == MILVUS_PENDING);
    CHECK(milvus_future_wait(future, 0) == MILVUS_PENDING && milvus_future_wait(future, 1) == MILVUS_PENDING);
    CHECK(milvus_future_take_report(future, &report) == MILVUS_PENDING);
    CHECK(milvus_future_take_job_id(future, &job) == MILVUS_PENDING && job == -7);
    CHECK(milvus_future_error(future)->status == MILVUS_PENDING);
    CHECK(strcmp(milvus_last_error()->operation, "milvus_future_progress") == 0);
    milvus_future_free(future);
    CHECK(milvus_future_poll(future) == MILVUS_INVALID_HANDLE);
    CHECK(milvus_future_error(future)->status == MILVUS_INVALID_HANDLE);
    milvus_future_free(future);
    CHECK(milvus_last_error()->status == MILVUS_INVALID_HANDLE);
}

// What a callback has been told. Its destructor counts too.
typedef struct told {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int begun, calls, destroyed, destroyed_before_call;
    milvus_status status, taken;
    milvus_future *future;
    int64_t job;
    long thread;
    milvus_client *client;
} told;

static void init_told(told *t)
{
    memset(t, 0, sizeof *t);
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->changed, NULL);
}

static void note(told *t, milvus_future *future, milvus_status status)
{
    int64_t job = 0;
    milvus_status taken = milvus_future_take_job_id(future, &job);

    pthread_mutex_lock(&t->lock);
    t->taken = taken;
    t->calls++;
    t->status = status;
    t->future = future;
    t->job = job;
    t->thread = syscall(SYS_gettid);
    pthread_cond_broadcast(&t->changed);
    pthread_mutex_unlock(&t->lock);
}

#ifdef __cplusplus
extern "C" {
#endif
static void on_end(milvus_future *future, milvus_status status, void *user_data)
{
    note((told *)user_data, future, status);
}

static void destroy(void *user_data)
{
    told *t = (told *)user_data;

    pthread_mutex_lock(&t->lock);
    t->destroyed_before_call += t->calls == 0;
    t->destroyed++;
    pthread_cond_broadcast(&t->changed);
    pthread_mutex_unlock(&t->lock);
}
#ifdef __cplusplus
}
#endif

static void until_destroyed(told *t)
{
    pthread_mutex_lock(&t->lock);
    while (t->destroyed == 0)
        pthread_cond_wait(&t->changed, &t->lock);
    pthread_mutex_unlock(&t->lock);
    CHECK(t->calls == 1 && t->destroyed == 1 && t->destroyed_before_call == 0);
}

static void callbacks(milvus_client *client)
{
    milvus_future *future;
    told early, late, freed, failed, second;

    init_told(&early);
    CHECK(milvus_compact_async(client, "never_ends", 0, 5000, &future) == MILVUS_OK);
    CHECK(milvus_future_set_callback(future, on_end, &early, destroy) == MILVUS_OK);
    // A second one is refused, and neither called nor destroyed.
    init_told(&second);
    CHECK(milvus_future_set_callback(future, on_end, &second, destroy) == MILVUS_INVALID_ARGUMENT);
    until_destroyed(&early);
    CHECK(milvus_future_set_callback(future, on_end, &second, destroy) == MILVUS_INVALID_ARGUMENT);
    CHECK(second.calls == 0 && second.destroyed == 0);
    CHECK(early.status == MILVUS_OK && early.future == future && early.job > 0);
    CHECK(early.thread != syscall(SYS_gettid));
    CHECK(milvus_future_poll(future) == MILVUS_OK); // still the caller's
    milvus_future_free(future);

    init_told(&late);
    CHECK(milvus_compact_async(client, "never_ends", 0, 5000, &future) == MILVUS_OK);
    CHECK(milvus_future_wait(future, 5000) == MILVUS_OK);
    CHECK(milvus_future_set_callback(future, on_end, &late, destroy) == MILVUS_OK);
    until_destroyed(&late);
    CHECK(late.status == MILVUS_OK && late.future == future && late.thread == early.thread);
    milvus_future_free(future);

    // Freed at once: the operation goes on, and the callback gets a handle of its own.
    init_told(&freed);
    CHECK(milvus_compact_async(client, "succeeds", 0, 5000, &future) == MILVUS_OK);
    CHECK(milvus_future_set_callback(future, on_end, &freed, destroy) == MILVUS_OK);
    milvus_future_free(future);
    until_destroyed(&freed);
    CHECK(freed.status == MILVUS_OK && freed.job > 0);
    CHECK(milvus_future_poll(freed.future) == MILVUS_INVALID_HANDLE); // gone with the callback

    init_told(&failed);
    CHECK(milvus_compact_async(client, "missing", 0, 5000, &future) == MILVUS_OK);
    CHECK(milvus_future_set_callback(future, on_end, &failed, destroy) == MILVUS_OK);
    until_destroyed(&failed);
    CHECK(failed.status == MILVUS_COLLECTION_NOT_FOUND);
    milvus_future_free(future);
}

static void cancelling(milvus_client *client)
{
    milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;
    milvus_future *future = waiting(client);
    const milvus_error *error;
    told t;
    int triggers, looks;

    init_told(&t);
    CHECK(milvus_future_set_callback(future, on_end, &t, destroy) == MILVUS_OK);
    while (milvus_future_take_report(future, &report) == MILVUS_PENDING) {
        milvus_progress progress = MILVUS_PROGRESS_INIT;

        CHECK(milvus_future_progress(future, &progress) == MILVUS_OK);
        if (progress.planned == 1)
            break; // the server has been asked
    }
    CHECK(milvus_future_cancel(future) == MILVUS_OK);
    until_destroyed(&t);
    CHECK(t.status == MILVUS_CANCELLED);
    CHECK(milvus_future_wait(future, 5000) == MILVUS_CANCELLED);
    CHECK(milvus_future_take_report(future, &report) == MILVUS_CANCELLED); // what was seen by then
    CHECK(report.planned == 1 && report.counts.executing == 1 && report.verdict == MILVUS_VERDICT_NONE);
    CHECK(milvus_future_error(future)->job_id == report.job_id);
    CHECK(strstr(milvus_future_error(future)->message, "it goes on") != NULL);
    CHECK(milvus_future_cancel(future) == MILVUS_OK);
    milvus_future_free(future);

    // What is over stays as it is.
    CHECK(milvus_compact_async(client, "never_ends", 0, 5000, &future) == MILVUS_OK);
    CHECK(milvus_future_wait(future, 5000) == MILVUS_OK);
    CHECK(milvus_future_cancel(future) == MILVUS_OK);
    CHECK(milvus_future_poll(future) == MILVUS_OK);
    milvus_future_free(future);

    // A trigger that was on its way may be carried out: the server has it, and does not answer.
    triggers = atoi(tell_fake("count trigger"));
    tell_fake("fail trigger hang");
    CHECK(milvus_compact_async(client, "never_ends", 0, MILVUS_NO_TIMEOUT, &future) == MILVUS_OK);
    while (atoi(tell_fake("count trigger")) == triggers)
        ;
    CHECK(milvus_future_cancel(future) == MILVUS_OK);
    CHECK(milvus_future_wait(future, 5000) == MILVUS_CANCELLED);
    error = milvus_future_error(future);
    CHECK(error->in_doubt == 1 && error->retriable == 0);
    milvus_future_free(future);

    // One that was stopped while the segments were looked at, which may fail, is not sent any more.
    tell_fake("fail stored hang");
    triggers = atoi(tell_fake("count trigger"));
    looks = atoi(tell_fake("count stored"));
    CHECK(milvus_compact_async(client, "never_ends", 0, MILVUS_NO_TIMEOUT, &future) == MILVUS_OK);
    while (atoi(tell_fake("count stored")) == looks)
        ;
    CHECK(milvus_future_cancel(future) == MILVUS_OK);
    CHECK(milvus_future_wait(future, 5000) == MILVUS_CANCELLED);
    CHECK(milvus_future_error(future)->in_doubt == 0);
    CHECK(atoi(tell_fake("count trigger")) == triggers);
    milvus_future_free(future);

    // One that had not come so far is not in doubt.
    tell_fake("fail describe hang");
    triggers = atoi(tell_fake("count describe"));
    CHECK(milvus_compact_async(client, "never_ends", 0, MILVUS_NO_TIMEOUT, &future) == MILVUS_OK);
    while (atoi(tell_fake("count describe")) == triggers)
        ;
    CHECK(milvus_future_cancel(future) == MILVUS_OK);
    CHECK(milvus_future_wait(future, 5000) == MILVUS_CANCELLED);
    error = milvus_future_error(future);
    CHECK(error->in_doubt == 0 && error->retriable == 1);
    milvus_future_free(future);
}

#ifdef __cplusplus
extern "C" {
#endif
// Takes its time, as an application would that has to get a lock first.
static void on_end_slowly(milvus_future *future, milvus_status status, void *user_data)
{
    usleep(500);
    note((told *)user_data, future, status);
}
#ifdef __cplusplus
}
#endif

// A future that is freed while its callback is running with it stays until that returns: no result is lost.
static void freed_while_it_calls_back(milvus_client *client)
{
    int i;

    for (i = 0; i < 200; i++) {
        milvus_future *future;
        told t;

        init_told(&t);
        CHECK(milvus_compact_async(client, "succeeds", 0, 5000, &future) == MILVUS_OK);
        CHECK(milvus_future_set_callback(future, on_end_slowly, &t, destroy) == MILVUS_OK);
        milvus_future_wait(future, 5000);
        usleep((useconds_t)(i * 5)); // before, while, or after it is called
        milvus_future_free(future);
        until_destroyed(&t);
        CHECK(t.status == MILVUS_OK && t.job >= 0);
        CHECK(t.taken == MILVUS_OK);
    }
}

static void *wait_for_it(void *future)
{
    static milvus_status status;

    status = milvus_future_wait((milvus_future *)future, 20000);
    return &status;
}

// A future that nobody is told of is given up with its handle; who waits for it learns that.
static void freeing(milvus_client *client)
{
    milvus_future *future = waiting(client);
    pthread_t thread;
    void *status;

    CHECK(pthread_create(&thread, NULL, wait_for_it, future) == 0);
    usleep(50000);
    milvus_future_free(future);
    CHECK(pthread_join(thread, &status) == 0);
    CHECK(*(milvus_status *)status == MILVUS_CANCELLED || *(milvus_status *)status == MILVUS_INVALID_HANDLE);
}

#ifdef __cplusplus
extern "C" {
#endif
// Everything is allowed in a callback: start, wait, cancel, free, close.
static void do_everything(milvus_future *future, milvus_status status, void *user_data)
{
    told *t = (told *)user_data;
    milvus_future *other;
    int64_t job = 0;

    CHECK(status == MILVUS_OK);
    CHECK(milvus_compact(t->client, endless(), 0, 5000, &job) == MILVUS_OK);
    CHECK(milvus_compaction_wait_async(t->client, job, MILVUS_NO_TIMEOUT, &other) == MILVUS_OK);
    CHECK(milvus_future_wait(other, 10) == MILVUS_PENDING);
    CHECK(milvus_future_cancel(other) == MILVUS_OK);
    CHECK(milvus_future_wait(other, 5000) == MILVUS_CANCELLED);
    milvus_future_free(other);
    milvus_future_free(future);
    CHECK(milvus_future_poll(future) == MILVUS_INVALID_HANDLE);
    note(t, future, status);
}

static void close_it(milvus_future *future, milvus_status status, void *user_data)
{
    told *t = (told *)user_data;

    CHECK(milvus_client_close(t->client, 5000) == MILVUS_OK);
    note(t, future, status);
}
#ifdef __cplusplus
}
#endif

static void everything_inside_a_callback(milvus_client *client)
{
    milvus_future *future;
    told t;

    init_told(&t);
    t.client = client;
    CHECK(milvus_flush_async(client, "succeeds", NULL, 5000, &future) == MILVUS_OK);
    CHECK(milvus_future_set_callback(future, do_everything, &t, destroy) == MILVUS_OK);
    until_destroyed(&t);
}

typedef struct blocking {
    milvus_client *client;
    int64_t job;
    milvus_status status;
} blocking;

static void *block(void *argument)
{
    blocking *b = (blocking *)argument;

    b->status = milvus_compaction_wait(b->client, b->job, MILVUS_NO_TIMEOUT, NULL);
    return NULL;
}

// Closing ends blocking calls, futures and callbacks, and returns when the last callback has.
static void closing(const char *uri)
{
    milvus_client *client = new_client(uri);
    milvus_future *futures[50], *future = NULL;
    told tolds[50], t;
    blocking blocked;
    pthread_t thread;
    int64_t job;
    int i;

    blocked.client = client;
    blocked.job = triggered(client, endless());
    CHECK(pthread_create(&thread, NULL, block, &blocked) == 0);
    for (i = 0; i < 50; i++) {
        init_told(&tolds[i]);
        futures[i] = waiting(client);
        CHECK(milvus_future_set_callback(futures[i], on_end, &tolds[i], destroy) == MILVUS_OK);
    }
    usleep(50000);
    CHECK(milvus_client_close(client, MILVUS_NO_TIMEOUT) == MILVUS_OK);
    for (i = 0; i < 50; i++) {
        CHECK(tolds[i].calls == 1 && tolds[i].destroyed == 1 && tolds[i].status == MILVUS_CLOSED);
        CHECK(milvus_future_poll(futures[i]) == MILVUS_CLOSED);
    }
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(blocked.status == MILVUS_CLOSED);

    CHECK(milvus_client_close(client, 0) == MILVUS_OK);
    CHECK(milvus_compact(client, "succeeds", 0, 0, &job) == MILVUS_CLOSED);
    CHECK(milvus_compact_async(client, "succeeds", 0, 0, &future) == MILVUS_CLOSED && future == NULL);
    init_told(&t);
    milvus_future_free(futures[0]);
    CHECK(milvus_future_set_progress_callback(futures[1], NULL, &t, destroy) == MILVUS_INVALID_ARGUMENT);
    for (i = 1; i < 50; i++)
        milvus_future_free(futures[i]);
    milvus_client_free(client);
    CHECK(milvus_client_close(client, 0) == MILVUS_INVALID_HANDLE);
}

#ifdef __cplusplus
extern "C" {
#endif
static pthread_mutex_t barrier = PTHREAD_MUTEX_INITIALIZER;

static void on_end_behind_the_barrier(milvus_future *future, milvus_status status, void *user_data)
{
    told *t = (told *)user_data;

    pthread_mutex_lock(&t->lock);
    t->begun = 1;
    pthread_mutex_unlock(&t->lock);
    pthread_mutex_lock(&barrier);
    pthread_mutex_unlock(&barrier);
    note(t, future, status);
}
#ifdef __cplusplus
}
#endif

// Closing waits for a callback that is running, as long as it may, and says so if that was too short.
static void closing_while_a_callback_runs(const char *uri)
{
    milvus_client *client = new_client(uri);
    milvus_future *future = NULL;
    int begun = 0;
    told t;

    init_told(&t);
    pthread_mutex_lock(&barrier);
    CHECK(milvus_flush_async(client, "succeeds", NULL, 5000, &future) == MILVUS_OK);
    CHECK(milvus_future_set_callback(future, on_end_behind_the_barrier, &t, destroy) == MILVUS_OK);
    while (!begun) {
        usleep(1000);
        pthread_mutex_lock(&t.lock);
        begun = t.begun;
        pthread_mutex_unlock(&t.lock);
    }
    CHECK(milvus_client_close(client, 50) == MILVUS_TIMEOUT);
    CHECK(milvus_last_error()->retriable == 1);
    CHECK(t.calls == 0 && t.destroyed == 0);
    pthread_mutex_unlock(&barrier);
    CHECK(milvus_client_close(client, MILVUS_NO_TIMEOUT) == MILVUS_OK);
    CHECK(t.calls == 1 && t.destroyed == 1 && t.status == MILVUS_OK);
    milvus_future_free(future);
    milvus_client_free(client);
}

// A callback that is set on what is over needs an open client: after the close none may run.
static void no_callback_after_the_close(const char *uri)
{
    milvus_client *client = new_client(uri);
    milvus_future *future;
    told t;

    init_told(&t);
    CHECK(milvus_flush_async(client, "succeeds", NULL, 5000, &future) == MILVUS_OK);
    CHECK(milvus_future_wait(future, 5000) == MILVUS_OK);
    CHECK(milvus_client_close(client, 5000) == MILVUS_OK);
    CHECK(milvus_future_set_callback(future, on_end, &t, destroy) == MILVUS_CLOSED);
    usleep(50000);
    CHECK(t.calls == 0 && t.destroyed == 0);
    milvus_future_free(future);
    milvus_client_free(client);
}

#ifdef __cplusplus
extern "C" {
#endif
#define MANY 5000
static int depth, deepest, given_up, told_pending;

// What many programs would do when something fails.
static void give_up(milvus_future *future, milvus_status status, void *user_data)
{
    told *t = (told *)user_data;
    milvus_status closed;

    deepest = ++depth > deepest ? depth : deepest;
    CHECK(status == MILVUS_CLOSED || status == MILVUS_CANCELLED);
    do // as the header says
        closed = milvus_client_close(t->client, MILVUS_NO_TIMEOUT);
    while (closed == MILVUS_TIMEOUT);
    if (closed == MILVUS_PENDING) {
        CHECK(depth == 2); // others are due then
        told_pending++;
    } else {
        CHECK(closed == MILVUS_OK);
        CHECK(given_up == MANY - depth); // and none is but this one and the one that it is run by
    }
    given_up++;
    note(t, future, status);
    depth--;
}
#ifdef __cplusplus
}
#endif

// However many callbacks close: they are called one after the other, not one inside the other without end.
static void closing_inside_many_callbacks(const char *uri)
{
    static milvus_future *futures[MANY];
    static told tolds[MANY];
    milvus_client *client = new_client(uri);
    int64_t job = triggered(client, endless());
    int i;

    for (i = 0; i < MANY; i++) {
        init_told(&tolds[i]);
        tolds[i].client = client;
        CHECK(milvus_compaction_wait_async(client, job, MILVUS_NO_TIMEOUT, &futures[i]) == MILVUS_OK);
        CHECK(milvus_future_set_callback(futures[i], give_up, &tolds[i], destroy) == MILVUS_OK);
    }
    CHECK(milvus_future_cancel(futures[MANY / 2]) == MILVUS_OK);
    for (i = 0; i < MANY; i++) {
        until_destroyed(&tolds[i]);
        milvus_future_free(futures[i]);
    }
    CHECK(deepest == 2 && told_pending >= MANY - 2); // all but the first, and perhaps the last
    milvus_client_free(client);
}

static void closing_inside_a_callback(const char *uri)
{
    milvus_client *client = new_client(uri);
    milvus_future *futures[10];
    told tolds[10];
    int i;

    for (i = 0; i < 10; i++) {
        init_told(&tolds[i]);
        tolds[i].client = client;
        futures[i] = waiting(client);
    }
    for (i = 1; i < 10; i++)
        CHECK(milvus_future_set_callback(futures[i], on_end, &tolds[i], destroy) == MILVUS_OK);
    CHECK(milvus_future_set_callback(futures[0], close_it, &tolds[0], destroy) == MILVUS_OK);
    CHECK(milvus_future_cancel(futures[0]) == MILVUS_OK);
    until_destroyed(&tolds[0]);
    CHECK(tolds[0].status == MILVUS_CANCELLED);
    for (i = 1; i < 10; i++) {
        // Called before the close returned, that is before the first one's callback did.
        CHECK(tolds[i].calls == 1 && tolds[i].destroyed == 1 && tolds[i].status == MILVUS_CLOSED);
        milvus_future_free(futures[i]);
    }
    milvus_future_free(futures[0]);
    milvus_client_free(client);
}

#ifdef __cplusplus
extern "C" {
#endif
static int slow_ones;

static void take_long(milvus_future *future, milvus_status status, void *user_data)
{
    usleep(20000);
    slow_ones++;
    note((told *)user_data, future, status);
}

static void close_for_a_moment(milvus_future *future, milvus_status status, void *user_data)
{
    told *t = (told *)user_data;

    CHECK(milvus_client_close(t->client, 10) == MILVUS_TIMEOUT);
    CHECK(slow_ones <= 1); // the limit has passed while one ran: no other is run inside
    note(t, future, status);
}
#ifdef __cplusplus
}
#endif

// The limit of a close counts there too; what is due then comes after it.
static void closing_inside_a_callback_for_a_moment(const char *uri)
{
    milvus_client *client = new_client(uri);
    milvus_future *futures[10];
    told tolds[10];
    int i;

    for (i = 0; i < 10; i++) {
        init_told(&tolds[i]);
        tolds[i].client = client;
        futures[i] = waiting(client);
        CHECK(milvus_future_set_callback(futures[i], i == 0 ? close_for_a_moment : take_long, &tolds[i], destroy) ==
              MILVUS_OK);
    }
    CHECK(milvus_future_cancel(futures[0]) == MILVUS_OK);
    for (i = 0; i < 10; i++)
        until_destroyed(&tolds[i]);
    CHECK(slow_ones == 9);
    CHECK(milvus_client_close(client, 5000) == MILVUS_OK);
    for (i = 0; i < 10; i++)
        milvus_future_free(futures[i]);
    milvus_client_free(client);
}

// What runs inside a callback that closes, and frees that callback's future.
enum inner { INNER_CALLBACK, INNER_PROGRESS, INNER_DESTRUCTOR, INNER_KINDS };

typedef struct nested {
    milvus_client *client;
    milvus_future *outer;
    int is_closing, is_freed, is_freed_twice, outlived_it;
} nested;

static void free_the_outer(nested *n)
{
    if (!n->is_closing || n->is_freed++)
        return;
    milvus_future_free(n->outer);
    milvus_future_free(n->outer);
    n->is_freed_twice = milvus_last_error()->status == MILVUS_INVALID_HANDLE;
}

#ifdef __cplusplus
extern "C" {
#endif
static void free_as_callback(milvus_future *future, milvus_status status, void *user_data)
{
    (void)future, (void)status;
    free_the_outer((nested *)user_data);
}

static void free_as_progress(const milvus_progress *progress, void *user_data)
{
    (void)progress;
    free_the_outer((nested *)user_data);
}

static void free_as_destructor(void *user_data)
{
    free_the_outer((nested *)user_data);
}

static void ignore_progress(const milvus_progress *progress, void *user_data)
{
    (void)progress, (void)user_data;
}

static void close_around(milvus_future *future, milvus_status status, void *user_data)
{
    nested *n = (nested *)user_data;

    usleep(300000); // until progress is due
    n->is_closing = 1;
    CHECK(milvus_client_close(n->client, MILVUS_NO_TIMEOUT) == MILVUS_OK);
    CHECK(n->is_freed && n->is_freed_twice);
    n->outlived_it = milvus_future_poll(future) == status && milvus_future_error(future)->status == status;
}
#ifdef __cplusplus
}
#endif

// What runs inside a callback that closes can free that one's future, once; it can be used until it returns, not longer.
static void freeing_the_future_of_an_outer_callback(const char *uri)
{
    int kind;

    for (kind = 0; kind < INNER_KINDS; kind++) {
        milvus_client *client = new_client(uri);
        milvus_future *inner;
        nested n = {NULL, NULL, 0, 0, 0, 0};

        n.client = client;
        n.outer = waiting(client);
        inner = waiting(client);
        CHECK(milvus_future_set_callback(n.outer, close_around, &n, NULL) == MILVUS_OK);
        if (kind == INNER_CALLBACK)
            CHECK(milvus_future_set_callback(inner, free_as_callback, &n, NULL) == MILVUS_OK);
        else if (kind == INNER_PROGRESS)
            CHECK(milvus_future_set_progress_callback(inner, free_as_progress, &n, NULL) == MILVUS_OK);
        else
            CHECK(milvus_future_set_progress_callback(inner, ignore_progress, &n, free_as_destructor) == MILVUS_OK);
        CHECK(milvus_future_cancel(n.outer) == MILVUS_OK);
        while (milvus_future_poll(n.outer) != MILVUS_INVALID_HANDLE)
            usleep(1000);
        CHECK(n.is_freed && n.is_freed_twice && n.outlived_it);
        milvus_future_free(inner);
        milvus_client_free(client);
    }
}

#ifdef __cplusplus
extern "C" {
#endif
static void close_another(milvus_future *future, milvus_status status, void *user_data)
{
    told *t = (told *)user_data;

    CHECK(milvus_client_close(t->client, MILVUS_NO_TIMEOUT) == MILVUS_OK);
    note(t, future, status);
}
#ifdef __cplusplus
}
#endif

// A callback that closes a client other than its own, with callbacks due that can only run on the same thread.
static void closing_another_client_inside_a_callback(const char *uri)
{
    milvus_client *mine = new_client(uri), *others = new_client(uri);
    milvus_future *future = waiting(mine), *due[3];
    told t, tolds[3];
    int i;

    init_told(&t);
    t.client = others;
    for (i = 0; i < 3; i++) {
        init_told(&tolds[i]);
        due[i] = waiting(others);
        CHECK(milvus_future_set_callback(due[i], on_end, &tolds[i], destroy) == MILVUS_OK);
    }
    CHECK(milvus_future_set_callback(future, close_another, &t, destroy) == MILVUS_OK);
    CHECK(milvus_future_cancel(future) == MILVUS_OK);
    until_destroyed(&t);
    for (i = 0; i < 3; i++) {
        CHECK(tolds[i].calls == 1 && tolds[i].destroyed == 1 && tolds[i].status == MILVUS_CLOSED);
        milvus_future_free(due[i]);
    }
    milvus_future_free(future);
    milvus_client_free(mine);
    milvus_client_free(others);
}

// A client that is freed, not closed: what is under way ends normally, and calls back.
static void freeing_the_client(const char *uri)
{
    milvus_client *client = new_client(uri);
    milvus_future *future;
    told t;

    init_told(&t);
    CHECK(milvus_compaction_wait_async(client, triggered(client, "succeeds"), 10000, &future) == MILVUS_OK);
    CHECK(milvus_future_set_callback(future, on_end, &t, destroy) == MILVUS_OK);
    milvus_client_free(client);
    until_destroyed(&t);
    CHECK(t.status == MILVUS_OK);
    milvus_future_free(future);
}

typedef struct watched {
    pthread_mutex_t lock;
    int calls, destroyed, after_destroyed;
    int64_t least_distance_ms;
    milvus_progress last;
} watched;

#ifdef __cplusplus
extern "C" {
#endif
static void on_progress(const milvus_progress *progress, void *user_data)
{
    watched *w = (watched *)user_data;

    pthread_mutex_lock(&w->lock);
    w->after_destroyed += w->destroyed;
    if (w->calls > 0 && progress->elapsed_ms - w->last.elapsed_ms < w->least_distance_ms)
        w->least_distance_ms = progress->elapsed_ms - w->last.elapsed_ms;
    w->last = *progress;
    w->calls++;
    pthread_mutex_unlock(&w->lock);
    if (w->calls == 1)
        usleep(130000); // what is told next has to wait for its turn
}

static void destroy_watched(void *user_data)
{
    watched *w = (watched *)user_data;

    pthread_mutex_lock(&w->lock);
    w->destroyed++;
    pthread_mutex_unlock(&w->lock);
}
#ifdef __cplusplus
}
#endif

static void progress_is_told(const char *uri)
{
    milvus_client *client = new_client(uri);
    milvus_future *future = waiting(client);
    milvus_progress progress = MILVUS_PROGRESS_INIT, later = MILVUS_PROGRESS_INIT;
    watched w;
    int calls = 0;

    memset(&w, 0, sizeof w);
    pthread_mutex_init(&w.lock, NULL);
    w.least_distance_ms = INT64_MAX;
    CHECK(milvus_future_set_progress_callback(future, on_progress, &w, destroy_watched) == MILVUS_OK);
    CHECK(milvus_future_set_progress_callback(future, on_progress, &w, destroy_watched) ==
          MILVUS_INVALID_ARGUMENT);
    while (calls < 5) {
        usleep(10000);
        pthread_mutex_lock(&w.lock);
        calls = w.calls;
        pthread_mutex_unlock(&w.lock);
    }
    CHECK(milvus_future_cancel(future) == MILVUS_OK);
    CHECK(milvus_future_wait(future, 5000) == MILVUS_CANCELLED);
    CHECK(milvus_client_close(client, 5000) == MILVUS_OK); // after this nothing is called any more
    CHECK(w.destroyed == 1 && w.after_destroyed == 0);
    CHECK(w.last.size == sizeof w.last && w.last.planned == 1 && w.last.completed == 0);
    CHECK(milvus_future_progress(future, &progress) == MILVUS_OK);
    CHECK(progress.elapsed_ms >= w.last.elapsed_ms && progress.planned == 1 && progress.collections == 0);
    // At most ten times a second, by the library's own clock: whatever the machine does.
    CHECK(w.least_distance_ms >= 100);
    usleep(250000); // more than another telling would take
    CHECK(w.after_destroyed == 0 && w.calls > 0);
    CHECK(milvus_future_progress(future, &later) == MILVUS_OK);
    CHECK(later.elapsed_ms == progress.elapsed_ms); // it is over
    milvus_future_free(future);
    milvus_client_free(client);
}

// A function for progress that is set too late is never called; its data is given up all the same.
static void progress_of_what_is_over(const char *uri)
{
    milvus_client *client = new_client(uri);
    milvus_future *future = waiting(client);
    watched w;

    memset(&w, 0, sizeof w);
    pthread_mutex_init(&w.lock, NULL);
    CHECK(milvus_future_cancel(future) == MILVUS_OK);
    CHECK(milvus_future_wait(future, 5000) == MILVUS_CANCELLED);
    CHECK(milvus_future_set_progress_callback(future, on_progress, &w, destroy_watched) == MILVUS_OK);
    CHECK(milvus_future_set_progress_callback(future, on_progress, &w, destroy_watched) ==
          MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_client_close(client, 5000) == MILVUS_OK);
    CHECK(w.calls == 0 && w.destroyed == 1);
    milvus_future_free(future);
    milvus_client_free(client);
}

int main(int argc, char **argv)
{
    const char *uri;
    milvus_client *client;

    CHECK(argc == 2);
    uri = start_fake(argv[1], "v2.6.8");
    client = new_client(uri);
    every_form(client);
    wrong_arguments(client);
    callbacks(client);
    cancelling(client);
    freed_while_it_calls_back(client);
    freeing(client);
    everything_inside_a_callback(client);
    closing(uri);
    closing_while_a_callback_runs(uri);
    no_callback_after_the_close(uri);
    closing_inside_a_callback(uri);
    closing_inside_a_callback_for_a_moment(uri);
    closing_inside_many_callbacks(uri);
    freeing_the_future_of_an_outer_callback(uri);
    closing_another_client_inside_a_callback(uri);
    freeing_the_client(uri);
    progress_is_told(uri);
    progress_of_what_is_over(uri);
    milvus_client_free(client);
    stop_fake();
    return finish();
}
