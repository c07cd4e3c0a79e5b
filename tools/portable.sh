#!/usr/bin/env bash
# Builds the library for other systems with Zig as the linker, and runs a program with what can be run here. One by name,
# or all:
#     tools/portable.sh [x86_64-linux-gnu | aarch64-linux-gnu | x86_64-linux-musl | aarch64-linux-musl | windows | macos]...
# Unoptimised builds: what is shown is that they build, link and run.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh

venv=$PWD/target/zig
out=$PWD/target/portable
# The oldest C library that Rust's own standard library runs with.
oldest_glibc=2.17
export CARGO_PROFILE_DEV_DEBUG=0

setup() {
    tools/setup.sh tests
    cargo build --quiet --locked -p milvus-fake
    if [ ! -x "$venv/bin/cargo-zigbuild" ]; then
        python3 -m venv "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check cargo-zigbuild==0.24.0 ziglang==0.15.2 ||
            missing "the Python packages cargo-zigbuild and ziglang cannot be installed; is PyPI reachable?"
    fi
    export PATH="$venv/bin:$PATH"
    command -v rustup >/dev/null || missing "rustup is missing: other systems need their Rust standard library"
}

# build RUST_TARGET CRATE_TYPE
build() {
    rustup target add "${1%.[0-9]*.[0-9]*}" 2>/dev/null || rustup target add "${1%%.*}" 2>/dev/null ||
        missing "the standard library for $1 cannot be installed"
    cargo-zigbuild rustc --quiet --locked --lib --crate-type "$2" --target "$1" --target-dir "$out"
}

# runs COMMAND...: a program that has the scripted server compact a collection.
runs() {
    [ "$("$venv/../venv/bin/python" - "$@" <<'END'
import subprocess, sys
server = subprocess.Popen(["target/debug/milvus-fake", "serve", "2.6.8"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
uri = server.stdout.readline().strip()
print(subprocess.run([*sys.argv[1:], uri], capture_output=True, text=True, timeout=120, check=False).stdout, end="")
server.stdin.close()
server.wait(timeout=20)
END
    )" = compacted ] || missing "$* did not compact"
}

emulated() {
    command -v qemu-aarch64 >/dev/null || install_packages qemu-user
}

zig_cc() {
    "$venv/bin/python-zig" cc "$@"
}

shared() { # NAME RUST_TARGET: an old glibc
    build "$2.$oldest_glibc" cdylib
    local folder=$out/$2/debug
    zig_cc -target "$1.$oldest_glibc" tests/install/program.c -Iinclude -L"$folder" -lmilvus_client -o "$folder/program"
    local newest
    newest=$(objdump -T "$folder/libmilvus_client.so" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1)
    [ "$(printf '%s\n' "GLIBC_$oldest_glibc" "$newest" | sort -V | tail -n 1)" = "GLIBC_$oldest_glibc" ] ||
        missing "$1 needs $newest, not GLIBC_$oldest_glibc"
    ln -sf libmilvus_client.so "$folder/libmilvus_client.so.0"
}

static() { # NAME RUST_TARGET: a program that needs no other file
    build "$2" staticlib
    local folder=$out/$2/debug
    zig_cc -target "$1" -static tests/install/program.c -Iinclude "$folder/libmilvus_client.a" -lunwind -o "$folder/program"
}

portable() {
    local folder
    case $1 in
    x86_64-linux-gnu)
        shared $1 x86_64-unknown-linux-gnu
        folder=$out/x86_64-unknown-linux-gnu/debug
        runs env LD_LIBRARY_PATH="$folder" "$folder/program"
        ;;
    aarch64-linux-gnu)
        shared $1 aarch64-unknown-linux-gnu
        folder=$out/aarch64-unknown-linux-gnu/debug
        emulated
        # The other architecture's C library.
        [ -d /usr/aarch64-linux-gnu/lib ] && [ -e /usr/aarch64-linux-gnu/lib/libgcc_s.so.1 ] ||
            install_packages libc6-arm64-cross libgcc-s1-arm64-cross
        runs qemu-aarch64 -L /usr/aarch64-linux-gnu -E LD_LIBRARY_PATH="$folder" "$folder/program"
        ;;
    x86_64-linux-musl)
        static $1 x86_64-unknown-linux-musl
        runs "$out/x86_64-unknown-linux-musl/debug/program"
        ;;
    aarch64-linux-musl)
        static $1 aarch64-unknown-linux-musl
        emulated
        runs qemu-aarch64 "$out/aarch64-unknown-linux-musl/debug/program"
        ;;
    windows)
        build x86_64-pc-windows-gnu cdylib
        [ -f "$out/x86_64-pc-windows-gnu/debug/milvus_client.dll" ] || missing "there is no milvus_client.dll"
        echo "portable: windows: built, not run"
        return
        ;;
    macos)
        # Apple's frameworks, which a shared library is linked with, come with Xcode only.
        build aarch64-apple-darwin staticlib
        [ -f "$out/aarch64-apple-darwin/debug/libmilvus_client.a" ] || missing "there is no libmilvus_client.a"
        echo "portable: macos: the static library is built; nothing is linked or run"
        return
        ;;
    *) missing "there is no system called $1" ;;
    esac
    echo "portable: $1: built, and a program ran"
}

setup
[ $# != 0 ] || set -- x86_64-linux-gnu aarch64-linux-gnu x86_64-linux-musl aarch64-linux-musl windows macos
for system in "$@"; do
    echo "==> portable: $system"
    portable "$system"
done
