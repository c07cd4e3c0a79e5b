// Bad input, at every function: a status, a message that names the cause, and nothing written.
#include "support.h"

#define UNTOUCHED ((int64_t)0x5aa55aa55aa55aa5)

// What came of a call, as a row of the table that this test prints.
static void expect(const char *input, milvus_status status, milvus_status expected, const char *part)
{
    const milvus_error *error = milvus_last_error();
    size_t i, length = strlen(error->message);

    printf("%-58s %-28s %s\n", input, milvus_status_name(status), error->message);
    CHECK(status == expected);
    CHECK(error->status == expected);
    CHECK(error->size == sizeof *error);
    CHECK(error->operation[0] != '\0');
    CHECK(strstr(error->message, part) != NULL);
    CHECK(length > 0 && length < 1024);
    for (i = 0; i < length; i++)
        CHECK((unsigned char)error->message[i] >= 0x20 && error->message[i] != 0x7f);
    CHECK(strstr(error->message, "hunter2") == NULL);
}

static char *repeated(char letter, size_t count)
{
    char *text = (char *)malloc(count + 1);

    memset(text, letter, count);
    text[count] = '\0';
    return text;
}

static void bad_uris(void)
{
    static const struct {
        const char *uri, *part;
    } cases[] = {
        {"", "empty"},
        {"   ", "empty"},
        {"localhost:19530", "write http://"},
        {"./local.db", "milvus-lite"},
        {"ftp://root:hunter2@host", "unknown scheme"},
        {"http://", "malformed"},
        {"http://root:hunter2@:19530", "host"},
        {"http://host:0", "port"},
        {"http://host:70000", "port"},
        {"http://root:hunter2@host:port", "port"},
        {"http://root:hunter2/x@host", "percent-encode"},
        {"root:hunter2", "has no scheme"},
        {"http://ho st", "malformed"},
        {"http://host/%ff", "UTF-8"},
        {"http://host/a%0ab", "does not allow"},
        {"http://\xff", "UTF-8"},
        {"unix:", "1 to 107"},
    };
    milvus_client *client = (milvus_client *)0;
    char label[80], *huge = repeated('h', 1 << 20);
    size_t i;

    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(label, sizeof label, "new(uri \"%s\")", strchr(cases[i].uri, '\xff') != NULL ? "http://\\xff" : cases[i].uri);
        expect(label, milvus_client_new(cases[i].uri, NULL, &client), MILVUS_INVALID_ARGUMENT, cases[i].part);
        CHECK(client == NULL);
    }
    expect("new(uri of 1 MiB)", milvus_client_new(huge, NULL, &client), MILVUS_INVALID_ARGUMENT, "8192");
    expect("new(token of 1 MiB)", milvus_client_new("http://h", huge, &client), MILVUS_INVALID_ARGUMENT, "token");
    expect("new(token \\xff)", milvus_client_new("http://h", "\xff", &client), MILVUS_INVALID_ARGUMENT, "token");
    expect("new(out NULL)", milvus_client_new("http://h", NULL, NULL), MILVUS_INVALID_ARGUMENT, "out_client");
    unsetenv("MILVUS_URI");
    expect("new(uri NULL, no MILVUS_URI)", milvus_client_new(NULL, NULL, &client), MILVUS_INVALID_ARGUMENT,
           "MILVUS_URI");
    CHECK(client == NULL);
    setenv("MILVUS_URI", "http://127.0.0.1:1", 1);
    CHECK(milvus_client_new(NULL, NULL, &client) == MILVUS_OK);
    milvus_client_free(client);
    free(huge);
}

static void bad_names(milvus_client *client)
{
    int64_t job = UNTOUCHED;
    char *long_name = repeated('n', 10 * 1024), *huge = repeated('n', 1 << 20);

#define COMPACT(name) milvus_compact(client, name, 0, 5000, &job)
    expect("compact(name NULL)", COMPACT(NULL), MILVUS_INVALID_ARGUMENT, "collection_name: is NULL");
    expect("compact(name \"\")", COMPACT(""), MILVUS_INVALID_ARGUMENT, "is empty");
    expect("compact(name \"  \")", COMPACT("  "), MILVUS_INVALID_ARGUMENT, "blanks");
    expect("compact(name \"a\\nb\")", COMPACT("a\nb"), MILVUS_INVALID_ARGUMENT, "control character");
    expect("compact(name \"a\\x1b[2J\")", COMPACT("a\x1b[2J"), MILVUS_INVALID_ARGUMENT, "control character");
    expect("compact(name \"\\xc3\\x28\")", COMPACT("\xc3\x28"), MILVUS_INVALID_ARGUMENT, "UTF-8");
    expect("compact(name of 10 KiB)", COMPACT(long_name), MILVUS_COLLECTION_NOT_FOUND, "no collection");
    expect("compact(name of 1 MiB)", COMPACT(huge), MILVUS_INVALID_ARGUMENT, "1048576 bytes");
    expect("compact(name \"no_such\")", COMPACT("no_such"), MILVUS_COLLECTION_NOT_FOUND, "\"no_such\"");
#undef COMPACT
    CHECK(job == UNTOUCHED);
    free(long_name);
    free(huge);
}

static void bad_numbers(milvus_client *client)
{
    milvus_compaction_report report = MILVUS_COMPACTION_REPORT_INIT;
    milvus_compaction_state_info info = MILVUS_COMPACTION_STATE_INFO_INIT;
    milvus_plan_list *plans = (milvus_plan_list *)0;
    milvus_plan plan = MILVUS_PLAN_INIT;
    int64_t job = UNTOUCHED;

    expect("compact(timeout -2)", milvus_compact(client, "succeeds", 0, -2, &job), MILVUS_INVALID_ARGUMENT,
           "timeout_ms");
    expect("compact(out NULL)", milvus_compact(client, "succeeds", 0, 0, NULL), MILVUS_INVALID_ARGUMENT,
           "out_job_id");
    expect("state(job -1)", milvus_compaction_state(client, -1, 0, &info), MILVUS_INVALID_ARGUMENT, "-1");
    expect("plans(job -1)", milvus_compaction_plans(client, -1, 0, &plans), MILVUS_INVALID_ARGUMENT, "-1");
    expect("wait(job -1)", milvus_compaction_wait(client, -1, 0, &report), MILVUS_INVALID_ARGUMENT, "-1");
    expect("wait(unknown job)", milvus_compaction_wait(client, 123456789, 9000, &report), MILVUS_OUTCOME_UNKNOWN,
           "shows no plan of the job");
    CHECK(report.verdict == MILVUS_VERDICT_UNKNOWN && report.job_id == 123456789);
    CHECK(milvus_last_error()->job_id == 123456789);
    expect("state(out NULL)", milvus_compaction_state(client, 1, 0, NULL), MILVUS_INVALID_ARGUMENT, "out_info");
    expect("plans(out NULL)", milvus_compaction_plans(client, 1, 0, NULL), MILVUS_INVALID_ARGUMENT, "out_plans");
    info.size = 0;
    info.state = 77;
    expect("state(struct of size 0)", milvus_compaction_state(client, 1, 0, &info), MILVUS_INVALID_ARGUMENT,
           "MILVUS_COMPACTION_STATE_INFO_INIT");
    CHECK(info.state == 77);
    report.size = 1 << 20;
    expect("wait(struct of size 1 MiB)", milvus_compaction_wait(client, 1, 0, &report), MILVUS_INVALID_ARGUMENT,
           "MILVUS_COMPACTION_REPORT_INIT");

    CHECK(milvus_compaction_plans(client, MILVUS_NO_JOB, 0, &plans) == MILVUS_OK);
    CHECK(milvus_plan_list_count(plans) == 0);
    expect("plan_list_get(index 0 of 0)", milvus_plan_list_get(plans, 0, &plan), MILVUS_INVALID_ARGUMENT, "index");
    expect("plan_list_get(out NULL)", milvus_plan_list_get(plans, 0, NULL), MILVUS_INVALID_ARGUMENT, "out_plan");
    milvus_plan_list_free(plans);
    CHECK(strcmp(milvus_verdict_name(8), "unknown verdict") == 0);
    expect("server_version(buffer NULL)", milvus_client_server_version(client, 0, NULL, 9, NULL),
           MILVUS_INVALID_ARGUMENT, "buffer");
    CHECK(plan.target == 0 && job == UNTOUCHED);
}

static void bad_handles(const char *uri)
{
    milvus_client *freed = new_client(uri), *client = new_client(uri);
    milvus_plan_list *plans = (milvus_plan_list *)0, *freed_plans;
    milvus_plan plan = MILVUS_PLAN_INIT;
    int64_t job = UNTOUCHED;
    int local = 0;

    milvus_client_free(NULL);
    milvus_plan_list_free(NULL);
    milvus_client_free(freed);
    expect("compact(client NULL)", milvus_compact(NULL, "x", 0, 0, &job), MILVUS_INVALID_ARGUMENT, "NULL");
    expect("compact(client freed)", milvus_compact(freed, "x", 0, 0, &job), MILVUS_INVALID_HANDLE, "freed");
    expect("compact(client on the stack)", milvus_compact((milvus_client *)(void *)&local, "x", 0, 0, &job),
           MILVUS_INVALID_HANDLE, "not made");
    milvus_client_free(freed);
    expect("free(client freed)", milvus_last_error()->status, MILVUS_INVALID_HANDLE, "freed");

    CHECK(milvus_compaction_plans(client, MILVUS_NO_JOB, 0, &plans) == MILVUS_OK);
    expect("compact(a list)", milvus_compact((milvus_client *)(void *)plans, "x", 0, 0, &job), MILVUS_INVALID_HANDLE,
           "not a milvus_client");
    freed_plans = plans;
    milvus_plan_list_free(plans);
    expect("plan_list_get(freed)", milvus_plan_list_get(freed_plans, 0, &plan), MILVUS_INVALID_HANDLE, "freed");
    CHECK(milvus_plan_list_count(freed_plans) == 0);
    CHECK(milvus_plan_list_count(NULL) == 0);
    milvus_plan_list_free(freed_plans);
    milvus_client_free(client);
    CHECK(job == UNTOUCHED);
}

static void bad_servers(const char *fake_uri)
{
    milvus_client *client = new_client("http://127.0.0.1:1");
    milvus_client *secure;
    char uri[128];
    int64_t job = UNTOUCHED;

    expect("compact(server not there)", milvus_compact(client, "x", 0, 5000, &job), MILVUS_UNAVAILABLE, "refused");
    CHECK(milvus_last_error()->retriable == 1 && milvus_last_error()->in_doubt == 0);
    milvus_client_free(client);

    snprintf(uri, sizeof uri, "https%s", fake_uri + strlen("http"));
    CHECK(milvus_client_new(uri, "root:hunter2", &secure) == MILVUS_OK);
    expect("compact(https to a plaintext port)", milvus_compact(secure, "x", 0, 5000, &job), MILVUS_TLS_FAILED,
           "the port speaks HTTP/2 without TLS");
    milvus_client_free(secure);
    CHECK(milvus_client_new("unix:/nonexistent.sock", NULL, &client) == MILVUS_OK);
    expect("compact(no such socket)", milvus_compact(client, "x", 0, 5000, &job), MILVUS_UNAVAILABLE, "no such file");
    milvus_client_free(client);
    CHECK(milvus_client_new("http://no-such-host.invalid", NULL, &client) == MILVUS_OK);
    expect("compact(no such host)", milvus_compact(client, "x", 0, 5000, &job), MILVUS_UNAVAILABLE, "cannot connect");
    milvus_client_free(client);
    CHECK(job == UNTOUCHED);
}

static void bad_parameters(const char *fake)
{
    milvus_client *client = new_client(start_fake(fake, "v3.1.0"));
    milvus_compact_params params = MILVUS_COMPACT_PARAMS_INIT;
    milvus_compact_result result = MILVUS_COMPACT_RESULT_INIT;
    struct {
        milvus_compact_params known;
        int64_t later;
    } newer = {MILVUS_COMPACT_PARAMS_INIT, 0};
    int64_t ids[] = {5, -5}, megabytes = UNTOUCHED;

#define WITH() milvus_compact_with(client, "succeeds", &params, 5000, &result)
    expect("with(params of size 0)",
           (params.size = 0, WITH()), MILVUS_INVALID_ARGUMENT, "MILVUS_COMPACT_PARAMS_INIT");
    params.size = sizeof params;
    expect("with(clustering and l0)", (params.is_clustering = params.is_l0 = 1, WITH()), MILVUS_INVALID_ARGUMENT,
           "exclude each other");
    params.is_l0 = 0;
    expect("with(clustering, partition)", (params.partition_name = "_default", WITH()), MILVUS_INVALID_ARGUMENT,
           "plain compaction only");
    params.is_clustering = 0;
    expect("with(partition \"\")", (params.partition_name = "", WITH()), MILVUS_INVALID_ARGUMENT, "is empty");
    expect("with(partition \\xff)", (params.partition_name = "\xff", WITH()), MILVUS_INVALID_ARGUMENT, "UTF-8");
    expect("with(no such partition)", (params.partition_name = "p9", WITH()), MILVUS_PARTITION_NOT_FOUND, "\"p9\"");
    params.partition_name = NULL;
    expect("with(no such channel)", (params.channel = "c9", WITH()), MILVUS_INVALID_ARGUMENT, "by-dev");
    params.channel = NULL;
    expect("with(target size -1)", (params.target_size_mb = -1, WITH()), MILVUS_INVALID_ARGUMENT, "negative");
    params.target_size_mb = 0;
    expect("with(no segments)", (params.segment_ids = ids, WITH()), MILVUS_INVALID_ARGUMENT, "is empty");
    expect("with(segment -5)", (params.segment_count = 2, WITH()), MILVUS_INVALID_ARGUMENT, "negative");
    expect("with(no such segment)", (params.segment_count = 1, WITH()), MILVUS_INVALID_ARGUMENT, "segment 5");
    expect("with(segments NULL)", (params.segment_ids = NULL, WITH()), MILVUS_INVALID_ARGUMENT, "count is not 0");
#undef WITH
    newer.known.size = sizeof newer;
    newer.later = 1;
    expect("with(an option of a later version)",
           milvus_compact_with(client, "succeeds", &newer.known, 5000, &result), MILVUS_INVALID_ARGUMENT,
           "does not have");
    expect("with(out NULL)", milvus_compact_with(client, "succeeds", NULL, 5000, NULL), MILVUS_INVALID_ARGUMENT,
           "out_result");
    CHECK(result.trigger == 0 && result.job_id == 0);
    newer.later = 0;
    CHECK(milvus_compact_with(client, "succeeds", &newer.known, 5000, &result) == MILVUS_OK);
    CHECK(result.trigger == MILVUS_TRIGGER_SCHEDULED && result.planned == 2);

    expect("parse(NULL)", milvus_parse_target_size(NULL, &megabytes), MILVUS_INVALID_ARGUMENT, "is NULL");
    expect("parse(\"512\")", milvus_parse_target_size("512", &megabytes), MILVUS_INVALID_ARGUMENT, "no unit");
    expect("parse(\"1 KB\")", milvus_parse_target_size("1 KB", &megabytes), MILVUS_INVALID_ARGUMENT, "less than 1 MB");
    expect("parse(out NULL)", milvus_parse_target_size("1GB", NULL), MILVUS_INVALID_ARGUMENT, "out_mb");
    CHECK(megabytes == UNTOUCHED);
    CHECK(milvus_parse_target_size("1.5 GiB", &megabytes) == MILVUS_OK && megabytes == 1536);
    CHECK(milvus_parse_target_size("max", &megabytes) == MILVUS_OK && megabytes == MILVUS_LARGEST_TARGET_SIZE);
    milvus_client_free(client);
    stop_fake();
}

// A yes or no is 0 or 1: any other number is a value in another's place.
static void neither_yes_nor_no(milvus_client *client)
{
    milvus_compact_params params = MILVUS_COMPACT_PARAMS_INIT;
    milvus_compact_result result = MILVUS_COMPACT_RESULT_INIT;
    milvus_many_params many = MILVUS_MANY_PARAMS_INIT;
    milvus_many_list *list = NULL;
    milvus_future *future = NULL;
    int64_t job = UNTOUCHED;

    expect("compact(60000, 0)", milvus_compact(client, "succeeds", 60000, 0, &job), MILVUS_INVALID_ARGUMENT, "swapped");
    expect("compact(-1)", milvus_compact(client, "succeeds", -1, 0, &job), MILVUS_INVALID_ARGUMENT, "is_clustering");
    expect("compact_async(2)", milvus_compact_async(client, "succeeds", 2, 0, &future), MILVUS_INVALID_ARGUMENT,
           "is_clustering");
    params.is_clustering = 2;
    expect("params.is_clustering 2", milvus_compact_with(client, "succeeds", &params, 0, &result),
           MILVUS_INVALID_ARGUMENT, "params.is_clustering");
    params.is_clustering = 0;
    params.is_l0 = -1;
    expect("params.is_l0 -1", milvus_compact_with(client, "succeeds", &params, 0, &result), MILVUS_INVALID_ARGUMENT,
           "params.is_l0");
    many.only_trigger = 10000;
    expect("params.only_trigger 10000", milvus_compact_many(client, NULL, 0, &many, 0, &list), MILVUS_INVALID_ARGUMENT,
           "params.only_trigger");
    CHECK(job == UNTOUCHED && future == NULL && list == NULL && result.job_id == 0);
}

static void every_number_has_a_short_text(void)
{
    int32_t number;

    CHECK(strcmp(milvus_answer_name(MILVUS_YES), "yes") == 0 && strcmp(milvus_answer_name(MILVUS_NO), "no") == 0);
    CHECK(strcmp(milvus_answer_name(MILVUS_NOT_KNOWN), "unknown") == 0);
    CHECK(strcmp(milvus_option_kind_name(MILVUS_OPTION_KIND_NUMBER), "number") == 0);
    CHECK(strcmp(milvus_segment_state_name(MILVUS_SEGMENT_STATE_FLUSHED), "flushed") == 0);
    CHECK(strcmp(milvus_segment_level_name(MILVUS_SEGMENT_LEVEL_L2), "L2") == 0);
    CHECK(strcmp(milvus_compaction_state_name(MILVUS_COMPACTION_STATE_EXECUTING), "executing") == 0);
    CHECK(strcmp(milvus_trigger_name(MILVUS_TRIGGER_ALREADY_RUNNING), "already running") == 0);
    CHECK(strcmp(milvus_resolution_name(MILVUS_RESOLUTION_NO_TRACE), "no trace") == 0);
    CHECK(strcmp(milvus_verdict_name(MILVUS_VERDICT_PARTLY_FAILED), "partly failed") == 0);
    CHECK(strcmp(milvus_status_name(MILVUS_STALLED), "MILVUS_STALLED") == 0);
    for (number = 1000; number < 2000000000; number += 499999750) {
        CHECK(strcmp(milvus_answer_name(number), "unknown") == 0);
        CHECK(strcmp(milvus_option_kind_name(number), "unknown option kind") == 0);
        CHECK(strcmp(milvus_segment_state_name(-number), "unknown segment state") == 0);
        CHECK(strcmp(milvus_segment_level_name(-number), "unknown segment level") == 0);
        CHECK(strcmp(milvus_compaction_state_name(number), "unknown compaction state") == 0);
        CHECK(strcmp(milvus_trigger_name(number), "unknown trigger") == 0);
        CHECK(strcmp(milvus_resolution_name(-number), "unknown resolution") == 0);
        CHECK(strcmp(milvus_status_name(number), "MILVUS_UNKNOWN_STATUS") == 0);
    }
}

static void bad_lists(milvus_client *client)
{
    milvus_segment_list *segments = (milvus_segment_list *)0, *freed;
    milvus_plan_list *tasks = (milvus_plan_list *)0;
    milvus_segment segment = MILVUS_SEGMENT_INIT;
    milvus_segment_diff diff = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    milvus_check_result result = MILVUS_CHECK_RESULT_INIT;
    milvus_resolution resolution = MILVUS_RESOLUTION_INIT;

    expect("segments(which 7)", milvus_segments(client, "succeeds", NULL, 7, 5000, &segments), MILVUS_INVALID_ARGUMENT, "7");
    expect("segments(out NULL)", milvus_segments(client, "succeeds", NULL, MILVUS_SEGMENTS_STORED, 5000, NULL),
           MILVUS_INVALID_ARGUMENT, "out_segments");
    expect("segments(no_such)", milvus_segments(client, "no_such", NULL, MILVUS_SEGMENTS_STORED, 5000, &segments),
           MILVUS_COLLECTION_NOT_FOUND, "no_such");
    expect("tasks(on 2.3.5)", milvus_compaction_tasks(client, "succeeds", NULL, 5000, &tasks), MILVUS_UNSUPPORTED, "2.3.5");
    CHECK(segments == NULL && tasks == NULL);
    CHECK(milvus_segments(client, "succeeds", NULL, MILVUS_SEGMENTS_STORED, 5000, &segments) == MILVUS_OK);
    CHECK(milvus_segment_list_count(segments) == 4);
    expect("segment_list_get(index 4 of 4)", milvus_segment_list_get(segments, 4, &segment), MILVUS_INVALID_ARGUMENT,
           "index");
    expect("segment_list_get(out NULL)", milvus_segment_list_get(segments, 0, NULL), MILVUS_INVALID_ARGUMENT,
           "out_segment");
    CHECK(milvus_segment_list_get(segments, 0, &segment) == MILVUS_OK);
    CHECK(segment.rows == 50 && segment.state == MILVUS_SEGMENT_STATE_FLUSHED);
    CHECK(segment.level == MILVUS_NOT_REPORTED && segment.channel == NULL && segment.node_count == 0);
    expect("compare(NULL)", milvus_segments_compare(NULL, segments, NULL, &diff), MILVUS_INVALID_ARGUMENT, "NULL");
    expect("compare(out NULL)", milvus_segments_compare(segments, segments, NULL, NULL), MILVUS_INVALID_ARGUMENT,
           "out_diff");
    expect("compare(plans of another type)",
           milvus_segments_compare(segments, segments, (milvus_plan_list *)(void *)segments, &diff),
           MILVUS_INVALID_HANDLE, "milvus_plan_list");
    CHECK(milvus_segments_compare(segments, segments, NULL, &diff) == MILVUS_OK);
    CHECK(diff.segments_before == 4 && diff.segments_removed == 0 && diff.rows_purged == MILVUS_NOT_REPORTED);
    freed = segments;
    milvus_segment_list_free(segments);
    expect("segment_list_get(freed)", milvus_segment_list_get(freed, 0, &segment), MILVUS_INVALID_HANDLE, "freed");
    CHECK(milvus_segment_list_count(freed) == 0 && milvus_segment_list_count(NULL) == 0);
    milvus_segment_list_free(freed);
    milvus_segment_list_free(NULL);

    expect("check(out NULL)", milvus_compaction_check(client, "succeeds", NULL, 5000, NULL), MILVUS_INVALID_ARGUMENT,
           "out_result");
    expect("check(no_such)", milvus_compaction_check(client, "no_such", NULL, 5000, &result),
           MILVUS_COLLECTION_NOT_FOUND, "no_such");
    CHECK(result.segments == 0 && result.reason[0] == '\0');
    CHECK(milvus_compaction_check(client, "succeeds", NULL, 5000, &result) == MILVUS_OK);
    CHECK(result.would_compact == MILVUS_YES && result.segments == 4 && result.reason[0] != '\0');
    CHECK(result.would_compact_if_free == MILVUS_YES && result.may_be_busy == MILVUS_NO &&
          result.is_final == MILVUS_NO && result.expected_segments == 1);
    expect("find(out NULL)", milvus_compaction_resolve(client, "succeeds", NULL, 5000, NULL), MILVUS_INVALID_ARGUMENT,
           "out_resolution");
    CHECK(milvus_compaction_resolve(client, "succeeds", NULL, 5000, &resolution) == MILVUS_OK);
    CHECK(resolution.state == MILVUS_RESOLUTION_NOT_IN_DOUBT && resolution.job_id == MILVUS_NO_JOB);
    CHECK(strcmp(milvus_plan_type_name(MILVUS_PLAN_TYPE_MIX), "mix") == 0);
    CHECK(strcmp(milvus_plan_type_name(-1), "unknown plan type") == 0);
    CHECK(strcmp(milvus_plan_state_name(4), "failed") == 0);
    CHECK(strcmp(milvus_plan_state_name(99), "unknown plan state") == 0);
}

// Numbers in a row from 0, and texts for any number there is.
static void judgements_and_reasons(void)
{
    const int32_t others[] = {-1, MILVUS_REASON_MALFORMED + 1, 9999, INT32_MIN, INT32_MAX};
    int32_t number;
    size_t i;

    CHECK(strcmp(milvus_judgement_name(MILVUS_JUDGEMENT_OPEN), "open") == 0);
    CHECK(strcmp(milvus_judgement_name(MILVUS_JUDGEMENT_UNKNOWN), "unknown") == 0);
    CHECK(strcmp(milvus_judgement_name(MILVUS_JUDGEMENT_UNKNOWN + 1), "unknown judgement") == 0);
    CHECK(strcmp(milvus_reason_name(MILVUS_REASON_NONE), "none") == 0);
    CHECK(strcmp(milvus_reason_name(MILVUS_REASON_SOURCES_STORED), "sources stored") == 0);
    for (number = MILVUS_REASON_NONE; number <= MILVUS_REASON_MALFORMED; number++) {
        CHECK(strncmp(milvus_reason_name(number), "unknown", 7) != 0);
        CHECK(strcmp(milvus_reason_message(number), milvus_reason_message(-1)) != 0);
    }
    for (i = 0; i < sizeof others / sizeof *others; i++) {
        CHECK(strcmp(milvus_judgement_name(others[i]), "unknown judgement") == 0);
        CHECK(strcmp(milvus_reason_name(others[i]), "unknown reason") == 0);
        CHECK(milvus_reason_message(others[i])[0] != '\0');
    }
}

static void error_strings(void)
{
    int32_t numbers[] = {-1, 6, 9999, INT32_MIN, INT32_MAX};
    size_t i;

    CHECK(strcmp(milvus_status_name(MILVUS_OK), "MILVUS_OK") == 0);
    CHECK(strcmp(milvus_status_name(MILVUS_COLLECTION_NOT_FOUND), "MILVUS_COLLECTION_NOT_FOUND") == 0);
    CHECK(strcmp(milvus_verdict_name(MILVUS_VERDICT_SUCCEEDED), "succeeded") == 0);
    for (i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        CHECK(strcmp(milvus_status_name(numbers[i]), "MILVUS_UNKNOWN_STATUS") == 0);
        CHECK(milvus_status_message(numbers[i])[0] != '\0');
        CHECK(milvus_verdict_message(numbers[i])[0] != '\0');
    }
    CHECK(milvus_abi_version() == MILVUS_ABI_VERSION);
    CHECK(atoi(milvus_version()) == MILVUS_VERSION_MAJOR);
}

int main(int argc, char **argv)
{
    const char *uri;
    milvus_client *client;

    CHECK(argc == 2);
    CHECK(milvus_last_error()->status == MILVUS_OK && milvus_last_error_message()[0] == '\0');
    uri = start_fake(argv[1], "v2.3.5");
    client = new_client(uri);
    error_strings();
    judgements_and_reasons();
    bad_uris();
    bad_names(client);
    bad_numbers(client);
    bad_lists(client);
    neither_yes_nor_no(client);
    every_number_has_a_short_text();
    milvus_client_free(client);
    bad_handles(uri);
    bad_servers(uri);
    stop_fake();
    bad_parameters(argv[1]);
    return finish();
}
