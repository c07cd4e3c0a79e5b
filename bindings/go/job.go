// Following a job: waiting for its end, what is said of it now, and optimizing, which waits for more.

package milvus

// #include <milvus_client.h>
import "C"

import (
	"context"
	"time"
)

// Report is what a wait has to tell. Counts of plans that are through rest on the server's counters, as long as those
// can be seen, and on what became of the plans' segments: servers forget.
type Report struct {
	// Verdict tells how the job ended; [VerdictNone] if the wait ended first.
	Verdict Verdict
	// JobID is the job.
	JobID JobID
	// Planned is the number of its plans, as far as can be known; 0 if it cannot.
	Planned int64
	// Executing plans were running or waiting to run when the server was last asked.
	Executing int64
	// Completed is the number of plans that completed.
	Completed int64
	// Failed is the number of plans that failed.
	Failed int64
	// TimedOut is the number of plans that took longer than the server allows.
	TimedOut int64
	// Elapsed is the duration of the wait.
	Elapsed time.Duration
	// Polls is how often the server answered.
	Polls uint64
	// FailedPolls is how often it did not, so that the question was repeated.
	FailedPolls uint64
	// SegmentDiff tells what became of the segments: of jobs that this client triggered, on servers that list segments.
	// Nil if it cannot be told.
	SegmentDiff *SegmentDiff
	// Unknown plans ended, and nobody can tell how: each [Plan] has its reason.
	Unknown int64
	// LeftOut tells which stored segments no plan named: of jobs that this client triggered, on servers that list
	// segments and plans. Nil if it cannot be told.
	LeftOut *LeftOut
}

// LeftOut counts the segments that were stored right before the trigger and that no plan of the job named, each by one
// reason.
type LeftOut struct {
	// Total is the number of all of them.
	Total int64
	// Unsorted waited to be sorted: servers since 2.5 sort a segment after its flush.
	Unsorted int64
	// L0 held nothing but deletions, which only an L0 compaction takes.
	L0 int64
	// Clustered are results of clustering, which a plain compaction leaves alone.
	Clustered int64
	// Importing were made by an import.
	Importing int64
	// Unflushed were not flushed yet.
	Unflushed int64
	// NotAskedFor are in another partition than asked for, or not among the segments asked for.
	NotAskedFor int64
	// Held are the rest: another compaction held them, or they were not eligible for a reason that no list shows.
	Held int64
}

// SegmentDiff is what a compaction did to the segments of a collection. What cannot be told is [NotReported].
type SegmentDiff struct {
	// SegmentsBefore is the number of segments with stored rows right before the trigger.
	SegmentsBefore int64
	// SegmentsAfter is the same after the job.
	SegmentsAfter int64
	// RowsBefore is the number of their rows. Deleted ones count until a compaction purges them.
	RowsBefore int64
	// RowsAfter is the same after the job. Inserts and flushes between the two change it as well.
	RowsAfter int64
	// RowsPurged is how many more rows the plans' sources had than their targets have.
	RowsPurged int64
	// SegmentsRemoved were there before and are no more.
	SegmentsRemoved int64
	// SegmentsAdded were not there before. Flushes make some too.
	SegmentsAdded int64
	// SourcesRemaining of the plans are still there. 0 is what a compaction that is done leaves.
	SourcesRemaining int64
	// TargetsMissing of the plans are not there: replaced in their turn already, or never made.
	TargetsMissing int64
	// TargetsConfirmed targets were made of the plans' sources by the server's own word.
	TargetsConfirmed int64
	// L0SegmentsBefore is the number of segments of deletions before.
	L0SegmentsBefore int64
	// L0SegmentsAfter is the same after the job.
	L0SegmentsAfter int64
}

// StateInfo is what the server says of a job now.
type StateInfo struct {
	// State is executing or completed. Completed alone says nothing: jobs that failed, or never existed, are too.
	State JobState
	// Executing plans are running or waiting to run.
	Executing int64
	// Completed is the number of plans that completed.
	Completed int64
	// Failed is the number of plans that failed. Servers forget them within seconds to minutes.
	Failed int64
	// TimedOut is the number of plans that took longer than the server allows.
	TimedOut int64
}

// Wait waits until a job is over and tells how it ended. Without an error every plan completed, or there was nothing
// to do. With one, the report still has what was seen. It goes on through restarts and lost connections of up to a
// minute. Use the client that triggered the job, if possible: it remembers what servers forget.
//
// Errors are [ErrCompactionFailed], [ErrOutcomeUnknown], [ErrBusy] ([VerdictNotStarted]), [ErrCollectionNotFound] (it
// was dropped meanwhile), [ErrTimeout] and [ErrCancelled] (the job goes on), and what any call can end with.
func (c *Client) Wait(ctx context.Context, job JobID, options ...CallOption) (Report, error) {
	return operation[Report]{
		name: "milvus_compaction_wait_async",
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
			return StateInfo{
				State:     JobState(info.state),
				Executing: int64(info.counts.executing),
				Completed: int64(info.counts.completed),
				Failed:    int64(info.counts.failed),
				TimedOut:  int64(info.counts.timed_out),
			}, status
		},
	}.run(ctx, c)
}

// Optimize makes queries of a collection fast: waits until its indexes are complete, compacts it, waits for the job,
// waits until the result is indexed, and, if the collection is loaded, has the query nodes take the result up. It does
// not flush. While another compaction holds the collection, it asks again, for at most ten minutes. The message of an error says how far it came, and the report has what was seen of the job.
func (c *Client) Optimize(ctx context.Context, collection string, params CompactParams, options ...CallOption) (Report, error) {
	const name = "milvus_optimize_async"
	var memory memory
	defer memory.free()
	text, given := memory.text("collection_name", collection), memory.params(params)
	if err := memory.check(name); err != nil {
		return Report{}, err
	}
	return operation[Report]{
		name: name,
		start: func(client *C.milvus_client, timeout C.int64_t, out **C.milvus_future) C.milvus_status {
			return C.milvus_optimize_async(client, text, given, timeout, out)
		},
		take: takeReport,
	}.run(ctx, c, options...)
}

func takeReport(future *C.milvus_future) (Report, C.milvus_status) {
	report := C.milvus_compaction_report{size: C.sizeof_milvus_compaction_report}
	status := C.milvus_future_take_report(future, &report)
	return reportOf(&report), status
}

func reportOf(report *C.milvus_compaction_report) Report {
	return Report{
		Verdict:     Verdict(report.verdict),
		JobID:       JobID(report.job_id),
		Planned:     int64(report.planned),
		Executing:   int64(report.counts.executing),
		Completed:   int64(report.counts.completed),
		Failed:      int64(report.counts.failed),
		TimedOut:    int64(report.counts.timed_out),
		Elapsed:     milliseconds(report.elapsed_ms),
		Polls:       uint64(report.polls),
		FailedPolls: uint64(report.failed_polls),
		SegmentDiff:      segmentDiffOf(report),
		Unknown:     int64(report.unknown_plans),
		LeftOut:     leftOutOf(report),
	}
}

func leftOutOf(report *C.milvus_compaction_report) *LeftOut {
	if report.left_out.total == C.MILVUS_NOT_REPORTED {
		return nil
	}
	return &LeftOut{
		Total:       int64(report.left_out.total),
		Unsorted:    int64(report.left_out.unsorted),
		L0:          int64(report.left_out.l0),
		Clustered:   int64(report.left_out.clustered),
		Importing:   int64(report.left_out.importing),
		Unflushed:   int64(report.left_out.unflushed),
		NotAskedFor: int64(report.left_out.not_asked_for),
		Held:        int64(report.left_out.other),
	}
}

func segmentDiffOf(report *C.milvus_compaction_report) *SegmentDiff {
	if report.has_segment_diff == 0 {
		return nil
	}
	return &SegmentDiff{
		SegmentsBefore:   int64(report.segment_diff.segments_before),
		SegmentsAfter:    int64(report.segment_diff.segments_after),
		RowsBefore:       int64(report.segment_diff.rows_before),
		RowsAfter:        int64(report.segment_diff.rows_after),
		RowsPurged:       int64(report.segment_diff.rows_purged),
		SegmentsRemoved:     int64(report.segment_diff.segments_removed),
		SegmentsAdded: int64(report.segment_diff.segments_added),
		SourcesRemaining:      int64(report.segment_diff.sources_remaining),
		TargetsMissing:   int64(report.segment_diff.targets_missing),
		TargetsConfirmed: int64(report.segment_diff.targets_confirmed),
		L0SegmentsBefore: int64(report.segment_diff.l0_segments_before),
		L0SegmentsAfter:  int64(report.segment_diff.l0_segments_after),
	}
}
