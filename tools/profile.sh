#!/usr/bin/env bash
# The profile by which the library is optimised; benches/profile/README.md says why.
#     tools/profile.sh flags    prints the flags that have the compiler use it; nothing, and why, if it does not fit
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

# What the compiler does while it measures, too: functions have to be the same then. All are built small.
while_measuring=(-Cllvm-args=-force-attribute=minsize -Cllvm-args=-disable-preinline)
# Of 156,000 calls: a function of which no part ran so often is built small.
least=100000

# Names of functions depend on the compiler and the machine that it runs on, and another LLVM may not read the file.
flags() {
    local compiler name
    compiler=$("$rustc" -vV) || { without "$rustc does not say what it is"; return 0; }
    if [ "$compiler" != "$(cat "$kept/compiler")" ]; then
        without "it is for $(head -1 "$kept/compiler") and $(sed -n 's/^host: //p' "$kept/compiler")"
        return 0
    fi
    # A name of its own for each content and place: Cargo builds anew when a flag changes.
    name=$made/library-$({ cat "$kept"/*.gz "$0" && echo "$made"; } | cksum | tr ' ' -)
    if [ ! -e "$name.flags" ] || [ ! -e "$name.profdata" ]; then
        # Builds that run at the same time see the files whole.
        { mkdir -p "$made" && gzip -dc "$kept/library.profdata.gz" >"$name.$$" && mv "$name.$$" "$name.profdata" &&
            for_compiler "$name.profdata" >"$name.$$" && mv "$name.$$" "$name.flags"; } || {
            rm -f "$name.$$"
            without "it cannot be unpacked into $made"
            return 0
        }
    fi
    echo "@$name.flags"
    if folds "$name"; then echo "$fold"; fi
}

# The linker keeps one of several functions that are the same, if it is one that can: Rust's own, for this machine.
fold=-Clink-arg=-Wl,--icf=all
folds() {
    local flags=()
    [ -z "${CARGO_ENCODED_RUSTFLAGS:-}" ] || mapfile -t -d $'\x1f' flags < <(printf '%s' "$CARGO_ENCODED_RUSTFLAGS")
    [ -z "${CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER:-}" ] || flags+=("-Clinker=$CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER")
    [ -z "${CARGO_BUILD_TARGET:-}" ] || flags+=(--target "$CARGO_BUILD_TARGET")
    "$rustc" --crate-type cdylib --crate-name folds -o "$1.$$.so" "${flags[@]}" "$fold" - <<<'' >/dev/null 2>&1 || return 1
    rm -f "$1.$$.so"
}

# One a line, for a file of the compiler's arguments: there are too many functions for a command line.
for_compiler() {
    printf '%s\n' "${while_measuring[@]}" -Cllvm-args=-no-pgo-warn-mismatch "-Cprofile-use=$1"
    # A tenth of the usual threshold: what runs often is inlined far enough. Functions that find their callers by a register need fewer
    # words about how to unwind them. Compares take less room than a table of jumps for few cases.
    printf '%s\n' -Cllvm-args=-hot-callsite-threshold=250 -Cforce-frame-pointers=yes -Cllvm-args=-min-jump-table-entries=12
    gzip -dc "$kept/often.gz" | sed 's/.*/-Cllvm-args=-force-remove-attribute=&:minsize/'
}

# The names of functions of which some part ran so often, as the linker knows them.
often() {
    awk -v least="$least" '
        /^  [^ ].*:$/ { name = $1; sub(/:$/, "", name); sub(/.*;/, "", name) }
        /^    Block counts: / {
            for (field = 3; field <= NF; field++) {
                gsub(/[^0-9]/, "", $field)
                if ($field + 0 >= least) { print name; break }
            }
        }' | LC_ALL=C sort -u
}

write() {
    local llvm separator encoded
    llvm=$("$rustc" --print target-libdir)/../bin/llvm-profdata
    [ -x "$llvm" ] || { echo "profile: llvm-profdata is missing; rustup component add llvm-tools installs it" >&2; exit 1; }
    separator=$'\x1f'
    encoded=$(printf "%s$separator" "${while_measuring[@]}")-Cprofile-generate=$made/counts
    # Names of functions depend on the crate types, too.
    CARGO_ENCODED_RUSTFLAGS=$encoded CARGO=$cargo "$root/tools/released.sh" rustc --quiet --release \
        --locked --lib --crate-type cdylib,staticlib --target-dir "$made"
    rm -rf "$made/counts" # build scripts leave counts there
    "$root/target/bench/release/milvus-bench" train --library "$made/release/libmilvus_client.so"
    "$llvm" merge --sparse -o "$made/new.profdata" "$made/counts"
    "$llvm" show --all-functions --counts "$made/new.profdata" | often >"$made/new.often"
    [ -s "$made/new.often" ] || { echo "profile: no function runs often; does llvm-profdata print something else now?" >&2; exit 1; }
    gzip -9nc "$made/new.profdata" >"$kept/library.profdata.gz"
    gzip -9nc "$made/new.often" >"$kept/often.gz"
    "$rustc" -vV >"$kept/compiler"
    rm -rf "$made/counts" "$made"/*.profdata "$made"/*.flags "$made/new.often"
}

case ${1:-} in
flags) flags ;;
write) write ;;
*) echo "profile: flags or write" >&2; exit 2 ;;
esac
