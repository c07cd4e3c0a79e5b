// The structs of the C header. A test compares every offset and size with what a C compiler says.
package io.github.milvusclient;

import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;

/** The classes and their fields are public because JNA reads them by reflection; nobody outside can name them. */
final class Structs {
    private Structs() {
    }

    /** A struct, or a part of one. */
    public abstract static class Part extends Structure {
        Part() {
        }

        Part(Pointer place) {
            super(place);
        }

        /** Where a field is, for the test of the layout. */
        int offsetOf(String field) {
            return fieldOffset(field);
        }
    }

    /** A struct that begins with its size. */
    @FieldOrder("size")
    public abstract static class Sized extends Part {
        public long size;

        Sized() {
        }

        Sized(Pointer place) {
            super(place);
        }
    }

    /** A function of C that fills a struct. */
    interface Fill {
        int fill(Pointer struct);
    }

    /** Does what the ..._INIT of a struct does. */
    static <S extends Sized> S init(S struct) {
        struct.size = struct.size();
        return struct;
    }

    /** Has C fill a struct, as far as it does; gives what C returns. */
    static int fill(Sized struct, Fill function) {
        init(struct).write();
        int status = function.fill(struct.getPointer());
        struct.read();
        return status;
    }

    /** milvus_error. */
    @FieldOrder({"status", "grpcCode", "serverCode", "retriable", "inDoubt", "resolution", "jobId", "operation", "message"})
    public static final class Error extends Sized {
        public int status;
        public int grpcCode;
        public int serverCode;
        public int retriable;
        public int inDoubt;
        public int resolution;
        public long jobId;
        public Pointer operation;
        public Pointer message;

        public Error() {
        }

        Error(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_option_info. */
    @FieldOrder({"key", "defaultValue", "help", "kind", "reserved", "minimum", "maximum"})
    public static final class OptionInfo extends Sized {
        public Pointer key;
        public Pointer defaultValue;
        public Pointer help;
        public int kind;
        public int reserved;
        public long minimum;
        public long maximum;
    }

    /** milvus_server_info. */
    @FieldOrder({"clientId", "isLite", "reserved", "version", "deployMode"})
    public static final class ServerInfo extends Sized {
        public long clientId;
        public int isLite;
        public int reserved;
        public byte[] version = new byte[64];
        public byte[] deployMode = new byte[64];
    }

    /** milvus_compact_params. */
    @FieldOrder({"isClustering", "isL0", "targetSizeMb", "partitionName", "channel", "segmentIds", "segmentCount"})
    public static final class CompactParams extends Sized {
        public int isClustering;
        public int isL0;
        public long targetSizeMb;
        public Pointer partitionName;
        public Pointer channel;
        public Pointer segmentIds;
        public long segmentCount;
    }

    /** milvus_compact_result. */
    @FieldOrder({"trigger", "reserved", "jobId", "planned", "unsortedSegments"})
    public static final class CompactResult extends Sized {
        public int trigger;
        public int reserved;
        public long jobId;
        public long planned;
        public long unsortedSegments;
    }

    /** milvus_plan_counts, which is part of others. */
    @FieldOrder({"executing", "completed", "failed", "timedOut"})
    public static final class PlanCounts extends Part {
        public long executing;
        public long completed;
        public long failed;
        public long timedOut;
    }

    /** milvus_segment_diff, which is part of others. */
    @FieldOrder({"segmentsBefore", "segmentsAfter", "rowsBefore", "rowsAfter", "rowsPurged", "segmentsRemoved", "segmentsAdded", "sourcesRemaining", 
        "targetsMissing", "targetsConfirmed", "l0SegmentsBefore", "l0SegmentsAfter"})
    public static final class SegmentDiff extends Part {
        public long segmentsBefore;
        public long segmentsAfter;
        public long rowsBefore;
        public long rowsAfter;
        public long rowsPurged;
        public long segmentsRemoved;
        public long segmentsAdded;
        public long sourcesRemaining;
        public long targetsMissing;
        public long targetsConfirmed;
        public long l0SegmentsBefore;
        public long l0SegmentsAfter;
    }

    /** milvus_left_out, which is part of others. */
    @FieldOrder({"total", "unsorted", "l0", "clustered", "importing", "unflushed", "notAskedFor", "other"})
    public static final class LeftOut extends Part {
        public long total;
        public long unsorted;
        public long l0;
        public long clustered;
        public long importing;
        public long unflushed;
        public long notAskedFor;
        public long other;
    }

    /** milvus_compaction_state_info. */
    @FieldOrder({"state", "reserved", "counts"})
    public static final class StateInfo extends Sized {
        public int state;
        public int reserved;
        public PlanCounts counts;
    }

    /** milvus_compaction_report. */
    @FieldOrder({"verdict", "hasSegmentDiff", "jobId", "planned", "counts", "unknownPlans", "elapsedMs", "polls",
        "failedPolls", "segmentDiff", "leftOut"})
    public static final class Report extends Sized {
        public int verdict;
        public int hasSegmentDiff;
        public long jobId;
        public long planned;
        public PlanCounts counts;
        public long unknownPlans;
        public long elapsedMs;
        public long polls;
        public long failedPolls;
        public SegmentDiff segmentDiff;
        public LeftOut leftOut;

        public Report() {
        }

        Report(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_plan. */
    @FieldOrder({"sources", "sourceCount", "target", "targets", "targetCount", "judgement", "reason", "hasDetails", "type",
        "state", "reserved", "planId", "jobId", "collectionId", "partitionId", "channel", "failureReason"})
    public static final class Plan extends Sized {
        public Pointer sources;
        public long sourceCount;
        public long target;
        public Pointer targets;
        public long targetCount;
        public int judgement;
        public int reason;
        public int hasDetails;
        public int type;
        public int state;
        public int reserved;
        public long planId;
        public long jobId;
        public long collectionId;
        public long partitionId;
        public Pointer channel;
        public Pointer failureReason;
    }

    /** milvus_segment. */
    @FieldOrder({"id", "collectionId", "partitionId", "rows", "state", "level", "isSorted", "reserved", "storageVersion",
        "memory", "channel", "compactionFrom", "compactionFromCount", "nodes", "nodeCount"})
    public static final class Segment extends Sized {
        public long id;
        public long collectionId;
        public long partitionId;
        public long rows;
        public int state;
        public int level;
        public int isSorted;
        public int reserved;
        public long storageVersion;
        public long memory;
        public Pointer channel;
        public Pointer compactionFrom;
        public long compactionFromCount;
        public Pointer nodes;
        public long nodeCount;
    }

    /** milvus_check_result. */
    @FieldOrder({"wouldCompact", "wouldCompactIfFree", "mayBeBusy", "isEnabled", "isRunning", "isIndexed", "needsIndex",
        "hasClusteringKey", "hasUnflushed", "isFinal", "segments", "rows", "expectedSegments", "unsortedSegments",
        "l0Segments", "unindexedRows", "reason"})
    public static final class CheckResult extends Sized {
        public int wouldCompact;
        public int wouldCompactIfFree;
        public int mayBeBusy;
        public int isEnabled;
        public int isRunning;
        public int isIndexed;
        public int needsIndex;
        public int hasClusteringKey;
        public int hasUnflushed;
        public int isFinal;
        public long segments;
        public long rows;
        public long expectedSegments;
        public long unsortedSegments;
        public long l0Segments;
        public long unindexedRows;
        public byte[] reason = new byte[256];
    }

    /** milvus_resolution. */
    @FieldOrder({"state", "reserved", "jobId", "text"})
    public static final class Resolution extends Sized {
        public int state;
        public int reserved;
        public long jobId;
        public byte[] text = new byte[256];
    }

    /** milvus_many_params. */
    @FieldOrder({"compaction", "concurrency", "onlyTrigger"})
    public static final class ManyParams extends Sized {
        /** What compaction points to: no field for JNA, but it has to live as long. */
        CompactParams each;
        public Pointer compaction;
        public int concurrency;
        public int onlyTrigger;
    }

    /** milvus_many_result. */
    @FieldOrder({"collectionName", "status", "trigger", "jobId", "planned", "report", "error"})
    public static final class ManyResult extends Sized {
        public Pointer collectionName;
        public int status;
        public int trigger;
        public long jobId;
        public long planned;
        public Pointer report;
        public Pointer error;
    }

    /** milvus_progress. */
    @FieldOrder({"elapsedMs", "planned", "completed", "failed", "plansPerSecond", "collections", "collectionsDone",
        "collectionsFailed"})
    public static final class Progress extends Sized {
        public long elapsedMs;
        public long planned;
        public long completed;
        public long failed;
        public double plansPerSecond;
        public long collections;
        public long collectionsDone;
        public long collectionsFailed;
    }
}
