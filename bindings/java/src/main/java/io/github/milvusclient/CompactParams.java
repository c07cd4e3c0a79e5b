// What to compact, and how.
package io.github.milvusclient;

import com.sun.jna.ptr.LongByReference;
import java.util.List;
import java.util.stream.LongStream;

/**
 * What to compact, and how. {@link #DEFAULT}: merge small segments of the whole collection and purge deleted rows.
 * Contradictions are refused when they are used. Immutable; made by {@link #builder()}.
 *
 * @param isClustering   re-cluster by the collection's clustering key; needs Milvus 2.4.6
 * @param isL0           only apply deletions to the segments they are about; needs Milvus 2.6.3
 * @param targetSizeMb   above 0: merge up to segments of this size in MB; needs Milvus 2.6.12
 * @param partitionName  only this partition; null: all; this and the next two need Milvus 2.5.8
 * @param channel        only segments of this channel; null: all
 * @param segmentIds     only these segments; empty: all
 * @param database       that of the collection, or of all collections; null: the client's own
 * @param onlyIfIdle     only if nobody compacts the collection already; needs a Milvus before 2.4 or newer than 3.0.0
 */
public record CompactParams(boolean isClustering, boolean isL0, long targetSizeMb, String partitionName, String channel,
                            List<Long> segmentIds, String database, boolean onlyIfIdle) {
    /** Merge small segments of the whole collection and purge deleted rows. */
    public static final CompactParams DEFAULT = builder().build();

    /** As a target size: as large as the servers allow. */
    public static final long LARGEST_TARGET_SIZE = Library.LARGEST_TARGET_SIZE;

    /** Copies the list. */
    public CompactParams {
        segmentIds = List.copyOf(segmentIds);
    }

    /** Begins with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    Structs.CompactParams toStruct() {
        Structs.CompactParams struct = CStruct.Sized.init(new Structs.CompactParams());
        struct.isClustering = CStruct.flag(isClustering);
        struct.isL0 = CStruct.flag(isL0);
        struct.targetSizeMb = targetSizeMb;
        struct.partitionName = Text.memory(partitionName);
        struct.channel = Text.memory(channel);
        struct.segmentIds = Text.numbers(segmentIds);
        struct.segmentCount = segmentIds.size();
        struct.database = Text.memory(database);
        struct.onlyIfIdle = CStruct.flag(onlyIfIdle);
        return struct;
    }

    /** Collects parameters. Not thread-safe. */
    public static final class Builder {
        private boolean isClustering;
        private boolean isL0;
        private long targetSizeMb;
        private String partitionName;
        private String channel;
        private List<Long> segmentIds = List.of();
        private String database;
        private boolean onlyIfIdle;

        private Builder() {
        }

        /** Re-cluster by the collection's clustering key. */
        public Builder clustering() {
            isClustering = true;
            return this;
        }

        /** Only apply deletions, that is segments of level L0, to the segments they are about. */
        public Builder l0() {
            isL0 = true;
            return this;
        }

        /** Merge up to segments of this size, or {@link CompactParams#LARGEST_TARGET_SIZE}. */
        public Builder targetSizeMb(long megabytes) {
            targetSizeMb = megabytes;
            return this;
        }

        /**
         * The same as text: "512MB", "1.5 GiB" or "max"; all units are powers of 1024.
         *
         * @throws InvalidArgumentException if it is no such text
         */
        public Builder targetSize(String text) {
            LongByReference megabytes = new LongByReference();
            int status = Library.milvus_parse_target_size(Text.utf8(text), megabytes);
            if (status != Library.OK) {
                throw Failure.ofThread(status).exception();
            }
            return targetSizeMb(megabytes.getValue());
        }

        /** Only this partition. */
        public Builder partition(String name) {
            partitionName = name;
            return this;
        }

        /** Only segments of this channel. */
        public Builder channel(String name) {
            channel = name;
            return this;
        }

        /**
         * Only these segments, which have to be flushed ones of the collection.
         *
         * @throws IllegalArgumentException if there are none: that would mean all
         */
        public Builder segments(long... ids) {
            if (ids.length == 0) {
                throw new IllegalArgumentException("there are no segment ids, and none would mean all");
            }
            segmentIds = LongStream.of(ids).boxed().toList();
            return this;
        }

        /** In this database instead of the client's own. */
        public Builder database(String name) {
            database = name;
            return this;
        }

        /** Only if nobody compacts the collection already; else {@link BusyException}, with what runs. */
        public Builder onlyIfIdle() {
            onlyIfIdle = true;
            return this;
        }

        /** The parameters as they are now. */
        public CompactParams build() {
            return new CompactParams(isClustering, isL0, targetSizeMb, partitionName, channel, segmentIds, database,
                onlyIfIdle);
        }
    }
}
