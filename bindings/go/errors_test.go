// What failures tell, and the names of all constants.

package milvus_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/milvus-client/milvus-client-go"
)

func TestAnErrorHasEverythingTheLibraryKnows(t *testing.T) {
	_, client := newPair(t, "v2.6.8")
	_, err := client.Compact(bounded(t), "missing")
	var failure *milvus.Error
	if !errors.As(err, &failure) {
		t.Fatal(err)
	}
	if !errors.Is(fmt.Errorf("nightly run: %w", err), milvus.ErrCollectionNotFound) || errors.Is(err, milvus.ErrTimeout) {
		t.Error("compared wrongly:", err)
	}
	if failure.Status != milvus.ErrCollectionNotFound || failure.ServerCode != 4 || failure.InDoubt || failure.Retriable {
		t.Errorf("%+v", failure)
	}
	if failure.Operation != "milvus_compact_with_async" || !strings.Contains(failure.Message, "missing") {
		t.Errorf("%+v", failure)
	}
	if text := err.Error(); !strings.Contains(text, failure.Message) || !strings.Contains(text, "COLLECTION_NOT_FOUND") {
		t.Error(text)
	}
}

func TestATriggerWhoseAnswerIsLostIsInDoubtAndCanBeLookedFor(t *testing.T) {
	fake, client := newPair(t, "v3.1.0")
	ctx := bounded(t)
	must(client.ServerInfo(ctx))
	fake.tell(t, "fail trigger cut")
	_, err := client.Compact(ctx, "succeeds")
	var failure *milvus.Error
	if !errors.As(err, &failure) || !failure.InDoubt || failure.Retriable || failure.Resolution != milvus.ResolutionStarted {
		t.Fatalf("%+v", err)
	}
	found := must(client.Resolve(ctx, "succeeds"))
	if found.State != milvus.ResolutionStarted || found.JobID != failure.JobID || found.JobID <= 0 || found.Text == "" {
		t.Fatalf("%+v", found)
	}
	if found := must(client.Resolve(ctx, "nothing")); found.State != milvus.ResolutionNotInDoubt || found.JobID != milvus.NoJob {
		t.Fatalf("%+v", found)
	}
	if report := must(client.Wait(ctx, found.JobID)); report.Verdict != milvus.VerdictSucceeded {
		t.Fatalf("%+v", report)
	}
}

func TestTheServersOwnCodesAreInTheError(t *testing.T) {
	fake, client := newPair(t, "v2.6.8")
	fake.tell(t, "fail state grpc 7 no way")
	_, err := client.State(bounded(t), 4711)
	var failure *milvus.Error
	if !errors.As(err, &failure) || failure.GRPCCode != 7 || failure.JobID != 4711 || failure.Status != milvus.ErrPermissionDenied {
		t.Fatalf("%+v", err)
	}
}

func TestAServerThatIsGoneIsUnavailable(t *testing.T) {
	fake, err := startFake("v2.6.8")
	if err != nil {
		t.Fatal(err)
	}
	client := must(milvus.New(fake.uri, milvus.WithOption("retry.max_attempts", "1")))
	defer client.Close()
	fake.stop()
	if _, err := client.ServerInfo(bounded(t)); !errors.Is(err, milvus.ErrUnavailable) {
		t.Fatal(err)
	}
}

func TestEnumsHaveReadableNames(t *testing.T) {
	for want, value := range map[string]fmt.Stringer{
		"partly failed": milvus.VerdictPartlyFailed, "unknown": milvus.VerdictUnknown, "unknown verdict (77)": milvus.Verdict(77),
		"not started": milvus.VerdictNotStarted, "taken by others": milvus.ReasonTakenByOthers,
		"unknown judgement (5)": milvus.Judgement(5), "unknown reason (-1)": milvus.Reason(-1),
		"scheduled": milvus.TriggerScheduled, "no trace": milvus.ResolutionNoTrace, "mix": milvus.PlanTypeMix,
		"meta saved": milvus.PlanStateMetaSaved, "unknown plan type (1)": milvus.PlanType(1), "executing": milvus.CompactionStateExecuting,
		"loaded": milvus.SegmentsLoaded, "flushed": milvus.SegmentStateFlushed, "L0": milvus.SegmentLevelL0, "yes": milvus.Yes,
		"COLLECTION_NOT_FOUND": milvus.ErrCollectionNotFound, "UNKNOWN_STATUS (999)": milvus.Status(999),
		"unknown segment state (99)": milvus.SegmentState(99), "unknown segment view (9)": milvus.SegmentView(9),
	} {
		if value.String() != want {
			t.Errorf("%q is not %q", value, want)
		}
	}
	if milvus.ErrNotReady.Error() == "" || milvus.VerdictFailed.Message() == "" || milvus.ReasonPurged.Message() == "" {
		t.Error("no sentence")
	}
	if errors.Is(milvus.ErrTimeout, context.Canceled) {
		t.Error("a timeout is no cancellation")
	}
}
