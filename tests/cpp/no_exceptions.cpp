// Without exceptions: the forms that do not throw do all of the work. Compiled with -fno-exceptions and -fno-rtti.
#include <milvus_client.hpp>

#include "support.h"

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    const char *uri = start_fake(argv[1], "v2.6.8");
    milvus::result<milvus::client> made = milvus::client::try_new(uri);
    CHECK(made && milvus::client::try_new("ftp://localhost").status() == milvus::status::invalid_argument);
    milvus::client client = std::move(*made);

    const milvus::result<std::int64_t> job = client.compact_async("succeeds").try_get();
    CHECK(job && *job > 0);
    const milvus::result<milvus::report> report = client.wait_async(*job, std::chrono::seconds(30)).try_get();
    CHECK(report.ok() && report->verdict == milvus::verdict::succeeded);
    CHECK(client.compact_async("missing").try_get().status() == milvus::status::collection_not_found);

    milvus::result<milvus::queue> queue = milvus::queue::try_new();
    int calls = 0;
    CHECK(queue && queue->try_add(client.flush_async("fails", std::chrono::seconds(30)), [&](milvus::result<void> r) {
                       calls += r.ok();
                   }));
    const milvus::result<bool> next = queue->try_next(std::chrono::seconds(30));
    CHECK(next && *next && calls == 1);
    CHECK(client.try_close().ok());
    stop_fake();
    return finish();
}
