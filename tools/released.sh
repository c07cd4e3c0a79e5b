#!/usr/bin/env bash
# Runs Cargo so that what it builds is the same in any folder, names none of this machine, and has its C code hardened:
#     tools/released.sh ARGUMENTS...                   as `cargo ARGUMENTS...`
#     tools/released.sh with-profile ARGUMENTS...      by the profile in benches/profile, which is of the library
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
home=${CARGO_HOME:-$HOME/.cargo}
cargo=${CARGO:-cargo}
with_profile=
if [ "${1:-}" = with-profile ]; then
    shift
    with_profile=yes
fi
"$cargo" fetch --quiet --locked --manifest-path "$root/Cargo.toml"
flags=(--remap-path-prefix="$root=/milvus-client" --remap-path-prefix="$home=/cargo")
for_c() { printf ' %q' "-ffile-prefix-map=$1"; } # as a word of a shell, see below
c_flags="$(for_c "$root=/milvus-client")$(for_c "$home=/cargo")"
c_flags+=" -fstack-protector-strong -D_FORTIFY_SOURCE=2"
# The folder of a registry has a name that depends on where the crates come from. Of two that fit, the later counts.
for crates in "$home"/registry/src/*; do
    flags+=(--remap-path-prefix="$crates=/crates")
    c_flags+=$(for_c "$crates=/crates")
done
separator=$'\x1f'
# What the user sets goes on counting.
encoded=${CARGO_ENCODED_RUSTFLAGS:-$(tr -s ' ' "$separator" <<<"${RUSTFLAGS:-}" | sed "s/^$separator//; s/$separator\$//")}
# One profile at a time is all that the compiler takes.
if [ -n "$with_profile" ] && [[ $encoded != *profile-use* && $encoded != *profile-generate* && $encoded != */library-*.flags* ]]; then
    profile=$(CARGO=$cargo CARGO_ENCODED_RUSTFLAGS=$encoded "$root/tools/profile.sh" flags)
    [ -z "$profile" ] || mapfile -t -O ${#flags[@]} flags <<<"$profile"
fi
for flag in "${flags[@]}"; do
    encoded+=${encoded:+$separator}$flag
done
export CARGO_ENCODED_RUSTFLAGS=$encoded CFLAGS="${CFLAGS:-}$c_flags" CC_SHELL_ESCAPED_FLAGS=1
exec "$cargo" "$@"
