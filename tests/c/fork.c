// Forks: at the worst moment, while other threads make the very first calls of the library; after calls that are no use
// of it; and ones that neither the C library nor the kernel shows.
#include "support.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>

#define ROUNDS 40

static void *make_clients(void *unused)
{
    int i;

    for (i = 0; i < 200; i++) {
        milvus_client *client = NULL;
        size_t length;

        if (milvus_client_new("http://127.0.0.1:1", NULL, &client) == MILVUS_OK) {
            if (i == 0)
                milvus_client_server_version(client, 50, NULL, 0, &length);
            milvus_client_free(client);
        }
    }
    return unused;
}

// In a process that has not used the library: forks in the middle of its first calls. 0 if all is well.
static int fork_amid_first_calls(long pause_ns)
{
    struct timespec pause = {0, 0};
    pthread_t threads[2];
    int status = 0, i;
    pid_t child;

    pause.tv_nsec = pause_ns;
    for (i = 0; i < 2; i++)
        if (pthread_create(&threads[i], NULL, make_clients, NULL) != 0)
            return 1;
    nanosleep(&pause, NULL);
    child = fork();
    if (child == 0) {
        milvus_client *client = NULL;
        milvus_status made;

        alarm(20); // a child that hangs is killed, and fails the test
        made = milvus_client_new("http://127.0.0.1:1", NULL, &client);
        // Forked before the first call, it may use the library as it likes.
        _exit(made == MILVUS_FORKED || made == MILVUS_OK ? 0 : 2);
    }
    if (waitpid(child, &status, 0) != child)
        return 3;
    for (i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 4;
}

static void call_pure_functions(void)
{
    milvus_option_info info = MILVUS_OPTION_INFO_INIT;
    milvus_options *options = milvus_options_new();
    int64_t bytes;

    CHECK(milvus_version() != NULL && milvus_abi_version() > 0);
    CHECK(milvus_option_get(0, &info) == MILVUS_OK && milvus_option_get(9999, &info) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_parse_target_size("1GiB", &bytes) == MILVUS_OK);
    CHECK(milvus_options_set(options, "timeout_ms", "100") == MILVUS_OK);
    milvus_options_free(options);
}

// A process that has read a version or an option has not used the library: its children may.
static int children_of_pure_calls_use_the_library(void)
{
    int status = 0;
    pid_t child;

    call_pure_functions();
    child = fork();
    if (child == 0) {
        milvus_client *client = NULL;

        alarm(20);
        call_pure_functions();
        if (milvus_client_new("http://127.0.0.1:1", NULL, &client) != MILVUS_OK)
            _exit(1);
        _exit(milvus_client_close(client, 5000) == MILVUS_OK ? 0 : 2);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return 0;
}

#ifdef __cplusplus
extern "C" {
#endif
static void *call_pure_functions_without_end(void *unused)
{
    for (;;)
        call_pure_functions();
    return unused;
}
#ifdef __cplusplus
}
#endif

// While other threads are in the middle of such calls, a child may be refused, but never hangs.
static int forks_amid_pure_calls(void)
{
    pthread_t threads[2];
    int i, status = 0;

    for (i = 0; i < 2; i++)
        if (pthread_create(&threads[i], NULL, call_pure_functions_without_end, NULL) != 0)
            return 1;
    for (i = 0; i < ROUNDS; i++) {
        pid_t child = fork();

        if (child == 0) {
            milvus_option_info info = MILVUS_OPTION_INFO_INIT;
            milvus_options *options;
            milvus_status got;

            alarm(20);
            got = milvus_option_get(0, &info);
            options = milvus_options_new();
            _exit((got == MILVUS_OK && options != NULL) || (got == MILVUS_FORKED && options == NULL) ? 0 : 2);
        }
        if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
            return 3;
    }
    return 0;
}

// Old kernels, and sandboxes, refuse memory that a fork empties: madvise() of 18 fails then.
static int refuse_memory_that_forks_empty(void)
{
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_madvise, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MADV_WIPEONFORK, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 22),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program;

    program.len = sizeof steps / sizeof *steps;
    program.filter = steps;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

// Run by this program as another one: the library was loaded where that memory is refused.
static int raw_forks_are_recognised(void)
{
    milvus_client *client = new_client("http://127.0.0.1:1");
    size_t length;
    int status = 0;
    long child;

    CHECK(madvise(NULL, 0, MADV_WIPEONFORK) == -1);
    CHECK(milvus_client_server_version(client, 50, NULL, 0, &length) != MILVUS_FORKED);
    child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (child == 0) {
        alarm(20);
        _exit(milvus_client_server_version(client, 50, NULL, 0, &length) == MILVUS_FORKED ? 0 : 1);
    }
    CHECK(child > 0 && waitpid((pid_t)child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK(milvus_client_server_version(client, 50, NULL, 0, &length) != MILVUS_FORKED);
    milvus_client_free(client);
    return 0;
}

static void in_a_child(int (*test)(void))
{
    int status = 0;
    pid_t child = fork();

    if (child == 0)
        _exit(test());
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static const char *this_program;

static int exec_where_it_is_refused(void)
{
    if (refuse_memory_that_forks_empty())
        execl("/proc/self/exe", this_program, "raw forks", (char *)NULL);
    return 1;
}

int main(int argc, char **argv)
{
    int round;

    this_program = argv[0];
    if (argc == 2 && strcmp(argv[1], "raw forks") == 0)
        return raw_forks_are_recognised();
    for (round = 0; round < ROUNDS; round++) {
        int status = 0;
        pid_t fresh = fork();

        if (fresh == 0)
            _exit(fork_amid_first_calls(round * 10000L));
        CHECK(waitpid(fresh, &status, 0) == fresh);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    in_a_child(children_of_pure_calls_use_the_library);
    in_a_child(forks_amid_pure_calls);
    in_a_child(exec_where_it_is_refused);
    return finish();
}
