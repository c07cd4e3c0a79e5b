// Plans and segments: what a job consists of, and what a collection does.

package milvus

// #include <milvus_client.h>
import "C"

import "context"

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
	text, database := memory.text("collection_name", collection), memory.optionalText("database", c.database)
	if err := memory.check(name); err != nil {
		return nil, err
	}
	return operation[[]Plan]{
		name: name,
		start: func(client *C.milvus_client, timeout C.int64_t, out **C.milvus_future) C.milvus_status {
			return C.milvus_compaction_tasks_async(client, text, database, timeout, out)
		},
		take: takePlans,
	}.run(ctx, c)
}

// Segments lists the segments of a collection, ordered by id.
func (c *Client) Segments(ctx context.Context, collection string, which SegmentView) ([]Segment, error) {
	const name = "milvus_segments_async"
	var memory memory
	defer memory.free()
	text, database := memory.text("collection_name", collection), memory.optionalText("database", c.database)
	if err := memory.check(name); err != nil {
		return nil, err
	}
	return operation[[]Segment]{
		name: name,
		start: func(client *C.milvus_client, timeout C.int64_t, out **C.milvus_future) C.milvus_status {
			return C.milvus_segments_async(client, text, database, C.int32_t(which), timeout, out)
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
