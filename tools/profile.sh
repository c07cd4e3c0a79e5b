#!/usr/bin/env bash
# The profile by which the library is optimised; benches/profile/README.md says why.
#     tools/profile.sh flags    prints the flags that have the compiler use it; nothing, and why, if it does not fit
#     tools/profile.sh fits LIBRARY.a    whether the library's functions have the names that the profile has, if it was used
#     tools/profile.sh write    measures anew with this compiler, and writes benches/profile
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
kept=$root/benches/profile
made=$root/target/profile
cargo=${CARGO:-cargo}
. "$root/tools/packages.sh"

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

# What changes the names of functions, or nothing.
renaming() {
    env | grep -E -o '^(CARGO_BUILD_TARGET|CARGO_PROFILE_RELEASE_[A-Z_]*)=' | head -1 | tr -d = || true
}

# A name of its own for each content and place: Cargo builds anew when a flag changes.
name() {
    echo "$made/library-$({ cat "$kept"/*.gz "$0" "$root/Cargo.toml" "$root/Cargo.lock" && echo "$made"; } | cksum | tr ' ' -)"
}

unfit="functions have other names than when it was measured: the version, a dependency or the release profile has changed; make profile measures anew"

# Names of functions depend on the compiler and the machine that it runs on, and another LLVM may not read the file.
flags() {
    local compiler name renaming
    renaming=$(renaming)
    [ -z "$renaming" ] || { without "$renaming is set, which changes the names of functions"; return 0; }
    compiler=$("$rustc" -vV) || { without "$rustc does not say what it is"; return 0; }
    if [ "$compiler" != "$(cat "$kept/compiler")" ]; then
        without "it is for $(head -1 "$kept/compiler") and $(sed -n 's/^host: //p' "$kept/compiler")"
        return 0
    fi
    name=$(name)
    [ ! -e "$name.unfit" ] || { without "$unfit (remove $name.unfit to try again)"; return 0; }
    if [ ! -e "$name.flags" ] || [ ! -e "$name.profdata" ]; then
        # Builds that run at the same time see the files whole, and those of former contents are not theirs after a day.
        mkdir -p "$made" && find "$made" -maxdepth 1 -name 'library-*' -mtime +0 -delete 2>/dev/null || true
        { gzip -dc "$kept/library.profdata.gz" >"$name.$$" && mv "$name.$$" "$name.profdata" &&
            for_compiler "$name.profdata" >"$name.$$" && mv "$name.$$" "$name.flags"; } || {
            rm -f "$name.$$"
            without "it cannot be unpacked into $made"
            return 0
        }
    fi
    echo "@$name.flags"
    if folds; then echo "$fold"; fi
}

# The linker keeps one of several functions that are the same, if it is one that can: Rust's own, for this machine. Cargo links
# an empty library with it, for only Cargo knows its configuration.
fold=-Clink-arg=-Wl,--icf=all
folds() {
    local set=${CARGO_ENCODED_RUSTFLAGS:-}
    mkdir -p "$made/folds" || return 1
    : >>"$made/folds/folds.rs"
    [ -e "$made/folds/Cargo.toml" ] || { # whole, also for a build that runs at the same time
        printf '%s\n' '[package]' 'name = "folds"' '[lib]' 'path = "folds.rs"' '[workspace]' >"$made/folds/$$" && mv "$made/folds/$$" "$made/folds/Cargo.toml"
    }
    (cd "$root" && CARGO_ENCODED_RUSTFLAGS=$set${set:+$'\x1f'}$fold "$cargo" rustc --quiet --offline --manifest-path "$made/folds/Cargo.toml" \
        --target-dir "$made/folds" --lib --crate-type cdylib) >/dev/null 2>&1
}

# Whether the names are those of the profile. Ends with 3 if not, and the next build goes without it.
fits() {
    local names
    [ -n "$(flags 2>/dev/null)" ] || return 0
    command -v nm >/dev/null || install_packages binutils
    names=$(nm "$1" 2>/dev/null) || [ -n "$names" ] || missing "nm cannot read $1"
    if [ "$(grep -F -c -f <(gzip -dc "$kept/often.gz" | grep milvus_client) <<<"$names")" = 0 ]; then
        without "$unfit"
        touch "$(name).unfit"
        return 3
    fi
}

# One a line, for a file of the compiler's arguments: there are too many functions for a command line.
for_compiler() {
    printf '%s\n' "${while_measuring[@]}" -Cllvm-args=-no-pgo-warn-mismatch "-Cprofile-use=$1"
    # A twelfth of the usual threshold: what runs often is inlined far enough. Functions that find their callers by a register need fewer
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
    local llvm separator encoded renaming
    renaming=$(renaming)
    [ -z "$renaming" ] || missing "$renaming is set, which changes the names of functions"
    llvm=$("$rustc" --print target-libdir)/../bin/llvm-profdata
    [ -x "$llvm" ] || missing "llvm-profdata is missing; rustup component add llvm-tools installs it"
    separator=$'\x1f'
    encoded=$(printf "%s$separator" "${while_measuring[@]}")-Cprofile-generate=$made/counts
    # Names of functions depend on the crate types, too.
    CARGO_ENCODED_RUSTFLAGS=$encoded CARGO=$cargo "$root/tools/released.sh" rustc --quiet --release \
        --locked --lib --crate-type cdylib,staticlib --target-dir "$made"
    rm -rf "$made/counts" # build scripts leave counts there
    "$root/target/bench/release/milvus-bench" train --library "$made/release/libmilvus_client.so"
    "$llvm" merge --sparse -o "$made/new.profdata" "$made/counts"
    "$llvm" show --all-functions --counts "$made/new.profdata" | often >"$made/new.often"
    [ -s "$made/new.often" ] || missing "no function runs often; does llvm-profdata print something else now?"
    gzip -9nc "$made/new.profdata" >"$kept/library.profdata.gz"
    gzip -9nc "$made/new.often" >"$kept/often.gz"
    "$rustc" -vV >"$kept/compiler"
    rm -rf "$made/counts" "$made"/new.*
}

case ${1:-} in
flags) flags ;;
fits) fits "$2" ;;
write) write ;;
*) echo "profile: flags, fits or write" >&2; exit 2 ;;
esac
