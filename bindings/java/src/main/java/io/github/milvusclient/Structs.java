// The structs of the C header, as JNA sees them.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

import com.sun.jna.Pointer;
import com.sun.jna.Structure.FieldOrder;

/**
 * The classes and their fields are public because JNA reads them by reflection; nobody outside can name them. A
 * test compares every offset and size with what a C compiler says.
 */
final class Structs {
    private Structs() {
    }

    /** milvus_error. */
    @FieldOrder({"status", "grpcCode", "serverCode", "retriable", "inDoubt", "resolution", "jobId", "operation",
        "message", "requestId"})
    public static class Error extends CStruct.Sized {
        public int status;
        public int grpcCode;
        public int serverCode;
        public int retriable;
        public int inDoubt;
        public int resolution;
        public long jobId;
        public Pointer operation;
        public Pointer message;
        public Pointer requestId;

        public Error() {
        }

        Error(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_option_info. */
    @FieldOrder({"key", "defaultValue", "help", "kind", "reserved", "minimum", "maximum"})
    public static class OptionInfo extends CStruct.Sized {
        public Pointer key;
        public Pointer defaultValue;
        public Pointer help;
        public int kind;
        public int reserved;
        public long minimum;
        public long maximum;

        public OptionInfo() {
        }

        OptionInfo(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_server_info. */
    @FieldOrder({"clientId", "isLite", "reserved", "version", "deployMode"})
    public static class ServerInfo extends CStruct.Sized {
        public long clientId;
        public int isLite;
        public int reserved;
        public byte[] version = new byte[64];
        public byte[] deployMode = new byte[64];

        public ServerInfo() {
        }

        ServerInfo(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_compact_params. */
    @FieldOrder({"isClustering", "isL0", "targetSizeMb", "partitionName", "channel", "segmentIds", "segmentCount",
        "database", "onlyIfIdle", "reserved"})
    public static class CompactParams extends CStruct.Sized {
        public int isClustering;
        public int isL0;
        public long targetSizeMb;
        public Pointer partitionName;
        public Pointer channel;
        public Pointer segmentIds;
        public long segmentCount;
        public Pointer database;
        public int onlyIfIdle;
        public int reserved;

        public CompactParams() {
        }

        CompactParams(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_compact_result. */
    @FieldOrder({"trigger", "reserved", "jobId", "planned", "unsortedSegments"})
    public static class CompactResult extends CStruct.Sized {
        public int trigger;
        public int reserved;
        public long jobId;
        public long planned;
        public long unsortedSegments;

        public CompactResult() {
        }

        CompactResult(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_plan_counts. */
    @FieldOrder({"executing", "completed", "failed", "timedOut"})
    public static class PlanCounts extends CStruct {
        public long executing;
        public long completed;
        public long failed;
        public long timedOut;

        public PlanCounts() {
        }

        PlanCounts(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_compaction_state_info. */
    @FieldOrder({"state", "reserved", "counts"})
    public static class CompactionStateInfo extends CStruct.Sized {
        public int state;
        public int reserved;
        public PlanCounts counts = new PlanCounts();

        public CompactionStateInfo() {
        }

        CompactionStateInfo(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_segment_diff. */
    @FieldOrder({"segmentsBefore", "segmentsAfter", "rowsBefore", "rowsAfter", "rowsPurged", "segmentsRemoved",
        "segmentsAdded", "sourcesRemaining", "targetsMissing", "targetsConfirmed", "l0SegmentsBefore",
        "l0SegmentsAfter"})
    public static class SegmentDiff extends CStruct {
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

        public SegmentDiff() {
        }

        SegmentDiff(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_left_out. */
    @FieldOrder({"total", "unsorted", "l0", "clustered", "importing", "unflushed", "notAskedFor", "other"})
    public static class LeftOut extends CStruct {
        public long total;
        public long unsorted;
        public long l0;
        public long clustered;
        public long importing;
        public long unflushed;
        public long notAskedFor;
        public long other;

        public LeftOut() {
        }

        LeftOut(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_compaction_report. */
    @FieldOrder({"verdict", "hasSegmentDiff", "jobId", "planned", "counts", "unknownPlans", "elapsedMs", "polls",
        "failedPolls", "segmentDiff", "leftOut", "unsortedSegments", "stalledMs"})
    public static class CompactionReport extends CStruct.Sized {
        public int verdict;
        public int hasSegmentDiff;
        public long jobId;
        public long planned;
        public PlanCounts counts = new PlanCounts();
        public long unknownPlans;
        public long elapsedMs;
        public long polls;
        public long failedPolls;
        public SegmentDiff segmentDiff = new SegmentDiff();
        public LeftOut leftOut = new LeftOut();
        public long unsortedSegments;
        public long stalledMs;

        public CompactionReport() {
        }

        CompactionReport(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_plan. */
    @FieldOrder({"sources", "sourceCount", "target", "targets", "targetCount", "judgement", "reason", "hasDetails",
        "type", "state", "reserved", "planId", "jobId", "collectionId", "partitionId", "channel", "failureReason"})
    public static class Plan extends CStruct.Sized {
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

        public Plan() {
        }

        Plan(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_segment. */
    @FieldOrder({"id", "collectionId", "partitionId", "rows", "state", "level", "isSorted", "reserved",
        "storageVersion", "memory", "channel", "compactionFrom", "compactionFromCount", "nodes", "nodeCount"})
    public static class Segment extends CStruct.Sized {
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

        public Segment() {
        }

        Segment(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_check_result. */
    @FieldOrder({"wouldCompact", "wouldCompactIfFree", "mayBeBusy", "isEnabled", "isRunning", "isIndexed", "needsIndex",
        "hasClusteringKey", "hasUnflushed", "isFinal", "segments", "rows", "expectedSegments", "unsortedSegments",
        "l0Segments", "unindexedRows", "reason"})
    public static class CheckResult extends CStruct.Sized {
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

        public CheckResult() {
        }

        CheckResult(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_resolution. */
    @FieldOrder({"state", "reserved", "jobId", "text"})
    public static class Resolution extends CStruct.Sized {
        public int state;
        public int reserved;
        public long jobId;
        public byte[] text = new byte[256];

        public Resolution() {
        }

        Resolution(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_collection_info. */
    @FieldOrder({"collectionName", "database", "aliases", "id", "rows", "isLoaded", "hasClusteringKey", "status",
        "reserved", "error"})
    public static class CollectionInfo extends CStruct.Sized {
        public Pointer collectionName;
        public Pointer database;
        public Pointer aliases;
        public long id;
        public long rows;
        public int isLoaded;
        public int hasClusteringKey;
        public int status;
        public int reserved;
        public Pointer error;

        public CollectionInfo() {
        }

        CollectionInfo(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_database_info. */
    @FieldOrder({"database", "id"})
    public static class DatabaseInfo extends CStruct.Sized {
        public Pointer database;
        public long id;

        public DatabaseInfo() {
        }

        DatabaseInfo(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_survey_params. */
    @FieldOrder({"compaction", "concurrency", "allDatabases", "rowBytes", "segmentBytes"})
    public static class SurveyParams extends CStruct.Sized {
        public Pointer compaction;
        public int concurrency;
        public int allDatabases;
        public long rowBytes;
        public long segmentBytes;

        public SurveyParams() {
        }

        SurveyParams(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_survey_result. */
    @FieldOrder({"collectionName", "database", "status", "reserved", "error", "check", "storedSegments", "storedRows",
        "storedBytes", "smallSegments", "unsortedSegments", "l0Segments", "deletedRows", "mergedSegments", "mergedInto",
        "rewriteRows", "rewriteBytes", "rowBytes", "segmentBytes", "fragmentation"})
    public static class SurveyResult extends CStruct.Sized {
        public Pointer collectionName;
        public Pointer database;
        public int status;
        public int reserved;
        public Pointer error;
        public Pointer check;
        public long storedSegments;
        public long storedRows;
        public long storedBytes;
        public long smallSegments;
        public long unsortedSegments;
        public long l0Segments;
        public long deletedRows;
        public long mergedSegments;
        public long mergedInto;
        public long rewriteRows;
        public long rewriteBytes;
        public long rowBytes;
        public long segmentBytes;
        public double fragmentation;

        public SurveyResult() {
        }

        SurveyResult(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_many_params. */
    @FieldOrder({"compaction", "concurrency", "onlyTrigger", "match", "allDatabases", "includeFinal", "minSegments",
        "minDeletedPercent", "maxCollections", "startWithinMs"})
    public static class ManyParams extends CStruct.Sized {
        public Pointer compaction;
        public int concurrency;
        public int onlyTrigger;
        public Pointer match;
        public int allDatabases;
        public int includeFinal;
        public long minSegments;
        public double minDeletedPercent;
        public long maxCollections;
        public long startWithinMs;

        public ManyParams() {
        }

        ManyParams(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_many_result. */
    @FieldOrder({"collectionName", "status", "trigger", "jobId", "planned", "report", "error", "unsortedSegments",
        "skip", "reserved", "skipText", "database"})
    public static class ManyResult extends CStruct.Sized {
        public Pointer collectionName;
        public int status;
        public int trigger;
        public long jobId;
        public long planned;
        public Pointer report;
        public Pointer error;
        public long unsortedSegments;
        public int skip;
        public int reserved;
        public Pointer skipText;
        public Pointer database;

        public ManyResult() {
        }

        ManyResult(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_optimize_params. */
    @FieldOrder({"compaction", "skipStages", "l0", "force", "onlyEstimate", "maxRounds", "concurrency", "pauseMs",
        "maxPauseMs", "serveTimeoutMs", "maxRewriteRows", "maxRewriteBytes", "minSegments", "rowBytes", "segmentBytes"})
    public static class OptimizeParams extends CStruct.Sized {
        public Pointer compaction;
        public int skipStages;
        public int l0;
        public int force;
        public int onlyEstimate;
        public int maxRounds;
        public int concurrency;
        public long pauseMs;
        public long maxPauseMs;
        public long serveTimeoutMs;
        public long maxRewriteRows;
        public long maxRewriteBytes;
        public long minSegments;
        public long rowBytes;
        public long segmentBytes;

        public OptimizeParams() {
        }

        OptimizeParams(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_optimize_result. */
    @FieldOrder({"collectionName", "status", "stage", "verdict", "rounds", "isLoaded", "reserved", "jobId", "stepCount",
        "error", "segmentsBefore", "segmentsAfter", "rowsBefore", "rowsAfter", "l0SegmentsBefore", "l0SegmentsAfter",
        "segmentsIn", "segmentsOut", "rewriteRows", "rewriteBytes", "rowBytes", "servedSegments", "leftOut",
        "newSegments", "elapsedMs"})
    public static class OptimizeResult extends CStruct.Sized {
        public Pointer collectionName;
        public int status;
        public int stage;
        public int verdict;
        public int rounds;
        public int isLoaded;
        public int reserved;
        public long jobId;
        public long stepCount;
        public Pointer error;
        public long segmentsBefore;
        public long segmentsAfter;
        public long rowsBefore;
        public long rowsAfter;
        public long l0SegmentsBefore;
        public long l0SegmentsAfter;
        public long segmentsIn;
        public long segmentsOut;
        public long rewriteRows;
        public long rewriteBytes;
        public long rowBytes;
        public long servedSegments;
        public LeftOut leftOut = new LeftOut();
        public long newSegments;
        public long elapsedMs;

        public OptimizeResult() {
        }

        OptimizeResult(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_optimize_step. */
    @FieldOrder({"stage", "state", "round", "isL0", "jobId", "elapsedMs", "report", "text"})
    public static class OptimizeStep extends CStruct.Sized {
        public int stage;
        public int state;
        public int round;
        public int isL0;
        public long jobId;
        public long elapsedMs;
        public Pointer report;
        public Pointer text;

        public OptimizeStep() {
        }

        OptimizeStep(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_progress. */
    @FieldOrder({"elapsedMs", "planned", "completed", "failed", "plansPerSecond", "collections", "collectionsDone",
        "collectionsFailed", "collectionsSkipped", "stalledMs", "remainingMs", "stage", "round", "stageDone",
        "stageTotal", "rewriteSegments", "rewriteRows", "rewriteBytes"})
    public static class Progress extends CStruct.Sized {
        public long elapsedMs;
        public long planned;
        public long completed;
        public long failed;
        public double plansPerSecond;
        public long collections;
        public long collectionsDone;
        public long collectionsFailed;
        public long collectionsSkipped;
        public long stalledMs;
        public long remainingMs;
        public int stage;
        public int round;
        public long stageDone;
        public long stageTotal;
        public long rewriteSegments;
        public long rewriteRows;
        public long rewriteBytes;

        public Progress() {
        }

        Progress(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_collection_event. */
    @FieldOrder({"event", "status", "isSkipped", "reserved", "collectionName", "index", "jobId", "elapsedMs"})
    public static class CollectionEvent extends CStruct.Sized {
        public int event;
        public int status;
        public int isSkipped;
        public int reserved;
        public Pointer collectionName;
        public long index;
        public long jobId;
        public long elapsedMs;

        public CollectionEvent() {
        }

        CollectionEvent(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_request_stats. */
    @FieldOrder({"ok", "refused", "lost", "timedOut", "cancelled", "p50Us", "p90Us", "p99Us", "maxUs"})
    public static class RequestStats extends CStruct {
        public long ok;
        public long refused;
        public long lost;
        public long timedOut;
        public long cancelled;
        public long p50Us;
        public long p90Us;
        public long p99Us;
        public long maxUs;

        public RequestStats() {
        }

        RequestStats(Pointer place) {
            super(place);
            read();
        }
    }

    /** milvus_stats. */
    @FieldOrder({"connectionsMade", "connectionsFailed", "connectionsLost", "retries", "resends", "polls", "bytesSent",
        "bytesReceived", "operationsInFlight", "requestsInFlight", "jobsFollowed", "handshakes", "triggers", "states",
        "plans", "segments", "others"})
    public static class Stats extends CStruct.Sized {
        public long connectionsMade;
        public long connectionsFailed;
        public long connectionsLost;
        public long retries;
        public long resends;
        public long polls;
        public long bytesSent;
        public long bytesReceived;
        public long operationsInFlight;
        public long requestsInFlight;
        public long jobsFollowed;
        public RequestStats handshakes = new RequestStats();
        public RequestStats triggers = new RequestStats();
        public RequestStats states = new RequestStats();
        public RequestStats plans = new RequestStats();
        public RequestStats segments = new RequestStats();
        public RequestStats others = new RequestStats();

        public Stats() {
        }

        Stats(Pointer place) {
            super(place);
            read();
        }
    }
}
