"""docs/schema/report.schema.json: the JSON Schema of what the library writes as JSON, from the header and documents.py."""
import copy
import json
import re

import documents
import prose

PATH = "docs/schema/report.schema.json"
# What is written for each of these structs, besides the values of documents.py.
BY_HAND = ("milvus_error", "milvus_many_result")
NAMES = {"compaction_report": "report"}
LISTS = {"plan": "plan_list", "segment": "segment_list", "many_result": "many_list", "optimize_result": "optimize_list",
         "survey_result": "survey_list", "collection_info": "collection_list", "database_info": "database_list"}
ALONE = ("report", "check_result", "error")

WHAT = ("What milvus_compaction_report_json(), milvus_check_result_json(), milvus_error_json() and the ..._list_json() functions "
        "write, and with the same fields .json() in C++, MarshalJSON in Go and json() in Java. Later versions may add fields and "
        "names; they remove and rename none.")
ID = ("An id: a string of decimal digits at any size. Most ids are above 2^53, and readers that have only doubles would "
      "change such numbers. Null if the server does not report it, and for the partition of a segment that belongs to all.")
JOB = "The id of a job; null if there is none; \"unknown\" if there is one and the server does not tell its id."
# What is said in other words than in C.
OTHERWISE = [("0 if their number is not known", "null if their number is not known"), ('""', "null"), ("of null unless", "of no job unless"), ("0 if it is not known", "null if it is not known"),
             (", with a comma between them (no name contains one)", ""), (" Negative if", " Null if")]
UNKNOWN = r"^unrecognized(_-?[0-9]+)?$"


class Schema:
    def __init__(self, model):
        model = copy.deepcopy(model)
        self.values = {value.name: value for value in list(model.values.values()) if documents.is_written(model, value)}
        for name in BY_HAND:
            value = model.value(model.header.structs[name])
            self.values[value.name] = value
        self.structs = {value.c: f"`{self.public(value)}`" for value in model.values.values() if value.c}
        self.fields = model.field_of
        self.words = {"MILVUS_NOT_REPORTED": "null", "MILVUS_NOT_KNOWN": "null", "MILVUS_NO": "false", "MILVUS_YES": "true",
                      "MILVUS_NO_JOB": "null", "MILVUS_UNKNOWN_JOB": '"unknown"', "MILVUS_NO_SEGMENT": "null"}
        self.words |= {constant.name: f'"{self.name(enum, constant)}"' for enum in model.enums for constant in enum.constants
                       if enum.name not in ("status", "answer")}
        self.enums = {}

    def files(self):
        return {PATH: json.dumps(self.schema(), indent=2, ensure_ascii=False) + "\n"}

    @staticmethod
    def public(value):
        return NAMES.get(value.name, value.name)

    @staticmethod
    def name(enum, constant):
        """As the library's short texts are, in one word."""
        return constant.name if enum.name == "status" else enum.short(constant).replace(" ", "_")

    def schema(self):
        defs = {self.public(value): self.object(value) for value in self.values.values()}
        lists = {name: {"type": "array", "items": {"$ref": f"#/$defs/{item}"}} for item, name in LISTS.items() if item in defs}
        names = {enum.name: self.enum(enum) for enum in self.enums.values()}
        common = {
            "id": {"description": ID, "anyOf": [{"type": "string", "pattern": "^-?[0-9]+$"}, {"type": "null"}]},
            "ids": {"type": "array", "items": {"type": "string", "pattern": "^-?[0-9]+$"}},
            "job_id": {"description": JOB, "anyOf": [{"type": "string", "pattern": "^([0-9]+|unknown)$"}, {"type": "null"}]},
        }
        return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Reports of milvus-client", "description": WHAT,
                "anyOf": [{"$ref": f"#/$defs/{name}"} for name in (*ALONE, *lists)],
                "$defs": defs | lists | names | common}

    def enum(self, enum):
        names = {self.name(enum, constant): self.text(constant.doc) for constant in enum.constants}
        described = [{"const": name, "description": text} for name, text in names.items()]
        return {"description": enum.what + ".",
                "anyOf": [*described, {"type": "string", "pattern": UNKNOWN, "description": "A number without a name."}]}

    def text(self, doc):
        fields = lambda c: f"`{c}`" if self.fields(c) else None  # noqa: E731
        return re.sub(r"(^|\. )null", r"\1Null", prose.adapted(doc, self.words.get, self.structs.get, fields))

    def object(self, value):
        properties = {line.key: self.property(line) for line in documents.lines(value)}
        made = {"description": self.text(value.doc), "type": "object", "required": list(properties), "properties": properties}
        return {"description": made.pop("description"), "anyOf": [{"type": "null"}, made]} if value.name == "error" else made

    def property(self, line):
        form, field = line.form, line.field
        if form == "name":
            self.enums.setdefault(field.of.name, field.of)
            kind = {"$ref": f"#/$defs/{field.of.name}"}
            kind = {"anyOf": [kind, {"type": "null"}]} if field.is_optional or line.group else kind
        elif form == "status":
            self.enums.setdefault(field.of.name, field.of)
            kind = {"$ref": "#/$defs/status"}
        elif form in ("object", "list", "failure"):
            kind = {"$ref": f"#/$defs/{'error' if form == 'failure' else self.public(field.of)}"}
            if form == "object" and field.is_optional:
                kind = {"anyOf": [kind, {"type": "null"}]}
            kind = {"type": "array", "items": kind} if form == "list" else kind
        else:
            kind = {"answer": {"type": ["boolean", "null"]}, "yes": {"type": "boolean"}, "text": {"type": "string"},
                    "filled": {"type": ["string", "null"]}, "duration": {"type": "integer", "minimum": 0},
                    "planned": {"type": ["integer", "null"], "minimum": 0}, "id": {"$ref": "#/$defs/id"},
                    "ids": {"$ref": "#/$defs/ids"}, "aliases": {"type": "array", "items": {"type": "string"}},
                    "positive": {"type": ["integer", "null"], "minimum": 1},
                    "share": {"type": ["number", "null"], "minimum": 0, "maximum": 1}, "job": {"$ref": "#/$defs/job_id"},
                    "number": {"type": ["integer", "null"] if field.is_optional else "integer", "minimum": 0}}[form]
        return {"description": self.meaning(line)} | kind

    def meaning(self, line):
        doc = prose.of_field(line.field, self.text(line.field.doc))
        for words, others in OTHERWISE:
            doc = doc.replace(words, others)
        if line.form == "failure":
            doc = "The details of the failure; null if there is none."
        elif line.group:
            doc += " Null if the server does not tell it (up to 3.0.0)."
        elif line.form in ("object", "filled") and line.field.is_optional and "ull if" not in doc:
            doc += " Null if there is none." if line.field.is_pointer or line.form == "filled" else " Null if that is not known."
        return doc
