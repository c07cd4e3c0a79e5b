// What the library gives, as values of Go, and how they are read off the structs of C.

// Code generated from include/milvus_client.h by "make bindings". DO NOT EDIT.

package milvus

// #include <milvus_client.h>
import "C"

import (
	"reflect"
	"time"
)

// ServerInfo is what the server tells about itself.
type ServerInfo struct {
	// The number under which the server lists this client; 0 if it does not list clients (before Milvus 2.2.9).
	ClientID int64
	// Whether the server is milvus-lite.
	Lite bool
	// The version as the server writes it, e.g. "v2.3.5-lite" (which is a full server); "" if it does not tell.
	Version string
	// "STANDALONE", "DISTRIBUTED", "embedded", or another word of the server; "" if it does not tell.
	DeployMode string
}

// CompactResult is the server's answer to a trigger.
type CompactResult struct {
	// What the server did.
	Trigger Trigger
	// The job to wait for, or [NoJob].
	JobID JobID
	// Plans of the job; [NotReported] if their number is not known.
	Planned int64
	// Segments that waited to be sorted right before the trigger, so that the job leaves them out (Milvus 2.5 and later);
	// [NotReported] if that is not known.
	UnsortedSegments int64
}

// PlanCounts counts plans of a job by their state.
type PlanCounts struct {
	// Plans that run or wait to run, in the server's latest answer.
	Executing int64
	// Plans that completed.
	Completed int64
	// Plans that failed.
	Failed int64
	// Plans that ran out of the time that the server gives each.
	TimedOut int64
}

// StateInfo is what the server says about a job now.
type StateInfo struct {
	// What the server says of a job.
	State CompactionState
	// The plans that the server counts now. It stops counting a plan within seconds of its end.
	Counts PlanCounts
}

// SegmentDiff is what a compaction changed in the segments of a collection. [NotReported] stands for what cannot be
// known.
type SegmentDiff struct {
	// Segments with stored rows before the compaction.
	SegmentsBefore int64
	// Segments with stored rows after it.
	SegmentsAfter int64
	// Rows of those segments before the compaction. Deleted rows count until a compaction purges them.
	RowsBefore int64
	// Rows of those segments after it. Inserts and flushes in between change this number too.
	RowsAfter int64
	// Deleted rows that the compaction purged. Reported only if all sources are gone, all targets are stored, and no other
	// change can be mixed in.
	RowsPurged int64
	// Segments that were stored before and no longer are.
	SegmentsRemoved int64
	// Segments that were not stored before. Flushes add some too.
	SegmentsAdded int64
	// Sources of the plans that are still stored. A compaction that is done leaves 0.
	SourcesRemaining int64
	// Targets of the plans that are not stored: a later compaction replaced them, or no plan made them.
	TargetsMissing int64
	// Targets that the server itself says were made of the plans' sources. Servers newer than 3.0.0 report it.
	TargetsConfirmed int64
	// Segments of deletions (L0) before the compaction. Servers since 2.4.7 report it.
	L0SegmentsBefore int64
	// Segments of deletions (L0) after it.
	L0SegmentsAfter int64
}

// LeftOut counts segments that were stored at the trigger and that no plan of the job took, by reason. A report has it
// only if this client triggered or imported the job and the server lists segments and plans.
type LeftOut struct {
	// All of them.
	Total int64
	// Segments that wait to be sorted. Servers since 2.5 sort each segment after its flush.
	Unsorted int64
	// Segments of deletions (L0), which only an L0 compaction takes.
	L0 int64
	// Results of clustering, which a plain compaction leaves alone.
	Clustered int64
	// Segments that an import was writing.
	Importing int64
	// Segments that were not flushed.
	Unflushed int64
	// Segments outside the partition, channel or list of segments that the trigger named.
	NotAskedFor int64
	// The rest: another compaction held them, or the server did not want them for a reason that it does not list.
	Other int64
}

// Report is what a wait found out about a job.
type Report struct {
	// How the job ended. [VerdictNone] if the wait ended first.
	Verdict Verdict
	// The job.
	JobID JobID
	// Plans of the job; 0 if their number is not known.
	Planned int64
	// The plans by their state. Servers forget, so those that ended count by the largest counters that were seen, and by
	// what became of each plan's segments.
	Counts PlanCounts
	// Plans that ended in a way that nobody can tell. [Plan] has the reason of each.
	UnknownPlans int64
	// Duration of the wait.
	Elapsed time.Duration
	// Questions that the server answered.
	Polls uint64
	// Questions that failed, and that the wait repeated.
	FailedPolls uint64
	// What changed between the trigger and the end of the job. Nil if that is not known.
	SegmentDiff *SegmentDiff
	// Segments that the job left out; nil if that is not known.
	LeftOut *LeftOut
	// Segments that waited to be sorted right before the trigger (servers since 2.5), as in [CompactResult]. [NotReported]
	// unless this client triggered or imported the job, and of [NoJob] unless it is the end of [Client.Optimize] or
	// [Client.CompactMany].
	UnsortedSegments int64
	// Milliseconds for which the job had not changed when the wait ended early; 0 if the job is over. A wait ends with
	// [ErrStalled] when this is more than the option stall_timeout_ms.
	Stalled time.Duration
}

// PlanDetails is what only newer servers tell of a plan.
type PlanDetails struct {
	// What a plan does.
	Type PlanType
	// How far a plan is.
	State PlanState
	// The plan's own id.
	PlanID int64
	// The job it belongs to.
	JobID JobID
	// The collection it works on.
	CollectionID int64
	// The partition it works on.
	PartitionID int64
	// The channel whose segments it takes.
	Channel string
}

// Plan is one plan of a job; servers also call it a task.
type Plan struct {
	// Ids of the segments that the plan takes.
	Sources []int64
	// Id of the first segment that the plan makes; [NoSegment] if there is none, or none yet.
	Target int64
	// Ids of all segments that the plan makes, as far as they are known.
	Targets []int64
	// How the plan ended, as far as this client has seen. A wait judges the plans of its job. A plan that no wait has
	// judged is [JudgementOpen], unless the server tells its state.
	Judgement Judgement
	// What the judgement rests on.
	Reason Reason
	// What only newer servers tell of a plan.
	Details *PlanDetails
	// Why the plan failed; "" if it did not fail, or the server does not say. Servers up to 3.0.0 say it only on the
	// management port (option management_uri).
	FailureReason string
}

// Segment is one segment. [NotReported] stands for what this server does not report.
type Segment struct {
	// The segment's id.
	ID int64
	// The collection it belongs to.
	CollectionID int64
	// The partition it belongs to.
	PartitionID int64
	// Rows of the segment. Deleted rows count until a compaction purges them.
	Rows int64
	// Where a segment is in its life.
	State SegmentState
	// What a segment holds; reported since Milvus 2.4.7.
	Level SegmentLevel
	// Whether the rows are sorted by primary key; [NotKnown] before Milvus 2.5.0.
	Sorted Answer
	// Version of the storage format, from Milvus 2.6.0 on.
	StorageVersion int64
	// Memory of a loaded segment in bytes. Most servers send 0, which is [NotReported] here.
	Memory int64
	// The channel of the rows, in storage and from servers newer than 3.0.0.
	Channel string
	// The segments that a compaction made this one of, where channel is reported.
	CompactionFrom []int64
	// Query nodes that serve a loaded segment.
	Nodes []int64
}

// CheckResult is what a trigger would find. A number that the library cannot read is [NotReported].
type CheckResult struct {
	// Whether the server would schedule anything now. [Yes] if WouldCompactIfFree is [Yes] and MayBeBusy is [No]; [No] if
	// WouldCompactIfFree is [No]; else [NotKnown].
	WouldCompact Answer
	// Whether the server would schedule anything if no other compaction held the segments. [NotKnown] where something
	// invisible decides: a time to live, snapshots, an external source, a vector field without index beside one with an
	// index, the server's settings for clustering and target sizes, and for L0 rows that are not flushed.
	WouldCompactIfFree Answer
	// Whether another compaction may hold segments, which a trigger would leave out. As Running; from 2.4 to 3.0.0
	// [NotKnown] unless a job of this client runs.
	MayBeBusy Answer
	// Whether the server's configuration allows compaction.
	Enabled Answer
	// Whether a compaction of this collection runs. Before 2.4 and newer than 3.0.0 every compaction shows (before 2.4,
	// failed plans make it [NotKnown]); in between only jobs of this client.
	Running Answer
	// Whether the collection has an index.
	Indexed Answer
	// Whether this server leaves a collection without an index alone: [Yes] up to 2.3, [NotKnown] up to 2.4.13.
	NeedsIndex Answer
	// Whether the collection has a clustering key.
	HasClusteringKey Answer
	// Whether a trigger would leave out rows because they are not flushed; deleted rows do not count. Servers newer than
	// 3.0.0 list such rows. From 2.3.5 on the library counts them if the collection is loaded, for [No] all its
	// partitions; for some seconds after a flush the answer can be [NotKnown]. Else it is [NotKnown].
	HasUnflushed Answer
	// Whether the segments are in their final form: each partition (and channel, where listed) has at most one stored
	// segment, which is flushed, sorted where servers sort, and indexed where its siblings are; no segment holds
	// deletions. [No] if that is not known. Servers rewrite such segments at each trigger all the same, 1 to 1. Rows that
	// are not flushed do not count: see HasUnflushed.
	Final Answer
	// Flushed segments with rows that the trigger would take, sorted where servers sort; with L0, those that deletions may
	// concern.
	Segments int64
	// Rows of those segments.
	Rows int64
	// About how many segments the trigger would make of those in Segments, by partition, channel and the width of rows:
	// servers do not list the bytes of a segment. [NotReported] if the kind of compaction leaves it open.
	ExpectedSegments int64
	// Segments that wait to be sorted, and are not among Segments. A trigger leaves out those that the server is sorting;
	// 2.5 took results of a compaction that it had not begun to sort. [NotReported] before 2.5. See the option
	// flush.wait_for_sort.
	UnsortedSegments int64
	// Segments of deletions (L0); [NotReported] before 2.4.7.
	L0Segments int64
	// Rows that no index covers yet; [NotReported] without an index.
	UnindexedRows int64
	// Why WouldCompact is what it is, for a person: one line of UTF-8.
	Reason string
}

// Resolution is what happened to a trigger in doubt.
type Resolution struct {
	// What was found out about a trigger in doubt.
	State ResolutionState
	// The job that the trigger started. [UnknownJob], for which no function waits, if the server does not tell which job
	// (none up to 3.0.0 does). [NoJob] if the library found none.
	JobID JobID
	// What the library saw, for a person: one line of UTF-8.
	Text string
}

// CollectionInfo is a collection as the server describes it.
type CollectionInfo struct {
	// The name of the collection.
	Collection string
	// The database of the collection; empty on servers without databases (before 2.2.9).
	Database string
	// The aliases of the collection, sorted, with a comma between them (no name contains one); empty if there are none.
	Aliases string
	// Milvus' id of the collection; 0 from milvus-lite, or if the description failed.
	ID int64
	// Stored rows. Deleted rows count until a compaction purges them; rows that are not flushed do not count.
	// [NotReported] if they could not be read.
	Rows int64
	// Whether query nodes serve the collection: [Yes] (also if only some partitions are loaded), [No] (also while it is
	// being loaded) or [NotKnown].
	Loaded Answer
	// Whether the collection has a clustering key: [Yes], [No] or [NotKnown].
	HasClusteringKey Answer
	// Nil if it did not fail, else an [*Error].
	Err error
}

// DatabaseInfo is a database.
type DatabaseInfo struct {
	// The name of the database.
	Database string
	// Milvus' id of the database; 0 before 2.5.
	ID int64
}

// SurveyResult is what a survey found out about one collection. [NotReported] stands for a number that is not known.
type SurveyResult struct {
	// The name or alias that you gave, or that the server listed; empty if a whole database could not be listed.
	Collection string
	// The database of the collection; empty on servers without databases (before 2.2.9).
	Database string
	// Nil if it did not fail, else an [*Error].
	Err error
	// What milvus_compaction_check() would say: whether a trigger would compact anything, why or why not, and whether the
	// segments are in their final form already.
	Check *CheckResult
	// Stored segments with rows.
	StoredSegments int64
	// Rows of those segments. Deleted rows count until a compaction purges them.
	StoredRows int64
	// Bytes of those rows, as an estimate: rows by RowBytes. [NotReported] if the size of a row is not known.
	StoredBytes int64
	// Stored segments below half of SegmentBytes, as servers define a small segment by default.
	SmallSegments int64
	// Stored segments that wait to be sorted; [NotReported] before 2.5.
	UnsortedSegments int64
	// Segments of deletions (L0); [NotReported] before 2.4.7.
	L0Segments int64
	// Stored rows that are deleted (or expired) and not purged yet. The library counts them on query nodes from 2.3.5 on,
	// if the whole collection is loaded and exactly its stored segments are served. Else [NotReported].
	DeletedRows int64
	// Segments that the compaction would merge with others; 0 if it would do nothing.
	MergedSegments int64
	// About how many segments those would become.
	MergedInto int64
	// Rows that the compaction would rewrite, also those of segments that servers rewrite 1 to 1.
	RewriteRows int64
	// Bytes of those rows, as an estimate: rows by RowBytes.
	RewriteBytes int64
	// The size of a row in bytes that the estimates use; 0 if it is not known.
	RowBytes int64
	// The size of a segment in bytes that the estimates use.
	SegmentBytes int64
	// The share of the stored segments that one plain compaction would save, from 0 to 1: 1 - (segments after it / stored
	// segments). It is 0 if none can be merged, and 0.9 if ten would become one. Results of clustering count as they are.
	// Negative if the stored segments are not known.
	Fragmentation float64
}

// OptimizeStep is a line of a result: a stage, or one round of the compaction.
type OptimizeStep struct {
	// The stage.
	Stage Stage
	// How it ended.
	State StepState
	// The number of the round, from 1; 0 for a whole stage.
	Round int
	// Whether the round applied deletions (an L0 compaction).
	L0 bool
	// The job of the round, or [NoJob].
	JobID JobID
	// Duration.
	Elapsed time.Duration
	// What the round found out about its job.
	Report *Report
	// What happened, as a text for people.
	Text string
}

// OptimizeResult is the result of one collection. [NotReported] stands for what is not known.
type OptimizeResult struct {
	// The name or alias that you gave, or that the server listed.
	Collection string
	// The stage in which it ended: [StageDone] after the last, also with [ErrIncomplete].
	Stage Stage
	// How the compaction ended, all rounds together. [VerdictNothingToDo] if nothing was triggered.
	Verdict Verdict
	// Jobs that were triggered or followed.
	Rounds int
	// Whether the collection is loaded: [Yes], [No] or [NotKnown].
	Loaded Answer
	// The latest job, or [NoJob]. If the call ended early, it may go on.
	JobID JobID
	// A line for each stage and each round, in the order in which they ended: the rounds of the compaction come before its
	// stage.
	Steps []OptimizeStep
	// Nil if it did not fail, else an [*Error].
	Err error
	// Segments with stored rows before the first round.
	SegmentsBefore int64
	// Segments with stored rows after the last round.
	SegmentsAfter int64
	// Rows of those segments before. Deleted rows count until a compaction purges them.
	RowsBefore int64
	// Rows of those segments after.
	RowsAfter int64
	// Segments of deletions (L0) before the first round. Servers since 2.4.7 report it.
	L0SegmentsBefore int64
	// Segments of deletions (L0) after the last round.
	L0SegmentsAfter int64
	// Segments that the rounds rewrote, as listed before each. With OnlyEstimate: that they would rewrite.
	SegmentsIn int64
	// About how many they became. [NotReported] for a clustering.
	SegmentsOut int64
	// Their rows.
	RewriteRows int64
	// Their bytes, as an estimate: RewriteRows times RowBytes. Servers report no sizes.
	RewriteBytes int64
	// The size of a row in bytes: from the parameters, or of the fixed-width fields of the schema.
	RowBytes int64
	// Segments that the query nodes serve at the end, of those that they should.
	ServedSegments int64
	// Stored segments that are not in the state that was wanted, by reason. Other counts those that could be merged, but
	// were held or refused.
	LeftOut *LeftOut
	// Segments that were stored since the first round began, by flushes and other compactions.
	NewSegments int64
	// Duration.
	Elapsed time.Duration
}

// Progress is how far an operation is. Only waits, [Client.Optimize], [Client.OptimizeMany], [Client.CompactMany],
// [Client.Survey] and [Client.Collections] know more than the time.
type Progress struct {
	// Time since the start, or from the start to the end.
	Elapsed time.Duration
	// Plans that are known so far, of all jobs together. More may become known.
	Planned int64
	// Plans that completed.
	Completed int64
	// Plans that failed or timed out.
	Failed int64
	// Plans that ended, per second so far; 0 at first.
	PlansPerSecond float64
	// Collections of [Client.CompactMany], [Client.OptimizeMany], [Client.Survey] or [Client.Collections]; 0 until their
	// number is known, and for other operations.
	Collections int64
	// Collections that are done, with or without success.
	CollectionsDone int64
	// Collections that failed.
	CollectionsFailed int64
	// Collections that [Client.CompactMany] skipped; they are done, too.
	CollectionsSkipped int64
	// Time since a number here other than a time last changed, or since the start; it stops at the end. It says what was
	// seen: it grows also while the server cannot be reached.
	Stalled time.Duration
	// Milliseconds until all collections are done, or all plans of a wait for one job, if they go on at the rate so far: a
	// guess, as they differ. 0 where nobody can tell: before three of them and a tenth were seen to be done, once
	// collections were skipped (those take no time) or plans of the one job failed, at the end, and for other operations,
	// [Client.Optimize] among them.
	Remaining time.Duration
	// The stage of [Client.Optimize]; 0 for other operations.
	Stage Stage
	// The round of its compaction, from 1; 0 before.
	Round int
	// How far the stage is, of StageTotal: indexed rows, percent of a load, or segments that are served.
	StageDone int64
	// What the stage has to do; 0 while that is not known.
	StageTotal int64
	// Segments that the rounds so far, with the next, rewrite; known before the trigger.
	RewriteSegments int64
	// Their rows.
	RewriteRows int64
	// Their bytes, as an estimate: see [OptimizeResult].
	RewriteBytes int64
}

// CollectionEvent is what happened to a collection.
type CollectionEvent struct {
	// What happened.
	Event Event
	// How it ended, as in the list of results; [ErrPending] before.
	Status Status
	// Whether it ended because the parameters skip it.
	Skipped bool
	// The collection as it was given or listed; with AllDatabases "database/collection".
	Collection string
	// Its place in the list of results, from 0; 0 of [Client.Optimize].
	Index int64
	// The job that was triggered, or with which the collection ended; [NoJob] if there is none.
	JobID JobID
	// Time since the operation started.
	Elapsed time.Duration
}

// RequestStats is the requests of one kind that were sent, by how they ended, and how long the server took to answer
// (ok and refused): half, nine tenths and 99 hundredths took no longer than this. A percentile is never too small and
// at most an eighth too large; all are 0 while nothing was answered.
type RequestStats struct {
	// The server answered.
	Ok int64
	// The server answered with an error.
	Refused int64
	// The connection ended before the answer.
	Lost int64
	// The time for the request was over before the answer.
	TimedOut int64
	// The operation was cancelled, or its client closed, before the answer.
	Cancelled int64
	// Microseconds that half of the answers took at most.
	P50Us int64
	// Microseconds that nine tenths of the answers took at most.
	P90Us int64
	// Microseconds that 99 hundredths of the answers took at most.
	P99Us int64
	// Microseconds of the slowest answer, exactly.
	MaxUs int64
}

// Stats is what a client has done so far, and does now.
type Stats struct {
	// Connections that were made.
	ConnectionsMade int64
	// Attempts to connect that failed.
	ConnectionsFailed int64
	// Connections that ended although nobody had closed the client.
	ConnectionsLost int64
	// How often a call was tried again after a pause.
	Retries int64
	// Requests that were sent again because the server proved that it had not processed them.
	Resends int64
	// How often waits asked about their jobs.
	Polls int64
	// Bytes of the messages that were sent: without headers and pings.
	BytesSent int64
	// The same of those received.
	BytesReceived int64
	// Operations that run now, and callbacks that run or are due.
	OperationsInFlight int64
	// Requests that wait for an answer or for their turn now.
	RequestsInFlight int64
	// Jobs that waits follow now.
	JobsFollowed int64
	// The requests Connect, and GetVersion where Connect does not tell the version: for each connection.
	Handshakes RequestStats
	// ManualCompaction and Flush: what starts work on the server.
	Triggers RequestStats
	// GetCompactionState.
	States RequestStats
	// GetCompactionStateWithPlans.
	Plans RequestStats
	// GetPersistentSegmentInfo and GetQuerySegmentInfo.
	Segments RequestStats
	// Every other request.
	Others RequestStats
}

func serverInfoOf(c *C.milvus_server_info) ServerInfo {
	return ServerInfo{
		ClientID:   int64(c.client_id),
		Lite:       c.is_lite == C.MILVUS_YES,
		Version:    C.GoString(&c.version[0]),
		DeployMode: C.GoString(&c.deploy_mode[0]),
	}
}

func compactResultOf(c *C.milvus_compact_result) CompactResult {
	return CompactResult{
		Trigger:          Trigger(c.trigger),
		JobID:            JobID(c.job_id),
		Planned:          int64(c.planned),
		UnsortedSegments: int64(c.unsorted_segments),
	}
}

func planCountsOf(c *C.milvus_plan_counts) PlanCounts {
	return PlanCounts{
		Executing: int64(c.executing),
		Completed: int64(c.completed),
		Failed:    int64(c.failed),
		TimedOut:  int64(c.timed_out),
	}
}

func stateInfoOf(c *C.milvus_compaction_state_info) StateInfo {
	return StateInfo{
		State:  CompactionState(c.state),
		Counts: planCountsOf(&c.counts),
	}
}

func segmentDiffOf(c *C.milvus_segment_diff) SegmentDiff {
	return SegmentDiff{
		SegmentsBefore:   int64(c.segments_before),
		SegmentsAfter:    int64(c.segments_after),
		RowsBefore:       int64(c.rows_before),
		RowsAfter:        int64(c.rows_after),
		RowsPurged:       int64(c.rows_purged),
		SegmentsRemoved:  int64(c.segments_removed),
		SegmentsAdded:    int64(c.segments_added),
		SourcesRemaining: int64(c.sources_remaining),
		TargetsMissing:   int64(c.targets_missing),
		TargetsConfirmed: int64(c.targets_confirmed),
		L0SegmentsBefore: int64(c.l0_segments_before),
		L0SegmentsAfter:  int64(c.l0_segments_after),
	}
}

func leftOutOf(c *C.milvus_left_out) LeftOut {
	return LeftOut{
		Total:       int64(c.total),
		Unsorted:    int64(c.unsorted),
		L0:          int64(c.l0),
		Clustered:   int64(c.clustered),
		Importing:   int64(c.importing),
		Unflushed:   int64(c.unflushed),
		NotAskedFor: int64(c.not_asked_for),
		Other:       int64(c.other),
	}
}

func reportOf(c *C.milvus_compaction_report) Report {
	value := Report{
		Verdict:          Verdict(c.verdict),
		JobID:            JobID(c.job_id),
		Planned:          int64(c.planned),
		Counts:           planCountsOf(&c.counts),
		UnknownPlans:     int64(c.unknown_plans),
		Elapsed:          milliseconds(c.elapsed_ms),
		Polls:            uint64(c.polls),
		FailedPolls:      uint64(c.failed_polls),
		UnsortedSegments: int64(c.unsorted_segments),
		Stalled:          milliseconds(c.stalled_ms),
	}
	if c.has_segment_diff == C.MILVUS_YES {
		segmentDiff := segmentDiffOf(&c.segment_diff)
		value.SegmentDiff = &segmentDiff
	}
	if c.left_out.total != C.MILVUS_NOT_REPORTED {
		leftOut := leftOutOf(&c.left_out)
		value.LeftOut = &leftOut
	}
	return value
}

func planOf(c *C.milvus_plan) Plan {
	value := Plan{
		Sources:       int64s(c.sources, c.source_count),
		Target:        int64(c.target),
		Targets:       int64s(c.targets, c.target_count),
		Judgement:     Judgement(c.judgement),
		Reason:        Reason(c.reason),
		FailureReason: C.GoString(c.failure_reason),
	}
	if c.has_details == C.MILVUS_YES {
		value.Details = &PlanDetails{
			Type:         PlanType(c._type),
			State:        PlanState(c.state),
			PlanID:       int64(c.plan_id),
			JobID:        JobID(c.job_id),
			CollectionID: int64(c.collection_id),
			PartitionID:  int64(c.partition_id),
			Channel:      C.GoString(c.channel),
		}
	}
	return value
}

func segmentOf(c *C.milvus_segment) Segment {
	return Segment{
		ID:             int64(c.id),
		CollectionID:   int64(c.collection_id),
		PartitionID:    int64(c.partition_id),
		Rows:           int64(c.rows),
		State:          SegmentState(c.state),
		Level:          SegmentLevel(c.level),
		Sorted:         Answer(c.is_sorted),
		StorageVersion: int64(c.storage_version),
		Memory:         int64(c.memory),
		Channel:        C.GoString(c.channel),
		CompactionFrom: int64s(c.compaction_from, c.compaction_from_count),
		Nodes:          int64s(c.nodes, c.node_count),
	}
}

func checkResultOf(c *C.milvus_check_result) CheckResult {
	return CheckResult{
		WouldCompact:       Answer(c.would_compact),
		WouldCompactIfFree: Answer(c.would_compact_if_free),
		MayBeBusy:          Answer(c.may_be_busy),
		Enabled:            Answer(c.is_enabled),
		Running:            Answer(c.is_running),
		Indexed:            Answer(c.is_indexed),
		NeedsIndex:         Answer(c.needs_index),
		HasClusteringKey:   Answer(c.has_clustering_key),
		HasUnflushed:       Answer(c.has_unflushed),
		Final:              Answer(c.is_final),
		Segments:           int64(c.segments),
		Rows:               int64(c.rows),
		ExpectedSegments:   int64(c.expected_segments),
		UnsortedSegments:   int64(c.unsorted_segments),
		L0Segments:         int64(c.l0_segments),
		UnindexedRows:      int64(c.unindexed_rows),
		Reason:             C.GoString(&c.reason[0]),
	}
}

func resolutionOf(c *C.milvus_resolution) Resolution {
	return Resolution{
		State: ResolutionState(c.state),
		JobID: JobID(c.job_id),
		Text:  C.GoString(&c.text[0]),
	}
}

func collectionInfoOf(c *C.milvus_collection_info) CollectionInfo {
	return CollectionInfo{
		Collection:       C.GoString(c.collection_name),
		Database:         C.GoString(c.database),
		Aliases:          C.GoString(c.aliases),
		ID:               int64(c.id),
		Rows:             int64(c.rows),
		Loaded:           Answer(c.is_loaded),
		HasClusteringKey: Answer(c.has_clustering_key),
		Err:              failureOf(c.error),
	}
}

func databaseInfoOf(c *C.milvus_database_info) DatabaseInfo {
	return DatabaseInfo{
		Database: C.GoString(c.database),
		ID:       int64(c.id),
	}
}

func surveyResultOf(c *C.milvus_survey_result) SurveyResult {
	value := SurveyResult{
		Collection:       C.GoString(c.collection_name),
		Database:         C.GoString(c.database),
		Err:              failureOf(c.error),
		StoredSegments:   int64(c.stored_segments),
		StoredRows:       int64(c.stored_rows),
		StoredBytes:      int64(c.stored_bytes),
		SmallSegments:    int64(c.small_segments),
		UnsortedSegments: int64(c.unsorted_segments),
		L0Segments:       int64(c.l0_segments),
		DeletedRows:      int64(c.deleted_rows),
		MergedSegments:   int64(c.merged_segments),
		MergedInto:       int64(c.merged_into),
		RewriteRows:      int64(c.rewrite_rows),
		RewriteBytes:     int64(c.rewrite_bytes),
		RowBytes:         int64(c.row_bytes),
		SegmentBytes:     int64(c.segment_bytes),
		Fragmentation:    float64(c.fragmentation),
	}
	if c.check != nil {
		check := checkResultOf(c.check)
		value.Check = &check
	}
	return value
}

func optimizeStepOf(c *C.milvus_optimize_step) OptimizeStep {
	value := OptimizeStep{
		Stage:   Stage(c.stage),
		State:   StepState(c.state),
		Round:   int(c.round),
		L0:      c.is_l0 == C.MILVUS_YES,
		JobID:   JobID(c.job_id),
		Elapsed: milliseconds(c.elapsed_ms),
		Text:    C.GoString(c.text),
	}
	if c.report != nil {
		report := reportOf(c.report)
		value.Report = &report
	}
	return value
}

func optimizeResultOf(c *C.milvus_optimize_result) OptimizeResult {
	value := OptimizeResult{
		Collection:       C.GoString(c.collection_name),
		Stage:            Stage(c.stage),
		Verdict:          Verdict(c.verdict),
		Rounds:           int(c.rounds),
		Loaded:           Answer(c.is_loaded),
		JobID:            JobID(c.job_id),
		Err:              failureOf(c.error),
		SegmentsBefore:   int64(c.segments_before),
		SegmentsAfter:    int64(c.segments_after),
		RowsBefore:       int64(c.rows_before),
		RowsAfter:        int64(c.rows_after),
		L0SegmentsBefore: int64(c.l0_segments_before),
		L0SegmentsAfter:  int64(c.l0_segments_after),
		SegmentsIn:       int64(c.segments_in),
		SegmentsOut:      int64(c.segments_out),
		RewriteRows:      int64(c.rewrite_rows),
		RewriteBytes:     int64(c.rewrite_bytes),
		RowBytes:         int64(c.row_bytes),
		ServedSegments:   int64(c.served_segments),
		NewSegments:      int64(c.new_segments),
		Elapsed:          milliseconds(c.elapsed_ms),
	}
	if c.left_out.total != C.MILVUS_NOT_REPORTED {
		leftOut := leftOutOf(&c.left_out)
		value.LeftOut = &leftOut
	}
	return value
}

func progressOf(c *C.milvus_progress) Progress {
	return Progress{
		Elapsed:            milliseconds(c.elapsed_ms),
		Planned:            int64(c.planned),
		Completed:          int64(c.completed),
		Failed:             int64(c.failed),
		PlansPerSecond:     float64(c.plans_per_second),
		Collections:        int64(c.collections),
		CollectionsDone:    int64(c.collections_done),
		CollectionsFailed:  int64(c.collections_failed),
		CollectionsSkipped: int64(c.collections_skipped),
		Stalled:            milliseconds(c.stalled_ms),
		Remaining:          milliseconds(c.remaining_ms),
		Stage:              Stage(c.stage),
		Round:              int(c.round),
		StageDone:          int64(c.stage_done),
		StageTotal:         int64(c.stage_total),
		RewriteSegments:    int64(c.rewrite_segments),
		RewriteRows:        int64(c.rewrite_rows),
		RewriteBytes:       int64(c.rewrite_bytes),
	}
}

func collectionEventOf(c *C.milvus_collection_event) CollectionEvent {
	return CollectionEvent{
		Event:      Event(c.event),
		Status:     Status(c.status),
		Skipped:    c.is_skipped == C.MILVUS_YES,
		Collection: C.GoString(c.collection_name),
		Index:      int64(c.index),
		JobID:      JobID(c.job_id),
		Elapsed:    milliseconds(c.elapsed_ms),
	}
}

func requestStatsOf(c *C.milvus_request_stats) RequestStats {
	return RequestStats{
		Ok:        int64(c.ok),
		Refused:   int64(c.refused),
		Lost:      int64(c.lost),
		TimedOut:  int64(c.timed_out),
		Cancelled: int64(c.cancelled),
		P50Us:     int64(c.p50_us),
		P90Us:     int64(c.p90_us),
		P99Us:     int64(c.p99_us),
		MaxUs:     int64(c.max_us),
	}
}

func statsOf(c *C.milvus_stats) Stats {
	return Stats{
		ConnectionsMade:    int64(c.connections_made),
		ConnectionsFailed:  int64(c.connections_failed),
		ConnectionsLost:    int64(c.connections_lost),
		Retries:            int64(c.retries),
		Resends:            int64(c.resends),
		Polls:              int64(c.polls),
		BytesSent:          int64(c.bytes_sent),
		BytesReceived:      int64(c.bytes_received),
		OperationsInFlight: int64(c.operations_in_flight),
		RequestsInFlight:   int64(c.requests_in_flight),
		JobsFollowed:       int64(c.jobs_followed),
		Handshakes:         requestStatsOf(&c.handshakes),
		Triggers:           requestStatsOf(&c.triggers),
		States:             requestStatsOf(&c.states),
		Plans:              requestStatsOf(&c.plans),
		Segments:           requestStatsOf(&c.segments),
		Others:             requestStatsOf(&c.others),
	}
}

// MarshalJSON writes the object that the C library writes, see docs/guide/json.md.
func (v PlanCounts) MarshalJSON() ([]byte, error) {
	o := newJSONObject()
	o.number("executing", v.Executing)
	o.number("completed", v.Completed)
	o.number("failed", v.Failed)
	o.number("timed_out", v.TimedOut)
	return o.done()
}

// MarshalJSON writes the object that the C library writes, see docs/guide/json.md.
func (v SegmentDiff) MarshalJSON() ([]byte, error) {
	o := newJSONObject()
	o.number("segments_before", v.SegmentsBefore)
	o.number("segments_after", v.SegmentsAfter)
	o.number("rows_before", v.RowsBefore)
	o.number("rows_after", v.RowsAfter)
	o.number("rows_purged", v.RowsPurged)
	o.number("segments_removed", v.SegmentsRemoved)
	o.number("segments_added", v.SegmentsAdded)
	o.number("sources_remaining", v.SourcesRemaining)
	o.number("targets_missing", v.TargetsMissing)
	o.number("targets_confirmed", v.TargetsConfirmed)
	o.number("l0_segments_before", v.L0SegmentsBefore)
	o.number("l0_segments_after", v.L0SegmentsAfter)
	return o.done()
}

// MarshalJSON writes the object that the C library writes, see docs/guide/json.md.
func (v LeftOut) MarshalJSON() ([]byte, error) {
	o := newJSONObject()
	o.number("total", v.Total)
	o.number("unsorted", v.Unsorted)
	o.number("l0", v.L0)
	o.number("clustered", v.Clustered)
	o.number("importing", v.Importing)
	o.number("unflushed", v.Unflushed)
	o.number("not_asked_for", v.NotAskedFor)
	o.number("other", v.Other)
	return o.done()
}

// MarshalJSON writes the object that the C library writes, see docs/guide/json.md.
func (v Report) MarshalJSON() ([]byte, error) {
	o := newJSONObject()
	o.name("verdict", int32(v.Verdict), v.Verdict)
	o.job("job_id", v.JobID)
	o.planned("planned", v.Planned, v.Verdict)
	o.object("counts", v.Counts, false)
	o.number("unknown_plans", v.UnknownPlans)
	o.duration("elapsed_ms", v.Elapsed)
	o.numberUnsigned("polls", v.Polls)
	o.numberUnsigned("failed_polls", v.FailedPolls)
	o.object("segment_diff", v.SegmentDiff, v.SegmentDiff == nil)
	o.object("left_out", v.LeftOut, v.LeftOut == nil)
	o.number("unsorted_segments", v.UnsortedSegments)
	o.duration("stalled_ms", v.Stalled)
	return o.done()
}

// MarshalJSON writes the object that the C library writes, see docs/guide/json.md.
func (v Plan) MarshalJSON() ([]byte, error) {
	o := newJSONObject()
	o.ids("sources", v.Sources)
	o.id("target", v.Target)
	o.ids("targets", v.Targets)
	o.name("judgement", int32(v.Judgement), v.Judgement)
	o.name("reason", int32(v.Reason), v.Reason)
	details := v.Details
	if details == nil {
		details = &noPlanDetails
	}
	o.name("type", int32(details.Type), details.Type)
	o.name("state", int32(details.State), details.State)
	o.id("plan_id", details.PlanID)
	o.id("job_id", int64(details.JobID))
	o.id("collection_id", details.CollectionID)
	o.id("partition_id", details.PartitionID)
	o.filled("channel", details.Channel)
	o.filled("failure_reason", v.FailureReason)
	return o.done()
}

// MarshalJSON writes the object that the C library writes, see docs/guide/json.md.
func (v Segment) MarshalJSON() ([]byte, error) {
	o := newJSONObject()
	o.id("id", v.ID)
	o.id("collection_id", v.CollectionID)
	o.id("partition_id", v.PartitionID)
	o.number("rows", v.Rows)
	o.name("state", int32(v.State), v.State)
	o.name("level", int32(v.Level), v.Level)
	o.answer("is_sorted", v.Sorted)
	o.number("storage_version", v.StorageVersion)
	o.number("memory", v.Memory)
	o.filled("channel", v.Channel)
	o.ids("compaction_from", v.CompactionFrom)
	o.ids("nodes", v.Nodes)
	return o.done()
}

// MarshalJSON writes the object that the C library writes, see docs/guide/json.md.
func (v CheckResult) MarshalJSON() ([]byte, error) {
	o := newJSONObject()
	o.answer("would_compact", v.WouldCompact)
	o.answer("would_compact_if_free", v.WouldCompactIfFree)
	o.answer("may_be_busy", v.MayBeBusy)
	o.answer("is_enabled", v.Enabled)
	o.answer("is_running", v.Running)
	o.answer("is_indexed", v.Indexed)
	o.answer("needs_index", v.NeedsIndex)
	o.answer("has_clustering_key", v.HasClusteringKey)
	o.answer("has_unflushed", v.HasUnflushed)
	o.answer("is_final", v.Final)
	o.number("segments", v.Segments)
	o.number("rows", v.Rows)
	o.number("expected_segments", v.ExpectedSegments)
	o.number("unsorted_segments", v.UnsortedSegments)
	o.number("l0_segments", v.L0Segments)
	o.number("unindexed_rows", v.UnindexedRows)
	o.str("reason", v.Reason)
	return o.done()
}

// MarshalJSON writes the object that the C library writes, see docs/guide/json.md.
func (v CollectionInfo) MarshalJSON() ([]byte, error) {
	o := newJSONObject()
	o.str("collection_name", v.Collection)
	o.filled("database", v.Database)
	o.aliases("aliases", v.Aliases)
	o.id("id", v.ID)
	o.number("rows", v.Rows)
	o.answer("is_loaded", v.Loaded)
	o.answer("has_clustering_key", v.HasClusteringKey)
	o.status("status", v.Err)
	o.failure("error", v.Err)
	return o.done()
}

// MarshalJSON writes the object that the C library writes, see docs/guide/json.md.
func (v DatabaseInfo) MarshalJSON() ([]byte, error) {
	o := newJSONObject()
	o.filled("database", v.Database)
	o.id("id", v.ID)
	return o.done()
}

// MarshalJSON writes the object that the C library writes, see docs/guide/json.md.
func (v SurveyResult) MarshalJSON() ([]byte, error) {
	o := newJSONObject()
	o.filled("collection_name", v.Collection)
	o.filled("database", v.Database)
	o.status("status", v.Err)
	o.failure("error", v.Err)
	o.object("check", v.Check, v.Check == nil)
	o.number("stored_segments", v.StoredSegments)
	o.number("stored_rows", v.StoredRows)
	o.number("stored_bytes", v.StoredBytes)
	o.number("small_segments", v.SmallSegments)
	o.number("unsorted_segments", v.UnsortedSegments)
	o.number("l0_segments", v.L0Segments)
	o.number("deleted_rows", v.DeletedRows)
	o.number("merged_segments", v.MergedSegments)
	o.number("merged_into", v.MergedInto)
	o.number("rewrite_rows", v.RewriteRows)
	o.number("rewrite_bytes", v.RewriteBytes)
	o.number("row_bytes", v.RowBytes)
	o.number("segment_bytes", v.SegmentBytes)
	o.share("fragmentation", v.Fragmentation)
	return o.done()
}

// MarshalJSON writes the object that the C library writes, see docs/guide/json.md.
func (v OptimizeStep) MarshalJSON() ([]byte, error) {
	o := newJSONObject()
	o.name("stage", int32(v.Stage), v.Stage)
	o.name("state", int32(v.State), v.State)
	o.number("round", int64(v.Round))
	o.boolean("is_l0", v.L0)
	o.job("job_id", v.JobID)
	o.duration("elapsed_ms", v.Elapsed)
	o.object("report", v.Report, v.Report == nil)
	o.str("text", v.Text)
	return o.done()
}

// MarshalJSON writes the object that the C library writes, see docs/guide/json.md.
func (v OptimizeResult) MarshalJSON() ([]byte, error) {
	o := newJSONObject()
	o.str("collection_name", v.Collection)
	o.status("status", v.Err)
	o.name("stage", int32(v.Stage), v.Stage)
	o.name("verdict", int32(v.Verdict), v.Verdict)
	o.number("rounds", int64(v.Rounds))
	o.answer("is_loaded", v.Loaded)
	o.job("job_id", v.JobID)
	o.object("steps", append([]OptimizeStep{}, v.Steps...), false)
	o.failure("error", v.Err)
	o.number("segments_before", v.SegmentsBefore)
	o.number("segments_after", v.SegmentsAfter)
	o.number("rows_before", v.RowsBefore)
	o.number("rows_after", v.RowsAfter)
	o.number("l0_segments_before", v.L0SegmentsBefore)
	o.number("l0_segments_after", v.L0SegmentsAfter)
	o.number("segments_in", v.SegmentsIn)
	o.number("segments_out", v.SegmentsOut)
	o.number("rewrite_rows", v.RewriteRows)
	o.number("rewrite_bytes", v.RewriteBytes)
	o.number("row_bytes", v.RowBytes)
	o.number("served_segments", v.ServedSegments)
	o.object("left_out", v.LeftOut, v.LeftOut == nil)
	o.number("new_segments", v.NewSegments)
	o.duration("elapsed_ms", v.Elapsed)
	return o.done()
}

// Every struct of the header by its name in C, for the test that compares them with what C has.
var layouts = map[string]reflect.Type{
	"milvus_error":                 reflect.TypeFor[C.milvus_error](),
	"milvus_option_info":           reflect.TypeFor[C.milvus_option_info](),
	"milvus_server_info":           reflect.TypeFor[C.milvus_server_info](),
	"milvus_compact_params":        reflect.TypeFor[C.milvus_compact_params](),
	"milvus_compact_result":        reflect.TypeFor[C.milvus_compact_result](),
	"milvus_plan_counts":           reflect.TypeFor[C.milvus_plan_counts](),
	"milvus_compaction_state_info": reflect.TypeFor[C.milvus_compaction_state_info](),
	"milvus_segment_diff":          reflect.TypeFor[C.milvus_segment_diff](),
	"milvus_left_out":              reflect.TypeFor[C.milvus_left_out](),
	"milvus_compaction_report":     reflect.TypeFor[C.milvus_compaction_report](),
	"milvus_plan":                  reflect.TypeFor[C.milvus_plan](),
	"milvus_segment":               reflect.TypeFor[C.milvus_segment](),
	"milvus_check_result":          reflect.TypeFor[C.milvus_check_result](),
	"milvus_resolution":            reflect.TypeFor[C.milvus_resolution](),
	"milvus_collection_info":       reflect.TypeFor[C.milvus_collection_info](),
	"milvus_database_info":         reflect.TypeFor[C.milvus_database_info](),
	"milvus_survey_params":         reflect.TypeFor[C.milvus_survey_params](),
	"milvus_survey_result":         reflect.TypeFor[C.milvus_survey_result](),
	"milvus_many_params":           reflect.TypeFor[C.milvus_many_params](),
	"milvus_many_result":           reflect.TypeFor[C.milvus_many_result](),
	"milvus_optimize_params":       reflect.TypeFor[C.milvus_optimize_params](),
	"milvus_optimize_result":       reflect.TypeFor[C.milvus_optimize_result](),
	"milvus_optimize_step":         reflect.TypeFor[C.milvus_optimize_step](),
	"milvus_progress":              reflect.TypeFor[C.milvus_progress](),
	"milvus_collection_event":      reflect.TypeFor[C.milvus_collection_event](),
	"milvus_request_stats":         reflect.TypeFor[C.milvus_request_stats](),
	"milvus_stats":                 reflect.TypeFor[C.milvus_stats](),
}
