// What the library leaves behind in a process: nothing that grows, nothing that it changed.
#include "support.h"

#include <fcntl.h>
#include <locale.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

extern char **environ;

static void make_and_free(const char *uri, int count)
{
    int i;

    for (i = 0; i < count; i++) {
        milvus_client *client = NULL;

        CHECK(milvus_client_new(uri, "root:Milvus", &client) == MILVUS_OK);
        milvus_client_free(client);
    }
}

static void a_hundred_thousand_clients(const char *uri)
{
    long before;
    int threads, descriptors;

    make_and_free(uri, 10000); // what is made once is made
    before = resident_kb();
    threads = entries("/proc/self/task");
    descriptors = entries("/proc/self/fd");
    make_and_free(uri, IS_SANITIZED ? 10000 : 90000);
    CHECK(IS_SANITIZED || resident_kb() - before < 1024);
    CHECK(entries("/proc/self/task") == threads && entries("/proc/self/fd") == descriptors);
}

static int called, given_up;

#ifdef __cplusplus
extern "C" {
#endif
static void on_end(milvus_future *future, milvus_status status, void *user_data)
{
    (void)future, (void)status, (void)user_data;
    __atomic_add_fetch(&called, 1, __ATOMIC_SEQ_CST);
}

static void give_up(void *user_data)
{
    free(user_data);
    __atomic_add_fetch(&given_up, 1, __ATOMIC_SEQ_CST);
}
#ifdef __cplusplus
}
#endif

// Clients that connect, follow a job, have callbacks and queues, and are closed or just freed.
static void use_and_free(const char *uri, int count)
{
    int i;

    for (i = 0; i < count; i++) {
        milvus_client *client = new_client(uri);
        milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;
        milvus_future *future, *other, *third;
        milvus_queue *queue;
        size_t length;

        CHECK(milvus_queue_new(&queue) == MILVUS_OK);
        CHECK(milvus_client_server_version(client, 5000, NULL, 0, &length) == MILVUS_OK);
        CHECK(milvus_compaction_wait_async(client, MILVUS_NO_JOB, 5000, &future) == MILVUS_OK);
        CHECK(milvus_segments_async(client, "succeeds", NULL, MILVUS_SEGMENTS_STORED, 5000, &other) == MILVUS_OK);
        CHECK(milvus_future_set_queue(future, queue, NULL) == MILVUS_OK);
        CHECK(milvus_future_set_queue(other, queue, NULL) == MILVUS_OK);
        CHECK(milvus_client_server_info_async(client, 5000, &third) == MILVUS_OK);
        CHECK(milvus_future_set_callback(third, on_end, malloc(100), give_up) == MILVUS_OK);
        CHECK(milvus_future_wait(future, 5000) == MILVUS_OK);
        CHECK(milvus_future_take_report(future, &report) == MILVUS_OK);
        if (i % 2 == 0)
            CHECK(milvus_future_wait(other, 5000) == MILVUS_OK); // its list is never taken
        milvus_future_free(future);
        milvus_future_free(other);
        milvus_future_free(third); // it is called back all the same
        milvus_queue_free(queue);
        if (i % 3 != 0)
            CHECK(milvus_client_close(client, 5000) == MILVUS_OK);
        milvus_client_free(client);
    }
}

static void clients_that_connect(const char *uri)
{
    long before;
    int threads, descriptors, i;

    use_and_free(uri, 300);
    before = resident_kb();
    threads = entries("/proc/self/task");
    descriptors = entries("/proc/self/fd");
    use_and_free(uri, IS_SANITIZED ? 300 : 1500);
    for (i = 0; i < 500 && __atomic_load_n(&given_up, __ATOMIC_SEQ_CST) < 300 + (IS_SANITIZED ? 300 : 1500); i++)
        usleep(10000);
    CHECK(called == given_up && given_up == 300 + (IS_SANITIZED ? 300 : 1500));
    // Connections are closed by the library's own thread, a little later.
    for (i = 0; i < 500 && entries("/proc/self/fd") > descriptors; i++)
        usleep(10000);
    CHECK(entries("/proc/self/fd") <= descriptors && entries("/proc/self/task") <= threads);
    printf("%ld kB more after 1500 clients\n", resident_kb() - before);
    CHECK(IS_SANITIZED || resident_kb() - before < 512);
}

// Descriptors are not for programs that the application starts, and small writes leave at once.
static void descriptors_are_the_librarys_own(const char *uri)
{
    char known[1024] = {0};
    milvus_client *client;
    milvus_queue *queue;
    size_t length;
    int descriptor, sockets = 0, others = 0;

    for (descriptor = 0; descriptor < (int)sizeof known; descriptor++)
        known[descriptor] = fcntl(descriptor, F_GETFD) >= 0;
    client = new_client(uri);
    CHECK(milvus_queue_new(&queue) == MILVUS_OK);
    CHECK(milvus_client_server_version(client, 5000, NULL, 0, &length) == MILVUS_OK);
    for (descriptor = 0; descriptor < (int)sizeof known; descriptor++) {
        int flags = fcntl(descriptor, F_GETFD), is_on = 0;
        socklen_t size = sizeof is_on;

        if (known[descriptor] || flags < 0)
            continue;
        CHECK((flags & FD_CLOEXEC) != 0);
        if (getsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &is_on, &size) == 0) {
            CHECK(is_on);
            sockets++;
        } else {
            others++;
        }
    }
    CHECK(sockets == 1 && others >= 1);
    milvus_queue_free(queue);
    milvus_client_free(client);
}

// A child has no threads of the library's; the parent goes on.
static void fork_with_operations_under_way(const char *uri)
{
    milvus_client *client = new_client(uri);
    milvus_future *future, *next;
    milvus_queue *queue;
    int64_t job;
    int status;
    pid_t child;

    CHECK(milvus_queue_new(&queue) == MILVUS_OK);
    CHECK(milvus_compact(client, "succeeds", 0, 5000, &job) == MILVUS_OK);
    CHECK(milvus_compaction_wait_async(client, job, 10000, &future) == MILVUS_OK);
    CHECK(milvus_future_set_queue(future, queue, NULL) == MILVUS_OK);
    child = fork();
    if (child == 0) {
        alarm(20); // a child that hangs fails the test
        if (milvus_future_wait(future, MILVUS_NO_TIMEOUT) != MILVUS_FORKED)
            _exit(1);
        if (milvus_future_poll(future) != MILVUS_FORKED || milvus_future_cancel(future) != MILVUS_FORKED)
            _exit(2);
        if (milvus_queue_next(queue, MILVUS_NO_TIMEOUT, &next, NULL) != MILVUS_FORKED)
            _exit(3);
        if (milvus_client_close(client, MILVUS_NO_TIMEOUT) != MILVUS_FORKED)
            _exit(4);
        if (milvus_future_error(future)->status != MILVUS_INVALID_HANDLE)
            _exit(5);
        milvus_future_free(future);
        milvus_queue_free(queue);
        milvus_client_free(client);
        execl("/bin/true", "true", (char *)NULL);
        _exit(6);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK(milvus_queue_next(queue, 10000, &next, NULL) == MILVUS_OK && next == future);
    CHECK(milvus_future_poll(future) == MILVUS_OK);
    milvus_future_free(future);
    milvus_queue_free(queue);
    milvus_client_free(client);
}

// All that a library could change behind the application's back.
static unsigned long fingerprint(void)
{
    unsigned long sum = 5381;
    char directory[4096];
    struct rlimit limit;
    sigset_t mask;
    mode_t umask_now;
    char **variable;
    int number;
    size_t i;
    const char *text;

#define ADD(byte) (sum = sum * 33 + (unsigned long)(byte))
    for (variable = environ; *variable != NULL; variable++)
        for (text = *variable; *text != '\0'; text++)
            ADD(*text);
    for (text = setlocale(LC_ALL, NULL); *text != '\0'; text++)
        ADD(*text);
    CHECK(getcwd(directory, sizeof directory) != NULL);
    for (text = directory; *text != '\0'; text++)
        ADD(*text);
    for (number = 0; number < RLIM_NLIMITS; number++) {
        CHECK(getrlimit((__rlimit_resource_t)number, &limit) == 0);
        ADD(limit.rlim_cur);
        ADD(limit.rlim_max);
    }
    for (number = 1; number < 65; number++) {
        struct sigaction action;

        memset(&action, 0, sizeof action);
        if (sigaction(number, NULL, &action) == 0) {
            ADD((size_t)action.sa_handler);
            ADD(action.sa_flags);
        }
    }
    sigemptyset(&mask);
    CHECK(sigprocmask(SIG_BLOCK, NULL, &mask) == 0);
    for (i = 1; i < 65; i++)
        ADD(sigismember(&mask, (int)i));
    umask_now = umask(0);
    umask(umask_now);
    ADD(umask_now);
    return sum;
}

int main(int argc, char **argv)
{
    const char *uri;
    unsigned long before;

    CHECK(argc == 2);
    uri = start_fake(argv[1], "v2.6.8");
    before = fingerprint();
    descriptors_are_the_librarys_own(uri); // first: no other connection is being closed meanwhile
    a_hundred_thousand_clients(uri);
    clients_that_connect(uri);
    fork_with_operations_under_way(uri);
    CHECK(fingerprint() == before);
    stop_fake();
    return finish();
}
