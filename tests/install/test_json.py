"""What the installed library writes as JSON, on servers of every kind, has the form of the schema."""
import ctypes
import json
import sys

import pytest
from conftest import FAKE, ROOT, STAGE, Fake

# Where tools/setup.sh puts what kubernetes-validate needs.
sys.path.append(str(ROOT / "target/lint/python"))

import jsonschema  # noqa: E402

SCHEMA = json.loads((ROOT / "docs/schema/report.schema.json").read_text())
NAMES = ["succeeds", "nothing", "uncounted", "fails", "fails_partly", "times_out", "is_forgotten", "is_hostile", "missing", 'a"\\\u2028ü', "x" * 10240]


@pytest.fixture(scope="module")
def library():
    return ctypes.CDLL(str(STAGE / "lib/libmilvus_client.so"))


def document(function, given, kind):
    """What a function writes, held against the schema."""
    length = ctypes.c_size_t()
    assert function(given, None, ctypes.c_size_t(0), ctypes.byref(length)) == 0
    buffer = ctypes.create_string_buffer(length.value + 1)
    assert function(given, buffer, ctypes.c_size_t(length.value + 1), None) == 0
    assert len(buffer.value) == length.value
    written = json.loads(buffer.value.decode())
    whole = {**SCHEMA, "$ref": f"#/$defs/{kind}"}
    del whole["anyOf"]
    jsonschema.Draft202012Validator(whole).validate(written)
    return written


@pytest.mark.parametrize("version", ["2.2.16", "2.3.5", "2.4.24", "2.5.27", "2.6.19", "3.0.0", "3.1.0"])
def test_what_is_written_has_the_form_of_the_schema(library, version):
    class Of(Fake):
        """Of this version."""
        arguments = [FAKE, "serve", version]

    names = (ctypes.c_char_p * len(NAMES))(*(name.encode() for name in NAMES))
    with Of() as server:
        client, many, optimized = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
        assert library.milvus_client_new(server.uri.encode(), None, ctypes.byref(client)) == 0
        library.milvus_compact_many(client, names, ctypes.c_size_t(len(NAMES)), None, ctypes.c_int64(8000), ctypes.byref(many))
        results = document(library.milvus_many_list_json, many, "many_list")
        assert [result["collection_name"] for result in results] == NAMES
        assert len({result["status"] for result in results}) > 3
        library.milvus_optimize_many(client, names, ctypes.c_size_t(len(NAMES)), None, ctypes.c_int64(8000), ctypes.byref(optimized))
        assert len(document(library.milvus_optimize_list_json, optimized, "optimize_list")) == len(NAMES)
        survey, collections, databases = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
        library.milvus_survey(client, names, ctypes.c_size_t(len(NAMES)), None, ctypes.c_int64(8000), ctypes.byref(survey))
        surveyed = document(library.milvus_survey_list_json, survey, "survey_list")
        assert {result["check"] is None for result in surveyed} == {True, False}
        library.milvus_survey_list_free(survey)
        library.milvus_collections(client, None, ctypes.c_int64(8000), ctypes.byref(collections))
        assert len(document(library.milvus_collection_list_json, collections, "collection_list")) > 5
        library.milvus_collection_list_free(collections)
        if library.milvus_databases(client, ctypes.c_int64(8000), ctypes.byref(databases)) == 0:
            assert document(library.milvus_database_list_json, databases, "database_list")
            library.milvus_database_list_free(databases)
        for result in results:
            if (result["job_id"] or "unknown") != "unknown":
                plans = ctypes.c_void_p()
                assert library.milvus_compaction_plans(client, ctypes.c_int64(int(result["job_id"])), ctypes.c_int64(0), ctypes.byref(plans)) == 0
                document(library.milvus_plan_list_json, plans, "plan_list")
                library.milvus_plan_list_free(plans)
        for name in NAMES[:4]:
            segments = ctypes.c_void_p()
            assert library.milvus_segments(client, name.encode(), None, 0, ctypes.c_int64(0), ctypes.byref(segments)) == 0
            document(library.milvus_segment_list_json, segments, "segment_list")
            library.milvus_segment_list_free(segments)
        library.milvus_last_error.restype = ctypes.c_void_p
        error = document(library.milvus_error_json, ctypes.c_void_p(library.milvus_last_error()), "error")
        assert error["operation"] in ("milvus_survey", "milvus_databases")
        library.milvus_many_list_free(many)
        library.milvus_optimize_list_free(optimized)
        library.milvus_client_free(client)
