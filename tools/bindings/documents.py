"""What a value is as JSON, as src/ffi/json_structs.rs writes it: the key of each field, and in which form it is there."""
import dataclasses

# What a call found out. A value that is part of these has JSON too.
VALUES = ("compaction_report", "plan", "segment", "check_result", "optimize_result")
# Texts that are null where they say nothing.
MAY_BE_EMPTY = ("channel", "failure_reason", "request_id")


@dataclasses.dataclass
class Line:
    """form is status, name, answer, yes, number, duration, id, job, ids, text, filled, failure, object or list."""
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
        return "job" if field.c == "job_id" else "id" if is_id else "planned" if is_planned(field) else "number"
    if field.kind in ("text", "buffer"):
        return "filled" if field.c in MAY_BE_EMPTY else "text"
    return {"flag": "yes", "value": "object"}.get(field.kind, field.kind)


def is_planned(field):
    return "0 if their number is not known" in field.doc
