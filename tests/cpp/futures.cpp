// Futures, lambdas, queues and the log: who is called, how often, and what is left when it is over.
#include "support.hpp"

#include <poll.h>

static void a_future_is_waited_for(milvus::client &client)
{
    milvus::future<milvus::report> future = endless_wait(client);
    CHECK(future.valid() && !future.ready() && future.status() == milvus::status::pending);
    CHECK(!future.wait_for(0s) && !future.wait_for(10ms));
    future.cancel();
    CHECK(future.wait_for(30s) && future.ready() && future.status() == milvus::status::cancelled);
    future.wait();
    CHECK(thrown_by([&] { return future.get(); }) == milvus::status::cancelled);
    CHECK(future.operation().progress().elapsed == future.progress().elapsed); // it stands still

    milvus::future<std::int64_t> job = client.compact_async("never_ends");
    CHECK(job.get() > 0 && job.get() == job.get()); // a number can be read again
    milvus::future<milvus::segment_list> segments = client.segments_async("succeeds");
    CHECK(segments.get().size() > 0);
    CHECK(segments.try_get().status() == milvus::status::invalid_argument); // a list cannot
    CHECK(client.flush_async("succeeds").try_get().ok());
}

static void a_cancel_from_another_thread_ends_a_get(milvus::client &client)
{
    milvus::future<milvus::report> future = endless_wait(client);
    std::thread other([&] { future.cancel(); });
    CHECK(thrown_by([&] { return future.get(); }) == milvus::status::cancelled);
    other.join();
}

static void what_does_not_start_is_told_by_the_future(const char *uri)
{
    milvus::client client(uri);
    client.close();
    milvus::future<std::int64_t> future = client.compact_async("succeeds");
    CHECK(future.valid() && future.ready() && future.status() == milvus::status::closed);
    CHECK(future.try_get().failure().operation == "milvus_compact_async");
    CHECK(thrown_by([&] { return future.get(); }) == milvus::status::closed);
    CHECK(!future.operation().cancel() && future.progress().elapsed == 0ms);
    witness::counts counts;
    CHECK(future.try_on_ready([w = witness(counts)](auto) mutable { w.called(); }).status() == milvus::status::closed);
    CHECK(counts.calls == 0 && counts.destroyed == 1);
    CHECK(client.wait_async(1).on_progress([](auto) {}).try_get().status() == milvus::status::closed);
}

static void what_was_moved_from_is_empty(milvus::client &client)
{
    milvus::future<std::int64_t> first = client.compact_async("nothing");
    milvus::future<std::int64_t> second = std::move(first);
    CHECK(!first.valid() && !first.ready() && !first.wait_for(1s));
    first.wait();
    first.cancel();
    CHECK(first.progress().planned == 0);
    CHECK(thrown_by([&] { return first.get(); }) == milvus::status::invalid_handle);
    CHECK(first.try_on_ready([](auto) {}).status() == milvus::status::invalid_argument);
    CHECK(first.try_on_progress([](auto) {}).status() == milvus::status::invalid_argument);
    CHECK(second.get() == milvus::no_job);
    first = std::move(second);
    CHECK(first.get() == milvus::no_job && !second.valid());

    milvus::queue queue;
    milvus::queue taken = std::move(queue);
    CHECK(queue.fd() == -1 && queue.size() == 0 && taken.fd() >= 0);
    CHECK(queue.try_next(0s).status() == milvus::status::invalid_handle);
    CHECK(queue.try_add(client.flush_async("fails"), [](auto) {}).status() == milvus::status::invalid_handle);
    CHECK(taken.try_add(std::move(second), [](auto) {}).status() == milvus::status::invalid_handle);
}

static void a_future_outlives_its_client(const char *uri)
{
    milvus::future<milvus::report> future;
    milvus::future<milvus::report> closed;
    {
        milvus::client client(uri);
        future = client.wait_async(client.compact("succeeds"), 30s);
        milvus::client other(uri);
        closed = endless_wait(other);
        other.close();
    }
    CHECK(future.get().verdict == milvus::verdict::succeeded);
    CHECK(thrown_by([&] { return closed.get(); }) == milvus::status::closed);
}

static void a_lambda_is_called_and_destroyed_once(milvus::client &client)
{
    witness::counts on_end, late, second;
    milvus::future<milvus::report> future = endless_wait(client);
    milvus::status seen = milvus::status::ok;
    const auto caller = std::this_thread::get_id();

    future.on_ready([&, w = witness(on_end)](milvus::result<milvus::report> result) mutable {
        seen = result.status();
        CHECK(result.has_value() && result->planned == 1);
        CHECK(std::this_thread::get_id() != caller);
        w.called();
    });
    CHECK(thrown_by([&] {
              future.on_ready([w = witness(second)](auto) mutable { w.called(); });
              return 0;
          }) == milvus::status::invalid_argument);
    CHECK(second.calls == 0 && second.destroyed == 1);
    until_asked(future.operation());
    future.cancel();
    until_destroyed(on_end);
    CHECK(on_end.calls == 1 && seen == milvus::status::cancelled);

    // Nobody keeps the future: the operation goes on, and the lambda has its list.
    std::size_t count = 0;
    client.segments_async("succeeds").on_ready([&, w = witness(late)](milvus::result<milvus::segment_list> r) mutable {
        count = r ? r->size() : 0;
        w.called();
    });
    until_destroyed(late);
    CHECK(late.calls == 1 && count > 0);

    // Of what has no value, and may start another one.
    witness::counts flushed;
    client.flush_async("succeeds", 30s).on_ready([&, w = witness(flushed)](milvus::result<void> r) mutable {
        CHECK(r && client.compact("nothing") == milvus::no_job);
        w.called();
    });
    until_destroyed(flushed);
}

static void progress_is_told(milvus::client &client)
{
    witness::counts counts;
    milvus::progress last;
    milvus::future<milvus::report> future =
        endless_wait(client).on_progress([&, w = witness(counts)](const milvus::progress &now) mutable {
            last = now;
            w.called();
        });
    until_called(counts, 2);
    CHECK(!future.ready() && future.progress().planned == 1);
    const milvus::operation operation = future.operation();
    CHECK(operation.cancel());
    until_destroyed(counts);
    CHECK(last.planned == 1 && last.completed == 0 && last.elapsed > 0ms);
    future = {};
    CHECK(!operation.cancel() && operation.progress().planned == 0); // it is gone, and that is known

    const milvus::report report = client.wait_async(client.compact("succeeds")).on_progress([](auto &) {}).get();
    CHECK(report.verdict == milvus::verdict::succeeded);
}

static void a_close_ends_all_lambdas(const char *uri)
{
    witness::counts counts, progress;
    milvus::client client(uri);
    milvus::future<milvus::report> future = endless_wait(client);
    future.on_ready([w = witness(counts)](milvus::result<milvus::report> result) mutable {
        CHECK(result.status() == milvus::status::closed);
        w.called();
    });
    future.on_progress([w = witness(progress)](auto) mutable { w.called(); });
    client.close();
    CHECK(counts.calls == 1 && counts.destroyed == 1 && progress.destroyed == 1);
}

// What many programs do when something fails: each lambda closes, one inside the close of another.
static void lambdas_close(const char *uri)
{
    witness::counts counts[3];
    int over = 0, pending = 0;
    milvus::client client(uri);
    milvus::future<milvus::report> futures[3];
    for (int i = 0; i < 3; i++) {
        futures[i] = endless_wait(client);
        futures[i].on_ready([w = witness(counts[i]), &client, &over, &pending](auto) mutable {
            client.close();
            const auto closed = client.try_close();
            over += closed.ok();
            pending += closed.status() == milvus::status::pending;
            w.called();
        });
    }
    futures[1].cancel();
    for (auto &each : counts) {
        until_destroyed(each);
        CHECK(each.calls == 1);
    }
    CHECK(over + pending == 3 && over >= 1 && pending >= 1); // the first, and those that it runs
}

static void a_queue_runs_handlers_here(milvus::client &client)
{
    milvus::queue queue;
    const auto caller = std::this_thread::get_id();
    std::vector<std::string> order;
    CHECK(queue.fd() >= 0 && !queue.next() && !queue.next(0s));

    queue.add(client.compact_async("nothing"), [&](milvus::result<std::int64_t> job) {
        CHECK(std::this_thread::get_id() == caller && job.ok() && *job == milvus::no_job);
        order.push_back("compacted");
        // What a handler starts comes out as well.
        queue.add(client.flush_async("fails", 30s), [&](milvus::result<void> flushed) {
            CHECK(flushed.ok());
            order.push_back("flushed");
        });
    });
    pollfd watched = {queue.fd(), POLLIN, 0};
    CHECK(poll(&watched, 1, 30000) == 1 && queue.size() == 1);
    CHECK(queue.next(0s));
    while (queue.next())
        ;
    CHECK(order.size() == 2 && order[1] == "flushed" && queue.size() == 0);

    const milvus::operation endless = queue.add(endless_wait(client), [&](milvus::result<milvus::report> report) {
        throw std::logic_error(milvus::to_string(report.status()));
    });
    CHECK(!queue.next(10ms) && endless.cancel());
    try {
        queue.next(30s);
        CHECK(is_not_reached);
    } catch (const std::logic_error &e) {
        CHECK(strcmp(e.what(), "MILVUS_CANCELLED") == 0);
    }
}

static void a_queue_gives_up_what_is_in_it(milvus::client &client)
{
    witness::counts never, over, refused;
    milvus::operation stopped;
    {
        milvus::queue queue;
        stopped = queue.add(endless_wait(client), [w = witness(never)](auto) mutable { w.called(); });
        queue.add(client.compact_async("nothing"), [w = witness(over)](auto) mutable { w.called(); });
        milvus::future<std::int64_t> called_back = client.compact_async("nothing");
        called_back.on_ready([](auto) {});
        CHECK(queue.try_add(std::move(called_back), [w = witness(refused)](auto) mutable { w.called(); }).status() ==
              milvus::status::invalid_argument);
        CHECK(queue.try_add(client.compact_async(std::string(1, '\0')), [](auto) {}).status() ==
              milvus::status::invalid_argument);
        CHECK(queue.size() == 2 && refused.destroyed == 1);
    }
    CHECK(never.calls == 0 && never.destroyed == 1 && over.calls == 0 && over.destroyed == 1);
    CHECK(!stopped.cancel());
}

static void the_log_is_told(const char *uri)
{
    witness::counts first, second, third;
    {
        milvus::set_log(milvus::log_level::debug,
                        [w = witness(first)](milvus::log_level level, const char *text, const char *fields) mutable {
                            CHECK(level <= milvus::log_level::debug && text[0] != '\0' && fields != nullptr);
                            w.called();
                        });
        milvus::client client(uri);
        CHECK(client.compact("nothing") == milvus::no_job);
        until_called(first, 1);
        milvus::set_log(milvus::log_level::debug, [&, w = witness(second)](auto, auto, auto) mutable {
            w.called();
            // It replaces itself, and lives until it returns.
            milvus::set_log(milvus::log_level::debug,
                            [v = witness(third)](auto, auto, auto) mutable { v.called(); });
            CHECK(second.destroyed == 0);
        });
        CHECK(first.destroyed == 1 && first.called_late == 0);
        client.compact("nothing");
        until_destroyed(second);
        client.compact("nothing");
        until_called(third, 1);
    }
    CHECK(second.calls == 1);
    CHECK(milvus::try_set_log(static_cast<milvus::log_level>(9), [](auto, auto, auto) {}).status() ==
          milvus::status::invalid_argument);
    CHECK(third.destroyed == 0); // as it was
    milvus::clear_log();
    CHECK(third.destroyed == 1 && third.called_late == 0);
}

// Threads that set it at once leave one of theirs, and destroy the others.
static void the_log_is_set_by_many(const char *uri)
{
    static witness::counts counts[4][20];
    std::vector<std::thread> threads;
    milvus::client client(uri);
    for (auto &row : counts)
        threads.emplace_back([&] {
            for (auto &one : row)
                milvus::set_log(milvus::log_level::debug, [w = witness(one)](auto, auto, auto) mutable { w.called(); });
        });
    for (int i = 0; i < 50; i++)
        client.compact("nothing");
    for (auto &thread : threads)
        thread.join();
    int left = 0;
    for (auto &row : counts)
        for (auto &one : row)
            left += one.destroyed == 0;
    CHECK(left == 1);
    milvus::clear_log();
    for (auto &row : counts)
        for (auto &one : row)
            CHECK(one.destroyed == 1 && one.called_late == 0);
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    const char *uri = start_fake(argv[1], "v2.6.8");
    {
        milvus::client client(uri);
        a_future_is_waited_for(client);
        a_cancel_from_another_thread_ends_a_get(client);
        what_was_moved_from_is_empty(client);
        a_lambda_is_called_and_destroyed_once(client);
        progress_is_told(client);
        a_queue_runs_handlers_here(client);
        a_queue_gives_up_what_is_in_it(client);
        client.close();
    }
    what_does_not_start_is_told_by_the_future(uri);
    a_future_outlives_its_client(uri);
    a_close_ends_all_lambdas(uri);
    lambdas_close(uri);
    the_log_is_told(uri);
    the_log_is_set_by_many(uri);
    stop_fake();
    return finish();
}
