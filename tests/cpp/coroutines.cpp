// co_await: with C++20, a future is awaited, and what it ends with is given or thrown there.
#include "support.hpp"

#include <coroutine>
#include <future>

// The smallest task there is: starts at once, and tells its end by a std::promise.
template <class T> struct task {
    struct promise_type {
        std::promise<T> promise;
        task get_return_object() { return {promise.get_future()}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_value(T value) { promise.set_value(std::move(value)); }
        void unhandled_exception() { promise.set_exception(std::current_exception()); }
    };
    std::future<T> future;
    T get()
    {
        CHECK(future.wait_for(30s) == std::future_status::ready);
        return future.get();
    }
};

static task<milvus::report> compact_all_of_it(milvus::client &client, std::string collection)
{
    co_await client.flush_async(collection, 30s);
    const std::int64_t job = co_await client.compact_async(collection);
    milvus::future<milvus::report> waiting = client.wait_async(job, 30s);
    co_return co_await std::move(waiting);
}

static task<bool> runs_on_a_library_thread(milvus::client &client, milvus::operation *operation)
{
    const auto caller = std::this_thread::get_id();
    milvus::future<milvus::report> future = endless_wait(client);
    *operation = future.operation();
    try {
        co_await future; // it stays here, so the future need not be moved
    } catch (const milvus::wait_error &e) {
        CHECK(e.status() == milvus::status::cancelled && e.value().planned == 1);
        co_return std::this_thread::get_id() != caller;
    }
    co_return false;
}

static task<int> many_in_a_row(milvus::client &client, int times)
{
    int done = 0;
    for (; done < times; done++)
        CHECK(co_await client.compact_async("nothing") == milvus::no_job);
    co_return done;
}

static task<std::size_t> awaits_what_is_over(milvus::client &client)
{
    milvus::future<milvus::segment_list> future = client.segments_async("succeeds");
    future.wait();
    co_return (co_await future).size();
}

static task<milvus::status> awaits_after_the_close(milvus::client &client)
{
    milvus::future<milvus::report> future = endless_wait(client);
    client.close();
    try {
        co_await future;
    } catch (const milvus::error &e) {
        co_return e.status();
    }
    co_return milvus::status::ok;
}

static task<milvus::status> awaits_what_did_not_start(milvus::client &client, bool is_empty)
{
    milvus::future<std::int64_t> future = client.compact_async(std::string("a\0b", 3));
    if (is_empty)
        future = {};
    try {
        co_await future;
    } catch (const milvus::error &e) {
        co_return e.status();
    }
    co_return milvus::status::ok;
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    const char *uri = start_fake(argv[1], "v2.6.8");
    {
        milvus::client client(uri);
        milvus::operation operation;

        CHECK(compact_all_of_it(client, "succeeds").get().verdict == milvus::verdict::succeeded);
        auto failing = compact_all_of_it(client, "missing");
        CHECK(thrown_by([&] { return failing.get(); }) == milvus::status::collection_not_found);
        auto waiting = runs_on_a_library_thread(client, &operation);
        until_asked(operation);
        CHECK(operation.cancel());
        CHECK(waiting.get());
        CHECK(many_in_a_row(client, 200).get() == 200);
        CHECK(awaits_what_is_over(client).get() > 0);
        CHECK(awaits_what_did_not_start(client, false).get() == milvus::status::invalid_argument);
        CHECK(awaits_what_did_not_start(client, true).get() == milvus::status::invalid_handle);
        CHECK(awaits_after_the_close(client).get() == milvus::status::closed);
    }
    stop_fake();
    return finish();
}
