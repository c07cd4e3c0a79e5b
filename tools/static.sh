#!/usr/bin/env bash
# Makes a static library whose only symbols are the header's: rustc's own has those of Rust's standard library, of ring
# and of every crate too, which would clash with another Rust library's in one program.
#     tools/static.sh FROM TO
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh

from=$1 to=$2
for tool in ld objcopy ar nm; do
    command -v $tool >/dev/null || install_packages binutils
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One object of what the functions reach, then without the bitcode that comes with the standard library, then closed.
roots=$(sed 's/^/--undefined=/' packaging/symbols.txt)
# Groups dissolve: one of a name that the other library has too would be dropped, with symbols that are local here.
# shellcheck disable=SC2086 # one word for each
ld -r --gc-sections --force-group-allocation $roots "$from" -o "$work/all.o" 2>"$work/said" || missing "$(cat "$work/said")"
objcopy --remove-section .llvmbc --remove-section .llvmcmd "$work/all.o" "$work/plain.o"
objcopy --keep-global-symbols=packaging/symbols.txt --strip-debug "$work/plain.o" "$work/milvus_client.o"
ar rcsD "$work/whole.a" "$work/milvus_client.o"
nm -g --defined-only "$work/whole.a" | awk 'NF == 3 { print $3 }' | sort | diff packaging/symbols.txt - ||
    missing "the static library does not define what packaging/symbols.txt lists"
install -C -m 644 "$work/whole.a" "$to"
