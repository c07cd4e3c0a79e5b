#!/usr/bin/env bash
# Fetches what stands in front of Milvus in tests/fronts from Debian: nginx, haproxy, tinyproxy and stunnel. Where the
# system lacks them, they are unpacked into target/fronts, without root and without installing anything.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh

declare -A packages=(
    [nginx]="nginx libpcre2-8-0 libssl3"
    [haproxy]="haproxy liblua5.3-0 libopentracing-c-wrapper0 libopentracing1 libpcre2-8-0 libssl3 libsystemd0"
    [tinyproxy]="tinyproxy-bin"
    [stunnel4]="stunnel4 libssl3 libwrap0 libsystemd0"
)
wanted=()
for program in "${!packages[@]}"; do
    PATH="$PATH:/usr/sbin:/sbin" command -v "$program" >/dev/null && continue
    [ -e "target/fronts/root/usr/sbin/$program" ] || [ -e "target/fronts/root/usr/bin/$program" ] && continue
    wanted+=(${packages[$program]})
done
[ ${#wanted[@]} = 0 ] && exit 0
command -v apt-get >/dev/null || missing "nginx, haproxy, tinyproxy and stunnel4 are missing; install them and try again"
readarray -t wanted < <(printf '%s\n' "${wanted[@]}" | sort -u)
echo "fronts: unpacking ${wanted[*]}"
rm -rf target/fronts
mkdir -p target/fronts/packages target/fronts/root
fetch() { (cd target/fronts/packages && apt-get download -qq "${wanted[@]}" 2>/dev/null); }
# A list of packages may be missing, or too old.
fetch || { [ "$(id -u)" = 0 ] && apt-get update -qq && fetch; } ||
    missing "the packages ${wanted[*]} cannot be fetched; install nginx, haproxy, tinyproxy and stunnel4 by hand"
for package in target/fronts/packages/*.deb; do
    dpkg -x "$package" target/fronts/root
done
rm -r target/fronts/packages
