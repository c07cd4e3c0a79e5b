// What the tests with a server share: the server, a client of it, and a limit of time.
package io.github.milvusclient;

import static org.junit.Assert.fail;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.rules.Timeout;

/** Each test has a server and a client of its own. */
public abstract class Served {
    static final Duration SOON = Duration.ofSeconds(20);

    /** No test hangs. */
    @Rule
    public final Timeout limit = Timeout.seconds(90);

    FakeServer server;
    MilvusClient client;

    /** The version that the server plays. */
    String version() {
        return "v2.6.8";
    }

    /** Starts both. */
    @Before
    public void start() {
        server = new FakeServer(version());
        client = new MilvusClient(server.uri());
    }

    /** Ends both. */
    @After
    public void stop() {
        client.close();
        server.close();
    }

    /** A job that never ends. */
    long endless() {
        return client.compact("never_ends", SOON);
    }

    /** What a future fails with. */
    static <E extends Exception> E failure(Class<E> type, CompletableFuture<?> future) throws Exception {
        try {
            fail("gave " + future.get(30, TimeUnit.SECONDS));
        } catch (ExecutionException failure) {
            return type.cast(failure.getCause());
        } catch (TimeoutException late) {
            fail("is not over");
        }
        throw new AssertionError();
    }

    /** Waits until something is true, but not for ever. */
    static void until(String what, BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 3000; i++) {
            if (condition.getAsBoolean()) {
                return;
            }
            Thread.sleep(10);
        }
        fail("never: " + what);
    }
}
