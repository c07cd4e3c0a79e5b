// A sandbox that refuses what the library needs of the system: no call hangs, and each says what was refused.
#include "support.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define MOST_CALLS 4

#ifndef SECCOMP_FILTER_FLAG_TSYNC
#define SECCOMP_FILTER_FLAG_TSYNC 1
#endif

// Calls of the system: with fewer than MOST_CALLS, 0 ends the list. No call that is denied here has the number 0.
typedef struct {
    const char *name;
    long numbers[MOST_CALLS];
} denied;

#ifdef SYS_epoll_wait
#define WAITING {SYS_epoll_wait, SYS_epoll_pwait, 0, 0}
#else
#define WAITING {SYS_epoll_pwait, 0, 0, 0}
#endif

static const denied EPOLL = {"epoll_create1", {SYS_epoll_create1, 0, 0, 0}};
static const denied EVENTS = {"eventfd2", {SYS_eventfd2, 0, 0, 0}};
static const denied PIPES = {"pipe2", {SYS_pipe2, 0, 0, 0}};
static const denied THREADS = {"clone", {SYS_clone, SYS_clone3, 0, 0}};
static const denied SOCKETS = {"socket", {SYS_socket, 0, 0, 0}};
static const denied REGISTERING = {"epoll_ctl", {SYS_epoll_ctl, 0, 0, 0}};
static const denied WAITS = {"epoll_wait", WAITING};

// Has the system refuse these calls of all threads of this process from now on.
static void deny(const denied *what)
{
    struct sock_filter filter[2 + 2 * MOST_CALLS];
    struct sock_fprog program;
    unsigned short length = 0;
    size_t i;
    const struct sock_filter number = BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    const struct sock_filter refuse = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    const struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);

    filter[length++] = number;
    for (i = 0; i < MOST_CALLS && what->numbers[i] != 0; i++) {
        const struct sock_filter is = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)what->numbers[i], 0, 1);

        filter[length++] = is;
        filter[length++] = refuse;
    }
    filter[length++] = allow;
    program.len = length;
    program.filter = filter;
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    CHECK(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) == 0);
}

static milvus_status compact(milvus_client *client)
{
    int64_t job;

    return milvus_compact(client, "succeeds", 0, 5000, &job);
}

static int told(const char *words)
{
    return strstr(milvus_last_error_message(), words) != NULL
        && strstr(milvus_last_error_message(), "defect") == NULL;
}

// Denied before the library is used. It gets no thread.
static void no_thread(const char *uri, const denied *what)
{
    milvus_client *client;
    int i;

    deny(what);
    CHECK(milvus_client_new(uri, NULL, &client) == MILVUS_OK);
    for (i = 0; i < 3; i++) {
        CHECK(compact(client) == MILVUS_OUT_OF_MEMORY);
        CHECK(told("cannot start the library's thread milvus-io: operation not permitted"));
    }
    CHECK(milvus_client_close(client, 5000) == MILVUS_OK);
    milvus_client_free(client);
}

// The thread starts and cannot connect.
static void no_connection(const char *uri, const denied *what)
{
    milvus_client *client;

    deny(what);
    CHECK(milvus_client_new(uri, NULL, &client) == MILVUS_OK);
    CHECK(compact(client) == MILVUS_UNAVAILABLE);
    CHECK(told("cannot connect to") && told("operation not permitted"));
    CHECK(milvus_client_close(client, 5000) == MILVUS_OK);
    milvus_client_free(client);
}

static void ends_without_waiting(milvus_client *client)
{
    milvus_future *future = NULL;

    CHECK(compact(client) == MILVUS_UNAVAILABLE);
    CHECK(told("the system does not let the library's thread wait for its sockets (operation not permitted)"));
    if (milvus_compaction_wait_async(client, 1, MILVUS_NO_TIMEOUT, &future) == MILVUS_OK) {
        CHECK(milvus_future_wait(future, 60000) == MILVUS_UNAVAILABLE);
        milvus_future_free(future);
    }
    CHECK(milvus_client_close(client, 5000) == MILVUS_OK);
    milvus_client_free(client);
}

// The thread starts and cannot wait: the test's limit of time shows a call that hangs.
static void no_waiting(const char *uri, const denied *what)
{
    milvus_client *client;

    deny(what);
    CHECK(milvus_client_new(uri, NULL, &client) == MILVUS_OK);
    ends_without_waiting(client);
}

// The thread works, and can then wait no longer.
static void no_more_waiting(const char *uri, const denied *what)
{
    milvus_client *client;
    milvus_future *waiting;
    int64_t job;

    CHECK(milvus_client_new(uri, NULL, &client) == MILVUS_OK);
    CHECK(milvus_compact(client, "never_ends", 0, 5000, &job) == MILVUS_OK);
    CHECK(milvus_compaction_wait_async(client, job, MILVUS_NO_TIMEOUT, &waiting) == MILVUS_OK);
    deny(what);
    // It ends when the thread has to wait again.
    CHECK(milvus_future_wait(waiting, 60000) == MILVUS_UNAVAILABLE);
    CHECK(strstr(milvus_future_error(waiting)->message, "does not let the library's thread wait") != NULL);
    milvus_future_free(waiting);
    ends_without_waiting(client);
}

// Each case has a process of its own: neither the denial nor the library's thread has an end before.
static void in_a_process(const char *uri, const denied *what, void (*run)(const char *, const denied *))
{
    int status;
    pid_t child;

    fflush(stdout);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        run(uri, what);
        fflush(stdout);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        printf("denied: %s\n", what->name);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(int argc, char **argv)
{
    const char *uri;
    int i;

    CHECK(argc == 2);
    uri = start_fake(argv[1], "v2.6.8");
    in_a_process(uri, &EPOLL, no_thread);
    in_a_process(uri, &EVENTS, no_thread);
    in_a_process(uri, &PIPES, no_thread);
    in_a_process(uri, &REGISTERING, no_thread);
    in_a_process(uri, &THREADS, no_thread);
    in_a_process(uri, &SOCKETS, no_connection);
    // Whether the thread stops before or after a call counts on it is a matter of chance.
    for (i = 0; i < 20; i++)
        in_a_process(uri, &WAITS, no_waiting);
    in_a_process(uri, &WAITS, no_more_waiting);
    stop_fake();
    return finish();
}
