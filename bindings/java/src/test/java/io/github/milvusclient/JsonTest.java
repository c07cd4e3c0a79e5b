// Results as JSON: the same as the library writes in C, of which tests/json/samples has samples.
package io.github.milvusclient;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.Test;

/** MILVUS_SAMPLES names the directory of the samples. */
public final class JsonTest extends Served {
    private static final String TEXT = "\"(?:\\\\.|[^\"\\\\])*\"";

    @Override
    String version() {
        return "v3.1.0";
    }

    /** Without blanks between values, and without what differs from run to run. */
    private static String same(String json) {
        return json.replaceAll("(" + TEXT + ")|\\s+", "$1")
            .replaceAll("\"(elapsed_ms|polls|failed_polls)\":\\d+", "\"$1\":0")
            .replaceAll("\"(request_id|message)\":" + TEXT, "\"$1\":\"\"");
    }

    private static void assertSample(String name, String json) throws IOException {
        Path sample = Path.of(FakeServer.needed("MILVUS_SAMPLES"), name + ".json");
        assertEquals(name, same(Files.readString(sample)), same(json));
    }

    @Test
    public void resultsAreWrittenAsInC() throws IOException {
        server.tell("mergeable to_optimize 3");
        server.tell("load to_optimize 0");
        List<String> names = List.of("succeeds", "fails_partly", "missing");
        ManyParams params = ManyParams.DEFAULT.withConcurrency(1);
        SomeFailedException failure =
            assertThrows(SomeFailedException.class, () -> client.compactMany(names, params, SOON));
        CollectionResult second = failure.results().get(1);
        assertSample("many", Json.array(failure.results()));
        assertSample("report", second.report().orElseThrow().json());
        assertSample("plans", Json.array(client.plans(second.jobId(), SOON)));
        assertSample("check", client.check("to_optimize", CompactParams.DEFAULT, SOON).json());
        assertSample("segments", Json.array(client.segments("to_optimize", SegmentView.STORED, SOON)));
        assertSample("optimize", Json.array(client.optimizeMany(List.of("to_optimize"), OptimizeParams.DEFAULT, SOON)));
    }

    @Test
    public void everyTextAndNumberIsValidJson() {
        CollectionResult result = new CollectionResult("a\"b\\c\nd\ud800", Trigger.UNRECOGNIZED,
            MilvusClient.UNKNOWN_JOB, OptionalLong.empty(), Optional.empty(), Optional.empty(), OptionalLong.of(2),
            Skip.NONE, "", "");
        assertEquals("{\"collection_name\":\"a\\\"b\\\\c\\u000ad\\ud800\",\"status\":\"MILVUS_OK\","
            + "\"trigger\":\"unrecognized\",\"job_id\":\"unknown\",\"planned\":null,\"report\":null,\"error\":null,"
            + "\"unsorted_segments\":2,\"skip\":\"none\",\"skip_text\":null,\"database\":null}", result.json());
    }
}
