// The peer in C++: gRPC's own client, as the system has it, with the request, metadata and keepalive of the others.
// It takes the arguments of the other clients, and prints the same numbers.

#include <grpcpp/grpcpp.h>
#include <sched.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "milvus.grpc.pb.h"

namespace {

using milvus::proto::milvus::GetCompactionStateRequest;
using milvus::proto::milvus::GetCompactionStateResponse;
using milvus::proto::milvus::MilvusService;

std::map<std::string, std::string> arguments;

std::uint64_t number(const char *name, std::uint64_t otherwise) {
    const auto found = arguments.find(name);
    return found == arguments.end() ? otherwise : std::stoull(found->second);
}

std::uint64_t clock_ns(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1000000000U + static_cast<std::uint64_t>(time.tv_nsec);
}

std::uint64_t switches() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::uint64_t>(usage.ru_nvcsw + usage.ru_nivcsw);
}

std::uint64_t most_memory_kb() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.rfind("VmHWM:", 0) == 0) {
            return std::stoull(line.substr(6));
        }
    }
    throw std::runtime_error("the system does not tell the most memory of a process");
}

void check(const grpc::Status &status, const milvus::proto::common::Status &answered) {
    if (!status.ok() || answered.code() != 0) {
        throw std::runtime_error("a call failed: " + status.error_message());
    }
}

class Client {
  public:
    explicit Client(const std::string &uri) {
        grpc::ChannelArguments settings;
        settings.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 10000);
        settings.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5000);
        settings.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
        const auto address = uri.substr(uri.find("//") + 2);
        stub = MilvusService::NewStub(grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), settings));
        grpc::ClientContext context;
        milvus::proto::milvus::ConnectRequest request;
        milvus::proto::milvus::ConnectResponse response;
        request.mutable_client_info()->set_sdk_type("grpc-c++");
        check(stub->Connect(&context, request, &response), response.status());
        identifier = std::to_string(response.identifier());
    }

    void state() const {
        grpc::ClientContext context;
        GetCompactionStateResponse response;
        prepare(context);
        check(stub->GetCompactionState(&context, request(), &response), response.status());
    }

    /// So many calls, of which a window is under way at any time.
    void window(std::uint64_t calls, std::uint64_t width) const {
        struct Call {
            grpc::ClientContext context;
            GetCompactionStateResponse response;
            grpc::Status status;
            std::unique_ptr<grpc::ClientAsyncResponseReader<GetCompactionStateResponse>> reader;
        };
        grpc::CompletionQueue queue;
        std::uint64_t begun = 0;
        const auto begin = [&] {
            auto *call = new Call;
            prepare(call->context);
            call->reader = stub->AsyncGetCompactionState(&call->context, request(), &queue);
            call->reader->Finish(&call->response, &call->status, call);
            ++begun;
        };
        while (begun < std::min(calls, width)) {
            begin();
        }
        for (std::uint64_t done = 0; done < calls; ++done) {
            void *tag = nullptr;
            bool is_ok = false;
            if (!queue.Next(&tag, &is_ok) || !is_ok) {
                throw std::runtime_error("the queue ended");
            }
            const std::unique_ptr<Call> call(static_cast<Call *>(tag));
            check(call->status, call->response.status());
            if (begun < calls) {
                begin();
            }
        }
    }

  private:
    std::unique_ptr<MilvusService::Stub> stub;
    std::string identifier;

    static GetCompactionStateRequest request() {
        GetCompactionStateRequest asked;
        asked.set_compactionid(1);
        return asked;
    }

    void prepare(grpc::ClientContext &context) const {
        context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
        context.AddMetadata("identifier", identifier);
    }
};

/// The time that each call of one thread took.
std::vector<std::uint64_t> timed(const Client &client, std::uint64_t calls) {
    std::vector<std::uint64_t> all(calls);
    for (auto &one : all) {
        const auto start = clock_ns(CLOCK_MONOTONIC);
        client.state();
        one = clock_ns(CLOCK_MONOTONIC) - start;
    }
    return all;
}

void drive() {
    const Client client(arguments.at("uri"));
    const auto calls = number("calls", 1), threads = number("threads", 1), width = number("window", 0);
    timed(client, number("warmup", 0));
    const auto wall = clock_ns(CLOCK_MONOTONIC), cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID), switched = switches();
    std::vector<std::uint64_t> latencies(calls);
    if (width > 0) {
        client.window(calls, width);
    } else if (threads == 1) {
        latencies = timed(client, calls);
    } else {
        std::vector<std::vector<std::uint64_t>> each(threads);
        std::vector<std::thread> workers;
        for (auto &one : each) {
            workers.emplace_back([&] { one = timed(client, calls / threads); });
        }
        latencies.clear();
        for (std::size_t index = 0; index < workers.size(); ++index) {
            workers[index].join();
            latencies.insert(latencies.end(), each[index].begin(), each[index].end());
        }
    }
    const auto wall_ns = clock_ns(CLOCK_MONOTONIC) - wall, cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    const auto switches_now = switches() - switched;
    std::sort(latencies.begin(), latencies.end());
    const auto told = [](const char *name, std::uint64_t value) {
        std::printf("%s=%llu ", name, static_cast<unsigned long long>(value));
    };
    told("calls", latencies.size());
    told("median_ns", latencies.empty() ? 0 : latencies[latencies.size() / 2]);
    told("wall_ns", wall_ns);
    told("cpu_ns", cpu_ns);
    told("switches", switches_now);
    told("rss_kb", most_memory_kb());
    std::printf("\n");
}

} // namespace

int main(int count, char **words) {
    try {
        if (count == 2 && std::strcmp(words[1], "--version") == 0) {
            std::puts(GRPC_VERSION);
            return 0;
        }
        for (int index = 1; index + 1 < count; index += 2) {
            arguments[words[index] + 2] = words[index + 1];
        }
        if (arguments.count("cpu") > 0) {
            cpu_set_t one;
            CPU_ZERO(&one);
            CPU_SET(number("cpu", 0), &one);
            sched_setaffinity(0, sizeof one, &one);
        }
        drive();
        return 0;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "milvus-bench-grpc: %s\n", error.what());
        return 1;
    }
}
