// Calls that are ended from outside, and many at once.

package milvus_test

import (
	"context"
	"errors"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/milvus-client/milvus-client-go"
)

// Begins a wait that ends by outside means only, and tells its error when it does. It is known to be under way.
func waitForever(ctx context.Context, t *testing.T, client *milvus.Client) <-chan error {
	t.Helper()
	job := must(client.Compact(ctx, "never_ends"))
	isUnderWay, ended := make(chan struct{}), make(chan error, 1)
	var once sync.Once
	go func() {
		report, err := client.Wait(ctx, job, milvus.OnProgress(func(milvus.Progress) { once.Do(func() { close(isUnderWay) }) }))
		if err == nil || report.Verdict != milvus.VerdictNone || report.JobID != job {
			t.Errorf("%+v", report)
		}
		ended <- err
	}()
	<-isUnderWay
	return ended
}

func TestACancelledContextEndsACallAndSaysSo(t *testing.T) {
	_, client := newPair(t, "v2.6.8")
	ctx, cancel := context.WithCancel(bounded(t))
	ended := waitForever(ctx, t, client)
	cancel()
	err := <-ended
	if !errors.Is(err, context.Canceled) || !errors.Is(err, milvus.ErrCancelled) || errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
}

func TestTheCauseOfACancellationCanBeAskedFor(t *testing.T) {
	_, client := newPair(t, "v2.6.8")
	ctx, cancel := context.WithCancelCause(bounded(t))
	ended := waitForever(ctx, t, client)
	cause := errors.New("the operator went home")
	cancel(cause)
	if err := <-ended; !errors.Is(err, context.Canceled) || !errors.Is(err, cause) {
		t.Fatal(err)
	}
}

func TestADeadlineEndsACallAsATimeout(t *testing.T) {
	_, client := newPair(t, "v2.6.8")
	job := must(client.Compact(bounded(t), "never_ends"))
	ctx, cancel := context.WithTimeout(bounded(t), 100*time.Millisecond)
	defer cancel()
	report, err := client.Wait(ctx, job)
	if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, milvus.ErrTimeout) || errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if report.Verdict != milvus.VerdictNone || report.JobID != job || report.Planned != 1 {
		t.Fatalf("%+v", report)
	}
}

func TestManyCollectionsEndWithTheContextToo(t *testing.T) {
	_, client := newPair(t, "v2.6.8")
	names := []string{"nothing", "never_ends"}
	brief, cancel := context.WithTimeout(bounded(t), 200*time.Millisecond)
	defer cancel()
	if results, err := client.CompactMany(brief, names, milvus.ManyParams{}); !errors.Is(err, context.DeadlineExceeded) || len(results) != 2 {
		t.Error(results, err)
	}
	ctx, cancel := context.WithCancel(bounded(t))
	defer cancel()
	onceOneIsThrough := milvus.OnProgress(func(progress milvus.Progress) {
		if progress.CollectionsDone == 1 {
			cancel()
		}
	})
	if results, err := client.CompactMany(ctx, names, milvus.ManyParams{}, onceOneIsThrough); !errors.Is(err, context.Canceled) {
		t.Error(results, err)
	}
}

func TestADeadlineInTheFarFutureIsNone(t *testing.T) {
	_, client := newPair(t, "v2.6.8")
	far, cancel := context.WithDeadline(context.Background(), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC))
	defer cancel()
	if _, err := client.Wait(far, must(client.Compact(far, "succeeds"))); err != nil {
		t.Fatal(err)
	}
}

func TestAContextThatHasEndedSendsNothing(t *testing.T) {
	fake, client := newPair(t, "v2.6.8")
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	late, cancel := context.WithDeadline(context.Background(), time.Now().Add(-time.Second))
	defer cancel()
	if _, err := client.Compact(cancelled, "succeeds"); !errors.Is(err, context.Canceled) || !errors.Is(err, milvus.ErrCancelled) {
		t.Error(err)
	}
	if _, err := client.Compact(late, "succeeds"); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, milvus.ErrTimeout) {
		t.Error(err)
	}
	if count := fake.tell(t, "count connect"); count != "0" {
		t.Error(count)
	}
}

func TestACancelledTriggerThatTheServerHasIsInDoubt(t *testing.T) {
	fake, client := newPair(t, "v2.6.8")
	must(client.ServerInfo(bounded(t)))
	fake.tell(t, "fail trigger hang")
	ctx, cancel := context.WithCancel(bounded(t))
	ended := make(chan error, 1)
	go func() {
		_, err := client.Compact(ctx, "succeeds")
		ended <- err
	}()
	until(t, "the server gets the trigger", func() bool { return fake.tell(t, "count trigger") == "1" })
	cancel()
	err := <-ended
	var failure *milvus.Error
	if !errors.As(err, &failure) || !failure.InDoubt || !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

func TestWithoutDeadlineTheClientsOwnLimitCounts(t *testing.T) {
	fake, client := newPair(t, "v2.6.8", milvus.WithOption("timeout_ms", "100"))
	fake.tell(t, "fail connect hang")
	if _, err := client.ServerInfo(context.Background()); !errors.Is(err, milvus.ErrTimeout) {
		t.Fatal(err)
	}
}

func TestWithoutDeadlineAWaitForAJobHasALimitOfItsOwn(t *testing.T) {
	_, client := newPair(t, "v2.6.8", milvus.WithOption("wait_timeout_ms", "300"))
	ctx := context.Background()
	job := must(client.Compact(bounded(t), "never_ends"))
	if report, err := client.Wait(ctx, job); !errors.Is(err, milvus.ErrTimeout) || report.Counts.Executing != 1 {
		t.Error(report, err)
	}
	if _, err := client.WaitIn(ctx, "never_ends", job); !errors.Is(err, milvus.ErrTimeout) {
		t.Error(err)
	}
	results, err := client.CompactMany(ctx, []string{"never_ends"}, milvus.ManyParams{})
	if len(results) != 1 || !errors.Is(results[0].Err, milvus.ErrTimeout) {
		t.Error(results, err)
	}
	if _, err := client.Optimize(ctx, "never_ends", milvus.OptimizeParams{}); !errors.Is(err, milvus.ErrTimeout) {
		t.Error(err)
	}
}

func TestClosingEndsCallsThatAreUnderWay(t *testing.T) {
	_, client := newPair(t, "v2.6.8")
	ctx := bounded(t)
	ended := waitForever(ctx, t, client)
	var closing sync.WaitGroup
	for range 4 { // at once, and again
		closing.Go(func() { client.Close() })
	}
	closing.Wait()
	if err := <-ended; !errors.Is(err, milvus.ErrClosed) {
		t.Fatal(err)
	}
	if _, err := client.Compact(ctx, "succeeds"); !errors.Is(err, milvus.ErrClosed) {
		t.Fatal(err)
	}
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAFunctionForProgressMayCloseTheClient(t *testing.T) {
	_, client := newPair(t, "v2.6.8")
	ctx := bounded(t)
	job := must(client.Compact(ctx, "never_ends"))
	_, err := client.Wait(ctx, job, milvus.OnProgress(func(milvus.Progress) { client.Close() }))
	if !errors.Is(err, milvus.ErrClosed) {
		t.Fatal(err)
	}
}

func TestAFunctionForProgressThatPanicsLeavesTheClientUsable(t *testing.T) {
	_, client := newPair(t, "v2.6.8")
	ctx := bounded(t)
	job := must(client.Compact(ctx, "never_ends"))
	func() {
		defer func() {
			if recover() != "oh" {
				t.Error("the panic was lost")
			}
		}()
		client.Wait(ctx, job, milvus.OnProgress(func(milvus.Progress) { panic("oh") }))
	}()
	must(client.ServerInfo(ctx))
	client.Close()
}

func threads(t *testing.T) int {
	return len(must(os.ReadDir("/proc/self/task")))
}

func TestAThousandWaitsTakeNeitherThreadsNorGoroutines(t *testing.T) {
	const waits = 1000
	fake, client := newPair(t, "v2.6.8")
	ctx, cancel := context.WithCancel(bounded(t))
	job := must(client.Compact(ctx, "never_ends"))
	threadsBefore, before := threads(t), runtime.NumGoroutine()
	ended := make(chan error, waits)
	for range waits {
		go func() {
			_, err := client.Wait(ctx, job)
			ended <- err
		}()
	}
	// With an option for progress it would be known of each; without, the server's count of polls has to do.
	until(t, "the server is polled for long", func() bool { return len(fake.tell(t, "count state")) >= 4 })
	until(t, "all callers are there", func() bool { return runtime.NumGoroutine() >= before+waits })
	if now := threads(t); now > threadsBefore+50 {
		t.Errorf("%d threads became %d", threadsBefore, now)
	}
	if now := runtime.NumGoroutine(); now > before+waits+5 {
		t.Errorf("%d goroutines became %d", before, now)
	}
	cancel()
	for range waits {
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
}

func TestManyGoroutinesShareAClient(t *testing.T) {
	_, client := newPair(t, "v2.6.8")
	ctx := bounded(t)
	var all sync.WaitGroup
	for number := range 50 {
		all.Go(func() {
			for round := range 10 {
				switch number % 5 {
				case 0:
					if _, err := client.Compact(ctx, "missing"); !errors.Is(err, milvus.ErrCollectionNotFound) {
						t.Error(err)
					}
				case 1:
					if _, err := client.Segments(ctx, "succeeds", milvus.SegmentsStored); err != nil {
						t.Error(err)
					}
				case 2:
					job, err := client.Compact(ctx, "nothing")
					if _, waited := client.Wait(ctx, job); err != nil || waited != nil {
						t.Error(err, waited)
					}
				case 3:
					if round > 0 { // servers end connections on which too many calls are given up
						return
					}
					brief, cancel := context.WithTimeout(ctx, time.Duration(number)*100*time.Microsecond)
					if _, err := client.Check(brief, "fails", milvus.CompactParams{}); err != nil && !errors.Is(err, context.DeadlineExceeded) {
						t.Error(err)
					}
					cancel()
				case 4:
					runtime.GC() // handles are numbers, which must not look like pointers to the collector
				}
			}
		})
	}
	all.Wait()
}

func TestClosingAmidManyCallsLosesNone(t *testing.T) {
	for range 20 {
		client := must(milvus.New(uri))
		ctx := bounded(t)
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				for {
					if _, err := client.State(ctx, 1); err != nil {
						if !errors.Is(err, milvus.ErrClosed) {
							t.Error(err)
						}
						return
					}
				}
			})
		}
		must(client.ServerInfo(ctx))
		client.Close()
		all.Wait()
	}
}
