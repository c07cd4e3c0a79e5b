// A process that closes descriptors which are not its own, as closefrom() does: what was under way fails and says why,
// and so do the calls that follow.
#include "support.h"

#include <fcntl.h>
#include <pthread.h>

#define MOST 1024

static int is_open_before[MOST];

static void note_open_descriptors(void)
{
    int number;

    for (number = 0; number < MOST; number++)
        is_open_before[number] = fcntl(number, F_GETFD) != -1;
}

// Closes what the library has opened.
static void close_the_librarys(void)
{
    int number, closed = 0;

    for (number = 0; number < MOST; number++)
        if (!is_open_before[number] && close(number) == 0)
            closed++;
    CHECK(closed > 3); // for epoll, to wake the thread, to notice this, and a socket
}

static int is_told(const char *message)
{
    return strstr(message, "this process has closed the library's file descriptors") != NULL;
}

typedef struct call {
    milvus_client *client;
    milvus_status status;
    int32_t in_doubt;
    char message[256];
} call;

#ifdef __cplusplus
extern "C" {
#endif
static void *trigger(void *argument)
{
    call *c = (call *)argument;
    int64_t job;

    c->status = milvus_compact(c->client, "succeeds", 0, 2000, &job);
    c->in_doubt = milvus_last_error()->in_doubt;
    snprintf(c->message, sizeof c->message, "%s", milvus_last_error_message());
    return NULL;
}
#ifdef __cplusplus
}
#endif

static void until_asked(const char *method, int before)
{
    char command[64];

    snprintf(command, sizeof command, "count %s", method);
    while (atoi(tell_fake(command)) <= before)
        usleep(1000);
}

// A trigger that a thread waits for, one that nobody waits for, and a wait without an end.
static void what_is_under_way_ends_and_says_why(milvus_client *client)
{
    milvus_future *started = NULL, *waiting = NULL;
    pthread_t thread;
    call blocked;
    int64_t job;
    int before = atoi(tell_fake("count trigger"));

    CHECK(milvus_compact(client, "never_ends", 0, 5000, &job) == MILVUS_OK);
    CHECK(milvus_compaction_wait_async(client, job, MILVUS_NO_TIMEOUT, &waiting) == MILVUS_OK);
    tell_fake("fail trigger hang");
    CHECK(milvus_compact_async(client, "succeeds", 0, 20000, &started) == MILVUS_OK);
    until_asked("trigger", before + 1);
    memset(&blocked, 0, sizeof blocked);
    blocked.client = client;
    tell_fake("fail trigger hang");
    CHECK(pthread_create(&thread, NULL, trigger, &blocked) == 0);
    until_asked("trigger", before + 2);

    close_the_librarys();
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(blocked.status == MILVUS_UNAVAILABLE && blocked.in_doubt == 1);
    CHECK(is_told(blocked.message));
    CHECK(milvus_future_wait(started, MILVUS_NO_TIMEOUT) == MILVUS_UNAVAILABLE);
    CHECK(milvus_future_error(started)->in_doubt == 1 && is_told(milvus_future_error(started)->message));
    CHECK(milvus_future_wait(waiting, MILVUS_NO_TIMEOUT) == MILVUS_UNAVAILABLE);
    CHECK(milvus_future_error(waiting)->in_doubt == 0 && is_told(milvus_future_error(waiting)->message));
    milvus_future_free(started);
    milvus_future_free(waiting);
}

int main(int argc, char **argv)
{
    const char *uri;
    milvus_client *client, *next;
    size_t length;

    CHECK(argc == 2);
    uri = start_fake(argv[1], "v2.6.8");
    note_open_descriptors();
    client = new_client(uri);
    CHECK(milvus_client_server_version(client, 5000, NULL, 0, &length) == MILVUS_OK);
    what_is_under_way_ends_and_says_why(client);
    CHECK(milvus_flush(client, "succeeds", NULL, 20000) == MILVUS_UNAVAILABLE);
    CHECK(milvus_last_error()->retriable == 0 && is_told(milvus_last_error_message()));
    next = new_client(uri);
    CHECK(milvus_flush(next, "succeeds", NULL, 20000) == MILVUS_UNAVAILABLE && is_told(milvus_last_error_message()));
    CHECK(milvus_client_close(next, 20000) == MILVUS_OK);
    milvus_client_free(next);
    CHECK(milvus_client_close(client, 20000) == MILVUS_OK);
    milvus_client_free(client);
    stop_fake();
    return finish();
}
