// A lambda that throws in a library thread ends the program by std::terminate(), and nothing gets into C.
#include "support.hpp"

struct thrown_by_a_lambda {
    const char *which;
};

// Runs where the exception would have left the lambda: it is still the current one.
[[noreturn]] static void terminated()
{
    try {
        std::rethrow_exception(std::current_exception());
    } catch (const thrown_by_a_lambda &e) {
        printf("terminated by %s\n", e.which);
        fflush(stdout);
        _exit(0);
    } catch (...) {
    }
    _exit(1);
}

int main(int argc, char **argv)
{
    CHECK(argc == 3);
    const std::string which = argv[2];
    std::set_terminate(terminated);
    milvus::client client(start_fake(argv[1], "v2.6.8"));
    milvus::future<milvus::report> future = endless_wait(client);

    if (which == "on_ready")
        future.on_ready([](auto) { throw thrown_by_a_lambda{"on_ready"}; });
    else if (which == "on_progress")
        future.on_progress([](auto) { throw thrown_by_a_lambda{"on_progress"}; });
    else
        milvus::set_log(milvus::log_level::debug, [](auto, auto, auto) { throw thrown_by_a_lambda{"log"}; });
    if (which == "on_ready")
        future.cancel(); // the others are told while it goes on
    for (int i = 0; i < 300; i++)
        std::this_thread::sleep_for(100ms);
    CHECK(is_not_reached);
    return finish();
}
