# For scripts that install what they need, or pack what they make; `missing` ends the script with a sentence.
missing() {
    echo "$(basename "$0" .sh): $*" >&2
    exit 1
}

# Whether target/ has room for so many GB in all: a full disk fails in places that do not say so.
room_for() {
    local gb=$((1024 * 1024)) free used
    free=$(df -Pk . | awk 'NR == 2 { print $4 }')
    used=$(du -sk target 2>/dev/null | cut -f1) || used=0
    [ $((free + used)) -ge $(($1 * gb)) ] ||
        missing "disk space is missing: target/ takes $1 GB in all, and $((free / gb)) GB are free"
}

# Debian packages, where that is the system and this may install them.
install_packages() {
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        missing "the package(s) $* are missing; install them and try again"
    fi
    echo "$(basename "$0" .sh): installing $*"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null ||
        missing "the package(s) $* cannot be installed; install them by hand and try again"
}

# pack FOLDER NAME COMMAND...: makes FOLDER/NAME.tar.gz of what the command lays down below DESTDIR: the same bytes from
# the same files.
pack() {
    local folder=$1 name=$2
    mkdir -p "$folder"
    rm -rf "${folder:?}/$name"
    DESTDIR="$(cd "$folder" && pwd)/$name" PREFIX=/ "${@:3}"
    tar -C "$folder" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$(git log -1 --format=%ct)" -cf - "$name" |
        gzip -n >"$folder/$name.tar.gz"
    rm -rf "${folder:?}/$name"
}
