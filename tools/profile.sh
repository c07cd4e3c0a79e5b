#!/usr/bin/env bash
# The profile by which the library is optimised; benches/profile/README.md says why.
#     tools/profile.sh flag     prints the flag that has the compiler use it; nothing if it is another compiler's
#     tools/profile.sh write    measures anew with this compiler, and writes benches/profile
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
kept=$root/benches/profile
made=$root/target/profile
cargo=${CARGO:-cargo}
rustc=${RUSTC:-rustc}

# Names of functions depend on the compiler, and another LLVM may not read the file.
compiler() { "$rustc" -vV | grep -v "^host"; }

flag() {
    if [ "$(compiler)" != "$(cat "$kept/compiler")" ]; then
        echo "build: without the profile in benches/profile, which is for $(head -1 "$kept/compiler"); calls take longer" >&2
        return 0
    fi
    mkdir -p "$made"
    local file=$made/library.profdata
    # The name stays, and with it Cargo's flags. Builds that run at the same time see the file whole.
    if ! gzip -dc "$kept/library.profdata.gz" | cmp -s - "$file"; then
        gzip -dc "$kept/library.profdata.gz" >"$file.$$"
        mv "$file.$$" "$file"
    fi
    echo "-Cprofile-use=$file"
}

write() {
    local llvm
    llvm=$("$rustc" --print target-libdir)/../bin/llvm-profdata
    [ -x "$llvm" ] || { echo "profile: llvm-profdata is missing; rustup component add llvm-tools installs it" >&2; exit 1; }
    rm -rf "$made/counts"
    # The flags of Cargo name the folder for good: build scripts leave counts there, too.
    # Names of functions depend on the crate types.
    RUSTFLAGS="-Cprofile-generate=$made/counts" CARGO=$cargo "$root/tools/released.sh" rustc --quiet --release --locked --lib \
        --crate-type cdylib,staticlib --target-dir "$made"
    rm -rf "$made/counts"
    "$root/target/release/milvus-bench" train --library "$made/release/libmilvus_client.so"
    "$llvm" merge -o "$made/new.profdata" "$made/counts"
    gzip -9nc "$made/new.profdata" >"$kept/library.profdata.gz"
    compiler >"$kept/compiler"
    rm -rf "$made/counts" "$made/new.profdata"
}

case ${1:-} in
flag) flag ;;
write) write ;;
*) echo "profile: flag or write" >&2; exit 2 ;;
esac
