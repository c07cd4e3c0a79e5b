// Triggers a compaction in one run and waits for it in another: the job outlives the program.
//
//     resume trigger URI TOKEN COLLECTION FILE      triggers, and writes what it takes to wait into FILE
//     resume wait URI TOKEN FILE                    waits for the job of FILE
//     resume wait URI TOKEN COLLECTION JOB          waits for the job of another program, of which only the id is known
//
// TOKEN is "user:password", an API key, or "" for none. Exit status: 0 compacted or nothing to do,
// 1 the compaction failed or its outcome is unknown, 2 wrong usage, 3 it may not have been started or was not followed.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <milvus_client.h>

#define TRIGGER_TIMEOUT_MS 30000
#define WAIT_TIMEOUT_MS (60 * 60 * 1000)

static int complain(const char *doing)
{
    const milvus_error *error = milvus_last_error();
    fprintf(stderr, "%s: %s\n  %s\n", doing, error->message, milvus_status_message(error->status));
    return 3;
}

// The job as a text that is to be freed; NULL if there is none.
static char *exported(milvus_client *client, int64_t job)
{
    char *text = NULL;
    size_t capacity = 0, length;

    // Once for the length, and again for the text.
    while (milvus_job_export(client, job, text, capacity, &length) == MILVUS_OK) {
        char *larger;

        if (length < capacity)
            return text;
        capacity = length + 1;
        larger = realloc(text, capacity);
        if (larger == NULL)
            break;
        text = larger;
    }
    free(text);
    return NULL;
}

static int trigger(milvus_client *client, const char *collection, const char *path)
{
    FILE *file = fopen(path, "w"); // before anything is started
    char *text;
    int64_t job;
    int is_written;

    if (file == NULL) {
        perror(path);
        return 3;
    }
    if (milvus_compact(client, collection, 0, TRIGGER_TIMEOUT_MS, &job) != MILVUS_OK) {
        fclose(file);
        return complain("cannot compact");
    }
    printf("job %" PRId64 "\n", job);
    text = exported(client, job);
    is_written = text != NULL && fprintf(file, "%s\n", text) > 0;
    is_written = fclose(file) == 0 && is_written;
    free(text);
    return is_written ? 0 : complain("cannot write the job");
}

static int told(milvus_status status, const milvus_compaction_report *report)
{
    if (status != MILVUS_OK)
        complain("the compaction did not succeed");
    printf("%s: %s\n", milvus_verdict_name(report->verdict), milvus_verdict_message(report->verdict));
    if (report->has_segment_diff)
        printf("  segments: %" PRId64 " before, %" PRId64 " after\n", report->segment_diff.segments_before,
               report->segment_diff.segments_after);
    if (status == MILVUS_OK)
        return 0;
    return status == MILVUS_COMPACTION_FAILED || status == MILVUS_OUTCOME_UNKNOWN ? 1 : 3;
}

// All of a file, which is to be freed; NULL if it cannot be read.
static char *contents(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t capacity = 4096, length = 0;

    if (file == NULL)
        return NULL;
    for (;;) {
        char *larger = realloc(text, capacity);

        if (larger == NULL)
            break;
        text = larger;
        length += fread(text + length, 1, capacity - length - 1, file);
        text[length] = '\0';
        if (length < capacity - 1)
            break;
        capacity *= 2;
    }
    fclose(file);
    return text;
}

static int wait_for(milvus_client *client, const char *path)
{
    milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;
    char *text = contents(path);
    milvus_status status;
    int64_t job;

    if (text == NULL) {
        perror(path);
        return 3;
    }
    status = milvus_job_import(client, text, &job);
    free(text);
    if (status != MILVUS_OK)
        return complain("cannot read the job");
    status = milvus_compaction_wait(client, job, WAIT_TIMEOUT_MS, &report);
    return told(status, &report);
}

static int wait_in(milvus_client *client, const char *collection, int64_t job)
{
    milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;
    milvus_status status = milvus_compaction_wait_in(client, collection, NULL, job, WAIT_TIMEOUT_MS, &report);

    return told(status, &report);
}

static int usage(const char *program)
{
    fprintf(stderr, "usage: %s trigger URI TOKEN COLLECTION FILE | wait URI TOKEN FILE | wait URI TOKEN COLLECTION JOB\n",
            program);
    return 2;
}

int main(int argc, char **argv)
{
    milvus_client *client = NULL;
    int is_trigger = argc == 6 && strcmp(argv[1], "trigger") == 0;
    int exit_status;

    if (!is_trigger && (argc < 5 || argc > 6 || strcmp(argv[1], "wait") != 0))
        return usage(argv[0]);
    if (milvus_client_new(argv[2], argv[3], &client) != MILVUS_OK)
        return complain("cannot make a client");
    if (is_trigger)
        exit_status = trigger(client, argv[4], argv[5]);
    else if (argc == 5)
        exit_status = wait_for(client, argv[4]);
    else
        exit_status = wait_in(client, argv[4], strtoll(argv[5], NULL, 10));
    milvus_client_free(client);
    return exit_status;
}
