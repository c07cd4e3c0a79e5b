#!/usr/bin/env bash
# Lays down what was built, from BUILD: libraries with their version links, headers, CMake package, pkg-config file,
# man pages, licence, and the notices of third parties, below DESTDIR PREFIX. LIBDIR is relative to PREFIX: lib, or
# lib/x86_64-linux-gnu.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh
. packaging/linking.sh

: "${BUILD:?}" "${PREFIX:?}" "${LIBDIR:=lib}" "${DESTDIR:=}"
[ -f "$BUILD/libmilvus_client.so" ] || missing "there is no library in $BUILD yet: run 'make build' first"

# install -C leaves alone what has not changed: programs that run meanwhile find it all the time.
root=$DESTDIR$PREFIX
libraries=$root/$LIBDIR
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
up=$(sed 's/[^/][^/]*/../g' <<<"$LIBDIR/pkgconfig") # from the pkg-config file to the prefix

# fill TEMPLATE WHERE: the same with its names filled in.
fill() {
    sed -e "s|@VERSION@|$version|" -e "s|@SONAME@|$soname|" -e "s|@LIBDIR@|$LIBDIR|" -e "s|@UP@|$up|" \
        -e "s|@STATIC_LIBS@|$static_libs|" "packaging/$1.in" >"$2/$1"
    chmod 644 "$2/$1"
}

install -d "$libraries/cmake/MilvusClient" "$libraries/pkgconfig" "$root/include" "$root/share/doc/libmilvus-client"
install -C -m 755 "$BUILD/libmilvus_client.so" "$libraries/libmilvus_client.so.$version"
ln -sf "libmilvus_client.so.$version" "$libraries/$soname"
ln -sf "$soname" "$libraries/libmilvus_client.so"
if [ -f "$BUILD/libmilvus_client_local.a" ]; then # sanitized builds have none
    install -C -m 644 "$BUILD/libmilvus_client_local.a" "$libraries/libmilvus_client.a"
fi
install -C -m 644 include/* "$root/include/"
install -C -m 644 LICENSE CHANGELOG.md packaging/third-party-notices.txt packaging/sbom.cdx.json \
    "$root/share/doc/libmilvus-client/"
fill milvus_client.pc "$libraries/pkgconfig"
fill MilvusClientConfig.cmake "$libraries/cmake/MilvusClient"
fill MilvusClientConfigVersion.cmake "$libraries/cmake/MilvusClient"
command -v python3 >/dev/null || missing "python3 is missing: the man pages are made from the header with it"
python3 tools/man.py "$root/share/man/man3"
