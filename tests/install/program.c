// Compacts the collection "succeeds" of the server it is given, and forks: what every way to link has to run.
#include <milvus_client.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static milvus_status in_a_child(milvus_client *client, int64_t job)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        alarm(20); // one that hangs is killed
        _exit(milvus_compaction_wait(client, job, 10000, NULL) == MILVUS_FORKED ? 0 : 1);
    }
    return child > 0 && waitpid(child, &status, 0) == child && status == 0 ? MILVUS_FORKED : MILVUS_INTERNAL;
}

int main(int argc, char **argv)
{
    milvus_client *client = NULL;
    int64_t job = -1;
    int done = argc == 2 && milvus_client_new(argv[1], NULL, &client) == MILVUS_OK &&
               milvus_compact(client, "succeeds", 0, 10000, &job) == MILVUS_OK &&
               in_a_child(client, job) == MILVUS_FORKED &&
               milvus_compaction_wait(client, job, 10000, NULL) == MILVUS_OK;

    puts(done ? "compacted" : milvus_last_error_message());
    milvus_client_free(client);
    return !done;
}
