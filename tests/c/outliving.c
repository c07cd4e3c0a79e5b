// A job that another client, of another process perhaps, goes on with; and the sample program that does so.
#include "support.h"

static char text[4096];

static int64_t job_of_a_client_that_is_gone(const char *uri, const char *collection)
{
    milvus_client *client = new_client(uri);
    size_t length = 0;
    int64_t job = -7;

    CHECK(milvus_compact(client, collection, 0, 5000, &job) == MILVUS_OK);
    CHECK(milvus_job_export(client, job, NULL, 0, &length) == MILVUS_OK);
    CHECK(length > 0 && length < sizeof text);
    CHECK(milvus_job_export(client, job, text, sizeof text, NULL) == MILVUS_OK);
    CHECK(strncmp(text, "milvus-job-1.", 13) == 0 && strchr(text, ' ') == NULL);
    milvus_client_free(client);
    return job;
}

static void it_comes_to_the_same_verdict(const char *uri)
{
    milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;
    milvus_client *client;
    int64_t imported = -7;
    int64_t job;

    tell_fake("add whole succeeds");
    job = job_of_a_client_that_is_gone(uri, "whole");
    client = new_client(uri);
    CHECK(milvus_job_import(client, text, &imported) == MILVUS_OK && imported == job);
    CHECK(milvus_compaction_wait(client, job, 10000, &report) == MILVUS_OK);
    CHECK(report.verdict == MILVUS_VERDICT_SUCCEEDED && report.has_segment_diff == 1);
    CHECK(report.segment_diff.segments_before == 4 && report.left_out.total >= 0);
    milvus_client_free(client);

    job = job_of_a_client_that_is_gone(uri, "fails_partly");
    client = new_client(uri);
    CHECK(milvus_job_import(client, text, &imported) == MILVUS_OK && imported == job);
    CHECK(milvus_compaction_wait(client, job, 10000, &report) == MILVUS_COMPACTION_FAILED);
    CHECK(report.verdict == MILVUS_VERDICT_PARTLY_FAILED && report.counts.completed == 2 && report.counts.failed == 1);
    milvus_client_free(client);
}

static void the_collection_is_enough(const char *uri)
{
    milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;
    milvus_client *client = new_client(uri);
    milvus_future *future;
    int64_t job = job_of_a_client_that_is_gone(uri, "fails_partly");

    CHECK(milvus_compaction_wait_in_async(client, "fails_partly", NULL, job, 10000, &future) == MILVUS_OK);
    CHECK(milvus_future_wait(future, 10000) == MILVUS_COMPACTION_FAILED);
    CHECK(milvus_future_take_report(future, &report) == MILVUS_COMPACTION_FAILED);
    CHECK(report.verdict == MILVUS_VERDICT_PARTLY_FAILED && report.has_segment_diff == 0);
    CHECK(report.left_out.total == MILVUS_NOT_REPORTED && report.job_id == job);
    milvus_future_free(future);
    CHECK(milvus_compaction_wait_in(client, "fails_partly", NULL, job, 10000, NULL) == MILVUS_COMPACTION_FAILED);
    CHECK(milvus_compaction_wait_in(client, "no_such", NULL, job, 5000, NULL) == MILVUS_COLLECTION_NOT_FOUND);
    CHECK(milvus_compaction_wait_in(client, NULL, NULL, job, 5000, NULL) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_compaction_wait_in(client, "fails", NULL, -1, 5000, NULL) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_compaction_wait_in(client, "fails", NULL, MILVUS_NO_JOB, 5000, &report) == MILVUS_OK);
    CHECK(report.verdict == MILVUS_VERDICT_NOTHING_TO_DO);
    milvus_client_free(client);
}

static void what_is_wrong_is_refused(const char *uri)
{
    milvus_client *client = new_client(uri);
    char small[8];
    size_t length = 77;
    int64_t job = -7;

    CHECK(milvus_job_export(client, 77, small, sizeof small, &length) == MILVUS_INVALID_ARGUMENT && length == 77);
    CHECK(strstr(milvus_last_error_message(), "knows nothing of job 77") != NULL);
    CHECK(milvus_job_export(client, MILVUS_NO_JOB, NULL, 1, &length) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_job_export(NULL, MILVUS_NO_JOB, small, sizeof small, &length) != MILVUS_OK);
    CHECK(milvus_job_export(client, MILVUS_NO_JOB, small, sizeof small, &length) == MILVUS_OK);
    CHECK(strcmp(small, "milvus-") == 0 && length > sizeof small);
    CHECK(milvus_job_import(client, small, &job) == MILVUS_INVALID_ARGUMENT && job == -7);
    CHECK(milvus_job_import(client, NULL, &job) == MILVUS_INVALID_ARGUMENT);
    CHECK(milvus_job_import(client, text, NULL) == MILVUS_INVALID_ARGUMENT);
    text[20] ^= 1;
    CHECK(milvus_job_import(client, text, &job) == MILVUS_INVALID_ARGUMENT && job == -7);
    milvus_client_free(client);
}

// Runs the sample; returns its exit status.
static int resume(const char *program, const char *uri, const char *what, const char *one, const char *two)
{
    int status = 0;
    pid_t child;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        execl(program, program, what, uri, "", one, two, (char *)NULL);
        _exit(127);
    }
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status);
}

// One process triggers, and another one waits.
static void the_sample_does_so(const char *program, const char *uri)
{
    char file[] = "/tmp/milvus_job_XXXXXX";
    int descriptor = mkstemp(file);

    CHECK(descriptor >= 0 && close(descriptor) == 0);
    CHECK(resume(program, uri, "trigger", "succeeds", file) == 0);
    CHECK(resume(program, uri, "wait", file, NULL) == 0);
    CHECK(resume(program, uri, "trigger", "fails", file) == 0);
    CHECK(resume(program, uri, "wait", file, NULL) == 1);
    CHECK(resume(program, uri, "wait", "fails", "99") == 1);
    CHECK(resume(program, uri, "wait", "/dev/null", NULL) == 3);
    CHECK(resume(program, uri, "wait", NULL, NULL) == 2);
    unlink(file);
}

int main(int argc, char **argv)
{
    const char *uri;

    CHECK(argc == 2);
    uri = start_fake(argv[1], "v2.6.8");
    // Before this process has used the library: a child of it could not.
    the_sample_does_so(RESUME, uri);
    it_comes_to_the_same_verdict(uri);
    the_collection_is_enough(uri);
    what_is_wrong_is_refused(uri);
    stop_fake();
    return finish();
}
