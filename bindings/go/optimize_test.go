// Optimizing: the result of one collection and of many, what keeps it from triggering, and what ends it early.

package milvus_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/milvus-client/milvus-client-go"
)

var allStages = []milvus.Stage{
	milvus.StageFlush, milvus.StageSort, milvus.StageIndex, milvus.StageCompact, milvus.StageReindex, milvus.StageLoad,
	milvus.StageServe,
}

func TestACollectionIsOptimizedAndASecondCallHasNothingToDo(t *testing.T) {
	fake, client := newPair(t, "v2.6.8")
	fake.tell(t, "mergeable merged 3 4") // in two partitions
	ctx := bounded(t)
	var last milvus.Progress
	remember := milvus.OnProgress(func(progress milvus.Progress) { last = progress })
	result := must(client.Optimize(ctx, "merged", milvus.OptimizeParams{}, remember))
	if result.Collection != "merged" || result.Err != nil || result.Stage != milvus.StageDone {
		t.Fatalf("%+v", result)
	}
	if result.Verdict != milvus.VerdictSucceeded || result.Rounds != 1 || result.JobID <= 0 || result.Loaded != milvus.No {
		t.Errorf("%+v", result)
	}
	if result.SegmentsBefore != 7 || result.SegmentsAfter != 2 || result.RowsBefore != result.RowsAfter || result.RowsAfter <= 0 {
		t.Errorf("%+v", result)
	}
	if result.SegmentsIn != 7 || result.SegmentsOut != 2 || result.RewriteRows != result.RowsBefore || result.RewriteBytes != result.RewriteRows*result.RowBytes {
		t.Errorf("%+v", result)
	}
	if result.LeftOut == nil || result.LeftOut.Total != 0 || result.NewSegments != 0 {
		t.Errorf("%+v %+v", result, result.LeftOut)
	}
	var stages []milvus.Stage
	for _, step := range result.Steps {
		if step.Round > 0 {
			if step.Stage != milvus.StageCompact || step.JobID != result.JobID || step.Report == nil || step.Report.Verdict != milvus.VerdictSucceeded || step.L0 {
				t.Errorf("%+v", step)
			}
			continue
		}
		stages = append(stages, step.Stage)
		isSkipped := step.Stage == milvus.StageLoad || step.Stage == milvus.StageServe // it is not loaded
		if step.Report != nil || step.Text == "" || isSkipped != (step.State == milvus.StepSkipped) {
			t.Errorf("%+v", step)
		}
	}
	if len(result.Steps) != 8 || len(stages) != len(allStages) {
		t.Fatalf("%+v", result.Steps)
	}
	for index, stage := range allStages {
		if stages[index] != stage {
			t.Errorf("%v", stages)
		}
	}
	if last.Round != 1 || last.RewriteSegments != 7 || last.RewriteRows != result.RewriteRows {
		t.Errorf("%+v", last)
	}

	again := must(client.Optimize(ctx, "merged", milvus.OptimizeParams{}))
	if again.Verdict != milvus.VerdictNothingToDo || again.JobID != milvus.NoJob || again.Rounds != 0 || again.SegmentsIn != 0 {
		t.Errorf("%+v", again)
	}
	if count := fake.tell(t, "count trigger"); count != "1" {
		t.Error(count)
	}
}

func TestALoadedCollectionIsServedAtTheEnd(t *testing.T) {
	fake, client := newPair(t, "v2.6.8")
	fake.tell(t, "mergeable served 3")
	fake.tell(t, "load served 0")
	result := must(client.Optimize(bounded(t), "served", milvus.OptimizeParams{}))
	if result.Loaded != milvus.Yes || result.ServedSegments != 1 || result.Steps[len(result.Steps)-1].State != milvus.StepDone {
		t.Fatalf("%+v", result)
	}
}

func TestABoundKeepsFromTriggeringAndItsFiguresAreTold(t *testing.T) {
	fake, client := newPair(t, "v2.6.8")
	fake.tell(t, "mergeable bounded 3")
	ctx := bounded(t)
	result, err := client.Optimize(ctx, "bounded", milvus.OptimizeParams{MaxRewriteRows: 1})
	if !errors.Is(err, milvus.ErrOutOfBounds) || !errors.Is(result.Err, milvus.ErrOutOfBounds) || result.Stage != milvus.StageCompact {
		t.Fatalf("%v %+v", err, result)
	}
	for _, figure := range []string{"3 segments", "max_rewrite_rows is 1"} {
		if !strings.Contains(err.Error(), figure) {
			t.Error(err)
		}
	}
	estimate := must(client.Optimize(ctx, "bounded", milvus.OptimizeParams{OnlyEstimate: true}))
	if estimate.SegmentsIn != 3 || estimate.SegmentsOut != 1 || estimate.RewriteRows <= 1 || estimate.Rounds != 0 {
		t.Errorf("%+v", estimate)
	}
	for _, method := range []string{"trigger", "flush"} { // the first call flushed
		if count := fake.tell(t, "count "+method); (count == "0") != (method == "trigger") {
			t.Error(method, count)
		}
	}
}

func TestParametersOfOptimizingReachTheLibrary(t *testing.T) {
	fake, client := newPair(t, "v2.6.8")
	fake.tell(t, "mergeable parts 3 3")
	ctx := bounded(t)
	for _, bad := range []milvus.OptimizeParams{
		{SkipStages: milvus.StageDone}, {L0: 7}, {MaxRounds: -1}, {MaxRounds: 1 << 40}, {Pause: -1}, {MaxPause: -time.Second},
		{ServeTimeout: -time.Nanosecond}, {MaxRewriteRows: -1}, {MaxRewriteBytes: -1}, {MinSegments: -1}, {RowBytes: -1},
		{SegmentBytes: -1}, {Compaction: milvus.CompactParams{SegmentIDs: []int64{}}},
		{L0: milvus.L0Required, Compaction: milvus.CompactParams{Partition: "_default"}},
	} {
		if _, err := client.Optimize(ctx, "parts", bad); !errors.Is(err, milvus.ErrInvalidArgument) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if _, err := client.OptimizeMany(ctx, []string{"parts"}, milvus.OptimizeParams{Concurrency: 10001}); !errors.Is(err, milvus.ErrInvalidArgument) {
		t.Error(err)
	}
	if _, err := client.Optimize(ctx, "parts", milvus.OptimizeParams{MinSegments: 7}); !errors.Is(err, milvus.ErrOutOfBounds) {
		t.Error(err)
	}
	skipping := milvus.OptimizeParams{
		Compaction: milvus.CompactParams{Partition: "_default"}, SkipStages: milvus.StageFlush | milvus.StageIndex,
		RowBytes: 1000, Pause: time.Nanosecond, MaxPause: time.Millisecond, ServeTimeout: time.Second,
	}
	result := must(client.Optimize(ctx, "parts", skipping))
	if result.SegmentsIn != 3 || result.RowBytes != 1000 || result.SegmentsAfter >= result.SegmentsBefore {
		t.Fatalf("%+v", result)
	}
	for _, step := range result.Steps {
		if isWanted := step.Stage&skipping.SkipStages == 0; isWanted == (step.State == milvus.StepSkipped) && step.Stage < milvus.StageLoad {
			t.Errorf("%+v", step)
		}
	}
}

func TestManyCollectionsAreOptimizedAndEachHasItsResult(t *testing.T) {
	fake, client := newPair(t, "v2.6.8")
	fake.tell(t, "mergeable one 3")
	fake.tell(t, "mergeable two 1")
	names := []string{"one", "missing", "two"}
	results, err := client.OptimizeMany(bounded(t), names, milvus.OptimizeParams{Concurrency: 2})
	if !errors.Is(err, milvus.ErrSomeFailed) || !errors.Is(err, milvus.ErrCollectionNotFound) || len(results) != 3 {
		t.Fatalf("%v %+v", err, results)
	}
	for index, name := range names {
		isThere := name != "missing"
		if result := results[index]; result.Collection != name || isThere != (result.Err == nil) || isThere != (result.Stage == milvus.StageDone) {
			t.Errorf("%+v", result)
		}
	}
	if results[0].SegmentsAfter != 1 || results[1].SegmentsBefore != milvus.NotReported || results[1].LeftOut != nil || results[2].Verdict != milvus.VerdictNothingToDo {
		t.Errorf("%+v", results)
	}
	for _, empty := range [][]string{nil, {}} { // a list that came out empty does not mean everything
		if _, err := client.OptimizeMany(bounded(t), empty, milvus.OptimizeParams{}); !errors.Is(err, milvus.ErrInvalidArgument) || !strings.Contains(err.Error(), "OptimizeDatabase") {
			t.Error(err)
		}
	}
}

func TestAWholeDatabaseIsOptimized(t *testing.T) {
	fake, client := newPair(t, "v2.6.8")
	fake.tell(t, "mergeable estimated 3")
	results, err := client.OptimizeDatabase(bounded(t), milvus.OptimizeParams{OnlyEstimate: true})
	if err != nil || len(results) < 10 {
		t.Fatal(len(results), err)
	}
	for _, result := range results {
		if result.Collection == "estimated" && result.SegmentsIn != 3 {
			t.Errorf("%+v", result)
		}
	}
	if count := fake.tell(t, "count trigger"); count != "0" {
		t.Error(count)
	}
}

func TestAContextThatEndsWhileItCompactsLeavesTheStageAndTheJob(t *testing.T) {
	_, client := newPair(t, "v2.6.8")
	ctx, cancel := context.WithCancel(bounded(t))
	defer cancel()
	onceItCompacts := milvus.OnProgress(func(progress milvus.Progress) {
		if progress.Stage == milvus.StageCompact && progress.Planned > 0 {
			cancel()
		}
	})
	result, err := client.Optimize(ctx, "never_ends", milvus.OptimizeParams{}, onceItCompacts)
	if !errors.Is(err, context.Canceled) || !errors.Is(result.Err, context.Canceled) || !errors.Is(err, milvus.ErrCancelled) {
		t.Fatal(err)
	}
	if result.Stage != milvus.StageCompact || result.JobID <= 0 || result.Collection != "never_ends" {
		t.Errorf("%+v", result)
	}
	last := result.Steps[len(result.Steps)-1]
	if last.Stage != milvus.StageCompact || last.State != milvus.StepFailed {
		t.Errorf("%+v", result.Steps)
	}
	brief, cancelBrief := context.WithTimeout(bounded(t), 500*time.Millisecond)
	defer cancelBrief()
	results, err := client.OptimizeMany(brief, []string{"never_ends"}, milvus.OptimizeParams{})
	if !errors.Is(err, context.DeadlineExceeded) || len(results) != 1 || !errors.Is(results[0].Err, milvus.ErrTimeout) {
		t.Error(results, err)
	}
}
