"""Calls every function of the header with arguments drawn at random: NULL, wrong sizes, stale handles, hostile texts, and
some that make sense, from several threads at once. The library neither crashes nor hangs, and each function is called.

    random_calls.py LIBRARY FAKE [SEED [CALLS]]

What C allows nobody to survive is left out: a pointer to less memory than its size or count says, and a text without an end.
"""
import ctypes
import faulthandler
import os
import pathlib
import random
import re
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import header as headers

THREADS = 4
ROOM = 4096  # what each pointer to a struct or buffer leads to
MOST_ITEMS = 8
INTEGERS = {"int64_t": ctypes.c_int64, "int32_t": ctypes.c_int32, "uint64_t": ctypes.c_uint64, "uint32_t": ctypes.c_uint32,
            "size_t": ctypes.c_size_t, "milvus_status": ctypes.c_int32, "milvus_verdict": ctypes.c_int32, "double": ctypes.c_double, "char": ctypes.c_char}
TEXTS = [b"", b"succeeds", b"never_ends", b"missing", b"partly_fails", b"a" * 10_240, b"\xff\xfe", b"a\nb\x1b[31m", b"default", b"*",
         b"http://127.0.0.1:1", b"milvus-job-1.", b"timeout_ms", b"1", b"-1", "\u202eg".encode(), b"%s%n"]
NUMBERS = [0, 1, -1, 2, 7, 100, 2**31 - 1, -2**31, 2**63 - 1, -2**63]

HEADER = headers.read()
STRUCTS = {struct.name: struct for struct in HEADER.all(headers.Struct)}
FUNCTIONS = HEADER.all(headers.Function)
CALLBACKS = {"milvus_future_callback": [ctypes.c_void_p, ctypes.c_int32, ctypes.c_void_p],
             "milvus_progress_callback": [ctypes.c_void_p, ctypes.c_void_p],
             "milvus_log_callback": [ctypes.c_int32, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p],
             "milvus_connection_callback": [ctypes.c_int32, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p],
             "milvus_destructor": [ctypes.c_void_p]}
NOTHING = {name: ctypes.CFUNCTYPE(None, *types)(lambda *_: None) for name, types in CALLBACKS.items()}


def parameters(function):
    """The type and name of each."""
    for one in function.parameters.split(","):
        words = " ".join(one.split())
        if words not in ("", "void"):
            yield re.fullmatch(r"(.*?) ?(\w+)", words).groups()


def laid_out(name, known={}):
    """A struct of the header for ctypes."""
    if name not in known:
        fields = []
        for member in STRUCTS[name].members:
            kind = INTEGERS.get(member.type) or (ctypes.c_void_p if "*" in member.type else laid_out(member.type))
            fields.append((member.name, kind * member.length if member.length else kind))
        known[name] = type(name, (ctypes.Structure,), {"_fields_": fields})
    return known[name]


class Caller:
    """One thread's calls. It keeps everything alive that it passes."""

    def __init__(self, library, uri, seed, handles):
        self.library, self.random, self.handles = library, random.Random(seed), handles
        self.texts = TEXTS + [uri]
        self.buffers = [ctypes.create_string_buffer(text) for text in self.texts]
        self.called, self.succeeded = set(), set()

    def text(self):
        return self.random.choice([None, *self.texts])

    def number(self, name):
        if name == "timeout_ms":
            # Neither the default nor none: each call ends soon.
            return self.random.choice([1, 5, 30, 30, 30, -7])
        return self.random.choice([*NUMBERS, self.random.randrange(20), *self.handles["job"][-3:]])

    def handle(self, kind):
        known = self.handles.setdefault(kind, [])
        return self.random.choice([None, 1, 2**64 - 1, *known[-6:], *known[-6:]])

    def pointer_to_struct(self, name):
        room = ctypes.create_string_buffer(ROOM)
        struct = laid_out(name).from_buffer(room)
        for member in STRUCTS[name].members:
            if member.type in INTEGERS and member.type != "char" and not member.length and self.random.random() < 0.3 and not member.name.endswith("_count"):
                setattr(struct, member.name, self.number(member.name) if member.type != "double" else self.random.random())
            elif "char *" in member.type and "*const" not in member.type and self.random.random() < 0.3:
                setattr(struct, member.name, ctypes.addressof(self.random.choice(self.buffers)))
        if STRUCTS[name].members[0].name == "size":
            size = ctypes.sizeof(struct)
            struct.size = self.random.choice([size, size, size, size, 0, 1, 8, size - 1, size + 8, ROOM])
        return room

    def arguments(self, function):
        given = []
        for kind, name in parameters(function):
            pointee = kind.replace("const ", "").removesuffix("*").strip()
            before = given[-1] if given else None
            if kind in INTEGERS and name in ("capacity", "name_count"):
                # Of what the argument before leads to.
                given.append(self.random.choice([0, 1, 2, MOST_ITEMS, 2**63] if before is None else [0, 1, 2, MOST_ITEMS]))
            elif kind in INTEGERS:
                given.append(INTEGERS[kind](self.number(name)))
            elif kind in NOTHING:
                given.append(self.random.choice([None, NOTHING[kind]]))
            elif kind == "const char *":
                given.append(self.text())
            elif kind == "const char *const *":
                names = (ctypes.c_char_p * MOST_ITEMS)(*(self.text() for _ in range(MOST_ITEMS)))
                given.append(self.random.choice([None, names, names]))
            elif pointee in STRUCTS:
                given.append(self.random.choice([None, *[self.pointer_to_struct(pointee)] * 4]))
            elif kind.endswith("**") or pointee in INTEGERS or kind == "char *":
                given.append(self.random.choice([None, *[ctypes.create_string_buffer(ROOM)] * 4]))
            else:
                given.append(ctypes.c_void_p(self.handle(pointee)))
        return given

    def call(self):
        function = self.random.choice(FUNCTIONS)
        arguments = self.arguments(function)
        value = getattr(self.library, function.name)(*arguments)
        self.called.add(function.name)
        if function.type.strip() == "milvus_status" and value == 0:
            self.succeeded.add(function.name)
        if "*" in function.type and "char" not in function.type and "const" not in function.type and value:
            self.handles.setdefault(function.type.removesuffix("*").strip(), []).append(value)
        for (kind, name), argument in zip(parameters(function), arguments):
            if argument is not None and kind.endswith("**"):
                made = ctypes.c_uint64.from_buffer(argument).value
                if made:
                    self.handles.setdefault(kind.replace("const ", "").removesuffix("**").strip(), []).append(made)
            if argument is not None and name in ("out_job_id", "job_id") and kind == "int64_t *":
                self.handles["job"].append(ctypes.c_int64.from_buffer(argument).value)


def run(library, uri, seed, calls):
    for function in FUNCTIONS:
        called = getattr(library, function.name)
        # A text that is returned is read to its end.
        called.restype = ctypes.c_char_p if "char *" in function.type else ctypes.c_void_p if "*" in function.type else ctypes.c_int32
    handles = {"job": [1]}
    callers = [Caller(library, uri, seed * THREADS + number, handles) for number in range(THREADS)]
    failures = []

    def thread(caller):
        try:
            for _ in range(calls // THREADS):
                caller.call()
        except BaseException as failure:
            failures.append(failure)
            raise

    threads = [threading.Thread(target=thread, args=(caller,), daemon=True) for caller in callers]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not failures, failures
    missing = {function.name for function in FUNCTIONS} - set().union(*(caller.called for caller in callers))
    assert not missing or calls < 20_000, f"never called: {sorted(missing)}"
    succeeded = set().union(*(caller.succeeded for caller in callers))
    print(f"{len(succeeded)} functions succeeded at least once", flush=True)
    assert len(succeeded) > 40 or calls < 20_000, sorted(succeeded)
    assert library.milvus_set_log(4, None, None) == 0 and library.milvus_set_connection_callback(None, None) == 0


def main(library, fake, seed=1, calls=20_000):
    seed, calls = int(seed), int(calls)
    print(f"{calls} calls of {len(FUNCTIONS)} functions by {THREADS} threads, seed {seed}", flush=True)
    faulthandler.enable()
    faulthandler.dump_traceback_later(120 + calls // 50, exit=True)  # nothing may hang
    server = subprocess.Popen([fake, "serve", "v2.6.8"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    run(ctypes.CDLL(library), server.stdout.readline().strip(), seed, calls)
    server.stdin.close()
    faulthandler.cancel_dump_traceback_later()
    print("no crash, no hang", flush=True)
    os._exit(0)  # what is still under way holds nothing up


if __name__ == "__main__":
    if not 3 <= len(sys.argv) <= 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
