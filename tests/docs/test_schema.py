"""What the library writes as JSON has the form that docs/schema/report.schema.json promises, and the schema is no weaker than it looks.

tests/json keeps the samples true. tests/install/test_json.py holds what the installed library writes against the same schema.
"""
import copy
import json
import re

import pytest
from conftest import ROOT

# From target/lint: kubernetes-validate needs it too.
import jsonschema

SCHEMA = json.loads((ROOT / "docs/schema/report.schema.json").read_text())
SAMPLES = {path.stem: json.loads(path.read_text()) for path in sorted((ROOT / "tests/json/samples").glob("*.json"))}
KINDS = {"many": "many_list", "optimize": "optimize_list", "plans": "plan_list", "segments": "segment_list", "check": "check_result",
         "report": "report"}


# Of these any text is right.
TEXTS = ("collection_name", "database", "operation", "message", "text", "request_id", "channel", "failure_reason", "skip_text")


def validator(kind):
    """Of one kind of document."""
    whole = {**SCHEMA, "$ref": f"#/$defs/{kind}"}
    del whole["anyOf"]
    return jsonschema.Draft202012Validator(whole)


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", KINDS)
def test_a_sample_has_the_form_of_its_kind(name):
    validator(KINDS[name]).validate(SAMPLES[name])
    jsonschema.Draft202012Validator(SCHEMA).validate(SAMPLES[name])


def places(value, path=()):
    """Every place in a document."""
    yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*path, key))


def changed(document, path, change):
    document = copy.deepcopy(document)
    *way, last = path
    inside = document
    for step in way:
        inside = inside[step]
    change(inside, last)
    return document


@pytest.mark.parametrize("name", KINDS)
def test_a_field_that_is_missing_or_of_another_type_is_found(name):
    document, check, tried = SAMPLES[name], validator(KINDS[name]), 0
    for path in places(document):
        if not path or not isinstance(path[-1], str):
            continue
        tried += 1
        assert not check.is_valid(changed(document, path, lambda inside, key: inside.pop(key))), path
        for wrong in (-1, 1.5, {"none": 1}, "no such name!"):
            other = changed(document, path, lambda inside, key, wrong=wrong: inside.__setitem__(key, wrong))
            is_text = isinstance(wrong, str) and (path[-1] in TEXTS or path == ("reason",))
            assert is_text or not check.is_valid(other), (path, wrong)
    assert tried > 10


def test_an_id_is_no_number():
    many = changed(SAMPLES["many"], (0, "job_id"), lambda inside, key: inside.__setitem__(key, 4711))
    assert not validator("many_list").is_valid(many)


def test_a_field_or_a_name_of_a_later_version_is_no_error_where_the_page_says_so():
    report = {**SAMPLES["report"], "later": 1, "verdict": "unrecognized_42"}
    validator("report").validate(report)


@pytest.mark.parametrize("name,prefix", [
    ("verdict", "VERDICT"), ("skip", "SKIP"), ("trigger", "TRIGGER"), ("stage", "STAGE"), ("step_state", "STEP"), ("judgement", "JUDGEMENT"),
    ("reason", "REASON"), ("plan_type", "PLAN_TYPE"), ("plan_state", "PLAN_STATE"), ("segment_state", "SEGMENT_STATE"),
    ("segment_level", "SEGMENT_LEVEL"), ("resolution_state", "RESOLUTION"),
])
def test_a_name_is_that_of_its_constant(name, prefix, header):
    constants = re.findall(rf"^#define MILVUS_{prefix}_([A-Z0-9_]+) \d+$", header, re.M)
    named = [each["const"] for each in SCHEMA["$defs"][name]["anyOf"] if "const" in each]
    assert len(named) > 2 and [each.upper() for each in named] == constants
    assert all(each["description"] for each in SCHEMA["$defs"][name]["anyOf"])


def test_every_status_is_named(header):
    statuses = re.findall(r"^#define (MILVUS_\w+) \d+$", header.split("@defgroup errors")[1].split("How a call ended")[0], re.M)
    assert [each["const"] for each in SCHEMA["$defs"]["status"]["anyOf"] if "const" in each] == statuses


def test_every_field_has_its_meaning():
    fields = {f"{name}.{field}": text for name, made in SCHEMA["$defs"].items() for made in [made, *made.get("anyOf", [])]
              for field, text in made.get("properties", {}).items()}
    assert len(fields) > 100
    assert [name for name, made in fields.items() if not made.get("description") and "$ref" not in made] == []
    texts = json.dumps(SCHEMA)
    for word in ("MILVUS_NOT_REPORTED", "MILVUS_NOT_KNOWN", "NULL", "INIT"):
        assert word not in texts, word
