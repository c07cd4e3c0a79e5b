"""What the header means to another language: enums, values with typed fields, and the functions.

C has int32_t for a yes or no, a state and a number alike. Which of them a field is follows from its type, its name, and
the constants that its documentation names. Names of other languages are the C names without prefix; what differs is
in the tables here.
"""
import dataclasses
import re

from header import Constant

# Enums whose name is not their constants' prefix, and what each of them is, in words for its documentation.
ENUMS = {
    "TRIGGER": ("trigger", "What came of a trigger"),
    "OPTION_KIND": ("option_kind", "What the value of an option has to look like"),
    "COMPACTION_STATE": ("compaction_state", "What the server says of a job"),
    "VERDICT": ("verdict", "How a compaction ended"),
    "PLAN_TYPE": ("plan_type", "What a plan does"),
    "PLAN_STATE": ("plan_state", "How far a plan is"),
    "JUDGEMENT": ("judgement", "How one plan ended"),
    "REASON": ("reason", "What a judgement rests on"),
    "SEGMENTS": ("segment_view", "Which segments of a collection to list"),
    "SEGMENT_STATE": ("segment_state", "Where a segment is in its life"),
    "SEGMENT_LEVEL": ("segment_level", "What a segment holds"),
    "RESOLUTION": ("resolution", "What was found out about a trigger in doubt"),
    "LOG": ("log_level", "What to log"),
    "CONNECTION": ("connection_state", "What happened to the connection of a client"),
    "STAGE": ("stage", "A stage of an optimization"),
    "STEP": ("step_state", "How a step of an optimization ended"),
    "EVENT": ("event", "What happened to a collection"),
    "SKIP": ("skip", "Why a collection was skipped"),
    "L0": ("l0_mode", "Whether an optimization applies deletions first"),
}
STATUS = "How a call ended"
# What 0 means where the header has no constant for it.
ZERO = {"trigger": ("NONE", "It was not sent, or not answered.")}
ANSWER = ("MILVUS_NOT_KNOWN", "MILVUS_NO", "MILVUS_YES")

# Fields that belong together although C has them side by side: struct, name, first and last of them, and the field that
# says whether they are there, and what they are together.
GROUPS = [
    ("milvus_plan", "details", "type", "channel", "has_details", "What only newer servers tell of a plan."),
]
# Counts of what a function of its own reads: the struct that it reads, the name of all of them, and what they are.
READ_APART = {
    "step_count": ("milvus_optimize_step", "steps", "A line for each stage and each round, in the order in which they "
                   "ended: the rounds of the compaction come before its stage."),
}
# Structs that are made or read by hand: what becomes an exception, and parameters.
BY_HAND = {"milvus_error", "milvus_many_result", "milvus_compact_params", "milvus_many_params", "milvus_optimize_params",
           "milvus_survey_params"}

# Fields of 32 bits that are numbers: any other one has to name its constants.
NUMBERS = {"grpc_code", "server_code", "concurrency", "round", "rounds"}
# How C says that the fields of a struct have nothing in them.
MISSING = r"All fields are MILVUS_NOT_REPORTED unless has_\w+ is 1\."
YES_OR_NO = r"(is|has|needs|would|may|can|only)_\w+|retriable|in_doubt"


@dataclasses.dataclass
class Enum:
    prefix: str  # of its constants, "MILVUS_VERDICT_"
    name: str
    what: str
    constants: list
    texts: dict = dataclasses.field(default_factory=dict)  # "name" and "message": the functions that give them
    is_optional: bool = False  # some field of this type may have MILVUS_NOT_REPORTED
    is_read: bool = False  # some field has it: else it is only a parameter

    def suffix(self, constant):
        return constant.name.removeprefix(self.prefix)

    @property
    def has_none(self):
        """Whether a constant of its own stands for nothing, so that it is never unreported."""
        return any(self.suffix(constant) in ("NONE", "OK") for constant in self.constants)

    def short(self, constant):
        """What a person calls it, for enums that the library has no names of."""
        suffix = self.suffix(constant)
        return suffix if re.fullmatch(r"L\d", suffix) else suffix.lower().replace("_", " ")


@dataclasses.dataclass
class Field:
    """Of a value. kind is enum, flag, duration, integer, double, text, buffer, ids, value, failure or list. A list is filled
    by hand, as it takes calls of the library."""
    name: str
    c: str  # its name in C
    kind: str
    doc: str
    type: str = ""  # in C, of integers; of ids the field with their number
    of: object = None  # the enum or value
    is_optional: bool = False
    absent: str = "MILVUS_NOT_REPORTED"  # what an optional number is if there is none
    presence: str = ""  # of a value: the field of C that says whether it is there
    inside: str = ""  # of a value: the struct in the struct that has its fields
    is_pointer: bool = False  # of a value: the struct is elsewhere, or nowhere


@dataclasses.dataclass
class Value:
    name: str
    c: str
    doc: str
    fields: list

    @property
    def fields_beside_error(self):
        """For languages whose errors have the status, and so say whether there is one."""
        has_error = any(field.kind == "failure" for field in self.fields)
        return [field for field in self.fields if not has_error or field.name != "status"]


class Model:
    def __init__(self, header):
        self.header = header
        self.enums = enums(header)
        members = {constant.name for enum in self.enums for constant in enum.constants}
        self.check_names(header.text)
        self.constants = [constant for constant in header.constants if constant.name not in members]
        self.values = {}
        for read_by_hand in ("status", "skip"):
            self.enum(read_by_hand).is_read = True
        for struct in header.structs.values():
            if struct.name not in BY_HAND:
                self.value(struct)

    def check_names(self, text):
        """Documentation that has the constants of an enum by a name that they no longer have would hide what a field is."""
        prefixes = {enum.prefix for enum in self.enums}
        for name in re.findall(r"(MILVUS_(?:[A-Z0-9]+_)*)\.\.\.", text):
            if name not in prefixes:
                raise SystemExit(f"the header's documentation speaks of {name}..., but no constants are called so")

    @staticmethod
    def zero(enum):
        """What 0 is, if the header has no constant for it."""
        return ZERO.get(enum.name) if all(constant.value != "0" for constant in enum.constants) else None

    def field_of(self, c):
        """Whether some struct has a field of this name."""
        return any(member.name == c for struct in self.header.structs.values() for member in struct.members)

    def enum(self, name):
        return next(enum for enum in self.enums if enum.name == name)

    def named(self, text):
        """The enum whose constants a text names, if it names any."""
        for constant in re.findall(r"MILVUS_\w+", text):
            for enum in self.enums:
                if constant.startswith(enum.prefix) and (enum.prefix != "MILVUS_" or constant in
                                                         {each.name for each in enum.constants}):
                    return enum
        return None

    def value(self, struct):
        """Makes the value of a struct, after those that it holds."""
        name = struct.name.removeprefix("milvus_")
        if name not in self.values:
            made = Value(name, struct.name, struct.doc, [])
            members = [member for member in struct.members if not is_padding(member)]
            made.fields = self.fields(struct, members)
            self.values[name] = made
        return self.values[name]

    def fields(self, struct, members):
        fields, rest = [], list(members)
        while rest:
            group = self.group(struct, rest)
            if group:
                field, count = group
                del rest[:count]
            else:
                field = self.field(struct, rest.pop(0), [member.name for member in members])
            if field:
                fields.append(field)
        presence = {field.presence for field in fields}
        return [field for field in fields if field.c not in presence]

    def group(self, struct, rest):
        """Fields that the table has together."""
        names = [member.name for member in rest]
        for of, name, first, last, has, what in GROUPS:
            if struct.name == of and names[0] == first:
                count = 1 + names.index(last)
                value = Value(f"{struct.name.removeprefix('milvus_')}_{name}", "", what, [])
                for member in rest[:count]:
                    inner = self.field(struct, member, names)
                    inner.is_optional = False
                    value.fields.append(inner)
                self.values[value.name] = value
                return Field(name, first, "value", what, of=value, is_optional=True, presence=has), count
        return None

    def field(self, struct, member, names):
        doc, name = member.doc, member.name
        field = Field(name, name, "", doc, type=member.type)
        unreported = "MILVUS_NOT_REPORTED" in doc + struct.doc and name != "id" and not name.endswith("_id")
        declared = next((enum for enum in self.enums if f"milvus_{enum.name}" == member.type), None)
        pointed = re.sub(r"^const (.*) \*$", r"\1", member.type)
        if member.type == "const milvus_error *":
            field.kind, field.name = "failure", "failure"
        elif name in READ_APART:
            of, field.name, field.doc = READ_APART[name]
            field.kind, field.of = "list", self.value(self.header.structs[of])
        elif pointed != member.type and pointed in self.header.structs:
            field.kind, field.of = "value", self.value(self.header.structs[pointed])
            field.is_optional = field.is_pointer = True
        elif member.type in self.header.structs:
            field.kind, field.of, field.inside = "value", self.value(self.header.structs[member.type]), name
            field.presence = presence_of(struct, name)
            field.is_optional = bool(field.presence) or "MILVUS_NOT_REPORTED" in doc + struct.doc
            if field.is_optional:
                field.doc = re.sub(MISSING, "MILVUS_NOT_REPORTED if that is not known.", doc)
            if field.is_optional and not field.presence:
                for inner in field.of.fields:
                    inner.is_optional = False  # they are there together: the first says it
        elif name.endswith("_count") and any(name in (f"{each}_count", f"{each[:-1]}_count") for each in names):
            return None  # of the ids before it
        elif member.length:
            field.kind = "buffer"
        elif member.type == "const char *":
            field.kind, field.is_optional = "text", "NULL" in doc and "never NULL" not in doc
        elif member.type == "const int64_t *":
            field.kind, field.type = "ids", next(each for each in (f"{name}_count", f"{name[:-1]}_count") if each in names)
        elif member.type == "double":
            field.kind = "double"
        elif declared or (member.type == "int32_t" and not re.fullmatch(YES_OR_NO, name) and self.named(doc)):
            field.kind, field.of = "enum", declared or self.named(doc)
            field.is_optional = unreported and not field.of.has_none
            field.of.is_optional |= field.is_optional
            field.of.is_read = True
        elif member.type == "int32_t" and re.fullmatch(YES_OR_NO, name):
            # What is not said to be one of two is never taken for a yes because it is not 0.
            is_one_of_two = re.search("^1 if|MILVUS_YES or MILVUS_NO", doc) and not re.search(
                "MILVUS_NOT_(KNOWN|REPORTED)", struct.doc + doc)
            field.kind, field.of = ("flag", None) if is_one_of_two else ("enum", self.enum("answer"))
            self.enum("answer").is_read = True
            field.doc = doc.replace("MILVUS_NOT_REPORTED", "MILVUS_NOT_KNOWN")
        elif name.endswith("_ms"):
            field.kind, field.name = "duration", name.removesuffix("_ms")
        elif member.type in ("int32_t", "int64_t", "uint64_t") and (member.type != "int32_t" or name in NUMBERS):
            field.kind, field.is_optional = "integer", unreported and member.type == "int64_t"
            if "MILVUS_NO_SEGMENT" in doc:
                field.is_optional, field.absent = True, "MILVUS_NO_SEGMENT"
        else:
            raise SystemExit(f"{struct.name}.{name} is an {member.type}, and its documentation names no constants that say "
                             "what it is: see tools/bindings/model.py")
        return field


def presence_of(struct, name):
    return next((member.name for member in struct.members if member.name == f"has_{name}"), "")


def is_padding(member):
    return member.name == "size" or re.fullmatch(r"reserved(_\d+)?", member.name)


def enums(header):
    """Each enum with its constants. Prefixes are those that the table has, the texts name as MILVUS_..._..., or that have
    a function for their names."""
    functions = {function.name for function in header.functions}
    names = {name[len("milvus_"):-len("_name")].upper() for name in functions if name.endswith("_name")}
    prefixes = sorted(names | set(ENUMS) | set(re.findall(r"MILVUS_([A-Z0-9_]+?)_\.\.\.", header.text)), key=len)
    statuses = next(section.of(Constant) for section in header.sections if section.key == "errors")
    found = {"": Enum("MILVUS_", "status", STATUS, statuses)}
    found["ANSWER"] = Enum("MILVUS_", "answer", "Whether something is so, if anybody can tell",
                           [constant for constant in header.constants if constant.name in ANSWER])
    for constant in header.constants[header.constants.index(statuses[-1]) + 1:]:
        prefix = next((each for each in reversed(prefixes) if constant.name.startswith(f"MILVUS_{each}_")), None)
        if prefix:
            name, what = ENUMS.get(prefix, (prefix.lower(), f"One of the MILVUS_{prefix}_... constants"))
            if f"milvus_{name}" in header.structs:
                name += "_state"
            found.setdefault(prefix, Enum(f"MILVUS_{prefix}_", name, what, [])).constants.append(constant)
    for enum in found.values():
        # In C the first constant says what all of them are: "State of a segment (servers may have others): growing."
        enum.constants[0].doc = re.sub(r"^(Type|State|Level|How|What)\b[^:.]*: (.)", lambda words: words[2].upper(),
                                       enum.constants[0].doc)
        stems = [enum.name, enum.prefix.removeprefix("MILVUS_").rstrip("_").lower()]
        for text in ("name", "message"):
            enum.texts[text] = next((f"milvus_{stem}_{text}" for stem in stems if f"milvus_{stem}_{text}" in functions), "")
    return list(found.values())
