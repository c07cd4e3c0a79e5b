// Compacts one collection, waits for the end, and says what came of it.
//
//     compact URI TOKEN COLLECTION        e.g. compact http://localhost:19530 "" products
//
// TOKEN is "user:password", an API key, or "" for none. Exit status: 0 compacted or nothing to do,
// 1 the compaction failed or its outcome is unknown, 2 wrong usage, 3 it may not have been started or was not followed;
// one that another compaction kept from being started (MILVUS_BUSY) can be tried again later.
#include <inttypes.h>
#include <stdio.h>

#include <milvus_client.h>

#define TRIGGER_TIMEOUT_MS 30000
#define WAIT_TIMEOUT_MS (60 * 60 * 1000)

// Prints what the latest call complained about.
static void complain(const char *doing)
{
    const milvus_error *error = milvus_last_error();
    fprintf(stderr, "%s: %s\n  %s: %s\n", doing, error->message, milvus_status_name(error->status),
            milvus_status_message(error->status));
    if (error->in_doubt)
        fprintf(stderr, "  A compaction may have been started all the same: %s\n", milvus_resolution_name(error->resolution));
}

static void print_plans(milvus_client *client, int64_t job)
{
    milvus_plan_list *plans;
    size_t i, j;

    if (milvus_compaction_plans(client, job, TRIGGER_TIMEOUT_MS, &plans) != MILVUS_OK) {
        complain("cannot list the plans");
        return;
    }
    for (i = 0; i < milvus_plan_list_count(plans); i++) {
        milvus_plan plan = MILVUS_PLAN_INIT;

        if (milvus_plan_list_get(plans, i, &plan) != MILVUS_OK)
            continue;
        printf("  plan %zu: %zu segments", i + 1, plan.source_count);
        for (j = 0; j < plan.source_count; j++)
            printf(" %" PRId64, plan.sources[j]);
        printf(" -> %" PRId64 "\n", plan.target);
        if (plan.judgement != MILVUS_JUDGEMENT_COMPLETED)
            printf("    %s, %s: %s\n", milvus_judgement_name(plan.judgement), milvus_reason_name(plan.reason),
                   milvus_reason_message(plan.reason));
    }
    milvus_plan_list_free(plans);
}

// Which stored segments no plan took, and why: one line, if there are any and that is known.
static void print_left_out(const milvus_compaction_report *report)
{
    const struct {
        int64_t count;
        const char *why;
    } parts[] = {
        {report->left_out.unsorted, "not sorted yet"},
        {report->left_out.l0, "with nothing but deletions"},
        {report->left_out.clustered, "clustered"},
        {report->left_out.importing, "being imported"},
        {report->left_out.unflushed, "not flushed yet"},
        {report->left_out.not_asked_for, "not asked for"},
        {report->left_out.other, "held by another compaction, or not eligible"},
    };
    const char *separator = " (";
    size_t i;

    if (report->left_out.total <= 0) // 0, or MILVUS_NOT_REPORTED
        return;
    printf("  segments left out: %" PRId64, report->left_out.total);
    for (i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].count > 0) {
            printf("%s%" PRId64 " %s", separator, parts[i].count, parts[i].why);
            separator = ", ";
        }
    }
    printf(")\n");
}

static int compact(milvus_client *client, const char *collection)
{
    milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;
    char version[64] = "";
    int64_t job;
    milvus_status status;

    if (milvus_client_server_version(client, TRIGGER_TIMEOUT_MS, version, sizeof version, NULL) != MILVUS_OK) {
        complain("cannot reach the server");
        return 3;
    }
    if (milvus_compact(client, collection, 0, TRIGGER_TIMEOUT_MS, &job) != MILVUS_OK) {
        complain("cannot compact");
        return 3;
    }
    if (job == MILVUS_NO_JOB)
        printf("Milvus %s scheduled nothing for %s\n", version, collection);
    else
        printf("Milvus %s compacts %s as job %" PRId64 "\n", version, collection, job);

    status = milvus_compaction_wait(client, job, WAIT_TIMEOUT_MS, &report);
    if (status != MILVUS_OK)
        complain("the compaction did not succeed");
    printf("%s: %s\n", milvus_verdict_name(report.verdict), milvus_verdict_message(report.verdict));
    printf("  %" PRId64 " of %" PRId64 " plans completed, %" PRId64 " failed, %" PRId64 " unknown, in %.2f s\n",
           report.counts.completed, report.planned, report.counts.failed + report.counts.timed_out, report.unknown_plans,
           (double)report.elapsed_ms / 1000);
    if (report.has_segment_diff)
        printf("  segments: %" PRId64 " before, %" PRId64 " after; rows: %" PRId64 " before, %" PRId64 " after\n",
               report.segment_diff.segments_before, report.segment_diff.segments_after,
               report.segment_diff.rows_before, report.segment_diff.rows_after);
    print_left_out(&report);
    print_plans(client, job);
    if (status == MILVUS_OK)
        return 0;
    return status == MILVUS_COMPACTION_FAILED || status == MILVUS_OUTCOME_UNKNOWN ? 1 : 3;
}

int main(int argc, char **argv)
{
    milvus_client *client = NULL;
    int exit_status;

    if (argc != 4) {
        fprintf(stderr, "usage: %s URI TOKEN COLLECTION\n", argv[0]);
        return 2;
    }
    if (milvus_client_new(argv[1], argv[2], &client) != MILVUS_OK) {
        complain("cannot make a client");
        return 3;
    }
    exit_status = compact(client, argv[3]);
    milvus_client_free(client);
    return exit_status;
}
