package milvus_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/milvus-client/milvus-client-go"
)

func TestAnotherClientGoesOnWithAJob(t *testing.T) {
	fake, owner := newPair(t, "v2.6.8")
	ctx := bounded(t)
	job := must(owner.CompactWith(ctx, "succeeds", milvus.CompactParams{})).JobID
	text := must(owner.ExportJob(job))
	if !strings.HasPrefix(text, "milvus-job-1.") || strings.ContainsAny(text, " \n") {
		t.Fatal(text)
	}
	owner.Close()
	if _, err := owner.ExportJob(job); !errors.Is(err, milvus.ErrClosed) {
		t.Error(err)
	}
	if _, err := owner.ImportJob(text); !errors.Is(err, milvus.ErrClosed) {
		t.Error(err)
	}
	heir := must(milvus.New(fake.uri))
	defer heir.Close()
	if imported := must(heir.ImportJob(text + "\n")); imported != job {
		t.Fatal(imported)
	}
	report := must(heir.Wait(ctx, job))
	if report.Verdict != milvus.VerdictSucceeded || report.SegmentDiff == nil || report.SegmentDiff.SegmentsBefore != 4 {
		t.Fatalf("%+v", report)
	}
}

func TestAJobOfOthersIsWaitedForInItsCollection(t *testing.T) {
	fake, owner := newPair(t, "v2.6.8")
	ctx := bounded(t)
	job := must(owner.CompactWith(ctx, "fails_partly", milvus.CompactParams{})).JobID
	other := must(milvus.New(fake.uri))
	defer other.Close()
	report, err := other.WaitIn(ctx, "fails_partly", job)
	if !errors.Is(err, milvus.ErrCompactionFailed) || report.Verdict != milvus.VerdictPartlyFailed {
		t.Errorf("%+v %v", report, err)
	}
}

func TestATextThatIsNoWholeJobIsRefused(t *testing.T) {
	_, client := newPair(t, "v2.6.8")
	if _, err := client.ExportJob(77); !errors.Is(err, milvus.ErrInvalidArgument) {
		t.Error(err)
	}
	text := must(client.ExportJob(milvus.NoJob))
	if job := must(client.ImportJob(text)); job != milvus.NoJob {
		t.Error(job)
	}
	for _, wrong := range []string{"", text[:len(text)-1], text + "\x00"} {
		if _, err := client.ImportJob(wrong); !errors.Is(err, milvus.ErrInvalidArgument) {
			t.Error(wrong, err)
		}
	}
	if _, err := client.WaitIn(bounded(t), "a\x00b", 77); !errors.Is(err, milvus.ErrInvalidArgument) {
		t.Error(err)
	}
}

func TestATokenIsReplacedWhileJobsGoOn(t *testing.T) {
	_, client := newPair(t, "v2.6.8")
	ctx := bounded(t)
	job := must(client.CompactWith(ctx, "succeeds", milvus.CompactParams{})).JobID
	if err := client.SetToken("root:renewed"); err != nil {
		t.Fatal(err)
	}
	if report := must(client.Wait(ctx, job)); report.Verdict != milvus.VerdictSucceeded {
		t.Errorf("%+v", report)
	}
	if err := client.SetToken("nul\x00"); !errors.Is(err, milvus.ErrInvalidArgument) {
		t.Error(err)
	}
	client.Close()
	if err := client.SetToken(""); !errors.Is(err, milvus.ErrClosed) {
		t.Error(err)
	}
}

func TestACallNamesItsDatabase(t *testing.T) {
	fake, client := newPair(t, "v2.6.8")
	ctx := bounded(t)
	fake.tell(t, "add twice succeeds")
	fake.tell(t, "add sales/twice succeeds")
	sales := client.InDatabase("sales")
	first := func(client *milvus.Client) int64 {
		return must(client.Segments(ctx, "twice", milvus.SegmentsStored))[0].ID
	}
	own := first(client)
	if first(sales) == own {
		t.Error("both databases have the same segments")
	}
	if err := sales.Flush(ctx, "twice"); err != nil {
		t.Fatal(err)
	}
	if named := fake.tell(t, "header flush dbname"); named != "sales" {
		t.Errorf("the flush names %q", named)
	}
	if found := must(sales.Resolve(ctx, "twice")); found.State != milvus.ResolutionNotInDoubt {
		t.Error(found)
	}
	if _, err := sales.Tasks(ctx, "twice"); !errors.Is(err, milvus.ErrUnsupported) {
		t.Error(err)
	}
	job := must(sales.Compact(ctx, "twice"))
	if report := must(sales.WaitIn(ctx, "twice", job)); report.Verdict != milvus.VerdictSucceeded {
		t.Error(report)
	}
	if first(client) != own {
		t.Error("the other database changed")
	}
	_, err := client.Check(ctx, "twice", milvus.CompactParams{Database: "no_such_database"})
	if !errors.Is(err, milvus.ErrDatabaseNotFound) {
		t.Error(err)
	}
	_, err = client.CompactWith(ctx, "twice", milvus.CompactParams{OnlyIfIdle: true})
	if !errors.Is(err, milvus.ErrUnsupported) {
		t.Error(err)
	}
}

func TestManyAreSelectedAndToldOfOneByOne(t *testing.T) {
	fake, client := newPair(t, "v2.6.8")
	ctx := bounded(t)
	for _, name := range []string{"log_1", "log_2", "log_3", "one/log_1"} {
		fake.tell(t, "add "+name+" succeeds")
	}
	params := milvus.ManyParams{Match: "log_*", MinSegments: 2, MaxCollections: 2, Concurrency: 1}
	var events []milvus.CollectionEvent
	note := milvus.OnEvent(func(event milvus.CollectionEvent) { events = append(events, event) })
	results := must(client.CompactDatabase(ctx, params, note))
	if len(results) != 3 || results[0].Skip != milvus.SkipNone || results[2].Skip != milvus.SkipMaxCollections {
		t.Fatal(results)
	}
	if results[2].Trigger != milvus.TriggerSkipped || !strings.Contains(results[2].SkipText, "max_collections is 2") {
		t.Error(results[2])
	}
	if len(events) != 8 || events[0].Event != milvus.EventBegan || !events[7].Skipped {
		t.Error(events)
	}
	for _, index := range []int{1, 4} {
		event := events[index]
		if event.Event != milvus.EventTriggered || event.JobID <= 0 || event.JobID != results[event.Index].JobID {
			t.Error(event)
		}
	}
	params.AllDatabases, params.IncludeFinal, params.MaxCollections = true, true, 0
	var databases []string
	for _, result := range must(client.CompactDatabase(ctx, params)) {
		databases = append(databases, result.Database)
	}
	if !slices.Contains(databases, "one") || !slices.Contains(databases, "default") {
		t.Error(databases)
	}
	params.Match = "lgo*"
	if _, err := client.CompactDatabase(ctx, params); !errors.Is(err, milvus.ErrCollectionNotFound) {
		t.Error(err)
	}
}

// Each job is told while it runs, and what is exported then is all that another process needs.
func TestAJobOfAnOptimizationCanBeSavedAsSoonAsItIsTriggered(t *testing.T) {
	fake, client := newPair(t, "v2.6.8")
	fake.tell(t, "add endless never_ends")
	ctx, cancel := context.WithCancel(bounded(t))
	defer cancel()
	var saved string
	var told milvus.JobID
	save := milvus.OnEvent(func(event milvus.CollectionEvent) {
		if event.Event != milvus.EventTriggered {
			return
		}
		told, saved = event.JobID, must(client.ExportJob(event.JobID))
		cancel()
	})
	if _, err := client.Optimize(ctx, "endless", milvus.OptimizeParams{}, save); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	other := must(milvus.New(fake.uri))
	defer other.Close()
	if imported := must(other.ImportJob(saved)); imported != told || told <= 0 {
		t.Error(imported, told)
	}
}
