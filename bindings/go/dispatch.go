// What is behind a client: its handles, the goroutine that learns of ended operations, and when all that is freed.

package milvus

// #include <milvus_client.h>
import "C"

import (
	"os"
	"sync"
	"syscall"
	"time"
)

// Apart from Client, so that the goroutine does not keep a forgotten client from being collected.
type core struct {
	handle  *C.milvus_client
	queue   *C.milvus_queue
	file    *os.File      // a duplicate of the queue's descriptor, watched by Go's own poller
	stopped chan struct{} // closed when the goroutine is over
	closing sync.Once

	// The timeout of calls whose context has no deadline, but for those that follow jobs.
	timeout C.int64_t

	mutex sync.Mutex
	// Closed when the operation is over.
	ends map[*C.milvus_future]chan struct{}
	// Calls that use the handles; the last one that leaves a closed client frees them.
	calls    int
	isClosed bool
}

// Takes the client over, also when it fails.
func newCore(handle *C.milvus_client, timeout C.int64_t) (*core, error) {
	c := &core{handle: handle, timeout: timeout, stopped: make(chan struct{})}
	c.ends = make(map[*C.milvus_future]chan struct{})
	if err := c.open(); err != nil {
		C.milvus_queue_free(c.queue)
		C.milvus_client_free(c.handle)
		return nil, err
	}
	return c, nil
}

func (c *core) open() error {
	if err := call(func() C.milvus_status { return C.milvus_queue_new(&c.queue) }); err != nil {
		return err
	}
	var descriptor C.int32_t
	if err := call(func() C.milvus_status { return C.milvus_queue_fd(c.queue, &descriptor) }); err != nil {
		return err
	}
	file, err := watched(uintptr(descriptor))
	if err != nil {
		return err
	}
	connection, err := file.SyscallConn()
	if err != nil {
		file.Close()
		return outOfDescriptors(err)
	}
	c.file = file
	go c.dispatch(connection)
	return nil
}

// Puts a duplicate of a descriptor into Go's poller: the queue closes its own, and the file the duplicate.
func watched(descriptor uintptr) (*os.File, error) {
	duplicate, _, number := syscall.Syscall(syscall.SYS_FCNTL, descriptor, syscall.F_DUPFD_CLOEXEC, 0)
	if number != 0 {
		return nil, outOfDescriptors(number)
	}
	file := os.NewFile(duplicate, "milvus_queue")
	// Fails if the file is not in the poller: watching it would take a thread then.
	if err := file.SetReadDeadline(time.Time{}); err != nil {
		file.Close()
		return nil, outOfDescriptors(err)
	}
	return file, nil
}

func outOfDescriptors(err error) *Error {
	message := "cannot watch the queue's descriptor: " + err.Error()
	return &Error{Status: ErrOutOfMemory, Operation: "milvus_queue_fd", Message: message, Retriable: true, cause: err}
}

// Go's poller tells edges: of futures that arrive while the queue is being emptied it tells again. Each wait follows
// an emptied queue, so none is missed.
func (c *core) dispatch(connection syscall.RawConn) {
	defer close(c.stopped)
	_ = connection.Read(func(uintptr) bool { // until the file is closed
		c.drain()
		return false
	})
}

func (c *core) drain() {
	var future *C.milvus_future
	for C.milvus_queue_next(c.queue, 0, &future, nil) == C.MILVUS_OK {
		if end := c.forget(future); end != nil {
			close(end)
		}
	}
}

// Has a channel closed when the operation is over, soon if it is over already.
func (c *core) follow(future *C.milvus_future) (<-chan struct{}, error) {
	end := make(chan struct{})
	c.mutex.Lock()
	c.ends[future] = end
	c.mutex.Unlock()
	err := call(func() C.milvus_status { return C.milvus_future_set_queue(future, c.queue, nil) })
	return end, err
}

func (c *core) forget(future *C.milvus_future) chan struct{} {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	end := c.ends[future]
	delete(c.ends, future)
	return end
}

// Between enter and leave the handles are there. False: the client has been closed.
func (c *core) enter() bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if !c.isClosed {
		c.calls++
	}
	return !c.isClosed
}

func (c *core) leave() {
	c.mutex.Lock()
	c.calls--
	isLast := c.isClosed && c.calls == 0
	c.mutex.Unlock()
	if isLast {
		c.free()
	}
}

// Ends what is under way. Does not wait for the goroutines that wait for it: one of them may be calling this, in a
// function for progress.
func (c *core) close() {
	c.closing.Do(func() {
		c.mutex.Lock()
		c.isClosed = true
		c.calls++
		c.mutex.Unlock()
		C.milvus_client_close(c.handle, C.MILVUS_NO_TIMEOUT)
		c.leave()
	})
}

// Runs once, on no goroutine that the poller needs.
func (c *core) free() {
	c.file.Close()
	<-c.stopped
	C.milvus_queue_free(c.queue)
	C.milvus_client_free(c.handle)
}
