// Every operation, its value, and what it throws. Linked from two translation units: see second.cpp.
#include "support.hpp"

#include <cmath>

std::size_t options_seen_by_the_second();

static void every_operation_gives_its_value(milvus::client &client)
{
    CHECK(client.server_version() == "v2.6.8");
    CHECK(client.info().version == "v2.6.8" && !client.info().is_lite);

    const milvus::segment_list before = client.segments("succeeds");
    const std::int64_t job = client.compact("succeeds");
    CHECK(job > 0);
    CHECK(client.state(job).state == milvus::compaction_state::executing);
    const milvus::report report = client.wait(job);
    CHECK(report.verdict == milvus::verdict::succeeded && report.job_id == job && report.counts.completed == 2);
    CHECK(report.segment_diff && report.segment_diff->segments_after && !report.segment_diff->targets_confirmed);
    CHECK(report.unknown_plans == 0 && report.left_out && report.left_out->total == 1); // the deletions
    CHECK(report.left_out->l0 == 1 && report.left_out->other == 0);

    const milvus::plan_list plans = client.plans(job);
    CHECK(plans.size() == 2 && plans[1].sources.size() == 2 && plans[1].target && !plans[1].details);
    CHECK(plans[1].judgement == milvus::judgement::completed && plans[1].reason == milvus::reason::target_stored);
    const milvus::segment_list after = client.segments("succeeds");
    CHECK(!before.empty() && before[0].rows == 50 && before[0].state == milvus::segment_state::flushed);
    for (const milvus::segment &segment : after)
        CHECK(segment.id > 0 && segment.collection_id > 0);
    const milvus::segment_diff diff = milvus::segments_compare(before, after, &plans);
    CHECK(diff.segments_before == report.segment_diff->segments_before && diff.sources_remaining == 0);
    CHECK(diff.rows_purged == report.segment_diff->rows_purged && diff.rows_purged > 0);
    CHECK(milvus::segments_compare(before, before).segments_removed == 0);

    const milvus::compact_result nothing = client.compact_with("nothing", {});
    CHECK(nothing.trigger == milvus::trigger::nothing_to_do && nothing.job_id == milvus::no_job);
    CHECK(nothing.planned == 0 && nothing.unsorted_segments == 0);
    CHECK(client.wait(nothing.job_id).verdict == milvus::verdict::nothing_to_do);
    CHECK(!client.wait(nothing.job_id).left_out);
    CHECK(client.check("never_ends").is_enabled == milvus::answer::yes);
    CHECK(!client.check("never_ends").reason.empty());
    CHECK(client.check("fails").would_compact_if_free == milvus::answer::yes);
    CHECK(client.check("fails").expected_segments == 1 && client.check("fails").is_final == milvus::answer::no);
    CHECK(client.resolve("fails").state == milvus::resolution_state::not_in_doubt);
    client.flush("succeeds");
    CHECK(thrown_by([&] { return client.tasks("succeeds"); }) == milvus::status::unsupported);
}

// The server schedules nothing, although segments are stored that it would take if they were free.
static void a_trigger_while_the_job_of_another_client_runs_is_busy_and_a_later_one_works(const char *uri)
{
    milvus::client client(uri), other(uri);
    tell_fake("add held succeeds");
    const std::int64_t job = client.compact("held");
    const auto refused = other.compact_async("held").try_get();
    CHECK(refused.status() == milvus::status::busy && refused.failure().retriable && !refused.failure().in_doubt);
    CHECK(client.wait(job).verdict == milvus::verdict::succeeded);
    const std::int64_t later = other.compact("held");
    CHECK(later > 0 && later != job && other.wait(later).verdict == milvus::verdict::succeeded);
}

static void each_plan_that_did_not_complete_has_its_reason(milvus::client &client)
{
    const std::int64_t job = client.compact("vanishes");
    CHECK(thrown_by([&] { return client.wait(job); }) == milvus::status::compaction_failed);
    const milvus::plan_list plans = client.plans(job);
    CHECK(plans.size() == 2);
    for (const milvus::plan &plan : plans)
        CHECK(plan.judgement != milvus::judgement::completed && milvus::message(plan.reason)[0] != '\0');
}

// The server is newer than 3.0.0, and tells more.
static void tasks_have_details(const char *program)
{
    // The other server goes on; this one takes its place for a while.
    const int input = fake_input;
    FILE *const output = fake_output;
    const pid_t process = fake_process;
    milvus::client client(start_fake(program, "v3.1.0"));
    const std::int64_t job = client.compact("succeeds");

    client.wait(job);
    const milvus::plan_list tasks = client.tasks("succeeds");
    CHECK(tasks.size() >= 2 && tasks[0].details && tasks[0].details->job_id == job);
    CHECK(tasks[0].details->type == milvus::plan_type::mix && !tasks[0].details->channel.empty());
    CHECK(client.segments("succeeds")[0].channel);
    stop_fake();
    fake_input = input;
    fake_output = output;
    fake_process = process;
}

static void failures_are_thrown_by_status(milvus::client &client)
{
    try {
        client.compact("not_there");
        CHECK(is_not_reached);
    } catch (const milvus::error &e) {
        CHECK(e.status() == milvus::status::collection_not_found && e.job_id() == milvus::no_job);
        CHECK(std::string(e.what()).find("not_there") != std::string::npos);
        CHECK(e.operation() == "milvus_compact_async" && !e.retriable() && !e.in_doubt());
        CHECK(std::string(milvus::to_string(e.status())) == "MILVUS_COLLECTION_NOT_FOUND");
    }
    try {
        tell_fake("fail trigger refuse 5 no reason");
        client.compact("succeeds");
        CHECK(is_not_reached);
    } catch (const std::runtime_error &e) {
        CHECK(std::string(e.what()).find("no reason") != std::string::npos);
    }
    tell_fake("fail trigger grpc 7 not for you");
    try {
        client.compact("succeeds");
        CHECK(is_not_reached);
    } catch (const milvus::error &e) {
        const milvus::error copy = e;
        CHECK(copy.status() == milvus::status::permission_denied && copy.grpc_code() == 7);
    }
    tell_fake("fail trigger cut");
    try {
        client.compact("fails");
        CHECK(is_not_reached);
    } catch (const milvus::error &e) {
        CHECK(e.in_doubt() && !e.retriable() && e.resolution() != milvus::resolution_state::not_in_doubt);
        CHECK(client.resolve("fails").state == milvus::resolution_state::unknown ||
              client.resolve("fails").state == milvus::resolution_state::started);
    }
    CHECK(thrown_by([&] { return client.wait(-7); }) == milvus::status::invalid_argument);
    const std::int64_t job = client.compact(endless());
    CHECK(thrown_by([&] { return client.wait(job, -1s); }) == milvus::status::timeout);
}

static void a_wait_that_fails_has_its_report(milvus::client &client)
{
    const std::int64_t job = client.compact("fails_partly");
    try {
        client.wait(job);
        CHECK(is_not_reached);
    } catch (const milvus::wait_error &e) {
        CHECK(e.status() == milvus::status::compaction_failed && e.job_id() == job);
        CHECK(e.value().verdict == milvus::verdict::partly_failed && e.value().counts.failed == 1);
    }
    const auto ended = client.wait_async(client.compact(endless()), 1s).try_get();
    CHECK(!ended && ended.status() == milvus::status::timeout && ended.has_value());
    CHECK(ended->verdict == milvus::verdict::none && ended->counts.executing == 1);
    const auto refused = client.wait_async(-7).try_get();
    CHECK(refused.status() == milvus::status::invalid_argument && !refused.has_value());
}

static void many_tell_of_each(milvus::client &client)
{
    const auto all_well = client.compact_many({"nothing"}, {}, 30s);
    CHECK(all_well.size() == 1 && all_well[0].failure.status == milvus::status::ok);
    tell_fake("add fails_partly fails_partly"); // as it was at first
    try {
        client.compact_many({"nothing", "fails_partly", "missing"}, {}, 30s);
        CHECK(is_not_reached);
    } catch (const milvus::many_error &e) {
        const std::vector<milvus::many_result> &each = e.value();
        CHECK(e.status() == milvus::status::some_failed && each.size() == 3);
        CHECK(each[0].collection_name == "nothing" && each[0].trigger == milvus::trigger::nothing_to_do);
        CHECK(each[1].status == milvus::status::compaction_failed && each[1].report->counts.failed == 1);
        CHECK(each[1].planned == 3 && each[1].failure.job_id == each[1].job_id);
        CHECK(each[2].status == milvus::status::collection_not_found && !each[2].report);
        CHECK(each[2].failure.message.find("missing") != std::string::npos);
    }
    tell_fake("add fresh only_unsorted");
    const auto fresh = client.compact_many({"fresh"}, {}, 2s);
    CHECK(fresh[0].trigger == milvus::trigger::nothing_to_do && fresh[0].unsorted_segments == 2);
    CHECK(fresh[0].report->unsorted_segments == 2);
    CHECK(!client.wait(milvus::no_job).unsorted_segments); // nobody can know
    const int triggers = std::atoi(tell_fake("count trigger"));
    milvus::many_params params;
    params.only_trigger = true;
    params.concurrency = 2;
    const std::vector<std::string> none;
    CHECK(thrown_by([&] { return client.compact_many(none); }) == milvus::status::invalid_argument);
    CHECK(std::atoi(tell_fake("count trigger")) == triggers); // nor the whole database
    for (int i = 0; i < 4; i++)
        tell_fake("poll_all"); // the job of "fails" whose answer was lost ends, and holds nothing any more
    CHECK(client.compact_all(params, 30s).size() >= 12);
}

// What C would take for something else is refused, and nothing is sent.
static void nothing_is_taken_for_something_else(milvus::client &client)
{
    const int triggers = std::atoi(tell_fake("count trigger"));
    const std::string cut("succeeds\0_not", 13);
    const auto refused = milvus::status::invalid_argument;
    milvus::compact_params params;

    CHECK(thrown_by([&] { return client.compact(cut); }) == refused);
    CHECK(thrown_by([&] { return client.compact_with(cut, {}); }) == refused);
    CHECK(thrown_by([&] { return client.segments(cut); }) == refused);
    CHECK(thrown_by([&] { return client.compact_many({"nothing", cut, "fails"}); }) == refused);
    CHECK(client.compact_async(cut).try_get().failure().message ==
          "the collection's name has a NUL character in it");
    CHECK(thrown_by([&] { return milvus::client(cut); }) == refused);
    CHECK(thrown_by([&] { return milvus::client("http://localhost", cut); }) == refused);
    CHECK(milvus::try_parse_target_size(std::string("1GB\0", 4)).status() == refused);
    milvus::options options;
    CHECK(options.try_set("token", std::string("a\0b", 3)).status() == refused);
    CHECK(thrown_by([&] { return &options.set("tokne", "a"); }) == refused);

    params.partition_name = std::string("_default\0", 9);
    CHECK(thrown_by([&] { return client.compact_with("succeeds", params); }) == refused);
    params = {};
    params.channel = "";
    CHECK(thrown_by([&] { return client.compact_with("succeeds", params); }) == refused);
    params = {};
    params.segment_ids.emplace(); // a selection that came out empty is not "all"
    CHECK(thrown_by([&] { return client.compact_with("succeeds", params); }) == refused);
    params = {};
    params.target_size_mb = 0;
    CHECK(thrown_by([&] { return client.compact_with("succeeds", params); }) == refused);
    milvus::many_params many;
    many.compaction = params;
    CHECK(thrown_by([&] { return client.compact_many({"succeeds"}, many); }) == refused);
    CHECK(std::atoi(tell_fake("count trigger")) == triggers);

    // Long names are whole names, however they end.
    const std::string long_name(10240, 'n');
    try {
        client.compact(long_name);
        CHECK(is_not_reached);
    } catch (const milvus::error &e) {
        CHECK(e.status() == milvus::status::collection_not_found);
    }
    CHECK(thrown_by([&] { return client.compact(std::string(70000, 'n')); }) == refused);
}

static void a_selection_is_passed_on(milvus::client &client)
{
    milvus::compact_params params;

    tell_fake("add selected succeeds");
    params.segment_ids = {client.segments("selected")[0].id};
    CHECK(client.compact_with("selected", params).job_id > 0);
    params.segment_ids = {1};
    CHECK(thrown_by([&] { return client.compact_with("selected", params); }) == milvus::status::invalid_argument);
    params = {};
    params.partition_name = "no such partition";
    CHECK(thrown_by([&] { return client.compact_with("selected", params); }) == milvus::status::partition_not_found);
}

static void options_and_versions(const char *uri)
{
    milvus::client client(uri, milvus::options().set("token", "root:Milvus").set("timeout_ms", "20000"));
    CHECK(client.info().version == "v2.6.8");
    CHECK(milvus::known_options().size() == milvus_option_count() && milvus_option_count() > 5);
    CHECK(options_seen_by_the_second() == milvus_option_count());
    CHECK(milvus::version() == std::string("0.1.0") && milvus::abi_version() >= MILVUS_ABI_VERSION);
    CHECK(milvus::parse_target_size("1.5 GiB") == 1536);
    CHECK(milvus::parse_target_size("max") == milvus::largest_target_size);
    CHECK(thrown_by([] { return milvus::parse_target_size("1.5"); }) == milvus::status::invalid_argument);
    CHECK(thrown_by([] { return milvus::client("ftp://localhost"); }) == milvus::status::invalid_argument);
    CHECK(milvus::client::try_new("ftp://localhost").status() == milvus::status::invalid_argument);
    setenv("MILVUS_URI", uri, 1);
    CHECK(milvus::client::from_environment().server_version() == "v2.6.8");
    unsetenv("MILVUS_URI");
}

static void what_was_moved_from_says_so(const char *uri)
{
    milvus::client first(uri);
    milvus::client second = std::move(first);
    milvus::options options;
    const milvus::options taken = std::move(options);

    CHECK(second.compact("nothing") == milvus::no_job);
    CHECK(thrown_by([&] { return first.compact("nothing"); }) == milvus::status::invalid_argument);
    CHECK(first.try_close().status() == milvus::status::invalid_argument);
    CHECK(options.try_set("token", "a").status() == milvus::status::invalid_argument);
    CHECK(milvus::client::try_new(uri, options).status() == milvus::status::invalid_handle);
    first = std::move(second);
    CHECK(first.compact("nothing") == milvus::no_job);
    milvus::segment_list segments = first.segments("succeeds");
    const milvus::segment_list kept = std::move(segments);
    CHECK(segments.empty() && !kept.empty());
    CHECK(milvus::try_segments_compare(kept, segments).status() == milvus::status::invalid_argument);
    const milvus::plan_list no_plans;
    CHECK(milvus::try_segments_compare(kept, kept, &no_plans).status() == milvus::status::invalid_handle);
    first.close();
    CHECK(thrown_by([&] { return first.compact("nothing"); }) == milvus::status::closed);
}

// A child process gets an error from everything, and can end.
static void a_fork_is_told(const char *uri)
{
    milvus::client client(uri);
    const milvus::future<std::int64_t> future = client.compact_async("nothing");
    future.wait();
    const pid_t child = fork();
    if (child == 0) {
        bool is_told = future.ready() && future.try_get().status() == milvus::status::forked;
        is_told = is_told && thrown_by([&] { return client.compact("nothing"); }) == milvus::status::forked;
        is_told = is_told && milvus::client::try_new(uri).status() == milvus::status::forked;
        _exit(is_told ? 0 : 1);
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    CHECK(future.get() == milvus::no_job);
}

static void limits_of_time()
{
    CHECK(milvus::timeout().of_call() == 0 && milvus::no_timeout.of_call() == MILVUS_NO_TIMEOUT);
    CHECK(milvus::timeout(2min).of_call() == 120000 && milvus::timeout(1500us).of_call() == 2);
    CHECK(milvus::timeout(0s).of_call() == 1 && milvus::timeout(-1ms).of_call() == 1);
    CHECK(milvus::timeout(-1ms).of_wait() == 0 && milvus::timeout(1ns).of_wait() == 1);
    CHECK(milvus::timeout(std::chrono::hours::max()).of_call() == MILVUS_NO_TIMEOUT);
    CHECK(milvus::timeout(std::chrono::duration<double>(0.25)).of_call() == 250);
    CHECK(milvus::timeout(std::chrono::duration<double>(INFINITY)).of_call() == MILVUS_NO_TIMEOUT);
    CHECK(milvus::timeout(std::chrono::duration<double>(NAN)).of_call() == 1);
    static_assert(milvus::timeout(10s).of_call() == 10000, "at compile time too");
}

static bool named(const char *text, const char *expected)
{
    return strcmp(text, expected) == 0;
}

static void every_constant_has_its_text()
{
    CHECK(named(milvus::to_string(milvus::status::some_failed), "MILVUS_SOME_FAILED"));
    CHECK(named(milvus::to_string(milvus::verdict::timed_out), "timed out"));
    CHECK(named(milvus::to_string(milvus::verdict::not_started), "not started"));
    CHECK(named(milvus::to_string(milvus::judgement::unknown), "unknown"));
    CHECK(named(milvus::to_string(milvus::reason::malformed), "malformed"));
    CHECK(named(milvus::to_string(static_cast<milvus::reason>(77)), "unknown reason"));
    CHECK(named(milvus::to_string(milvus::trigger::accepted), "accepted"));
    CHECK(named(milvus::to_string(milvus::resolution_state::no_trace), "no trace"));
    CHECK(named(milvus::to_string(milvus::plan_type::mix), "mix"));
    CHECK(named(milvus::to_string(milvus::plan_state::statistic), "statistic"));
    CHECK(named(milvus::to_string(milvus::compaction_state::executing), "executing"));
    CHECK(named(milvus::to_string(milvus::segment_view::loaded), "loaded"));
    CHECK(named(milvus::to_string(milvus::segment_state::dropped), "dropped"));
    CHECK(named(milvus::to_string(milvus::segment_level::l2), "L2"));
    CHECK(named(milvus::to_string(milvus::answer::not_known), "unknown"));
    CHECK(named(milvus::to_string(milvus::option_kind::secret), "secret"));
    CHECK(named(milvus::to_string(milvus::log_level::debug), "debug"));
    CHECK(named(milvus::to_string(static_cast<milvus::segment_state>(77)), "unknown segment state"));
    CHECK(named(milvus::to_string(static_cast<milvus::status>(77)), "MILVUS_UNKNOWN_STATUS"));
    CHECK(!named(milvus::message(milvus::verdict::failed), milvus::message(milvus::status::ok)));
    CHECK(!named(milvus::message(milvus::reason::purged), milvus::message(milvus::reason::none)));
    // The numbers are the header's.
    CHECK(static_cast<int>(milvus::judgement::timed_out) == MILVUS_JUDGEMENT_TIMED_OUT);
    CHECK(static_cast<int>(milvus::reason::taken_by_others) == MILVUS_REASON_TAKEN_BY_OTHERS);
    CHECK(static_cast<int>(milvus::status::busy) == MILVUS_BUSY);
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    const char *uri = start_fake(argv[1], "v2.6.8");
    {
        milvus::client client(uri);
        every_operation_gives_its_value(client);
        failures_are_thrown_by_status(client);
        a_wait_that_fails_has_its_report(client);
        many_tell_of_each(client);
        nothing_is_taken_for_something_else(client);
        a_selection_is_passed_on(client);
        each_plan_that_did_not_complete_has_its_reason(client);
    }
    a_trigger_while_the_job_of_another_client_runs_is_busy_and_a_later_one_works(uri);
    options_and_versions(uri);
    what_was_moved_from_says_so(uri);
    a_fork_is_told(uri);
    limits_of_time();
    every_constant_has_its_text();
    tasks_have_details(argv[1]);
    stop_fake();
    return finish();
}
