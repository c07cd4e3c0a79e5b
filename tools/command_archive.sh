#!/usr/bin/env bash
# Builds the command as one static file, which needs nothing of the Linux that it runs on, and packs it with its man page,
# completions, unit files and notices:
#     tools/command_archive.sh FOLDER   makes FOLDER/milvus-compact-VERSION-ARCH-linux.tar.gz
# It is linked with musl: a program that is static with glibc may still load shared libraries to look up names (decision 71).
# Rust brings musl itself; the C code of ring is compiled with musl's headers, from Debian's musl-tools.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh

folder=${1:?say in which folder the archive shall be}
version=$(sed -n 's/^version = "\(.*\)"/\1/p' milvus-compact/Cargo.toml | head -n 1)
target=$(uname -m)-unknown-linux-musl
[ "$(uname -s)" = Linux ] || missing "the static file is for Linux, and built there"
command -v cargo >/dev/null || missing "cargo is missing; install Rust 1.91 or newer from rustup.rs"
command -v gcc >/dev/null && command -v readelf >/dev/null || install_packages gcc
command -v musl-gcc >/dev/null || install_packages musl-tools
if ! compgen -G "$(rustc --print target-libdir --target "$target")/libstd-*.rlib" >/dev/null; then
    command -v rustup >/dev/null || missing "this Rust has no standard library for $target, and there is no rustup to install it"
    echo "command_archive: installing Rust's standard library for $target"
    rustup target add "$target" >/dev/null 2>&1 || missing "Rust's standard library for $target cannot be installed with rustup"
fi

# The C compiler by its name: on aarch64 another one would be looked for.
export "CC_${target//-/_}=musl-gcc"
# The library is a shared one too, which there is not in a static program; Rust says so.
tools/released.sh build --quiet --release --locked -p milvus-compact --target "$target" --target-dir target/static 2>&1 |
    { grep -vFx -e "warning: dropping unsupported crate type \`cdylib\` for target \`$target\`" -e "" || true; }
built=target/static/$target/release/milvus-compact
loaded=$(readelf --wide --program-headers --dynamic "$built" | grep -E 'INTERP|NEEDED' || true)
[ -z "$loaded" ] || missing "$built is not static: $loaded"
COMMAND=$built pack "$folder" "milvus-compact-$version-$(uname -m)-linux" tools/install_command.sh
