#!/usr/bin/env bash
# Lays down the command, from COMMAND: itself, its man page, completions for bash, zsh and fish, and the unit files to
# copy, and the notices of third parties, below DESTDIR PREFIX. The command writes its page and completions itself.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh

: "${COMMAND:?}" "${PREFIX:?}" "${DESTDIR:=}"
[ -x "$COMMAND" ] || missing "there is no command $COMMAND yet: run 'make command' first"

root=$DESTDIR$PREFIX
documents=$root/share/doc/milvus-client-tools
install -d "$root/bin" "$root/share/man/man1" "$root/share/bash-completion/completions" \
    "$root/share/zsh/site-functions" "$root/share/fish/vendor_completions.d" "$documents/examples"
install -m 755 "$COMMAND" "$root/bin/milvus-compact"
# generated FILE ARGUMENT...: what the command writes.
generated() {
    "$COMMAND" "${@:2}" >"$1"
    chmod 644 "$1"
}
generated "$root/share/man/man1/milvus-compact.1" man
generated "$root/share/bash-completion/completions/milvus-compact" completions bash
generated "$root/share/zsh/site-functions/_milvus-compact" completions zsh
generated "$root/share/fish/vendor_completions.d/milvus-compact.fish" completions fish
install -m 644 packaging/jobs/* "$documents/examples/"
install -m 644 LICENSE CHANGELOG.md "$documents/"
install -m 644 packaging/milvus-compact-notices.txt "$documents/third-party-notices.txt"
install -m 644 packaging/milvus-compact-sbom.cdx.json "$documents/sbom.cdx.json"
