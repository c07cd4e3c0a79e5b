// A job that another client, of another process perhaps, goes on with.
#include "support.hpp"

static void another_client_goes_on_with_a_job(const char *uri)
{
    std::string text;
    std::int64_t job = milvus::no_job;
    {
        milvus::client owner(uri);
        job = owner.compact("succeeds");
        text = owner.export_job(job);
    }
    CHECK(text.rfind("milvus-job-1.", 0) == 0 && text.find('\0') == std::string::npos);
    milvus::client heir(uri);
    CHECK(heir.import_job(text + "\n") == job);
    const milvus::report report = heir.wait(job);
    CHECK(report.verdict == milvus::verdict::succeeded);
    CHECK(report.segment_diff && report.segment_diff->segments_before == 4);
}

static void a_job_of_others_is_waited_for_in_its_collection(const char *uri)
{
    milvus::client owner(uri), other(uri);
    const std::int64_t job = owner.compact("fails_partly");
    CHECK(thrown_by([&] { return other.wait_in("fails_partly", job); }) == milvus::status::compaction_failed);
    CHECK(thrown_by([&] { return other.wait_in("no_such", job); }) == milvus::status::collection_not_found);
    CHECK(other.wait_in("fails", milvus::no_job).verdict == milvus::verdict::nothing_to_do);
}

// More than what is tried first.
static void a_long_text_is_given_whole(const char *uri)
{
    milvus::client client(uri);
    const std::string name(1000, 'n');
    tell_fake(("add " + name + " succeeds").c_str());
    const std::int64_t job = client.compact(name);
    static_cast<void>(client.wait(job));
    const std::string text = client.export_job(job);
    CHECK(text.size() > 1023);
    milvus::client other(uri);
    CHECK(other.import_job(text) == job);
    CHECK(other.wait(job).verdict == milvus::verdict::succeeded);
}

static void a_token_is_replaced_while_jobs_go_on(const char *uri)
{
    milvus::client client(uri);
    const std::int64_t job = client.compact("succeeds");
    client.set_token("root:renewed");
    CHECK(client.wait(job).verdict == milvus::verdict::succeeded);
    CHECK(!client.try_set_token(std::string(1, '\0')));
    CHECK(thrown_by([&] { client.set_token(std::string(9000, 'x')); }) == milvus::status::invalid_argument);
}

static void what_is_no_whole_job_is_refused(const char *uri)
{
    milvus::client client(uri);
    const std::string text = client.export_job(milvus::no_job);
    CHECK(client.import_job(text) == milvus::no_job);
    CHECK(thrown_by([&] { return client.export_job(77); }) == milvus::status::invalid_argument);
    CHECK(!client.try_export_job(77));
    CHECK(thrown_by([&] { return client.import_job(text.substr(1)); }) == milvus::status::invalid_argument);
    CHECK(!client.try_import_job(text + std::string(1, '\0')));
}

// One client, and a collection of the same name in two databases.
static void a_call_names_its_database(const char *uri)
{
    milvus::client client(uri);
    tell_fake("add twice succeeds");
    tell_fake("add sales/twice succeeds");
    const auto first = [](const milvus::segment_list &segments) { return segments[0].id; };
    const std::int64_t own = first(client.segments("twice"));
    CHECK(own != first(client.segments("twice", milvus::segment_view::stored, {}, "sales")));
    client.flush("twice", {}, "sales");
    CHECK(std::string(tell_fake("header flush dbname")) == "sales");
    CHECK(client.resolve("twice", {}, "sales").state == milvus::resolution_state::not_in_doubt);
    CHECK(thrown_by([&] { return client.tasks("twice", {}, "sales"); }) == milvus::status::unsupported);
    milvus::compact_params params;
    params.database = "sales";
    const std::int64_t job = client.compact_with("twice", params).job_id;
    CHECK(client.wait_in("twice", job, {}, "sales").verdict == milvus::verdict::succeeded);
    CHECK(first(client.segments("twice")) == own); // the other one is as it was
    params.database = "no_such_database";
    CHECK(thrown_by([&] { return client.check("twice", params); }) == milvus::status::database_not_found);
    const auto flush_in = [&](const std::string &database) {
        client.flush("twice", {}, database);
        return 0;
    };
    CHECK(thrown_by([&] { return flush_in(std::string("a\0b", 3)); }) == milvus::status::invalid_argument);
    params.database.clear();
    params.only_if_idle = true;
    CHECK(thrown_by([&] { return client.compact_with("twice", params); }) == milvus::status::unsupported);
}

static void many_are_selected_and_told_of_one_by_one(const char *uri)
{
    milvus::client client(uri);
    for (const char *name : {"log_1", "log_2", "log_3", "one/log_1"})
        tell_fake((std::string("add ") + name + " succeeds").c_str());
    milvus::many_params params;
    params.match = "log_*";
    params.min_segments = 2;
    params.max_collections = 2;
    params.concurrency = 1;
    const auto future = client.compact_all_async(params);
    const std::vector<milvus::many_result> results = future.get();
    CHECK(results.size() == 3 && results[0].skip == milvus::skip::none && results[0].skip_text.empty());
    CHECK(results[2].skip == milvus::skip::max_collections && results[2].trigger == milvus::trigger::skipped);
    CHECK(results[2].skip_text.find("max_collections is 2") != std::string::npos);
    int ended = 0, skipped = 0, triggered = 0, events = 0;
    while (const std::optional<milvus::collection_event> event = future.next_event()) {
        events++;
        ended += event->event == milvus::event::ended;
        skipped += event->is_skipped;
        triggered += event->event == milvus::event::triggered;
        if (event->event == milvus::event::triggered) {
            const auto index = static_cast<std::size_t>(event->index);
            CHECK(event->job_id == results[index].job_id && client.export_job(event->job_id).size() > 100);
        }
        CHECK(event->collection_name.rfind("log_", 0) == 0);
    }
    CHECK(events == 8 && ended == 3 && skipped == 1 && triggered == 2);
    params.all_databases = true;
    params.include_final = true;
    params.max_collections.reset();
    CHECK(client.compact_all(params).size() >= 4);
    params.match = "lgo*";
    CHECK(thrown_by([&] { return client.compact_all(params); }) == milvus::status::collection_not_found);
    params.max_collections = 0;
    CHECK(thrown_by([&] { return client.compact_all(params); }) == milvus::status::invalid_argument);
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    const char *uri = start_fake(argv[1], "v2.6.8");
    another_client_goes_on_with_a_job(uri);
    a_job_of_others_is_waited_for_in_its_collection(uri);
    a_token_is_replaced_while_jobs_go_on(uri);
    a_long_text_is_given_whole(uri);
    what_is_no_whole_job_is_refused(uri);
    a_call_names_its_database(uri);
    many_are_selected_and_told_of_one_by_one(uri);
    stop_fake();
    return finish();
}
