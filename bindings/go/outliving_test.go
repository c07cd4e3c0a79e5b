package milvus_test

import (
	"errors"
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
