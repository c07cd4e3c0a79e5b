// Calls that come to nothing: wherever one stands still it can be cancelled, closed and timed out; and what a process
// that has no descriptors left is told.
#include "support.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/socket.h>

#define WAITING 4

// A listener that accepts nobody; with so many in its queue that nobody else even gets a connection, if it is full.
typedef struct silent {
    int listener, waiting[WAITING];
    char uri[64];
} silent;

static void listen_silently(silent *s, int is_full)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    int i;

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    s->listener = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(bind(s->listener, (struct sockaddr *)&address, length) == 0);
    CHECK(listen(s->listener, is_full ? 0 : 16) == 0);
    CHECK(getsockname(s->listener, (struct sockaddr *)&address, &length) == 0);
    snprintf(s->uri, sizeof s->uri, "http://127.0.0.1:%d", ntohs(address.sin_port));
    for (i = 0; i < WAITING; i++) {
        s->waiting[i] = is_full ? socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0) : -1;
        if (is_full)
            (void)!connect(s->waiting[i], (struct sockaddr *)&address, length);
    }
}

static void stop_listening(silent *s)
{
    int i;

    for (i = 0; i < WAITING; i++)
        if (s->waiting[i] != -1)
            close(s->waiting[i]);
    close(s->listener);
}

static milvus_status flush(milvus_client *client, int64_t timeout_ms, milvus_future **future)
{
    return future == NULL ? milvus_flush(client, "succeeds", NULL, timeout_ms)
                          : milvus_flush_async(client, "succeeds", NULL, timeout_ms, future);
}

static milvus_status compact(milvus_client *client, int64_t timeout_ms, milvus_future **future)
{
    int64_t job;

    return future == NULL ? milvus_compact(client, "succeeds", 0, timeout_ms, &job)
                          : milvus_compact_async(client, "succeeds", 0, timeout_ms, future);
}

// A call, started or waited for, and where it stands still: before it is sent if no fault of a method is named.
typedef struct stuck {
    const char *fault, *method;
    milvus_status (*call)(milvus_client *, int64_t, milvus_future **);
    const char *uri;
} stuck;

// Once it is known to be there; where there is nobody to ask, soon.
static void until_stuck(const stuck *s, int before)
{
    char command[64];

    usleep(30000);
    if (s->method == NULL)
        return;
    snprintf(command, sizeof command, "count %s", s->method);
    while (atoi(tell_fake(command)) <= before)
        usleep(1000);
}

static int get_stuck(const stuck *s)
{
    char command[64];

    if (s->method == NULL)
        return 0;
    tell_fake(s->fault);
    snprintf(command, sizeof command, "count %s", s->method);
    return atoi(tell_fake(command));
}

typedef struct blocked {
    const stuck *place;
    milvus_client *client;
    milvus_status status;
    int32_t in_doubt;
} blocked;

#ifdef __cplusplus
extern "C" {
#endif
static void *block(void *argument)
{
    blocked *b = (blocked *)argument;

    b->status = b->place->call(b->client, MILVUS_NO_TIMEOUT, NULL);
    b->in_doubt = milvus_last_error()->in_doubt;
    return NULL;
}
#ifdef __cplusplus
}
#endif

static void it_can_be_abandoned(const stuck *s)
{
    milvus_client *client = new_client(s->uri);
    milvus_future *future = NULL;
    blocked b;
    pthread_t thread;
    int before = get_stuck(s);

    CHECK(s->call(client, MILVUS_NO_TIMEOUT, &future) == MILVUS_OK);
    until_stuck(s, before);
    CHECK(milvus_future_poll(future) == MILVUS_PENDING);
    CHECK(milvus_future_cancel(future) == MILVUS_OK);
    CHECK(milvus_future_wait(future, MILVUS_NO_TIMEOUT) == MILVUS_CANCELLED);
    CHECK(milvus_future_error(future)->in_doubt == 0); // nothing was triggered
    milvus_future_free(future);

    get_stuck(s);
    CHECK(s->call(client, 100, NULL) == MILVUS_TIMEOUT);
    CHECK(milvus_last_error()->in_doubt == 0);

    memset(&b, 0, sizeof b);
    b.place = s;
    b.client = client;
    before = get_stuck(s);
    CHECK(pthread_create(&thread, NULL, block, &b) == 0);
    until_stuck(s, before);
    CHECK(milvus_client_close(client, MILVUS_NO_TIMEOUT) == MILVUS_OK);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(b.status == MILVUS_CLOSED && b.in_doubt == 0);
    milvus_client_free(client);
}

static void wherever_it_stands(const char *uri)
{
    silent accepts_nobody, is_full;
    stuck places[7];
    size_t i;

    listen_silently(&accepts_nobody, 0);
    listen_silently(&is_full, 1);
    memset(places, 0, sizeof places);
    for (i = 0; i < 7; i++) {
        places[i].uri = uri;
        places[i].call = i % 2 == 0 ? flush : compact;
    }
    places[0].uri = places[1].uri = accepts_nobody.uri;
    places[2].uri = places[3].uri = is_full.uri;
    places[4].method = "flush";
    places[4].fault = "fail flush hang";
    places[5].method = "describe";
    places[5].fault = "fail describe hang";
    places[6].method = "flushstate";
    places[6].fault = "fail flushstate hang";
    for (i = 0; i < 7; i++)
        it_can_be_abandoned(&places[i]);
    stop_listening(&accepts_nobody);
    stop_listening(&is_full);
}

// No more descriptors than there are: the server is not to blame, and afterwards all is well.
static void without_descriptors(const char *uri)
{
    milvus_client *client = new_client(uri);
    struct rlimit limit, none;
    int64_t job;
    int next = dup(0);

    CHECK(next > 0 && close(next) == 0 && getrlimit(RLIMIT_NOFILE, &limit) == 0);
    none = limit;
    none.rlim_cur = (rlim_t)next;
    CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0);
    CHECK(milvus_compact(client, "succeeds", 0, 20000, &job) == MILVUS_OUT_OF_MEMORY);
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    CHECK(milvus_last_error()->retriable == 1 && milvus_last_error()->in_doubt == 0);
    CHECK(strstr(milvus_last_error_message(), "too many open files") != NULL);
    CHECK(milvus_compact(client, "succeeds", 0, 20000, &job) == MILVUS_OK);
    milvus_client_free(client);
}

int main(int argc, char **argv)
{
    const char *uri;

    CHECK(argc == 2);
    uri = start_fake(argv[1], "v2.6.8");
    wherever_it_stands(uri);
    without_descriptors(uri);
    stop_fake();
    return finish();
}
