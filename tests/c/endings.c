// Where a thread or the process of the application ends, or has nothing left: each in a process of its own.
#include "support.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>

// Runs one of them in a child; the library was not used before the fork, so the child may use it.
static void in_a_child(void (*scenario)(const char *), const char *uri)
{
    int status = 0;
    pid_t child;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        alarm(100); // one that hangs is killed, and fails the test
        scenario(uri);
        fflush(stdout);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

#ifdef __cplusplus
extern "C" {
#endif
static milvus_client *the_client;
static int after_exit;

static void close_at_exit(void)
{
    milvus_status closed;

    if (!after_exit)
        return; // a check that failed
    closed = milvus_client_close(the_client, MILVUS_NO_TIMEOUT);
    _exit(closed == MILVUS_OK && after_exit == 2 ? 0 : 1);
}

static void exit_here(milvus_future *future, milvus_status status, void *user_data)
{
    (void)future, (void)user_data;
    after_exit = status == MILVUS_OK;
    exit(1);
}

static void note_close(milvus_future *future, milvus_status status, void *user_data)
{
    (void)future, (void)user_data;
    after_exit += status == MILVUS_CLOSED;
}
#ifdef __cplusplus
}
#endif

// A callback ends the process, whose handler closes: the calling callback is the only one left then.
static void exit_in_a_callback(const char *uri)
{
    milvus_future *flushing, *waiting;
    int64_t job;

    CHECK(atexit(close_at_exit) == 0);
    the_client = new_client(uri);
    CHECK(milvus_compact(the_client, "never_ends", 0, 20000, &job) == MILVUS_OK);
    CHECK(milvus_compaction_wait_async(the_client, job, MILVUS_NO_TIMEOUT, &waiting) == MILVUS_OK);
    CHECK(milvus_flush_async(the_client, "succeeds", NULL, 20000, &flushing) == MILVUS_OK);
    CHECK(milvus_future_set_callback(waiting, note_close, NULL, NULL) == MILVUS_OK);
    CHECK(milvus_future_set_callback(flushing, exit_here, NULL, NULL) == MILVUS_OK);
    for (;;)
        pause();
}

#ifdef __cplusplus
extern "C" {
#endif
static int failed_late;

static void fail_late(void *uri)
{
    const milvus_error *error;
    milvus_client *client = NULL;

    CHECK(milvus_client_new((const char *)uri, NULL, &client) == MILVUS_OK);
    CHECK(milvus_flush(client, "no_such_collection", NULL, 20000) == MILVUS_COLLECTION_NOT_FOUND);
    error = milvus_last_error();
    CHECK(error->status == MILVUS_COLLECTION_NOT_FOUND && strcmp(error->operation, "milvus_flush") == 0);
    CHECK(strstr(error->message, "no_such_collection") != NULL);
    CHECK(error->message == milvus_last_error_message());
    milvus_client_free(client);
    failed_late++;
}

static pthread_key_t late;

static void *fail_early(void *uri)
{
    CHECK(milvus_future_poll(NULL) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_last_error()->status == MILVUS_INVALID_ARGUMENT);
    CHECK(pthread_setspecific(late, uri) == 0); // its destructor runs when thread-locals are gone
    return NULL;
}
#ifdef __cplusplus
}
#endif

// However late in its end a thread fails, it learns why.
static void errors_late_in_a_thread(const char *uri)
{
    pthread_t thread;

    CHECK(milvus_last_error()->status == MILVUS_OK && *milvus_last_error_message() == '\0');
    CHECK(pthread_key_create(&late, fail_late) == 0);
    CHECK(pthread_create(&thread, NULL, fail_early, (void *)uri) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(failed_late == 1);
    CHECK(milvus_last_error()->status == MILVUS_OK); // another thread's
}

// A fork of which no handler is told, as a handler of the application's that comes before the library's is not.
static void forks_behind_the_c_library(const char *uri)
{
    milvus_client *client = new_client(uri);
    size_t length;
    int status = 0;
    long child;

    CHECK(milvus_client_server_version(client, 20000, NULL, 0, &length) == MILVUS_OK);
    child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (child == 0) {
        int is_told = milvus_client_server_version(client, 20000, NULL, 0, &length) == MILVUS_FORKED &&
                      milvus_client_close(client, 20000) == MILVUS_FORKED;

        milvus_client_free(client);
        _exit(is_told ? 0 : 1);
    }
    CHECK(child > 0 && waitpid((pid_t)child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK(milvus_client_server_version(client, 20000, NULL, 0, &length) == MILVUS_OK);
    milvus_client_free(client);
}

#ifdef __cplusplus
extern "C" {
#endif
#ifdef MILVUS_SANITIZED
#define CROWD 100 // each closes each: for 400, the thread sanitizer takes longer than the alarm
#else
#define CROWD 400
#endif
static milvus_client *crowd[CROWD];
static int depth, deepest, told_pending, ended;

static void close_all(milvus_future *future, milvus_status status, void *user_data)
{
    char text[8192]; // as of one that makes a message
    int i;

    (void)future, (void)user_data;
    deepest = ++depth > deepest ? depth : deepest;
    snprintf(text, sizeof text, "ended with %s", milvus_status_name(status));
    for (i = 0; i < CROWD; i++) {
        milvus_status closed = milvus_client_close(crowd[i], MILVUS_NO_TIMEOUT);

        CHECK(closed == MILVUS_OK || closed == MILVUS_PENDING);
        told_pending += closed == MILVUS_PENDING;
    }
    depth--;
    __atomic_add_fetch(&ended, 1, __ATOMIC_SEQ_CST);
}
#ifdef __cplusplus
}
#endif

// When something fails, each closes everything: their callbacks run inside one another, but not without end.
static void clients_that_close_each_other(const char *uri)
{
    milvus_future *futures[CROWD];
    int i;

    (void)uri;
    for (i = 0; i < CROWD; i++) {
        crowd[i] = new_client("http://127.0.0.1:1");
        CHECK(milvus_compaction_wait_async(crowd[i], 7, MILVUS_NO_TIMEOUT, &futures[i]) == MILVUS_OK);
        CHECK(milvus_future_set_callback(futures[i], close_all, NULL, NULL) == MILVUS_OK);
    }
    CHECK(milvus_future_cancel(futures[0]) == MILVUS_OK);
    while (__atomic_load_n(&ended, __ATOMIC_SEQ_CST) < CROWD)
        usleep(1000);
    for (i = 0; i < CROWD; i++) {
        CHECK(milvus_client_close(crowd[i], 20000) == MILVUS_OK);
        milvus_future_free(futures[i]);
        milvus_client_free(crowd[i]);
    }
    CHECK(deepest == 17 && told_pending > 0);
}

// Without room for a thread no name is looked up; with room again, it is.
static void no_room_for_a_thread(const char *uri)
{
    struct rlimit limit, tight;
    milvus_client *client = new_client(uri), *by_name;
    char name[160];
    FILE *file;
    long pages = 0;
    size_t length;
    int i;

    CHECK(milvus_client_server_version(client, 20000, NULL, 0, &length) == MILVUS_OK); // has its thread
    snprintf(name, sizeof name, "http://localhost%s", strrchr(uri, ':'));
    by_name = new_client(name);
    file = fopen("/proc/self/statm", "r");
    CHECK(file != NULL && fscanf(file, "%ld", &pages) == 1 && fclose(file) == 0);
    CHECK(getrlimit(RLIMIT_AS, &limit) == 0);
    tight = limit;
    tight.rlim_cur = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + 1024 * 1024; // no stack of 2 MiB fits in
    for (i = 0; i < 3; i++) {
        CHECK(setrlimit(RLIMIT_AS, &tight) == 0);
        CHECK(milvus_client_server_version(by_name, 2000, NULL, 0, &length) == MILVUS_OUT_OF_MEMORY);
        CHECK(milvus_last_error()->retriable);
        CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
    }
    CHECK(milvus_client_server_version(by_name, 20000, NULL, 0, &length) == MILVUS_OK);
    milvus_client_free(by_name);
    milvus_client_free(client);
}

// Without descriptors it is them that are missing: neither the name nor the certificates.
static void no_descriptor_left(const char *uri)
{
    struct rlimit limit, none;
    milvus_client *client = NULL, *by_name;
    char name[160];
    size_t length;
    int next;

    client = new_client(uri);
    CHECK(milvus_client_server_version(client, 20000, NULL, 0, &length) == MILVUS_OK);
    snprintf(name, sizeof name, "http://localhost%s", strrchr(uri, ':'));
    by_name = new_client(name);
    next = dup(0);
    CHECK(next > 0 && close(next) == 0 && getrlimit(RLIMIT_NOFILE, &limit) == 0);
    none = limit;
    none.rlim_cur = (rlim_t)next;
    CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0);
    CHECK(milvus_client_server_version(by_name, 2000, NULL, 0, &length) == MILVUS_OUT_OF_MEMORY);
    CHECK(milvus_client_new("https://localhost", NULL, &client) == MILVUS_OUT_OF_MEMORY);
    CHECK(milvus_last_error()->retriable);
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    CHECK(milvus_client_server_version(by_name, 20000, NULL, 0, &length) == MILVUS_OK);
    milvus_client_free(by_name);
    milvus_client_free(client);
}

int main(int argc, char **argv)
{
    const char *uri;

    CHECK(argc == 2);
    uri = start_fake(argv[1], "v2.6.8");
    in_a_child(exit_in_a_callback, uri);
    in_a_child(errors_late_in_a_thread, uri);
    in_a_child(forks_behind_the_c_library, uri);
    in_a_child(clients_that_close_each_other, uri);
    in_a_child(no_descriptor_left, uri);
    if (!IS_SANITIZED) // they need more address space than that
        in_a_child(no_room_for_a_thread, uri);
    stop_fake();
    return finish();
}
