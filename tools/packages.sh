# For scripts that install what they need; `missing` ends the script with a sentence.
missing() {
    echo "$(basename "$0" .sh): $*" >&2
    exit 1
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
