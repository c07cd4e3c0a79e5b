// What became of one of many collections.
package io.github.milvusclient;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What became of one of many collections.
 *
 * @param collectionName    the name or alias that was given, or listed by the server
 * @param trigger           what came of the trigger; {@link Trigger#NONE} if it was not sent, or not answered
 * @param jobId             the job, {@link MilvusClient#NO_JOB} or {@link MilvusClient#UNKNOWN_JOB}
 * @param planned           plans of the job when it was triggered, if that is known
 * @param report            what was seen of the job; empty if it was not waited for
 * @param failure           what looking it up, the trigger or the wait failed with; empty if it was compacted, or there
 *                          was nothing to do
 * @param unsortedSegments  segments that waited to be sorted right before the trigger, so that it left them out: where
 *                          there was nothing to do, a later call may compact them. Empty before Milvus 2.5
 * @param skip              why nothing was triggered, if the parameters are the reason; else {@link Skip#NONE}
 * @param skipText          the same for a person, with the figures; "" if it was not skipped
 * @param database          its database; "" if it is the server's default one and nobody named it
 */
public record CollectionResult(String collectionName, Trigger trigger, long jobId, OptionalLong planned,
                               Optional<CompactionReport> report, Optional<MilvusException> failure,
                               OptionalLong unsortedSegments, Skip skip, String skipText, String database)
    implements Json {
    static CollectionResult of(Structs.ManyResult result) {
        Optional<CompactionReport> report = Optional.ofNullable(result.report)
            .map(place -> CompactionReport.of(new Structs.CompactionReport(place)));
        Optional<MilvusException> failure = result.status == Library.OK ? Optional.empty()
            : Optional.of(Failure.of(result.error, result.status).with(report.orElse(null)).exception());
        return new CollectionResult(Text.read(result.collectionName), Trigger.of(result.trigger), result.jobId,
            Text.reported(result.planned), report, failure, Text.reported(result.unsortedSegments),
            Skip.of(result.skip), Text.read(result.skipText), Text.read(result.database));
    }

    @Override
    public String json() {
        return new JsonObject()
            .text("collection_name", collectionName)
            .status("status", failure)
            .name("trigger", trigger)
            .job("job_id", jobId)
            .number("planned", planned)
            .object("report", report)
            .failure("error", failure)
            .number("unsorted_segments", unsortedSegments)
            .name("skip", skip)
            .filled("skip_text", skipText)
            .filled("database", database)
            .done();
    }
}
