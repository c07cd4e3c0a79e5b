// Looking around: lists of collections and databases, and surveys.

package milvus_test

import (
	"errors"
	"testing"

	"github.com/milvus-client/milvus-client-go"
)

func TestCollectionsAndDatabasesAreListed(t *testing.T) {
	fake, client := newPair(t, "v2.6.8")
	fake.tell(t, "alias another succeeds")
	fake.tell(t, "load succeeds 0")
	fake.tell(t, "database sales")
	ctx := bounded(t)
	list := must(client.Collections(ctx))
	isFound := false
	for _, info := range list {
		if info.Err != nil || info.Database != "default" || info.ID <= 0 {
			t.Errorf("%+v", info)
		}
		if info.Collection == "succeeds" {
			isFound = true
			if info.Aliases != "another" || info.Rows != 200 || info.Loaded != milvus.Yes {
				t.Errorf("%+v", info)
			}
		}
	}
	if !isFound {
		t.Errorf("%+v", list)
	}
	databases := must(client.Databases(ctx))
	if len(databases) != 2 || databases[0].Database != "default" || databases[1].Database != "sales" {
		t.Errorf("%+v", databases)
	}
	elsewhere := must(client.InDatabase("sales").Collections(ctx))
	if len(elsewhere) != len(list) || elsewhere[0].Database != "sales" {
		t.Errorf("%+v", elsewhere)
	}
}

func TestASurveyTellsOfEachAndOnlyReads(t *testing.T) {
	fake, client := newPair(t, "v2.6.8")
	fake.tell(t, "mergeable merged 3 4") // in two partitions
	ctx := bounded(t)
	var last milvus.Progress
	remember := milvus.OnProgress(func(progress milvus.Progress) { last = progress })
	result := must(client.Survey(ctx, []string{"merged"}, milvus.SurveyParams{}, remember))[0]
	if result.Check == nil || result.Check.WouldCompactIfFree != milvus.Yes || result.Err != nil {
		t.Fatalf("%+v", result)
	}
	if result.StoredSegments != 7 || result.MergedSegments != 7 || result.MergedInto != 2 || result.RewriteRows != result.StoredRows {
		t.Errorf("%+v", result)
	}
	if result.Fragmentation < 0.71 || result.Fragmentation > 0.72 || last.CollectionsDone != 1 || last.Collections != 1 {
		t.Errorf("%+v %+v", result, last)
	}
	results, err := client.Survey(ctx, []string{"missing", "merged"}, milvus.SurveyParams{})
	if !errors.Is(err, milvus.ErrSomeFailed) || !errors.Is(err, milvus.ErrCollectionNotFound) || len(results) != 2 {
		t.Fatalf("%v %+v", err, results)
	}
	if results[0].Check != nil || results[0].Err == nil || results[1].Check == nil || results[1].Err != nil {
		t.Errorf("%+v", results)
	}
	if _, err := client.Survey(ctx, nil, milvus.SurveyParams{}); !errors.Is(err, milvus.ErrInvalidArgument) {
		t.Error(err)
	}
	fake.tell(t, "database sales")
	if all := must(client.SurveyDatabase(ctx, milvus.SurveyParams{AllDatabases: true})); len(all) < 20 {
		t.Errorf("%+v", all)
	}
	if fake.tell(t, "count trigger") != "0" || fake.tell(t, "count flush") != "0" {
		t.Error("it does not only read")
	}
}
