// Is told what happens to each collection of an operation.
package io.github.milvusclient;

import java.util.Objects;
import java.util.function.Consumer;

/**
 * A consumer of progress that is also told what happens to each collection: that it began, each of its jobs as soon as it
 * is triggered, and how it ended. Give one to any form with a consumer for its progress:
 *
 * <pre>{@code
 * client.optimize("orders", OptimizeParams.DEFAULT, timeout, EventListener.of(event -> {
 *     if (event.event() == Event.TRIGGERED) {
 *         save(client.exportJob(event.jobId()));
 *     }
 * }));
 * }</pre>
 *
 * <p>With {@link ClientHandle#exportJob} it saves a job, so that the next process can follow it even if this one is killed.
 * There are events of {@code compactMany}, {@code compactDatabase}, {@code optimize}, {@code optimizeMany},
 * {@code optimizeDatabase}, {@code survey} and {@code surveyDatabase}. They come in the order in which they happened, each once and
 * at most a tenth of a second later, on the client's executor as progress does, and before it; all of them have come when
 * the operation is over.
 */
public interface EventListener extends Consumer<Progress> {
    /** Something happened to a collection. */
    void event(CollectionEvent event);

    /** How far the operation is; does nothing unless it is overridden. */
    @Override
    default void accept(Progress progress) {
    }

    /** A listener that only wants the events. */
    static EventListener of(Consumer<? super CollectionEvent> events) {
        return Objects.requireNonNull(events, "events")::accept;
    }
}
