// Segments that were stored at the trigger and that no plan of the job took, by reason.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

import java.util.OptionalLong;

/**
 * Segments that were stored at the trigger and that no plan of the job took, by reason. All fields are empty unless
 * this client triggered or imported the job and the server lists segments and plans.
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
public record LeftOut(long total, OptionalLong unsorted, OptionalLong l0, OptionalLong clustered,
                      OptionalLong importing, OptionalLong unflushed, OptionalLong notAskedFor, OptionalLong other) {
    static LeftOut of(Structs.LeftOut c) {
        return new LeftOut(c.total, Text.reported(c.unsorted), Text.reported(c.l0), Text.reported(c.clustered),
            Text.reported(c.importing), Text.reported(c.unflushed), Text.reported(c.notAskedFor),
            Text.reported(c.other));
    }
}
