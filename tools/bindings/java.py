"""The Java package: an enum, a record or an exception a file, the structs for JNA, and the functions and constants."""
import re

import documents
import prose
from java_text import CHOOSER, ENUM, EXCEPTION, LIBRARY, MESSAGE, MIRROR, OF, STRUCTS

PACKAGE = "src/main/java/io/github/milvusclient"
MARK = "Generated from include/milvus_client.h by `make bindings`; do not edit."
NAMES = {"compaction_state_info": "StateInfo"}
# What the package has no function for.
WITHOUT = {"log_level", "connection_state"}
# Names that java.util.concurrent has, and statuses that no program handles by a class of its own.
EXCEPTIONS = {"TIMEOUT": "MilvusTimeoutException", "CANCELLED": "MilvusCancelledException"}
NO_EXCEPTION = {"OK", "INVALID_HANDLE", "FORKED", "PENDING", "INTERNAL", "OUT_OF_MEMORY"}
# Where users find a constant; those of Library are hidden from them.
PUBLIC = {"MILVUS_NO_JOB": "MilvusClient#NO_JOB", "MILVUS_UNKNOWN_JOB": "MilvusClient#UNKNOWN_JOB",
          "MILVUS_LARGEST_TARGET_SIZE": "CompactParams#LARGEST_TARGET_SIZE"}
# Functions that are methods of MilvusClient by the same name.
METHODS = ("compact", "compact_many", "optimize", "optimize_many", "survey", "collections")
ERROR = "what it failed with; empty if it did not fail."
ABSENT = {"MILVUS_NOT_REPORTED": "empty", "MILVUS_NO_SEGMENT": "empty"}
# What a type of C is in a function of JNA, and in a struct.
TYPES = {"int32_t": "int", "uint32_t": "int", "int64_t": "long", "uint64_t": "long", "size_t": "long", "double": "double",
         "milvus_status": "int", "milvus_verdict": "int", "const char *": "byte[]", "char *": "byte[]", "void *": "long",
         "int64_t *": "LongByReference", "size_t *": "LongByReference", "void **": "LongByReference",
         "int32_t *": "IntByReference"}


def camel(name):
    """reserved_2 is reserved2."""
    first, *rest = name.lower().split("_")
    return first + "".join(part.capitalize() for part in rest)


def pascal(name):
    return "".join(part.capitalize() for part in name.split("_"))


def public(name):
    return NAMES.get(name, pascal(name))


def opening(what, imports=()):
    text = f"// {what}\n// {MARK}\npackage io.github.milvusclient;\n\n"
    return text + ("".join(f"import {each};\n" for each in sorted(imports)) + "\n" if imports else "")


class Java:
    def __init__(self, model):
        self.model = model
        self.enums = [enum for enum in model.enums if enum.name not in WITHOUT]
        self.values = [value for value in model.values.values() if value.name not in WITHOUT]
        self.links = PUBLIC | {constant.name: f"{pascal(enum.name)}#{enum.suffix(constant)}" for enum in self.enums
                               for constant in enum.constants}
        self.status = model.enum("status")

    def files(self):
        files = {f"{pascal(enum.name)}.java": self.enum(enum) for enum in self.enums}
        nested = {field.of.name for value in self.values for field in value.fields if field.kind == "value"
                  and not field.of.c and field.of.name.startswith(value.name)}
        files |= {f"{public(value.name)}.java": self.record(value) for value in self.values if value.name not in nested}
        files |= {f"{name}.java": self.exception(name, constant) for name, constant in self.exceptions().items()}
        files |= {"Exceptions.java": self.chooser(), "Library.java": self.library(), "Structs.java": self.structs()}
        return {f"{PACKAGE}/{name}": text for name, text in files.items()}

    def text(self, doc):
        structs = {value.c: f"{{@link {public(value.name)}}}" for value in self.values if value.c}
        constant = lambda c: ABSENT.get(c) or (f"{{@link {self.links[c]}}}" if c in self.links else None)  # noqa: E731
        fields = lambda c: camel(c.removesuffix("_ms")) if self.model.field_of(c) else None  # noqa: E731
        method = lambda c: f"{{@link MilvusClient#{camel(c)}}}" if c in METHODS else None  # noqa: E731
        text = prose.adapted(doc, constant, (structs | {"milvus_error": "{@link MilvusException}"}).get, fields, method)
        return re.sub(r"(^|\. )empty", r"\1Empty", text)

    def enum(self, enum):
        name = pascal(enum.name)
        constants = [(enum.suffix(constant), constant.value, self.text(constant.doc)) for constant in enum.constants]
        if zero := self.model.zero(enum):
            constants.insert(0, (zero[0], "0", zero[1]))
        if enum.is_optional:
            constants.insert(0, ("NOT_REPORTED", "Library.NOT_REPORTED", "It is not reported."))
        unknown = next((each for each, _, _ in constants if enum.name == "answer"), "UNRECOGNIZED")
        if enum.is_read and unknown == "UNRECOGNIZED":
            constants.append((unknown, "NONE_OF_THESE", "A number that only a newer server or library knows."))
        body = ",\n".join(prose.javadoc(doc, "    ") + f"    {each}({number})" for each, number, doc in constants)
        return opening(enum.what + ".") + prose.javadoc(enum.what + ".", "") + ENUM.substitute(
            name=name, constants=body,
            message=MESSAGE.substitute(function=enum.texts["message"]) if enum.texts["message"] else "",
            of=OF.substitute(name=name, unknown=unknown) if enum.is_read else "")

    def record(self, value):
        doc = self.text(value.doc)
        imports = {each for field in self.all_fields(value) for each in self.imports(field)}
        text = opening(prose.clauses(doc)[0].rstrip(";"), imports) + self.documented(value, "")
        inner = [self.documented(field.of, "    ") + prose.filled(f"    public record {self.type_name(field)}(",
                 self.components(field.of), ") {\n    }\n", " " * (20 + len(self.type_name(field))))
                 for field in value.fields if self.is_nested(value, field)]
        name = public(value.name)
        is_written = documents.is_written(self.model, value)
        closing = ") implements Json {\n" if is_written else ") {\n"
        text += prose.filled(f"public record {name}(", self.components(value), closing, " " * (15 + len(name)))
        text += "\n".join(inner + ([self.reader(value)] if value.c else []) + ([self.json(value)] if is_written else []))
        return text + "}\n"

    @staticmethod
    def json(value):
        text = "    @Override\n    public String json() {\n        return new JsonObject()\n"
        for line in documents.lines(value):
            name = camel(line.field.name)
            if line.group:
                given = f"{camel(line.group.name)}.map({Java.type_name(line.group)}::{name})"
            else:
                given = "failure" if line.form == "status" else name + ", verdict" * (line.form == "planned")
            text += f'            .{line.form}("{line.key}", {given})\n'
        return text + "            .done();\n    }\n"

    @staticmethod
    def is_nested(value, field):
        return field.kind == "value" and not field.of.c and field.of.name.startswith(value.name)

    def all_fields(self, value):
        return value.fields + [each for field in value.fields if self.is_nested(value, field) for each in field.of.fields]

    def documented(self, value, indent):
        lowered = lambda text: text[:1].lower() + text[1:] if re.match(r"[A-Z][a-z]*(?![A-Za-z])", text) else text  # noqa: E731
        text = lambda field: ERROR if field.kind == "failure" else prose.of_field(field, self.text(field.doc))  # noqa: E731
        parameters = [(camel(field.name), lowered(text(field)).removesuffix(".")) for field in value.fields_beside_error]
        return prose.javadoc(self.text(value.doc), indent, parameters)

    def components(self, value):
        return [f"{self.type(field)} {camel(field.name)}" for field in value.fields_beside_error]

    @staticmethod
    def type_name(field):
        return "Details" if field.name == "details" and not field.of.c else public(field.of.name)

    def type(self, field):
        if field.kind == "value":
            return f"Optional<{self.type_name(field)}>" if field.is_optional else self.type_name(field)
        if field.kind == "integer":
            return "OptionalLong" if field.is_optional else TYPES[field.type]
        if field.kind == "text" and field.is_optional:
            return "Optional<String>"
        return {"enum": lambda: public(field.of.name), "flag": lambda: "boolean", "duration": lambda: "Duration",
                "double": lambda: "double", "ids": lambda: "List<Long>", "failure": lambda: "Optional<MilvusException>",
                "list": lambda: f"List<{public(field.of.name)}>"}.get(field.kind, lambda: "String")()

    def imports(self, field):
        kinds = {"Optional<": "java.util.Optional", "OptionalLong": "java.util.OptionalLong",
                 "Duration": "java.time.Duration", "List<": "java.util.List"}
        return [path for kind, path in kinds.items() if self.type(field).startswith(kind)]

    def reader(self, value):
        """The record of a struct; what may be missing from it has a method of its own."""
        name, struct = public(value.name), pascal(value.c.removeprefix("milvus_"))
        lists = "".join(f", {self.type(field)} {camel(field.name)}" for field in value.fields if field.kind == "list")
        text = f"    static {name} of(Structs.{struct} c{lists}) {{\n" + self.made(name, value, "c", "")
        for field in value.fields:
            if field.kind == "value" and field.is_optional and not field.is_pointer:
                inside = f"c.{camel(field.inside)}" if field.inside else "c"
                missing = f"c.{camel(field.presence)} != Library.YES" if field.presence else \
                    f"Text.reported({inside}.{camel(field.of.fields[0].c)}).isEmpty()"
                text += f"\n    private static {self.type(field)} {camel(field.name)}Of(Structs.{struct} c) {{\n"
                text += f"        if ({missing}) {{\n            return Optional.empty();\n        }}\n"
                if field.inside:
                    text += f"        return Optional.of({self.type_name(field)}.of({inside}));\n    }}\n"
                else:
                    text += self.made(self.type_name(field), field.of, inside, "Optional.of(")
        return text

    def made(self, name, value, base, around):
        return prose.filled(f"        return {around}new {name}(", [self.read(field, base) for field in value.fields_beside_error],
                            f"){')' * bool(around)};\n    }}\n", " " * 12)

    def read(self, field, base):
        c = f"{base}.{camel(field.c)}"
        if field.is_pointer:
            struct = pascal(field.of.c.removeprefix("milvus_"))
            return f"Optional.ofNullable({c}).map(place -> {public(field.of.name)}.of(new Structs.{struct}(place)))"
        if field.kind == "value":
            return f"{camel(field.name)}Of({base})" if field.is_optional else f"{public(field.of.name)}.of({c})"
        return {"enum": lambda: f"{public(field.of.name)}.of({c})", "flag": lambda: f"{c} == Library.YES",
                "duration": lambda: f"Duration.ofMillis({c})", "buffer": lambda: f"Text.read({c})",
                "text": lambda: f"Optional.ofNullable({c}).map(Text::read)" if field.is_optional else f"Text.read({c})",
                "failure": lambda: f"Failure.optional({c})", "list": lambda: camel(field.name),
                "ids": lambda: f"Text.readNumbers({c}, {base}.{camel(field.type)})",
                "integer": lambda: f"Text.reported({c})" if field.is_optional else c}.get(field.kind, lambda: c)()

    def exceptions(self):
        suffixes = {self.status.suffix(constant): constant for constant in self.status.constants}
        return {EXCEPTIONS.get(suffix, pascal(suffix.lower()) + "Exception"): constant for suffix, constant in
                suffixes.items() if suffix not in NO_EXCEPTION}

    def exception(self, name, constant):
        return opening(f"The exception for {constant.name}.") + prose.javadoc(self.text(constant.doc), "") + \
            EXCEPTION.substitute(name=name)

    def chooser(self):
        cases = "".join(f"            case {self.status.suffix(constant)} -> new {name}(failure);\n"
                        for name, constant in self.exceptions().items())
        return opening("The exception of each status.") + CHOOSER.substitute(cases=cases)

    def library(self):
        numbers = self.status.constants + self.model.enum("answer").constants + self.model.constants
        constants = ""
        for constant in numbers:
            name = constant.name.removeprefix("MILVUS_")
            kind = "int" if constant not in self.model.constants or "VERSION" in name else "long"
            value = "Long.MAX_VALUE" if constant.value == "INT64_MAX" else constant.value
            constants += f"    static final {kind} {name} = {value};\n".replace("long NOT_REPORTED", "int NOT_REPORTED")
        functions = "".join(f"\n{text}" for text in map(self.function, self.model.header.functions) if text)
        references = [each for each in ("IntByReference", "LongByReference") if each in functions]
        imports = ["com.sun.jna.Pointer"] + [f"com.sun.jna.ptr.{each}" for each in references]
        what = "The functions of libmilvus_client, as JNA calls them, and the constants of its header."
        return opening(what, imports) + LIBRARY.substitute(constants=constants, functions=functions)

    def function(self, declared):
        handed = [] if declared.parameters == "void" else [self.parameter(each.strip()) for each in declared.parameters.split(",")]
        if None in handed:
            return None
        kinds = {"const char *": "String", "void": "void"}
        kind = kinds.get(declared.type) or self.parameter(f"{declared.type} x").split()[0]
        opening_ = f"    static native {kind} {declared.name}("
        return prose.filled(opening_, handed, ");\n", " " * len(opening_)) if handed else f"{opening_});\n"

    def parameter(self, declared):
        kind, name = re.fullmatch(r"(.*?)\s*(\w+)", declared).groups()
        bare = kind.replace("const ", "").rstrip("* ")
        if kind in TYPES:
            java = TYPES[kind]
        elif kind.endswith("**") and "char" not in kind:
            java = "LongByReference"
        elif bare in self.model.header.structs or kind.startswith("const") and not bare.startswith("milvus_"):
            java = "Pointer"
        elif kind.endswith("*") and bare.startswith("milvus_"):
            java = "long"
        else:
            return None  # a function to be called back
        return f"{java} {camel(name)}"

    def structs(self):
        classes = "\n".join(self.mirror(struct) for struct in self.model.header.structs.values())
        imports = ["com.sun.jna.Pointer", "com.sun.jna.Structure.FieldOrder"]
        return opening("The structs of the C header, as JNA sees them.", imports) + STRUCTS.substitute(classes=classes)

    def mirror(self, struct):
        members = [member for member in struct.members if member.name != "size"]
        base = "CStruct.Sized" if len(members) < len(struct.members) else "CStruct"
        name = pascal(struct.name.removeprefix("milvus_"))
        names = [f'"{camel(member.name)}"' for member in members]
        return MIRROR.substitute(c=struct.name, name=name, base=base, fields="".join(map(self.mirrored, members)),
                                 order=prose.filled("    @FieldOrder({", names, "})", " " * 8))

    def mirrored(self, member):
        if member.type in self.model.header.structs:
            kind = pascal(member.type.removeprefix("milvus_"))
            return f"        public {kind} {camel(member.name)} = new {kind}();\n"
        if member.length:
            return f"        public byte[] {camel(member.name)} = new byte[{member.length}];\n"
        return f"        public {'Pointer' if member.type.endswith('*') else TYPES[member.type]} {camel(member.name)};\n"
