// The operations and their results, and how clients are made and given up.

package milvus_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/milvus-client/milvus-client-go"
)

func TestACollectionIsCompactedAndTheReportTellsWhatBecameOfIt(t *testing.T) {
	fake, client := newPair(t, "v2.6.8")
	ctx := bounded(t)
	result := must(client.CompactWith(ctx, "succeeds", milvus.CompactParams{}))
	if result.Trigger != milvus.TriggerScheduled || result.JobID <= 0 || result.Planned != 2 {
		t.Fatalf("%+v", result)
	}
	report := must(client.Wait(ctx, result.JobID))
	if report.Verdict != milvus.VerdictSucceeded || report.Counts.Completed != 2 || report.JobID != result.JobID {
		t.Fatalf("%+v", report)
	}
	if report.SegmentDiff == nil || report.SegmentDiff.SegmentsBefore != 4 || report.SegmentDiff.SegmentsAfter != 2 {
		t.Fatalf("%+v", report.SegmentDiff)
	}
	if state := must(client.State(ctx, result.JobID)); state.State != milvus.CompactionStateCompleted || state.Counts.Completed != 0 {
		// Servers stop counting a plan soon after its end.
		t.Fatalf("%+v", state)
	}
	if left := report.LeftOut; report.UnknownPlans != 0 || left == nil || *left != (milvus.LeftOut{Total: 1, L0: 1}) {
		t.Fatalf("%d %+v", report.UnknownPlans, left) // the deletions
	}
	if result.UnsortedSegments != 0 {
		t.Fatalf("%+v", result)
	}
	plans := must(client.Plans(ctx, result.JobID))
	if plans[0].Judgement != milvus.JudgementCompleted || plans[0].Reason != milvus.ReasonTargetStored {
		t.Fatalf("%+v", plans)
	}
	if len(plans) != 2 || len(plans[0].Sources) != 2 || plans[0].Target <= 0 || plans[0].Details != nil {
		t.Fatalf("%+v", plans)
	}
	if compacted := fake.tell(t, "compacted"); !strings.Contains(compacted, "succeeds") {
		t.Fatal(compacted)
	}
}

func TestATriggerWhileTheJobOfAnotherClientRunsIsBusyAndALaterOneWorks(t *testing.T) {
	fake, client := newPair(t, "v2.6.8")
	ctx := bounded(t)
	other := must(milvus.New(fake.uri))
	defer other.Close()
	job := must(client.Compact(ctx, "succeeds"))
	_, err := other.Compact(ctx, "succeeds")
	var failure *milvus.Error
	if !errors.Is(err, milvus.ErrBusy) || !errors.As(err, &failure) || !failure.Retriable || failure.InDoubt {
		t.Fatalf("%+v", err)
	}
	must(client.Wait(ctx, job))
	later := must(other.Compact(ctx, "succeeds"))
	if later == milvus.NoJob || later == job {
		t.Fatal(job, later)
	}
	if report := must(other.Wait(ctx, later)); report.Verdict != milvus.VerdictSucceeded {
		t.Fatalf("%+v", report)
	}
}

func TestEachPlanThatDidNotCompleteHasItsReason(t *testing.T) {
	_, client := newPair(t, "v2.6.8")
	ctx := bounded(t)
	job := must(client.Compact(ctx, "vanishes"))
	if _, err := client.Wait(ctx, job); !errors.Is(err, milvus.ErrCompactionFailed) {
		t.Fatal(err)
	}
	plans := must(client.Plans(ctx, job))
	for _, plan := range plans {
		if plan.Judgement == milvus.JudgementCompleted || plan.Reason.Message() == "" {
			t.Errorf("%+v", plan)
		}
	}
	if len(plans) != 2 {
		t.Fatalf("%+v", plans)
	}
}

func TestSegmentsAreListedWithTheirRows(t *testing.T) {
	_, client := newPair(t, "v2.6.8")
	ctx := bounded(t)
	var rows, deletions int64
	for _, segment := range must(client.Segments(ctx, "succeeds", milvus.SegmentsStored)) {
		rows += segment.Rows
		if segment.Level == milvus.SegmentLevelL0 {
			deletions++
		}
		if segment.State != milvus.SegmentStateFlushed || segment.ID == 0 || segment.CollectionID == 0 {
			t.Errorf("%+v", segment)
		}
	}
	if rows < 200 || deletions != 1 {
		t.Fatal(rows, deletions)
	}
}

func TestAServerThatListsTasksTellsTheDetailsOfPlans(t *testing.T) {
	_, client := newPair(t, "v3.1.0")
	ctx := bounded(t)
	job := must(client.Compact(ctx, "succeeds"))
	must(client.Wait(ctx, job))
	tasks := must(client.Tasks(ctx, "succeeds"))
	if len(tasks) == 0 || tasks[0].Details == nil {
		t.Fatalf("%+v", tasks)
	}
	details := *tasks[0].Details
	if details.JobID != job || details.Type != milvus.PlanTypeMix || details.Channel == "" || details.PlanID == 0 {
		t.Fatalf("%+v", details)
	}
}

// An old server says it on its management port only, and gives no details.
func TestWhyAPlanFailedIsToldWithoutDetailsToo(t *testing.T) {
	var page atomic.Value
	page.Store("[]")
	port := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(answer, page.Load())
	}))
	defer port.Close()
	_, client := newPair(t, "v2.6.8", milvus.WithOption("management_uri", port.URL))
	ctx := bounded(t)
	collection := must(client.Segments(ctx, "fails", milvus.SegmentsStored))[0].CollectionID
	job := must(client.Compact(ctx, "fails"))
	var tasks []string
	for index, plan := range must(client.Plans(ctx, job)) {
		tasks = append(tasks, fmt.Sprintf(`{"plan_id": "%d", "collection_id": "%d", "type": "MixCompaction",
			"state": "failed", "fail_reason": "no space left", "input_segments": ["%s"]}`, index+1, collection,
			strings.Join(strings.Fields(strings.Trim(fmt.Sprint(plan.Sources), "[]")), `", "`)))
	}
	page.Store("[" + strings.Join(tasks, ", ") + "]")
	if _, err := client.Wait(ctx, job); !errors.Is(err, milvus.ErrCompactionFailed) {
		t.Fatal(err)
	}
	plans := must(client.Plans(ctx, job))
	if len(plans) == 0 || plans[0].Details != nil || plans[0].FailureReason != "no space left" {
		t.Fatalf("%+v", plans)
	}
}

func TestAnOldServerRefusesToListTasks(t *testing.T) {
	_, client := newPair(t, "v2.6.8")
	if _, err := client.Tasks(bounded(t), "succeeds"); !errors.Is(err, milvus.ErrUnsupported) {
		t.Fatal(err)
	}
}

func TestTheServerTellsItsVersion(t *testing.T) {
	_, client := newPair(t, "v2.6.8")
	if info := must(client.ServerInfo(bounded(t))); info.Version != "v2.6.8" || info.Lite {
		t.Fatalf("%+v", info)
	}
	if milvus.Version() == "" {
		t.Fatal("the library has no version")
	}
}

func TestFlushingEndsWell(t *testing.T) {
	_, client := newPair(t, "v2.6.8")
	if err := client.Flush(bounded(t), "succeeds"); err != nil {
		t.Fatal(err)
	}
}

func TestParametersReachTheServerWhole(t *testing.T) {
	_, client := newPair(t, "v2.6.12")
	ctx := bounded(t)
	segments := must(client.Segments(ctx, "succeeds", milvus.SegmentsStored))
	var ids []int64
	for _, segment := range segments {
		if segment.Level != milvus.SegmentLevelL0 {
			ids = append(ids, segment.ID)
		}
	}
	for _, good := range []milvus.CompactParams{
		{SegmentIDs: ids}, {Partition: "_default"}, {TargetSizeMB: milvus.LargestTargetSize}, {Clustering: true}, {L0: true},
	} {
		if _, err := client.Check(ctx, "succeeds", good); err != nil {
			t.Errorf("%+v: %v", good, err)
		}
	}
	for _, bad := range []struct {
		params milvus.CompactParams
		status milvus.Status
	}{
		{milvus.CompactParams{SegmentIDs: []int64{}}, milvus.ErrInvalidArgument},
		{milvus.CompactParams{SegmentIDs: []int64{1}}, milvus.ErrInvalidArgument},
		{milvus.CompactParams{Partition: "third"}, milvus.ErrPartitionNotFound},
		{milvus.CompactParams{Channel: "none"}, milvus.ErrInvalidArgument},
		{milvus.CompactParams{Clustering: true, L0: true}, milvus.ErrInvalidArgument},
	} {
		if _, err := client.CompactWith(ctx, "succeeds", bad.params); !errors.Is(err, bad.status) {
			t.Errorf("%+v: %v", bad.params, err)
		}
	}
}

func TestAWholeDatabaseIsCompacted(t *testing.T) {
	_, client := newPair(t, "v2.6.8")
	results, err := client.CompactDatabase(bounded(t), milvus.ManyParams{OnlyTrigger: true, Concurrency: 2})
	if err != nil || len(results) < 10 {
		t.Fatal(len(results), err)
	}
	for index, result := range results {
		if result.Err != nil || result.Report != nil || result.Trigger == milvus.TriggerNone {
			t.Errorf("%+v", result)
		}
		if index > 0 && results[index-1].Collection >= result.Collection {
			t.Error("not sorted:", result.Collection)
		}
	}
}

func TestWhatWaitsToBeSortedIsToldWhereNothingWasToDo(t *testing.T) {
	fake, client := newPair(t, "v2.6.8")
	fake.tell(t, "add fresh only_unsorted")
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	results, err := client.CompactMany(ctx, []string{"fresh"}, milvus.ManyParams{})
	if err != nil || results[0].UnsortedSegments != 2 || results[0].Report.UnsortedSegments != 2 {
		t.Fatalf("%+v %v", results, err)
	}
	report, err := client.Wait(bounded(t), milvus.NoJob)
	if err != nil || report.UnsortedSegments != milvus.NotReported {
		t.Fatalf("%+v %v", report, err)
	}
}

func TestManyCollectionsHaveAReportOrAnErrorEach(t *testing.T) {
	_, client := newPair(t, "v2.6.8")
	names := []string{"succeeds", "missing", "fails", "nothing"}
	results, err := client.CompactMany(bounded(t), names, milvus.ManyParams{})
	if !errors.Is(err, milvus.ErrSomeFailed) || len(results) != len(names) {
		t.Fatal(results, err)
	}
	for index, status := range []error{nil, milvus.ErrCollectionNotFound, milvus.ErrCompactionFailed, nil} {
		if result := results[index]; result.Collection != names[index] || !errors.Is(result.Err, status) {
			t.Errorf("%+v", result)
		}
	}
	if results[0].Report.Verdict != milvus.VerdictSucceeded || results[1].Report != nil {
		t.Errorf("%+v", results)
	}
	for _, empty := range [][]string{nil, {}} { // a list that came out empty does not mean everything
		if _, err := client.CompactMany(bounded(t), empty, milvus.ManyParams{}); !errors.Is(err, milvus.ErrInvalidArgument) || !strings.Contains(err.Error(), "CompactDatabase") {
			t.Error(err)
		}
	}
}

func TestTheErrorOfManyIsThatOfEach(t *testing.T) {
	_, client := newPair(t, "v2.6.8")
	_, err := client.CompactMany(bounded(t), []string{"missing", "fails"}, milvus.ManyParams{})
	if !errors.Is(err, milvus.ErrCollectionNotFound) || !errors.Is(err, milvus.ErrCompactionFailed) || errors.Is(err, milvus.ErrTimeout) {
		t.Fatal(err)
	}
}

func TestTextsThatCWouldCutAreRefused(t *testing.T) {
	fake, client := newPair(t, "v2.6.8")
	ctx := bounded(t)
	errs := map[string]error{}
	_, errs["compact"] = client.Compact(ctx, "succeeds\x00really")
	_, errs["partition"] = client.CompactWith(ctx, "succeeds", milvus.CompactParams{Partition: "_default\x00"})
	_, errs["many"] = client.CompactMany(ctx, []string{"nothing", "fails\x00"}, milvus.ManyParams{})
	_, errs["check"] = client.Check(ctx, "\x00", milvus.CompactParams{Channel: "x"})
	_, errs["resolve"] = client.Resolve(ctx, "\x00")
	_, errs["optimize"] = client.Optimize(ctx, "\x00", milvus.OptimizeParams{})
	_, errs["optimize many"] = client.OptimizeMany(ctx, []string{"nothing", "fails\x00"}, milvus.OptimizeParams{})
	_, errs["tasks"] = client.Tasks(ctx, "\x00")
	_, errs["segments"] = client.Segments(ctx, "\x00", milvus.SegmentsStored)
	_, errs["size"] = milvus.ParseTargetSize("1GB\x00")
	errs["flush"] = client.Flush(ctx, "\x00")
	_, errs["new"] = milvus.New("http://localhost\x00:1")
	_, errs["token"] = milvus.New("http://localhost", milvus.WithToken("a:b\x00"))
	_, errs["not UTF-8"] = client.Compact(ctx, "\xff")
	for what, err := range errs {
		if !errors.Is(err, milvus.ErrInvalidArgument) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if count := fake.tell(t, "count trigger"); count != "0" {
		t.Error("triggers were sent:", count)
	}
}

func TestOptionsAreCheckedWhenTheClientIsMade(t *testing.T) {
	_, err := milvus.New(uri, milvus.WithOption("no.such", "x"))
	var failure *milvus.Error
	if !errors.As(err, &failure) || failure.Status != milvus.ErrInvalidArgument || failure.Operation != "milvus_options_set" {
		t.Fatal(err)
	}
	if _, err := milvus.New("gopher://x"); !errors.Is(err, milvus.ErrInvalidArgument) {
		t.Fatal(err)
	}
	if _, err := milvus.New(uri, milvus.WithOption("tls.ca_file", "/no/such/file")); !errors.Is(err, milvus.ErrInvalidArgument) {
		t.Fatal(err)
	}
}

func TestTargetSizesAreReadWithTheirUnit(t *testing.T) {
	if size := must(milvus.ParseTargetSize("1.5 GiB")); size != 1536 {
		t.Error(size)
	}
	if size := must(milvus.ParseTargetSize("max")); size != milvus.LargestTargetSize {
		t.Error(size)
	}
	if _, err := milvus.ParseTargetSize("512"); !errors.Is(err, milvus.ErrInvalidArgument) {
		t.Error(err)
	}
}

func TestASecretOptionIsNotPrinted(t *testing.T) {
	if text := fmt.Sprintf("%v %+v %#v %s", withSecret, withSecret, withSecret, []milvus.Option{withSecret}); strings.Contains(text, "hunter2") {
		t.Error(text)
	}
}

var withSecret = milvus.WithToken("root:hunter2")

func TestAClosedClientLeavesNothingBehind(t *testing.T) {
	ctx := bounded(t)
	descriptors := func() int { return len(must(os.ReadDir("/proc/self/fd"))) }
	useOnce := func() {
		client := must(milvus.New(uri))
		must(client.ServerInfo(ctx))
		client.Close()
	}
	useOnce() // the library's own thread stays
	before, goroutines := descriptors(), runtime.NumGoroutine()
	for range 50 {
		useOnce()
	}
	until(t, "connections are closed", func() bool { return descriptors() <= before })
	until(t, "goroutines end", func() bool { return runtime.NumGoroutine() <= goroutines })
}

func TestWithoutDescriptorsNoClientIsMade(t *testing.T) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	defer syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
	small := syscall.Rlimit{Cur: min(limit.Cur, 256), Max: limit.Max}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &small); err != nil {
		t.Fatal(err)
	}
	var files []*os.File
	release := func(count int) {
		for _, file := range files[len(files)-count:] {
			file.Close()
		}
		files = files[:len(files)-count]
	}
	defer func() { release(len(files)) }()
	for spare := range 2 { // no descriptor for the queue, or none for its duplicate
		// Again if another test's connection was closed in between, which leaves a descriptor.
		until(t, "no client is made", func() bool {
			for file, err := os.Open(os.DevNull); err == nil; file, err = os.Open(os.DevNull) {
				files = append(files, file)
			}
			release(spare)
			client, err := milvus.New(uri)
			if err == nil {
				client.Close()
			} else if !errors.Is(err, milvus.ErrOutOfMemory) {
				t.Error(err)
			}
			return err != nil
		})
	}
	release(len(files))
	client, err := milvus.New(uri)
	if err != nil {
		t.Fatal(err)
	}
	client.Close()
}

func TestAForgottenClientIsClosed(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 20 {
		client := must(milvus.New(uri))
		must(client.ServerInfo(bounded(t)))
	}
	until(t, "the goroutines of forgotten clients end", func() bool {
		runtime.GC()
		return runtime.NumGoroutine() <= before
	})
}
