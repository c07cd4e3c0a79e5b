#!/usr/bin/env bash
# Fetches what stands in front of Milvus in tests from Debian: nginx, haproxy, tinyproxy and stunnel. Where the system
# lacks them, they are unpacked into target/fronts, without root and without installing anything.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh

# Each with the libraries that a minimal system may lack.
declare -A packages=(
    [nginx]="nginx libpcre2-8-0 libssl3"
    [haproxy]="haproxy liblua5.3-0 libopentracing-c-wrapper0 libopentracing1 libpcre2-8-0 libssl3 libsystemd0"
    [tinyproxy]="tinyproxy-bin"
    [stunnel4]="stunnel4 libssl3 libwrap0 libsystemd0"
)
names=() are_there=yes
for program in "${!packages[@]}"; do
    PATH="$PATH:/usr/sbin:/sbin" command -v "$program" >/dev/null && continue
    names+=("$program")
    [ -e "target/fronts/root/usr/sbin/$program" ] || [ -e "target/fronts/root/usr/bin/$program" ] || are_there=no
done
[ $are_there = no ] || exit 0
command -v apt-get >/dev/null || missing "${names[*]} are missing; install them and try again"

# A library that is installed is not fetched. Of one that another release calls otherwise, the program's start tells.
is_wanted() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" != installed ] && apt-cache show "$1" >/dev/null 2>&1
}
fetch() {
    local package wanted=()
    for package in $(for program in "${names[@]}"; do echo "${packages[$program]}"; done | tr ' ' '\n' | sort -u); do
        ! is_wanted "$package" || wanted+=("$package")
    done
    [ ${#wanted[@]} != 0 ] || return 1
    echo "fronts: unpacking ${wanted[*]}"
    (cd target/fronts.new/packages && apt-get download -qq "${wanted[@]}")
}
rm -rf target/fronts.new
mkdir -p target/fronts.new/packages target/fronts.new/root
chmod 755 target/fronts.new/packages
# A list of packages may be missing, or too old.
fetch || { [ "$(id -u)" = 0 ] && apt-get update -qq && fetch; } ||
    missing "the packages of ${names[*]} cannot be fetched; install nginx, haproxy, tinyproxy and stunnel4 by hand"
for package in target/fronts.new/packages/*.deb; do
    dpkg -x "$package" target/fronts.new/root
done
rm -r target/fronts.new/packages
rm -rf target/fronts
mv target/fronts.new target/fronts
