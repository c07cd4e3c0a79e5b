// What identifies calls: the request id and metadata that a context carries.

package milvus

// #include <milvus_client.h>
import "C"

import (
	"context"
	"fmt"
	"maps"
)

// The program's language, in front of what the C library says of itself.
var userAgent = fmt.Sprintf("milvus-client-go/%d.%d.%d",
	C.MILVUS_VERSION_MAJOR, C.MILVUS_VERSION_MINOR, C.MILVUS_VERSION_PATCH)

type tracingKey struct{}

// What the calls of a context carry; never changed once it is made.
type tracing struct {
	requestID string
	metadata  map[string]string
}

// WithRequestID gives a context whose calls all have this request id, in their requests and in errors as
// [Error.RequestID]. Without one each call gets its own. 1 to 128 printable ASCII characters without blanks; a call
// with another id ends with [ErrInvalidArgument].
func WithRequestID(ctx context.Context, id string) context.Context {
	set := tracingOf(ctx)
	set.requestID = id
	return context.WithValue(ctx, tracingKey{}, set)
}

// WithMetadata gives a context whose calls carry one more header, e.g. "traceparent", beside those of the client's
// options "metadata.<name>". A name that is reserved, or a value that cannot be sent, ends a call with
// [ErrInvalidArgument].
func WithMetadata(ctx context.Context, name, value string) context.Context {
	set := tracingOf(ctx)
	set.metadata = maps.Clone(set.metadata)
	if set.metadata == nil {
		set.metadata = map[string]string{}
	}
	set.metadata[name] = value
	return context.WithValue(ctx, tracingKey{}, set)
}

func tracingOf(ctx context.Context) tracing {
	set, _ := ctx.Value(tracingKey{}).(tracing)
	return set
}

// Starts an operation with what the context carries. For [call]: C takes it from the thread, and other goroutines may
// use the thread afterwards.
func (t tracing) started(start func() C.milvus_status) func() C.milvus_status {
	if t.requestID == "" && len(t.metadata) == 0 {
		return start
	}
	return func() C.milvus_status {
		defer t.clear()
		if status := t.set(); status != C.MILVUS_OK {
			return status
		}
		return start()
	}
}

func (t tracing) set() C.milvus_status {
	var memory memory
	defer memory.free()
	if id := memory.optionalText("request_id", t.requestID); id != nil {
		if status := C.milvus_thread_set_request_id(id); status != C.MILVUS_OK {
			return status
		}
	}
	for name, value := range t.metadata {
		status := C.milvus_thread_set_metadata(memory.text("name", name), memory.text("value", value))
		if status != C.MILVUS_OK {
			return status
		}
	}
	return C.MILVUS_OK
}

func (t tracing) clear() {
	var memory memory
	defer memory.free()
	C.milvus_thread_set_request_id(nil)
	for name := range t.metadata {
		// A name that was refused was not set; this fails as its set did, so the error that the call reads stays the same.
		C.milvus_thread_set_metadata(memory.text("name", name), nil)
	}
}
