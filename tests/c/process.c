// Threads, signals, fork and output of the process that loads the library: the library leaves them alone.
#include "support.h"

#include <dirent.h>
#include <pthread.h>

// One line of a thread's status, e.g. its blocked signals.
static unsigned long long blocked_signals(const char *thread)
{
    char path[300], line[256];
    unsigned long long mask = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/self/task/%s/status", thread);
    file = fopen(path, "r");
    CHECK(file != NULL);
    while (fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "SigBlk: %llx", &mask) == 1)
            break;
    fclose(file);
    return mask;
}

static int is_blocked(unsigned long long mask, int number)
{
    return (int)(mask >> (number - 1) & 1);
}

static void library_threads_are_named_and_leave_signals_to_the_host(void)
{
    static const int of_the_host[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGALRM, SIGUSR1, SIGCHLD, SIGPROF};
    static const int of_the_thread[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
    DIR *threads = opendir("/proc/self/task");
    struct dirent *entry;
    size_t i;
    const char *const names[] = {"milvus-io", "milvus-call", "milvus-log", "milvus-dns"};
    int found[4] = {0, 0, 0, 0};

    CHECK(threads != NULL);
    while ((entry = readdir(threads)) != NULL) {
        char name[64];
        unsigned long long mask;

        if (entry->d_name[0] == '.')
            continue;
        thread_name(entry->d_name, name, sizeof name);
        mask = blocked_signals(entry->d_name);
        if (strncmp(name, "milvus-", 7) != 0) {
            // The application's own threads keep the mask they had; a sanitizer has threads as well.
            CHECK(IS_SANITIZED || mask == 0);
            continue;
        }
        for (i = 0; i < 4; i++)
            found[i] += strcmp(name, names[i]) == 0;
        for (i = 0; i < sizeof of_the_host / sizeof *of_the_host; i++)
            CHECK(is_blocked(mask, of_the_host[i]));
        for (i = 0; i < sizeof of_the_thread / sizeof *of_the_thread; i++)
            CHECK(!is_blocked(mask, of_the_thread[i]));
    }
    closedir(threads);
    for (i = 0; i < 4; i++)
        CHECK(found[i] == 1);
}

#ifdef __cplusplus
extern "C" {
#endif
static pthread_mutex_t counting = PTHREAD_MUTEX_INITIALIZER;
static int called, destroyed;

static void ignore_event(int32_t level, const char *message, const char *fields, void *user_data)
{
    (void)level, (void)message, (void)fields, (void)user_data;
}

static void count_slowly(milvus_future *future, milvus_status status, void *user_data)
{
    (void)future, (void)user_data;
    CHECK(status == MILVUS_OK);
    usleep(100000);
    pthread_mutex_lock(&counting);
    called++;
    pthread_mutex_unlock(&counting);
}

static void count_destroyed(void *user_data)
{
    (void)user_data;
    pthread_mutex_lock(&counting);
    destroyed++;
    pthread_mutex_unlock(&counting);
}
#ifdef __cplusplus
}
#endif

// A call with a callback that takes its time, and a close that waits for it. Returns how that ended.
static milvus_status close_with_a_callback_due(milvus_client *client)
{
    milvus_future *future = NULL;
    milvus_status status;

    called = destroyed = 0;
    CHECK(milvus_client_server_info_async(client, 5000, &future) == MILVUS_OK);
    CHECK(milvus_future_set_callback(future, count_slowly, NULL, count_destroyed) == MILVUS_OK);
    CHECK(milvus_future_wait(future, 5000) == MILVUS_OK);
    status = milvus_client_close(client, MILVUS_NO_TIMEOUT);
    pthread_mutex_lock(&counting);
    CHECK(called == 1 && destroyed == 1);
    pthread_mutex_unlock(&counting);
    milvus_future_free(future);
    milvus_client_free(client);
    return status;
}

// One of each kind of thread: for the network, for callbacks, for the log, and to look a host name up.
static void start_all_threads(const char *uri)
{
    char by_name[160];
    milvus_client *client;
    size_t length;

    CHECK(milvus_set_log(MILVUS_LOG_DEBUG, ignore_event, NULL) == MILVUS_OK);
    CHECK(close_with_a_callback_due(new_client(uri)) == MILVUS_OK);
    snprintf(by_name, sizeof by_name, "http://localhost%s", strrchr(uri, ':'));
    client = new_client(by_name);
    CHECK(milvus_client_server_version(client, 5000, NULL, 0, &length) == MILVUS_OK);
    milvus_client_free(client);
    CHECK(milvus_set_log(MILVUS_LOG_DEBUG, NULL, NULL) == MILVUS_OK);
}

static struct sigaction handlers_before[32];

static void note_signal_handlers(void)
{
    int number;

    for (number = 1; number < 32; number++)
        CHECK(sigaction(number, NULL, &handlers_before[number]) == 0);
}

static void signal_handlers_are_as_before(void)
{
    int number;

    for (number = 1; number < 32; number++) {
        struct sigaction action;

        CHECK(sigaction(number, NULL, &action) == 0);
        CHECK(action.sa_handler == handlers_before[number].sa_handler);
        CHECK(action.sa_flags == handlers_before[number].sa_flags);
    }
}

static void a_forked_child_gets_an_error_and_the_parent_goes_on(milvus_client *client)
{
    int status = 0;
    size_t length;
    pid_t child = fork();

    if (child == 0) {
        int64_t job;
        milvus_client *other;

        alarm(20); // a child that hangs fails the test
        if (milvus_compact(client, "succeeds", 0, 0, &job) != MILVUS_FORKED)
            _exit(1);
        if (milvus_client_new("http://127.0.0.1:1", NULL, &other) != MILVUS_FORKED)
            _exit(2);
        if (milvus_last_error()->status != MILVUS_FORKED)
            _exit(3);
        milvus_client_free(client);
        if (IS_SANITIZED)
            _exit(0); // what only the missing threads hold would be taken for a leak
        exit(0); // with everything that runs at exit
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK(milvus_client_server_version(client, 5000, NULL, 0, &length) == MILVUS_OK);
}

static milvus_client *shared;

static void *errors_are_per_thread(void *result)
{
    size_t length;

    if (milvus_last_error()->status == MILVUS_OK &&
        milvus_compaction_wait(shared, -5, 0, NULL) == MILVUS_INVALID_ARGUMENT &&
        strstr(milvus_last_error_message(), "-5") != NULL &&
        milvus_client_server_version(shared, 10000, NULL, 0, &length) == MILVUS_OK &&
        strstr(milvus_last_error_message(), "-5") != NULL) // success leaves it alone
        *(int *)result = 1;
    return NULL;
}

static void many_threads_use_one_client(void)
{
    pthread_t threads[16];
    int results[16] = {0};
    size_t i;

    CHECK(milvus_compaction_wait(shared, -9, 0, NULL) == MILVUS_INVALID_ARGUMENT);
    for (i = 0; i < 16; i++)
        CHECK(pthread_create(&threads[i], NULL, errors_are_per_thread, &results[i]) == 0);
    for (i = 0; i < 16; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        CHECK(results[i] == 1);
    }
    CHECK(strstr(milvus_last_error_message(), "-9") != NULL);
}

static int states_before;

static void *free_during_call(void *client)
{
    while (atoi(tell_fake("count state")) == states_before)
        usleep(1000); // until the call is under way
    milvus_client_free((milvus_client *)client);
    return NULL;
}

static void a_client_freed_in_use_serves_the_call_under_way(const char *uri)
{
    milvus_client *client = new_client(uri);
    pthread_t thread;
    int64_t job;

    CHECK(milvus_compact(client, "never_ends", 0, 5000, &job) == MILVUS_OK);
    states_before = atoi(tell_fake("count state"));
    CHECK(pthread_create(&thread, NULL, free_during_call, client) == 0);
    CHECK(milvus_compaction_wait(client, job, 500, NULL) == MILVUS_TIMEOUT);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(milvus_compaction_wait(client, job, 500, NULL) == MILVUS_INVALID_HANDLE);
}

static pid_t test_process;
static milvus_client *closed_at_exit;

static void at_exit(void)
{
    size_t length;

    if (getpid() != test_process)
        return;
    if (milvus_client_server_version(shared, 5000, NULL, 0, &length) != MILVUS_OK)
        _exit(1);
    // By now thread-locals with destructors are gone.
    if (close_with_a_callback_due(closed_at_exit) != MILVUS_OK)
        _exit(2);
    milvus_client_free(shared);
    stop_fake();
}

int main(int argc, char **argv)
{
    const char *uri;
    size_t length;
    int error_output[2], kept;
    ssize_t printed;
    char byte;

    CHECK(argc == 2);
    uri = start_fake(argv[1], "v2.6.8");
    note_signal_handlers();
    shared = new_client(uri);
    closed_at_exit = new_client(uri);
    test_process = getpid();
    atexit(at_exit);

    // Whatever the library would print to standard error ends up in this pipe.
    CHECK(pipe(error_output) == 0);
    kept = dup(2);
    dup2(error_output[1], 2);
    close(error_output[1]);

    CHECK(milvus_client_server_version(shared, 5000, NULL, 0, &length) == MILVUS_OK);
    start_all_threads(uri);
    library_threads_are_named_and_leave_signals_to_the_host();
    signal_handlers_are_as_before();
    many_threads_use_one_client();
    a_forked_child_gets_an_error_and_the_parent_goes_on(shared);
    a_client_freed_in_use_serves_the_call_under_way(uri);

    dup2(kept, 2);
    printed = read(error_output[0], &byte, 1);
    CHECK(printed == 0);
    return finish();
}
