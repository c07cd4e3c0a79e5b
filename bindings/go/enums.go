// The kinds, states and outcomes that servers and the library tell. Later versions may have more of each.

package milvus

// #include <milvus_client.h>
import "C"

import "fmt"

// Trigger is what came of a trigger.
type Trigger int32

const (
	// TriggerScheduled means the server scheduled plans for this trigger.
	TriggerScheduled Trigger = C.MILVUS_TRIGGER_SCHEDULED
	// TriggerNothingToDo means it scheduled nothing: there is nothing to compact, as far as its segments show; see
	// [ErrBusy].
	TriggerNothingToDo Trigger = C.MILVUS_TRIGGER_NOTHING_TO_DO
	// TriggerAlreadyRunning means it scheduled nothing new, because a job of the same kind is running: that is given.
	TriggerAlreadyRunning Trigger = C.MILVUS_TRIGGER_ALREADY_RUNNING
	// TriggerAccepted means it gave a job, but nobody can tell whether that was made for this trigger.
	TriggerAccepted Trigger = C.MILVUS_TRIGGER_ACCEPTED
)

// String is the outcome as the C library names it, e.g. "SCHEDULED".
func (o Trigger) String() string {
	return nameOf(C.milvus_trigger_name(C.int32_t(o)), "MILVUS_TRIGGER_", int32(o))
}

// Verdict is how a compaction ended.
type Verdict int32

const (
	// VerdictNone means the wait ended before the job did.
	VerdictNone Verdict = C.MILVUS_VERDICT_NONE
	// VerdictSucceeded means every plan of the job completed.
	VerdictSucceeded Verdict = C.MILVUS_VERDICT_SUCCEEDED
	// VerdictNothingToDo means the server scheduled nothing.
	VerdictNothingToDo Verdict = C.MILVUS_VERDICT_NOTHING_TO_DO
	// VerdictPartlyFailed means some plans completed; others failed or timed out.
	VerdictPartlyFailed Verdict = C.MILVUS_VERDICT_PARTLY_FAILED
	// VerdictFailed means plans failed, and none completed.
	VerdictFailed Verdict = C.MILVUS_VERDICT_FAILED
	// VerdictTimedOut means the plans ran out of the time that the server gives them, and none completed.
	VerdictTimedOut Verdict = C.MILVUS_VERDICT_TIMED_OUT
	// VerdictUnknown means the server forgot the job, never knew it, or forgot too much of it to tell.
	VerdictUnknown Verdict = C.MILVUS_VERDICT_UNKNOWN
	// VerdictNotStarted means clustering was asked for, and the server answered with another job that held the
	// collection. That job is over now: ask again. The wait fails with [ErrBusy].
	VerdictNotStarted Verdict = C.MILVUS_VERDICT_NOT_STARTED
)

// String is the verdict as the C library names it, e.g. "SUCCEEDED".
func (v Verdict) String() string {
	return nameOf(C.milvus_verdict_name(C.milvus_verdict(v)), "MILVUS_VERDICT_", int32(v))
}

// Message says what the verdict means, in one sentence.
func (v Verdict) Message() string {
	return C.GoString(C.milvus_verdict_message(C.milvus_verdict(v)))
}

// Judgement is how one plan ended.
type Judgement int32

const (
	// JudgementOpen means it runs or waits, or nobody has looked yet.
	JudgementOpen Judgement = C.MILVUS_JUDGEMENT_OPEN
	// JudgementCompleted means it replaced its sources.
	JudgementCompleted Judgement = C.MILVUS_JUDGEMENT_COMPLETED
	// JudgementFailed means it ended and changed nothing.
	JudgementFailed Judgement = C.MILVUS_JUDGEMENT_FAILED
	// JudgementTimedOut means it ran out of the server's time and changed nothing.
	JudgementTimedOut Judgement = C.MILVUS_JUDGEMENT_TIMED_OUT
	// JudgementUnknown means it ended, and what is left does not show how.
	JudgementUnknown Judgement = C.MILVUS_JUDGEMENT_UNKNOWN
)

// String is the judgement as the C library names it, e.g. "COMPLETED".
func (j Judgement) String() string {
	return nameOf(C.milvus_judgement_name(C.int32_t(j)), "MILVUS_JUDGEMENT_", int32(j))
}

// Reason is what a judgement rests on.
type Reason int32

const (
	// ReasonNone means there is no judgement yet.
	ReasonNone Reason = C.MILVUS_REASON_NONE
	// ReasonReported means the server reports the state of this plan.
	ReasonReported Reason = C.MILVUS_REASON_REPORTED
	// ReasonTargetStored means its target is stored, and none of its sources is.
	ReasonTargetStored Reason = C.MILVUS_REASON_TARGET_STORED
	// ReasonTargetReplaced means none of its sources is stored, and its target was replaced since.
	ReasonTargetReplaced Reason = C.MILVUS_REASON_TARGET_REPLACED
	// ReasonPurged means its sources are gone, and nothing came in their place.
	ReasonPurged Reason = C.MILVUS_REASON_PURGED
	// ReasonDeletesApplied means the segments of deletions that it took are gone.
	ReasonDeletesApplied Reason = C.MILVUS_REASON_DELETES_APPLIED
	// ReasonResultFits means a segment that fits its sources came in their place.
	ReasonResultFits Reason = C.MILVUS_REASON_RESULT_FITS
	// ReasonSourcesStored means the job is over, and all of its sources are still stored.
	ReasonSourcesStored Reason = C.MILVUS_REASON_SOURCES_STORED
	// ReasonNeverListed means the server announced or counted it, but never listed it.
	ReasonNeverListed Reason = C.MILVUS_REASON_NEVER_LISTED
	// ReasonSegmentsUnknown means the segments could not be listed, or not before the trigger.
	ReasonSegmentsUnknown Reason = C.MILVUS_REASON_SEGMENTS_UNKNOWN
	// ReasonSourcesUnknown means its sources were never seen stored.
	ReasonSourcesUnknown Reason = C.MILVUS_REASON_SOURCES_UNKNOWN
	// ReasonSomeSourcesStored means some of its sources are stored, others are gone.
	ReasonSomeSourcesStored Reason = C.MILVUS_REASON_SOME_SOURCES_STORED
	// ReasonTargetBesideSources means it has a target, but its sources are still stored.
	ReasonTargetBesideSources Reason = C.MILVUS_REASON_TARGET_BESIDE_SOURCES
	// ReasonTakenByOthers means another compaction may have taken its sources.
	ReasonTakenByOthers Reason = C.MILVUS_REASON_TAKEN_BY_OTHERS
	// ReasonPartitionDropped means its partition was dropped, and its sources with it.
	ReasonPartitionDropped Reason = C.MILVUS_REASON_PARTITION_DROPPED
	// ReasonPartitionsUnknown means its partition may have been dropped.
	ReasonPartitionsUnknown Reason = C.MILVUS_REASON_PARTITIONS_UNKNOWN
	// ReasonNoLongerListed means the server no longer lists it.
	ReasonNoLongerListed Reason = C.MILVUS_REASON_NO_LONGER_LISTED
	// ReasonOtherKind means it is no clustering.
	ReasonOtherKind Reason = C.MILVUS_REASON_OTHER_KIND
	// ReasonLevelUnknown means it cannot be told whether it clustered.
	ReasonLevelUnknown Reason = C.MILVUS_REASON_LEVEL_UNKNOWN
	// ReasonMalformed means what the server lists of it contradicts itself.
	ReasonMalformed Reason = C.MILVUS_REASON_MALFORMED
)

// String is the reason as the C library names it, e.g. "TARGET_STORED".
func (r Reason) String() string {
	return nameOf(C.milvus_reason_name(C.int32_t(r)), "MILVUS_REASON_", int32(r))
}

// Message says what the reason means, in one sentence.
func (r Reason) Message() string {
	return C.GoString(C.milvus_reason_message(C.int32_t(r)))
}

// ResolutionState is what was found out about a trigger in doubt.
type ResolutionState int32

const (
	// ResolutionNotLooked means nobody has looked: there was no time left, or nothing was in doubt.
	ResolutionNotLooked ResolutionState = C.MILVUS_RESOLUTION_NOT_LOOKED
	// ResolutionStarted means a compaction has begun since the trigger was sent. Do not trigger again.
	ResolutionStarted ResolutionState = C.MILVUS_RESOLUTION_STARTED
	// ResolutionNoTrace means the server lists none that began since, so far.
	ResolutionNoTrace ResolutionState = C.MILVUS_RESOLUTION_NO_TRACE
	// ResolutionUnknown means it cannot be told.
	ResolutionUnknown ResolutionState = C.MILVUS_RESOLUTION_UNKNOWN
	// ResolutionNotInDoubt means no trigger of this client for this collection is in doubt.
	ResolutionNotInDoubt ResolutionState = C.MILVUS_RESOLUTION_NOT_IN_DOUBT
)

// String is the state as the C library names it, e.g. "NO_TRACE".
func (f ResolutionState) String() string {
	return nameOf(C.milvus_resolution_name(C.int32_t(f)), "MILVUS_RESOLUTION_", int32(f))
}

// PlanType is what a plan does. Servers may have other types than those with a name.
type PlanType int32

// The types of plans, named as in Milvus.
const (
	PlanTypeUndefined                  PlanType = C.MILVUS_PLAN_TYPE_UNDEFINED
	PlanTypeMerge                      PlanType = C.MILVUS_PLAN_TYPE_MERGE
	PlanTypeMix                        PlanType = C.MILVUS_PLAN_TYPE_MIX
	PlanTypeSingle                     PlanType = C.MILVUS_PLAN_TYPE_SINGLE
	PlanTypeMinor                      PlanType = C.MILVUS_PLAN_TYPE_MINOR
	PlanTypeMajor                      PlanType = C.MILVUS_PLAN_TYPE_MAJOR
	PlanTypeLevel0Delete               PlanType = C.MILVUS_PLAN_TYPE_LEVEL0_DELETE
	PlanTypeClustering                 PlanType = C.MILVUS_PLAN_TYPE_CLUSTERING
	PlanTypeSort                       PlanType = C.MILVUS_PLAN_TYPE_SORT
	PlanTypePartitionKeySort           PlanType = C.MILVUS_PLAN_TYPE_PARTITION_KEY_SORT
	PlanTypeClusteringPartitionKeySort PlanType = C.MILVUS_PLAN_TYPE_CLUSTERING_PARTITION_KEY_SORT
	PlanTypeBumpSchemaVersion          PlanType = C.MILVUS_PLAN_TYPE_BUMP_SCHEMA_VERSION
)

// String is the type as the C library names it, e.g. "MIX".
func (t PlanType) String() string {
	return nameOf(C.milvus_plan_type_name(C.int32_t(t)), "MILVUS_PLAN_TYPE_", int32(t))
}

// PlanState is how far a plan is. Servers may have other states than those with a name.
type PlanState int32

// The states of plans, named as in Milvus.
const (
	PlanStateUnknown    PlanState = C.MILVUS_PLAN_STATE_UNKNOWN
	PlanStateExecuting  PlanState = C.MILVUS_PLAN_STATE_EXECUTING
	PlanStatePipelining PlanState = C.MILVUS_PLAN_STATE_PIPELINING
	PlanStateCompleted  PlanState = C.MILVUS_PLAN_STATE_COMPLETED
	PlanStateFailed     PlanState = C.MILVUS_PLAN_STATE_FAILED
	PlanStateTimeout    PlanState = C.MILVUS_PLAN_STATE_TIMEOUT
	PlanStateAnalyzing  PlanState = C.MILVUS_PLAN_STATE_ANALYZING
	PlanStateIndexing   PlanState = C.MILVUS_PLAN_STATE_INDEXING
	PlanStateCleaned    PlanState = C.MILVUS_PLAN_STATE_CLEANED
	PlanStateMetaSaved  PlanState = C.MILVUS_PLAN_STATE_META_SAVED
	PlanStateStatistic  PlanState = C.MILVUS_PLAN_STATE_STATISTIC
)

// String is the state as the C library names it, e.g. "COMPLETED".
func (s PlanState) String() string {
	return nameOf(C.milvus_plan_state_name(C.int32_t(s)), "MILVUS_PLAN_STATE_", int32(s))
}

// JobState is the server's word on a job.
type JobState int32

// The states of jobs.
const (
	JobUndefined JobState = C.MILVUS_COMPACTION_STATE_UNDEFINED
	JobExecuting JobState = C.MILVUS_COMPACTION_STATE_EXECUTING
	JobCompleted JobState = C.MILVUS_COMPACTION_STATE_COMPLETED
)

// String is the state in one word, e.g. "EXECUTING".
func (s JobState) String() string {
	return spelled(s, "JOB_STATE", map[JobState]string{
		JobUndefined: "UNDEFINED", JobExecuting: "EXECUTING", JobCompleted: "COMPLETED",
	})
}

// SegmentKind tells which segments of a collection to list.
type SegmentKind int32

const (
	// StoredSegments are those as stored; rows that are not flushed yet are mostly left out.
	StoredSegments SegmentKind = C.MILVUS_SEGMENTS_STORED
	// LoadedSegments are those as served by query nodes; none if the collection is not loaded.
	LoadedSegments SegmentKind = C.MILVUS_SEGMENTS_LOADED
)

// String is the kind in one word, e.g. "STORED".
func (k SegmentKind) String() string {
	return spelled(k, "SEGMENTS", map[SegmentKind]string{StoredSegments: "STORED", LoadedSegments: "LOADED"})
}

// SegmentState is where a segment is in its life. Servers may have other states than those with a name.
type SegmentState int32

// The states of segments, named as in Milvus.
const (
	SegmentGrowing   SegmentState = C.MILVUS_SEGMENT_STATE_GROWING
	SegmentSealed    SegmentState = C.MILVUS_SEGMENT_STATE_SEALED
	SegmentFlushed   SegmentState = C.MILVUS_SEGMENT_STATE_FLUSHED
	SegmentFlushing  SegmentState = C.MILVUS_SEGMENT_STATE_FLUSHING
	SegmentDropped   SegmentState = C.MILVUS_SEGMENT_STATE_DROPPED
	SegmentImporting SegmentState = C.MILVUS_SEGMENT_STATE_IMPORTING
)

// String is the state in one word, e.g. "FLUSHED".
func (s SegmentState) String() string {
	return spelled(s, "SEGMENT_STATE", map[SegmentState]string{
		SegmentGrowing: "GROWING", SegmentSealed: "SEALED", SegmentFlushed: "FLUSHED",
		SegmentFlushing: "FLUSHING", SegmentDropped: "DROPPED", SegmentImporting: "IMPORTING",
	})
}

// SegmentLevel is what a segment holds. Servers may have other levels than those with a name.
type SegmentLevel int32

// The levels of segments, named as in Milvus. L0 holds nothing but deletions, L2 rows that are clustered.
const (
	LevelNotReported SegmentLevel = C.MILVUS_NOT_REPORTED
	LevelLegacy      SegmentLevel = C.MILVUS_SEGMENT_LEVEL_LEGACY
	LevelL0          SegmentLevel = C.MILVUS_SEGMENT_LEVEL_L0
	LevelL1          SegmentLevel = C.MILVUS_SEGMENT_LEVEL_L1
	LevelL2          SegmentLevel = C.MILVUS_SEGMENT_LEVEL_L2
)

// String is the level in one word, e.g. "L1".
func (l SegmentLevel) String() string {
	return spelled(l, "SEGMENT_LEVEL", map[SegmentLevel]string{
		LevelNotReported: "NOT_REPORTED", LevelLegacy: "LEGACY", LevelL0: "L0", LevelL1: "L1", LevelL2: "L2",
	})
}

// Tristate is an answer that may not be known.
type Tristate int32

// The answers.
const (
	NotKnown Tristate = C.MILVUS_NOT_KNOWN
	No       Tristate = C.MILVUS_NO
	Yes      Tristate = C.MILVUS_YES
)

// String is "yes", "no" or "not known".
func (t Tristate) String() string {
	return spelled(t, "TRISTATE", map[Tristate]string{NotKnown: "not known", No: "no", Yes: "yes"})
}

// For what the library has no names of.
func spelled[T ~int32](value T, kind string, names map[T]string) string {
	if name, ok := names[value]; ok {
		return name
	}
	return fmt.Sprintf("UNKNOWN_%s(%d)", kind, int32(value))
}
