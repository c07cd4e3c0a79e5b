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

// Status tells how a call failed. Each constant is also an error, for [errors.Is]. Later versions of the library may
// have more of them: treat an unknown one as any other failure.
type Status int32

const (
	// ErrInvalidArgument means a parameter is malformed or out of range; the message names it.
	ErrInvalidArgument Status = C.MILVUS_INVALID_ARGUMENT
	// ErrInvalidHandle is a defect of this package; please report it.
	ErrInvalidHandle Status = C.MILVUS_INVALID_HANDLE
	// ErrClosed means the client has been closed; make a new one.
	ErrClosed Status = C.MILVUS_CLOSED
	// ErrForked means this process is a fork of one that used the library. Go programs do not do that.
	ErrForked Status = C.MILVUS_FORKED
	// ErrPending is a defect of this package; please report it.
	ErrPending Status = C.MILVUS_PENDING
	// ErrUnavailable means the server cannot be reached or the connection was lost.
	ErrUnavailable Status = C.MILVUS_UNAVAILABLE
	// ErrTLSFailed means no secure connection could be made; check http or https and the certificates.
	ErrTLSFailed Status = C.MILVUS_TLS_FAILED
	// ErrTimeout means the call's time ran out; what the server was asked to do may still go on. It is a
	// [context.DeadlineExceeded] too.
	ErrTimeout Status = C.MILVUS_TIMEOUT
	// ErrCancelled means the context ended; what the server was asked to do may still go on. It is what the
	// context said too, mostly [context.Canceled].
	ErrCancelled Status = C.MILVUS_CANCELLED
	// ErrUnauthenticated means the server does not accept the token.
	ErrUnauthenticated Status = C.MILVUS_UNAUTHENTICATED
	// ErrPermissionDenied means the user lacks the privilege that the message names.
	ErrPermissionDenied Status = C.MILVUS_PERMISSION_DENIED
	// ErrCollectionNotFound means no collection or alias of that name exists in the database.
	ErrCollectionNotFound Status = C.MILVUS_COLLECTION_NOT_FOUND
	// ErrDatabaseNotFound means no database of that name exists.
	ErrDatabaseNotFound Status = C.MILVUS_DATABASE_NOT_FOUND
	// ErrRateLimited means the server's rate limit refused the call; if the error is retriable, try again after a few
	// seconds.
	ErrRateLimited Status = C.MILVUS_RATE_LIMITED
	// ErrNotReady means the server is starting, or a part of it is down.
	ErrNotReady Status = C.MILVUS_NOT_READY
	// ErrCompactionDisabled means compaction is switched off in the server's configuration.
	ErrCompactionDisabled Status = C.MILVUS_COMPACTION_DISABLED
	// ErrUnsupported means this server's version cannot do that; the message names the version that can.
	ErrUnsupported Status = C.MILVUS_UNSUPPORTED
	// ErrServerError means the server refused or failed; its own code and text are in the [Error].
	ErrServerError Status = C.MILVUS_SERVER_ERROR
	// ErrPartitionNotFound means the collection has no partition of that name.
	ErrPartitionNotFound Status = C.MILVUS_PARTITION_NOT_FOUND
	// ErrCompactionFailed means the compaction ended, but not all of it succeeded; the report has the counts.
	ErrCompactionFailed Status = C.MILVUS_COMPACTION_FAILED
	// ErrOutcomeUnknown means the server can no longer tell how the compaction ended.
	ErrOutcomeUnknown Status = C.MILVUS_OUTCOME_UNKNOWN
	// ErrSomeFailed means not every collection was compacted; the results have the error of each.
	ErrSomeFailed Status = C.MILVUS_SOME_FAILED
	// ErrBusy means nothing was started: another compaction holds the segments, or they are not eligible now.
	ErrBusy Status = C.MILVUS_BUSY
	// ErrStalled means nothing has changed for as long as the option stall_timeout_ms allows; the job may go on.
	ErrStalled Status = C.MILVUS_STALLED
	// ErrInternal is a defect of the library; please report the message.
	ErrInternal Status = C.MILVUS_INTERNAL
	// ErrOutOfMemory means handles, threads or another resource of this process ran out.
	ErrOutOfMemory Status = C.MILVUS_OUT_OF_MEMORY
)

// String is the status as the C library names it, e.g. "COLLECTION_NOT_FOUND".
func (s Status) String() string {
	return nameOf(C.milvus_status_name(C.milvus_status(s)), "MILVUS_", int32(s))
}

// Error says what the status means and what to do about it, in one sentence.
func (s Status) Error() string {
	return C.GoString(C.milvus_status_message(C.milvus_status(s)))
}

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
		Retriable:  detail.retriable != 0,
		InDoubt:    detail.in_doubt != 0,
		Resolution:      ResolutionState(detail.resolution),
		JobID:      JobID(detail.job_id),
		Operation:  C.GoString(detail.operation),
		Message:    C.GoString(detail.message),
	}
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

// What the library calls a number, without the prefix; a number that it does not know stays readable.
func nameOf(name *C.char, prefix string, number int32) string {
	text := strings.ToUpper(strings.ReplaceAll(C.GoString(name), " ", "_"))
	if strings.HasPrefix(text, "UNKNOWN_") {
		return fmt.Sprintf("%s(%d)", text, number)
	}
	if short, isKnown := strings.CutPrefix(text, prefix); isKnown && text == "MILVUS_UNKNOWN_STATUS" {
		return fmt.Sprintf("%s(%d)", short, number)
	} else if isKnown {
		return short
	}
	return text
}
