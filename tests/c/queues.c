// Queues: completions in an event loop. Also thousands of jobs followed at once.
#include "support.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>

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

    CHECK(milvus_flush_async(client, "succeeds", 5000, &first) == MILVUS_OK);
    CHECK(milvus_future_set_queue(first, queue, &marks[0]) == MILVUS_OK);
    CHECK(milvus_future_set_queue(first, queue, &marks[0]) == MILVUS_INVALID_ARGUMENT);
    until_readable(fd);
    CHECK(milvus_future_set_queue(first, queue, &marks[0]) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_future_poll(first) == MILVUS_OK); // the result is there before anybody is told
    CHECK(milvus_compact_async(client, "missing", 0, 5000, &second) == MILVUS_OK);
    CHECK(milvus_future_wait(second, 5000) == MILVUS_COLLECTION_NOT_FOUND);
    CHECK(milvus_future_set_queue(second, queue, &marks[1]) == MILVUS_OK); // over already: arrives at once
    CHECK(milvus_flush_async(client, "fails", 5000, &third) == MILVUS_OK);
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
    CHECK(milvus_flush_async(client, "succeeds", 5000, &future) == MILVUS_OK);
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

// The program runs twice, as C and as C++; once with all of them is enough.
#ifdef __cplusplus
#define JOBS 1000
#else
#define JOBS 10000
#endif

// One client follows ten thousand jobs at once: with few threads, in bounded memory, each of them getting its turn, and
// each with exactly one completion.
static void thousands(const char *uri)
{
    milvus_client *client = new_client(uri);
    static milvus_future *futures[JOBS];
    static char arrived[JOBS];
    milvus_queue *queue;
    milvus_future *future;
    void *tag;
    int64_t job;
    long before, per_job;
    int descriptors, threads, i, seen = 0;

    CHECK(milvus_queue_new(&queue) == MILVUS_OK);
    CHECK(milvus_compact(client, "never_ends", 0, 5000, &job) == MILVUS_OK && job > 0);
    before = resident_kb();
    descriptors = entries("/proc/self/fd");
    for (i = 0; i < JOBS; i++) {
        CHECK(milvus_compaction_wait_async(client, job, MILVUS_NO_TIMEOUT, &futures[i]) == MILVUS_OK);
        CHECK(milvus_future_set_queue(futures[i], queue, &arrived[i]) == MILVUS_OK);
    }
    while (seen < JOBS) { // every one gets its turn
        usleep(100000);
        for (i = seen = 0; i < JOBS; i++) {
            milvus_progress progress = MILVUS_PROGRESS_INIT;

            CHECK(milvus_future_progress(futures[i], &progress) == MILVUS_OK);
            seen += progress.planned == 1;
        }
    }
    threads = entries("/proc/self/task");
    per_job = (resident_kb() - before) * 1024 / JOBS;
    printf("%d jobs: %d library threads, %ld bytes per job\n", JOBS, threads - 1, per_job);
    CHECK(threads - 1 <= 3);
    CHECK(IS_SANITIZED || per_job < 8192);
    CHECK(entries("/proc/self/fd") == descriptors);
    CHECK(milvus_client_close(client, MILVUS_NO_TIMEOUT) == MILVUS_OK);
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

int main(int argc, char **argv)
{
    const char *uri;
    milvus_client *client;

    CHECK(argc == 2);
    uri = start_fake(argv[1], "v2.6.8");
    client = new_client(uri);
    one_by_one(client);
    freed_while_somebody_waits(client);
    milvus_client_free(client);
    thousands(uri);
    stop_fake();
    return finish();
}
