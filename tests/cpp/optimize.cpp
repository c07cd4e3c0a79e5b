// Optimizing: its result as a value, what it throws, and its futures.
#include "support.hpp"

static void a_collection_is_merged_and_a_second_call_has_nothing_to_do(milvus::client &client)
{
    tell_fake("mergeable merged 3 4"); // in two partitions
    tell_fake("load merged 0");
    const milvus::optimize_result result = client.optimize("merged", {}, 30s);
    CHECK(result.collection_name == "merged" && result.status == milvus::status::ok);
    CHECK(result.stage == milvus::stage::done && result.verdict == milvus::verdict::succeeded && result.rounds == 1);
    CHECK(result.is_loaded == milvus::answer::yes && result.job_id > 0 && result.served_segments == 2);
    CHECK(result.segments_before == 7 && result.segments_after == 2 && result.rows_before == result.rows_after);
    CHECK(result.l0_segments_before == 0 && result.l0_segments_after == 0 && result.new_segments == 0);
    CHECK(result.segments_in == 7 && result.segments_out == 2 && result.rewrite_rows == result.rows_before);
    CHECK(*result.rewrite_bytes == *result.rewrite_rows * *result.row_bytes);
    CHECK(result.left_out && result.left_out->total == 0 && result.elapsed > 0ms);
    CHECK(result.failure.status == milvus::status::ok && result.failure.message.empty());

    const milvus::stage stages[] = {milvus::stage::flush,   milvus::stage::sort,    milvus::stage::index,
                                    milvus::stage::compact, milvus::stage::compact, milvus::stage::reindex,
                                    milvus::stage::load,    milvus::stage::serve};
    CHECK(result.steps.size() == 8);
    for (std::size_t i = 0; i < result.steps.size(); i++) {
        const milvus::optimize_step &step = result.steps[i];
        CHECK(step.stage == stages[i] && step.state == milvus::step_state::done && !step.text.empty());
        CHECK(step.round == (i == 3 ? 1 : 0) && step.report.has_value() == (i == 3) && !step.is_l0);
    }
    CHECK(result.steps[3].job_id == result.job_id && result.steps[3].report->job_id == result.job_id);
    CHECK(result.steps[3].report->verdict == milvus::verdict::succeeded);

    const milvus::optimize_result again = client.optimize("merged");
    CHECK(again.verdict == milvus::verdict::nothing_to_do && again.job_id == milvus::no_job && again.rounds == 0);
    CHECK(std::atoi(tell_fake("count trigger")) == 1);
}

static void a_bound_is_thrown_with_its_figures(milvus::client &client)
{
    const int triggers = std::atoi(tell_fake("count trigger"));
    tell_fake("mergeable bounded 3");
    milvus::optimize_params params;
    params.max_rewrite_rows = 1;
    try {
        client.optimize("bounded", params, 30s);
        CHECK(is_not_reached);
    } catch (const milvus::optimize_error &e) {
        CHECK(e.status() == milvus::status::out_of_bounds && e.value().stage == milvus::stage::compact);
        CHECK(std::string(e.what()).find("max_rewrite_rows is 1") != std::string::npos);
        CHECK(std::string(e.what()).find("3 segments") != std::string::npos);
        CHECK(e.value().failure.message == e.what() && e.value().status == e.status());
        CHECK(e.value().steps.back().state == milvus::step_state::failed && e.value().job_id == milvus::no_job);
    }
    params = {};
    params.only_estimate = true;
    params.row_bytes = 1000;
    const auto estimate = client.optimize_async("bounded", params).try_get();
    CHECK(estimate && estimate->segments_in == 3 && estimate->segments_out == 1 && estimate->rounds == 0);
    CHECK(*estimate->rewrite_bytes == *estimate->rewrite_rows * 1000);
    CHECK(std::atoi(tell_fake("count trigger")) == triggers);
}

static void parameters_reach_the_library(milvus::client &client)
{
    tell_fake("mergeable parts 3 3");
    const auto refused = [&](const milvus::optimize_params &params) {
        return client.optimize_async("parts", params).try_get().status() == milvus::status::invalid_argument;
    };
    milvus::optimize_params params;
    params.skip_stages = {milvus::stage::done};
    CHECK(refused(params));
    params = {};
    params.l0 = static_cast<milvus::l0_mode>(7);
    CHECK(refused(params));
    params = {};
    params.l0 = milvus::l0_mode::required;
    params.compaction.partition_name = "_default"; // deletions are those of the whole collection
    CHECK(refused(params));
    params = {};
    params.max_rounds = -1;
    CHECK(refused(params));
    for (const auto duration : {&milvus::optimize_params::pause, &milvus::optimize_params::max_pause,
                                &milvus::optimize_params::serve_timeout}) {
        params = {};
        params.*duration = -1ms;
        CHECK(refused(params));
    }
    // A bound that came out as 0 is not "no bound".
    for (const auto number : {&milvus::optimize_params::max_rewrite_rows, &milvus::optimize_params::max_rewrite_bytes,
                              &milvus::optimize_params::row_bytes, &milvus::optimize_params::segment_bytes}) {
        params = {};
        params.*number = 0;
        CHECK(refused(params));
    }
    params = {};
    params.min_segments = 7;
    CHECK(client.optimize_async("parts", params).try_get().status() == milvus::status::out_of_bounds);
    CHECK(thrown_by([&] { return client.optimize(std::string("parts\0", 6)); }) == milvus::status::invalid_argument);

    params = {};
    params.compaction.partition_name = "_default";
    params.skip_stages = {milvus::stage::flush, milvus::stage::index};
    params.l0 = milvus::l0_mode::never;
    params.pause = 1ms;
    params.max_pause = 1ms;
    params.serve_timeout = 1s;
    const milvus::optimize_result result = client.optimize("parts", params);
    CHECK(result.segments_in == 3 && result.steps.front().state == milvus::step_state::skipped);
}

static void many_tell_of_each(milvus::client &client)
{
    tell_fake("mergeable one 3");
    tell_fake("mergeable two 1");
    try {
        milvus::optimize_params params;
        params.concurrency = 2;
        client.optimize_many({"one", "missing", "two"}, params, 30s);
        CHECK(is_not_reached);
    } catch (const milvus::optimize_many_error &e) {
        const std::vector<milvus::optimize_result> &each = e.value();
        CHECK(e.status() == milvus::status::some_failed && each.size() == 3);
        CHECK(each[0].collection_name == "one" && each[0].segments_after == 1 && each[0].steps.size() == 8);
        CHECK(each[1].status == milvus::status::collection_not_found && each[1].stage == milvus::stage::none);
        CHECK(each[1].failure.message.find("missing") != std::string::npos);
        CHECK(!each[1].segments_before && !each[1].left_out && each[1].steps.empty());
        CHECK(each[2].verdict == milvus::verdict::nothing_to_do);
    }
    CHECK(client.optimize_many({"one"}).size() == 1);
    const int triggers = std::atoi(tell_fake("count trigger"));
    const std::vector<std::string> none;
    CHECK(thrown_by([&] { return client.optimize_many(none); }) == milvus::status::invalid_argument);
    CHECK(thrown_by([&] { return client.optimize_many({std::string("a\0", 2)}); }) == milvus::status::invalid_argument);
    milvus::optimize_params estimate;
    estimate.only_estimate = true;
    CHECK(client.optimize_all(estimate, 30s).size() >= 12);
    CHECK(std::atoi(tell_fake("count trigger")) == triggers);
}

static void a_cancelled_future_has_the_stage_and_the_job(milvus::client &client)
{
    const milvus::future<milvus::optimize_result> future = client.optimize_async(endless(), {}, milvus::no_timeout);
    until_asked(future.operation());
    CHECK(future.progress().stage == milvus::stage::compact && future.progress().round == 1);
    CHECK(future.progress().rewrite_segments > 1 && future.progress().rewrite_rows > 0);
    future.cancel();
    const auto ended = future.try_get();
    CHECK(ended.status() == milvus::status::cancelled && ended.has_value());
    CHECK(ended->stage == milvus::stage::compact && ended->job_id > 0 && ended->failure.status == ended.status());
    CHECK(ended->steps.back().state == milvus::step_state::failed);

    const auto many = client.optimize_many_async({endless()}, {}, milvus::no_timeout);
    until_asked(many.operation());
    many.cancel();
    const auto all = many.try_get();
    CHECK(all.status() == milvus::status::cancelled && all.has_value() && all->size() == 1);
}

static void every_constant_has_its_text()
{
    CHECK(milvus::to_string(milvus::stage::reindex) == std::string("reindex"));
    CHECK(milvus::to_string(milvus::step_state::skipped) == std::string("skipped"));
    CHECK(milvus::to_string(milvus::l0_mode::if_possible) == std::string("if possible"));
    CHECK(milvus::to_string(static_cast<milvus::stage>(3)) == std::string("unknown stage"));
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    const char *uri = start_fake(argv[1], "v2.6.8");
    {
        milvus::client client(uri);
        a_collection_is_merged_and_a_second_call_has_nothing_to_do(client);
        a_bound_is_thrown_with_its_figures(client);
        parameters_reach_the_library(client);
        many_tell_of_each(client);
        a_cancelled_future_has_the_stage_and_the_job(client);
    }
    every_constant_has_its_text();
    stop_fake();
    return finish();
}
