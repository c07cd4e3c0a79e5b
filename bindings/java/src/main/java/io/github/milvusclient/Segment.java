// One segment of a collection.
package io.github.milvusclient;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One segment of a collection, at one moment.
 *
 * @param id              its id
 * @param collectionId    the collection it belongs to
 * @param partitionId     the partition it belongs to
 * @param rows            its rows; deleted ones count until a compaction purges them
 * @param state           its state
 * @param level           its level
 * @param isSorted        whether its rows are sorted by primary key; not known before Milvus 2.5.0
 * @param storageVersion  how it is stored; reported since Milvus 2.6.0
 * @param memory          bytes of memory that it takes; reported of loaded segments
 * @param channel         the channel its rows came through; reported of stored segments after Milvus 3.0.0
 * @param compactionFrom  the segments that it was made of; reported where channel is
 * @param nodes           query nodes that serve it, of loaded segments
 */
public record Segment(long id, long collectionId, long partitionId, OptionalLong rows, SegmentState state,
                      SegmentLevel level, Answer isSorted, OptionalLong storageVersion, OptionalLong memory,
                      Optional<String> channel, List<Long> compactionFrom, List<Long> nodes) {
    static Segment of(Structs.Segment segment) {
        return new Segment(segment.id, segment.collectionId, segment.partitionId, Text.reported(segment.rows),
            SegmentState.of(segment.state), SegmentLevel.of(segment.level), Answer.of(segment.isSorted),
            Text.reported(segment.storageVersion), Text.reported(segment.memory),
            Optional.ofNullable(segment.channel).map(Text::read),
            Text.readNumbers(segment.compactionFrom, segment.compactionFromCount),
            Text.readNumbers(segment.nodes, segment.nodeCount));
    }
}
