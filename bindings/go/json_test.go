// Results as JSON: the same as the library writes in C, of which tests/json/samples has samples.

package milvus_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/milvus-client/milvus-client-go"
)

// What differs from run to run.
var volatile = []string{"elapsed_ms", "polls", "failed_polls", "request_id", "message"}

func masked(value any) any {
	switch value := value.(type) {
	case []any:
		for index := range value {
			value[index] = masked(value[index])
		}
	case map[string]any:
		for key, inner := range value {
			if value[key] = masked(inner); slices.Contains(volatile, key) && inner != nil {
				value[key] = reflect.TypeOf(inner).String()
			}
		}
	}
	return value
}

func parsed(t *testing.T, text []byte) any {
	t.Helper()
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return masked(value)
}

func sameAsSample(t *testing.T, name string, value any) {
	t.Helper()
	directory := os.Getenv("MILVUS_SAMPLES")
	if directory == "" {
		t.Fatal("MILVUS_SAMPLES is not set: it is the path of tests/json/samples")
	}
	sample := must(os.ReadFile(filepath.Join(directory, name+".json")))
	text := must(json.Marshal(value))
	if !reflect.DeepEqual(parsed(t, sample), parsed(t, text)) {
		t.Errorf("%s: %s", name, text)
	}
}

func TestResultsAreWrittenAsInC(t *testing.T) {
	fake, client := newPair(t, "v3.1.0")
	fake.tell(t, "mergeable to_optimize 3")
	fake.tell(t, "load to_optimize 0")
	ctx := bounded(t)
	names := []string{"succeeds", "fails_partly", "missing"}
	many, err := client.CompactMany(ctx, names, milvus.ManyParams{Concurrency: 1})
	if !errors.Is(err, milvus.ErrSomeFailed) {
		t.Fatal(err)
	}
	sameAsSample(t, "many", many)
	sameAsSample(t, "report", many[1].Report)
	sameAsSample(t, "plans", must(client.Plans(ctx, many[1].JobID)))
	sameAsSample(t, "check", must(client.Check(ctx, "to_optimize", milvus.CompactParams{})))
	sameAsSample(t, "segments", must(client.Segments(ctx, "to_optimize", milvus.SegmentsStored)))
	sameAsSample(t, "optimize", must(client.OptimizeMany(ctx, []string{"to_optimize"}, milvus.OptimizeParams{})))
}

func TestWhatIsNotKnownIsNullAndIdsAreStrings(t *testing.T) {
	report := milvus.Report{Verdict: 4711, JobID: 470780234608288243, UnsortedSegments: milvus.NotReported}
	text := string(must(json.Marshal(report)))
	begin := `{"verdict":"unrecognized_4711","job_id":"470780234608288243","planned":null,`
	if !strings.HasPrefix(text, begin) || !strings.Contains(text, `,"unsorted_segments":null,`) {
		t.Error(text)
	}
	result := milvus.ManyResult{Collection: "a\"b\\c\nd", JobID: milvus.UnknownJob}
	text = string(must(json.Marshal(result)))
	if !strings.Contains(text, `"a\"b\\c\nd"`) || !strings.Contains(text, `"job_id":"unknown"`) {
		t.Error(text)
	}
}
