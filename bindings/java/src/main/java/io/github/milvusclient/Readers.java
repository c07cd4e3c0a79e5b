// Reads the results of futures that are over, one reader for each kind of result.
package io.github.milvusclient;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.LongByReference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Each reader throws what the operation failed with, and leaves nothing to be freed but the future. */
final class Readers {
    /** What no wait takes, to see whether a report was written. */
    private static final long NOT_WRITTEN = -77;

    private Readers() {
    }

    private interface Take {
        int take(long future, Pointer out);
    }

    private interface Get {
        int get(long list, long index, Pointer out);
    }

    private static <S extends CStruct.Sized, T> T read(long future, S struct, Take take, Function<S, T> convert) {
        check(future, struct.fill(place -> take.take(future, place)));
        return convert.apply(struct);
    }

    private static void check(long future, int status) {
        if (status != Library.OK) {
            throw Failure.ofFuture(future, status).exception();
        }
    }

    static ServerInfo serverInfo(long future) {
        return read(future, new Structs.ServerInfo(), Library::milvus_future_take_server_info, ServerInfo::of);
    }

    static Long jobId(long future) {
        LongByReference jobId = new LongByReference();
        check(future, Library.milvus_future_take_job_id(future, jobId));
        return jobId.getValue();
    }

    static CompactResult compactResult(long future) {
        return read(future, new Structs.CompactResult(), Library::milvus_future_take_compact_result, CompactResult::of);
    }

    static StateInfo state(long future) {
        return read(future, new Structs.CompactionStateInfo(), Library::milvus_future_take_state, StateInfo::of);
    }

    static CheckResult checkResult(long future) {
        return read(future, new Structs.CheckResult(), Library::milvus_future_take_check_result, CheckResult::of);
    }

    static Resolution resolution(long future) {
        return read(future, new Structs.Resolution(), Library::milvus_future_take_resolution, Resolution::of);
    }

    /** Of a flush, which has no result. */
    static Void nothing(long future) {
        check(future, Library.milvus_future_poll(future));
        return null;
    }

    static CompactionReport report(long future) {
        Structs.CompactionReport report = new Structs.CompactionReport();
        report.elapsedMs = NOT_WRITTEN;
        int status = report.fill(place -> Library.milvus_future_take_report(future, place));
        CompactionReport seen = report.elapsedMs == NOT_WRITTEN ? null : CompactionReport.of(report);
        if (status != Library.OK) {
            throw Failure.ofFuture(future, status).with(seen).exception();
        }
        return seen;
    }

    static List<Plan> plans(long future) {
        LongByReference list = new LongByReference();
        check(future, Library.milvus_future_take_plans(future, list));
        try {
            return all(list.getValue(), Library.milvus_plan_list_count(list.getValue()), new Structs.Plan(),
                Library::milvus_plan_list_get, Plan::of);
        } finally {
            Library.milvus_plan_list_free(list.getValue());
        }
    }

    static List<Segment> segments(long future) {
        LongByReference list = new LongByReference();
        check(future, Library.milvus_future_take_segments(future, list));
        try {
            return all(list.getValue(), Library.milvus_segment_list_count(list.getValue()), new Structs.Segment(),
                Library::milvus_segment_list_get, Segment::of);
        } finally {
            Library.milvus_segment_list_free(list.getValue());
        }
    }

    static List<CollectionResult> many(long future) {
        LongByReference list = new LongByReference();
        int status = Library.milvus_future_take_many(future, list);
        List<CollectionResult> results;
        try {
            results = all(list.getValue(), Library.milvus_many_list_count(list.getValue()), new Structs.ManyResult(),
                Library::milvus_many_list_get, CollectionResult::of);
        } finally {
            if (list.getValue() != 0) {
                Library.milvus_many_list_free(list.getValue());
            }
        }
        if (status != Library.OK) {
            throw Failure.ofFuture(future, status).with(results).exception();
        }
        return results;
    }

    static List<DatabaseInfo> databases(long future) {
        LongByReference list = new LongByReference();
        check(future, Library.milvus_future_take_databases(future, list));
        try {
            return all(list.getValue(), Library.milvus_database_list_count(list.getValue()), new Structs.DatabaseInfo(),
                Library::milvus_database_list_get, DatabaseInfo::of);
        } finally {
            Library.milvus_database_list_free(list.getValue());
        }
    }

    static List<CollectionInfo> collections(long future) {
        LongByReference list = new LongByReference();
        checkUnlessSome(future, Library.milvus_future_take_collections(future, list));
        try {
            return all(list.getValue(), Library.milvus_collection_list_count(list.getValue()),
                new Structs.CollectionInfo(), Library::milvus_collection_list_get, CollectionInfo::of);
        } finally {
            Library.milvus_collection_list_free(list.getValue());
        }
    }

    static List<SurveyResult> survey(long future) {
        LongByReference list = new LongByReference();
        checkUnlessSome(future, Library.milvus_future_take_survey(future, list));
        try {
            return all(list.getValue(), Library.milvus_survey_list_count(list.getValue()), new Structs.SurveyResult(),
                Library::milvus_survey_list_get, SurveyResult::of);
        } finally {
            Library.milvus_survey_list_free(list.getValue());
        }
    }

    /** Where some have failed, the list has the failure of each. */
    private static void checkUnlessSome(long future, int status) {
        if (status != Library.SOME_FAILED) {
            check(future, status);
        }
    }

    /** Of one collection, which is the only one in its list. */
    static OptimizeResult optimized(long future) {
        return optimizedMany(future).get(0);
    }

    static List<OptimizeResult> optimizedMany(long future) {
        LongByReference list = new LongByReference();
        int status = Library.milvus_future_take_optimized(future, list);
        List<OptimizeResult> results = new ArrayList<>();
        try {
            long count = Library.milvus_optimize_list_count(list.getValue());
            for (long index = 0; index < count; index++) {
                results.add(optimizedOne(list.getValue(), index));
            }
        } finally {
            if (list.getValue() != 0) {
                Library.milvus_optimize_list_free(list.getValue());
            }
        }
        if (status != Library.OK) {
            throw Failure.ofFuture(future, status).withOptimized(List.copyOf(results)).exception();
        }
        return List.copyOf(results);
    }

    private static OptimizeResult optimizedOne(long list, long index) {
        Structs.OptimizeResult result = new Structs.OptimizeResult();
        int status = result.fill(place -> Library.milvus_optimize_list_get(list, index, place));
        if (status != Library.OK) {
            throw Failure.ofThread(status).exception();
        }
        Get step = (ofList, number, place) -> Library.milvus_optimize_list_step(ofList, index, number, place);
        List<OptimizeStep> steps = all(list, result.stepCount, new Structs.OptimizeStep(), step, OptimizeStep::of);
        return OptimizeResult.of(result, steps);
    }

    private static <S extends CStruct.Sized, T> List<T> all(long list, long count, S struct, Get get,
                                                            Function<S, T> convert) {
        List<T> all = new ArrayList<>(Math.toIntExact(count));
        for (long index = 0; index < count; index++) {
            long each = index;
            int status = struct.fill(place -> get.get(list, each, place));
            if (status != Library.OK) {
                throw Failure.ofThread(status).exception();
            }
            all.add(convert.apply(struct));
        }
        return List.copyOf(all);
    }
}
