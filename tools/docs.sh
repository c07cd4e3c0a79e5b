#!/usr/bin/env bash
# The documentation site: docs.sh build | check | install. Installs what it needs, or says what is missing.
#   build    target/docs/html, from docs/, the header and docs/performance.md
#   check    opens the built site in Chromium: links, search, light and dark, narrow and wide, and no network
#   install  copies the built site below DESTDIR PREFIX
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh

mdbook=0.5.4
tools=target/docs/tools

build() {
    command -v doxygen >/dev/null || install_packages doxygen
    if [ "$("$tools/bin/mdbook" --version 2>/dev/null)" != "mdbook v$mdbook" ]; then
        echo "docs: installing mdBook $mdbook from crates.io into $tools: some minutes, once"
        "${CARGO:-cargo}" install --quiet mdbook --version "$mdbook" --locked --no-default-features --features search --root "$tools" ||
            missing "mdBook $mdbook cannot be installed; is crates.io reachable?"
    fi
    python3 tools/docs/build.py
}

check() {
    [ -f target/docs/html/index.html ] || build
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
        install_packages chromium fonts-dejavu-core
    target/venv/bin/python -m pytest -q -p no:cacheprovider tests/docs/browser.py
}

install_() {
    : "${PREFIX:?}" "${DESTDIR:=}"
    local to=$DESTDIR$PREFIX/share/doc/libmilvus-client/html
    [ -f target/docs/html/index.html ] || missing "there is no site yet: run 'make docs' first"
    rm -rf "$to"
    install -d "$to"
    cp -R target/docs/html/. "$to/"
    chmod -R u=rwX,go=rX "$to"
}

case ${1:-} in
build | check) "$1" ;;
install) install_ ;;
*) missing "usage: docs.sh build | check | install" ;;
esac
