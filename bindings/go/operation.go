// One operation from its start to its end: the context that limits it, the progress it tells, the result it has.

package milvus

// #include <milvus_client.h>
import "C"

import (
	"context"
	"errors"
	"runtime"
	"time"
)

// How often progress is looked at.
const progressInterval = 100 * time.Millisecond

// How long the library may take to end a call by itself when its time is up, before it is told to: its own words
// for that say more.
const grace = time.Second

// CallOption changes how one call is made. See [OnProgress].
type CallOption func(*callOptions)

type callOptions struct {
	progress func(Progress)
	events   func(CollectionEvent)
}

// OnProgress has a function called when the counts have changed, at most ten times a second, and once at the end. It
// runs on the goroutine of the call, which goes on when it returns; it may use the client, and even close it.
func OnProgress(function func(Progress)) CallOption {
	return func(options *callOptions) { options.progress = function }
}

// OnEvent has a function told which collection began, each of its jobs as soon as it is triggered, and which ended and
// how, in the order in which that happened: of many collections, and of [Client.Optimize]. It runs as that of
// [OnProgress] does, and before it. With [Client.ExportJob] it can save a job, so that the next process can follow it
// even if this one is killed.
func OnEvent(function func(CollectionEvent)) CallOption {
	return func(options *callOptions) { options.events = function }
}

// What an operation consists of; name is the C function that start calls. take reads the result and returns how the
// operation ended, also if there is a result although it has failed. followsJobs is true of what waits for jobs.
type operation[T any] struct {
	name        string
	followsJobs bool
	start       func(*C.milvus_client, C.int64_t, **C.milvus_future) C.milvus_status
	take        func(*C.milvus_future) (T, C.milvus_status)
}

// Runs to its end, whatever that is.
func (o operation[T]) run(ctx context.Context, client *Client, options ...CallOption) (result T, err error) {
	defer runtime.KeepAlive(client) // a client in use is not forgotten
	core := client.core
	if ctx.Err() != nil {
		return result, o.notStarted(ctx)
	}
	if !core.enter() {
		return result, &Error{Status: ErrClosed, Operation: o.name, Message: "this client has been closed"}
	}
	defer core.leave()
	without := core.timeout
	if o.followsJobs {
		without = 0 // the option wait_timeout_ms
	}
	timeout, hasDeadline := remaining(ctx, without)
	var future *C.milvus_future
	start := func() C.milvus_status { return o.start(core.handle, timeout, &future) }
	if err := call(tracingOf(ctx).started(start)); err != nil {
		return result, err
	}
	defer C.milvus_future_free(future)
	defer core.forget(future) // if the function for progress panics
	end, err := core.follow(future)
	if err != nil {
		return result, err
	}
	wait(ctx, future, end, hasDeadline, options)
	result, failure := o.result(future)
	if failure != nil {
		return result, failure.endedBy(ctx)
	}
	return result, nil
}

func (o operation[T]) notStarted(ctx context.Context) error {
	failure := &Error{Status: ErrCancelled, Operation: o.name, Message: "the context had ended before; nothing was sent"}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		failure.Status = ErrTimeout
	}
	return failure.endedBy(ctx)
}

// The detail is the future's own; if the operation has succeeded, but its result cannot be had, it is the thread's.
func (o operation[T]) result(future *C.milvus_future) (result T, failure *Error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	result, status := o.take(future)
	if status == C.MILVUS_OK {
		return result, nil
	}
	detail := C.milvus_future_error(future)
	if detail.status == C.MILVUS_OK {
		detail = C.milvus_last_error()
	}
	return result, errorOf(detail)
}

// What is left of a context's time, in whole milliseconds, rounded up: 0 would mean something else.
func remaining(ctx context.Context, without C.int64_t) (timeout C.int64_t, hasDeadline bool) {
	deadline, hasDeadline := ctx.Deadline()
	if !hasDeadline {
		return without, false
	}
	left := time.Until(deadline) - 1 // so that whole milliseconds stay what they are
	return C.int64_t(max(0, left/time.Millisecond) + 1), true
}

// Waits for the end. A context that ends hastens it, but it is always awaited: it tells whether a trigger is in doubt.
func wait(ctx context.Context, future *C.milvus_future, end <-chan struct{}, hasDeadline bool, options []CallOption) {
	watcher := newWatcher(future, options)
	defer watcher.stop()
	ended := ctx.Done()
	var overdue <-chan time.Time
	for {
		select {
		case <-end:
			watcher.last()
			return
		case <-ended:
			ended = nil
			if hasDeadline && errors.Is(ctx.Err(), context.DeadlineExceeded) {
				timer := time.NewTimer(grace)
				defer timer.Stop()
				overdue = timer.C
			} else {
				C.milvus_future_cancel(future)
			}
		case <-overdue:
			C.milvus_future_cancel(future)
		case <-watcher.ticks:
			watcher.look()
		}
	}
}
