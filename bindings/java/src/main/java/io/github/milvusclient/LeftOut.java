// Segments that were stored at the trigger and that no plan of the job took, by reason.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/**
 * Segments that were stored at the trigger and that no plan of the job took, by reason. A report has it only if this
 * client triggered or imported the job and the server lists segments and plans.
 *
 * @param total        all of them
 * @param unsorted     segments that wait to be sorted. Servers since 2.5 sort each segment after its flush
 * @param l0           segments of deletions (L0), which only an L0 compaction takes
 * @param clustered    results of clustering, which a plain compaction leaves alone
 * @param importing    segments that an import was writing
 * @param unflushed    segments that were not flushed
 * @param notAskedFor  segments outside the partition, channel or list of segments that the trigger named
 * @param other        the rest: another compaction held them, or the server did not want them for a reason that it does
 *                     not list
 */
public record LeftOut(long total, long unsorted, long l0, long clustered, long importing, long unflushed,
                      long notAskedFor, long other) implements Json {
    static LeftOut of(Structs.LeftOut c) {
        return new LeftOut(c.total, c.unsorted, c.l0, c.clustered, c.importing, c.unflushed, c.notAskedFor, c.other);
    }

    @Override
    public String json() {
        return new JsonObject()
            .number("total", total)
            .number("unsorted", unsorted)
            .number("l0", l0)
            .number("clustered", clustered)
            .number("importing", importing)
            .number("unflushed", unflushed)
            .number("not_asked_for", notAskedFor)
            .number("other", other)
            .done();
    }
}
