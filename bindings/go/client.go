// The client: how it is made, and how it ends.

package milvus

// #cgo pkg-config: milvus_client
// #include <milvus_client.h>
import "C"

import (
	"fmt"
	"runtime"
)

// Client stands for one server (or cluster, or Zilliz Cloud endpoint) and one database. Make it with [New].
type Client struct {
	core *core
	// The database of its calls; "": the one that it was made with.
	database string
	// The client that it is a view of, which must not be forgotten before.
	whole *Client
}

// InDatabase is this client for the collections of another database; "" is the one that the client was made with. Both
// have one connection and know the same jobs, and to close one closes both.
func (c *Client) InDatabase(name string) *Client {
	return &Client{core: c.core, database: name, whole: c}
}

// Option tells how a client connects. See [WithToken] and [WithOption].
type Option struct {
	key, value string
}

// String is the key: the value may be secret.
func (o Option) String() string { return o.key }

// GoString is the key as well.
func (o Option) GoString() string { return o.key }

// WithToken is "user:password" or an API key; it beats the one in the URI.
func WithToken(token string) Option { return Option{"token", token} }

// WithOption sets any option of the C library, e.g. "tls.ca_file" or "database", so that configuration files can be
// passed through unread. The message for an unknown key lists the known ones. "timeout_ms" limits calls whose
// context has no deadline, "wait_timeout_ms" those that wait for jobs.
func WithOption(key, value string) Option { return Option{key, value} }

// New makes a client. It does not connect: the client does so with its first call, and again whenever the connection
// is gone. Close it with [Client.Close].
//
// The URI is "http://host:19530", "https://host", "unix:/path/to/socket" and so on, with a database as its path:
// "http://host:19530/sales". If it is "", the environment variables MILVUS_URI and MILVUS_TOKEN are read.
//
// Errors are [ErrInvalidArgument], also for files that options name, [ErrTLSFailed] for lack of root certificates,
// and [ErrOutOfMemory].
func New(uri string, options ...Option) (*Client, error) {
	if have := uint32(C.milvus_abi_version()); have < C.MILVUS_ABI_VERSION {
		text := fmt.Sprintf("the loaded library has ABI version %d, this program needs %d", have, C.MILVUS_ABI_VERSION)
		return nil, &Error{Status: ErrUnsupported, Operation: "milvus_abi_version", Message: text}
	}
	handle, err := connectLater(uri, options)
	if err != nil {
		return nil, err
	}
	var timeout C.int64_t = C.MILVUS_NO_TIMEOUT
	for _, option := range options {
		if option.key == "timeout_ms" {
			timeout = 0 // the client's default, that is, this one
		}
	}
	inner, err := newCore(handle, timeout)
	if err != nil {
		return nil, err
	}
	client := &Client{core: inner}
	runtime.AddCleanup(client, (*core).close, inner)
	return client, nil
}

func connectLater(uri string, options []Option) (*C.milvus_client, error) {
	var memory memory
	defer memory.free()
	var set *C.milvus_options
	newOptions := func() C.milvus_status {
		if set = C.milvus_options_new(); set == nil {
			return C.milvus_last_error().status
		}
		return C.MILVUS_OK
	}
	if err := call(newOptions); err != nil {
		return nil, err
	}
	defer C.milvus_options_free(set)
	for _, option := range append([]Option{{"user_agent", userAgent}}, options...) {
		key, value := memory.text("key", option.key), memory.text(option.key, option.value)
		if err := memory.check("milvus_options_set"); err != nil {
			return nil, err
		}
		if err := call(func() C.milvus_status { return C.milvus_options_set(set, key, value) }); err != nil {
			return nil, err
		}
	}
	address := memory.optionalText("uri", uri)
	if err := memory.check("milvus_client_new_with"); err != nil {
		return nil, err
	}
	var handle *C.milvus_client
	err := call(func() C.milvus_status { return C.milvus_client_new_with(address, set, &handle) })
	return handle, err
}

// SetToken replaces the token: "user:password" or an API key; "" is none. Every request from now on carries it, also
// those of calls and waits that are under way. The jobs stay; the next request makes a new connection. It fails with
// [ErrInvalidArgument] if the client reads its token from a file.
func (c *Client) SetToken(token string) error {
	defer runtime.KeepAlive(c)
	const name = "milvus_client_set_token"
	if !c.core.enter() {
		return closedBefore(name)
	}
	defer c.core.leave()
	var memory memory
	defer memory.free()
	given := memory.text("token", token)
	if err := memory.check(name); err != nil {
		return err
	}
	return call(func() C.milvus_status { return C.milvus_client_set_token(c.core.handle, given) })
}

// Close ends the client. Calls that are under way on it end with [ErrClosed] as soon as they can, perhaps after this
// has returned, and so does every later call. Closing again does no harm. It always returns nil, and is an
// [io.Closer] for that.
//
// A client that is forgotten instead is closed some time after the last use of it.
func (c *Client) Close() error {
	c.core.close()
	runtime.KeepAlive(c)
	return nil
}

// Stats gives what the client has done so far, and does now. It asks no server.
func (c *Client) Stats() (Stats, error) {
	defer runtime.KeepAlive(c)
	if !c.core.enter() {
		return Stats{}, &Error{Status: ErrClosed, Operation: "milvus_client_stats", Message: "this client has been closed"}
	}
	defer c.core.leave()
	stats := C.milvus_stats{size: C.sizeof_milvus_stats}
	err := call(func() C.milvus_status { return C.milvus_client_stats(c.core.handle, &stats) })
	return statsOf(&stats), err
}

// Version is that of the loaded C library, e.g. "0.1.0".
func Version() string { return C.GoString(C.milvus_version()) }
