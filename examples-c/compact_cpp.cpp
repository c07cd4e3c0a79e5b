// Compacts one collection, waits for the end with a line of progress, and says what came of it.
//
//     compact_cpp URI [COLLECTION]        e.g. compact_cpp http://localhost:19530 products
//
// The token, if there is one, is read from the environment variable MILVUS_TOKEN. Without COLLECTION all collections of
// the database are compacted. Exit status: 0 compacted or nothing to do, 1 the compaction failed or its outcome is
// unknown, or not all collections were compacted, 2 wrong usage, 3 it may not have been started or was not followed.
#include <cstdio>
#include <cstdlib>
#include <exception>

#include <milvus_client.hpp>

using namespace std::chrono_literals;

// After this time the program stops waiting. What the server has begun goes on.
static constexpr auto longest_wait = 2h;

static void show(const milvus::progress &now)
{
    std::printf("  %.1f s: %lld of %lld plans completed, %lld failed\n",
                static_cast<double>(now.elapsed.count()) / 1000, static_cast<long long>(now.completed),
                static_cast<long long>(now.planned), static_cast<long long>(now.failed));
    std::fflush(stdout);
}

static void show(const milvus::report &report)
{
    std::printf("%s: %s\n  %lld of %lld plans completed, %lld failed, %lld unknown, in %.2f s\n",
                milvus::to_string(report.verdict), milvus::message(report.verdict),
                static_cast<long long>(report.counts.completed), static_cast<long long>(report.planned),
                static_cast<long long>(report.counts.failed + report.counts.timed_out),
                static_cast<long long>(report.unknown_plans), static_cast<double>(report.elapsed.count()) / 1000);
    if (report.segment_diff && report.segment_diff->segments_before && report.segment_diff->segments_after)
        std::printf("  segments: %lld before, %lld after\n", static_cast<long long>(*report.segment_diff->segments_before),
                    static_cast<long long>(*report.segment_diff->segments_after));
    if (report.left_out && report.left_out->total > 0)
        std::printf("  segments left out: %lld, %lld of them held by another compaction, or not eligible\n",
                    static_cast<long long>(report.left_out->total), static_cast<long long>(report.left_out->other));
}

// What says that a plan did not complete.
static void show(const milvus::plan_list &plans)
{
    for (const milvus::plan &plan : plans)
        if (plan.judgement != milvus::judgement::completed)
            std::printf("  a plan of %zu segments: %s: %s\n", plan.sources.size(), milvus::to_string(plan.judgement),
                        milvus::message(plan.reason));
}

static void complain(const milvus::failure &why)
{
    std::fprintf(stderr, "%s\n  %s: %s\n", why.message.c_str(), milvus::to_string(why.status),
                 milvus::message(why.status));
    if (why.in_doubt)
        std::fprintf(stderr, "  A compaction may have been started all the same: %s\n", milvus::to_string(why.resolution));
    if (why.retriable)
        std::fputs("  Trying again is safe, and may succeed.\n", stderr);
}

static int exit_status_of(milvus::status status)
{
    return status == milvus::status::compaction_failed || status == milvus::status::outcome_unknown ||
                   status == milvus::status::some_failed
               ? 1
               : 3;
}

static void compact_one(milvus::client &client, const std::string &collection)
{
    const milvus::compact_result started = client.compact_with(collection, {}, 30s);

    std::printf("Milvus %s: %s as job %lld, %s\n", client.server_version(30s).c_str(), collection.c_str(),
                static_cast<long long>(started.job_id), milvus::to_string(started.trigger));
    const auto ended =
        client.wait_async(started.job_id, longest_wait).on_progress([](const milvus::progress &now) { show(now); })
            .try_get();
    if (ended.has_value())
        show(*ended);
    const auto plans = client.plans_async(started.job_id, 30s).try_get();
    if (plans)
        show(*plans);
    if (!ended)
        throw milvus::error(ended.failure());
}

static void show(const std::vector<milvus::many_result> &results)
{
    for (const milvus::many_result &one : results) {
        std::printf("%s: %s\n", one.collection_name.c_str(), milvus::to_string(one.status));
        if (one.status != milvus::status::ok)
            complain(one.failure);
        else if (one.skip != milvus::skip::none)
            std::printf("  skipped: %s\n", one.skip_text.c_str());
    }
}

static void compact_all(milvus::client &client)
{
    show(client.compact_all_async({}, longest_wait).on_progress([](const milvus::progress &now) { show(now); }).get());
}

int main(int argc, char **argv)
{
    if (argc != 2 && argc != 3) {
        std::fprintf(stderr, "usage: %s URI [COLLECTION]\n", argv[0]);
        return 2;
    }
    try {
        const char *token = std::getenv("MILVUS_TOKEN");
        milvus::client client(argv[1], token != nullptr ? token : "");

        if (argc == 3)
            compact_one(client, argv[2]);
        else
            compact_all(client);
        return 0;
    } catch (const milvus::many_error &e) {
        show(e.value());
        complain(e.failure());
        return exit_status_of(e.status());
    } catch (const milvus::error &e) {
        complain(e.failure());
        return exit_status_of(e.status());
    } catch (const std::exception &e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 3;
    }
}
