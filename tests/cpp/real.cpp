// Against a real server: compacts the collection MILVUS_COLLECTION of the server MILVUS_URI (token: MILVUS_TOKEN).
#include <milvus_client.hpp>

#include "support.h"

int main()
{
    const char *name = getenv("MILVUS_COLLECTION");
    if (getenv("MILVUS_URI") == nullptr || name == nullptr) {
        puts("set MILVUS_URI and MILVUS_COLLECTION");
        return 1;
    }
    milvus::client client = milvus::client::from_environment();
    const std::string collection = name;
    printf("Milvus %s\n", client.server_version().c_str());

    client.flush(collection, std::chrono::minutes(2));
    CHECK(!client.segments(collection).empty());
    CHECK(client.check(collection).is_enabled == milvus::answer::yes);
    const milvus::compact_result started = client.compact_with(collection, {}, std::chrono::minutes(1));
    const milvus::report report = client.wait(started.job_id, std::chrono::minutes(10));
    CHECK(report.verdict == milvus::verdict::succeeded || report.verdict == milvus::verdict::nothing_to_do);
    CHECK(started.job_id == milvus::no_job || report.job_id == started.job_id);
    for (const milvus::plan &plan : client.plans(started.job_id))
        CHECK(!plan.sources.empty());
    CHECK(client.compact_async(collection + "_not").try_get().status() == milvus::status::collection_not_found);
    const auto many = client.compact_many({collection}, {}, std::chrono::minutes(10));
    CHECK(many.size() == 1 && many[0].collection_name == collection);
    printf("%s: %s\n", name, milvus::to_string(report.verdict));
    return finish();
}
