"""What other people's code is in the shipped library: versions, licences, and how much of it.

    dependencies.py check         fails if a licence is not one of those allowed, or a crate is there twice
    dependencies.py sbom          a CycloneDX bill of materials, as JSON
    dependencies.py sizes FILE    the share of each crate in a library with symbols, as a table in Markdown

Known vulnerabilities are not looked up: that needs a database that is not among the package registries.
"""
import collections
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
# All of them let anybody link the library into anything, with the notices kept.
ALLOWED = {"Apache-2.0", "MIT", "ISC", "BSD-3-Clause", "Unicode-3.0", "Zlib", "CDLA-Permissive-2.0", "Apache-2.0 WITH LLVM-exception"}
TARGET = "x86_64-unknown-linux-gnu"


def output_of(*command):
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def crates():
    """The crates that the library itself is linked from, without what only builds or tests it."""
    listed = output_of("cargo", "tree", "--locked", "-p", "milvus-client", "--edges", "normal,no-proc-macro", "--target", TARGET,
                       "--prefix", "none", "--format", "{p}|{l}|{r}")
    found = {}
    for line in listed.splitlines():
        package, licence, repository = line.removesuffix(" (*)").split("|")
        name, version = package.split()[:2]
        if name != "milvus-client":
            found[name, version.removeprefix("v")] = (licence, repository)
    assert len(found) > 30, "cargo tree told of too few crates"
    return found


def is_allowed(licence):
    """Of alternatives one suffices; of what is joined by AND all are needed."""
    choices = re.sub(r"[()]", "", licence.replace("/", " OR ")).split(" OR ")
    return any(all(part.strip() in ALLOWED for part in choice.split(" AND ")) for choice in choices)


def check():
    found = crates()
    refused = [f"{name} {version}: {licence}" for (name, version), (licence, _) in found.items() if not is_allowed(licence)]
    twice = [name for name, count in collections.Counter(name for name, _ in found).items() if count > 1]
    if refused or twice:
        sys.exit(f"dependencies: licences that are not allowed: {refused}; crates in two versions: {twice}")
    print(f"{len(found)} crates, each once, all under licences that are allowed")


def sbom():
    version = re.search(r'^version = "(.*)"', (ROOT / "Cargo.toml").read_text(), re.M)[1]
    components = [{"type": "library", "name": name, "version": version, "purl": f"pkg:cargo/{name}@{version}",
                   "licenses": [{"expression": licence.replace("/", " OR ")}],
                   "externalReferences": [{"type": "vcs", "url": repository}] if repository else []}
                  for (name, version), (licence, repository) in sorted(crates().items())]
    return json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "metadata": {"component": {
        "type": "library", "name": "milvus-client", "version": version, "licenses": [{"expression": "Apache-2.0"}]}},
        "components": components}, indent=1)


def crate_of(symbol):
    """The crate whose generic code it is; what C and assembly there is, is ring's."""
    found = re.match(r"(?:[<&(\[*]|dyn |impl |mut |const )*([A-Za-z_]\w*)(?:\[\w+\])?::", symbol)
    return found[1] if found else "ring" if re.match(r"ring_core|fe_|ge_|x25519|p256|aes|gcm|sha|chacha|bn_|LIMBS?_", symbol) else "other"


def sizes(library):
    shares = collections.Counter()
    for line in output_of("nm", "-S", "-C", library).splitlines():
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
    match sys.argv[1:]:
        case ["check"]:
            check()
        case ["sbom"]:
            print(sbom())
        case ["sizes", library]:
            print(*sizes(library), sep="\n")
        case _:
            sys.exit(__doc__)
