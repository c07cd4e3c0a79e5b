// A fork at the worst moment: while other threads make the very first calls of the library.
#include "support.h"

#include <pthread.h>
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

int main(void)
{
    int round;

    for (round = 0; round < ROUNDS; round++) {
        int status = 0;
        pid_t fresh = fork();

        if (fresh == 0)
            _exit(fork_amid_first_calls(round * 10000L));
        CHECK(waitpid(fresh, &status, 0) == fresh);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    return finish();
}
