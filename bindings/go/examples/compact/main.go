// Compact has a server compact one collection, waits until that is done, and prints what became of it.
//
//	compact http://localhost:19530 products
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/milvus-client/milvus-client-go"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: compact URI COLLECTION")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	if err := compact(ctx, os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func compact(ctx context.Context, uri, collection string) error {
	client, err := milvus.New(uri)
	if err != nil {
		return err
	}
	defer client.Close()

	result, err := client.CompactWith(ctx, collection, milvus.CompactParams{})
	var failure *milvus.Error
	if errors.As(err, &failure) && failure.InDoubt {
		fmt.Println("in doubt, resolution:", failure.Resolution)
	}
	if errors.Is(err, milvus.ErrBusy) {
		fmt.Println("another compaction holds the segments: try again later")
	}
	if err != nil {
		return err
	}
	fmt.Printf("job %d: %s\n", result.JobID, result.Trigger)

	report, err := client.Wait(ctx, result.JobID, milvus.OnProgress(func(progress milvus.Progress) {
		fmt.Printf("%d of %d plans after %s\n", progress.Completed, progress.Planned, progress.Elapsed)
	}))
	fmt.Println("verdict:", report.Verdict)
	if diff := report.SegmentDiff; diff != nil {
		fmt.Printf("segments: %d -> %d, rows: %d -> %d\n",
			diff.SegmentsBefore, diff.SegmentsAfter, diff.RowsBefore, diff.RowsAfter)
	}
	if left := report.LeftOut; left != nil && left.Total > 0 {
		fmt.Printf("left out: %+v\n", *left)
	}
	printPlans(ctx, client, result.JobID)
	return err
}

// Prints how each plan ended that did not complete, and what says so.
func printPlans(ctx context.Context, client *milvus.Client, job milvus.JobID) {
	plans, err := client.Plans(ctx, job)
	if err != nil {
		fmt.Fprintln(os.Stderr, "cannot list the plans:", err)
	}
	for _, plan := range plans {
		if plan.Judgement != milvus.JudgementCompleted {
			fmt.Printf("plan of %v: %s: %s\n", plan.Sources, plan.Judgement, plan.Reason.Message())
		}
	}
}
