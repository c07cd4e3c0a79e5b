"""Finds numbers of the header that are written by hand in the bindings: each belongs into what is generated."""
import re

from header import ROOT

PLACES = ["bindings/**/*.go", "bindings/**/*.java", "bindings/**/*.js", "bindings/**/*.py", "include/*.hpp"]
# Words for a value that only the header's constants can have, wherever they are in a name.
WORDS = ("status|verdict|judgement|trigger|resolution|answer|is_?clustering|is_?l0|is_?lite|has_?segment_?diff|has_?details|"
         "retriable|in_?doubt")


def spellings(model, path):
    """How a language spells the constants: MILVUS_NO_JOB, NO_JOB, NoJob, ErrNoJob, and in C++ no_job."""
    for constant in model.header.constants:
        name = constant.name.removeprefix("MILVUS_")
        short = [name] + [enum.suffix(constant) for enum in model.enums if constant in enum.constants]
        camel = "".join(part.capitalize() for part in name.split("_"))
        yield from (constant.name, *short, camel, f"Err{camel}")
        if path.suffix == ".hpp":
            yield from (each.lower() for each in short)


def without(text, path):
    """The text without comments, texts, and what is generated between marks; as many lines as before."""
    blank = lambda match: "\n" * match[0].count("\n")  # noqa: E731
    text = re.sub(r"(?s)(//|#) Generated from milvus_client\.h by.*?End of what is generated\.", blank, text)
    text = re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)
    return re.sub(r"(?s)/\*.*?\*/|//[^\n]*" + (r"|#[^\n]*" if path.suffix == ".py" else ""), blank, text)


def written(model, path):
    """What a number that is written by hand looks like in a file: BUSY = 43, BUSY(43), status == 43, Verdict(3)."""
    names = "|".join(sorted(set(spellings(model, path)), key=len, reverse=True))
    number = r"\(?-?\d+\b(?![.:_\w])"
    casts = "|".join(f"{enum.name.replace('_', '')}\\((?:{'|'.join(constant.value for constant in enum.constants)})\\)"
                     for enum in model.enums)
    return re.compile(rf"(?<![\w.:>])(?:{names})(?: \w+)?\s*[=(]\s*{number}"
                      rf"|(?i:\b\w*(?:{WORDS})\w*(?:\(\))?\s*[=!]==?\s*{number})|(?i:\b(?:{casts}))")


def numbers(model, generated):
    complaints = []
    for path in sorted(path for place in PLACES for path in ROOT.glob(place)):
        if path in generated or "node_modules" in path.parts:
            continue
        pattern = written(model, path)
        for count, line in enumerate(without(path.read_text(), path).split("\n"), 1):
            if pattern.search(line):
                where = f"{path.relative_to(ROOT)}:{count}"
                complaints.append(f"{where}: a number of the header is written by hand: {line.strip()}")
    return complaints
