// What can go wrong: the status of a failed call, and its detail.

package milvus

// #include <milvus_client.h>
import "C"

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
)

// Error is the detail of a failed call.
type Error struct {
	// Status tells how it failed.
	Status Status
	// GRPCCode is the gRPC status code that the call to the server ended with; 0 if it was not gRPC that failed.
	GRPCCode int
	// ServerCode is Milvus' own error code; 0 if the server sent none.
	ServerCode int
	// Retriable is true if the same call can safely be repeated and may then succeed.
	Retriable bool
	// InDoubt is true if the server may have started a compaction although the call failed. Never together with
	// Retriable: repeating could compact twice. See [Client.Resolve].
	InDoubt bool
	// Resolution is what was found out about a trigger in doubt before the call returned.
	Resolution ResolutionState
	// JobID is the job that the call was about; [NoJob] if none.
	JobID JobID
	// RequestID is that of the operation, which all its requests carried; "" if none had begun. See [WithRequestID].
	RequestID string
	// Operation is the C function that failed or that started the operation, e.g. "milvus_compact_async".
	Operation string
	// Message says what happened, for a person, in one line. The token is never in it.
	Message string

	cause error // for Unwrap
}

// Error has the operation, the message and the status.
func (e *Error) Error() string {
	return fmt.Sprintf("%s: %s (%s)", e.Operation, e.Message, e.Status.String()) // not its sentence
}

// Is tells that an error is its status, and that one for lack of time is a [context.DeadlineExceeded].
func (e *Error) Is(target error) bool {
	if target == context.DeadlineExceeded {
		return e.Status == ErrTimeout
	}
	status, ok := target.(Status)
	return ok && status == e.Status
}

// Unwrap is what the context said (see [context.Cause]) if that has ended the call, and of many collections what each
// of them failed with.
func (e *Error) Unwrap() error { return e.cause }

// Because a context says two things when it was ended with a cause, and either may be asked for.
func (e *Error) endedBy(ctx context.Context) *Error {
	if ctx.Err() == nil || (e.Status != ErrCancelled && e.Status != ErrTimeout) {
		return e
	}
	e.cause = ctx.Err()
	if cause := context.Cause(ctx); cause != e.cause {
		e.cause = errors.Join(e.cause, cause)
	}
	return e
}

func refused(operation, message string) *Error {
	return &Error{Status: ErrInvalidArgument, Operation: operation, Message: message}
}

// A copy, as what is copied ends with a future, a list, or the thread's next failure.
func errorOf(detail *C.milvus_error) *Error {
	return &Error{
		Status:     Status(detail.status),
		GRPCCode:   int(detail.grpc_code),
		ServerCode: int(detail.server_code),
		Retriable:  detail.retriable == C.MILVUS_YES,
		InDoubt:    detail.in_doubt == C.MILVUS_YES,
		Resolution: ResolutionState(detail.resolution),
		JobID:      JobID(detail.job_id),
		RequestID:  C.GoString(detail.request_id),
		Operation:  C.GoString(detail.operation),
		Message:    C.GoString(detail.message),
	}
}

// The detail of what may have failed; nil if it has not.
func failureOf(detail *C.milvus_error) error {
	if detail.status == C.MILVUS_OK {
		return nil
	}
	return errorOf(detail)
}

// The detail of a failure belongs to the thread, and a goroutine may change its thread after any call.
func call(function func() C.milvus_status) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if function() == C.MILVUS_OK {
		return nil
	}
	return errorOf(C.milvus_last_error())
}

// What the library calls a number; one that it does not know stays readable.
func nameOf(text *C.char, number int32) string {
	name := strings.TrimPrefix(C.GoString(text), "MILVUS_")
	if strings.HasPrefix(name, "unknown ") || name == "UNKNOWN_STATUS" {
		return fmt.Sprintf("%s (%d)", name, number)
	}
	return name
}

// The same for what the library has no names of.
func spelled[T ~int32](value T, kind string, names map[T]string) string {
	if name, ok := names[value]; ok {
		return name
	}
	return fmt.Sprintf("unknown %s (%d)", kind, int32(value))
}
