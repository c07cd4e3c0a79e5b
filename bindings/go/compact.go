// Triggers: having a collection compacted, what that would do, and what became of one in doubt.

package milvus

// #include <milvus_client.h>
import "C"

import (
	"context"
	"unsafe"
)

// JobID is the number of a compaction on its server. It is valid in other processes and clients too.
type JobID int64

// CompactParams tells what to compact, and how. The zero value has small segments of the whole collection merged, and
// deleted rows purged. Contradictions are refused, and so is what the server would silently ignore.
type CompactParams struct {
	// Clustering has it re-clustered by the collection's clustering key; needs Milvus 2.4.6.
	Clustering bool
	// L0 has deletions (segments of level L0) applied, and nothing else done; needs Milvus 2.6.3.
	L0 bool
	// TargetSizeMB above 0 has segments merged up to that size, or [LargestTargetSize]; needs Milvus 2.6.12:
	// the option allow_early_target_size has 2.6.8 to 2.6.11 asked too. See [ParseTargetSize].
	TargetSizeMB int64
	// Partition is the only one to compact; "": all. It, Channel and SegmentIDs need Milvus 2.5.8, and go with none
	// of the above.
	Partition string
	// Channel has only segments of this channel compacted; "": all.
	Channel string
	// SegmentIDs has only these segments compacted; nil: all. A list that is empty but not nil is refused.
	SegmentIDs []int64
	// Database is that of the collection, or of all collections; "": the client's. See [Client.InDatabase].
	Database string
	// OnlyIfIdle has nothing triggered if somebody compacts the collection already: [ErrBusy], with what runs. Needs a
	// Milvus before 2.4 or newer than 3.0.0; others do not show it.
	OnlyIfIdle bool
}

// Has parameters name the database that this client is for.
func (c *Client) within(params CompactParams) CompactParams {
	if params.Database == "" {
		params.Database = c.database
	}
	return params
}

// Compact has the server compact one collection, given by name or alias, and returns the job as soon as it is
// scheduled; [NoJob] if there was nothing to do. It merges small segments and purges deleted rows. Data that was not
// flushed is left out, see [Client.Flush].
//
// If the server schedules nothing although segments are stored that a free trigger would take, the error is [ErrBusy]:
// nothing was started; try again later.
//
// The trigger is repeated only if the server certainly did nothing. If it may have been carried out although the call
// fails, the error says so: see Error.InDoubt and [Client.Resolve].
func (c *Client) Compact(ctx context.Context, collection string) (JobID, error) {
	result, err := c.CompactWith(ctx, collection, CompactParams{})
	return result.JobID, err
}

// CompactWith has the server compact one collection, or a part of it, in any of the ways that servers have, and tells
// what came of the trigger. Otherwise as [Client.Compact].
func (c *Client) CompactWith(ctx context.Context, collection string, params CompactParams) (CompactResult, error) {
	const name = "milvus_compact_with_async"
	var memory memory
	defer memory.free()
	text, given := memory.text("collection_name", collection), memory.params(c.within(params))
	if err := memory.check(name); err != nil {
		return CompactResult{}, err
	}
	return operation[CompactResult]{
		name: name,
		start: func(client *C.milvus_client, timeout C.int64_t, out **C.milvus_future) C.milvus_status {
			return C.milvus_compact_with_async(client, text, given, timeout, out)
		},
		take: func(future *C.milvus_future) (CompactResult, C.milvus_status) {
			result := C.milvus_compact_result{size: C.sizeof_milvus_compact_result}
			status := C.milvus_future_take_compact_result(future, &result)
			return compactResultOf(&result), status
		},
	}.run(ctx, c)
}

// Check tells what a trigger with the same parameters would do now, without sending one.
func (c *Client) Check(ctx context.Context, collection string, params CompactParams) (CheckResult, error) {
	const name = "milvus_compaction_check_async"
	var memory memory
	defer memory.free()
	text, given := memory.text("collection_name", collection), memory.params(c.within(params))
	if err := memory.check(name); err != nil {
		return CheckResult{}, err
	}
	return operation[CheckResult]{
		name: name,
		start: func(client *C.milvus_client, timeout C.int64_t, out **C.milvus_future) C.milvus_status {
			return C.milvus_compaction_check_async(client, text, given, timeout, out)
		},
		take: takeCheckResult,
	}.run(ctx, c)
}

func takeCheckResult(future *C.milvus_future) (CheckResult, C.milvus_status) {
	result := C.milvus_check_result{size: C.sizeof_milvus_check_result}
	status := C.milvus_future_take_check_result(future, &result)
	return checkResultOf(&result), status
}

// Resolve looks whether this client's latest trigger in doubt of a collection has started a job. Another client has
// nothing to compare with, and gets [ResolutionNotInDoubt].
func (c *Client) Resolve(ctx context.Context, collection string) (Resolution, error) {
	const name = "milvus_compaction_resolve_async"
	var memory memory
	defer memory.free()
	text, database := memory.text("collection_name", collection), memory.optionalText("database", c.database)
	if err := memory.check(name); err != nil {
		return Resolution{}, err
	}
	return operation[Resolution]{
		name: name,
		start: func(client *C.milvus_client, timeout C.int64_t, out **C.milvus_future) C.milvus_status {
			return C.milvus_compaction_resolve_async(client, text, database, timeout, out)
		},
		take: func(future *C.milvus_future) (Resolution, C.milvus_status) {
			resolution := C.milvus_resolution{size: C.sizeof_milvus_resolution}
			status := C.milvus_future_take_resolution(future, &resolution)
			return resolutionOf(&resolution), status
		},
	}.run(ctx, c)
}

// ParseTargetSize reads a size with a unit, e.g. "512MB" or "1.5 GiB", as whole MB. "max" is [LargestTargetSize].
func ParseTargetSize(text string) (int64, error) {
	var memory memory
	defer memory.free()
	given := memory.text("text", text)
	if err := memory.check("milvus_parse_target_size"); err != nil {
		return 0, err
	}
	var size C.int64_t
	err := call(func() C.milvus_status { return C.milvus_parse_target_size(given, &size) })
	return int64(size), err
}

// In C's memory, as it points to other parts of that.
func (m *memory) params(params CompactParams) *C.milvus_compact_params {
	given := (*C.milvus_compact_params)(m.take(unsafe.Sizeof(C.milvus_compact_params{})))
	*given = C.milvus_compact_params{
		size:           C.sizeof_milvus_compact_params,
		is_clustering:  flag(params.Clustering),
		is_l0:          flag(params.L0),
		target_size_mb: C.int64_t(params.TargetSizeMB),
		partition_name: m.optionalText("partition_name", params.Partition),
		channel:        m.optionalText("channel", params.Channel),
		segment_ids:    m.numbers(params.SegmentIDs),
		segment_count:  C.size_t(len(params.SegmentIDs)),
		database:       m.optionalText("database", params.Database),
		only_if_idle:   flag(params.OnlyIfIdle),
	}
	return given
}
