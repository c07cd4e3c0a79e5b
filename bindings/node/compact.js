// Compacts a collection from Node, with koffi (npm install) to call C.
//
//     node compact.js http://localhost:19530 products
//
// The library is looked for as any other is; LD_LIBRARY_PATH helps. Calls that wait run on koffi's threads, so that the
// event loop goes on; the error is read off the future, as the calling thread's last error is another thread's here.
const koffi = require("koffi");
const { promisify } = require("node:util");
const { setTimeout } = require("node:timers/promises");

const lib = koffi.load("libmilvus_client.so.0");
koffi.opaque("milvus_client");
koffi.opaque("milvus_options");
koffi.opaque("milvus_future");
koffi.alias("milvus_status", "int32_t");
// Generated from milvus_client.h by `make bindings`: structs.
koffi.struct("milvus_error", {
  size: "size_t", status: "milvus_status", grpc_code: "int32_t", server_code: "int32_t", retriable: "int32_t",
  in_doubt: "int32_t", resolution: "int32_t", job_id: "int64_t", operation: "const char *",
  message: "const char *", request_id: "const char *",
});
// End of what is generated.
const optionsNew = lib.func("milvus_options *milvus_options_new()");
const optionsSet = lib.func("int32_t milvus_options_set(milvus_options *, const char *, const char *)");
const optionsFree = lib.func("void milvus_options_free(milvus_options *)");
const clientNew = lib.func(
  "int32_t milvus_client_new_with(const char *, const milvus_options *, _Out_ milvus_client **)");
const clientFree = lib.func("void milvus_client_free(milvus_client *)");
const compactAsync = lib.func(
  "int32_t milvus_compact_async(milvus_client *, const char *, int32_t, int64_t, _Out_ milvus_future **)");
const waitAsync = lib.func("int32_t milvus_compaction_wait_async(milvus_client *, int64_t, int64_t, _Out_ milvus_future **)");
const futureWait = promisify(lib.func("int32_t milvus_future_wait(milvus_future *, int64_t)").async);
const futureError = lib.func("const milvus_error *milvus_future_error(milvus_future *)");
const futureFree = lib.func("void milvus_future_free(milvus_future *)");
const takeJob = lib.func("int32_t milvus_future_take_job_id(milvus_future *, _Out_ int64_t *)");
const lastErrorMessage = lib.func("const char *milvus_last_error_message()");

// Generated from milvus_client.h by `make bindings`: constants.
const MILVUS_OK = 0;
const MILVUS_BUSY = 43;
const MILVUS_NO = 0;
const MILVUS_NO_TIMEOUT = -1;
// End of what is generated.
const PATIENCE_MS = 600_000;
const PAUSE_MS = 5_000;

// Starts an operation and returns what `take` reads off it when it is over.
async function done(start, take) {
  const future = [null];
  if (start(future) !== MILVUS_OK) throw new Error(lastErrorMessage());
  try {
    const status = await futureWait(future[0], MILVUS_NO_TIMEOUT);
    if (status !== MILVUS_OK)
      throw Object.assign(new Error(koffi.decode(futureError(future[0]), "milvus_error").message), { status });
    return take(future[0]);
  } finally {
    futureFree(future[0]);
  }
}

// Triggers until the server schedules something, or has nothing to do.
async function trigger(client, collection) {
  const giveUp = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await done((future) => compactAsync(client, collection, MILVUS_NO, 30_000, future), (future) => {
        const id = [0];
        takeJob(future, id);
        return id[0];
      });
    } catch (error) {
      if (error.status !== MILVUS_BUSY || Date.now() > giveUp) throw error;
      // Nothing was started: another compaction holds the segments.
      await setTimeout(PAUSE_MS);
    }
  }
}

// Makes a client that tells the server who it is.
function connect(uri) {
  const client = [null];
  const options = optionsNew();
  try {
    if (optionsSet(options, "user_agent", "compact.js") !== MILVUS_OK || clientNew(uri, options, client) !== MILVUS_OK)
      throw new Error(lastErrorMessage());
  } finally {
    optionsFree(options);
  }
  return client[0];
}

async function main(uri, collection) {
  const client = connect(uri);
  try {
    const job = await trigger(client, collection);
    await done((future) => waitAsync(client, job, 600_000, future), () => {});
    console.log("compacted, or nothing to do");
  } finally {
    clientFree(client);
  }
}

if (process.argv.length !== 4) {
  console.error("usage: node compact.js URI COLLECTION");
  process.exit(2);
}
main(process.argv[2], process.argv[3]).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
