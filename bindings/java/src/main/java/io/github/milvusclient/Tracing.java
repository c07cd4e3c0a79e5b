// What identifies operations: the request id and metadata that a thread sets.
package io.github.milvusclient;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What the operations of the calling thread carry, blocking or not, of any client, from now on until it sets something
 * else; for a pool of threads, set it anew for each task. An operation keeps what it began with.
 *
 * <p>All requests of one operation have the same request id, which an exception has as its
 * {@link MilvusException#requestId()}. Each operation gets one of its own unless the thread has set one.
 */
public final class Tracing {
    private static final ThreadLocal<String> REQUEST_ID = new ThreadLocal<>();
    private static final ThreadLocal<Map<String, String>> METADATA = ThreadLocal.withInitial(TreeMap::new);

    private Tracing() {
    }

    /**
     * Sets the request id.
     *
     * @param requestId  1 to 128 printable ASCII characters without blanks; null: none any more
     * @throws InvalidArgumentException if it is something else
     */
    public static void setRequestId(String requestId) {
        if (requestId == null) {
            REQUEST_ID.remove();
            return;
        }
        try {
            ClientHandle.check(Library.milvus_thread_set_request_id(Text.utf8(requestId)));
        } finally {
            Library.milvus_thread_set_request_id(null);
        }
        REQUEST_ID.set(requestId);
    }

    /**
     * Sets one header, e.g. "traceparent", beside those of the client's options "metadata.&lt;name&gt;".
     *
     * @param name   a lower-case name that neither the library nor gRPC nor HTTP/2 uses
     * @param value  printable ASCII; null: none any more
     * @throws InvalidArgumentException if it cannot be sent
     */
    public static void setMetadata(String name, String value) {
        Map<String, String> metadata = METADATA.get();
        if (value == null) {
            metadata.remove(Objects.requireNonNull(name, "name"));
            return;
        }
        try {
            ClientHandle.check(Library.milvus_thread_set_metadata(Text.utf8(name), Text.utf8(value)));
        } finally {
            Library.milvus_thread_set_metadata(Text.utf8(name), null);
        }
        metadata.put(name, value);
    }

    /** Starts an operation with what the calling thread has set. A thread of C may be another one's the next moment. */
    static Operation.Starter started(Operation.Starter starter) {
        String requestId = REQUEST_ID.get();
        Map<String, String> metadata = METADATA.get();
        if (requestId == null && metadata.isEmpty()) {
            return starter;
        }
        return future -> {
            try {
                int status = requestId == null ? Library.OK : Library.milvus_thread_set_request_id(Text.utf8(requestId));
                for (Map.Entry<String, String> each : metadata.entrySet()) {
                    if (status == Library.OK) {
                        status = Library.milvus_thread_set_metadata(Text.utf8(each.getKey()),
                            Text.utf8(each.getValue()));
                    }
                }
                return status == Library.OK ? starter.start(future) : status;
            } finally {
                Library.milvus_thread_set_request_id(null);
                metadata.keySet().forEach(name -> Library.milvus_thread_set_metadata(Text.utf8(name), null));
            }
        };
    }
}
