// Following a job: waiting for its end, and what is said of it now.

package milvus

// #include <milvus_client.h>
import "C"

import "context"

// Wait waits until a job is over and tells how it ended. Without an error every plan completed, or there was nothing
// to do. With one, the report still has what was seen. It goes on through restarts and lost connections of up to a
// minute. Use the client that triggered the job, if possible: it remembers what servers forget.
//
// Errors are [ErrCompactionFailed], [ErrOutcomeUnknown], [ErrBusy] ([VerdictNotStarted]), [ErrCollectionNotFound] (it
// was dropped meanwhile), [ErrTimeout], [ErrCancelled] and [ErrStalled] (the job may go on), and what any call can end
// with.
func (c *Client) Wait(ctx context.Context, job JobID, options ...CallOption) (Report, error) {
	return operation[Report]{
		name:        "milvus_compaction_wait_async",
		followsJobs: true,
		start: func(client *C.milvus_client, timeout C.int64_t, out **C.milvus_future) C.milvus_status {
			return C.milvus_compaction_wait_async(client, C.int64_t(job), timeout, out)
		},
		take: takeReport,
	}.run(ctx, c, options...)
}

// State asks what the server says of a job at this moment. Usually [Client.Wait] is what you want: one look cannot
// tell success from failures that the server has forgotten. A job that it does not know is no error, but Completed
// with zeros.
func (c *Client) State(ctx context.Context, job JobID) (StateInfo, error) {
	return operation[StateInfo]{
		name: "milvus_compaction_state_async",
		start: func(client *C.milvus_client, timeout C.int64_t, out **C.milvus_future) C.milvus_status {
			return C.milvus_compaction_state_async(client, C.int64_t(job), timeout, out)
		},
		take: func(future *C.milvus_future) (StateInfo, C.milvus_status) {
			info := C.milvus_compaction_state_info{size: C.sizeof_milvus_compaction_state_info}
			status := C.milvus_future_take_state(future, &info)
			return stateInfoOf(&info), status
		},
	}.run(ctx, c)
}

func takeReport(future *C.milvus_future) (Report, C.milvus_status) {
	report := C.milvus_compaction_report{size: C.sizeof_milvus_compaction_report}
	status := C.milvus_future_take_report(future, &report)
	return reportOf(&report), status
}
