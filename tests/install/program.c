// Compacts the collection "succeeds" of the server it is given: what every way to link has to run.
#include <milvus_client.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    milvus_client *client = NULL;
    int64_t job = -1;
    int done = argc == 2 && milvus_client_new(argv[1], NULL, &client) == MILVUS_OK &&
               milvus_compact(client, "succeeds", 0, 10000, &job) == MILVUS_OK &&
               milvus_compaction_wait(client, job, 10000, NULL) == MILVUS_OK;

    puts(done ? "compacted" : milvus_last_error_message());
    milvus_client_free(client);
    return !done;
}
