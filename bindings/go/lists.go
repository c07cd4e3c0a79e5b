// Plans and segments: what a job consists of, and what a collection does.

package milvus

// #include <milvus_client.h>
import "C"

import "context"

// NoSegment as a plan's target means there is none, yet or at all.
const NoSegment int64 = C.MILVUS_NO_SEGMENT

// Plan is one unit of work of a job, which servers also call a task: segments that become others.
type Plan struct {
	// Sources are the ids of the segments that are taken.
	Sources []int64
	// Target is the id of the (first) resulting segment, or [NoSegment].
	Target int64
	// Targets are the ids of all resulting segments that are known.
	Targets []int64
	// Details are told by servers newer than 3.0.0; else nil.
	Details *PlanDetails
	// Judgement tells how it ended, as far as this client has seen. A wait judges the plans of its job; those of
	// others are [JudgementOpen] unless the server tells their states.
	Judgement Judgement
	// Reason tells what that rests on.
	Reason Reason
}

// PlanDetails are what newer servers tell of a plan besides.
type PlanDetails struct {
	// Type tells what the plan does.
	Type PlanType
	// State tells how far it is.
	State PlanState
	// PlanID is the plan's own id.
	PlanID int64
	// JobID is the job it belongs to.
	JobID JobID
	// CollectionID is the collection it works on.
	CollectionID int64
	// PartitionID is the partition it works on.
	PartitionID int64
	// Channel is the one whose segments it takes.
	Channel string
	// FailureReason tells why it failed; "" if it did not or the server does not say.
	FailureReason string
}

// Segment is a part of a collection. What this server does not report is [NotReported].
type Segment struct {
	// ID is its id.
	ID int64
	// CollectionID is the collection it belongs to.
	CollectionID int64
	// PartitionID is the partition it belongs to.
	PartitionID int64
	// Rows is the number of its rows. Deleted ones count until a compaction purges them.
	Rows int64
	// State tells where it is in its life.
	State SegmentState
	// Level tells what it holds; reported since Milvus 2.4.7.
	Level SegmentLevel
	// Sorted tells whether its rows are sorted by primary key; known since Milvus 2.5.0.
	Sorted Tristate
	// StorageVersion tells how it is stored; reported since Milvus 2.6.0.
	StorageVersion int64
	// Memory is the number of bytes it takes; reported of loaded segments.
	Memory int64
	// Channel is the one its rows came through; reported of stored segments by servers newer than 3.0.0, else "".
	Channel string
	// CompactionFrom are the segments it was made of; reported where Channel is.
	CompactionFrom []int64
	// Nodes are the query nodes that serve it, of loaded segments.
	Nodes []int64
}

// Plans lists a job's plans: those that the server lists now, and those that this client saw while it waited for the
// job. Ordered by their sources.
func (c *Client) Plans(ctx context.Context, job JobID) ([]Plan, error) {
	return operation[[]Plan]{
		name: "milvus_compaction_plans_async",
		start: func(client *C.milvus_client, timeout C.int64_t, out **C.milvus_future) C.milvus_status {
			return C.milvus_compaction_plans_async(client, C.int64_t(job), timeout, out)
		},
		take: takePlans,
	}.run(ctx, c)
}

// Tasks lists every compaction task of a collection that the server still remembers, automatic ones included. Servers
// up to 3.0.0 cannot: [ErrUnsupported].
func (c *Client) Tasks(ctx context.Context, collection string) ([]Plan, error) {
	const name = "milvus_compaction_tasks_async"
	var memory memory
	defer memory.free()
	text := memory.text("collection_name", collection)
	if err := memory.check(name); err != nil {
		return nil, err
	}
	return operation[[]Plan]{
		name: name,
		start: func(client *C.milvus_client, timeout C.int64_t, out **C.milvus_future) C.milvus_status {
			return C.milvus_compaction_tasks_async(client, text, timeout, out)
		},
		take: takePlans,
	}.run(ctx, c)
}

// Segments lists the segments of a collection, ordered by id.
func (c *Client) Segments(ctx context.Context, collection string, which SegmentKind) ([]Segment, error) {
	const name = "milvus_segments_async"
	var memory memory
	defer memory.free()
	text := memory.text("collection_name", collection)
	if err := memory.check(name); err != nil {
		return nil, err
	}
	return operation[[]Segment]{
		name: name,
		start: func(client *C.milvus_client, timeout C.int64_t, out **C.milvus_future) C.milvus_status {
			return C.milvus_segments_async(client, text, C.int32_t(which), timeout, out)
		},
		take: takeSegments,
	}.run(ctx, c)
}

func takePlans(future *C.milvus_future) ([]Plan, C.milvus_status) {
	var list *C.milvus_plan_list
	status := C.milvus_future_take_plans(future, &list)
	defer C.milvus_plan_list_free(list)
	var plans []Plan
	for index := range C.milvus_plan_list_count(list) {
		plan := C.milvus_plan{size: C.sizeof_milvus_plan}
		if failure := C.milvus_plan_list_get(list, index, &plan); failure != C.MILVUS_OK {
			return nil, failure
		}
		plans = append(plans, planOf(&plan))
	}
	return plans, status
}

func planOf(plan *C.milvus_plan) Plan {
	result := Plan{
		Sources:   int64s(plan.sources, plan.source_count),
		Target:    int64(plan.target),
		Targets:   int64s(plan.targets, plan.target_count),
		Judgement: Judgement(plan.judgement),
		Reason:    Reason(plan.reason),
	}
	if plan.has_details != 0 {
		result.Details = &PlanDetails{
			Type:          PlanType(plan._type),
			State:         PlanState(plan.state),
			PlanID:        int64(plan.plan_id),
			JobID:         JobID(plan.job_id),
			CollectionID:  int64(plan.collection_id),
			PartitionID:   int64(plan.partition_id),
			Channel:       C.GoString(plan.channel),
			FailureReason: C.GoString(plan.failure_reason),
		}
	}
	return result
}

func takeSegments(future *C.milvus_future) ([]Segment, C.milvus_status) {
	var list *C.milvus_segment_list
	status := C.milvus_future_take_segments(future, &list)
	defer C.milvus_segment_list_free(list)
	var segments []Segment
	for index := range C.milvus_segment_list_count(list) {
		segment := C.milvus_segment{size: C.sizeof_milvus_segment}
		if failure := C.milvus_segment_list_get(list, index, &segment); failure != C.MILVUS_OK {
			return nil, failure
		}
		segments = append(segments, segmentOf(&segment))
	}
	return segments, status
}

func segmentOf(segment *C.milvus_segment) Segment {
	return Segment{
		ID:             int64(segment.id),
		CollectionID:   int64(segment.collection_id),
		PartitionID:    int64(segment.partition_id),
		Rows:           int64(segment.rows),
		State:          SegmentState(segment.state),
		Level:          SegmentLevel(segment.level),
		Sorted:         Tristate(segment.is_sorted),
		StorageVersion: int64(segment.storage_version),
		Memory:         int64(segment.memory),
		Channel:        C.GoString(segment.channel), // "" for NULL
		CompactionFrom: int64s(segment.compaction_from, segment.compaction_from_count),
		Nodes:          int64s(segment.nodes, segment.node_count),
	}
}
