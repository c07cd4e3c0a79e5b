// Tells a consumer how far an operation is, and what happens to its collections, until it is over.
package io.github.milvusclient;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Calls of the consumer run on the executor, one after the other; while one runs, others are left out. The last one
 * has the final counts and ends before the operation is told to be over. One daemon thread looks for all operations,
 * rather than the C library's progress callback, which would attach a thread of the library to the JVM.
 */
final class ProgressReports {
    private static final long INTERVAL_MS = 100;

    private final long future;
    private final Consumer<? super Progress> consumer;
    private final Executor executor;
    private CompletableFuture<Void> latest = CompletableFuture.completedFuture(null);
    private ScheduledFuture<?> ticks;
    private boolean hasEnded;

    ProgressReports(long future, Consumer<? super Progress> consumer, Executor executor) {
        this.future = future;
        this.consumer = consumer;
        this.executor = executor;
    }

    /** Made when the first operation asks for progress. */
    private static final class Clock {
        static final ScheduledThreadPoolExecutor SHARED = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "milvus-progress");
            thread.setDaemon(true);
            return thread;
        });

        static {
            SHARED.setRemoveOnCancelPolicy(true);
        }
    }

    synchronized void begin() {
        if (!hasEnded) {
            ticks = Clock.SHARED.scheduleWithFixedDelay(this::tick, 0, INTERVAL_MS, TimeUnit.MILLISECONDS);
        }
    }

    private synchronized void tick() {
        if (!hasEnded && latest.isDone()) {
            report();
        }
    }

    /** Reports a last time, and then runs something, on whatever thread. */
    void end(Runnable then) {
        CompletableFuture<Void> last;
        synchronized (this) {
            hasEnded = true;
            if (ticks != null) {
                ticks.cancel(false);
            }
            last = report();
        }
        last.whenComplete((nothing, failure) -> then.run());
    }

    private CompletableFuture<Void> report() {
        latest = latest.handleAsync((nothing, failure) -> {
            tell();
            return null;
        }, executor);
        return latest;
    }

    private void tell() {
        if (consumer instanceof EventListener listener) {
            tellEvents(listener);
        }
        Structs.Progress seen = new Structs.Progress();
        if (seen.fill(place -> Library.milvus_future_progress(future, place)) == Library.OK) {
            pass(() -> consumer.accept(Progress.of(seen)));
        }
    }

    private void tellEvents(EventListener listener) {
        while (true) {
            Structs.CollectionEvent event = new Structs.CollectionEvent();
            if (event.fill(place -> Library.milvus_future_next_event(future, place)) != Library.OK) {
                return;
            }
            pass(() -> listener.event(CollectionEvent.of(event)));
        }
    }

    private static void pass(Runnable news) {
        try {
            news.run();
        } catch (Throwable failure) {
            // It is not the operation that failed: that goes on.
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
        }
    }
}
