// What identifies operations, and what a client counts.
#include "support.hpp"

static void a_thread_names_its_operations(milvus::client &client)
{
    milvus::set_thread_request_id("order-4711");
    milvus::set_thread_metadata("traceparent", "00-1-2-01");
    try {
        client.compact("missing");
        CHECK(is_not_reached);
    } catch (const milvus::error &e) {
        CHECK(e.request_id() == "order-4711" && e.failure().request_id == "order-4711");
    }
    CHECK(std::string(tell_fake("header describe traceparent")) == "00-1-2-01");
    milvus::set_thread_request_id("");
    milvus::set_thread_metadata("traceparent", "");
    const auto later = client.compact_async("missing").try_get();
    CHECK(later.failure().request_id.size() == 16);
    CHECK(std::string(tell_fake("header describe traceparent")) == "none");
    CHECK(milvus::try_set_thread_request_id("two words").status() == milvus::status::invalid_argument);
    CHECK(milvus::try_set_thread_metadata("te", "x").status() == milvus::status::invalid_argument);
    CHECK(!milvus::try_set_thread_metadata("x", std::string(1, '\0')));
}

static void the_language_is_in_the_user_agent_unless_the_program_is(const char *uri)
{
    milvus::client plain(uri);
    static_cast<void>(plain.state(1));
    const std::string agent = tell_fake("header state user-agent");
    CHECK(agent.rfind("milvus-client-cpp/", 0) == 0 && agent.find(" milvus-client-c/") != std::string::npos);
    milvus::client named(uri, milvus::options().set("user_agent", "nightly/1.0"));
    static_cast<void>(named.state(1));
    CHECK(std::string(tell_fake("header state user-agent")).rfind("nightly/1.0 milvus-client-c/", 0) == 0);
    milvus::client with_token(uri, "root:Milvus");
    static_cast<void>(with_token.state(1));
    CHECK(std::string(tell_fake("header state authorization")) == "cm9vdDpNaWx2dXM=");
}

static void a_client_counts_what_it_does(const char *uri)
{
    milvus::client client(uri);
    for (int i = 0; i < 3; i++)
        static_cast<void>(client.state(1));
    const milvus::stats stats = client.stats();
    CHECK(stats.connections_made == 1 && stats.states.ok == 3 && stats.states.max_us > 0 && stats.bytes_sent > 0);
    CHECK(stats.triggers.ok == 0 && stats.jobs_followed == 0);
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    const char *uri = start_fake(argv[1], "v2.6.8");
    milvus::client client(uri);
    a_thread_names_its_operations(client);
    the_language_is_in_the_user_agent_unless_the_program_is(uri);
    a_client_counts_what_it_does(uri);
    stop_fake();
    return finish();
}
