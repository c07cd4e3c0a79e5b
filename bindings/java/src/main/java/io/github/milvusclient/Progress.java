// How far an operation is.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

import java.time.Duration;

/**
 * How far an operation is. Only waits, {@link MilvusClient#optimize}, {@link MilvusClient#optimizeMany}, {@link
 * MilvusClient#compactMany}, {@link MilvusClient#survey} and {@link MilvusClient#collections} know more than the time.
 *
 * @param elapsed             time since the start, or from the start to the end
 * @param planned             plans that are known so far, of all jobs together. More may become known
 * @param completed           plans that completed
 * @param failed              plans that failed or timed out
 * @param plansPerSecond      plans that ended, per second so far; 0 at first
 * @param collections         collections of {@link MilvusClient#compactMany}, {@link MilvusClient#optimizeMany}, {@link
 *                            MilvusClient#survey} or {@link MilvusClient#collections}; 0 until their number is known,
 *                            and for other operations
 * @param collectionsDone     collections that are done, with or without success
 * @param collectionsFailed   collections that failed
 * @param collectionsSkipped  collections that {@link MilvusClient#compactMany} skipped; they are done, too
 * @param stalled             time since a number here other than a time last changed, or since the start; it stops at
 *                            the end. It says what was seen: it grows also while the server cannot be reached
 * @param remaining           milliseconds until all collections are done, or all plans of a wait for one job, if they
 *                            go on at the rate so far: a guess, as they differ. 0 where nobody can tell: before three
 *                            of them and a tenth were seen to be done, once collections were skipped (those take no
 *                            time) or plans of the one job failed, at the end, and for other operations, {@link
 *                            MilvusClient#optimize} among them
 * @param stage               the stage of {@link MilvusClient#optimize}; 0 for other operations
 * @param round               the round of its compaction, from 1; 0 before
 * @param stageDone           how far the stage is, of stageTotal: indexed rows, percent of a load, or segments that are
 *                            served
 * @param stageTotal          what the stage has to do; 0 while that is not known
 * @param rewriteSegments     segments that the rounds so far, with the next, rewrite; known before the trigger
 * @param rewriteRows         their rows
 * @param rewriteBytes        their bytes, as an estimate: see {@link OptimizeResult}
 */
public record Progress(Duration elapsed, long planned, long completed, long failed, double plansPerSecond,
                       long collections, long collectionsDone, long collectionsFailed, long collectionsSkipped,
                       Duration stalled, Duration remaining, Stage stage, int round, long stageDone, long stageTotal,
                       long rewriteSegments, long rewriteRows, long rewriteBytes) {
    static Progress of(Structs.Progress c) {
        return new Progress(Duration.ofMillis(c.elapsedMs), c.planned, c.completed, c.failed, c.plansPerSecond,
            c.collections, c.collectionsDone, c.collectionsFailed, c.collectionsSkipped, Duration.ofMillis(c.stalledMs),
            Duration.ofMillis(c.remainingMs), Stage.of(c.stage), c.round, c.stageDone, c.stageTotal, c.rewriteSegments,
            c.rewriteRows, c.rewriteBytes);
    }
}
