"""The samples in languages without a binding of their own have the few numbers and types that they need."""
import re

# What each sample uses of the header.
PYTHON = ["MILVUS_OK", "MILVUS_BUSY", "MILVUS_NO"]
NODE = ["MILVUS_OK", "MILVUS_BUSY", "MILVUS_NO", "MILVUS_NO_TIMEOUT"]
OPTIMIZING = ["MILVUS_OK", "MILVUS_NOT_REPORTED"]
OPTIMIZED = ["milvus_left_out", "milvus_optimize_result", "milvus_optimize_step"]


def samples(model):
    numbers = {constant.name: constant.value for constant in model.header.constants}
    structs = model.header.structs
    python = lambda names: "".join(f"{name} = {numbers[name]}\n" for name in names)  # noqa: E731
    node = lambda names: "".join(f"const {name} = {numbers[name]};\n" for name in names)  # noqa: E731
    return {
        "bindings/python/compact.py": {"constants": python(PYTHON)},
        "bindings/python/optimize.py": {
            "constants": python(OPTIMIZING), "structs": "\n\n".join(ctypes(structs[name]) for name in OPTIMIZED)},
        "bindings/node/compact.js": {"constants": node(NODE), "structs": koffi(structs["milvus_error"])},
        "bindings/node/optimize.js": {
            "constants": node([*OPTIMIZING, "MILVUS_NO_TIMEOUT"]),
            "structs": "".join(koffi(structs[name]) for name in ["milvus_error", *OPTIMIZED])},
    }


def koffi(struct):
    """A struct as koffi takes it; texts have koffi's own name of their type, and what else is pointed to has none."""
    is_plain = lambda kind: not kind.endswith("*") or kind == "const char *"  # noqa: E731
    fields = ", ".join(f'{member.name}: "{member.type if is_plain(member.type) else "void *"}"' for member in struct.members)
    lines = re.sub(r"(.{1,110}[,\"])(?: |$)", r"  \1\n", fields)
    return f'koffi.struct("{struct.name}", {{\n{lines.rstrip().removesuffix(",")},\n}});\n'


def ctypes(struct):
    """A struct as a class of Python's ctypes."""
    kinds = {"int32_t": "c_int32", "int64_t": "c_int64", "size_t": "c_size_t", "milvus_status": "c_int32",
             "milvus_verdict": "c_int32", "const char *": "c_char_p"}
    kind = lambda member: f"ctypes.{kinds[member.type]}" if member.type in kinds else (  # noqa: E731
        "ctypes.c_void_p" if member.type.endswith("*") else member.type)
    fields = ", ".join(f'("{member.name}", {kind(member)})' for member in struct.members)
    lines = re.sub(r"(.{1,108}\),?)(?: |$)", r"        \1\n", fields)
    return f"class {struct.name}(ctypes.Structure):\n    _fields_ = (\n{lines.rstrip()},\n    )\n"
