"""The share of each crate in a library with symbols, as a table in Markdown.

    sizes.py FILE
"""
import collections
import re
import subprocess
import sys


def crate_of(symbol):
    """The crate whose generic code it is; what C and assembly there is, is ring's."""
    found = re.match(r"(?:[<&(\[*]|dyn |impl |mut |const )*([A-Za-z_]\w*)(?:\[\w+\])?::", symbol)
    return found[1] if found else "ring" if re.match(r"ring_core|fe_|ge_|x25519|p256|aes|gcm|sha|chacha|bn_|LIMBS?_", symbol) else "other"


def sizes(library):
    shares = collections.Counter()
    for line in subprocess.run(["nm", "-S", "-C", library], check=True, capture_output=True, text=True).stdout.splitlines():
        symbol = re.match(r"[0-9a-f]+ ([0-9a-f]+) [tTrRdDbB] (.*)", line)
        if symbol:
            shares[crate_of(symbol[2])] += int(symbol[1], 16)
    total = sum(shares.values())
    assert total > 1_000_000, "the library has no symbols"
    rest = sum(size for size in shares.values() if size < total / 200)
    yield "| crate | bytes of code and data | share |\n|---|---:|---:|"
    for name, size in shares.most_common():
        if size >= total / 200:
            yield f"| {name} | {size:,} | {size / total:.1%} |"
    yield f"| all others | {rest:,} | {rest / total:.1%} |"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(*sizes(sys.argv[1]), sep="\n")
