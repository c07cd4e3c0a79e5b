// What a server says of itself, and flushing.

package milvus

// #include <milvus_client.h>
import "C"

import "context"

// ServerInfo tells what the server says of itself. It connects if there is no connection, but does not ask again while
// one lasts.
func (c *Client) ServerInfo(ctx context.Context) (ServerInfo, error) {
	return operation[ServerInfo]{
		name: "milvus_client_server_info_async",
		start: func(client *C.milvus_client, timeout C.int64_t, out **C.milvus_future) C.milvus_status {
			return C.milvus_client_server_info_async(client, timeout, out)
		},
		take: func(future *C.milvus_future) (ServerInfo, C.milvus_status) {
			info := C.milvus_server_info{size: C.sizeof_milvus_server_info}
			status := C.milvus_future_take_server_info(future, &info)
			return serverInfoOf(&info), status
		},
	}.run(ctx, c)
}

// Flush asks the server to store what was inserted, and waits until it is stored. Compactions leave out what is not.
// Servers since 2.3.9 let a collection be flushed once in 10 s; a second flush waits that long.
func (c *Client) Flush(ctx context.Context, collection string) error {
	const name = "milvus_flush_async"
	var memory memory
	defer memory.free()
	text, database := memory.text("collection_name", collection), memory.optionalText("database", c.database)
	if err := memory.check(name); err != nil {
		return err
	}
	_, err := operation[struct{}]{
		name: name,
		start: func(client *C.milvus_client, timeout C.int64_t, out **C.milvus_future) C.milvus_status {
			return C.milvus_flush_async(client, text, database, timeout, out)
		},
		take: func(future *C.milvus_future) (struct{}, C.milvus_status) {
			return struct{}{}, C.milvus_future_poll(future)
		},
	}.run(ctx, c)
	return err
}
