// Examples for the documentation, run against the scripted server.

package milvus_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/milvus-client/milvus-client-go"
)

func Example() {
	client, err := milvus.New(uri)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	job, err := client.Compact(ctx, "succeeds")
	if err != nil {
		log.Fatal(err)
	}
	report, err := client.Wait(ctx, job)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(report.Verdict, report.Counts.Completed, "of", report.Planned)
	fmt.Println(report.SegmentDiff.SegmentsBefore, "segments became", report.SegmentDiff.SegmentsAfter)
	// Output:
	// succeeded 2 of 2
	// 4 segments became 2
}

func ExampleClient_Compact() {
	client, err := milvus.New(uri)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	_, err = client.Compact(context.Background(), "missing")
	var failure *milvus.Error
	switch {
	case errors.Is(err, milvus.ErrCollectionNotFound):
		fmt.Println("there is no such collection")
	case errors.As(err, &failure) && failure.InDoubt:
		fmt.Println("it may have begun:", failure.Message)
	}
	// Output: there is no such collection
}

func ExampleClient_Wait() {
	client, err := milvus.New(uri)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	ctx := context.Background()

	result, err := client.CompactWith(ctx, "fails_partly", milvus.CompactParams{})
	if err != nil {
		log.Fatal(err)
	}
	report, err := client.Wait(ctx, result.JobID)
	fmt.Println(errors.Is(err, milvus.ErrCompactionFailed), report.Verdict, report.Counts.Completed, report.Counts.Failed)
	// Output: true partly failed 2 1
}

func ExampleOnProgress() {
	client, err := milvus.New(uri)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	var last milvus.Progress
	remember := milvus.OnProgress(func(progress milvus.Progress) { last = progress })
	collections := []string{"succeeds", "nothing", "missing"}
	results, err := client.CompactMany(context.Background(), collections, milvus.ManyParams{}, remember)
	for _, result := range results {
		fmt.Println(result.Collection, result.Err == nil)
	}
	fmt.Println(errors.Is(err, milvus.ErrSomeFailed), last.CollectionsDone, last.CollectionsFailed)
	// Output:
	// succeeds true
	// nothing true
	// missing false
	// true 3 1
}

func ExampleClient_Check() {
	client, err := milvus.New(uri)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	result, err := client.Check(context.Background(), "succeeds", milvus.CompactParams{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("enabled:", result.Enabled, "indexed:", result.Indexed)
	fmt.Println("would compact:", result.WouldCompactIfFree, "held:", result.MayBeBusy, "final:", result.Final)
	fmt.Println("into about", result.ExpectedSegments)
	// Output:
	// enabled: yes indexed: yes
	// would compact: yes held: unknown final: no
	// into about 1
}

func ExampleClient_Optimize() {
	client, err := milvus.New(uri)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	result, err := client.Optimize(ctx, "to_optimize", milvus.OptimizeParams{})
	for _, step := range result.Steps {
		if step.Round > 0 {
			fmt.Print("round ", step.Round, ": ", step.Report.Verdict, "\n")
		} else {
			fmt.Println(step.Stage, step.State)
		}
	}
	if err != nil {
		fmt.Println("latest stage:", result.Stage, err)
	}
	fmt.Println(result.SegmentsBefore, "segments became", result.SegmentsAfter)
	// Output:
	// flush done
	// sort done
	// index done
	// round 1: succeeded
	// compact done
	// reindex done
	// load skipped
	// serve skipped
	// 3 segments became 1
}
