// The kinds, states and results that servers and the library tell. Later versions may have more.

// Code generated from include/milvus_client.h by "make bindings". DO NOT EDIT.

package milvus

// #include <milvus_client.h>
import "C"

const (
	// The server does not report this number. No number that it does report is negative.
	NotReported int64 = C.MILVUS_NOT_REPORTED
	// There is no job: the server scheduled nothing. Every function that takes a job id takes this one too.
	NoJob JobID = C.MILVUS_NO_JOB
	// There is a job, but the server does not tell its id. No function takes this as a job id.
	UnknownJob JobID = C.MILVUS_UNKNOWN_JOB
	// There is no segment: a plan has no result, or none yet.
	NoSegment int64 = C.MILVUS_NO_SEGMENT
	// As TargetSizeMB: as large as the server allows.
	LargestTargetSize int64 = C.MILVUS_LARGEST_TARGET_SIZE
)

// Status is how a call ended. Each constant is also an error, for [errors.Is].
type Status int32

const (
	// A parameter is malformed or out of range; the message names it.
	ErrInvalidArgument Status = C.MILVUS_INVALID_ARGUMENT
	// The handle is freed, of another type, or not from this library.
	ErrInvalidHandle Status = C.MILVUS_INVALID_HANDLE
	// The client is closed; make a new one.
	ErrClosed Status = C.MILVUS_CLOSED
	// This process is a fork of one that used the library; use the library in the parent, or call exec first.
	ErrForked Status = C.MILVUS_FORKED
	// The operation still runs; wait for its future, or ask again later.
	ErrPending Status = C.MILVUS_PENDING
	// The server does not answer, or the connection broke; check the address and the server.
	ErrUnavailable Status = C.MILVUS_UNAVAILABLE
	// No secure connection is possible; check http or https, and the certificates.
	ErrTLSFailed Status = C.MILVUS_TLS_FAILED
	// The time limit passed; the work on the server may still go on.
	ErrTimeout Status = C.MILVUS_TIMEOUT
	// The caller cancelled the call; the work on the server may still go on.
	ErrCancelled Status = C.MILVUS_CANCELLED
	// The server does not accept the token; check it.
	ErrUnauthenticated Status = C.MILVUS_UNAUTHENTICATED
	// The user lacks the privilege that the message names; ask an administrator for it.
	ErrPermissionDenied Status = C.MILVUS_PERMISSION_DENIED
	// The database has no collection or alias of that name.
	ErrCollectionNotFound Status = C.MILVUS_COLLECTION_NOT_FOUND
	// No database of that name exists.
	ErrDatabaseNotFound Status = C.MILVUS_DATABASE_NOT_FOUND
	// The server's rate limit refused the call; if the error is retriable, try again in a few seconds.
	ErrRateLimited Status = C.MILVUS_RATE_LIMITED
	// The server is starting, or a part of it is down; try again in a few seconds.
	ErrNotReady Status = C.MILVUS_NOT_READY
	// The server's configuration switches compaction off (dataCoord.enableCompaction).
	ErrCompactionDisabled Status = C.MILVUS_COMPACTION_DISABLED
	// This version of the server cannot do that; the message names the version that can.
	ErrUnsupported Status = C.MILVUS_UNSUPPORTED
	// The server refused or failed; the error has the server's own code and text.
	ErrServerError Status = C.MILVUS_SERVER_ERROR
	// The collection has no partition of that name.
	ErrPartitionNotFound Status = C.MILVUS_PARTITION_NOT_FOUND
	// The compaction ended, and some of its plans failed or timed out; the report has the counts.
	ErrCompactionFailed Status = C.MILVUS_COMPACTION_FAILED
	// Nobody can tell how the compaction ended; look at the segments, or compact again.
	ErrOutcomeUnknown Status = C.MILVUS_OUTCOME_UNKNOWN
	// Some collections failed; the list has the error of each.
	ErrSomeFailed Status = C.MILVUS_SOME_FAILED
	// Nothing started: another compaction holds the segments or ran instead, or the server refuses for now; try again
	// later.
	ErrBusy Status = C.MILVUS_BUSY
	// Nothing has changed for the stall timeout of the client; the job may go on, so wait again or look at the server.
	ErrStalled Status = C.MILVUS_STALLED
	// The compaction would go beyond a bound that the caller set; the library did not trigger it.
	ErrOutOfBounds Status = C.MILVUS_OUT_OF_BOUNDS
	// The collection was compacted, but segments were left out; the result says how many and why. Optimize it again later.
	ErrIncomplete Status = C.MILVUS_INCOMPLETE
	// The collection is compacted, but the query nodes do not serve all of the result yet; the message names what is
	// missing.
	ErrNotServed Status = C.MILVUS_NOT_SERVED
	// This is a defect of the library; please report the message.
	ErrInternal Status = C.MILVUS_INTERNAL
	// The process has no handle, thread or other resource left.
	ErrOutOfMemory Status = C.MILVUS_OUT_OF_MEMORY
)

// String is the name of the constant in C without MILVUS_.
func (s Status) String() string {
	return nameOf(C.milvus_status_name(C.int32_t(s)), int32(s))
}

// Error says what it means, and what to do about it, in one sentence.
func (s Status) Error() string {
	return C.GoString(C.milvus_status_message(C.int32_t(s)))
}

// Answer is whether something is so, if anybody can tell.
type Answer int32

const (
	// The answer is not known. Compare with [Yes]: as a plain condition, this number counts as true.
	NotKnown Answer = C.MILVUS_NOT_KNOWN
	// The answer is no.
	No Answer = C.MILVUS_NO
	// The answer is yes.
	Yes Answer = C.MILVUS_YES
)

// String is what it is called, in short.
func (a Answer) String() string {
	return nameOf(C.milvus_answer_name(C.int32_t(a)), int32(a))
}

// Trigger is what came of a trigger.
type Trigger int32

const (
	// The trigger was not sent, or the server did not answer it.
	TriggerNone Trigger = C.MILVUS_TRIGGER_NONE
	// The server scheduled plans for this trigger.
	TriggerScheduled Trigger = C.MILVUS_TRIGGER_SCHEDULED
	// The server scheduled nothing: its segments show nothing to compact (but see [ErrBusy]). A server before 2.4 gives a
	// job id all the same; a wait for that job reports that there was nothing to do.
	TriggerNothingToDo Trigger = C.MILVUS_TRIGGER_NOTHING_TO_DO
	// The server scheduled nothing new: a job of the same kind runs on the whole collection, and JobID has it. Rows that
	// were flushed after it began are not in it; trigger again later if they matter.
	TriggerAlreadyRunning Trigger = C.MILVUS_TRIGGER_ALREADY_RUNNING
	// The server gave a job, but nobody can tell whether it belongs to this trigger. Before 2.4: the plans of the job
	// cannot be listed. Clustering up to 3.0.0: the server answers with any running job of the collection.
	TriggerAccepted Trigger = C.MILVUS_TRIGGER_ACCEPTED
	// Nothing was triggered: the parameters of [Client.CompactMany] skip the collection.
	TriggerSkipped Trigger = C.MILVUS_TRIGGER_SKIPPED
)

// String is what it is called, in short.
func (t Trigger) String() string {
	return nameOf(C.milvus_trigger_name(C.int32_t(t)), int32(t))
}

// CompactionState is what the server says of a job.
type CompactionState int32

const (
	// The server answered with a state that this library does not know.
	CompactionStateUndefined CompactionState = C.MILVUS_COMPACTION_STATE_UNDEFINED
	// At least one plan runs or waits to run.
	CompactionStateExecuting CompactionState = C.MILVUS_COMPACTION_STATE_EXECUTING
	// No plan runs. That alone means little: jobs that failed or never existed are Completed too.
	CompactionStateCompleted CompactionState = C.MILVUS_COMPACTION_STATE_COMPLETED
)

// String is what it is called, in short.
func (c CompactionState) String() string {
	return nameOf(C.milvus_compaction_state_name(C.int32_t(c)), int32(c))
}

// Verdict is how a compaction ended.
type Verdict int32

const (
	// There is no verdict: the wait ended before the job did.
	VerdictNone Verdict = C.MILVUS_VERDICT_NONE
	// Every plan of the job completed.
	VerdictSucceeded Verdict = C.MILVUS_VERDICT_SUCCEEDED
	// The server scheduled nothing: its segments show nothing to compact. Before 2.4 another compaction may hold the
	// segments.
	VerdictNothingToDo Verdict = C.MILVUS_VERDICT_NOTHING_TO_DO
	// Some plans completed; others failed or timed out.
	VerdictPartlyFailed Verdict = C.MILVUS_VERDICT_PARTLY_FAILED
	// Plans failed, and none completed.
	VerdictFailed Verdict = C.MILVUS_VERDICT_FAILED
	// The plans ran out of the time that the server gives them, and none completed.
	VerdictTimedOut Verdict = C.MILVUS_VERDICT_TIMED_OUT
	// The server forgot the job, never knew it, or forgot too much of it.
	VerdictUnknown Verdict = C.MILVUS_VERDICT_UNKNOWN
	// The trigger asked for clustering, but the server answered with another job of the collection and started none. That
	// other job is over: trigger again. The wait returns [ErrBusy].
	VerdictNotStarted Verdict = C.MILVUS_VERDICT_NOT_STARTED
)

// String is what it is called, in short.
func (v Verdict) String() string {
	return nameOf(C.milvus_verdict_name(C.int32_t(v)), int32(v))
}

// Message says what it means, in one sentence.
func (v Verdict) Message() string {
	return C.GoString(C.milvus_verdict_message(C.int32_t(v)))
}

// PlanType is what a plan does.
type PlanType int32

const (
	// None.
	PlanTypeUndefined PlanType = C.MILVUS_PLAN_TYPE_UNDEFINED
	// The plan merges segments.
	PlanTypeMerge PlanType = C.MILVUS_PLAN_TYPE_MERGE
	// The plan merges segments and purges their deleted rows. This is the ordinary type.
	PlanTypeMix PlanType = C.MILVUS_PLAN_TYPE_MIX
	// The plan rewrites one segment.
	PlanTypeSingle PlanType = C.MILVUS_PLAN_TYPE_SINGLE
	// No current server makes plans of this type.
	PlanTypeMinor PlanType = C.MILVUS_PLAN_TYPE_MINOR
	// No current server makes plans of this type.
	PlanTypeMajor PlanType = C.MILVUS_PLAN_TYPE_MAJOR
	// The plan applies deletions.
	PlanTypeLevel0Delete PlanType = C.MILVUS_PLAN_TYPE_LEVEL0_DELETE
	// The plan re-clusters segments.
	PlanTypeClustering PlanType = C.MILVUS_PLAN_TYPE_CLUSTERING
	// The plan sorts a segment after its flush.
	PlanTypeSort PlanType = C.MILVUS_PLAN_TYPE_SORT
	// The plan sorts a segment by partition key.
	PlanTypePartitionKeySort PlanType = C.MILVUS_PLAN_TYPE_PARTITION_KEY_SORT
	// The plan clusters segments and sorts them by partition key.
	PlanTypeClusteringPartitionKeySort PlanType = C.MILVUS_PLAN_TYPE_CLUSTERING_PARTITION_KEY_SORT
	// The plan brings a segment to a newer schema.
	PlanTypeBumpSchemaVersion PlanType = C.MILVUS_PLAN_TYPE_BUMP_SCHEMA_VERSION
)

// String is what it is called, in short.
func (p PlanType) String() string {
	return nameOf(C.milvus_plan_type_name(C.int32_t(p)), int32(p))
}

// PlanState is how far a plan is.
type PlanState int32

const (
	// None.
	PlanStateUnknown PlanState = C.MILVUS_PLAN_STATE_UNKNOWN
	// The plan runs.
	PlanStateExecuting PlanState = C.MILVUS_PLAN_STATE_EXECUTING
	// The plan waits for a free node.
	PlanStatePipelining PlanState = C.MILVUS_PLAN_STATE_PIPELINING
	// The plan completed.
	PlanStateCompleted PlanState = C.MILVUS_PLAN_STATE_COMPLETED
	// The plan failed.
	PlanStateFailed PlanState = C.MILVUS_PLAN_STATE_FAILED
	// The plan took longer than the server allows.
	PlanStateTimeout PlanState = C.MILVUS_PLAN_STATE_TIMEOUT
	// The plan runs, and finds clusters.
	PlanStateAnalyzing PlanState = C.MILVUS_PLAN_STATE_ANALYZING
	// The plan runs, and builds indexes.
	PlanStateIndexing PlanState = C.MILVUS_PLAN_STATE_INDEXING
	// The server has cleaned up after the plan, which completed or failed.
	PlanStateCleaned PlanState = C.MILVUS_PLAN_STATE_CLEANED
	// The plan runs, and its result is stored.
	PlanStateMetaSaved PlanState = C.MILVUS_PLAN_STATE_META_SAVED
	// The plan runs, and collects statistics.
	PlanStateStatistic PlanState = C.MILVUS_PLAN_STATE_STATISTIC
)

// String is what it is called, in short.
func (p PlanState) String() string {
	return nameOf(C.milvus_plan_state_name(C.int32_t(p)), int32(p))
}

// Judgement is how one plan ended.
type Judgement int32

const (
	// It still runs or waits, or the client has not looked yet.
	JudgementOpen Judgement = C.MILVUS_JUDGEMENT_OPEN
	// The plan replaced its sources.
	JudgementCompleted Judgement = C.MILVUS_JUDGEMENT_COMPLETED
	// The plan ended and changed nothing.
	JudgementFailed Judgement = C.MILVUS_JUDGEMENT_FAILED
	// The plan ran out of the server's time and changed nothing.
	JudgementTimedOut Judgement = C.MILVUS_JUDGEMENT_TIMED_OUT
	// The plan ended, and its segments do not show how.
	JudgementUnknown Judgement = C.MILVUS_JUDGEMENT_UNKNOWN
)

// String is what it is called, in short.
func (j Judgement) String() string {
	return nameOf(C.milvus_judgement_name(C.int32_t(j)), int32(j))
}

// Reason is what a judgement rests on.
type Reason int32

const (
	// There is no judgement yet.
	ReasonNone Reason = C.MILVUS_REASON_NONE
	// The server reports the state of this plan.
	ReasonReported Reason = C.MILVUS_REASON_REPORTED
	// The plan's target is stored, and none of its sources is.
	ReasonTargetStored Reason = C.MILVUS_REASON_TARGET_STORED
	// The plan had a target that was replaced later, and none of its sources is stored.
	ReasonTargetReplaced Reason = C.MILVUS_REASON_TARGET_REPLACED
	// The plan's sources are gone, and no segment replaced them: all their rows were deleted.
	ReasonPurged Reason = C.MILVUS_REASON_PURGED
	// The L0 segments that the plan took are gone.
	ReasonDeletesApplied Reason = C.MILVUS_REASON_DELETES_APPLIED
	// The server no longer lists the plan; its sources are gone, and a segment that fits them replaced them.
	ReasonResultFits Reason = C.MILVUS_REASON_RESULT_FITS
	// The job is over, the plan has no target, and all of its sources are still stored.
	ReasonSourcesStored Reason = C.MILVUS_REASON_SOURCES_STORED
	// The server announced or counted the plan, but never listed it.
	ReasonNeverListed Reason = C.MILVUS_REASON_NEVER_LISTED
	// The client could not list the segments, or not before the trigger.
	ReasonSegmentsUnknown Reason = C.MILVUS_REASON_SEGMENTS_UNKNOWN
	// The client never saw the plan's sources stored.
	ReasonSourcesUnknown Reason = C.MILVUS_REASON_SOURCES_UNKNOWN
	// Some of the plan's sources are stored, others are gone.
	ReasonSomeSourcesStored Reason = C.MILVUS_REASON_SOME_SOURCES_STORED
	// The plan has a target, but its sources are still stored.
	ReasonTargetBesideSources Reason = C.MILVUS_REASON_TARGET_BESIDE_SOURCES
	// The plan has no target, and its sources are gone: another compaction may have taken them.
	ReasonTakenByOthers Reason = C.MILVUS_REASON_TAKEN_BY_OTHERS
	// The plan's partition was dropped, and its sources with it.
	ReasonPartitionDropped Reason = C.MILVUS_REASON_PARTITION_DROPPED
	// The plan's sources are gone, and the client could not list the partitions: the partition may have been dropped.
	ReasonPartitionsUnknown Reason = C.MILVUS_REASON_PARTITIONS_UNKNOWN
	// The server no longer lists the plan, and its sources do not show how it ended.
	ReasonNoLongerListed Reason = C.MILVUS_REASON_NO_LONGER_LISTED
	// The plan did not cluster: its target is not at level L2.
	ReasonOtherKind Reason = C.MILVUS_REASON_OTHER_KIND
	// The client cannot tell whether the plan clustered: it does not know the target's level.
	ReasonLevelUnknown Reason = C.MILVUS_REASON_LEVEL_UNKNOWN
	// The server lists contradictory facts about the plan.
	ReasonMalformed Reason = C.MILVUS_REASON_MALFORMED
)

// String is what it is called, in short.
func (r Reason) String() string {
	return nameOf(C.milvus_reason_name(C.int32_t(r)), int32(r))
}

// Message says what it means, in one sentence.
func (r Reason) Message() string {
	return C.GoString(C.milvus_reason_message(C.int32_t(r)))
}

// SegmentView is which segments of a collection to list.
type SegmentView int32

const (
	// The segments in storage. Rows that are not flushed are mostly missing.
	SegmentsStored SegmentView = C.MILVUS_SEGMENTS_STORED
	// The segments that query nodes serve; none if the collection is not loaded.
	SegmentsLoaded SegmentView = C.MILVUS_SEGMENTS_LOADED
)

// String is what it is called, in short.
func (s SegmentView) String() string {
	return spelled(s, "segment view", map[SegmentView]string{
		SegmentsStored: "stored",
		SegmentsLoaded: "loaded",
	})
}

// SegmentState is where a segment is in its life.
type SegmentState int32

const (
	// It is not reported.
	SegmentStateNotReported SegmentState = C.MILVUS_NOT_REPORTED
	// It still takes rows.
	SegmentStateGrowing SegmentState = C.MILVUS_SEGMENT_STATE_GROWING
	// In storage: complete, and about to be flushed. On query nodes: any segment that does not grow.
	SegmentStateSealed SegmentState = C.MILVUS_SEGMENT_STATE_SEALED
	// The segment is stored for good.
	SegmentStateFlushed SegmentState = C.MILVUS_SEGMENT_STATE_FLUSHED
	// The server is storing the segment.
	SegmentStateFlushing SegmentState = C.MILVUS_SEGMENT_STATE_FLUSHING
	// A compaction replaced the segment, or somebody dropped it.
	SegmentStateDropped SegmentState = C.MILVUS_SEGMENT_STATE_DROPPED
	// An import is writing the segment.
	SegmentStateImporting SegmentState = C.MILVUS_SEGMENT_STATE_IMPORTING
)

// String is what it is called, in short.
func (s SegmentState) String() string {
	return nameOf(C.milvus_segment_state_name(C.int32_t(s)), int32(s))
}

// SegmentLevel is what a segment holds.
type SegmentLevel int32

const (
	// It is not reported.
	SegmentLevelNotReported SegmentLevel = C.MILVUS_NOT_REPORTED
	// Of a version before levels.
	SegmentLevelLegacy SegmentLevel = C.MILVUS_SEGMENT_LEVEL_LEGACY
	// Holds nothing but deletions.
	SegmentLevelL0 SegmentLevel = C.MILVUS_SEGMENT_LEVEL_L0
	// Holds rows.
	SegmentLevelL1 SegmentLevel = C.MILVUS_SEGMENT_LEVEL_L1
	// Holds rows, clustered.
	SegmentLevelL2 SegmentLevel = C.MILVUS_SEGMENT_LEVEL_L2
)

// String is what it is called, in short.
func (s SegmentLevel) String() string {
	return nameOf(C.milvus_segment_level_name(C.int32_t(s)), int32(s))
}

// ResolutionState is what was found out about a trigger in doubt.
type ResolutionState int32

const (
	// Nobody has looked: no time was left, or no trigger was in doubt.
	ResolutionNotLooked ResolutionState = C.MILVUS_RESOLUTION_NOT_LOOKED
	// A compaction of the collection has begun since the trigger. An automatic one, or one of another client, looks the
	// same. Do not trigger again.
	ResolutionStarted ResolutionState = C.MILVUS_RESOLUTION_STARTED
	// The server lists the collection's compactions, and none has begun since. A request that is still on its way through
	// the cluster does not show: look again after a while.
	ResolutionNoTrace ResolutionState = C.MILVUS_RESOLUTION_NO_TRACE
	// Nobody can tell: the server shows too little (2.4 to 3.0.0, until segments change), does not answer, or too much
	// time has passed.
	ResolutionUnknown ResolutionState = C.MILVUS_RESOLUTION_UNKNOWN
	// No trigger of this client for this collection is in doubt.
	ResolutionNotInDoubt ResolutionState = C.MILVUS_RESOLUTION_NOT_IN_DOUBT
)

// String is what it is called, in short.
func (r ResolutionState) String() string {
	return nameOf(C.milvus_resolution_name(C.int32_t(r)), int32(r))
}

// Skip counts why a collection was skipped.
type Skip int32

const (
	// The collection was not skipped.
	SkipNone Skip = C.MILVUS_SKIP_NONE
	// Its segments are in their final form, and as far as anybody can tell no row of them is deleted: a compaction would
	// only rewrite them.
	SkipFinal Skip = C.MILVUS_SKIP_FINAL
	// It is below MinSegments and MinDeletedPercent, or nobody can tell that it is not.
	SkipTooLittle Skip = C.MILVUS_SKIP_TOO_LITTLE
	// Max_collections others were begun.
	SkipMaxCollections Skip = C.MILVUS_SKIP_MAX_COLLECTIONS
	// Its turn came later than StartWithin after the start.
	SkipTooLate Skip = C.MILVUS_SKIP_TOO_LATE
)

// String is what it is called, in short.
func (s Skip) String() string {
	return nameOf(C.milvus_skip_name(C.int32_t(s)), int32(s))
}

// Stage is a stage of an optimization.
type Stage int32

const (
	// No stage has begun.
	StageNone Stage = C.MILVUS_STAGE_NONE
	// Store the rows that are in memory only.
	StageFlush Stage = C.MILVUS_STAGE_FLUSH
	// Wait until everything stored is sorted (servers since 2.5), at most a minute; the rounds wait for the rest.
	StageSort Stage = C.MILVUS_STAGE_SORT
	// Wait until the rows that are stored are indexed.
	StageIndex Stage = C.MILVUS_STAGE_INDEX
	// Compact, in rounds.
	StageCompact Stage = C.MILVUS_STAGE_COMPACT
	// Wait until the results are indexed.
	StageReindex Stage = C.MILVUS_STAGE_REINDEX
	// Have the query nodes load the results, if the collection is loaded.
	StageLoad Stage = C.MILVUS_STAGE_LOAD
	// Wait until the query nodes serve the results and nothing that these replaced.
	StageServe Stage = C.MILVUS_STAGE_SERVE
	// All stages are over.
	StageDone Stage = C.MILVUS_STAGE_DONE
)

// String is what it is called, in short.
func (s Stage) String() string {
	return nameOf(C.milvus_stage_name(C.int32_t(s)), int32(s))
}

// L0Mode is whether an optimization applies deletions first.
type L0Mode int32

const (
	// Apply deletions first if segments of deletions (L0) are stored, the server can (Milvus 2.6.3 and later), and the
	// compaction is not limited to a part of the collection.
	L0IfPossible L0Mode = C.MILVUS_L0_IF_POSSIBLE
	// The same, but fail with [ErrUnsupported] on a server that cannot.
	L0Required L0Mode = C.MILVUS_L0_REQUIRED
	// Leave deletions as they are.
	L0Never L0Mode = C.MILVUS_L0_NEVER
)

// String is what it is called, in short.
func (l L0Mode) String() string {
	return spelled(l, "l0 mode", map[L0Mode]string{
		L0IfPossible: "if possible",
		L0Required:   "required",
		L0Never:      "never",
	})
}

// StepState is how a step of an optimization ended.
type StepState int32

const (
	// The step did what it was for.
	StepDone StepState = C.MILVUS_STEP_DONE
	// The step was not needed, or not wanted.
	StepSkipped StepState = C.MILVUS_STEP_SKIPPED
	// The step failed, or the call ended during it.
	StepFailed StepState = C.MILVUS_STEP_FAILED
)

// String is what it is called, in short.
func (s StepState) String() string {
	return nameOf(C.milvus_step_state_name(C.int32_t(s)), int32(s))
}

// Event is what happened to a collection.
type Event int32

const (
	// The library begins with the collection.
	EventBegan Event = C.MILVUS_EVENT_BEGAN
	// The collection is done, failed or skipped.
	EventEnded Event = C.MILVUS_EVENT_ENDED
	// The server has the job, which goes on whatever becomes of this program: the operation triggered it, or found it
	// under way and follows it. Save what milvus_job_export() gives of it now, for example in the progress callback, and
	// another program can follow the job even if this one is killed.
	EventTriggered Event = C.MILVUS_EVENT_TRIGGERED
)

// String is what it is called, in short.
func (e Event) String() string {
	return nameOf(C.milvus_event_name(C.int32_t(e)), int32(e))
}
