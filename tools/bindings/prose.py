"""The header's documentation in the words of another language."""
import re
import textwrap

# What only C programs have to know: whose memory it is, what stands for nothing, and what a number may be.
OF_C = (r"\bNULL\b|\b[Ll]ives? as long as|^Set by |^One of MILVUS_|Later versions may add|int32_t|"
        r"^MILVUS_\w+(, _\w+)* or _\w+\.?$")
# Of phrases what stays of them.
PHRASES = [
    (r"[:,] one of (the )?MILVUS_\w+?_\.\.\.( constants)?", ""),
    (r"^One of (the )?MILVUS_\w+?_\.\.\.( constants)?[.;]? ?", ""),
    (r",? else NULL", ""),
    (r" is NULL, ", " is "),
    (r"^1 if (.*?), 0 if not, (MILVUS_NOT_(?:KNOWN|REPORTED)) \(which is not 0 either\) ", r"Whether \1; \2 "),
    (r"All fields are MILVUS_NOT_REPORTED unless", "A report has it only if"),
    (r"^1 if (.*?)(, else 0|, 0 if not|\. Else 0)(?=[.;])", r"Whether \1"),
    (r"\. Else 0, and [^.;]*MILVUS_NOT_REPORTED[^.;]*(?=[.;])", ""),
    (r", whatever has_\w+ is(?=\.)", ""),
    (r"^Milliseconds since", "Time since"),
    (r" in milliseconds", ""),
]


def clauses(text):
    return [clause.strip() for clause in re.findall(r".+?(?:[.;](?= |$)|$)", text)]


def for_others(doc):
    """A text of the header without what is about C alone."""
    for phrase, stays in PHRASES:
        doc = re.sub(phrase, stays, doc)
    text = ""
    for clause in clauses(doc):
        if not re.search(OF_C, clause):
            if text.endswith(";") and re.match("[A-Z](?!ILVUS_)", clause):
                text = text[:-1] + "."
            is_name = text.endswith(";") or clause.startswith("milvus_")
            text += " " * bool(text) + (clause if is_name else clause[0].upper() + clause[1:])
    return re.sub(r";$", ".", text)


def adapted(doc, constant, struct, fields, method=lambda c: None):
    """A text with names as the language has them: each function gives that of a C name, or None."""
    text = for_others(doc)
    text = re.sub(r"\bmilvus_(\w+?)(_async)?\(\)", lambda match: method(match[1]) or match[0], text)
    text = re.sub(r"\bMILVUS_[A-Z0-9_]+[A-Z0-9]\b(?!_)", lambda match: constant(match[0]) or match[0], text)
    text = re.sub(r"\bmilvus_\w+\b(?!\()", lambda match: struct(match[0]) or match[0], text)
    text = re.sub(r"`(\w+)`", lambda match: fields(match[1]) or match[1], text)
    return re.sub(r"(?<![\w.#])[a-z]\w*_\w+\b(?!\()", lambda match: fields(match[0]) or match[0], text)


def of_field(field, text):
    """What is said of a field; of an enum, what it is, if the header only names its constants."""
    if field.kind == "enum" and re.match("(One of (the )?)?MILVUS_", field.doc):
        return field.of.what + ("; " + text[0].lower() + text[1:] if text else ".")
    return text


def opened(name, doc):
    """As Go begins the documentation of a type: with its name."""
    first = doc.split(" ")[0]
    if first in ("What", "How", "One", "Whether", "The", "A", "An", "Where", "Which", "All"):
        return f"{name} is {doc[0].lower()}{doc[1:]}"
    return f"{name} counts {doc[0].lower()}{doc[1:]}"


def comment(text, indent, mark="// ", width=120):
    return textwrap.fill(text, width, initial_indent=indent + mark, subsequent_indent=indent + mark,
                         break_long_words=False, break_on_hyphens=False) + "\n" if text else ""


def javadoc(text, indent, parameters=()):
    """A comment of Java; parameters are pairs of a name and its text."""
    body = textwrap.wrap(text, 120 - len(indent) - 3, break_long_words=False, break_on_hyphens=False)
    if not parameters and len(body) == 1 and len(indent) + len(body[0]) <= 112:
        return f"{indent}/** {body[0]} */\n"
    if parameters:
        body.append("")
        width = max(len(name) for name, _ in parameters)
        for name, text in parameters:
            begin = f"@param {name:<{width}}  "
            body += textwrap.wrap(text, 120 - len(indent) - 3, initial_indent=begin, subsequent_indent=" " * len(begin),
                                  break_long_words=False, break_on_hyphens=False)
    return f"{indent}/**\n" + "".join(f"{indent} * {line}".rstrip() + "\n" for line in body) + f"{indent} */\n"


def filled(opening, items, closing, indent, width=120):
    """opening, items with commas, and closing, with breaks between items where a line would be too long."""
    lines, line = [], opening
    for index, item in enumerate(items):
        last = index == len(items) - 1
        word = item + (closing if last else ",")
        glue = "" if line.endswith(("(", "{")) or not line.strip() else " "
        if len(line) + len(glue) + len(word.split("\n")[0]) > width:
            lines.append(line)
            line, glue = indent, ""
        line += glue + word
    return "\n".join([*lines, line])
