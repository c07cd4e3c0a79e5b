// A client of a Milvus server: every operation that there is.
package io.github.milvusclient;

import com.sun.jna.Memory;
import com.sun.jna.ptr.LongByReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * A client stands for one server (or cluster, or Zilliz Cloud endpoint) and one database. It connects with its first
 * call, and again whenever the connection is gone. Thread-safe; one per process is usually enough.
 *
 * <p>Each operation has a blocking form and one that ends in a {@code CompletableFuture}. Both fail with
 * {@link MilvusException}, the latter always through its future. Null arguments and texts that C cannot take (a NUL
 * character, half a surrogate pair) are refused by {@code NullPointerException} and {@code IllegalArgumentException}
 * at once. A thread that is interrupted in a blocking form cancels the operation, gets
 * {@link MilvusCancelledException} unless it ended before, and stays interrupted.
 *
 * <p>Cancelling a {@code CompletableFuture}, or ending it in another way ({@code orTimeout}), cancels the operation;
 * cancelling a stage that depends on it does not. That is local: a job on the server goes on, and a trigger that
 * was on its way may be carried out ({@link #resolve} tells). The client's executor completes the futures, and also
 * runs the stages that depend on them and the consumers of progress, those of one operation one after the other.
 *
 * <p>A timeout limits the whole operation, connecting included: a duration above zero, {@link #DEFAULT_TIMEOUT} or
 * {@link #NO_TIMEOUT}.
 */
public final class MilvusClient extends ClientHandle {
    /**
     * The client's default: its option timeout_ms (10 s if it is not set). Operations that wait for jobs take
     * wait_timeout_ms instead (no limit if it is not set): {@code waitForCompaction}, {@code optimize},
     * {@code optimizeMany}, {@code optimizeDatabase}, {@code compactMany}, {@code compactDatabase}, {@code survey} and
     * {@code surveyDatabase}.
     */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(Long.MIN_VALUE);

    /**
     * No limit. The operation still ends when the server is gone, and a wait with {@link StalledException} when nothing
     * has changed for the option stall_timeout_ms.
     */
    public static final Duration NO_TIMEOUT = Duration.ofSeconds(Long.MAX_VALUE);

    /** The job id of "the server scheduled nothing". Can be waited for: that is over at once. */
    public static final long NO_JOB = Library.NO_JOB;

    /** The job id of "there is a job, but nobody says which". Cannot be waited for. */
    public static final long UNKNOWN_JOB = Library.UNKNOWN_JOB;

    /** A client without options; see {@link #MilvusClient(String, Map)}. */
    public MilvusClient(String uri) {
        this(uri, Map.of());
    }

    /**
     * A client, which does not connect yet.
     *
     * @param uri      where the server is, as pymilvus takes it, e.g. "http://localhost:19530"; null: the environment
     *                 variable MILVUS_URI
     * @param options  values by key; {@link #options()} lists the keys
     * @throws MilvusException if the URI, an option or a file that one names is wrong
     */
    public MilvusClient(String uri, Map<String, String> options) {
        this(uri, options, commonExecutor());
    }

    /**
     * The same with an executor.
     *
     * @param executor  completes futures and runs the consumers of progress; without one it is the common pool of
     *                  {@code ForkJoinPool}. One that refuses a task has it run on the thread that all clients
     *                  share, so shut it down after the client is closed.
     */
    public MilvusClient(String uri, Map<String, String> options, Executor executor) {
        super(uri, options, executor);
    }

    /** Tells the server's version as it writes it, e.g. "v2.6.8"; empty if it does not tell. */
    public String serverVersion(Duration timeout) {
        return serverVersionOperation(timeout).await();
    }

    /** Starts {@link #serverVersion}. */
    public CompletableFuture<String> serverVersionAsync(Duration timeout) {
        return promise(() -> serverVersionOperation(timeout));
    }

    private Operation<String> serverVersionOperation(Duration timeout) {
        return start(timeout, (handle, millis, out) ->
            Library.milvus_client_server_info_async(handle, millis, out),
            future -> Readers.serverInfo(future).version(), null);
    }

    /** Tells what the server says of itself. Connects, but does not ask again while a connection lasts. */
    public ServerInfo serverInfo(Duration timeout) {
        return serverInfoOperation(timeout).await();
    }

    /** Starts {@link #serverInfo}. */
    public CompletableFuture<ServerInfo> serverInfoAsync(Duration timeout) {
        return promise(() -> serverInfoOperation(timeout));
    }

    private Operation<ServerInfo> serverInfoOperation(Duration timeout) {
        return start(timeout, (handle, millis, out) ->
            Library.milvus_client_server_info_async(handle, millis, out),
            Readers::serverInfo, null);
    }

    /**
     * Has the server compact one collection: merge small segments and purge deleted rows. Over as soon as the job is
     * scheduled; gives its id, or {@link #NO_JOB} if the server scheduled nothing. A trigger whose answer is lost ends
     * with an exception that is {@link MilvusException#inDoubt()}. If the server schedules nothing although segments are
     * stored that a free trigger would take, it ends with {@link BusyException}: nothing was started; try again later.
     */
    public long compact(String collectionName, Duration timeout) {
        return compactOperation(collectionName, timeout).await();
    }

    /** Starts {@link #compact}. */
    public CompletableFuture<Long> compactAsync(String collectionName, Duration timeout) {
        return promise(() -> compactOperation(collectionName, timeout));
    }

    private Operation<Long> compactOperation(String collectionName, Duration timeout) {
        return start(timeout, (handle, millis, out) ->
            Library.milvus_compact_async(handle, Text.name(collectionName), Library.NO, millis, out),
            Readers::jobId, null);
    }

    /**
     * Has the server compact one collection, or a part of it, in any of the ways that servers have. What this server
     * would silently ignore is refused with {@link UnsupportedException}, and nothing is sent.
     */
    public CompactResult compactWith(String collectionName, CompactParams params, Duration timeout) {
        return compactWithOperation(collectionName, params, timeout).await();
    }

    /** Starts {@link #compactWith}. */
    public CompletableFuture<CompactResult> compactWithAsync(String collectionName, CompactParams params,
                                                             Duration timeout) {
        return promise(() -> compactWithOperation(collectionName, params, timeout));
    }

    private Operation<CompactResult> compactWithOperation(String collectionName, CompactParams params,
                                                          Duration timeout) {
        return startWith(params.toStruct(), timeout, (handle, struct, millis, out) ->
            Library.milvus_compact_with_async(handle, Text.name(collectionName), struct, millis, out),
            Readers::compactResult, null);
    }

    /**
     * Waits until a job is over. Ends without an exception only if every plan completed, or there was nothing to do;
     * else with {@link CompactionFailedException}, {@link OutcomeUnknownException}, {@link BusyException}
     * ({@link Verdict#NOT_STARTED}), {@link CollectionNotFoundException} (it was dropped meanwhile),
     * {@link MilvusTimeoutException} or {@link StalledException} (the job may go on), which have what was seen as their
     * {@link MilvusException#report()}. Best asked of the client that triggered the job: it remembers what servers
     * forget.
     */
    public CompactionReport waitForCompaction(long jobId, Duration timeout) {
        return waitForCompactionOperation(jobId, timeout, null).await();
    }

    /** {@link #waitForCompaction(long, Duration)}, with a consumer for its progress. */
    public CompactionReport waitForCompaction(long jobId, Duration timeout, Consumer<? super Progress> progress) {
        return waitForCompactionOperation(jobId, timeout, Objects.requireNonNull(progress)).await();
    }

    /** Starts {@link #waitForCompaction(long, Duration)}. */
    public CompletableFuture<CompactionReport> waitForCompactionAsync(long jobId, Duration timeout) {
        return promise(() -> waitForCompactionOperation(jobId, timeout, null));
    }

    /** Starts {@link #waitForCompaction(long, Duration)}, with a consumer for its progress. */
    public CompletableFuture<CompactionReport> waitForCompactionAsync(long jobId, Duration timeout,
                                                                      Consumer<? super Progress> progress) {
        return promise(() -> waitForCompactionOperation(jobId, timeout, Objects.requireNonNull(progress)));
    }

    private Operation<CompactionReport> waitForCompactionOperation(long jobId, Duration timeout,
                                                                   Consumer<? super Progress> progress) {
        return start(timeout, (handle, millis, out) ->
            Library.milvus_compaction_wait_async(handle, jobId, millis, out),
            Readers::report, progress);
    }

    /**
     * Waits until a job is over that was triggered elsewhere, and of which nothing but the id and the collection is
     * known. It tells the more, the earlier it is called; the report has no
     * segmentDiff.
     */
    public CompactionReport waitForCompaction(String collectionName, long jobId, Duration timeout) {
        return waitInOperation(collectionName, null, jobId, timeout, null).await();
    }

    /** {@link #waitForCompaction(String, long, Duration)}, with a consumer for its progress. */
    public CompactionReport waitForCompaction(String collectionName, long jobId, Duration timeout,
                                              Consumer<? super Progress> progress) {
        return waitInOperation(collectionName, null, jobId, timeout, Objects.requireNonNull(progress)).await();
    }

    /** Starts {@link #waitForCompaction(String, long, Duration)}. */
    public CompletableFuture<CompactionReport> waitForCompactionAsync(String collectionName, long jobId,
                                                                      Duration timeout) {
        return promise(() -> waitInOperation(collectionName, null, jobId, timeout, null));
    }

    /** Starts {@link #waitForCompaction(String, long, Duration)}, with a consumer for its progress. */
    public CompletableFuture<CompactionReport> waitForCompactionAsync(String collectionName, long jobId,
                                                                      Duration timeout,
                                                                      Consumer<? super Progress> progress) {
        return promise(() -> waitInOperation(collectionName, null, jobId, timeout, Objects.requireNonNull(progress)));
    }

    /** {@link #waitForCompaction(String, long, Duration)} in another database. */
    public CompactionReport waitForCompaction(String collectionName, String database, long jobId, Duration timeout) {
        return waitInOperation(collectionName, database, jobId, timeout, null).await();
    }

    /** Starts {@link #waitForCompaction(String, long, Duration)} in another database. */
    public CompletableFuture<CompactionReport> waitForCompactionAsync(String collectionName, String database,
                                                                      long jobId, Duration timeout) {
        return promise(() -> waitInOperation(collectionName, database, jobId, timeout, null));
    }

    private Operation<CompactionReport> waitInOperation(String collectionName, String database, long jobId,
                                                        Duration timeout,
                                                        Consumer<? super Progress> progress) {
        return start(timeout, (handle, millis, out) ->
            Library.milvus_compaction_wait_in_async(handle, Text.name(collectionName),
                Text.utf8(database), jobId, millis, out),
            Readers::report, progress);
    }

    /** Tells what a trigger with the same parameters would do now, without sending one. */
    public CheckResult check(String collectionName, CompactParams params, Duration timeout) {
        return checkOperation(collectionName, params, timeout).await();
    }

    /** Starts {@link #check}. */
    public CompletableFuture<CheckResult> checkAsync(String collectionName, CompactParams params, Duration timeout) {
        return promise(() -> checkOperation(collectionName, params, timeout));
    }

    private Operation<CheckResult> checkOperation(String collectionName, CompactParams params, Duration timeout) {
        return startWith(params.toStruct(), timeout, (handle, struct, millis, out) ->
            Library.milvus_compaction_check_async(handle, Text.name(collectionName), struct, millis, out),
            Readers::checkResult, null);
    }

    /** Looks whether this client's latest trigger in doubt of a collection has started a job. */
    public Resolution resolve(String collectionName, Duration timeout) {
        return resolveOperation(collectionName, null, timeout).await();
    }

    /** Starts {@link #resolve(String, Duration)}. */
    public CompletableFuture<Resolution> resolveAsync(String collectionName, Duration timeout) {
        return promise(() -> resolveOperation(collectionName, null, timeout));
    }

    /** {@link #resolve(String, Duration)} in another database. */
    public Resolution resolve(String collectionName, String database, Duration timeout) {
        return resolveOperation(collectionName, database, timeout).await();
    }

    /** Starts {@link #resolve(String, Duration)} in another database. */
    public CompletableFuture<Resolution> resolveAsync(String collectionName, String database, Duration timeout) {
        return promise(() -> resolveOperation(collectionName, database, timeout));
    }

    private Operation<Resolution> resolveOperation(String collectionName, String database, Duration timeout) {
        return start(timeout, (handle, millis, out) ->
            Library.milvus_compaction_resolve_async(handle, Text.name(collectionName),
                Text.utf8(database), millis, out),
            Readers::resolution, null);
    }

    /** Asks what the server says of a job at this moment; a job that it does not know is Completed with zeros. */
    public StateInfo state(long jobId, Duration timeout) {
        return stateOperation(jobId, timeout).await();
    }

    /** Starts {@link #state}. */
    public CompletableFuture<StateInfo> stateAsync(long jobId, Duration timeout) {
        return promise(() -> stateOperation(jobId, timeout));
    }

    private Operation<StateInfo> stateOperation(long jobId, Duration timeout) {
        return start(timeout, (handle, millis, out) ->
            Library.milvus_compaction_state_async(handle, jobId, millis, out),
            Readers::state, null);
    }

    /** Lists a job's plans, also those that this client saw while it waited for it. Ordered by their sources. */
    public List<Plan> plans(long jobId, Duration timeout) {
        return plansOperation(jobId, timeout).await();
    }

    /** Starts {@link #plans}. */
    public CompletableFuture<List<Plan>> plansAsync(long jobId, Duration timeout) {
        return promise(() -> plansOperation(jobId, timeout));
    }

    private Operation<List<Plan>> plansOperation(long jobId, Duration timeout) {
        return start(timeout, (handle, millis, out) ->
            Library.milvus_compaction_plans_async(handle, jobId, millis, out),
            Readers::plans, null);
    }

    /**
     * Lists every compaction task of a collection that the server still remembers, automatic ones included. Needs a
     * server newer than 3.0.0.
     */
    public List<Plan> tasks(String collectionName, Duration timeout) {
        return tasksOperation(collectionName, null, timeout).await();
    }

    /** Starts {@link #tasks(String, Duration)}. */
    public CompletableFuture<List<Plan>> tasksAsync(String collectionName, Duration timeout) {
        return promise(() -> tasksOperation(collectionName, null, timeout));
    }

    /** {@link #tasks(String, Duration)} in another database. */
    public List<Plan> tasks(String collectionName, String database, Duration timeout) {
        return tasksOperation(collectionName, database, timeout).await();
    }

    /** Starts {@link #tasks(String, Duration)} in another database. */
    public CompletableFuture<List<Plan>> tasksAsync(String collectionName, String database, Duration timeout) {
        return promise(() -> tasksOperation(collectionName, database, timeout));
    }

    private Operation<List<Plan>> tasksOperation(String collectionName, String database, Duration timeout) {
        return start(timeout, (handle, millis, out) ->
            Library.milvus_compaction_tasks_async(handle, Text.name(collectionName), Text.utf8(database), millis, out),
            Readers::plans, null);
    }

    /** Lists the segments of a collection, ordered by id. */
    public List<Segment> segments(String collectionName, SegmentView view, Duration timeout) {
        return segmentsOperation(collectionName, null, view, timeout).await();
    }

    /** Starts {@link #segments(String, SegmentView, Duration)}. */
    public CompletableFuture<List<Segment>> segmentsAsync(String collectionName, SegmentView view, Duration timeout) {
        return promise(() -> segmentsOperation(collectionName, null, view, timeout));
    }

    /** {@link #segments(String, SegmentView, Duration)} in another database. */
    public List<Segment> segments(String collectionName, String database, SegmentView view, Duration timeout) {
        return segmentsOperation(collectionName, database, view, timeout).await();
    }

    /** Starts {@link #segments(String, SegmentView, Duration)} in another database. */
    public CompletableFuture<List<Segment>> segmentsAsync(String collectionName, String database, SegmentView view,
                                                          Duration timeout) {
        return promise(() -> segmentsOperation(collectionName, database, view, timeout));
    }

    private Operation<List<Segment>> segmentsOperation(String collectionName, String database, SegmentView view,
                                                       Duration timeout) {
        return start(timeout, (handle, millis, out) ->
            Library.milvus_segments_async(handle, Text.name(collectionName),
                Text.utf8(database), view.number(), millis, out),
            Readers::segments, null);
    }

    /** Flushes a collection, and waits until what was inserted is stored: compactions leave out what is not. */
    public void flush(String collectionName, Duration timeout) {
        flushOperation(collectionName, null, timeout).await();
    }

    /** Starts {@link #flush(String, Duration)}. */
    public CompletableFuture<Void> flushAsync(String collectionName, Duration timeout) {
        return promise(() -> flushOperation(collectionName, null, timeout));
    }

    /** {@link #flush(String, Duration)} in another database. */
    public void flush(String collectionName, String database, Duration timeout) {
        flushOperation(collectionName, database, timeout).await();
    }

    /** Starts {@link #flush(String, Duration)} in another database. */
    public CompletableFuture<Void> flushAsync(String collectionName, String database, Duration timeout) {
        return promise(() -> flushOperation(collectionName, database, timeout));
    }

    private Operation<Void> flushOperation(String collectionName, String database, Duration timeout) {
        return start(timeout, (handle, millis, out) ->
            Library.milvus_flush_async(handle, Text.name(collectionName), Text.utf8(database), millis, out),
            Readers::nothing, null);
    }

    /**
     * Brings a collection into the state that people compact for: everything stored is sorted, merged, indexed and
     * served. It flushes, waits for sorting and indexes, compacts in rounds, has the query nodes load the result, and waits
     * until they serve it. A second call goes on where the first ended.
     *
     * <p>If it ends with an exception, {@link MilvusException#optimized()} has the stage, the steps and the figures until
     * then, and what the server has begun goes on. Exceptions of its own are {@link OutOfBoundsException} (a bound of the
     * parameters), {@link BusyException} (another compaction held the segments), {@link IncompleteException} (segments are
     * left out; all stages are done) and {@link NotServedException} (not yet).
     */
    public OptimizeResult optimize(String collectionName, OptimizeParams params, Duration timeout) {
        return optimizeOperation(collectionName, params, timeout, null).await();
    }

    /** {@link #optimize(String, OptimizeParams, Duration)}, with a consumer for its progress. */
    public OptimizeResult optimize(String collectionName, OptimizeParams params, Duration timeout,
                                   Consumer<? super Progress> progress) {
        return optimizeOperation(collectionName, params, timeout, Objects.requireNonNull(progress)).await();
    }

    /** Starts {@link #optimize(String, OptimizeParams, Duration)}. */
    public CompletableFuture<OptimizeResult> optimizeAsync(String collectionName, OptimizeParams params,
                                                           Duration timeout) {
        return promise(() -> optimizeOperation(collectionName, params, timeout, null));
    }

    /** Starts {@link #optimize(String, OptimizeParams, Duration)}, with a consumer for its progress. */
    public CompletableFuture<OptimizeResult> optimizeAsync(String collectionName, OptimizeParams params,
                                                           Duration timeout, Consumer<? super Progress> progress) {
        return promise(() -> optimizeOperation(collectionName, params, timeout, Objects.requireNonNull(progress)));
    }

    private Operation<OptimizeResult> optimizeOperation(String collectionName, OptimizeParams params,
                                                        Duration timeout, Consumer<? super Progress> progress) {
        return startWith(params.toStruct(), timeout, (handle, struct, millis, out) ->
            Library.milvus_optimize_async(handle, Text.name(collectionName), struct, millis, out),
            Readers::optimized, progress);
    }

    /**
     * Optimizes many collections, some at a time, in the order of the names. If any of them fails this ends with
     * {@link SomeFailedException}, whose {@link MilvusException#optimized()} tell what became of each.
     */
    public List<OptimizeResult> optimizeMany(List<String> collectionNames, OptimizeParams params, Duration timeout) {
        return optimizeManyOperation(collectionNames, params, timeout, null).await();
    }

    /** {@link #optimizeMany(List, OptimizeParams, Duration)}, with a consumer for its progress. */
    public List<OptimizeResult> optimizeMany(List<String> collectionNames, OptimizeParams params, Duration timeout,
                                             Consumer<? super Progress> progress) {
        return optimizeManyOperation(collectionNames, params, timeout, Objects.requireNonNull(progress)).await();
    }

    /** Starts {@link #optimizeMany(List, OptimizeParams, Duration)}. */
    public CompletableFuture<List<OptimizeResult>> optimizeManyAsync(List<String> collectionNames,
                                                                     OptimizeParams params, Duration timeout) {
        return promise(() -> optimizeManyOperation(collectionNames, params, timeout, null));
    }

    /** Starts {@link #optimizeMany(List, OptimizeParams, Duration)}, with a consumer for its progress. */
    public CompletableFuture<List<OptimizeResult>> optimizeManyAsync(List<String> collectionNames,
                                                                     OptimizeParams params, Duration timeout,
                                                                     Consumer<? super Progress> progress) {
        return promise(() -> optimizeManyOperation(collectionNames, params, timeout, Objects.requireNonNull(progress)));
    }

    private Operation<List<OptimizeResult>> optimizeManyOperation(List<String> collectionNames, OptimizeParams params,
                                                                  Duration timeout,
                                                                  Consumer<? super Progress> progress) {
        Memory names = Text.array(collectionNames);
        int count = collectionNames.size();
        return startWith(params.toStruct(), timeout, (handle, struct, millis, out) ->
            Library.milvus_optimize_many_async(handle, names, count, struct, millis, out),
            Readers::optimizedMany, progress);
    }

    /** The same for every collection of the client's database that the user may see. */
    public List<OptimizeResult> optimizeDatabase(OptimizeParams params, Duration timeout) {
        return optimizeDatabaseOperation(params, timeout, null).await();
    }

    /** {@link #optimizeDatabase(OptimizeParams, Duration)}, with a consumer for its progress. */
    public List<OptimizeResult> optimizeDatabase(OptimizeParams params, Duration timeout,
                                                 Consumer<? super Progress> progress) {
        return optimizeDatabaseOperation(params, timeout, Objects.requireNonNull(progress)).await();
    }

    /** Starts {@link #optimizeDatabase(OptimizeParams, Duration)}. */
    public CompletableFuture<List<OptimizeResult>> optimizeDatabaseAsync(OptimizeParams params, Duration timeout) {
        return promise(() -> optimizeDatabaseOperation(params, timeout, null));
    }

    /** Starts {@link #optimizeDatabase(OptimizeParams, Duration)}, with a consumer for its progress. */
    public CompletableFuture<List<OptimizeResult>> optimizeDatabaseAsync(OptimizeParams params, Duration timeout,
                                                                         Consumer<? super Progress> progress) {
        return promise(() -> optimizeDatabaseOperation(params, timeout, Objects.requireNonNull(progress)));
    }

    private Operation<List<OptimizeResult>> optimizeDatabaseOperation(OptimizeParams params, Duration timeout,
                                                                      Consumer<? super Progress> progress) {
        return startWith(params.toStruct(), timeout, (handle, struct, millis, out) ->
            Library.milvus_optimize_many_async(handle, null, 0, struct, millis, out),
            Readers::optimizedMany, progress);
    }

    /**
     * Compacts many collections, some at a time, in the order of the names. If any of them fails this ends with
     * {@link SomeFailedException}, whose {@link MilvusException#results()} tell what became of each. One that another
     * compaction holds is triggered again, for at most ten minutes.
     */
    public List<CollectionResult> compactMany(List<String> collectionNames, ManyParams params, Duration timeout) {
        return compactManyOperation(collectionNames, params, timeout, null).await();
    }

    /** {@link #compactMany(List, ManyParams, Duration)}, with a consumer for its progress. */
    public List<CollectionResult> compactMany(List<String> collectionNames, ManyParams params, Duration timeout,
                                              Consumer<? super Progress> progress) {
        return compactManyOperation(collectionNames, params, timeout, Objects.requireNonNull(progress)).await();
    }

    /** Starts {@link #compactMany(List, ManyParams, Duration)}. */
    public CompletableFuture<List<CollectionResult>> compactManyAsync(List<String> collectionNames, ManyParams params,
                                                                      Duration timeout) {
        return promise(() -> compactManyOperation(collectionNames, params, timeout, null));
    }

    /** Starts {@link #compactMany(List, ManyParams, Duration)}, with a consumer for its progress. */
    public CompletableFuture<List<CollectionResult>> compactManyAsync(List<String> collectionNames, ManyParams params,
                                                               Duration timeout, Consumer<? super Progress> progress) {
        return promise(() -> compactManyOperation(collectionNames, params, timeout, Objects.requireNonNull(progress)));
    }

    private Operation<List<CollectionResult>> compactManyOperation(List<String> collectionNames, ManyParams params,
                                                               Duration timeout, Consumer<? super Progress> progress) {
        Memory names = Text.array(collectionNames);
        int count = collectionNames.size();
        return startWith(params.toStruct(), timeout, (handle, struct, millis, out) ->
            Library.milvus_compact_many_async(handle, names, count, struct, millis, out),
            Readers::many, progress);
    }

    /** The same for every collection of the client's database that the user may see. */
    public List<CollectionResult> compactDatabase(ManyParams params, Duration timeout) {
        return compactDatabaseOperation(params, timeout, null).await();
    }

    /** {@link #compactDatabase(ManyParams, Duration)}, with a consumer for its progress. */
    public List<CollectionResult> compactDatabase(ManyParams params, Duration timeout,
                                                  Consumer<? super Progress> progress) {
        return compactDatabaseOperation(params, timeout, Objects.requireNonNull(progress)).await();
    }

    /** Starts {@link #compactDatabase(ManyParams, Duration)}. */
    public CompletableFuture<List<CollectionResult>> compactDatabaseAsync(ManyParams params, Duration timeout) {
        return promise(() -> compactDatabaseOperation(params, timeout, null));
    }

    /** Starts {@link #compactDatabase(ManyParams, Duration)}, with a consumer for its progress. */
    public CompletableFuture<List<CollectionResult>> compactDatabaseAsync(ManyParams params, Duration timeout,
                                                                          Consumer<? super Progress> progress) {
        return promise(() -> compactDatabaseOperation(params, timeout, Objects.requireNonNull(progress)));
    }

    private Operation<List<CollectionResult>> compactDatabaseOperation(ManyParams params, Duration timeout,
                                                                       Consumer<? super Progress> progress) {
        return startWith(params.toStruct(), timeout, (handle, struct, millis, out) ->
            Library.milvus_compact_many_async(handle, null, 0, struct, millis, out),
            Readers::many, progress);
    }

    /**
     * The collections of the client's database that the user may see, sorted by name. One that could not be read has its
     * {@link CollectionInfo#failure()}, and keeps no other from being read.
     */
    public List<CollectionInfo> collections(Duration timeout) {
        return collectionsOperation(null, timeout).await();
    }

    /** The same of another database; null: the client's own. */
    public List<CollectionInfo> collections(String database, Duration timeout) {
        return collectionsOperation(database, timeout).await();
    }

    /** Starts {@link #collections(String, Duration)}. */
    public CompletableFuture<List<CollectionInfo>> collectionsAsync(String database, Duration timeout) {
        return promise(() -> collectionsOperation(database, timeout));
    }

    private Operation<List<CollectionInfo>> collectionsOperation(String database, Duration timeout) {
        return start(timeout, (handle, millis, out) ->
            Library.milvus_collections_async(handle, Text.utf8(database), millis, out),
            Readers::collections, null);
    }

    /** The databases of the server that the user may see, sorted by name. */
    public List<DatabaseInfo> databases(Duration timeout) {
        return databasesOperation(timeout).await();
    }

    /** Starts {@link #databases}. */
    public CompletableFuture<List<DatabaseInfo>> databasesAsync(Duration timeout) {
        return promise(() -> databasesOperation(timeout));
    }

    private Operation<List<DatabaseInfo>> databasesOperation(Duration timeout) {
        return start(timeout, (handle, millis, out) -> Library.milvus_databases_async(handle, millis, out),
            Readers::databases, null);
    }

    /**
     * Surveys collections: which are worth compacting, and what a compaction would do. Only reads. One that could not be
     * surveyed has its {@link SurveyResult#failure()}, and keeps no other from being surveyed.
     */
    public List<SurveyResult> survey(List<String> collectionNames, SurveyParams params, Duration timeout) {
        return surveyOperation(Text.array(collectionNames), collectionNames.size(), params, timeout, null).await();
    }

    /** {@link #survey(List, SurveyParams, Duration)}, with a consumer for its progress. */
    public List<SurveyResult> survey(List<String> collectionNames, SurveyParams params, Duration timeout,
                                     Consumer<? super Progress> progress) {
        return surveyOperation(Text.array(collectionNames), collectionNames.size(), params, timeout,
            Objects.requireNonNull(progress)).await();
    }

    /** Starts {@link #survey(List, SurveyParams, Duration)}. */
    public CompletableFuture<List<SurveyResult>> surveyAsync(List<String> collectionNames, SurveyParams params,
                                                             Duration timeout) {
        return promise(() ->
            surveyOperation(Text.array(collectionNames), collectionNames.size(), params, timeout, null));
    }

    /** The same for every collection of the database, or of all databases, that the user may see. */
    public List<SurveyResult> surveyDatabase(SurveyParams params, Duration timeout) {
        return surveyOperation(null, 0, params, timeout, null).await();
    }

    /** {@link #surveyDatabase(SurveyParams, Duration)}, with a consumer for its progress. */
    public List<SurveyResult> surveyDatabase(SurveyParams params, Duration timeout,
                                             Consumer<? super Progress> progress) {
        return surveyOperation(null, 0, params, timeout, Objects.requireNonNull(progress)).await();
    }

    /** Starts {@link #surveyDatabase(SurveyParams, Duration)}. */
    public CompletableFuture<List<SurveyResult>> surveyDatabaseAsync(SurveyParams params, Duration timeout) {
        return promise(() -> surveyOperation(null, 0, params, timeout, null));
    }

    private Operation<List<SurveyResult>> surveyOperation(Memory names, long count, SurveyParams params,
                                                          Duration timeout, Consumer<? super Progress> progress) {
        return startWith(params.toStruct(), timeout, (handle, struct, millis, out) ->
            Library.milvus_survey_async(handle, names, count, struct, millis, out),
            Readers::survey, progress);
    }
}
