// An operation that was started: a milvus_future until its result is read.
package io.github.milvusclient;

import com.sun.jna.ptr.LongByReference;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * An operation that was started. It owns its milvus_future, which is freed by whoever reads the result: the thread that
 * waits in the blocking form, or the executor's in the other. Cancelling after that does no harm, as handles of
 * freed futures are recognised.
 */
final class Operation<T> {
    /** Calls a function of C that starts something. */
    interface Starter {
        int start(LongByReference outFuture);
    }

    /** Reads the result of a future that is over, or throws what it failed with. */
    interface Reader<T> {
        T read(long future);
    }

    private final long future;
    private final Reader<T> reader;
    private final ProgressReports reports;
    private final CompletableFuture<Void> over = new CompletableFuture<>();

    private Operation(long future, Reader<T> reader, ProgressReports reports) {
        this.future = future;
        this.reader = reader;
        this.reports = reports;
    }

    /** Starts an operation; progress may be null. */
    static <T> Operation<T> start(Starter starter, Reader<T> reader, Consumer<? super Progress> progress,
                                  Executor executor) {
        Completions completions = Completions.shared();
        LongByReference future = new LongByReference();
        int status = starter.start(future);
        if (status != Library.OK) {
            throw Failure.ofThread(status).exception();
        }
        long handle = future.getValue();
        ProgressReports reports = progress == null ? null : new ProgressReports(handle, progress, executor);
        Operation<T> operation = new Operation<>(handle, reader, reports);
        try {
            completions.follow(operation);
        } catch (MilvusException failure) {
            Library.milvus_future_free(handle);
            throw failure;
        }
        if (reports != null) {
            reports.begin();
        }
        return operation;
    }

    long future() {
        return future;
    }

    void cancel() {
        if (!over.isDone()) {
            Library.milvus_future_cancel(future);
        }
    }

    /** Is called by {@link Completions} alone, once. */
    void arrived() {
        if (reports == null) {
            over.complete(null);
        } else {
            reports.end(() -> over.complete(null));
        }
    }

    /**
     * Waits for the end, and gives the result. A thread that is interrupted cancels the operation, learns how that
     * ended, and stays interrupted.
     */
    T await() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    over.get();
                    return result();
                } catch (InterruptedException interruption) {
                    interrupted = true;
                    cancel();
                }
            }
        } catch (ExecutionException impossible) {
            throw new AssertionError(impossible);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A future for the user, completed by the executor. However it completes before, the operation is cancelled. */
    CompletableFuture<T> promise(Executor executor) {
        CompletableFuture<T> promise = new CompletableFuture<>();
        promise.whenComplete((value, failure) -> cancel());
        over.thenRun(() -> {
            try {
                executor.execute(() -> deliver(promise));
            } catch (RejectedExecutionException shutDown) {
                deliver(promise);
            }
        });
        return promise;
    }

    private void deliver(CompletableFuture<T> promise) {
        if (promise.isDone()) {
            Library.milvus_future_free(future);
            return;
        }
        T value;
        try {
            value = result();
        } catch (Throwable failure) {
            promise.completeExceptionally(failure);
            return;
        }
        promise.complete(value);
    }

    private T result() {
        try {
            return reader.read(future);
        } finally {
            Library.milvus_future_free(future);
        }
    }
}
