#!/usr/bin/env bash
# Makes a pair of Debian packages of what was built, in target/deb: libmilvus-client0 to run programs, and
# libmilvus-client-dev to build them.
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
all=$out/all run=$out/libmilvus-client0 dev=$out/libmilvus-client-dev
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
for documents in "$run/usr/share/doc/libmilvus-client0" "$dev/usr/share/doc/libmilvus-client-dev"; do
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
find "$dev/usr/share/man" -type f -exec gzip -9n {} +
# The oldest C library whose functions are used.
libc=$(objdump -T "$run/usr/lib/$triplet/libmilvus_client.so.0" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1)

# control PACKAGE DIRECTORY SECTION DEPENDS TITLE
control() {
    cat >"$2/DEBIAN/control" <<END
Package: $1
Source: milvus-client
Version: $version
Architecture: $architecture
Multi-Arch: same
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
control libmilvus-client0 "$run" libs "libc6 (>= ${libc#GLIBC_}), libgcc-s1" "Milvus compaction client (library)"
control libmilvus-client-dev "$dev" libdevel "libmilvus-client0 (= $version), libc6-dev" \
    "Milvus compaction client (development files)"
echo "libmilvus_client 0 libmilvus-client0 (>= ${version%-*})" >"$run/DEBIAN/shlibs"
echo "activate-noawait ldconfig" >"$run/DEBIAN/triggers"
for package in "$run" "$dev"; do
    (cd "$package" && find usr -type f -exec md5sum {} + >DEBIAN/md5sums)
    dpkg-deb --root-owner-group --build "$package" "$out" >/dev/null
done
ls "$out"/*.deb
