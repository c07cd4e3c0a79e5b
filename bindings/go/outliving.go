// A job outlives its process: what a client knows of it as a text, and a wait that knows the collection.

package milvus

// #include <milvus_client.h>
import "C"

import (
	"context"
	"runtime"
	"unsafe"
)

// Bytes that the text of most jobs fits in.
const usualText = 1024

// ExportJob gives what this client knows of a job as a text for [Client.ImportJob], of another process perhaps: one
// line of printable ASCII without blanks and secrets. Export right after the trigger, and again later if the job was
// waited for. No server is asked.
//
// Errors are [ErrInvalidArgument] (the client knows nothing of the job, or the name of its collection has the token in
// it) and [ErrClosed].
func (c *Client) ExportJob(job JobID) (string, error) {
	defer runtime.KeepAlive(c)
	if !c.core.enter() {
		return "", closedBefore("milvus_job_export")
	}
	defer c.core.leave()
	for length := C.size_t(usualText); ; {
		buffer := make([]byte, length+1)
		err := call(func() C.milvus_status {
			text := (*C.char)(unsafe.Pointer(&buffer[0]))
			return C.milvus_job_export(c.core.handle, C.int64_t(job), text, C.size_t(len(buffer)), &length)
		})
		if err != nil {
			return "", err
		}
		if int(length) < len(buffer) {
			return string(buffer[:length]), nil
		}
	}
}

// ImportJob adds what another client of the same server has exported to what this one knows, and returns the job:
// [Client.Wait] then comes to the verdict that it would have come to there. No server is asked.
//
// Errors are [ErrInvalidArgument] (the text is not whole, or of another server) and [ErrClosed].
func (c *Client) ImportJob(text string) (JobID, error) {
	defer runtime.KeepAlive(c)
	const name = "milvus_job_import"
	if !c.core.enter() {
		return NoJob, closedBefore(name)
	}
	defer c.core.leave()
	var memory memory
	defer memory.free()
	given := memory.text("text", text)
	if err := memory.check(name); err != nil {
		return NoJob, err
	}
	var job C.int64_t
	err := call(func() C.milvus_status { return C.milvus_job_import(c.core.handle, given, &job) })
	return JobID(job), err
}

// WaitIn is [Client.Wait] for a job that was triggered elsewhere, and of which nothing but the id and the collection is
// known. It tells the more, the earlier it is called; the report has no SegmentDiff.
func (c *Client) WaitIn(ctx context.Context, collection string, job JobID, options ...CallOption) (Report, error) {
	const name = "milvus_compaction_wait_in_async"
	var memory memory
	defer memory.free()
	text, database := memory.text("collection_name", collection), memory.optionalText("database", c.database)
	if err := memory.check(name); err != nil {
		return Report{}, err
	}
	return operation[Report]{
		name:        name,
		followsJobs: true,
		start: func(client *C.milvus_client, timeout C.int64_t, out **C.milvus_future) C.milvus_status {
			return C.milvus_compaction_wait_in_async(client, text, database, C.int64_t(job), timeout, out)
		},
		take: takeReport,
	}.run(ctx, c, options...)
}

func closedBefore(operation string) error {
	return &Error{Status: ErrClosed, Operation: operation, Message: "this client has been closed"}
}
