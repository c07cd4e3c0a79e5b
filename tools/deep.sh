#!/usr/bin/env bash
# The slow proofs: sanitizers, valgrind, Miri, loom, stress, and the gates of the benchmark. One by name, or all:
#     tools/deep.sh [model | worlds | slow | loom | miri | address | thread | valgrind | stress | fuzz | gates | hundred | schedules | fronts | archive | reproducible | portable]...
# Each builds and leaves what it needs in target/deep. Needs a nightly Rust with Miri and the sources of its standard
# library, which it installs where rustup can.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
fake=$root/target/debug/milvus-fake
target=x86_64-unknown-linux-gnu
export PATH="$root/target/venv/bin:$PATH"

. tools/packages.sh

setup() {
    tools/setup.sh tests
    room_for 20
    command -v valgrind >/dev/null || install_packages valgrind
    command -v strace >/dev/null || install_packages strace
    command -v rustup >/dev/null || missing "rustup is missing: the sanitizers need a nightly Rust with its sources"
    local sysroot
    sysroot=$(rustc +nightly --print sysroot 2>/dev/null) || sysroot=
    if [ ! -d "$sysroot/lib/rustlib/src/rust/library" ] || ! cargo +nightly miri --version >/dev/null 2>&1; then
        echo "deep: installing a nightly Rust with Miri and its sources"
        rustup toolchain install nightly --profile minimal --component miri --component rust-src >/dev/null ||
            missing "a nightly Rust with the components miri and rust-src cannot be installed"
    fi
    cargo build --quiet --locked -p milvus-fake
}

# The tests in C and C++ with a library that is built so, and the Rust tests.
sanitized() {
    local name=$1 rust=$2 c=$3 deep=$root/target/deep/$1
    echo "==> deep: $name: building"
    RUSTFLAGS="-Zsanitizer=$rust" cargo +nightly build --quiet --locked --lib -Zbuild-std --target $target \
        --target-dir "$deep"
    make -s install BUILD="$deep/$target/debug" PREFIX="$deep/stage" DESTDIR=
    cmake -S tests/c -B "$deep/tests" -G Ninja -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ \
        -DCMAKE_BUILD_TYPE=Debug -DCMAKE_PREFIX_PATH="$deep/stage" -DMILVUS_FAKE="$fake" -DMILVUS_TEST_SECONDS=600 \
        -DCMAKE_EXE_LINKER_FLAGS="${4:-}" \
        -DCMAKE_C_FLAGS="-fsanitize=$c -DMILVUS_SANITIZED" -DCMAKE_CXX_FLAGS="-fsanitize=$c -DMILVUS_SANITIZED" >/dev/null
    cmake --build "$deep/tests" -- --quiet
    echo "==> deep: $name: tests in C and C++"
    ctest --test-dir "$deep/tests" --output-on-failure --no-tests=error
    for seed in 11 12 13; do
        timeout 600 "$deep/tests/stress_c" "$fake" $seed 3000
    done
    echo "==> deep: $name: tests in Rust"
    LIVES=10 RUSTFLAGS="-Zsanitizer=$rust" cargo +nightly test --quiet --locked -Zbuild-std --target $target \
        --target-dir "$deep" --lib --test compaction --test versions --test global_cluster -- \
        --skip a_large_block_that_shrinks # which is about the C library's allocator; sanitizers have their own
}

address() {
    # Address, leak and undefined behaviour. What the process-wide thread holds at the end is no leak: it is reachable.
    ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 sanitized address address address,undefined
}

thread() {
    # One runtime for both languages: the one that comes with Rust is the newer one.
    local runtime
    runtime=$(rustc +nightly --print sysroot)/lib/rustlib/$target/lib/librustc-nightly_rt.tsan.a
    [ -f "$runtime" ] || missing "this nightly Rust has no runtime for the thread sanitizer"
    TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:suppressions=$root/tests/c/thread.supp sanitized thread thread thread \
        "-fno-sanitize-link-runtime -rdynamic -Wl,--whole-archive $runtime -Wl,--no-whole-archive -lpthread -ldl -lrt -lm"
}

valgrind_() {
    echo "==> deep: valgrind memcheck, with no suppression of our own code"
    make -s examples
    local deep=$root/target/deep/valgrind test
    cmake -S tests/c -B "$deep" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_PREFIX_PATH="$root/target/stage" \
        -DMILVUS_FAKE="$fake" -DCMAKE_C_FLAGS=-DMILVUS_SANITIZED -DCMAKE_CXX_FLAGS=-DMILVUS_SANITIZED >/dev/null
    cmake --build "$deep" -- --quiet
    # One thread at a time: fairly, or one that polls keeps the others from running.
    local memcheck="timeout 600 valgrind --quiet --fair-sched=yes --error-exitcode=9 --child-silent-after-fork=yes
        --suppressions=$root/tests/c/valgrind.supp"
    # In a forked child, what only the missing threads hold looks like a leak.
    for test in process_c fork_c endings_c; do
        $memcheck "$deep/$test" "$fake" | tail -n 1
    done
    memcheck+=" --leak-check=full --show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite,indirect"
    for test in arguments_c jobs_c futures_c abandon_c queues_c many_c optimize_c caller_c footprint_c secrets_c outliving_c; do
        $memcheck "$deep/$test" "$fake" | tail -n 1
    done
    $memcheck "$deep/stress_c" "$fake" 21 100
    LIVES=10 CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER=${memcheck/timeout 600/timeout 1200} \
        cargo test --quiet --locked --lib --test compaction --test versions --test global_cluster
}

miri() {
    echo "==> deep: Miri on the state machine, the handle table, and what waits"
    # Not one that makes 180,000 plans, which would take an hour here, nor those that call strnlen or start the library's
    # threads, which Miri cannot.
    local ran
    ran=$(CARGO_TARGET_DIR=target/deep/miri MIRIFLAGS=-Zmiri-disable-isolation cargo +nightly miri test --locked --lib -- \
        completion:: cancellation:: in_flight:: closing:: transport::writer:: ffi::handle:: ffi::convert:: compaction::job_tracker:: compaction::lineage:: compaction::progress:: rpc::retry:: --skip hostile_lists_do_not_fill_the_memory --skip texts_are_checked --skip what_comes_right_after_a_call --skip at_the_end_the_timer \
        2>&1 | tee /dev/stderr)
    grep -Eq 'test result: ok. ([3-9][0-9]|[1-9][0-9]{2,}) passed' <<<"$ran" || missing "Miri ran fewer tests than it should"
}

stress() {
    echo "==> deep: stress"
    make -s check-c
    for seed in $(seq 31 42); do
        timeout 600 target/tests-c/stress_c "$fake" "$seed" 20000
    done
    BEHAVIOURS=${BEHAVIOURS:-2000} timeout 1800 cargo test --quiet --locked --test behaviours a_client_lives
    python tests/c/random_calls.py target/stage/lib/libmilvus_client.so.0 "$fake" "${CALLS_SEED:-$RANDOM}" 1000000
}

# Every interleaving of up to three plans' ends with ticks and lost answers, and with what the head of
# src/compaction/model.rs lists.
model() {
    echo "==> deep: the whole model of a server, explored"
    ran=$(MODEL=whole CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 cargo test --release --locked --lib --target-dir target/deep/model -- --nocapture compaction::model)
    echo "$ran" | grep -E "states|test result"
    echo "$ran" | grep -q "^test result: ok. [1-9]" || missing "the model ran no test"
}

# As many lives of a client in a simulated world as LIVES says, from WORLD_SEED on, which it prints.
worlds() {
    echo "==> deep: lives in simulated worlds"
    ran=$(LIVES=${LIVES:-200000} WORLD_SEED=${WORLD_SEED:-$RANDOM$RANDOM} cargo test --profile worlds --locked --lib --target-dir target/deep/worlds -- --nocapture world::)
    echo "$ran" | grep -E "lives from|verdict|test result"
    echo "$ran" | grep -q "^test result: ok. [1-9]" || missing "nobody lived"
}

# A server whose every answer takes half a minute, and to which the connection is lost in the middle of a wait.
slow() {
    echo "==> deep: answers of half a minute"
    ran=$(SLOW=whole timeout 1500 cargo test --quiet --locked --test slow -- --nocapture a_server_that_is_slow_in_everything)
    echo "$ran" | grep "test result"
    echo "$ran" | grep -q "^test result: ok. [1-9]" || missing "no slow server was played"
}

# LOOM_MAX_PREEMPTIONS=3 explores more than the default of 2, and takes far longer.
loom() {
    echo "==> deep: loom on the connection that threads share"
    local ran
    ran=$(CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 RUSTFLAGS="--cfg loom" \
        cargo test --release --locked -p milvus-loom --lib --target-dir target/deep/loom)
    echo "$ran" | grep "^test "
    echo "$ran" | grep -Eq "^test result: ok. (9|[1-9][0-9]) passed" || missing "loom explored fewer models than it should"
}

gates() {
    echo "==> deep: instructions, system calls, context switches and size"
    make -s bench-gates
}

hundred() {
    echo "==> deep: a hundred compactions of a real server from one event loop, and clients that idle there"
    make -s examples
    python -m pytest -q tests/e2e/hundred.py tests/e2e/idle.py
}

# As many as SCHEDULES says, each half a minute, of SCHEDULE_SEED, which it prints.
schedules() {
    echo "==> deep: random faults between the library and a real server, and what is true of what it says"
    make -s stage
    SCHEDULES=${SCHEDULES:-120} python tests/e2e/schedules.py
}

# With those that take their time.
fronts() {
    echo "==> deep: what stands in front of Milvus, slow ones too"
    FRONTS=slow make -s check-fronts
}

# The release archive of the command: a release build of its own.
archive() {
    echo "==> deep: the command as one static file, in a root that has nothing else"
    rm -f target/static/*.tar.gz
    make -s command-archive
    python tools/loopback_only.py python -m pytest -q tests/install/static.py
}

# Each target in fuzz/, with its corpus, under the address sanitizer. FUZZ_SECONDS is for each, FUZZ_SEED for all.
fuzz() {
    local seconds=${FUZZ_SECONDS:-60} seed=${FUZZ_SEED:-$RANDOM} version=0.13.2 tools=$root/target/deep/tools name found file
    echo "==> deep: fuzzing, $seconds s for each target, FUZZ_SEED=$seed"
    [ -x "$tools/bin/cargo-fuzz" ] || cargo install --quiet --locked --root "$tools" cargo-fuzz@$version
    for file in fuzz/targets/*.rs; do
        name=$(basename "$file" .rs)
        # What it finds on its way stays there for the next time.
        found=target/deep/fuzz-found/$name
        mkdir -p "$found"
        echo "deep: fuzz $name"
        PATH="$tools/bin:$PATH" cargo +nightly fuzz run --fuzz-dir fuzz --target-dir target/deep/fuzz "$name" "$found" "fuzz/corpus/$name" \
            -- -max_total_time="$seconds" -seed="$seed" -max_len=4096 -rss_limit_mb=1024 -print_final_stats=1 >"$found.log" 2>&1 ||
            { tail -n 40 "$found.log"; missing "the target $name breaks a promise; its input is in fuzz/artifacts/$name"; }
        grep number_of_executed_units "$found.log"
    done
    FUZZ_SEED=$seed FUZZ_INPUTS=20000 cargo test --quiet --locked --lib fuzzing
}

# Two builds of the library and of the command, in other folders and with another Cargo home.
reproducible() {
    echo "==> deep: what is built in two places is the same"
    local folder=target/deep/elsewhere built=release/libmilvus_client
    rm -rf "$folder"
    mkdir -p "$folder/home"
    git clone --quiet . "$folder/a longer name"
    ln -s "${CARGO_HOME:-$HOME/.cargo}/registry" "$folder/home/registry"
    make -s build command
    (cd "$folder/a longer name" && CARGO_HOME=$root/$folder/home make -s build command)
    for file in $built.so ${built}_local.a command/release/milvus-compact; do
        cmp "target/$file" "$folder/a longer name/target/$file" || missing "target/$file depends on where it is built"
    done
}

portable() {
    tools/portable.sh
}

setup
[ $# != 0 ] || set -- model worlds slow loom miri address thread valgrind stress fuzz gates hundred schedules fronts archive reproducible portable
for proof in "$@"; do
    case $proof in
    valgrind) valgrind_ ;;
    model | worlds | slow | loom | miri | address | thread | stress | fuzz | gates | hundred | schedules | fronts | archive | reproducible | portable) $proof ;;
    *) missing "there is no proof called $proof" ;;
    esac
done
echo "deep: all of it holds"
