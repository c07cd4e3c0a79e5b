"""The declarations that the command milvus-compact has of the header: it calls what C programs call, and nothing else."""
import re

from header import Constant, Function, Struct

OPENING = """//! What include/milvus_client.h declares, for the command: constants, structs and functions.
//!
//! Generated from include/milvus_client.h by "make bindings"; do not edit.

use std::ffi::{c_char, c_void};
use std::ptr::null;

"""
TYPES = {"size_t": "usize", "int32_t": "i32", "int64_t": "i64", "uint32_t": "u32", "uint64_t": "u64", "double": "f64",
         "void": "c_void", "char": "c_char"}
# Constants that stand for a number of 64 bits.
WIDE = {"MILVUS_NO_TIMEOUT", "MILVUS_NOT_REPORTED", "MILVUS_NO_JOB", "MILVUS_UNKNOWN_JOB", "MILVUS_NO_SEGMENT",
        "MILVUS_LARGEST_TARGET_SIZE"}


class Rust:
    def __init__(self, header):
        self.header = header

    def file(self):
        parts = [OPENING]
        for section in self.header.sections:
            parts += filter(None, map(self.declared, section.declarations))
        functions = "".join(map(self.function, self.header.functions))
        return "".join(parts) + 'unsafe extern "C" {\n' + functions + "}\n" + self.layout()

    def declared(self, each):
        if isinstance(each, Function) or each.name.endswith("_INIT"):
            return ""
        if isinstance(each, Constant):
            value = {"INT64_MAX": "i64::MAX"}.get(each.value, each.value)
            kind = "i64" if each.name in WIDE else "u32" if each.name.endswith("ABI_VERSION") else "i32"
            return f"pub const {each.name}: {kind} = {value};\n"
        if isinstance(each, Struct):
            return self.struct(each)
        return self.alias(each)

    def alias(self, each):
        """A number, a handle or a function that the library calls."""
        called = re.search(rf"typedef void \(\*{each.name}\)\(([^;]*)\);", each.code)
        if called:
            # As parameters they may be NULL.
            return f"pub type {each.name} = Option<unsafe extern \"C\" fn({', '.join(self.parameters(called[1]))})>;\n"
        if each.code.startswith("typedef struct"):
            return f"#[repr(C)]\npub struct {each.name} {{\n    opaque: [u8; 0],\n}}\n"
        return f"pub type {each.name} = {TYPES[each.code.split()[1]]};\n"

    def struct(self, struct):
        fields = "".join(f"    pub {escaped(member.name)}: {self.member(member)},\n" for member in struct.members)
        zeros = "".join(f"        {escaped(member.name)}: {self.zero(member)},\n" for member in struct.members)
        return (f"#[derive(Clone, Copy)]\n#[repr(C)]\npub struct {struct.name} {{\n{fields}}}\n"
                f"impl {struct.name} {{\n    pub const INIT: Self = Self {{\n{zeros}    }};\n}}\n")

    def member(self, member):
        kind = self.type(member.type)
        return f"[{kind}; {member.length}]" if member.length else kind

    def zero(self, member):
        if member.name == "size":
            return "size_of::<Self>()"
        if member.length:
            return f"[0; {member.length}]"
        if member.type.endswith("*"):
            return "null()"
        if member.type in self.header.structs:
            return f"{member.type}::INIT"
        return "0.0" if member.type == "double" else "0"

    def function(self, function):
        result = "" if function.type == "void" else f" -> {self.type(function.type)}"
        return f"    pub fn {function.name}({', '.join(self.parameters(function.parameters))}){result};\n"

    def parameters(self, text):
        if text.strip() in ("void", ""):
            return []
        found = [re.fullmatch(r"(.*?[\s*])(\w+)", " ".join(part.split())) for part in text.split(",")]
        return [f"{escaped(each[2])}: {self.type(each[1])}" for each in found]

    def type(self, text):
        words = re.findall(r"\w+|\*", text.replace("struct ", ""))
        is_const = words[0] == "const"
        kind = words[1 if is_const else 0]
        kind = TYPES.get(kind, kind)
        for index, word in enumerate(words):
            if word == "*":
                before = words[index - 1]
                const = before == "const" or (is_const and words[:index].count("*") == 0)
                kind = f"*{'const' if const else 'mut'} {kind}"
        return kind

    def layout(self):
        """What the test of the layout compares with tests/abi/layout.txt."""
        lines = ""
        for struct in self.header.structs.values():
            lines += f'    ("{struct.name} -", 0, size_of::<{struct.name}>()),\n'
            lines += "".join(f'    ("{struct.name} {member.name}", std::mem::offset_of!({struct.name}, '
                             f'{escaped(member.name)}), 0),\n' for member in struct.members)
        return ("/// Each struct with its size, and each field with where it begins.\n#[cfg(test)]\n"
                f"pub const LAYOUT: &[(&str, usize, usize)] = &[\n{lines}];\n")


def escaped(name):
    return f"r#{name}" if name in ("type", "where", "match", "ref") else name
