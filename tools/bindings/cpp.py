"""What milvus_client.hpp has between marks: the enums, the values, and how values are read off the structs of C."""
import re

import documents
import prose

NAMES = {"compaction_report": "report", "compaction_state_info": "state_info"}
ABSENT = {"MILVUS_NOT_REPORTED": "empty", "MILVUS_NO_SEGMENT": "empty"}
# What there is by another name or in another form, see class timeout.
HIDDEN = ("MILVUS_VERSION_", "MILVUS_ABI_VERSION", "MILVUS_NO_TIMEOUT", *ABSENT)
STATIC_CAST = "static_cast<std::int32_t>(value)"
# Doxygen reads these.
MARK = "/// "


def public(name):
    return NAMES.get(name, name)


def enumerator(enum, constant):
    return enum.suffix(constant).lower()


def in_words(enum):
    """An enum's name in running text: "compaction state"."""
    return enum.name.replace("_", " ")


class Cpp:
    def __init__(self, model):
        self.model = model
        self.values = list(model.values.values())
        self.links = ABSENT | {constant.name: f"{enum.name}::{enumerator(enum, constant)}" for enum in model.enums
                               for constant in enum.constants}
        self.links |= {constant.name: constant.name.removeprefix("MILVUS_").lower() for constant in model.constants
                       if not constant.name.startswith(HIDDEN)}

    def regions(self):
        return {"constants": self.constants(), "values": "\n".join(map(self.value, self.values)),
                "conversions": "\n".join(self.conversion(value) for value in self.values if value.c),
                "JSON": "\n".join(self.json(value) for value in self.values if documents.is_written(self.model, value))}

    def text(self, doc):
        structs = {value.c: public(value.name) for value in self.values if value.c}
        fields = lambda c: c.removesuffix("_ms") if self.model.field_of(c) else None  # noqa: E731
        text = prose.adapted(doc, self.links.get, structs.get, fields)
        return re.sub(r"(^|\. )empty", r"\1Empty", text)

    def comment(self, text, indent=""):
        return prose.comment(text, indent, MARK)

    def constants(self):
        text = "\n".join(map(self.enum, self.model.enums))
        text += "\n"
        for enum in self.model.enums:
            text += self.comment(f"The short name of this {in_words(enum)}, a static string.") + self.name(enum)
        for enum in self.model.enums:
            if enum.texts["message"]:
                text += self.comment(f"What this {in_words(enum)} means, in an English sentence; a static string.")
                text += self.by_function("message", enum, enum.texts["message"])
        text += "\n"
        for constant in self.model.constants:
            if not constant.name.startswith(HIDDEN):
                text += self.comment(self.text(constant.doc))
                text += f"inline constexpr std::int64_t {self.links[constant.name]} = {constant.name};\n"
        return text

    def enum(self, enum):
        text = self.comment(enum.what + ".") + f"enum class {enum.name} : std::int32_t {{\n"
        if zero := self.model.zero(enum):
            text += self.comment(zero[1], "    ") + f"    {zero[0].lower()} = 0,\n"
        for constant in enum.constants:
            text += self.comment(self.text(constant.doc), "    ")
            text += f"    {enumerator(enum, constant)} = {constant.name},\n"
        return text + "};\n"

    @staticmethod
    def by_function(name, enum, function):
        line = f"inline const char *{name}({enum.name} value) noexcept {{ return {function}({STATIC_CAST}); }}\n"
        return line if len(line) <= 121 else line.replace(" { ", "\n{\n    ").replace(" }", "\n}")

    def name(self, enum):
        if enum.texts["name"]:
            return self.by_function("to_string", enum, enum.texts["name"])
        cases = "".join(f'    case {enum.name}::{enumerator(enum, constant)}: return '
                        f'"{enum.short(constant)}";\n' for constant in enum.constants)
        return (f"inline const char *to_string({enum.name} value) noexcept\n{{\n    switch (value) {{\n{cases}    }}\n"
                '    return "unknown";\n}\n')

    def value(self, value):
        text = self.comment(self.text(value.doc)) + f"struct {public(value.name)} {{\n"
        for field in value.fields:
            text += self.comment(prose.of_field(field, self.text(field.doc)), "    ")
            text += f"    {self.type(field)} {field.name}{self.default(field)};\n"
        if documents.is_written(self.model, value):
            text += "\n    /// As a JSON object.\n    std::string json() const;\n"
        return text + "};\n"

    @staticmethod
    def json(value):
        text = f"inline std::string {public(value.name)}::json() const\n{{\n    detail::json_object object;\n"
        for line in documents.lines(value):
            given = line.field.name
            if line.group:
                given = f"detail::member({line.group.name}, &{public(line.group.of.name)}::{given})"
            elif line.form == "planned":
                given += ", verdict"
            text += f'    object.{line.form}("{line.key}", {given});\n'
        return text + "    return object.done();\n}\n"

    @staticmethod
    def type(field):
        bare = {"enum": lambda: f"milvus::{field.of.name}", "value": lambda: f"milvus::{public(field.of.name)}",
                "flag": lambda: "bool", "duration": lambda: "std::chrono::milliseconds", "double": lambda: "double",
                "failure": lambda: "milvus::failure",
                "list": lambda: f"std::vector<milvus::{public(field.of.name)}>",
                "ids": lambda: "std::vector<std::int64_t>", "integer": lambda: f"std::{field.type}"}.get(
                    field.kind, lambda: "std::string")()
        return f"std::optional<{bare}>" if field.is_optional else bare

    @staticmethod
    def default(field):
        if field.is_optional:
            return ""
        if field.kind == "enum":
            return " = answer::not_known" if field.of.name == "answer" else "{}"
        return {"flag": " = false", "duration": "{0}", "double": " = 0",
                "integer": " = no_job" if field.name == "job_id" else " = 0"}.get(field.kind, "")

    def conversion(self, value):
        text = f"inline {public(value.name)} value_of(const {value.c} &c)\n{{\n    {public(value.name)} made;\n"
        return text + self.assigned(value, "made", "c", "    ") + "    return made;\n}\n"

    def assigned(self, value, made, base, indent):
        return "".join(self.assignment(field, f"{made}.{field.name}", base, indent) for field in value.fields
                       if field.kind != "list")

    def assignment(self, field, to, base, indent):
        c = f"{base}.{field.c}"
        if field.is_pointer:
            return f"{indent}if ({c} != nullptr)\n{indent}    {to} = value_of(*{c});\n"
        if field.kind == "value":
            there = f"{base}.{field.presence} == MILVUS_YES" if field.presence else \
                f"{c if field.inside else base}.{field.of.fields[0].c} != MILVUS_NOT_REPORTED"
            if field.inside:
                return (f"{indent}if ({there})\n    " if field.is_optional else "") + f"{indent}{to} = value_of({c});\n"
            inner = f"{field.name}_made"
            return (f"{indent}if ({there}) {{\n{indent}    milvus::{public(field.of.name)} &{inner} = {to}.emplace();\n" +
                    self.assigned(field.of, inner, base, indent + "    ") + f"{indent}}}\n")
        if field.kind == "enum" and field.is_optional:
            return (f"{indent}if ({c} != MILVUS_NOT_REPORTED)\n"
                    f"{indent}    {to} = static_cast<milvus::{field.of.name}>({c});\n")
        if field.absent != "MILVUS_NOT_REPORTED":
            return f"{indent}if ({c} != {field.absent})\n{indent}    {to} = {c};\n"
        if field.kind == "text" and field.is_optional:
            return f"{indent}if ({c} != nullptr)\n{indent}    {to} = {c};\n"
        read = {"enum": lambda: f"static_cast<milvus::{field.of.name}>({c})", "flag": lambda: f"{c} == MILVUS_YES",
                "duration": lambda: f"std::chrono::milliseconds({c})", "text": lambda: f"text_of({c})",
                "failure": lambda: f"failure_of(*{c})", "ids": lambda: f"ids({c}, {base}.{field.type})",
                "integer": lambda: f"reported({c})" if field.is_optional else c}.get(field.kind, lambda: c)()
        return f"{indent}{to} = {read};\n"
