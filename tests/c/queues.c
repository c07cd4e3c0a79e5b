// Queues: completions in an event loop. Also thousands of jobs followed at once.
#include "support.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <time.h>

static int is_readable(int fd)
{
    struct pollfd watched;

    watched.fd = fd;
    watched.events = POLLIN;
    watched.revents = 0;
    CHECK(poll(&watched, 1, 0) >= 0);
    return (watched.revents & POLLIN) != 0;
}

static void until_readable(int fd)
{
    struct pollfd watched;

    watched.fd = fd;
    watched.events = POLLIN;
    CHECK(poll(&watched, 1, 20000) == 1);
}

static void one_by_one(milvus_client *client)
{
    milvus_queue *queue = NULL;
    milvus_future *first, *second, *third, *future = NULL;
    void *tag = NULL;
    int32_t fd = -1;
    int marks[3];

    CHECK(milvus_queue_new(&queue) == MILVUS_OK && queue != NULL);
    CHECK(milvus_queue_fd(queue, &fd) == MILVUS_OK && fd >= 0);
    CHECK((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    CHECK(!is_readable(fd));
    CHECK(milvus_queue_next(queue, 0, &future, &tag) == MILVUS_PENDING && future == NULL && tag == NULL);
    CHECK(milvus_queue_next(queue, 1, &future, &tag) == MILVUS_PENDING);

    CHECK(milvus_flush_async(client, "succeeds", NULL, 5000, &first) == MILVUS_OK);
    CHECK(milvus_future_set_queue(first, queue, &marks[0]) == MILVUS_OK);
    CHECK(milvus_future_set_queue(first, queue, &marks[0]) == MILVUS_INVALID_ARGUMENT);
    until_readable(fd);
    CHECK(milvus_future_set_queue(first, queue, &marks[0]) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_future_poll(first) == MILVUS_OK); // the result is there before anybody is told
    CHECK(milvus_compact_async(client, "missing", 0, 5000, &second) == MILVUS_OK);
    CHECK(milvus_future_wait(second, 5000) == MILVUS_COLLECTION_NOT_FOUND);
    CHECK(milvus_future_set_queue(second, queue, &marks[1]) == MILVUS_OK); // over already: arrives at once
    CHECK(milvus_flush_async(client, "fails", NULL, 5000, &third) == MILVUS_OK);
    CHECK(milvus_future_wait(third, 5000) == MILVUS_OK);
    CHECK(milvus_future_set_queue(third, queue, &marks[2]) == MILVUS_OK);
    milvus_future_free(third); // does not arrive
    CHECK(milvus_queue_next(queue, 0, &future, &tag) == MILVUS_OK && future == first && tag == &marks[0]);
    CHECK(is_readable(fd));
    CHECK(milvus_queue_next(queue, 5000, &future, NULL) == MILVUS_OK && future == second);
    CHECK(milvus_queue_next(queue, 0, &future, &tag) == MILVUS_PENDING);
    CHECK(!is_readable(fd));
    milvus_future_free(first);
    milvus_future_free(second);

    CHECK(milvus_queue_next(queue, -2, &future, NULL) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_queue_next(queue, 0, NULL, NULL) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_queue_fd(queue, NULL) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_queue_fd(NULL, &fd) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_queue_new(NULL) == MILVUS_INVALID_ARGUMENT);
    milvus_queue_free(queue);
    CHECK(milvus_queue_next(queue, 0, &future, NULL) == MILVUS_INVALID_HANDLE);
    CHECK(milvus_queue_fd(queue, &fd) == MILVUS_INVALID_HANDLE);
    CHECK(fcntl(fd, F_GETFD) == -1); // closed
    milvus_queue_free(NULL);
    milvus_queue_free(queue);
}

// A loop that is told of changes only hears of each arrival, also while earlier ones lie there unread.
static void each_arrival_is_an_edge(milvus_client *client)
{
    milvus_queue *queue;
    milvus_future *futures[3], *future;
    struct epoll_event event;
    int32_t fd;
    int epoll = epoll_create1(EPOLL_CLOEXEC), i;

    memset(&event, 0, sizeof event);
    event.events = EPOLLIN | EPOLLET;
    CHECK(milvus_queue_new(&queue) == MILVUS_OK && milvus_queue_fd(queue, &fd) == MILVUS_OK);
    CHECK(epoll >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0);
    CHECK(epoll_wait(epoll, &event, 1, 0) == 0);
    for (i = 0; i < 3; i++) {
        CHECK(milvus_flush_async(client, "succeeds", NULL, 5000, &futures[i]) == MILVUS_OK);
        CHECK(milvus_future_set_queue(futures[i], queue, NULL) == MILVUS_OK);
        CHECK(epoll_wait(epoll, &event, 1, 20000) == 1);
        CHECK(epoll_wait(epoll, &event, 1, 0) == 0);
    }
    for (i = 0; i < 3; i++) {
        CHECK(milvus_queue_next(queue, 0, &future, NULL) == MILVUS_OK && future == futures[i]);
        milvus_future_free(future);
    }
    close(epoll);
    milvus_queue_free(queue);
}

static void *take_one(void *queue)
{
    static milvus_status status;
    milvus_future *future;

    status = milvus_queue_next((milvus_queue *)queue, MILVUS_NO_TIMEOUT, &future, NULL);
    return &status;
}

static void freed_while_somebody_waits(milvus_client *client)
{
    milvus_queue *queue;
    milvus_future *future;
    pthread_t thread;
    void *status;

    CHECK(milvus_queue_new(&queue) == MILVUS_OK);
    CHECK(milvus_flush_async(client, "succeeds", NULL, 5000, &future) == MILVUS_OK);
    CHECK(pthread_create(&thread, NULL, take_one, queue) == 0);
    usleep(20000);
    milvus_queue_free(queue);
    CHECK(pthread_join(thread, &status) == 0);
    CHECK(*(milvus_status *)status == MILVUS_INVALID_HANDLE);
    // A future whose queue is gone goes on, and stays the caller's.
    CHECK(milvus_queue_new(&queue) == MILVUS_OK);
    CHECK(milvus_future_set_queue(future, queue, NULL) == MILVUS_OK);
    milvus_queue_free(queue);
    CHECK(milvus_future_wait(future, 5000) == MILVUS_OK);
    milvus_future_free(future);
}

// The program runs twice, as C and as C++; once with all of them is enough. Not where everything takes ten times as long.
#if defined(__cplusplus) || IS_SANITIZED
#define JOBS 1000
#else
#define JOBS 10000
#endif

// Jobs whose end a callback told: one, for the thread that callbacks are on; the others end in a queue.
static int called;

#ifdef __cplusplus
extern "C" {
#endif
static void count_call(milvus_future *future, milvus_status status, void *user_data)
{
    (void)future, (void)user_data;
    CHECK(status == MILVUS_CLOSED);
    __atomic_add_fetch(&called, 1, __ATOMIC_SEQ_CST);
}
#ifdef __cplusplus
}
#endif

static double seconds(void)
{
    struct timespec now;

    CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

// All jobs of a client share one rate of polls, 500 a second, however many they are.
static void the_rate_is_shared(void)
{
    double began = seconds();
    int polls = atoi(tell_fake("count state"));

    usleep(3000000);
    polls = atoi(tell_fake("count state")) - polls;
    CHECK(polls > 0);
    // A few may have been under way at either end.
    CHECK(polls <= (seconds() - began) * 500 + 20);
}

// One client follows ten thousand jobs at once: with few threads, in bounded memory, each of them getting its turn, and
// each with exactly one completion.
static void thousands(const char *uri)
{
    static milvus_future *futures[JOBS];
    static char arrived[JOBS];
    char by_name[160];
    milvus_client *client;
    milvus_queue *queue;
    milvus_future *future, *called_back;
    void *tag;
    int64_t first;
    size_t length;
    long before, per_job;
    int descriptors, threads, i, seen = 0;

    snprintf(by_name, sizeof by_name, "http://localhost%s", strrchr(uri, ':')); // looked up, on a thread
    client = new_client(by_name);
    first = atoll(tell_fake(JOBS == 10000 ? "jobs 10001" : "jobs 1001"));
    CHECK(milvus_queue_new(&queue) == MILVUS_OK);
    CHECK(milvus_client_server_version(client, 5000, NULL, 0, &length) == MILVUS_OK);
    CHECK(milvus_compaction_wait_async(client, first + JOBS, MILVUS_NO_TIMEOUT, &called_back) == MILVUS_OK);
    CHECK(milvus_future_set_callback(called_back, count_call, NULL, NULL) == MILVUS_OK); // on a thread as well
    threads = library_threads();
    before = resident_kb();
    descriptors = entries("/proc/self/fd");
    for (i = 0; i < JOBS; i++) {
        CHECK(milvus_compaction_wait_async(client, first + i, MILVUS_NO_TIMEOUT, &futures[i]) == MILVUS_OK);
        CHECK(milvus_future_set_queue(futures[i], queue, &arrived[i]) == MILVUS_OK);
    }
    while (seen < JOBS) { // every one gets its turn
        usleep(100000);
        for (i = seen = 0; i < JOBS; i++) {
            milvus_progress progress = MILVUS_PROGRESS_INIT;

            CHECK(milvus_future_progress(futures[i], &progress) == MILVUS_OK);
            seen += progress.planned == 1;
        }
        threads = library_threads() > threads ? library_threads() : threads;
    }
    per_job = (resident_kb() - before) * 1024 / JOBS;
    printf("%d jobs: %d library threads at most, %ld bytes per job\n", JOBS, threads, per_job);
    CHECK(threads == 3); // for the network, for the callback, and to look the name up
    CHECK(IS_SANITIZED || (per_job > 0 && per_job < 5120));
    CHECK(entries("/proc/self/fd") == descriptors);
    the_rate_is_shared();
    CHECK(milvus_flush(client, "succeeds", NULL, 5000) == MILVUS_OK); // does not stand in line behind them
    CHECK(JOBS < 10000 || library_threads() == 2); // after so long nothing is there to look names up any more
    CHECK(milvus_client_close(client, MILVUS_NO_TIMEOUT) == MILVUS_OK);
    CHECK(called == 1);
    milvus_future_free(called_back);
    for (i = 0; i < JOBS; i++) {
        CHECK(milvus_queue_next(queue, 0, &future, &tag) == MILVUS_OK); // all are there
        CHECK((*(char *)tag)++ == 0);
        CHECK(milvus_future_poll(future) == MILVUS_CLOSED);
        milvus_future_free(future);
    }
    CHECK(milvus_queue_next(queue, 0, &future, &tag) == MILVUS_PENDING);
    milvus_queue_free(queue);
    milvus_client_free(client);
}

// Nor do flushes ask as often as they like, however many they are.
static void flushes_share_a_rate(milvus_client *client)
{
    static milvus_future *futures[1000];
    double began = seconds();
    int asked = atoi(tell_fake("count flushstate")), i;

    for (i = 0; i < 1000; i++)
        CHECK(milvus_flush_async(client, "succeeds", NULL, MILVUS_NO_TIMEOUT, &futures[i]) == MILVUS_OK);
    for (i = 0; i < 1000; i++) {
        CHECK(milvus_future_wait(futures[i], MILVUS_NO_TIMEOUT) == MILVUS_OK);
        milvus_future_free(futures[i]);
    }
    asked = atoi(tell_fake("count flushstate")) - asked;
    CHECK(asked >= 1000);
    CHECK(asked <= (seconds() - began) * 500 + 20);
}

// Of what is freed in a queue nothing is kept; the others come out, in their order.
static void freed_in_the_queue(milvus_client *client)
{
    static char tags[6000];
    milvus_future *futures[6000], *future;
    milvus_queue *queue;
    void *tag;
    int i;

    CHECK(milvus_queue_new(&queue) == MILVUS_OK);
    for (i = 0; i < 6000; i++) {
        CHECK(milvus_client_server_info_async(client, 20000, &futures[i]) == MILVUS_OK);
        CHECK(milvus_future_wait(futures[i], 20000) == MILVUS_OK);
        CHECK(milvus_future_set_queue(futures[i], queue, &tags[i]) == MILVUS_OK);
        if (i % 3 != 0)
            milvus_future_free(futures[i]);
    }
    for (i = 0; i < 6000; i += 3) {
        CHECK(milvus_queue_next(queue, 0, &future, &tag) == MILVUS_OK);
        CHECK(future == futures[i] && tag == &tags[i]);
        milvus_future_free(future);
    }
    CHECK(milvus_queue_next(queue, 0, &future, &tag) == MILVUS_PENDING);
    milvus_queue_free(queue);
}

int main(int argc, char **argv)
{
    const char *uri;
    milvus_client *client;

    CHECK(argc == 2);
    uri = start_fake(argv[1], "v2.6.8");
    client = new_client(uri);
    thousands(uri); // first: its threads and memory are counted
    one_by_one(client);
    each_arrival_is_an_edge(client);
    freed_while_somebody_waits(client);
    flushes_share_a_rate(client);
    freed_in_the_queue(client);
    milvus_client_free(client);
    stop_fake();
    return finish();
}
