#!/usr/bin/env bash
# The profile by which the library is optimised; benches/profile/README.md says why.
#     tools/profile.sh flag     prints the flag that has the compiler use it; nothing, and why, if it does not fit
#     tools/profile.sh write    measures anew with this compiler, and writes benches/profile
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
kept=$root/benches/profile
made=$root/target/profile
cargo=${CARGO:-cargo}

# The one that Cargo takes.
rustc=${RUSTC:-${CARGO_BUILD_RUSTC:-}}
[ -n "$rustc" ] || [[ $cargo != */* ]] || rustc=${cargo%/*}/rustc
[ -n "$rustc" ] || rustc=rustc

without() {
    echo "build: without the profile in benches/profile, so calls take longer: $*" >&2
}

# Names of functions depend on the compiler and the machine that it runs on, and another LLVM may not read the file.
flag() {
    local compiler file
    compiler=$("$rustc" -vV) || { without "$rustc does not say what it is"; return 0; }
    if [ "$compiler" != "$(cat "$kept/compiler")" ]; then
        without "it is for $(head -1 "$kept/compiler") and $(sed -n 's/^host: //p' "$kept/compiler")"
        return 0
    fi
    # A name of its own for each content: Cargo builds anew when a flag changes.
    file=$made/library-$(cksum <"$kept/library.profdata.gz" | tr ' ' -).profdata
    if [ ! -e "$file" ]; then
        # Builds that run at the same time see the file whole.
        { mkdir -p "$made" && gzip -dc "$kept/library.profdata.gz" >"$file.$$" && mv "$file.$$" "$file"; } || {
            rm -f "$file.$$"
            without "it cannot be unpacked into $made"
            return 0
        }
    fi
    echo "-Cprofile-use=$file"
}

write() {
    local llvm
    llvm=$("$rustc" --print target-libdir)/../bin/llvm-profdata
    [ -x "$llvm" ] || { echo "profile: llvm-profdata is missing; rustup component add llvm-tools installs it" >&2; exit 1; }
    # Names of functions depend on the crate types, too.
    CARGO_ENCODED_RUSTFLAGS=-Cprofile-generate=$made/counts CARGO=$cargo "$root/tools/released.sh" rustc --quiet --release \
        --locked --lib --crate-type cdylib,staticlib --target-dir "$made"
    rm -rf "$made/counts" # build scripts leave counts there
    "$root/target/bench/release/milvus-bench" train --library "$made/release/libmilvus_client.so"
    "$llvm" merge -o "$made/new.profdata" "$made/counts"
    gzip -9nc "$made/new.profdata" >"$kept/library.profdata.gz"
    "$rustc" -vV >"$kept/compiler"
    rm -rf "$made/counts" "$made"/*.profdata
}

case ${1:-} in
flag) flag ;;
write) write ;;
*) echo "profile: flag or write" >&2; exit 2 ;;
esac
