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

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    const char *uri = start_fake(argv[1], "v2.6.8");
    another_client_goes_on_with_a_job(uri);
    a_job_of_others_is_waited_for_in_its_collection(uri);
    a_token_is_replaced_while_jobs_go_on(uri);
    a_long_text_is_given_whole(uri);
    what_is_no_whole_job_is_refused(uri);
    stop_fake();
    return finish();
}
