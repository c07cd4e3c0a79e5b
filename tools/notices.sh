#!/usr/bin/env bash
# The two files that tell whose code is in the library, both installed with it:
#     packaging/third-party-notices.txt   every licence with its text, by cargo-about
#     packaging/sbom.cdx.json             a CycloneDX bill of materials, by cargo-cyclonedx
#
#     tools/notices.sh         writes both anew; builds the two tools from crates.io into target/tools first (minutes)
#     tools/notices.sh check   whether both name just the crates that Cargo.lock has for the library; takes a second
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh
export LC_ALL=C # one order for sort and comm

notices=packaging/third-party-notices.txt
sbom=packaging/sbom.cdx.json
cargo_about=0.9.3
cargo_cyclonedx=0.5.9

# crates TARGETS: "name version" of each crate of the library, on these systems.
crates() {
    # shellcheck disable=SC2086 # one word for each
    cargo tree --locked --package milvus-client --edges normal $1 --prefix none --format '{p}' |
        sed -n 's/^\([^ ]*\) v\([^ ]*\).*/\1 \2/p' | grep -v '^milvus-client ' | sort -u
}

# crates_of_sbom: the same of what the bill of materials lists.
crates_of_sbom() {
    python3 -c 'import json, sys
for part in json.load(open(sys.argv[1]))["components"]: print(part["name"], part["version"])' $sbom | sort -u
}

# complete FILE WANTED DIFFERENCE: that there is something to find, and no difference.
complete() {
    [ "$(wc -l <<<"$2")" -gt 30 ] || missing "cargo tree names fewer crates than the library can have"
    # shellcheck disable=SC2086 # all in one line
    [ -z "$3" ] || missing "$1 is not current; run 'make notices'. It differs in:" $3
    echo "notices: $1 names the $(wc -l <<<"$2") crates that are linked"
}

check() {
    local here everywhere locked
    # The notices are for the systems that packaging/about.toml names, the bill of materials for all there are.
    here=$(crates "$(sed -n '/^targets/,/^]/s/^ *"\(.*\)",$/--target \1/p' packaging/about.toml)")
    everywhere=$(crates "--target all")
    locked=$(awk -F'"' '/^name = / { name = $2 } /^version = / && name { print name, $2; name = "" }' Cargo.lock | sort -u)
    complete $notices "$here" "$(sed -n 's/^  - \([^ :]*\) \([0-9][^ ,]*\).*/\1 \2/p' $notices | sort -u |
        comm -3 - <(echo "$here"))"
    # cargo-cyclonedx adds a few that only features would need which nobody asks for: those have to be in Cargo.lock.
    complete $sbom "$everywhere" "$(crates_of_sbom | comm -13 - <(echo "$everywhere"); crates_of_sbom | comm -23 - <(echo "$locked"))"
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

write() {
    tool cargo-about $cargo_about --features cli
    tool cargo-cyclonedx $cargo_cyclonedx
    # Licences are read from the crates themselves, so that every machine writes the same.
    cargo fetch --quiet --locked
    target/tools/bin/cargo-about generate --frozen --fail --config packaging/about.toml \
        --output-file $notices packaging/third-party-notices.hbs
    # In a copy that has only what is linked: cargo-cyclonedx would add what the tests and the build ask for of the same crates.
    # It gets the date of its crates, and no path of this machine.
    local alone
    alone=$(mktemp -d)
    awk '/^\[/ { on = !/^\[(workspace|dev-dependencies|build-dependencies)\]/ } on' Cargo.toml >"$alone/Cargo.toml"
    mkdir "$alone/src"
    touch "$alone/src/lib.rs"
    cp Cargo.lock "$alone/"
    CARGO_NET_OFFLINE=true SOURCE_DATE_EPOCH=$(git log -1 --format=%ct Cargo.lock) target/tools/bin/cargo-cyclonedx cyclonedx \
        --quiet --format json --spec-version 1.5 --no-build-deps --target all --override-filename sbom.cdx --manifest-path "$alone/Cargo.toml"
    sed "s|path+file://$alone#|path+file:///milvus-client#|" "$alone/sbom.cdx.json" >$sbom
    rm -r "$alone"
    check
}

case ${1:-write} in
check | write) "${1:-write}" ;;
*) missing "there is nothing called $1: use it without a word, or with 'check'" ;;
esac
