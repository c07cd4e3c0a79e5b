// Request ids, metadata, the user agent, and what a client counts.
package io.github.milvusclient;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.Map;
import org.junit.After;
import org.junit.Test;

/** Against a server that plays 2.6.8. */
public final class TracingTest extends Served {
    /** The thread goes on to other tests. */
    @After
    public void clear() {
        Tracing.setRequestId(null);
        Tracing.setMetadata("traceparent", null);
    }

    @Test
    public void operationsCarryWhatTheirThreadHasSet() throws Exception {
        Tracing.setRequestId("order-4711");
        Tracing.setMetadata("traceparent", "00-1-2-01");
        CollectionNotFoundException failure = assertThrows(CollectionNotFoundException.class,
            () -> client.compact("missing", SOON));
        assertEquals("order-4711", failure.requestId());
        assertEquals("order-4711", server.tell("header describe client-request-id"));
        assertEquals("00-1-2-01", server.tell("header describe traceparent"));
        client.stateAsync(1, SOON).get();
        assertEquals("order-4711", server.tell("header state client-request-id"));
        Thread other = new Thread(() -> client.state(2, SOON));
        other.start();
        other.join();
        assertEquals(16, server.tell("header state client-request-id").length());
        clear();
        client.state(3, SOON);
        assertEquals("none", server.tell("header state traceparent"));
    }

    @Test
    public void whatCannotBeSentIsRefusedAtOnce() {
        assertThrows(InvalidArgumentException.class, () -> Tracing.setRequestId("two words"));
        assertThrows(InvalidArgumentException.class, () -> Tracing.setMetadata("authorization", "x"));
        client.state(1, SOON);
        assertEquals(16, server.tell("header state client-request-id").length());
    }

    @Test
    public void theBindingIsInTheUserAgentUnlessTheProgramIs() {
        client.state(1, SOON);
        String agent = server.tell("header state user-agent");
        assertTrue(agent, agent.startsWith("milvus-client-java/") && agent.contains(" milvus-client-c/"));
        try (MilvusClient named = new MilvusClient(server.uri(), Map.of("user_agent", "nightly/1.0"))) {
            named.state(1, SOON);
        }
        agent = server.tell("header state user-agent");
        assertTrue(agent, agent.startsWith("nightly/1.0 milvus-client-c/"));
    }

    @Test
    public void aClientCountsWhatItDoes() {
        for (int i = 0; i < 3; i++) {
            client.state(1, SOON);
        }
        Stats stats = client.stats();
        assertEquals(1, stats.connectionsMade());
        assertEquals(3, stats.states().ok());
        assertTrue(stats.states().maxUs() > 0 && stats.bytesSent() > 0);
        client.close();
        assertThrows(ClosedException.class, () -> client.stats());
    }
}
