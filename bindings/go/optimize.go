// Optimizing collections: flushed, compacted in rounds, indexed, and served by the query nodes.

package milvus

// #include <milvus_client.h>
import "C"

import (
	"context"
	"time"
	"unsafe"
)

// OptimizeParams tells how to optimize. The zero value is all defaults: every stage, a plain compaction in up to ten
// rounds, deletions applied first where the server can.
type OptimizeParams struct {
	// Compaction is the kind of compaction. Its TargetSizeMB as [LargestTargetSize] merges as far as the server can. A
	// compaction of SegmentIDs has one round.
	Compaction CompactParams
	// SkipStages are those to leave out, e.g. StageFlush | StageServe.
	SkipStages Stage
	// L0 is whether an L0 compaction applies deletions before the rounds. A compaction purges only rows whose deletions
	// were applied.
	L0 L0Mode
	// Force has the first round also rewrite segments that cannot be merged.
	Force bool
	// OnlyEstimate has the cost estimated, and nothing flushed or triggered.
	OnlyEstimate bool
	// MaxRounds is the most rounds that trigger, up to 1000; 0: 10.
	MaxRounds int
	// Concurrency is how many collections [Client.OptimizeMany] has in progress at a time: up to 10000; 0: 16.
	Concurrency int
	// Pause is the longest pause between two rounds; 0: 30 s. The first takes a second, and each is twice as long as the
	// one before.
	Pause time.Duration
	// MaxPause limits all pauses together; 0: 10 min. In a pause the library waits for segments that another compaction
	// holds, or that are not sorted.
	MaxPause time.Duration
	// ServeTimeout limits loading and serving together; 0: 10 min.
	ServeTimeout time.Duration
	// MaxRewriteRows is the most rows that all rounds together rewrite; 0: no bound.
	MaxRewriteRows int64
	// MaxRewriteBytes is the most bytes that all rounds together rewrite, as estimated; 0: no bound.
	MaxRewriteBytes int64
	// MinSegments is the least number of segments for which the first round triggers; 0: no bound.
	MinSegments int64
	// RowBytes is the size of a row, for the estimates; 0: the fixed-width fields of the schema.
	RowBytes int64
	// SegmentBytes is the size of a segment up to which the server merges; 0: the target size, or the default of the
	// server's version.
	SegmentBytes int64
}

// Optimize brings a collection into the state that people compact for: everything stored is sorted, merged, indexed and
// served. It flushes, waits for sorting and indexes, compacts in rounds, has the query nodes load the result, and waits
// until they serve it. Without an error all of that is done. With one, the result still has the stage, the steps and
// the figures until then, and what the server has begun goes on. A second call goes on where the first ended.
//
// Errors of its own are [ErrOutOfBounds] (a bound of the parameters), [ErrBusy] (another compaction held the segments),
// [ErrIncomplete] (segments are left out; all stages are done) and [ErrNotServed] (not yet).
func (c *Client) Optimize(ctx context.Context, collection string, params OptimizeParams, options ...CallOption) (OptimizeResult, error) {
	const name = "milvus_optimize_async"
	var memory memory
	defer memory.free()
	params.Compaction = c.within(params.Compaction)
	text, given := memory.text("collection_name", collection), memory.optimizeParams(params)
	if err := memory.check(name); err != nil {
		return OptimizeResult{}, err
	}
	result, err := operation[OptimizeResult]{
		name:        name,
		followsJobs: true,
		start: func(client *C.milvus_client, timeout C.int64_t, out **C.milvus_future) C.milvus_status {
			return C.milvus_optimize_async(client, text, given, timeout, out)
		},
		take: func(future *C.milvus_future) (OptimizeResult, C.milvus_status) {
			results, status := takeOptimized(future)
			if len(results) == 0 {
				return OptimizeResult{}, status
			}
			return results[0], status
		},
	}.run(ctx, c, options...)
	if result.Err != nil {
		result.Err = err // which knows of the context
	}
	return result, err
}

// OptimizeMany optimizes collections, each as [Client.Optimize] does; one that fails does not stop the others. The
// results are in the order of the names. No names at all are refused.
//
// The error is [ErrSomeFailed] if any has failed, also for lack of time, and besides it is what each of them failed
// with: the results say which. They are there as well if the client was closed meanwhile.
func (c *Client) OptimizeMany(ctx context.Context, collections []string, params OptimizeParams, options ...CallOption) ([]OptimizeResult, error) {
	if len(collections) == 0 {
		return nil, refused(optimizeManyName, "names: is empty; OptimizeDatabase takes all collections")
	}
	var memory memory
	defer memory.free()
	names := memory.texts("names", collections)
	return c.optimizeMany(ctx, &memory, names, len(collections), params, options)
}

// OptimizeDatabase optimizes every collection of the client's database that the user may see, sorted by name. Otherwise
// as [Client.OptimizeMany].
func (c *Client) OptimizeDatabase(ctx context.Context, params OptimizeParams, options ...CallOption) ([]OptimizeResult, error) {
	var memory memory
	defer memory.free()
	return c.optimizeMany(ctx, &memory, nil, 0, params, options)
}

const optimizeManyName = "milvus_optimize_many_async"

func (c *Client) optimizeMany(ctx context.Context, memory *memory, names **C.char, count int, params OptimizeParams, options []CallOption) ([]OptimizeResult, error) {
	params.Compaction = c.within(params.Compaction)
	given := memory.optimizeParams(params)
	if err := memory.check(optimizeManyName); err != nil {
		return nil, err
	}
	results, err := operation[[]OptimizeResult]{
		name:        optimizeManyName,
		followsJobs: true,
		start: func(client *C.milvus_client, timeout C.int64_t, out **C.milvus_future) C.milvus_status {
			return C.milvus_optimize_many_async(client, names, C.size_t(count), given, timeout, out)
		},
		take: takeOptimized,
	}.run(ctx, c, options...)
	return results, withCauses(ctx, err, results, func(result *OptimizeResult) error { return result.Err })
}

func (m *memory) optimizeParams(params OptimizeParams) *C.milvus_optimize_params {
	given := (*C.milvus_optimize_params)(m.take(unsafe.Sizeof(C.milvus_optimize_params{})))
	*given = C.milvus_optimize_params{
		size:              C.sizeof_milvus_optimize_params,
		compaction:        m.params(params.Compaction),
		skip_stages:       C.int32_t(params.SkipStages),
		l0:                C.int32_t(params.L0),
		force:             flag(params.Force),
		only_estimate:     flag(params.OnlyEstimate),
		max_rounds:        int32Of(params.MaxRounds),
		concurrency:       int32Of(params.Concurrency),
		pause_ms:          wholeMilliseconds(params.Pause),
		max_pause_ms:      wholeMilliseconds(params.MaxPause),
		serve_timeout_ms:  wholeMilliseconds(params.ServeTimeout),
		max_rewrite_rows:  C.int64_t(params.MaxRewriteRows),
		max_rewrite_bytes: C.int64_t(params.MaxRewriteBytes),
		min_segments:      C.int64_t(params.MinSegments),
		row_bytes:         C.int64_t(params.RowBytes),
		segment_bytes:     C.int64_t(params.SegmentBytes),
	}
	return given
}

func takeOptimized(future *C.milvus_future) ([]OptimizeResult, C.milvus_status) {
	var list *C.milvus_optimize_list
	status := C.milvus_future_take_optimized(future, &list)
	defer C.milvus_optimize_list_free(list)
	var results []OptimizeResult
	for index := range C.milvus_optimize_list_count(list) {
		raw := C.milvus_optimize_result{size: C.sizeof_milvus_optimize_result}
		if failure := C.milvus_optimize_list_get(list, index, &raw); failure != C.MILVUS_OK {
			return nil, failure
		}
		result := optimizeResultOf(&raw)
		for number := range raw.step_count {
			step := C.milvus_optimize_step{size: C.sizeof_milvus_optimize_step}
			if failure := C.milvus_optimize_list_step(list, index, number, &step); failure != C.MILVUS_OK {
				return nil, failure
			}
			result.Steps = append(result.Steps, optimizeStepOf(&step))
		}
		results = append(results, result)
	}
	return results, status
}
