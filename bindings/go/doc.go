// Package milvus has a Milvus server compact a collection, and tells what really happened. It binds the C library
// milvus_client, whose header milvus_client.h says precisely what each operation does on which server version.
//
// # Contexts
//
// Every method that asks a server takes a [context.Context]. Its deadline limits the whole call, connecting included.
// A context without a deadline means no limit, unless the client was made with the option "timeout_ms", or
// "wait_timeout_ms" for what waits for jobs. No call lasts for ever all the same: it ends with [ErrUnavailable] when
// the server is gone, and a wait ends with [ErrStalled] when nothing has changed for the option "stall_timeout_ms".
//
// A context that ends stops the call, not the server: a job goes on, and a trigger that was on its way may be carried
// out. Error.InDoubt tells that.
//
// # Errors
//
// Methods return an [*Error] with all that is known. [errors.Is] compares with the [Status] constants, such as
// [ErrCollectionNotFound], and with [context.Canceled] and [context.DeadlineExceeded].
//
// # Concurrency
//
// Everything here may be used by any number of goroutines at once, and one [Client] per program is usually enough. A
// call blocks its goroutine, but no thread of the operating system: a thousand calls that wait take as few threads
// as one. Each client has one goroutine that hands results on, until it is closed.
package milvus
