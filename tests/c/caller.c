// What a blocking call does on the thread that makes it, which also sends its request: with signals, cancellation,
// a small stack and others that call at the same time.
#include "support.h"

#include <pthread.h>
#include <sys/time.h>

#ifndef MILVUS_SANITIZED // sanitizers have their own of these
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

static int sent, sent_with_signals;

static void note_write(int descriptor, int flags)
{
    struct stat status;

    pthread_testcancel();
    if (fstat(descriptor, &status) != 0 || !S_ISSOCK(status.st_mode))
        return;
    __atomic_add_fetch(&sent, 1, __ATOMIC_RELAXED);
    if ((flags & MSG_NOSIGNAL) == 0)
        __atomic_add_fetch(&sent_with_signals, 1, __ATOMIC_RELAXED);
}

// In place of the C library's, for all of this process: they tell how the library writes to sockets. As those, they
// are where a thread that was cancelled ends.
#ifdef __cplusplus
extern "C" {
#endif
ssize_t write(int descriptor, const void *bytes, size_t count)
{
    note_write(descriptor, 0);
    return syscall(SYS_write, descriptor, bytes, count);
}

ssize_t writev(int descriptor, const struct iovec *parts, int count)
{
    note_write(descriptor, 0);
    return syscall(SYS_writev, descriptor, parts, count);
}

ssize_t send(int descriptor, const void *bytes, size_t count, int flags)
{
    note_write(descriptor, flags);
    return syscall(SYS_sendto, descriptor, bytes, count, flags, NULL, 0);
}

ssize_t sendmsg(int descriptor, const struct msghdr *message, int flags)
{
    note_write(descriptor, flags);
    return syscall(SYS_sendmsg, descriptor, message, flags);
}
#ifdef __cplusplus
}
#endif
#endif

static void no_write_could_have_raised_a_signal(int expected)
{
#ifndef MILVUS_SANITIZED
    printf("%d writes to sockets\n", sent);
    CHECK(sent >= expected && sent_with_signals == 0);
#else
    (void)expected;
#endif
}

static const char *fake_program;
static milvus_client *shared;
static int64_t job;

// Less than the time after which the connection is probed: that would wake whoever was forgotten.
#define LIMIT_MS 5000

static milvus_status ask(void)
{
    milvus_compaction_state_info info = MILVUS_COMPACTION_STATE_INFO_INIT;

    return milvus_compaction_state(shared, job, LIMIT_MS, &info);
}

// Every call of every thread is answered.
static void *ask_often(void *unused)
{
    int i;

    (void)unused;
    for (i = 0; i < (IS_SANITIZED ? 300 : 1500); i++)
        CHECK(ask() == MILVUS_OK);
    return NULL;
}

static void nobody_is_forgotten_among_many(void)
{
    static const int crowds[] = {2, 4, 16};
    pthread_t threads[16];
    size_t i;
    int k;

    for (i = 0; i < sizeof crowds / sizeof *crowds; i++) {
        for (k = 0; k < crowds[i]; k++)
            CHECK(pthread_create(&threads[k], NULL, ask_often, NULL) == 0);
        for (k = 0; k < crowds[i]; k++)
            CHECK(pthread_join(threads[k], NULL) == 0);
    }
}

static volatile sig_atomic_t alarms, broken_pipes;

static void count(int number)
{
    if (number == SIGALRM)
        alarms++;
    else
        broken_pipes++;
}

// A handler that interrupts whatever the thread is doing, without SA_RESTART.
static void signals_do_not_disturb_a_call(void)
{
    struct sigaction action;
    struct itimerval every = {{0, 300}, {0, 300}}, never = {{0, 0}, {0, 0}};
    int i;

    memset(&action, 0, sizeof action);
    action.sa_handler = count;
    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &every, NULL) == 0);
    for (i = 0; alarms < 100 || i < 300; i++)
        CHECK(ask() == MILVUS_OK);
    CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
}

static void *ask_until_it_fails(void *client_of_all)
{
    milvus_client *client = (milvus_client *)client_of_all;
    milvus_compaction_state_info info = MILVUS_COMPACTION_STATE_INFO_INIT;

    while (milvus_compaction_state(client, job, 100, &info) != MILVUS_UNAVAILABLE &&
           milvus_last_error()->status != MILVUS_TIMEOUT)
        ;
    return NULL;
}

// A server that is gone is an error, and no SIGPIPE for the threads that write to it, over TCP or a Unix socket.
static void a_lost_server_is_no_signal(void)
{
    struct sigaction action;
    char path[64], by_path[80];
    int round, k;

    memset(&action, 0, sizeof action);
    action.sa_handler = count;
    CHECK(sigaction(SIGPIPE, &action, NULL) == 0);
    snprintf(path, sizeof path, "/tmp/milvus-caller-%d.sock", (int)getpid());
    snprintf(by_path, sizeof by_path, "unix:%s", path);
    fake_socket = path;
    for (round = 0; round < 40; round++) {
        const char *uri = start_fake(fake_program, "v2.6.8");
        milvus_client *client = new_client(round % 2 == 0 ? uri : by_path);
        pthread_t threads[4];

        CHECK(milvus_client_server_version(client, 5000, NULL, 0, NULL) != MILVUS_UNAVAILABLE);
        for (k = 0; k < 4; k++)
            CHECK(pthread_create(&threads[k], NULL, ask_until_it_fails, client) == 0);
        usleep(3000);
        kill(fake_process, SIGKILL);
        for (k = 0; k < 4; k++)
            CHECK(pthread_join(threads[k], NULL) == 0);
        stop_fake();
        milvus_client_free(client);
        CHECK(unlink(path) == 0);
    }
    fake_socket = NULL;
    CHECK(broken_pipes == 0);
    no_write_could_have_raised_a_signal(1000);
}

static void *ask_for_ever(void *unused)
{
    (void)unused;
    for (;;) {
        CHECK(ask() == MILVUS_OK);
        pthread_testcancel();
    }
    return NULL;
}

// pthread_cancel waits for the end of the call: locks, the connection and the process survive it.
static void a_cancelled_thread_finishes_its_call(void)
{
    int i;

    for (i = 0; i < 50; i++) {
        pthread_t thread;
        void *result;

        CHECK(pthread_create(&thread, NULL, ask_for_ever, NULL) == 0);
        usleep(500 + 37 * (unsigned)i);
        CHECK(pthread_cancel(thread) == 0);
        CHECK(pthread_join(thread, &result) == 0);
        CHECK(result == PTHREAD_CANCELED);
    }
    CHECK(ask() == MILVUS_OK);
}

// Of a stack that an application may have made small. Connecting is not done on it.
#define STACK_SIZE (64 * 1024)
#define WHOLE_STACK (16 * STACK_SIZE)

static void look_at_everything(milvus_client *client, int64_t job_id)
{
    milvus_compaction_state_info info = MILVUS_COMPACTION_STATE_INFO_INIT;
    milvus_server_info server_info = MILVUS_SERVER_INFO_INIT;
    milvus_check_result check = MILVUS_CHECK_RESULT_INIT;
    milvus_resolution resolution = MILVUS_RESOLUTION_INIT;
    milvus_plan_list *plans = NULL;
    milvus_segment_list *segments = NULL;

    CHECK(milvus_client_server_info(client, 5000, &server_info) == MILVUS_OK);
    CHECK(milvus_flush(client, "succeeds", NULL, 5000) == MILVUS_OK);
    CHECK(milvus_compaction_check(client, "succeeds", NULL, 5000, &check) == MILVUS_OK);
    CHECK(milvus_compaction_resolve(client, "succeeds", NULL, 5000, &resolution) == MILVUS_OK);
    CHECK(milvus_compaction_state(client, job_id, 5000, &info) == MILVUS_OK);
    CHECK(milvus_compaction_plans(client, job_id, 5000, &plans) == MILVUS_OK);
    milvus_plan_list_free(plans);
    CHECK(milvus_compaction_tasks(client, "succeeds", NULL, 5000, &plans) == MILVUS_UNSUPPORTED);
    CHECK(milvus_segments(client, "succeeds", NULL, MILVUS_SEGMENTS_STORED, 5000, &segments) == MILVUS_OK);
    milvus_segment_list_free(segments);
}

static void *ask_once(void *uri)
{
    milvus_client *client = new_client((const char *)uri);
    milvus_compact_result result = MILVUS_COMPACT_RESULT_INIT;
    milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;
    milvus_many_list *list = NULL;
    milvus_optimize_list *optimized = NULL;
    const char *names[] = {"succeeds", "no_such"};
    int i;

    for (i = 0; i < 3; i++) {
        CHECK(milvus_compact_with(client, "succeeds", NULL, 5000, &result) == MILVUS_OK);
        CHECK(milvus_optimize(client, "succeeds", NULL, 5000, &optimized) == MILVUS_OK);
        milvus_optimize_list_free(optimized);
        CHECK(milvus_compact_many(client, names, 2, NULL, 5000, &list) == MILVUS_SOME_FAILED);
        milvus_many_list_free(list);
        CHECK(milvus_compaction_wait(client, result.job_id, 5000, &report) == MILVUS_OK);
        CHECK(milvus_compact_with(client, "no_such", NULL, 5000, &result) == MILVUS_COLLECTION_NOT_FOUND);
        look_at_everything(client, result.job_id);
    }
    milvus_client_free(client);
    return NULL;
}

static void a_small_stack_is_enough(void *(*work)(void *), void *argument)
{
    // Filled with a pattern, so that it tells how much was used.
    unsigned char *stack;
    pthread_attr_t attributes;
    pthread_t thread;
    size_t untouched = 0;

    CHECK(posix_memalign((void **)&stack, 4096, WHOLE_STACK) == 0);
    memset(stack, 0xa5, WHOLE_STACK);
    CHECK(pthread_attr_init(&attributes) == 0);
    CHECK(pthread_attr_setstack(&attributes, stack, WHOLE_STACK) == 0);
    CHECK(pthread_create(&thread, &attributes, work, argument) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    pthread_attr_destroy(&attributes);
    // Sanitizers use more of it, and valgrind does not let anybody read what a thread has left there.
    if (!IS_SANITIZED) {
        while (untouched < WHOLE_STACK && stack[untouched] == 0xa5)
            untouched++;
        printf("%d bytes of stack\n", (int)(WHOLE_STACK - untouched));
        CHECK(WHOLE_STACK - untouched <= STACK_SIZE);
    }
    free(stack);
}

static void *ask_over_tls(void *argument)
{
    static const char *const keys[] = {"tls.ca_file", "tls.cert_file", "tls.key_file"};
    char **arguments = (char **)argument;
    milvus_options *options = milvus_options_new();
    milvus_client *client = NULL;
    milvus_compaction_state_info info = MILVUS_COMPACTION_STATE_INFO_INIT;
    int i;

    for (i = 0; i < 3; i++)
        CHECK(milvus_options_set(options, keys[i], arguments[1 + i]) == MILVUS_OK);
    CHECK(milvus_client_new_with(arguments[0], options, &client) == MILVUS_OK);
    for (i = 0; i < 100; i++)
        CHECK(milvus_compaction_state(client, 1 + i, 5000, &info) == MILVUS_OK);
    milvus_client_free(client);
    CHECK(milvus_client_new(arguments[0], NULL, &client) == MILVUS_OK); // with the system's certificates
    milvus_client_free(client);
    milvus_options_free(options);
    return NULL;
}

int main(int argc, char **argv)
{
    char uri[128];

    if (argc == 6) { // with a server of the caller's, behind TLS, which writes in another way
        a_small_stack_is_enough(ask_over_tls, &argv[2]);
        no_write_could_have_raised_a_signal(100);
        return finish();
    }
    CHECK(argc == 2);
    fake_program = argv[1];
    snprintf(uri, sizeof uri, "%s", start_fake(argv[1], "v2.6.8"));
    shared = new_client(uri);
    CHECK(milvus_compact(shared, "succeeds", 0, 5000, &job) == MILVUS_OK);
    nobody_is_forgotten_among_many();
    signals_do_not_disturb_a_call();
    a_cancelled_thread_finishes_its_call();
    a_small_stack_is_enough(ask_once, uri);
    a_lost_server_is_no_signal();
    milvus_client_free(shared);
    return finish();
}
