// Sixteen threads do whatever comes to their minds: start, wait, cancel, free, close, with a server that fails. A thread
// that is alone on its client reads its own answers, until others come.
//     stress FAKE [SEED [OPERATIONS]]
// The same seed gives every thread the same thoughts; how they interleave is the machine's.
#include "support.h"

#include <pthread.h>

#define THREADS 16
#define FUTURES 64
#define CLIENTS 8

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static milvus_client *clients[CLIENTS];
static milvus_future *futures[FUTURES];
static milvus_queue *queue;
static const char *server;
static int operations = 1500;

// Each future that is to arrive in the queue has one of these as its tag: how often it did.
static int arrivals[100000];

// Callbacks that were accepted, called, and given up; progress callbacks that were accepted and given up; futures that
// were to arrive in the queue, and that did.
static int accepted, called, destroyed, watched, unwatched, queued, delivered;
static int blocked; // calls on the own thread that were answered
static int alone;   // of those, the ones that followed others on a client that no other thread used

// How many of the application's functions are running, the most at a time, and the thread that runs them all.
static int inside, most_inside;
static pthread_t callbacks_thread;

static unsigned next_random(unsigned *state)
{
    unsigned mixed = *state += 0x9e3779b9u; // splitmix: also the low bits of one number say nothing of the next

    mixed = (mixed ^ mixed >> 16) * 0x21f0aaadu;
    mixed = (mixed ^ mixed >> 15) * 0x735a2d97u;
    return mixed ^ mixed >> 15;
}

static void enter(void)
{
    int now = __atomic_add_fetch(&inside, 1, __ATOMIC_SEQ_CST);

    if (now > __atomic_load_n(&most_inside, __ATOMIC_SEQ_CST))
        __atomic_store_n(&most_inside, now, __ATOMIC_SEQ_CST);
    if (callbacks_thread == 0)
        callbacks_thread = pthread_self(); // only one of them ever gets here
    else if (!pthread_equal(callbacks_thread, pthread_self()))
        abort();
}

static void leave(void)
{
    __atomic_sub_fetch(&inside, 1, __ATOMIC_SEQ_CST);
}

#ifdef __cplusplus
extern "C" {
#endif
static void on_end(milvus_future *future, milvus_status status, void *user_data)
{
    (void)user_data;
    enter();
    CHECK(milvus_future_poll(future) == status); // whoever has freed it meanwhile
    __atomic_add_fetch(&called, 1, __ATOMIC_SEQ_CST);
    leave();
}

static void on_progress(const milvus_progress *progress, void *user_data)
{
    (void)user_data;
    enter();
    if (progress->planned < 0)
        abort();
    leave();
}

static void destroy(void *user_data)
{
    (void)user_data;
    enter();
    __atomic_add_fetch(&destroyed, 1, __ATOMIC_SEQ_CST);
    leave();
}

static void stop_watching(void *user_data)
{
    (void)user_data;
    enter();
    __atomic_add_fetch(&unwatched, 1, __ATOMIC_SEQ_CST);
    leave();
}
#ifdef __cplusplus
}
#endif

static const char *a_name(unsigned random)
{
    static const char *const names[] = {"succeeds", "nothing", "fails", "never_ends", "missing", "is_hostile"};

    return names[random % 6];
}

static milvus_future *start(milvus_client *client, unsigned random)
{
    milvus_future *future = NULL;
    const char *name = a_name(random >> 4), *names[2] = {"succeeds", "fails"};
    int64_t limit = 1 + random % 300;

    switch (random % 10) {
    case 0:
        milvus_compact_async(client, name, 0, limit, &future);
        break;
    case 1:
    case 2:
        milvus_compaction_wait_async(client, 447100 + random % 50, limit, &future);
        break;
    case 3:
        milvus_segments_async(client, name, NULL, MILVUS_SEGMENTS_STORED, limit, &future);
        break;
    case 4:
        milvus_compaction_plans_async(client, 447100 + random % 50, limit, &future);
        break;
    case 5:
        milvus_compact_many_async(client, names, 2, NULL, limit, &future);
        break;
    case 6:
        milvus_flush_async(client, name, NULL, limit, &future);
        break;
    case 7:
        milvus_client_server_info_async(client, limit, &future);
        break;
    case 8:
        milvus_compaction_check_async(client, name, NULL, limit, &future);
        break;
    default:
        milvus_optimize_async(client, name, NULL, limit, &future);
    }
    return future;
}

// On this thread, in whatever way it ends.
static void block(milvus_client *client, unsigned random)
{
    milvus_compaction_state_info info = MILVUS_COMPACTION_STATE_INFO_INIT;
    milvus_segment_list *segments = NULL;
    milvus_status status;
    int64_t limit = 1 + random % 300, job = 447100 + random % 50;

    switch (random / 300 % 4) {
    case 0:
        status = milvus_compaction_state(client, job, limit, &info);
        break;
    case 1:
        status = milvus_compaction_wait(client, job, limit, NULL);
        break;
    case 2:
        status = milvus_compact(client, a_name(random >> 4), 0, limit, &job);
        break;
    default:
        status = milvus_segments(client, a_name(random >> 4), NULL, MILVUS_SEGMENTS_STORED, limit, &segments);
        milvus_segment_list_free(segments);
    }
    __atomic_add_fetch(&blocked, status == MILVUS_OK, __ATOMIC_SEQ_CST);
}

static void look(milvus_future *future, unsigned random)
{
    milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;
    milvus_progress progress = MILVUS_PROGRESS_INIT;
    milvus_segment_list *segments = NULL;
    milvus_many_list *many = NULL;
    milvus_optimize_list *optimized = NULL;
    int64_t job;

    switch (random % 9) {
    case 0:
        milvus_future_wait(future, 1 + random % 20);
        break;
    case 1:
        milvus_future_cancel(future);
        break;
    case 2:
        milvus_future_take_report(future, &report);
        milvus_future_take_job_id(future, &job);
        break;
    case 3:
        milvus_future_take_segments(future, &segments);
        milvus_segment_list_free(segments);
        break;
    case 4:
        milvus_future_take_many(future, &many);
        milvus_many_list_free(many);
        break;
    case 5:
        milvus_future_take_optimized(future, &optimized);
        milvus_optimize_list_free(optimized);
        break;
    case 6:
        milvus_future_progress(future, &progress);
        break;
    case 7:
        __atomic_add_fetch(&watched, 1, __ATOMIC_SEQ_CST);
        if (milvus_future_set_progress_callback(future, on_progress, NULL, stop_watching) != MILVUS_OK)
            __atomic_sub_fetch(&watched, 1, __ATOMIC_SEQ_CST);
        break;
    default:
        milvus_future_poll(future);
    }
}

static void a_fault(unsigned random)
{
    static const char *const faults[] = {"fail state cut",      "fail describe lost", "fail trigger cut",
                                         "fail plans hang",     "fail stored empty",  "fail state refuse 5 no",
                                         "fail describe grpc 14 away", "restart"};

    pthread_mutex_lock(&lock);
    tell_fake(faults[random % 8]);
    pthread_mutex_unlock(&lock);
}

// What a thread does to a client that another thread has had for itself.
#define INTRUSIONS 5
struct intruder {
    milvus_client *client;
    unsigned how;
};

static void *intrude(void *argument)
{
    const struct intruder *self = (const struct intruder *)argument;
    milvus_compaction_state_info info = MILVUS_COMPACTION_STATE_INFO_INIT;
    milvus_future *future = NULL;
    int i;

    usleep(self->how / INTRUSIONS % 400);
    switch (self->how % INTRUSIONS) {
    case 0: // calls at the same time
        for (i = 0; i < 20; i++)
            milvus_compaction_state(self->client, 447100, 300, &info);
        break;
    case 1: // something that no thread waits for
        milvus_client_server_info_async(self->client, 300, &future);
        CHECK(future == NULL || milvus_future_wait(future, 5000) != MILVUS_PENDING);
        milvus_future_free(future);
        break;
    case 2: // a cancellation
        milvus_compaction_wait_async(self->client, 447100, 300, &future);
        milvus_future_cancel(future);
        milvus_future_free(future);
        break;
    case 3:
        a_fault(self->how >> 8);
        break;
    default: // the end
        milvus_client_close(self->client, 20000);
    }
    return NULL;
}

// Calls so often that this thread reads its answers itself, and has another thread come in between.
static void be_alone(unsigned random)
{
    milvus_compaction_state_info info = MILVUS_COMPACTION_STATE_INFO_INIT;
    struct intruder intruder = {new_client(server), random};
    pthread_t thread;
    int i, started = 0;

    for (i = 0; i < 80; i++) {
        int64_t limit = random % 7 == 0 ? 1 + i % 12 : 1000; // some hardly have the time
        milvus_status status;

        if (i == 40)
            started = pthread_create(&thread, NULL, intrude, &intruder) == 0;
        if (random % 5 == 0 && i % 20 == 10)
            usleep(random / 5 % 120000); // about as long as the library waits for the next call
        status = milvus_compaction_state(intruder.client, 447100 + i % 50, limit, &info);
        __atomic_add_fetch(&alone, i > 20 && i < 40 && status == MILVUS_OK, __ATOMIC_SEQ_CST);
    }
    CHECK(started && pthread_join(thread, NULL) == 0);
    milvus_client_free(intruder.client);
}

// Says whether there was one.
static int take_from_queue(int64_t limit)
{
    milvus_future *future;
    void *tag;

    if (milvus_queue_next(queue, limit, &future, &tag) != MILVUS_OK)
        return 0;
    CHECK(future != NULL && __atomic_add_fetch((int *)tag, 1, __ATOMIC_SEQ_CST) == 1);
    __atomic_add_fetch(&delivered, 1, __ATOMIC_SEQ_CST);
    return 1;
}

static void *think(void *argument)
{
    unsigned state = *(unsigned *)argument;
    int i;

    for (i = 0; i < operations; i++) {
        unsigned what = next_random(&state) % 1000, which = next_random(&state), how = next_random(&state);
        milvus_future **slot = &futures[which % FUTURES], *future;
        milvus_client **client = &clients[which % CLIENTS], *fresh = NULL;

        if (what < 2) {
            be_alone(how);
        } else if (what < 10) {
            block(__atomic_load_n(client, __ATOMIC_SEQ_CST), how);
        } else if (what < 450) {
            future = start(__atomic_load_n(client, __ATOMIC_SEQ_CST), how);
            if (future == NULL)
                continue;
            if (what < 150) {
                // Counted before: it may be called before this returns.
                __atomic_add_fetch(&accepted, 1, __ATOMIC_SEQ_CST);
                if (milvus_future_set_callback(future, on_end, NULL, destroy) != MILVUS_OK)
                    __atomic_sub_fetch(&accepted, 1, __ATOMIC_SEQ_CST);
            } else if (what < 250) {
                // Once, or never if it is freed first.
                int place = __atomic_fetch_add(&queued, 1, __ATOMIC_SEQ_CST);

                CHECK(place < (int)(sizeof arrivals / sizeof *arrivals));
                CHECK(milvus_future_set_queue(future, queue, &arrivals[place]) == MILVUS_OK);
            }
            milvus_future_free(__atomic_exchange_n(slot, future, __ATOMIC_SEQ_CST));
        } else if (what < 820) {
            look(__atomic_load_n(slot, __ATOMIC_SEQ_CST), how);
        } else if (what < 900) {
            take_from_queue((int64_t)(how % 5));
        } else if (what < 972) {
            milvus_future_free(__atomic_exchange_n(slot, NULL, __ATOMIC_SEQ_CST));
        } else if (what < 975) {
            a_fault(how);
        } else if (what < 980) {
            milvus_client_close(__atomic_load_n(client, __ATOMIC_SEQ_CST), 20000);
        } else if (milvus_client_new(server, NULL, &fresh) == MILVUS_OK) {
            milvus_client_free(__atomic_exchange_n(client, fresh, __ATOMIC_SEQ_CST));
        }
    }
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];
    unsigned seeds[THREADS], seed = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1;
    int64_t job;
    int descriptors, i;

    CHECK(argc >= 2);
    operations = argc > 3 ? atoi(argv[3]) : operations;
    CHECK(operations > 0);
    server = start_fake(argv[1], "v2.6.8");
    CHECK(milvus_queue_new(&queue) == MILVUS_OK);
    for (i = 0; i < CLIENTS; i++)
        clients[i] = new_client(server);
    CHECK(milvus_compact(clients[0], "nothing", 0, 5000, &job) == MILVUS_OK);
    descriptors = entries("/proc/self/fd") - 1; // without that connection
    printf("seed %u, %d operations in each of %d threads\n", seed, operations, THREADS);
    for (i = 0; i < THREADS; i++) {
        seeds[i] = seed * 1000u + (unsigned)i;
        CHECK(pthread_create(&threads[i], NULL, think, &seeds[i]) == 0);
    }
    for (i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    for (i = 0; i < FUTURES; i++)
        milvus_future_free(futures[i]);
    for (i = 0; i < CLIENTS; i++) {
        CHECK(milvus_client_close(clients[i], MILVUS_NO_TIMEOUT) == MILVUS_OK);
        milvus_client_free(clients[i]);
    }
    // Clients that were only freed end what is under way on them by themselves, within its limits.
    for (i = 0; i < 1000 && (__atomic_load_n(&destroyed, __ATOMIC_SEQ_CST) < accepted ||
                             __atomic_load_n(&unwatched, __ATOMIC_SEQ_CST) < watched);
         i++)
        usleep(10000);
    while (take_from_queue(0))
        CHECK(!"a future that is freed arrives");
    for (i = 0; i < 1000 && entries("/proc/self/fd") > descriptors; i++)
        usleep(10000); // the library's own thread closes connections, a little later
    CHECK(entries("/proc/self/fd") == descriptors);
    CHECK(library_threads() == 2); // for the network and for callbacks
    milvus_queue_free(queue);
    printf("%d futures for the queue, %d arrived\n", queued, delivered);
    printf("%d callbacks accepted, %d called, %d given up\n", accepted, called, destroyed);
    printf("%d progress callbacks accepted, %d given up\n", watched, unwatched);
    CHECK(watched > 0 && unwatched == watched);
    CHECK(accepted > 0 && called == accepted && destroyed == accepted);
    CHECK(queued > 0 && delivered > 0 && delivered <= queued);
    printf("%d blocking calls succeeded\n", blocked);
    CHECK(most_inside == 1);
    printf("%d calls alone\n", alone);
    CHECK(IS_SANITIZED || (blocked > 0 && alone > 0)); // slow as a sanitizer is, each could be out of time
    stop_fake();
    return finish();
}
