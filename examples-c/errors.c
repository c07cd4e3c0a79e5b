// Compacts a collection, and does for every error what can be done: tries again, looks, or says who has to act.
//
//     errors URI TOKEN COLLECTION
//
// Exit status: 0 compacted or nothing to do, 1 it was not, 2 wrong usage.
#define _POSIX_C_SOURCE 199309L // nanosleep
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include <milvus_client.h>

#define ATTEMPTS 3
#define PAUSE_S 2
#define TRIGGER_TIMEOUT_MS 30000
#define WAIT_TIMEOUT_MS (60 * 60 * 1000)

// What a person has to do about a status. Statuses may be added: the library has a sentence for those, too.
static const char *advice(milvus_status status)
{
    switch (status) {
    case MILVUS_INVALID_ARGUMENT:
    case MILVUS_INVALID_HANDLE:
    case MILVUS_CLOSED:
    case MILVUS_FORKED:
    case MILVUS_PENDING:
        return "this program is wrong, or its arguments are";
    case MILVUS_UNAVAILABLE:
    case MILVUS_TLS_FAILED:
        return "look at the URI, the certificates, and whether the server runs";
    case MILVUS_TIMEOUT:
    case MILVUS_CANCELLED:
        return "there was not enough time; a compaction that has begun goes on";
    case MILVUS_UNAUTHENTICATED:
    case MILVUS_PERMISSION_DENIED:
        return "look at the token, and what its user may do";
    case MILVUS_COLLECTION_NOT_FOUND:
    case MILVUS_DATABASE_NOT_FOUND:
    case MILVUS_PARTITION_NOT_FOUND:
        return "look at the names";
    case MILVUS_RATE_LIMITED:
    case MILVUS_NOT_READY:
        return "the server wants to be left alone for a while";
    case MILVUS_BUSY:
        return "nothing was started: another compaction holds the segments, or they are not eligible now; compact again "
               "when it is over (milvus_compact_many does so by itself, for up to ten minutes)";
    case MILVUS_STALLED:
        return "the server answers, but nothing of the job changes: see whether a worker is free, and wait again";
    case MILVUS_COMPACTION_DISABLED:
    case MILVUS_UNSUPPORTED:
        return "this server cannot do it: its version or its configuration has to change";
    case MILVUS_COMPACTION_FAILED:
    case MILVUS_OUTCOME_UNKNOWN:
    case MILVUS_SOME_FAILED:
        return "look at the server's log, then compact again";
    case MILVUS_OUT_OF_MEMORY:
        return "this process has run out of something";
    case MILVUS_SERVER_ERROR:
    case MILVUS_INTERNAL:
        return "read the message";
    default:
        return milvus_status_message(status);
    }
}

static int fail(const milvus_error *error)
{
    printf("%s failed: %s\n  %s (gRPC %" PRId32 ", Milvus %" PRId32 "): %s\n", error->operation, error->message,
           milvus_status_name(error->status), error->grpc_code, error->server_code, advice(error->status));
    return 1;
}

static void pause_before_retry(void)
{
    struct timespec pause = {PAUSE_S, 0};

    nanosleep(&pause, NULL);
}

// Triggers until the server has certainly been told once. Returns whether there is a job to wait for.
static int trigger(milvus_client *client, const char *collection, int64_t *job)
{
    int attempt;

    for (attempt = 1;; attempt++) {
        const milvus_error *error;

        if (milvus_compact(client, collection, 0, TRIGGER_TIMEOUT_MS, job) == MILVUS_OK)
            return 1;
        error = milvus_last_error();
        if (error->in_doubt && error->resolution == MILVUS_RESOLUTION_STARTED && error->job_id > 0) {
            // The answer was lost, but the job was found: triggering again would compact twice.
            printf("the answer was lost; job %" PRId64 " was found\n", error->job_id);
            *job = error->job_id;
            return 1;
        }
        // Never both retriable and in doubt. MILVUS_BUSY is retriable too: nothing was started.
        if (!error->retriable || attempt == ATTEMPTS)
            return !fail(error);
        printf("trying again: %s\n", error->message);
        pause_before_retry();
    }
}

int main(int argc, char **argv)
{
    milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;
    milvus_client *client = NULL;
    int64_t job = MILVUS_NO_JOB;
    int exit_status = 1;

    if (argc != 4) {
        fprintf(stderr, "usage: %s URI TOKEN COLLECTION\n", argv[0]);
        return 2;
    }
    if (milvus_client_new(argv[1], argv[2], &client) != MILVUS_OK)
        return fail(milvus_last_error());
    if (trigger(client, argv[3], &job)) {
        // A wait that fails starts nothing and may be repeated: here it waits out a restart of the server by itself.
        exit_status = milvus_compaction_wait(client, job, WAIT_TIMEOUT_MS, &report) == MILVUS_OK
                          ? 0
                          : fail(milvus_last_error());
        printf("%s\n", milvus_verdict_message(report.verdict));
    }
    milvus_client_free(client);
    return exit_status;
}
