"""The library file, its symbols, and the protocol files."""
import ctypes
import re
import subprocess

import milvus_ffi
from conftest import ROOT
from google.protobuf import descriptor_pb2
from pymilvus.grpc_gen import common_pb2, milvus_pb2, schema_pb2


def output_of(*command):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True).stdout


def test_the_library_exports_what_the_header_declares_and_nothing_else():
    exported = {line.split()[-1] for line in output_of("nm", "-D", "--defined-only", milvus_ffi.LIBRARY).decode().splitlines()}
    code = re.sub(r"//.*", "", milvus_ffi.HEADER)
    declared = set(re.findall(r"\b(milvus_\w+)\(", code))
    assert len(declared) > 10 and exported == declared


def test_the_library_needs_libc_and_its_companions_only():
    dynamic = output_of("readelf", "-d", milvus_ffi.LIBRARY).decode()
    needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic))
    assert "libc.so.6" in needed and needed <= {"libc.so.6", "libgcc_s.so.1", "libm.so.6", "ld-linux-x86-64.so.2"}
    assert re.findall(r"\(SONAME\).*\[(.*)\]", dynamic) == ["libmilvus_client.so.0"]
    assert "NODELETE" in dynamic


def test_it_calls_nothing_that_changes_the_process_around_it():
    """Nor has it an allocator of its own, or a logger or subscriber that others would see: those are symbols of a process
    only where they are exported, and it exports its functions alone."""
    lines = output_of("nm", "-D", "--undefined-only", milvus_ffi.LIBRARY).decode().splitlines()
    called = {line.split()[-1].split("@")[0].removesuffix("64") for line in lines}
    assert {"malloc", "free", "pthread_sigmask", "write"} <= called
    changes = set("""setenv unsetenv putenv clearenv setlocale uselocale sigaction signal sigset sigaltstack sigprocmask
        setitimer timer_create alarm chdir fchdir umask setrlimit prlimit setpriority nice prctl dup dup2 dup3
        exit _exit quick_exit atexit at_quick_exit fork vfork execve execvp posix_spawn posix_spawnp system kill raise
        mallopt malloc_trim srand srandom tzset openlog printf fprintf puts fputs perror fwrite""".split())
    assert not called & changes


def test_structs_are_laid_out_as_the_header_says(tmp_path):
    """What C, Rust and this ctypes description agree on: sizes and offsets."""
    structs = {struct.__name__: struct for struct in
               (milvus_ffi.LastError, milvus_ffi.StateInfo, milvus_ffi.Plan, milvus_ffi.Report, milvus_ffi.OptionInfo,
                milvus_ffi.ServerInfo, milvus_ffi.SegmentDiff, milvus_ffi.CompactParams, milvus_ffi.CompactResult, milvus_ffi.Segment,
                milvus_ffi.CheckResult, milvus_ffi.Resolution, milvus_ffi.Progress, milvus_ffi.ManyParams, milvus_ffi.ManyResult)}
    lines = [f'printf("%zu %zu\\n", offsetof({name}, {field}), sizeof(((const {name} *)0)->{field}));'
             for name, struct in structs.items() for field, _ in struct._fields_]
    lines += [f'printf("0 %zu\\n", sizeof({name}));' for name in structs]
    source = tmp_path / "layout.c"
    source.write_text("#include <stdio.h>\n#include <milvus_client.h>\nint main(void) {" + "".join(lines) + "return 0;}")
    subprocess.run(["gcc", f"-I{ROOT}/include", source, "-o", tmp_path / "layout"], check=True)
    in_c = output_of(tmp_path / "layout").decode().split()
    here = [number for struct in structs.values() for field, _ in struct._fields_
            for number in (getattr(struct, field).offset, getattr(struct, field).size)]
    here += [number for struct in structs.values() for number in (0, ctypes.sizeof(struct))]
    assert in_c == [str(number) for number in here] and len(in_c) > 200
    assert milvus_ffi.lib.milvus_last_error().contents.size == ctypes.sizeof(milvus_ffi.LastError)


def test_our_protocol_files_agree_with_the_newest_pymilvus():
    """Every message, field, number, type, enum value and method of ours is in the published protocol."""
    ours = descriptor_pb2.FileDescriptorSet.FromString(output_of(ROOT / "target/debug/milvus-fake", "descriptors"))
    published = {}
    for module in (common_pb2, milvus_pb2, schema_pb2):
        file = descriptor_pb2.FileDescriptorProto()
        module.DESCRIPTOR.CopyToProto(file)
        published[file.package] = file
    compared = {"messages": 0, "fields": 0, "values": 0, "methods": 0}

    def by_name(items):
        return {item.name: item for item in items}

    for file in ours.file:
        theirs = published[file.package]
        for message in file.message_type:
            fields = by_name(by_name(theirs.message_type)[message.name].field)
            compared["messages"] += 1
            for field in message.field:
                other = fields[field.name]
                for aspect in ("number", "type", "type_name", "label"):
                    assert getattr(field, aspect) == getattr(other, aspect), (message.name, field.name, aspect)
                compared["fields"] += 1
        for enum in file.enum_type:
            values = by_name(by_name(theirs.enum_type)[enum.name].value)
            for value in enum.value:
                assert value.number == values[value.name].number, (enum.name, value.name)
                compared["values"] += 1
        for service in file.service:
            methods = by_name(by_name(theirs.service)[service.name].method)
            for method in service.method:
                other = methods[method.name]
                for aspect in ("input_type", "output_type", "client_streaming", "server_streaming"):
                    assert getattr(method, aspect) == getattr(other, aspect), (method.name, aspect)
                compared["methods"] += 1
    print("compared:", compared)
    assert compared["messages"] >= 28 and compared["fields"] >= 100, compared
    assert compared["values"] >= 45 and compared["methods"] >= 11, compared
