#!/usr/bin/env bash
# The files that tell whose code is in the library, and whose is in the command milvus-compact; each is installed with it:
#     packaging/third-party-notices.txt, packaging/milvus-compact-notices.txt   every licence with its text, by cargo-about
#     packaging/sbom.cdx.json, packaging/milvus-compact-sbom.cdx.json           CycloneDX bills of materials, by cargo-cyclonedx
#
#     tools/notices.sh         writes them anew; builds the two tools from crates.io into target/tools first (minutes)
#     tools/notices.sh check   whether they name just the crates that Cargo.lock has for library and command; takes a second
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh
export LC_ALL=C # one order for sort and comm

cargo_about=0.9.3
cargo_cyclonedx=0.5.9

# Each part: what it is, its package, its manifest, and its two files.
parts=(
    "library milvus-client Cargo.toml packaging/third-party-notices.txt packaging/sbom.cdx.json"
    "command milvus-compact milvus-compact/Cargo.toml packaging/milvus-compact-notices.txt packaging/milvus-compact-sbom.cdx.json"
)

# crates PACKAGE TARGETS: "name version" of each crate of others that is linked into it, on these systems.
crates() {
    # shellcheck disable=SC2086 # one word for each
    cargo tree --locked --package "$1" --edges normal $2 --prefix none --format '{p}' |
        sed -n 's/^\([^ ]*\) v\([^ ]*\).*/\1 \2/p' | grep -v '^milvus-' | sort -u
}

# crates_of_sbom FILE: the same of what a bill of materials lists. The library is a part of the command.
crates_of_sbom() {
    python3 -c 'import json, sys
for part in json.load(open(sys.argv[1]))["components"]: print(part["name"], part["version"])' "$1" | grep -v '^milvus-client ' | sort -u
}

# complete FILE WANTED DIFFERENCE: that there is something to find, and no difference.
complete() {
    [ "$(wc -l <<<"$2")" -gt 30 ] || missing "cargo tree names fewer crates than there can be"
    # shellcheck disable=SC2086 # all in one line
    [ -z "$3" ] || missing "$1 is not current; run 'make notices'. It differs in:" $3
    echo "notices: $1 names the $(wc -l <<<"$2") crates that are linked"
}

# check_part WHAT PACKAGE MANIFEST NOTICES SBOM
check_part() {
    local notices=$4 sbom=$5 here everywhere
    # The notices are for the systems that packaging/about.toml names, the bill of materials for all there are.
    here=$(crates "$2" "$(sed -n '/^targets/,/^]/s/^ *"\(.*\)",$/--target \1/p' packaging/about.toml)")
    everywhere=$(crates "$2" "--target all")
    complete "$notices" "$here" "$(sed -n 's/^  - \([^ :]*\) \([0-9][^ ,]*\).*/\1 \2/p' "$notices" | grep -v '^milvus-' | sort -u |
        comm -3 - <(echo "$here"))"
    # cargo-cyclonedx adds a few that only features would need which nobody asks for: those have to be in Cargo.lock.
    complete "$sbom" "$everywhere" "$(crates_of_sbom "$sbom" | comm -13 - <(echo "$everywhere"); crates_of_sbom "$sbom" | comm -23 - <(echo "$locked"))"
}

check() {
    local part locked
    locked=$(awk -F'"' '/^name = / { name = $2 } /^version = / && name { print name, $2; name = "" }' Cargo.lock | sort -u)
    for part in "${parts[@]}"; do
        # shellcheck disable=SC2086 # one word for each
        check_part $part
    done
}

# tool NAME VERSION [OPTION]...
tool() {
    local name=$1 version=$2
    shift 2
    grep -q "^\"$name $version " target/tools/.crates.toml 2>/dev/null && return
    echo "notices: building $name $version from crates.io; that takes minutes"
    cargo install --quiet --locked --root target/tools --target-dir target/tools/build --version "$version" "$@" "$name" ||
        missing "$name $version cannot be built; is crates.io reachable?"
}

# only_linked FILE: a manifest without what the tests and the build ask for.
only_linked() {
    awk '/^\[/ { on = !/^\[(workspace|dev-dependencies|build-dependencies|\[test\]\])/ } on' "$1"
}

# write_part WHAT PACKAGE MANIFEST NOTICES SBOM
write_part() {
    # cargo-about sees its templates as files.
    sed "s/@PART@/$1/" packaging/third-party-notices.hbs >"$work/notices.hbs"
    [ "$1" = library ] || cat packaging/static-notices.txt >>"$work/notices.hbs"
    target/tools/bin/cargo-about generate --frozen --fail --config packaging/about.toml --manifest-path "$3" \
        --output-file "$4" "$work/notices.hbs"
    # In a copy that has only what is linked: cargo-cyclonedx would add what the tests and the build ask for of the same crates.
    # It gets the date of its crates, and no path of this machine.
    local alone=$work/alone name
    name=$(basename "$5" .json)
    CARGO_NET_OFFLINE=true SOURCE_DATE_EPOCH=$(git log -1 --format=%ct Cargo.lock) target/tools/bin/cargo-cyclonedx cyclonedx \
        --quiet --format json --spec-version 1.5 --no-build-deps --target all --override-filename "$name" --manifest-path "$alone/$3"
    sed "s|file://$alone|file:///milvus-client|" "$alone/$(dirname "$3")/$name.json" >"$5"
}

write() {
    tool cargo-about $cargo_about --features cli
    tool cargo-cyclonedx $cargo_cyclonedx
    # Licences are read from the crates themselves, so that every machine writes the same.
    cargo fetch --quiet --locked
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    local part
    mkdir -p "$work/alone/src" "$work/alone/milvus-compact/src"
    touch "$work/alone/src/lib.rs" "$work/alone/milvus-compact/src/main.rs"
    only_linked Cargo.toml >"$work/alone/Cargo.toml"
    only_linked milvus-compact/Cargo.toml >"$work/alone/milvus-compact/Cargo.toml"
    cp Cargo.lock "$work/alone/"
    cp Cargo.lock "$work/alone/milvus-compact/"
    for part in "${parts[@]}"; do
        # shellcheck disable=SC2086 # one word for each
        write_part $part
    done
    check
}

case ${1:-write} in
check | write) "${1:-write}" ;;
*) missing "there is nothing called $1: use it without a word, or with 'check'" ;;
esac
