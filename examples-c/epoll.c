// Compacts many collections from one event loop: no thread waits, and none is blocked.
//
//     epoll URI TOKEN COLLECTION...       e.g. epoll http://localhost:19530 "" products orders
//
// Each collection goes through two operations, the trigger and the wait for its job. Exit status: 0 all were compacted
// or had nothing to do, 1 some failed, 2 wrong usage, 3 no client.
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <milvus_client.h>

#define TRIGGER_TIMEOUT_MS 30000
#define WAIT_TIMEOUT_MS (60 * 60 * 1000)

// One collection on its way.
typedef struct task {
    const char *collection;
    int is_triggered;
} task;

// Has the queue tell of the end of an operation that was started with this status. 1 if it will.
static int enqueue(milvus_queue *queue, milvus_status status, milvus_future *future, task *t)
{
    if (status == MILVUS_OK && milvus_future_set_queue(future, queue, t) == MILVUS_OK)
        return 1;
    printf("%s: %s\n", t->collection, milvus_last_error_message());
    milvus_future_free(status == MILVUS_OK ? future : NULL);
    return 0;
}

// The next step of a collection whose operation is over. Returns how many of its operations go on; counts failures.
static int advance(milvus_client *client, milvus_queue *queue, milvus_future *over, task *t, int *failed)
{
    milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;
    milvus_future *wait = NULL;
    milvus_status status;
    int64_t job;
    int goes_on = 0;

    if (milvus_future_poll(over) != MILVUS_OK) {
        printf("%s: %s\n", t->collection, milvus_future_error(over)->message);
        ++*failed;
    } else if (t->is_triggered) {
        milvus_future_take_report(over, &report);
        printf("%s: %s, %" PRId64 " plans\n", t->collection, milvus_verdict_name(report.verdict), report.planned);
    } else {
        t->is_triggered = 1;
        milvus_future_take_job_id(over, &job);
        status = milvus_compaction_wait_async(client, job, WAIT_TIMEOUT_MS, &wait);
        goes_on = enqueue(queue, status, wait, t);
        *failed += !goes_on;
    }
    milvus_future_free(over);
    return goes_on;
}

// Runs the loop until nothing is under way.
static int run(milvus_client *client, milvus_queue *queue, int loop, task *tasks, int count)
{
    struct epoll_event event;
    int under_way = 0, failed = 0, i;

    for (i = 0; i < count; i++) {
        milvus_future *trigger = NULL;
        milvus_status status =
            milvus_compact_async(client, tasks[i].collection, 0, TRIGGER_TIMEOUT_MS, &trigger);
        int goes_on = enqueue(queue, status, trigger, &tasks[i]);

        under_way += goes_on;
        failed += !goes_on;
    }
    while (under_way > 0) {
        milvus_future *over;
        void *user_data;

        if (epoll_wait(loop, &event, 1, -1) < 0) {
            if (errno == EINTR)
                continue;
            perror("epoll_wait");
            break;
        }
        // A loop with other descriptors would look which one it is: event.data.ptr is the queue here.
        while (milvus_queue_next(queue, 0, &over, &user_data) == MILVUS_OK)
            under_way += advance(client, queue, over, (task *)user_data, &failed) - 1;
    }
    failed += under_way; // those that nobody followed to their end
    printf("%d of %d collections compacted, or with nothing to do\n", count - failed, count);
    return failed != 0;
}

int main(int argc, char **argv)
{
    milvus_client *client = NULL;
    milvus_queue *queue = NULL;
    struct epoll_event event = {0};
    int exit_status = 3, count = argc - 3, loop = epoll_create1(EPOLL_CLOEXEC), i;
    int32_t fd;
    task *tasks;

    if (count < 1) {
        fprintf(stderr, "usage: %s URI TOKEN COLLECTION...\n", argv[0]);
        return 2;
    }
    tasks = (task *)calloc((size_t)count, sizeof *tasks);
    for (i = 0; tasks != NULL && i < count; i++)
        tasks[i].collection = argv[3 + i];
    if (tasks != NULL && milvus_client_new(argv[1], argv[2], &client) == MILVUS_OK &&
        milvus_queue_new(&queue) == MILVUS_OK && milvus_queue_fd(queue, &fd) == MILVUS_OK) {
        event.events = EPOLLIN;
        event.data.ptr = queue;
        if (epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event) == 0)
            exit_status = run(client, queue, loop, tasks, count);
    }
    if (exit_status == 3)
        fprintf(stderr, "cannot begin: %s\n",
                milvus_last_error()->status != MILVUS_OK ? milvus_last_error_message() : strerror(errno));
    if (loop >= 0)
        close(loop); // takes the queue's descriptor out of the loop
    milvus_queue_free(queue);
    milvus_client_free(client);
    free(tasks);
    return exit_status;
}
