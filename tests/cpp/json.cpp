// Results as JSON: the same texts as the library writes in C.
#include "support.hpp"

// What a function of C writes.
template <class Given>
static std::string written(milvus_status (*write)(const Given *, char *, std::size_t, std::size_t *), const Given *given)
{
    std::size_t length = 0;
    CHECK(write(given, nullptr, 0, &length) == MILVUS_OK && length > 0);
    std::string text(length, '?');
    CHECK(write(given, &text[0], length + 1, nullptr) == MILVUS_OK);
    return text;
}

static void lists_are_written_as_in_c(milvus::client &client)
{
    for (const char *name : {"succeeds", "fails_partly"}) {
        const std::int64_t job = client.compact(name);
        static_cast<void>(client.wait_async(job, 30s).try_get());
        const milvus::plan_list plans = client.plans(job);
        CHECK(plans.size() > 1 && plans.json() == written(milvus_plan_list_json, plans.handle()));
    }
    tell_fake("mergeable json 3");
    tell_fake("load json 5");
    for (const milvus::segment_view which : {milvus::segment_view::stored, milvus::segment_view::loaded}) {
        const milvus::segment_list segments = client.segments("json", which);
        CHECK(!segments.empty() && segments.json() == written(milvus_segment_list_json, segments.handle()));
    }
    CHECK(milvus::plan_list().json() == "[]");
}

static void results_are_written_as_in_c(milvus::client &client)
{
    milvus_check_result check = MILVUS_CHECK_RESULT_INIT;
    CHECK(milvus_compaction_check(client.handle(), "succeeds", nullptr, 0, &check) == MILVUS_OK);
    CHECK(milvus::detail::value_of(check).json() == written(milvus_check_result_json, &check));

    const char *const names[] = {"succeeds", "nothing", "fails_partly", "times_out", "missing"};
    milvus_many_list *many = nullptr;
    CHECK(milvus_compact_many(client.handle(), names, 5, nullptr, 30000, &many) == MILVUS_SOME_FAILED);
    const milvus::detail::owned<milvus_many_list> held_many(many);
    const auto results = milvus::detail::items_of<milvus_many_result>(many, 5, milvus_many_list_get,
                                                                      MILVUS_MANY_RESULT_INIT);
    CHECK(results.size() == 5 && milvus::json(results) == written(milvus_many_list_json, many));
    for (std::size_t i = 0; i < 5; i++) {
        milvus_many_result raw = MILVUS_MANY_RESULT_INIT;
        CHECK(milvus_many_list_get(many, i, &raw) == MILVUS_OK);
        CHECK(results[i].failure.json() == written(milvus_error_json, raw.error));
        CHECK(raw.report == nullptr || results[i].report->json() == written(milvus_compaction_report_json, raw.report));
    }

    const char *const optimized_names[] = {"json", "missing"};
    milvus_optimize_list *list = nullptr;
    CHECK(milvus_optimize_many(client.handle(), optimized_names, 2, nullptr, 30000, &list) == MILVUS_SOME_FAILED);
    const milvus::detail::owned<milvus_optimize_list> held_list(list);
    auto optimized = milvus::detail::items_of<milvus_optimize_result>(list, 2, milvus_optimize_list_get,
                                                                      MILVUS_OPTIMIZE_RESULT_INIT);
    for (std::size_t i = 0; i < optimized.size(); i++)
        CHECK(milvus::detail::read_steps(list, i, optimized[i]) == MILVUS_OK);
    CHECK(optimized.size() == 2 && optimized[0].steps.size() > 5);
    CHECK(milvus::json(optimized) == written(milvus_optimize_list_json, list));
}

static void every_text_and_number_is_valid_json()
{
    milvus::many_result result;
    result.collection_name = "a\"b\\c\nd\x01 gr\xc3\xb6\xc3\x9f" "e";
    result.job_id = milvus::unknown_job;
    CHECK(result.json().find(R"("collection_name":"a\"b\\c\u000ad\u0001 größe","status":"MILVUS_OK")") == 1);
    CHECK(result.json().find(R"("job_id":"unknown")") != std::string::npos);
    milvus::report report;
    report.verdict = static_cast<milvus::verdict>(4711);
    report.job_id = 470780234608288243;
    CHECK(report.json().find(R"({"verdict":"unrecognized_4711","job_id":"470780234608288243","planned":null,)") == 0);
    CHECK(milvus::failure().json() == "null");
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    const char *uri = start_fake(argv[1], "v3.1.0");
    {
        milvus::client client(uri);
        lists_are_written_as_in_c(client);
        results_are_written_as_in_c(client);
    }
    every_text_and_number_is_valid_json();
    stop_fake();
    return finish();
}
