"""What a value is as JSON, as src/ffi/json_structs.rs writes it: the key of each field, and in which form it is there."""
import dataclasses
import re

# What a call found out. A value that is part of these has JSON too.
VALUES = ("compaction_report", "plan", "segment", "check_result", "optimize_result", "survey_result", "collection_info",
          "database_info")
# Texts that are null where they say nothing.
MAY_BE_EMPTY = ("channel", "failure_reason", "request_id", "skip_text", "database")
# Sizes of which 0 stands for one that is not known, where it does not say MILVUS_NOT_REPORTED.
MAY_BE_ZERO = ("row_bytes", "segment_bytes")


@dataclasses.dataclass
class Line:
    """form is status, name, answer, yes, number, positive, share, duration, planned, id, job,
    ids, text, filled, aliases, failure, object or list."""
    key: str
    form: str
    field: object
    group: object = None  # the field of the group that it is in, which may be missing


def is_written(model, value):
    parts = {value.name for value in model.values.values() if value.name in VALUES}
    while more := {field.of.name for name in parts for field in model.values[name].fields
                   if field.kind in ("value", "list") and field.of.c} - parts:
        parts |= more
    return value.name in parts


def lines(value):
    for field in value.fields:
        if field.kind == "value" and not field.of.c:
            # Of a group that is missing, -1 is no unknown job.
            yield from (Line(inner.c, form(inner).replace("job", "id"), inner, field) for inner in field.of.fields)
        else:
            yield Line("steps" if field.kind == "list" else field.c, form(field), field)


def form(field):
    if field.kind == "enum":
        return {"answer": "answer", "status": "status"}.get(field.of.name, "name")
    if field.kind == "integer":
        is_id = field.c == "id" or field.c.endswith("_id") or field.absent == "MILVUS_NO_SEGMENT"
        # In C, 0 is also a number that is not known.
        is_positive = field.c in MAY_BE_ZERO and not field.is_optional
        return ("job" if field.c == "job_id" else "id" if is_id else "planned" if is_planned(field) else
                "positive" if is_positive else "number")
    if field.kind in ("text", "buffer"):
        is_filled = field.c in MAY_BE_EMPTY or re.search(r"empty (if|on)\b", field.doc)
        return "aliases" if field.c == "aliases" else "filled" if is_filled else "text"
    return {"flag": "yes", "value": "object", "double": "share"}.get(field.kind, field.kind)


def is_planned(field):
    return "0 if their number is not known" in field.doc
