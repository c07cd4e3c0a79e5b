// Request ids, metadata, the user agent, and what a client counts.

package milvus_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/milvus-client/milvus-client-go"
)

func TestCallsCarryTheRequestIDAndMetadataOfTheirContext(t *testing.T) {
	fake, client := newPair(t, "v2.6.8", milvus.WithOption("metadata.x-tenant", "sales"))
	ctx := milvus.WithRequestID(bounded(t), "order-4711")
	ctx = milvus.WithMetadata(ctx, "traceparent", "00-1-2-01")
	_, err := client.Compact(milvus.WithMetadata(ctx, "x-more", "1"), "missing")
	var failure *milvus.Error
	if !errors.As(err, &failure) || failure.RequestID != "order-4711" {
		t.Fatalf("%+v", err)
	}
	for name, want := range map[string]string{
		"client-request-id": "order-4711", "traceparent": "00-1-2-01", "x-more": "1", "x-tenant": "sales",
	} {
		if have := fake.tell(t, "header describe "+name); have != want {
			t.Errorf("%s: %s", name, have)
		}
	}
	_, err = client.Compact(bounded(t), "missing")
	if !errors.As(err, &failure) || len(failure.RequestID) != 16 {
		t.Fatalf("%+v", err)
	}
	if have := fake.tell(t, "header describe client-request-id"); have != failure.RequestID {
		t.Error(have)
	}
	if have := fake.tell(t, "header describe traceparent"); have != "none" {
		t.Error("another context's:", have)
	}
}

func TestMetadataThatIsReservedEndsTheCallAndLeavesNothingBehind(t *testing.T) {
	fake, client := newPair(t, "v2.6.8")
	ctx := milvus.WithMetadata(milvus.WithRequestID(bounded(t), "wrong"), "authorization", "x")
	if _, err := client.State(ctx, 1); !errors.Is(err, milvus.ErrInvalidArgument) || !strings.Contains(err.Error(), "reserved") {
		t.Fatal(err)
	}
	must(client.State(bounded(t), 1))
	if have := fake.tell(t, "header state client-request-id"); have == "wrong" {
		t.Error(have)
	}
}

func TestTheBindingIsInTheUserAgentUnlessTheProgramIs(t *testing.T) {
	fake, client := newPair(t, "v2.6.8")
	must(client.State(bounded(t), 1))
	if have := fake.tell(t, "header state user-agent"); !strings.HasPrefix(have, "milvus-client-go/") ||
		!strings.Contains(have, " milvus-client-c/") {
		t.Error(have)
	}
	fake, client = newPair(t, "v2.6.8", milvus.WithOption("user_agent", "nightly/1.0"))
	must(client.State(bounded(t), 1))
	if have := fake.tell(t, "header state user-agent"); !strings.HasPrefix(have, "nightly/1.0 milvus-client-c/") {
		t.Error(have)
	}
}

func TestAClientCountsWhatItDoes(t *testing.T) {
	_, client := newPair(t, "v2.6.8")
	for range 3 {
		must(client.State(bounded(t), 1))
	}
	stats := must(client.Stats())
	if stats.ConnectionsMade != 1 || stats.States.Ok != 3 || stats.States.MaxUs <= 0 || stats.BytesSent <= 0 {
		t.Errorf("%+v", stats)
	}
	client.Close()
	if _, err := client.Stats(); !errors.Is(err, milvus.ErrClosed) {
		t.Error(err)
	}
}
