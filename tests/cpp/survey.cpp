// Looking around: the lists of collections and databases, and a survey.
#include "support.hpp"

static void collections_and_databases_are_listed(milvus::client &client)
{
    tell_fake("alias another nothing");
    tell_fake("load nothing 0");
    tell_fake("database sales");
    const std::vector<milvus::collection_info> list = client.collections(30s);
    bool is_found = false;
    for (const milvus::collection_info &info : list) {
        CHECK(info.failure.status == milvus::status::ok && info.database == "default" && info.id > 0);
        if (info.collection_name != "nothing")
            continue;
        is_found = true;
        CHECK(info.aliases == "another" && info.rows == 0 && info.is_loaded == milvus::answer::yes);
    }
    CHECK(is_found && list.size() >= 10);
    const std::vector<milvus::database_info> databases = client.databases(30s);
    CHECK(databases.size() == 2 && databases[0].database == "default" && databases[1].database == "sales");
    const std::vector<milvus::collection_info> elsewhere = client.collections(30s, "sales");
    CHECK(!elsewhere.empty() && elsewhere[0].database == "sales");
    try {
        client.collections(30s, "no_such_database");
        CHECK(is_not_reached);
    } catch (const milvus::error &e) {
        CHECK(e.status() == milvus::status::database_not_found);
    }
}

static void a_survey_tells_of_each(milvus::client &client)
{
    tell_fake("mergeable merged 3 4"); // in two partitions
    const std::vector<milvus::survey_result> one = client.survey({"merged"}, {}, 30s);
    CHECK(one.size() == 1 && one[0].check && one[0].check->would_compact_if_free == milvus::answer::yes);
    CHECK(one[0].stored_segments == 7 && one[0].merged_segments == 7 && one[0].merged_into == 2);
    CHECK(one[0].fragmentation > 0.71 && one[0].fragmentation < 0.72 && one[0].rewrite_rows == one[0].stored_rows);
    milvus::survey_params params;
    params.row_bytes = 1000;
    params.segment_bytes = 1000;
    const std::vector<milvus::survey_result> tight = client.survey({"merged"}, params, 30s);
    CHECK(tight[0].merged_segments == 0 && tight[0].row_bytes == 1000 && tight[0].segment_bytes == 1000);
    CHECK(tight[0].stored_bytes == *tight[0].stored_rows * 1000 && tight[0].small_segments == 0);
    try {
        client.survey({"missing", "nothing"}, {}, 30s);
        CHECK(is_not_reached);
    } catch (const milvus::survey_error &e) {
        CHECK(e.status() == milvus::status::some_failed && e.value().size() == 2);
        CHECK(e.value()[0].status == milvus::status::collection_not_found && !e.value()[0].check);
        CHECK(e.value()[0].failure.message.find("missing") != std::string::npos);
        CHECK(e.value()[1].check && e.value()[1].check->would_compact == milvus::answer::no);
    }
    params.all_databases = true;
    CHECK(client.survey_all(params, 30s).size() >= 20); // of two databases
    CHECK(std::atoi(tell_fake("count trigger")) == 0 && std::atoi(tell_fake("count flush")) == 0);
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    const char *uri = start_fake(argv[1], "v2.6.8");
    {
        milvus::client client(uri);
        collections_and_databases_are_listed(client);
        a_survey_tells_of_each(client);
    }
    stop_fake();
    return finish();
}
