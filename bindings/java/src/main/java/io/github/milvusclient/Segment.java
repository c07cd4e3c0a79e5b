// One segment.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One segment. Empty stands for what this server does not report.
 *
 * @param id              the segment's id
 * @param collectionId    the collection it belongs to
 * @param partitionId     the partition it belongs to
 * @param rows            rows of the segment. Deleted rows count until a compaction purges them
 * @param state           where a segment is in its life
 * @param level           what a segment holds; reported since Milvus 2.4.7
 * @param isSorted        whether the rows are sorted by primary key; {@link Answer#NOT_KNOWN} before Milvus 2.5.0
 * @param storageVersion  version of the storage format, from Milvus 2.6.0 on
 * @param memory          memory of a loaded segment in bytes. Most servers send 0, which is empty here
 * @param channel         the channel of the rows, in storage and from servers newer than 3.0.0
 * @param compactionFrom  the segments that a compaction made this one of, where channel is reported
 * @param nodes           query nodes that serve a loaded segment
 */
public record Segment(long id, long collectionId, long partitionId, OptionalLong rows, SegmentState state,
                      SegmentLevel level, Answer isSorted, OptionalLong storageVersion, OptionalLong memory,
                      Optional<String> channel, List<Long> compactionFrom, List<Long> nodes) implements Json {
    static Segment of(Structs.Segment c) {
        return new Segment(c.id, c.collectionId, c.partitionId, Text.reported(c.rows), SegmentState.of(c.state),
            SegmentLevel.of(c.level), Answer.of(c.isSorted), Text.reported(c.storageVersion), Text.reported(c.memory),
            Optional.ofNullable(c.channel).map(Text::read), Text.readNumbers(c.compactionFrom, c.compactionFromCount),
            Text.readNumbers(c.nodes, c.nodeCount));
    }

    @Override
    public String json() {
        return new JsonObject()
            .id("id", id)
            .id("collection_id", collectionId)
            .id("partition_id", partitionId)
            .number("rows", rows)
            .name("state", state)
            .name("level", level)
            .answer("is_sorted", isSorted)
            .number("storage_version", storageVersion)
            .number("memory", memory)
            .filled("channel", channel)
            .ids("compaction_from", compactionFrom)
            .ids("nodes", nodes)
            .done();
    }
}
