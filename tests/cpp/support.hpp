// What the C++ tests share: support.h of the C tests, and what an operation throws.
#ifndef SUPPORT_HPP
#define SUPPORT_HPP

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <milvus_client.hpp>

#include "support.h"

using namespace std::chrono_literals;

// To CHECK behind what throws.
inline constexpr bool is_not_reached = false;

// The status of what a call throws; ok if it throws nothing.
template <class Call> milvus::status thrown_by(Call call)
{
    try {
        static_cast<void>(call());
    } catch (const milvus::error &e) {
        CHECK(e.what() == e.failure().message && !e.failure().message.empty() && !e.operation().empty());
        return e.status();
    }
    return milvus::status::ok;
}

// A collection of its own, whose job never ends.
inline std::string endless()
{
    static std::atomic<int> count{0};
    const std::string name = "endless_" + std::to_string(++count);

    tell_fake(("add " + name + " never_ends").c_str());
    return name;
}

inline milvus::future<milvus::report> endless_wait(milvus::client &client)
{
    return client.wait_async(client.compact(endless()), milvus::no_timeout);
}

// Until the server has been asked about the job, so that there is something to report.
inline void until_asked(const milvus::operation &operation)
{
    for (int i = 0; i < 30000 && operation.progress().planned == 0; i++)
        std::this_thread::sleep_for(1ms);
    CHECK(operation.progress().planned == 1);
}

// Counts how often a lambda that has it is called and destroyed; moving is not destroying.
class witness {
public:
    struct counts {
        std::mutex mutex;
        std::condition_variable changed;
        int calls = 0, destroyed = 0, called_late = 0;
    };
    explicit witness(counts &to) : counts_(&to) {}
    witness(witness &&other) noexcept : counts_(other.counts_) { other.counts_ = nullptr; }
    witness(const witness &) = delete;
    witness &operator=(const witness &) = delete;
    ~witness()
    {
        if (counts_ == nullptr)
            return;
        const std::lock_guard<std::mutex> lock(counts_->mutex);
        counts_->destroyed++;
        counts_->changed.notify_all();
    }
    void called()
    {
        const std::lock_guard<std::mutex> lock(counts_->mutex);
        counts_->calls++;
        counts_->called_late += counts_->destroyed;
        counts_->changed.notify_all();
    }

private:
    counts *counts_;
};

inline void until_called(witness::counts &counts, int calls)
{
    std::unique_lock<std::mutex> lock(counts.mutex);
    CHECK(counts.changed.wait_for(lock, 30s, [&] { return counts.calls >= calls; }));
}

inline void until_destroyed(witness::counts &counts)
{
    std::unique_lock<std::mutex> lock(counts.mutex);
    CHECK(counts.changed.wait_for(lock, 30s, [&] { return counts.destroyed > 0; }));
    CHECK(counts.destroyed == 1 && counts.called_late == 0);
}

#endif
