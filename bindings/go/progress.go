// Progress of one operation, looked at from time to time by the goroutine that waits for its end.

package milvus

// #include <milvus_client.h>
import "C"

import "time"

type watcher struct {
	future   *C.milvus_future
	function func(Progress)
	events   func(CollectionEvent)
	ticker   *time.Ticker
	ticks    <-chan time.Time // nil if nobody wants to know
	told     Progress
}

func newWatcher(future *C.milvus_future, options []CallOption) *watcher {
	var chosen callOptions
	for _, option := range options {
		option(&chosen)
	}
	w := &watcher{future: future, function: chosen.progress, events: chosen.events}
	if w.function != nil || w.events != nil {
		w.ticker = time.NewTicker(progressInterval)
		w.ticks = w.ticker.C
	}
	return w
}

func (w *watcher) stop() {
	if w.ticker != nil {
		w.ticker.Stop()
	}
}

// Tells what has changed but the time.
func (w *watcher) look() {
	w.tellEvents()
	if w.function == nil {
		return
	}
	now, ok := progressNow(w.future)
	counts := now
	counts.Elapsed, counts.PlansPerSecond, counts.Stalled, counts.Remaining = 0, 0, 0, 0
	if ok && counts != w.told {
		w.told = counts
		w.function(now)
	}
}

func (w *watcher) last() {
	w.tellEvents()
	if w.function == nil {
		return
	}
	if now, ok := progressNow(w.future); ok {
		w.function(now)
	}
}

func (w *watcher) tellEvents() {
	for w.events != nil {
		event := C.milvus_collection_event{size: C.sizeof_milvus_collection_event}
		if C.milvus_future_next_event(w.future, &event) != C.MILVUS_OK {
			return
		}
		w.events(collectionEventOf(&event))
	}
}

func progressNow(future *C.milvus_future) (Progress, bool) {
	progress := C.milvus_progress{size: C.sizeof_milvus_progress}
	status := C.milvus_future_progress(future, &progress)
	return progressOf(&progress), status == C.MILVUS_OK
}

// Rounded up, because 0 means something else. What is negative stays so.
func wholeMilliseconds(duration time.Duration) C.int64_t {
	if duration < 0 {
		return C.int64_t(min(-1, duration/time.Millisecond))
	}
	rounded := max(duration, duration+time.Millisecond-1) // not beyond the largest
	return C.int64_t(rounded / time.Millisecond)
}

func milliseconds(count C.int64_t) time.Duration {
	return time.Duration(count) * time.Millisecond
}
