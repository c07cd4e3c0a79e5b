// Futures and clients: how they end when they are cancelled, interrupted, closed or forgotten.
package io.github.milvusclient;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.sun.jna.ptr.LongByReference;
import java.io.File;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.Test;

/** Against a server with jobs that never end. */
public final class LifeTest extends Served {
    private static final int WAITS = 1000;

    @Test
    public void anOperationIsFollowedThroughItsStages() throws Exception {
        CompactionReport report = client.compactAsync("succeeds", SOON)
            .thenCompose(job -> client.waitForCompactionAsync(job, SOON)).get(30, TimeUnit.SECONDS);
        assertEquals(Verdict.SUCCEEDED, report.verdict());
        CollectionNotFoundException failure = failure(CollectionNotFoundException.class,
            client.compactAsync("missing", SOON));
        assertEquals("milvus_compact_async", failure.operation());
    }

    @Test
    public void aStageMayCallBlockingForms() throws Exception {
        CompactionReport report = client.compactAsync("succeeds", SOON)
            .thenApply(job -> client.waitForCompaction(job, SOON)).get(30, TimeUnit.SECONDS);
        assertEquals(Verdict.SUCCEEDED, report.verdict());
    }

    @Test
    public void cancellingAFutureCancelsItsOperation() throws Exception {
        long job = endless();
        CompletableFuture<CompactionReport> waiting = client.waitForCompactionAsync(job, MilvusClient.NO_TIMEOUT);
        assertEquals(1, Completions.shared().count());
        assertTrue(waiting.cancel(true));
        assertTrue(waiting.isCancelled());
        everythingHasEnded();
        CompletableFuture<CompactionReport> late = client.waitForCompactionAsync(job, MilvusClient.NO_TIMEOUT)
            .orTimeout(50, TimeUnit.MILLISECONDS);
        failure(TimeoutException.class, late);
        everythingHasEnded();
    }

    // As nothing else ends a wait for this job.
    private static void everythingHasEnded() throws InterruptedException {
        until("it has ended", () -> Completions.shared().count() == 0);
    }

    @Test
    public void anInterruptedThreadLearnsThatItsOperationWasCancelled() throws Exception {
        long job = endless();
        AtomicReference<Object> seen = new AtomicReference<>();
        Thread waiting = new Thread(() -> {
            try {
                seen.set(client.waitForCompaction(job, MilvusClient.NO_TIMEOUT));
            } catch (MilvusCancelledException cancelled) {
                seen.set(Thread.currentThread().isInterrupted());
            }
        });
        waiting.start();
        until("it waits", () -> waiting.getState() == Thread.State.WAITING);
        waiting.interrupt();
        waiting.join(20_000);
        assertEquals(true, seen.get());
    }

    @Test
    public void closingEndsWhatIsUnderWay() throws Exception {
        long job = endless();
        List<CompletableFuture<CompactionReport>> waiting = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waiting.add(client.waitForCompactionAsync(job, MilvusClient.NO_TIMEOUT));
        }
        AtomicReference<Exception> seen = new AtomicReference<>();
        Thread blocked = new Thread(() -> {
            try {
                client.waitForCompaction(job, MilvusClient.NO_TIMEOUT);
            } catch (MilvusException failure) {
                seen.set(failure);
            }
        });
        blocked.start();
        until("it waits", () -> blocked.getState() == Thread.State.WAITING);
        client.close();
        client.close();
        for (CompletableFuture<CompactionReport> each : waiting) {
            assertEquals(Status.CLOSED, failure(ClosedException.class, each).status());
        }
        blocked.join(20_000);
        assertEquals(ClosedException.class, seen.get().getClass());
    }

    @Test
    public void aClosedClientRefusesEverything() throws Exception {
        client.close();
        assertThrows(ClosedException.class, () -> client.compact("succeeds", SOON));
        failure(ClosedException.class, client.flushAsync("succeeds", SOON));
        assertEquals(0, server.count("trigger"));
    }

    @Test
    public void aCallThatFindsTheHandleFreedIsToldThatTheClientIsClosed() {
        assertThrows(ClosedException.class, () -> client.start(SOON, (handle, millis, future) -> {
            client.close();
            return Library.milvus_client_server_info_async(handle, millis, future);
        }, Readers::serverInfo, null));
    }

    @Test
    public void callsThatRaceWithClosingEndInClosedOrWell() throws Exception {
        for (int round = 0; round < 50; round++) {
            MilvusClient racing = new MilvusClient(server.uri());
            List<CompletableFuture<Long>> calls = new ArrayList<>();
            Thread closing = new Thread(racing::close);
            closing.start();
            for (int i = 0; i < 20; i++) {
                calls.add(racing.compactAsync("nothing", SOON));
            }
            closing.join();
            for (CompletableFuture<Long> call : calls) {
                Throwable failure = call.handle((job, thrown) -> thrown).get(30, TimeUnit.SECONDS);
                assertTrue(String.valueOf(failure), failure == null || failure instanceof ClosedException);
            }
        }
    }

    @Test
    public void aThousandWaitsTakeHardlyAnyThread() throws Exception {
        long job = endless();
        int before = threads();
        List<CompletableFuture<CompactionReport>> waits = new ArrayList<>();
        for (int i = 0; i < WAITS; i++) {
            waits.add(client.waitForCompactionAsync(job, MilvusClient.NO_TIMEOUT));
        }
        int during = threads();
        assertTrue(before + " threads became " + during, during <= before + 5);
        client.close();
        for (CompletableFuture<CompactionReport> wait : waits) {
            failure(ClosedException.class, wait);
        }
    }

    // Of the whole process, so those of the library too.
    private static int threads() {
        return new File("/proc/self/task").list().length;
    }

    @Test
    public void anExecutorOfTheUserRunsTheStages() throws Exception {
        ExecutorService executor = Executors.newSingleThreadExecutor(task -> new Thread(task, "of the user"));
        MilvusClient other = new MilvusClient(server.uri(), Map.of(), executor);
        try {
            long job = other.compact("never_ends", SOON);
            CompletableFuture<String> thread = other.waitForCompactionAsync(job, MilvusClient.NO_TIMEOUT)
                .handle((report, failure) -> Thread.currentThread().getName());
            other.close();
            assertEquals("of the user", thread.get(30, TimeUnit.SECONDS));
        } finally {
            other.close();
            executor.shutdownNow();
        }
    }

    @Test
    public void aForgottenClientIsFreed() throws Exception {
        long handle = forget();
        until("the cleaner frees it", () -> {
            System.gc();
            LongByReference future = new LongByReference();
            int status = Library.milvus_client_server_info_async(handle, 0, future);
            if (status == Library.OK) {
                Library.milvus_future_free(future.getValue());
            }
            return status == Library.INVALID_HANDLE;
        });
    }

    private long forget() {
        MilvusClient forgotten = new MilvusClient(server.uri());
        assertEquals("v2.6.8", forgotten.serverVersion(SOON));
        long handle = forgotten.handle();
        Reference.reachabilityFence(forgotten);
        return handle;
    }

    @Test
    public void anOperationOfAForgottenClientGoesOnToItsEnd() throws Exception {
        CompletableFuture<OptimizeResult> result = new MilvusClient(server.uri())
            .optimizeAsync("succeeds", OptimizeParams.DEFAULT, SOON);
        System.gc();
        assertEquals(Verdict.SUCCEEDED, result.get(30, TimeUnit.SECONDS).verdict());
    }
}
