"""The Go package: enums.go with the constants, values.go with the structs that it gives to its users."""
import re

import documents
import prose

OPENING = """// {what}

// Code generated from include/milvus_client.h by "make bindings". DO NOT EDIT.

package milvus

// #include <milvus_client.h>
import "C"
"""
INITIALISMS = {"id": "ID", "ids": "IDs", "mb": "MB", "grpc": "GRPC", "tls": "TLS", "abi": "ABI"}
NAMES = {"compaction_report": "Report", "compaction_state_info": "StateInfo"}
FIELDS = {"collection_name": "Collection", "failure": "Err"}
ERROR = "Nil if it did not fail, else an [*Error]."
# What the package has no function for.
WITHOUT = {"option_kind", "log_level", "option_info", "connection_state"}
# Numbers that are not int64, and those that the package needs not.
TYPES = {"MILVUS_NO_JOB": "JobID", "MILVUS_UNKNOWN_JOB": "JobID"}
HIDDEN = ("MILVUS_VERSION_", "MILVUS_ABI_VERSION", "MILVUS_NO_TIMEOUT", "MILVUS_OK")


def camel(name):
    return "".join(INITIALISMS.get(part, part.capitalize()) for part in name.lower().split("_"))


def public(name):
    return NAMES.get(name, camel(name))


class Go:
    def __init__(self, model, root):
        self.model = model
        self.enums = [enum for enum in model.enums if enum.name not in WITHOUT]
        self.values = [value for value in model.values.values() if value.name not in WITHOUT]
        self.links = {constant.name: f"[{self.constant(enum, constant)}]" for enum in self.enums
                      for constant in enum.constants}
        self.links |= {constant.name: f"[{camel(constant.name.removeprefix('MILVUS_'))}]" for constant in model.constants
                       if not constant.name.startswith(HIDDEN)}
        self.by_hand = "".join(path.read_text() for path in sorted(root.glob("*.go")) if path.name not in
                               ("enums.go", "values.go"))

    def files(self):
        return {"enums.go": self.enums_file(), "values.go": self.values_file()}

    def text(self, doc):
        structs = {value.c: f"[{public(value.name)}]" for value in self.values if value.c} | {"milvus_error": "[Error]"}
        fields = lambda c: camel(c.removeprefix("is_").removesuffix("_ms")) if self.model.field_of(c) else None  # noqa: E731
        method = lambda c: f"[Client.{camel(c)}]" if f") {camel(c)}(ctx" in self.by_hand else None  # noqa: E731
        return prose.adapted(doc, self.links.get, structs.get, fields, method)

    @staticmethod
    def constant(enum, constant):
        if enum.name == "status":
            return "Err" + camel(enum.suffix(constant))
        return camel(constant.name.removeprefix("MILVUS_"))

    @staticmethod
    def field_name(field):
        return FIELDS.get(field.name) or camel(field.name.removeprefix("is_"))

    def enums_file(self):
        text = OPENING.format(what="The kinds, states and results that servers and the library tell. Later versions may have "
                              "more.")
        text += "\nconst (\n" + "".join(self.number(constant) for constant in self.model.constants
                                       if not constant.name.startswith(HIDDEN)) + ")\n"
        return text + "".join(self.enum(enum) for enum in self.enums)

    def number(self, constant):
        kind = TYPES.get(constant.name, "int64")
        name = camel(constant.name.removeprefix("MILVUS_"))
        return prose.comment(self.text(constant.doc), "\t") + f"\t{name} {kind} = C.{constant.name}\n"

    def enum(self, enum):
        name = camel(enum.name)
        also = " Each constant is also an error, for [errors.Is]." if enum.name == "status" else ""
        text = "\n" + prose.comment(prose.opened(name, enum.what + ".") + also, "") + f"type {name} int32\n\nconst (\n"
        if enum.is_optional:
            text += "\t// It is not reported.\n" + f"\t{name}NotReported {name} = C.MILVUS_NOT_REPORTED\n"
        if zero := self.model.zero(enum):
            short = camel(enum.prefix.removeprefix("MILVUS_") + zero[0])
            text += prose.comment(zero[1], "\t") + f"\t{short} {name} = 0\n"
        for constant in enum.constants:
            if constant.name != "MILVUS_OK":
                text += prose.comment(self.text(constant.doc), "\t")
                text += f"\t{self.constant(enum, constant)} {name} = C.{constant.name}\n"
        return text + ")\n\n" + self.texts(enum, name)

    def texts(self, enum, name):
        me = name[0].lower()
        what = "the name of the constant in C without MILVUS_" if enum.name == "status" else "what it is called, in short"
        text = f"// String is {what}.\nfunc ({me} {name}) String() string {{\n"
        if enum.texts["name"]:
            text += f'\treturn nameOf(C.{enum.texts["name"]}(C.int32_t({me})), int32({me}))\n}}\n'
        else:
            words = [(self.constant(enum, constant), enum.short(constant))
                     for constant in enum.constants]
            if enum.is_optional:
                words.insert(0, (f"{name}NotReported", "not reported"))
            width, kind = max(len(word) for word, _ in words) + 1, enum.name.replace("_", " ")
            text += f'\treturn spelled({me}, "{kind}", map[{name}]string{{\n'
            text += "".join(f'\t\t{word + ":":<{width}} "{short}",\n' for word, short in words) + "\t})\n}\n"
        if enum.texts["message"]:
            method, what = ("Error", "and what to do about it, ") if enum.name == "status" else ("Message", "")
            text += f"\n// {method} says what it means, {what}in one sentence.\nfunc ({me} {name}) {method}() string {{\n"
            text += f'\treturn C.GoString(C.{enum.texts["message"]}(C.int32_t({me})))\n}}\n'
        return text

    def values_file(self):
        text = OPENING.format(what="What the library gives, as values of Go, and how they are read off the structs of C.")
        text += '\nimport (\n\t"reflect"\n\t"time"\n)\n'
        for value in self.values:
            text += "\n" + self.struct(value)
        embedded = {field.of.name for value in self.values for field in value.fields if field.inside or field.is_pointer}
        for value in self.values:
            if value.c and (value.name in embedded or f"{self.reader(value)}(" in self.by_hand):
                text += "\n" + self.function(value)
        for value in self.values:
            if documents.is_written(self.model, value):
                text += "\n" + self.json(value)
        return text + "\n" + self.layouts()

    def struct(self, value):
        name = public(value.name)
        text = prose.comment(prose.opened(name, self.text(value.doc)), "") + f"type {name} struct {{\n"
        for field in value.fields_beside_error:
            doc = ERROR if field.kind == "failure" else prose.of_field(field, self.text(field.doc))
            if self.type(field).startswith("*"):
                doc = re.sub(r"\. nil", ". Nil", doc.replace("[NotReported]", "nil"))
            text += prose.comment(doc, "\t") + f"\t{self.field_name(field)} {self.type(field)}\n"
        return text + "}\n"

    @staticmethod
    def type(field):
        if field.kind == "integer":
            return "JobID" if field.name == "job_id" else {"int32_t": "int"}.get(field.type, field.type.removesuffix("_t"))
        if field.kind == "value":
            return "*" * field.is_optional + public(field.of.name)
        return {"enum": lambda: camel(field.of.name), "flag": lambda: "bool", "duration": lambda: "time.Duration",
                "double": lambda: "float64", "ids": lambda: "[]int64", "failure": lambda: "error",
                "list": lambda: "[]" + public(field.of.name)}.get(field.kind, lambda: "string")()

    def json(self, value):
        name = public(value.name)
        text = "// MarshalJSON writes the object that the C library writes, see docs/guide/json.md.\n"
        text += f"func (v {name}) MarshalJSON() ([]byte, error) {{\n\to := newJSONObject()\n"
        grouped = []
        for line in documents.lines(value):
            field = self.field_name(line.field)
            given = "v.Err" if line.form == "status" else f"v.{field}"
            if line.group:
                inner = self.field_name(line.group)
                if inner not in grouped:
                    grouped.append(inner)
                    text += f"\t{inner.lower()} := v.{inner}\n\tif {inner.lower()} == nil {{\n"
                    text += f"\t\t{inner.lower()} = &no{public(line.group.of.name)}\n\t}}\n"
                given = f"{inner.lower()}.{field}"
                given = f"int64({given})" if line.field.c == "job_id" else given
            method = {"yes": "boolean", "text": "str", "number": f"number{'Unsigned' * (line.field.type == 'uint64_t')}"}.get(line.form, line.form)
            given = {"name": f"int32({given}), {given}", "planned": f"{given}, v.Verdict", "job": f"{given}",
                     "number": f"int64({given})" if line.field.type == "int32_t" else given}.get(line.form, given)
            if line.form == "object" and line.field.is_optional:
                text += f'\to.object("{line.key}", {given}, {given} == nil)\n'
            elif line.form == "object":
                text += f'\to.object("{line.key}", {given}, false)\n'
            elif line.form == "list":
                text += f'\to.object("{line.key}", append([]{public(line.field.of.name)}{{}}, {given}...), false)\n'
            else:
                text += f'\to.{method}("{line.key}", {given})\n'
        return text + "\treturn o.done()\n}\n"

    @staticmethod
    def reader(value):
        name = public(value.name)
        return name[0].lower() + name[1:] + "Of"

    def function(self, value):
        name = public(value.name)
        text = f"func {self.reader(value)}(c *C.{value.c}) {name} {{\n"
        optional = [field for field in value.fields if field.kind == "value" and field.is_optional]
        literal = self.literal(value, "c", "\t")
        if not optional:
            return text + f"\treturn {literal}\n}}\n"
        text += f"\tvalue := {literal}\n"
        for field in optional:
            name = self.field_name(field)
            local = name[0].lower() + name[1:]
            if field.is_pointer:
                text += (f"\tif c.{field.c} != nil {{\n\t\t{local} := {self.reader(field.of)}(c.{field.c})\n"
                         f"\t\tvalue.{name} = &{local}\n\t}}\n")
                continue
            base = f"c.{field.inside}" if field.inside else "c"
            is_there = f"c.{field.presence} == C.MILVUS_YES" if field.presence else \
                f"{base}.{field.of.fields[0].c} != C.MILVUS_NOT_REPORTED"
            made = f"value.{name} = &{self.literal(field.of, base, chr(9) * 2)}"
            if field.inside:
                made = f"{local} := {self.reader(field.of)}(&{base})\n\t\tvalue.{name} = &{local}"
            text += f"\tif {is_there} {{\n\t\t{made}\n\t}}\n"
        return text + "\treturn value\n}\n"

    def literal(self, value, base, indent):
        pairs = [(self.field_name(field) + ":", self.read(field, base)) for field in value.fields_beside_error
                 if field.kind != "list" and (field.kind != "value" or not field.is_optional)]
        width = max(len(name) for name, _ in pairs)
        lines = "".join(f"{indent}\t{name:<{width}} {read},\n" for name, read in pairs)
        return f"{public(value.name)}{{\n{lines}{indent}}}"

    def read(self, field, base):
        c = f"{base}.{'_' * (field.c == 'type')}{field.c}"
        if field.kind == "value":
            return f"{self.reader(field.of)}(&{c})"
        if field.kind == "ids":
            return f"int64s({c}, {base}.{field.type})"
        return {"flag": f"{c} == C.MILVUS_YES", "duration": f"milliseconds({c})", "buffer": f"C.GoString(&{c}[0])",
                "text": f"C.GoString({c})", "failure": f"failureOf({c})"}.get(field.kind, f"{self.type(field)}({c})")

    def layouts(self):
        names = list(self.model.header.structs)
        width = max(len(name) for name in names) + 3
        lines = "".join(f'\t{chr(34) + name + chr(34) + ":":<{width}} reflect.TypeFor[C.{name}](),\n' for name in names)
        return ("// Every struct of the header by its name in C, for the test that compares them with what C has.\n"
                f"var layouts = map[string]reflect.Type{{\n{lines}}}\n")
