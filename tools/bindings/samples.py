"""The samples in languages without a binding of their own have the few numbers and types that they need."""
import re

# What each sample uses of the header.
PYTHON = ["MILVUS_OK", "MILVUS_BUSY", "MILVUS_NO"]
NODE = ["MILVUS_OK", "MILVUS_BUSY", "MILVUS_NO", "MILVUS_NO_TIMEOUT"]


def samples(model):
    numbers = {constant.name: constant.value for constant in model.header.constants}
    python = "".join(f"{name} = {numbers[name]}\n" for name in PYTHON)
    node = "".join(f"const {name} = {numbers[name]};\n" for name in NODE)
    return {"bindings/python/compact.py": {"constants": python}, "bindings/node/compact.js": {
        "constants": node, "structs": koffi(model.header.structs["milvus_error"])}}


def koffi(struct):
    """A struct as koffi takes it; texts have koffi's own name of their type."""
    fields = ", ".join(f'{member.name}: "{member.type}"' for member in struct.members)
    lines = re.sub(r"(.{1,110}[,\"])(?: |$)", r"  \1\n", fields)
    return f'koffi.struct("{struct.name}", {{\n{lines.rstrip().removesuffix(",")},\n}});\n'
