// The ordinary life of a job, and buffers and structs of every size.
#include "support.h"

static void a_job_that_succeeds(milvus_client *client)
{
    milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;
    milvus_compaction_state_info info = MILVUS_COMPACTION_STATE_INFO_INIT;
    milvus_plan_list *plans;
    milvus_plan plan = MILVUS_PLAN_INIT;
    int64_t job = -7;

    CHECK(milvus_compact(client, "succeeds", 0, 5000, &job) == MILVUS_OK);
    CHECK(job > 0);
    CHECK(milvus_compaction_wait(client, job, 10000, &report) == MILVUS_OK);
    CHECK(report.size == sizeof report && report.job_id == job);
    CHECK(report.verdict == MILVUS_VERDICT_SUCCEEDED);
    CHECK(report.planned == 2 && report.counts.completed == 2 && report.counts.failed == 0);
    CHECK(report.has_segment_diff == 1);
    CHECK(report.segment_diff.segments_before == 4 && report.segment_diff.segments_after == 2);
    CHECK(report.segment_diff.rows_before == 200 && report.segment_diff.rows_purged == 40);
    CHECK(report.segment_diff.sources_remaining == 0);
    CHECK(report.segment_diff.targets_confirmed == MILVUS_NOT_REPORTED && report.segment_diff.l0_segments_after == 1);
    CHECK(report.unknown_plans == 0 && report.left_out.total == 1 && report.left_out.l0 == 1); // the deletions
    CHECK(report.left_out.unsorted == 0 && report.left_out.clustered == 0 && report.left_out.importing == 0);
    CHECK(report.left_out.unflushed == 0 && report.left_out.not_asked_for == 0 && report.left_out.other == 0);
    CHECK(report.polls >= 3 && report.failed_polls == 0 && report.elapsed_ms >= 0);
    CHECK(milvus_compaction_state(client, job, 0, &info) == MILVUS_OK);
    CHECK(info.state == MILVUS_COMPACTION_STATE_COMPLETED && info.counts.completed == 0); // servers stop counting soon
    CHECK(milvus_compaction_plans(client, job, 0, &plans) == MILVUS_OK);
    CHECK(milvus_plan_list_count(plans) == 2);
    CHECK(milvus_plan_list_get(plans, 1, &plan) == MILVUS_OK);
    CHECK(plan.source_count == 2 && plan.sources[1] == plan.sources[0] + 1 && plan.target > 0);
    CHECK(plan.judgement == MILVUS_JUDGEMENT_COMPLETED && plan.reason == MILVUS_REASON_TARGET_STORED);
    milvus_plan_list_free(plans);
    CHECK(milvus_compaction_wait(client, job, 10000, NULL) == MILVUS_OK);
}

static void jobs_that_do_not(milvus_client *client)
{
    milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;
    int64_t job = -7;

    CHECK(milvus_compact(client, "nothing", 0, 5000, &job) == MILVUS_OK);
    CHECK(job == MILVUS_NO_JOB);
    CHECK(milvus_compaction_wait(client, job, 0, &report) == MILVUS_OK);
    CHECK(report.verdict == MILVUS_VERDICT_NOTHING_TO_DO && report.left_out.total == MILVUS_NOT_REPORTED);

    CHECK(milvus_compact(client, "fails_partly", 0, 5000, &job) == MILVUS_OK);
    CHECK(milvus_compaction_wait(client, job, 10000, &report) == MILVUS_COMPACTION_FAILED);
    CHECK(report.verdict == MILVUS_VERDICT_PARTLY_FAILED && report.counts.completed == 2 && report.counts.failed == 1);
    CHECK(milvus_last_error()->job_id == job);
    CHECK(strcmp(milvus_last_error()->operation, "milvus_compaction_wait") == 0);

    CHECK(milvus_compact(client, "never_ends", 0, 5000, &job) == MILVUS_OK);
    CHECK(milvus_compaction_wait(client, job, 200, &report) == MILVUS_TIMEOUT);
    CHECK(report.verdict == MILVUS_VERDICT_NONE && report.counts.executing == 1);
    CHECK(milvus_compaction_wait(client, job, 1, NULL) == MILVUS_TIMEOUT);
}

// The server forgets plans and counts before anybody has asked twice; what became of the segments stays.
static void plans_that_the_server_forgot(milvus_client *client)
{
    milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;
    milvus_plan plan = MILVUS_PLAN_INIT;
    milvus_plan_list *plans;
    int64_t job;
    size_t i;

    CHECK(milvus_compact(client, "forgets_some", 0, 5000, &job) == MILVUS_OK);
    CHECK(milvus_compaction_wait(client, job, 10000, &report) == MILVUS_COMPACTION_FAILED);
    CHECK(report.verdict == MILVUS_VERDICT_PARTLY_FAILED && report.planned == 3 && report.counts.completed == 2);
    CHECK(milvus_compaction_plans(client, job, 0, &plans) == MILVUS_OK && milvus_plan_list_count(plans) == 3);
    for (i = 0; i < 3; i++) {
        CHECK(milvus_plan_list_get(plans, i, &plan) == MILVUS_OK);
        if (i < 2)
            CHECK(plan.judgement == MILVUS_JUDGEMENT_COMPLETED && plan.reason == MILVUS_REASON_TARGET_STORED);
        else
            CHECK(plan.judgement == MILVUS_JUDGEMENT_FAILED && plan.reason == MILVUS_REASON_SOURCES_STORED);
    }
    milvus_plan_list_free(plans);

    CHECK(milvus_compact(client, "is_forgotten", 0, 5000, &job) == MILVUS_OK);
    CHECK(milvus_compaction_wait(client, job, 10000, &report) == MILVUS_OUTCOME_UNKNOWN);
    CHECK(report.verdict == MILVUS_VERDICT_UNKNOWN && report.unknown_plans == 2 && report.counts.failed == 0);
    CHECK(milvus_compaction_plans(client, job, 0, &plans) == MILVUS_OK && milvus_plan_list_count(plans) == 2);
    CHECK(milvus_plan_list_get(plans, 0, &plan) == MILVUS_OK);
    CHECK(plan.judgement == MILVUS_JUDGEMENT_UNKNOWN && plan.reason == MILVUS_REASON_NO_LONGER_LISTED);
    milvus_plan_list_free(plans);
}

// Servers since 2.4 schedule nothing while another compaction holds the segments: that is not "nothing to do".
static void a_trigger_while_the_job_of_another_client_runs_is_busy(milvus_client *client, const char *uri)
{
    milvus_client *other = new_client(uri);
    milvus_compact_result result = MILVUS_COMPACT_RESULT_INIT;
    milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;
    int64_t job = MILVUS_NO_JOB, untouched = -7;

    tell_fake("add held succeeds");
    CHECK(milvus_compact(client, "held", 0, 5000, &job) == MILVUS_OK && job > 0);
    CHECK(milvus_compact(other, "held", 0, 5000, &untouched) == MILVUS_BUSY && untouched == -7);
    CHECK(milvus_last_error()->retriable == 1 && milvus_last_error()->in_doubt == 0);
    CHECK(strstr(milvus_last_error_message(), "although 4 flushed segments are stored") != NULL);
    CHECK(milvus_compact_with(other, "held", NULL, 5000, &result) == MILVUS_BUSY && result.trigger == 0);
    CHECK(milvus_compaction_wait(client, job, 10000, &report) == MILVUS_OK);
    CHECK(milvus_compact_with(other, "held", NULL, 5000, &result) == MILVUS_OK);
    CHECK(result.trigger == MILVUS_TRIGGER_SCHEDULED && result.job_id > 0 && result.job_id != job);
    CHECK(result.unsorted_segments == 0);
    CHECK(milvus_compaction_wait(other, result.job_id, 10000, &report) == MILVUS_OK);
    CHECK(report.verdict == MILVUS_VERDICT_SUCCEEDED);
    milvus_client_free(other);
}

static void versions(milvus_client *client)
{
    char buffer[16];
    size_t length = 0;

    CHECK(milvus_client_server_version(client, 0, buffer, sizeof buffer, &length) == MILVUS_OK);
    CHECK(strcmp(buffer, "v2.6.8") == 0 && length == 6);
    CHECK(milvus_client_server_version(client, MILVUS_NO_TIMEOUT, NULL, 0, &length) == MILVUS_OK);
    memset(buffer, 'x', sizeof buffer);
    CHECK(milvus_client_server_version(client, 5000, buffer, 4, NULL) == MILVUS_OK);
    CHECK(memcmp(buffer, "v2.\0x", 5) == 0);
    CHECK(milvus_client_server_version(client, 5000, buffer, 1, &length) == MILVUS_OK);
    CHECK(buffer[0] == '\0' && length == 6);
}

// A program compiled with a later header passes larger structs; what this library does not know stays.
static void a_larger_struct(milvus_client *client)
{
    struct {
        milvus_compaction_report known;
        int64_t later;
    } report = {MILVUS_COMPACTION_REPORT_INIT, 77};
    milvus_compaction_report *known = &report.known;

    known->size = sizeof report;
    CHECK(milvus_compaction_wait(client, MILVUS_NO_JOB, 0, known) == MILVUS_OK);
    CHECK(known->has_segment_diff == 0 && known->segment_diff.l0_segments_after == MILVUS_NOT_REPORTED);
    CHECK(known->verdict == MILVUS_VERDICT_NOTHING_TO_DO && known->size == sizeof report && report.later == 77);
}

// No header ever had a smaller struct: one with less room than the first gets nothing.
static void a_smaller_struct(milvus_client *client)
{
    milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;

    report.size = offsetof(milvus_compaction_report, left_out);
    report.has_segment_diff = 77;
    CHECK(milvus_compaction_wait(client, MILVUS_NO_JOB, 0, &report) == MILVUS_INVALID_ARGUMENT);
    CHECK(strstr(milvus_last_error_message(), "MILVUS_COMPACTION_REPORT_INIT") != NULL && report.has_segment_diff == 77);
}

int main(int argc, char **argv)
{
    milvus_client *client;
    const char *uri;

    CHECK(argc == 2);
    uri = start_fake(argv[1], "v2.6.8");
    client = new_client(uri);
    a_job_that_succeeds(client);
    jobs_that_do_not(client);
    plans_that_the_server_forgot(client);
    a_trigger_while_the_job_of_another_client_runs_is_busy(client, uri);
    versions(client);
    a_larger_struct(client);
    a_smaller_struct(client);
    milvus_client_free(client);
    stop_fake();
    return finish();
}
