#!/usr/bin/env bash
# Checks that a release is ready, and makes its files in target/release-VERSION (see .github/RELEASING.md):
#     tools/release.sh --dry-run   names everything that is not ready, makes the files all the same, tags nothing
#     tools/release.sh --tag       stops at the first thing that is not ready; tags last, and pushes nothing
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh

case ${1:-} in
--dry-run | --tag) mode=$1 ;;
*) missing "say --dry-run or --tag" ;;
esac
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
tag=v$version
previous=$(git tag --list 'v*' --sort=-version:refname | grep -Fxv "$tag" | head -n 1 || true)
out=target/release-$version
failures=0

# unready SENTENCE: ends a tagging run, and is counted by a dry one.
unready() {
    [ "$mode" = --dry-run ] || missing "$*"
    echo "release: not ready: $*"
    failures=$((failures + 1))
}

tree_is_committed() {
    [ -z "$(git status --porcelain)" ] || unready "the tree has changes that are not committed"
    # The workflow runs on the tag itself.
    [ "$(git rev-parse -q --verify "refs/tags/$tag^{commit}" || git rev-parse HEAD)" = "$(git rev-parse HEAD)" ] ||
        unready "the tag $tag exists, on another commit: choose the next number"
    [ "$mode" = --dry-run ] || [ "$(git branch --show-current)" = main ] || unready "releases are tagged on main"
}

versions_agree() {
    local part header
    header=$(for part in MAJOR MINOR PATCH; do
        sed -n "s/^#define MILVUS_VERSION_$part \(.*\)/\1/p" include/milvus_client.h
    done | paste -sd.)
    [ "$header" = "$version" ] || unready "the header says it is $header, Cargo.toml $version"
    grep -q "^version = \"$version\"" milvus-compact/Cargo.toml || unready "milvus-compact/Cargo.toml does not say $version"
    grep -q "<version>$version</version>" bindings/java/pom.xml || unready "bindings/java/pom.xml does not say $version"
    cargo metadata --locked --no-deps --format-version 1 >/dev/null 2>&1 || unready "Cargo.lock is not current"
}

profile_fits() {
    [ -n "$(tools/profile.sh flags)" ] || unready "the library would be built without its profile"
}

# The section of this version, as the notes of the release.
changelog_tells() {
    awk -v heading="## [$version] - " '/^## / { on = index($0, heading) == 1; next } /^\[.*\]: / { on = 0 } on' CHANGELOG.md >"$out/changes.md"
    grep -Eq "^## \[${version//./\\.}\] - [0-9]{4}-[0-9]{2}-[0-9]{2}$" CHANGELOG.md ||
        unready "CHANGELOG.md has no heading '## [$version] - YYYY-MM-DD'"
    grep -q '^- ' "$out/changes.md" || unready "CHANGELOG.md says nothing under [$version]"
    [ "$(awk '/^## / { on = /^## \[Unreleased\]/; next } on && /^- /' CHANGELOG.md | wc -l)" = 0 ] ||
        unready "CHANGELOG.md still has entries under [Unreleased]"
}

abi_number() {
    sed -n 's/^pub const MILVUS_ABI_VERSION: u32 = \(.*\);/\1/p' "$@"
}

abi_is_described() {
    local described=tests/abi/milvus_client-$version.abi now
    now=$(abi_number src/ffi/version.rs)
    if [ ! -f "$described" ]; then
        unready "$described is missing: python3 tests/abi/describe.py abi"
    elif ! python3 tests/abi/describe.py abi | cmp -s - "$described"; then
        unready "$described does not describe this header"
    fi
    [ -n "$previous" ] || return 0
    git diff --quiet "$previous" -- packaging/symbols.txt tests/abi/layout.txt ||
        [ "$now" -gt "$(git show "$previous:src/ffi/version.rs" | abi_number)" ] ||
        unready "functions or fields were added since $previous, and MILVUS_ABI_VERSION is still $now"
}

# Debian packages have a maintainer with an address; without one it is an example's (tools/deb.sh).
maintainer_is_named() {
    [ -n "${DEBFULLNAME:-}" ] && [ -n "${DEBEMAIL:-}" ] ||
        unready "DEBFULLNAME and DEBEMAIL are not set, so the Debian packages name an example address as their maintainer"
}

notices_are_current() {
    tools/notices.sh check || unready "the third-party notices are not current: make notices"
}

build() {
    make -s build command
    profile_fits # the build has looked for the names
    BUILD=target/release pack "$out" "milvus-client-$version-$(uname -m)-linux" tools/install.sh
    tools/command_archive.sh "$out"
    tools/deb.sh >/dev/null
    cp target/deb/*.deb "$out/"
    git archive --prefix="milvus-client-$version/" HEAD | gzip -n >"$out/milvus-client-$version.tar.gz"
    (cd "$out" && sha256sum -- *.deb *.tar.gz >SHA256SUMS && cat SHA256SUMS)
}

echo "release: $version${previous:+, after $previous}"
rm -rf "$out"
mkdir -p "$out"
tree_is_committed
versions_agree
profile_fits
changelog_tells
abi_is_described
notices_are_current
maintainer_is_named
build
if [ "$mode" = --tag ]; then
    git tag --annotate "$tag" --cleanup=whitespace --message="milvus-client $version" --message="$(cat "$out/changes.md")"
    echo "release: tagged $tag; publish it with: git push origin $tag"
else
    echo "release: would tag $(git rev-parse --short HEAD) as $tag; its files are in $out"
fi
[ $failures = 0 ] || missing "$failures thing(s) are not ready"
