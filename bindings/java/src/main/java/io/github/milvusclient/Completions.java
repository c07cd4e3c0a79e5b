// The one thread that learns of the ends of all operations of all clients.
package io.github.milvusclient;

import com.sun.jna.ptr.LongByReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A milvus_queue and the daemon thread that takes from it. A queue rather than callbacks, because a callback attaches a
 * thread of the library to the JVM and must not wait for long. No code of the user runs on this thread, so
 * nothing that a user does can keep other operations from ending.
 */
final class Completions {
    private static Completions current;

    private final long queue;
    private final AtomicLong lastTag = new AtomicLong();
    private final Map<Long, Operation<?>> underWay = new ConcurrentHashMap<>();

    private Completions(long queue) {
        this.queue = queue;
    }

    /** The queue of this process, which lasts as long as that. */
    static synchronized Completions shared() {
        if (current == null) {
            LongByReference queue = new LongByReference();
            int status = Library.milvus_queue_new(queue);
            if (status != Library.OK) {
                throw Failure.ofThread(status).exception();
            }
            current = new Completions(queue.getValue());
            Thread thread = new Thread(current::run, "milvus-completions");
            thread.setDaemon(true);
            thread.start();
        }
        return current;
    }

    private static synchronized void drop(Completions broken) {
        if (current == broken) {
            current = null;
        }
    }

    /** Has an operation told when it is over. */
    void follow(Operation<?> operation) {
        long tag = lastTag.incrementAndGet();
        underWay.put(tag, operation);
        int status = Library.milvus_future_set_queue(operation.future(), queue, tag);
        if (status != Library.OK) {
            underWay.remove(tag);
            throw Failure.ofThread(status).exception();
        }
    }

    /** How many operations are under way, for the tests. */
    int count() {
        return underWay.size();
    }

    private void run() {
        LongByReference future = new LongByReference();
        LongByReference tag = new LongByReference();
        while (Library.milvus_queue_next(queue, Library.NO_TIMEOUT, future, tag) == Library.OK) {
            Operation<?> operation = underWay.remove(tag.getValue());
            if (operation != null) {
                operation.arrived();
            }
        }
        // A defect of the library. Whoever waits gets an exception, and the next operation another queue.
        drop(this);
        underWay.values().forEach(Operation::arrived);
    }
}
