// The life of a client's handle, from its options to its end, and how operations are started on it.
package io.github.milvusclient;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.LongByReference;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What {@link MilvusClient} does that is no operation. A client that is forgotten is freed by a {@code Cleaner}; nothing
 * else needs one: options and lists do not outlive the call that makes them, and futures end by themselves.
 */
abstract sealed class ClientHandle implements AutoCloseable permits MilvusClient {
    private static final Cleaner CLEANER = Cleaner.create();

    /** Bytes that the text of most jobs fits in. */
    private static final long USUAL_TEXT = 1023;

    private static final String USER_AGENT = "milvus-client-java/" + Library.VERSION_MAJOR + "." + Library.VERSION_MINOR
        + "." + Library.VERSION_PATCH;

    private final long handle;
    private final Executor executor;
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private final Cleaner.Cleanable cleanable;

    /** Calls a function of C that starts something on a client. */
    interface Call {
        int start(long client, long timeoutMs, LongByReference outFuture);
    }

    /** The same with a struct of parameters. */
    interface CallWith {
        int start(long client, Pointer params, long timeoutMs, LongByReference outFuture);
    }

    ClientHandle(String uri, Map<String, String> options, Executor executor) {
        this.executor = Objects.requireNonNull(executor, "executor");
        this.handle = create(uri, options);
        this.cleanable = CLEANER.register(this, new Free(handle));
    }

    /** Has no reference to the client: that would keep it from ever being forgotten. */
    private record Free(long handle) implements Runnable {
        @Override
        public void run() {
            Library.milvus_client_free(handle);
        }
    }

    static Executor commonExecutor() {
        // Not the pool itself: on small machines CompletableFuture would put a thread for each task in its place.
        return ForkJoinPool.getCommonPoolParallelism() > 0 ? ForkJoinPool.commonPool()::execute
            : task -> new Thread(task, "milvus-completion").start();
    }

    private static long create(String uri, Map<String, String> options) {
        long pairs = Library.milvus_options_new();
        if (pairs == 0) {
            throw Failure.ofThread(Status.OUT_OF_MEMORY.number()).exception();
        }
        try {
            // One of the caller's replaces it.
            check(Library.milvus_options_set(pairs, Text.utf8("user_agent"), Text.utf8(USER_AGENT)));
            options.forEach((key, value) -> check(Library.milvus_options_set(pairs,
                Text.utf8(Objects.requireNonNull(key, "key")), Text.utf8(Objects.requireNonNull(value, "value")))));
            LongByReference client = new LongByReference();
            check(Library.milvus_client_new_with(Text.utf8(uri), pairs, client));
            return client.getValue();
        } finally {
            Library.milvus_options_free(pairs);
        }
    }

    static void check(int status) {
        if (status != Library.OK) {
            throw Failure.ofThread(status).exception();
        }
    }

    /** Every option that a client can have, with its default. */
    public static List<OptionInfo> options() {
        List<OptionInfo> all = new ArrayList<>();
        for (long index = 0; index < Library.milvus_option_count(); index++) {
            long each = index;
            Structs.OptionInfo info = new Structs.OptionInfo();
            check(info.fill(place -> Library.milvus_option_get(each, place)));
            all.add(OptionInfo.of(info));
        }
        return List.copyOf(all);
    }

    /**
     * Ends every operation that is under way on this client, also blocking calls of other threads, with
     * {@link ClosedException}, as every later call; then frees it. Closing again does nothing.
     */
    @Override
    public void close() {
        if (!isClosed.compareAndSet(false, true)) {
            return;
        }
        try {
            check(Library.milvus_client_close(handle, 0));
        } finally {
            cleanable.clean();
        }
    }

    /**
     * Replaces the token: "user:password" or an API key; "" is none. Every request from now on carries it, also those of
     * calls and waits that are under way. The jobs stay; the next request makes a new connection.
     *
     * @throws InvalidArgumentException if the client reads its token from a file
     */
    public void setToken(String token) {
        known(() -> {
            check(Library.milvus_client_set_token(handle, Text.utf8(Objects.requireNonNull(token, "token"))));
            return null;
        });
    }

    /**
     * Gives what this client knows of a job as a text for {@link #importJob}, of another process perhaps: one line of
     * printable ASCII without blanks and secrets. Export right after the trigger, and again later if the job was waited
     * for. No server is asked.
     */
    public String exportJob(long jobId) {
        return known(() -> {
            LongByReference length = new LongByReference(USUAL_TEXT);
            byte[] buffer;
            do {
                buffer = new byte[Math.toIntExact(length.getValue() + 1)];
                check(Library.milvus_job_export(handle, jobId, buffer, buffer.length, length));
            } while (length.getValue() >= buffer.length);
            return Text.read(buffer);
        });
    }

    /**
     * Adds what another client of the same server has exported to what this one knows, and gives the job's id: waiting
     * for it then comes to the verdict that it would have come to there. No server is asked.
     */
    public long importJob(String text) {
        return known(() -> {
            LongByReference jobId = new LongByReference();
            check(Library.milvus_job_import(handle, Text.utf8(Objects.requireNonNull(text, "text")), jobId));
            return jobId.getValue();
        });
    }

    /** Gives what this client has done so far, and does now. No server is asked. */
    public Stats stats() {
        return known(() -> {
            Structs.Stats stats = new Structs.Stats();
            check(stats.fill(place -> Library.milvus_client_stats(handle, place)));
            return Stats.of(stats);
        });
    }

    /** Calls what needs no server, while the handle is there. */
    private <T> T known(Supplier<T> call) {
        if (isClosed.get()) {
            throw closed();
        }
        try {
            return call.get();
        } catch (MilvusException failure) {
            throw failure.statusNumber() == Library.INVALID_HANDLE && isClosed.get() ? closed() : failure;
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** The handle, for the tests. */
    long handle() {
        return handle;
    }

    <T> Operation<T> start(Duration timeout, Call call, Operation.Reader<T> reader,
                           Consumer<? super Progress> progress) {
        long millis = Timeouts.millis(timeout);
        if (isClosed.get()) {
            throw closed();
        }
        try {
            return Operation.start(Tracing.started(future -> call.start(handle, millis, future)), reader, progress, executor);
        } catch (MilvusException failure) {
            // Another thread has freed the handle after it was looked at.
            throw failure.statusNumber() == Library.INVALID_HANDLE && isClosed.get() ? closed() : failure;
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    <T> Operation<T> startWith(CStruct.Sized params, Duration timeout, CallWith call, Operation.Reader<T> reader,
                               Consumer<? super Progress> progress) {
        params.write();
        try {
            return start(timeout, (client, millis, future) -> call.start(client, params.getPointer(), millis, future),
                reader, progress);
        } finally {
            // The memory that it points to lives no longer than the struct.
            Reference.reachabilityFence(params);
        }
    }

    private static MilvusException closed() {
        return Failure.local(Library.CLOSED, "the client has been closed; make a new one").exception();
    }

    <T> CompletableFuture<T> promise(Supplier<Operation<T>> starter) {
        try {
            return starter.get().promise(executor);
        } catch (MilvusException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }
}
