// Optimizes one collection, and prints a line for each step.
//
//     optimize_cpp URI COLLECTION      e.g. optimize_cpp http://localhost:19530/sales products
//
// Exit status: 0 everything stored is merged, indexed and served, 1 not all of it, 2 wrong usage.
#include <cstdio>

#include <milvus_client.hpp>

static void print(const milvus::optimize_result &result)
{
    for (const milvus::optimize_step &step : result.steps)
        std::printf("%-7s %-7s %s\n", milvus::to_string(step.stage), milvus::to_string(step.state), step.text.c_str());
    if (result.segments_before && result.segments_after)
        std::printf("segments: %lld -> %lld\n", static_cast<long long>(*result.segments_before),
                    static_cast<long long>(*result.segments_after));
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        std::fprintf(stderr, "usage: %s URI COLLECTION\n", argv[0]);
        return 2;
    }
    try {
        milvus::client client(argv[1]);
        print(client.optimize(argv[2], {}, std::chrono::hours(1)));
        return 0;
    } catch (const milvus::optimize_error &e) { // what was done until then
        print(e.value());
        std::fprintf(stderr, "latest stage: %s. %s\n", milvus::to_string(e.value().stage), e.what());
    } catch (const milvus::error &e) { // nothing was begun
        std::fprintf(stderr, "%s: %s\n", milvus::to_string(e.status()), e.what());
    }
    return 1;
}
