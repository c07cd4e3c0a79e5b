// Compacting many collections, or a whole database.

package milvus

// #include <milvus_client.h>
import "C"

import (
	"context"
	"errors"
	"time"
	"unsafe"
)

// ManyParams tells how to compact many collections. The zero value is all defaults.
type ManyParams struct {
	// Compaction is what to do with each of them, without partition, channel and segments.
	Compaction CompactParams
	// Concurrency is how many are under way at a time, each from its trigger to its end: up to 10000; 0: 16.
	Concurrency int
	// OnlyTrigger has them triggered, and the jobs not waited for.
	OnlyTrigger bool
	// Match has only collections compacted whose name matches, with * for any characters and ? for one; "": all. For
	// [Client.CompactDatabase].
	Match string
	// AllDatabases has those of all databases compacted. For [Client.CompactDatabase].
	AllDatabases bool
	// IncludeFinal has those compacted too that are in their final form: else they are skipped.
	IncludeFinal bool
	// MinSegments is how many segments have to be there to be merged; 0: no such minimum. With MinDeletedPercent, either
	// is enough.
	MinSegments int64
	// MinDeletedPercent is the least share of deleted rows, where it is known; 0: no such minimum.
	MinDeletedPercent float64
	// MaxCollections is the most to begin with; 0: all. Those that are skipped do not count.
	MaxCollections int64
	// StartWithin has no collection begun later than that after the start; 0: no such limit.
	StartWithin time.Duration
}

// ManyResult is what became of one collection.
type ManyResult struct {
	// Collection is the name or alias that was given, or listed by the server.
	Collection string
	// Trigger is what came of the trigger; [TriggerNone] if it was not sent, or not answered.
	Trigger Trigger
	// JobID is the job; [NoJob] if there is none; [UnknownJob] if the server does not tell which.
	JobID JobID
	// Planned is the number of its plans when it was triggered, or [NotReported].
	Planned int64
	// Report is what was seen of the job; nil if it was not waited for.
	Report *Report
	// Err is nil if it was compacted or there was nothing to do, else an [*Error].
	Err error
	// UnsortedSegments is how many waited to be sorted right before the trigger, so that it left them out (servers since
	// 2.5): where there was nothing to do, a later call may compact them. [NotReported] if that is not known.
	UnsortedSegments int64
	// Skip is why nothing was triggered, if the parameters are the reason.
	Skip Skip
	// SkipText is the same for a person, with the figures; "" if it was not skipped.
	SkipText string
	// Database is that of the collection; "" if it is the server's default one and nobody named it.
	Database string
}

// CompactMany compacts collections: as [Client.CompactWith] and [Client.Wait] for each of them. One that fails does
// not keep the others from being compacted; one that another compaction holds is triggered again, for at most ten
// minutes. The results are in the order of the names. No names at all are refused.
//
// The error is [ErrSomeFailed] if any has failed, also for lack of time, and besides it is what each of them failed
// with: the results say which. They are there as well if the client was closed meanwhile.
func (c *Client) CompactMany(ctx context.Context, collections []string, params ManyParams, options ...CallOption) ([]ManyResult, error) {
	if len(collections) == 0 {
		return nil, refused(manyName, "names: is empty; CompactDatabase takes all collections")
	}
	var memory memory
	defer memory.free()
	names := memory.texts("names", collections)
	return c.compactMany(ctx, &memory, names, len(collections), params, options)
}

// CompactDatabase compacts every collection of the database that the user may see, sorted by name. Otherwise as
// [Client.CompactMany].
func (c *Client) CompactDatabase(ctx context.Context, params ManyParams, options ...CallOption) ([]ManyResult, error) {
	var memory memory
	defer memory.free()
	return c.compactMany(ctx, &memory, nil, 0, params, options)
}

const manyName = "milvus_compact_many_async"

func (c *Client) compactMany(ctx context.Context, memory *memory, names **C.char, count int, params ManyParams, options []CallOption) ([]ManyResult, error) {
	params.Compaction = c.within(params.Compaction)
	given := memory.manyParams(params)
	if err := memory.check(manyName); err != nil {
		return nil, err
	}
	results, err := operation[[]ManyResult]{
		name:        manyName,
		followsJobs: true,
		start: func(client *C.milvus_client, timeout C.int64_t, out **C.milvus_future) C.milvus_status {
			return C.milvus_compact_many_async(client, names, C.size_t(count), given, timeout, out)
		},
		take: takeMany,
	}.run(ctx, c, options...)
	return results, withCauses(ctx, err, results, func(result *ManyResult) error { return result.Err })
}

// Has the error of the whole be that of each collection too.
func withCauses[T any](ctx context.Context, err error, results []T, errorOf func(*T) error) error {
	whole, ok := err.(*Error)
	if !ok {
		return err
	}
	causes := []error{whole.cause}
	for index := range results {
		if failure, ok := errorOf(&results[index]).(*Error); ok {
			causes = append(causes, failure.endedBy(ctx))
		}
	}
	whole.cause = errors.Join(causes...)
	return whole
}

func (m *memory) manyParams(params ManyParams) *C.milvus_many_params {
	given := (*C.milvus_many_params)(m.take(unsafe.Sizeof(C.milvus_many_params{})))
	*given = C.milvus_many_params{
		size:         C.sizeof_milvus_many_params,
		compaction:   m.params(params.Compaction),
		concurrency:  int32Of(params.Concurrency),
		only_trigger: flag(params.OnlyTrigger),

		match:               m.optionalText("match", params.Match),
		all_databases:       flag(params.AllDatabases),
		include_final:       flag(params.IncludeFinal),
		min_segments:        C.int64_t(params.MinSegments),
		min_deleted_percent: C.double(params.MinDeletedPercent),
		max_collections:     C.int64_t(params.MaxCollections),
		start_within_ms:     wholeMilliseconds(params.StartWithin),
	}
	return given
}

func takeMany(future *C.milvus_future) ([]ManyResult, C.milvus_status) {
	var list *C.milvus_many_list
	status := C.milvus_future_take_many(future, &list)
	defer C.milvus_many_list_free(list)
	var results []ManyResult
	for index := range C.milvus_many_list_count(list) {
		result := C.milvus_many_result{size: C.sizeof_milvus_many_result}
		if failure := C.milvus_many_list_get(list, index, &result); failure != C.MILVUS_OK {
			return nil, failure
		}
		results = append(results, manyResultOf(&result))
	}
	return results, status
}

func manyResultOf(result *C.milvus_many_result) ManyResult {
	one := ManyResult{
		Collection:       C.GoString(result.collection_name),
		Trigger:          Trigger(result.trigger),
		JobID:            JobID(result.job_id),
		Planned:          int64(result.planned),
		UnsortedSegments: int64(result.unsorted_segments),
		Err:              failureOf(result.error),
		Skip:             Skip(result.skip),
		SkipText:         C.GoString(result.skip_text),
		Database:         C.GoString(result.database),
	}
	if result.report != nil {
		report := reportOf(result.report)
		one.Report = &report
	}
	return one
}
