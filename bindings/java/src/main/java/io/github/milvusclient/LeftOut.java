// Which stored segments a job has left out, and why.
package io.github.milvusclient;

import java.util.Optional;

/**
 * Segments that were stored right before the trigger and that no plan of the job named, each counted by one reason.
 *
 * @param total        all of them
 * @param unsorted     they waited to be sorted: servers since 2.5 sort a segment after its flush
 * @param l0           they held nothing but deletions, which only an L0 compaction takes
 * @param clustered    they are results of clustering, which a plain compaction leaves alone
 * @param importing    an import was making them
 * @param unflushed    they were not flushed yet
 * @param notAskedFor  they are in another partition than asked for, or not among the segments asked for
 * @param held         the rest: another compaction held them, or they were not eligible for a reason that no list shows
 */
public record LeftOut(long total, long unsorted, long l0, long clustered, long importing, long unflushed,
                      long notAskedFor, long held) {
    static Optional<LeftOut> of(Structs.LeftOut segments) {
        if (Text.reported(segments.total).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new LeftOut(segments.total, segments.unsorted, segments.l0,
            segments.clustered, segments.importing, segments.unflushed, segments.notAskedFor,
            segments.other));
    }
}
