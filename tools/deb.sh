#!/usr/bin/env bash
# Makes Debian packages of what was built, in target/deb: libmilvus-client0 to run programs, libmilvus-client-dev to build
# them, and, if `make command` was run, milvus-client-tools with the command, or with another COMMAND.
# Maintainer is who DEBFULLNAME and DEBEMAIL name, as for Debian's own tools. Policy wants an address, and the project has
# none yet: without them it is one in a domain that is reserved for examples, with which tools/release.sh does not tag.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh

command -v dpkg-deb >/dev/null || missing "dpkg-deb is missing: Debian packages are made on Debian"
architecture=$(dpkg --print-architecture)
triplet=$(gcc -print-multiarch)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)-1
out=target/deb
all=$out/all run=$out/libmilvus-client0 dev=$out/libmilvus-client-dev tools=$out/milvus-client-tools
command=${COMMAND:-target/command/release/milvus-compact}
rm -rf "$out"
mkdir -p "$run/DEBIAN" "$dev/DEBIAN" "$run/usr/share/doc/libmilvus-client0" "$run/usr/lib/$triplet"
make -s install PREFIX=/usr LIBDIR="lib/$triplet" DESTDIR="$PWD/$all"

# The versioned library is for running; everything else is for building.
mv "$all/usr/lib/$triplet"/libmilvus_client.so.* "$run/usr/lib/$triplet/"
mv "$all/usr/share/doc/libmilvus-client" "$all/usr/share/doc/libmilvus-client-dev"
mv "$all/usr" "$dev/"
rmdir "$all"
maintainer="${DEBFULLNAME:-The milvus-client developers} <${DEBEMAIL:-milvus-client@lists.example.org}>"
install -m 644 packaging/third-party-notices.txt packaging/sbom.cdx.json "$run/usr/share/doc/libmilvus-client0/"
packages=("$run" "$dev")
if [ -x "$command" ]; then
    mkdir -p "$tools/DEBIAN"
    COMMAND=$command PREFIX=/usr DESTDIR="$PWD/$tools" tools/install_command.sh
    # Where Debian's zsh looks.
    mkdir -p "$tools/usr/share/zsh/vendor-completions"
    mv "$tools"/usr/share/zsh/site-functions/* "$tools/usr/share/zsh/vendor-completions/"
    rmdir "$tools/usr/share/zsh/site-functions"
    packages+=("$tools")
fi
for package in "${packages[@]}"; do
    documents=$package/usr/share/doc/$(basename "$package")
    rm -f "$documents/LICENSE" "$documents/CHANGELOG.md"
    install -m 644 packaging/copyright "$documents/"
    gzip -9n <CHANGELOG.md >"$documents/changelog.gz"
    cat <<END | gzip -9n >"$documents/changelog.Debian.gz"
milvus-client ($version) unstable; urgency=medium

  * Release ${version%-*}: changelog.gz has what changed.

 -- $maintainer  $(date -R -u -d "@$(git log -1 --format=%ct 2>/dev/null || date +%s)")
END
done
# As policy wants them.
chmod 644 "$run/usr/lib/$triplet"/libmilvus_client.so.*.*
for package in "${packages[@]}"; do
    [ ! -d "$package/usr/share/man" ] || find "$package/usr/share/man" -type f -exec gzip -9n {} +
done
# oldest_libc FILE: the oldest C library whose functions are used.
oldest_libc() {
    objdump -T "$1" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1
}
libc=$(oldest_libc "$run/usr/lib/$triplet/libmilvus_client.so.0")

# control PACKAGE DIRECTORY SECTION DEPENDS TITLE MULTI_ARCH
control() {
    cat >"$2/DEBIAN/control" <<END
Package: $1
Source: milvus-client
Version: $version
Architecture: $architecture
Multi-Arch: $6
Maintainer: $maintainer
Section: $3
Priority: optional
Installed-Size: $(du -sk --apparent-size "$2" | cut -f 1)
Depends: $4
Description: $5
 Has the vector database Milvus compact a collection, follows the job, and
 tells what really happened.
END
}
control libmilvus-client0 "$run" libs "libc6 (>= ${libc#GLIBC_}), libgcc-s1" "Milvus compaction client (library)" same
control libmilvus-client-dev "$dev" libdevel "libmilvus-client0 (= $version), libc6-dev" \
    "Milvus compaction client (development files)" same
if [ -x "$command" ]; then
    libc=$(oldest_libc "$command")
    # It has the library inside.
    control milvus-client-tools "$tools" database "libc6 (>= ${libc#GLIBC_}), libgcc-s1" "Milvus compaction client (command)" foreign
fi
echo "libmilvus_client 0 libmilvus-client0 (>= ${version%-*})" >"$run/DEBIAN/shlibs"
echo "activate-noawait ldconfig" >"$run/DEBIAN/triggers"
for package in "${packages[@]}"; do
    (cd "$package" && find usr -type f -exec md5sum {} + >DEBIAN/md5sums)
    dpkg-deb --root-owner-group --build "$package" "$out" >/dev/null
done
ls "$out"/*.deb
