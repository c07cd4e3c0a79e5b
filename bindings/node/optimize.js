// Optimizes a collection from Node, with koffi (npm install) to call C, and prints a line for each step.
//
//     node optimize.js http://localhost:19530 products
//
// The library is looked for as any other is; LD_LIBRARY_PATH helps. The wait runs on one of koffi's threads, so that the
// event loop goes on.
const koffi = require("koffi");
const { promisify } = require("node:util");

const lib = koffi.load("libmilvus_client.so.0");
for (const handle of ["milvus_client", "milvus_future", "milvus_optimize_list"]) koffi.opaque(handle);
koffi.alias("milvus_status", "int32_t");
koffi.alias("milvus_verdict", "int32_t");
// Generated from milvus_client.h by `make bindings`: structs.
koffi.struct("milvus_error", {
  size: "size_t", status: "milvus_status", grpc_code: "int32_t", server_code: "int32_t", retriable: "int32_t",
  in_doubt: "int32_t", resolution: "int32_t", job_id: "int64_t", operation: "const char *",
  message: "const char *", request_id: "const char *",
});
koffi.struct("milvus_left_out", {
  total: "int64_t", unsorted: "int64_t", l0: "int64_t", clustered: "int64_t", importing: "int64_t",
  unflushed: "int64_t", not_asked_for: "int64_t", other: "int64_t",
});
koffi.struct("milvus_optimize_result", {
  size: "size_t", collection_name: "const char *", status: "milvus_status", stage: "int32_t",
  verdict: "milvus_verdict", rounds: "int32_t", is_loaded: "int32_t", reserved: "int32_t", job_id: "int64_t",
  step_count: "size_t", error: "void *", segments_before: "int64_t", segments_after: "int64_t",
  rows_before: "int64_t", rows_after: "int64_t", l0_segments_before: "int64_t", l0_segments_after: "int64_t",
  segments_in: "int64_t", segments_out: "int64_t", rewrite_rows: "int64_t", rewrite_bytes: "int64_t",
  row_bytes: "int64_t", served_segments: "int64_t", left_out: "milvus_left_out", new_segments: "int64_t",
  elapsed_ms: "int64_t",
});
koffi.struct("milvus_optimize_step", {
  size: "size_t", stage: "int32_t", state: "int32_t", round: "int32_t", is_l0: "int32_t", job_id: "int64_t",
  elapsed_ms: "int64_t", report: "void *", text: "const char *",
});
// End of what is generated.
const clientNew = lib.func("int32_t milvus_client_new(const char *, const char *, _Out_ milvus_client **)");
const clientFree = lib.func("void milvus_client_free(milvus_client *)");
const optimizeAsync = lib.func(
  "int32_t milvus_optimize_async(milvus_client *, const char *, const void *, int64_t, _Out_ milvus_future **)");
const futureWait = promisify(lib.func("int32_t milvus_future_wait(milvus_future *, int64_t)").async);
const futureError = lib.func("const milvus_error *milvus_future_error(milvus_future *)");
const futureFree = lib.func("void milvus_future_free(milvus_future *)");
const takeOptimized = lib.func("int32_t milvus_future_take_optimized(milvus_future *, _Out_ milvus_optimize_list **)");
const listGet = lib.func(
  "int32_t milvus_optimize_list_get(const milvus_optimize_list *, size_t, milvus_optimize_result *)");
const listStep = lib.func(
  "int32_t milvus_optimize_list_step(const milvus_optimize_list *, size_t, size_t, milvus_optimize_step *)");
const listFree = lib.func("void milvus_optimize_list_free(milvus_optimize_list *)");
const stageName = lib.func("const char *milvus_stage_name(int32_t)");
const lastErrorMessage = lib.func("const char *milvus_last_error_message()");

// Generated from milvus_client.h by `make bindings`: constants.
const MILVUS_OK = 0;
const MILVUS_NOT_REPORTED = -1;
const MILVUS_NO_TIMEOUT = -1;
// End of what is generated.

// Throws what a call failed with.
function check(status) {
  if (status !== MILVUS_OK) throw new Error(lastErrorMessage());
}

// Has C fill a struct.
function filled(type, fill) {
  const place = koffi.alloc(type, 1);
  try {
    koffi.encode(place, "size_t", koffi.sizeof(type));
    check(fill(place));
    return koffi.decode(place, type);
  } finally {
    koffi.free(place);
  }
}

function show(list) {
  const result = filled("milvus_optimize_result", (place) => listGet(list, 0, place));
  for (let index = 0; index < result.step_count; index++) {
    const step = filled("milvus_optimize_step", (place) => listStep(list, 0, index, place));
    console.log(`${stageName(step.stage)}: ${step.text} (${step.elapsed_ms} ms)`);
  }
  if (result.segments_after !== MILVUS_NOT_REPORTED)
    console.log(`segments: ${result.segments_before} -> ${result.segments_after}`);
  if (result.status !== MILVUS_OK) console.log(`latest stage: ${stageName(result.stage)}`);
}

async function main(uri, collection) {
  const [client, future, list] = [[null], [null], [null]];
  check(clientNew(uri, null, client));
  try {
    check(optimizeAsync(client[0], collection, null, 3_600_000, future));
    const status = await futureWait(future[0], MILVUS_NO_TIMEOUT);
    takeOptimized(future[0], list);
    if (list[0] !== null) show(list[0]); // also if it failed half-way
    if (status !== MILVUS_OK) throw new Error(koffi.decode(futureError(future[0]), "milvus_error").message);
  } finally {
    listFree(list[0]);
    futureFree(future[0]);
    clientFree(client[0]);
  }
}

if (process.argv.length !== 4) {
  console.error("usage: node optimize.js URI COLLECTION");
  process.exit(2);
}
main(process.argv[2], process.argv[3]).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
