"""What pages show of docs/performance.md, which the benchmark writes: plots, and numbers in the text.

    python3 tools/docs/figures.py    writes both anew, as `make bench` does; they are committed, so that the repository shows them too
"""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
STYLE = """<style>text{font:14px sans-serif;fill:#24292f}.ours{fill:#0b7285}.theirs{fill:#adb5bd}.line{stroke:#868e96;fill:none}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.ours{fill:#3bc9db}.theirs{fill:#5c636a}}</style>"""
REFERENCES = {"worker": "tonic, one thread for all", "current": "tonic, caller's thread", "pymilvus": "pymilvus",
              "gRPC C++": "gRPC in C++"}


def rows():
    """Each measured row: what, ours, the reference's number, which reference."""
    page = (ROOT / "docs/performance.md").read_text()
    found = []
    for line in re.findall(r"^\| (.*) \|$", page, re.M):
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) >= 4 and re.fullmatch(r"[\d.]+", cells[1]) and re.fullmatch(r"[\d.]+", cells[2]):
            found.append((cells[0], float(cells[1]), float(cells[2]), cells[3]))
    assert len(found) > 15, "docs/performance.md has no table of figures"
    return found


def alone(what):
    """What this library took, in a row that has no reference."""
    page = (ROOT / "docs/performance.md").read_text()
    [row] = [line for line in page.splitlines() if line.startswith(f"| {what} |")]
    return float(row.split("|")[2].split()[0])


def measured(what):
    return f"{alone(what):,.0f}"


def with_numbers(text):
    """A page with the number behind each mark `<!-- measured: name of a row -->` renewed."""
    return re.sub(r"(<!-- measured: (.+?) -->)[\d,]*", lambda found: found[1] + measured(found[2]), text)


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:g}"


def bars(title, unit, groups):
    """A picture of groups of bars: each group has a label and bars of a name, a value and a class."""
    largest = max(value for _, group in groups for _, value, _ in group)
    left, width, y, out = 185, 225, 44, []
    for label, group in groups:
        if label:
            out.append(f'<text x="0" y="{y}">{label}</text>')
            y += 10
        for name, value, kind in group:
            long = max(2, width * value / largest)
            out.append(f'<text x="0" y="{y + 16}">{name}</text><rect class="{kind}" x="{left}" y="{y + 2}" width="{long:.1f}" height="18" rx="2"/>'
                       f'<text x="{left + long + 8:.1f}" y="{y + 16}">{number(value)} {unit}</text>')
            y += 25
        y += 28
    return (f'<svg xmlns="http://www.w3.org/2000/svg" class="figure plot" viewBox="0 0 520 {y - 24}">{STYLE}'
            f'<text x="0" y="16" font-weight="bold">{title}</text>{"".join(out)}</svg>\n')


def beside(what, wanted):
    """One row's bars: ours, then each reference that was measured with it."""
    chosen = [row for row in rows() if row[0] == what and row[3] in wanted]
    assert chosen, f"docs/performance.md has no row {what}"
    return [("this library", chosen[0][1], "ours"), *((REFERENCES[row[3]], row[2], "theirs") for row in chosen)]


def threads(pattern):
    return [(f"{count} thread{'s' if count > 1 else ''}", beside(pattern.format(count, "s" if count > 1 else ""), ["worker", "gRPC C++"])) for count in (1, 4, 16)]


def late():
    """How late ends are noticed, by how many jobs are followed."""
    parts = ("half", "nine of ten", "all")
    return [(f"{jobs:,} jobs followed", [(part, alone(f"{part} of {ends} ends are noticed within, {jobs} jobs followed, s"), "ours") for part in parts])
            for jobs, ends in ((100, 100), (1000, 1000), (10000, 3000))]


def plots():
    one = "latency, 1 thread, us"
    return {
        "latency": bars("Time of a call (less is better)", "us", [(None, beside(one, ["worker", "current", "gRPC C++", "pymilvus"]))]),
        "throughput": bars("Calls a second (more is better)", "calls/s", threads("throughput, {} thread{}, calls/s")),
        "cpu": bars("CPU time of a call (less is better)", "us", threads("CPU time per call, {} thread{}, us")),
        "late": bars("Ends of jobs are noticed within (less is better)", "s", late()),
        "start": bars("A process that makes one call (less is better)", "ms", [(None, beside("process with one call, ms", ["worker", "pymilvus"]))]),
        "memory": bars("Most memory of that process (less is better)", "MB", [(None, beside("most memory of that process, MB", ["worker", "pymilvus"]))]),
    }


def wanted():
    """Every file that shows something of docs/performance.md, with its text."""
    files = {ROOT / f"docs/figures/{name}.svg": svg for name, svg in plots().items()}
    files |= {page: with_numbers(page.read_text()) for folder in ("guide", "reference")
              for page in sorted((ROOT / "docs" / folder).glob("*.md"))}
    return files


if __name__ == "__main__":
    for path, text in wanted().items():
        path.write_text(text)
