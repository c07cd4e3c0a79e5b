// A job that is waited for by another client than the one that triggered it.
package io.github.milvusclient;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.List;
import java.util.OptionalLong;
import org.junit.Test;

public class OutlivingTest extends Served {
    @Test
    public void anotherClientGoesOnWithAJob() {
        long job = client.compact("succeeds", SOON);
        String text = client.exportJob(job);
        assertTrue(text, text.matches("milvus-job-1\\.[!-~]+"));
        client.close();
        assertThrows(ClosedException.class, () -> client.exportJob(job));
        assertThrows(ClosedException.class, () -> client.importJob(text));
        try (MilvusClient heir = new MilvusClient(server.uri())) {
            assertEquals(job, heir.importJob(text + "\n"));
            CompactionReport report = heir.waitForCompaction(job, SOON);
            assertEquals(Verdict.SUCCEEDED, report.verdict());
            assertEquals(OptionalLong.of(4), report.segmentDiff().orElseThrow().segmentsBefore());
        }
    }

    @Test
    public void aJobOfOthersIsWaitedForInItsCollection() {
        long job = client.compact("fails_partly", SOON);
        try (MilvusClient other = new MilvusClient(server.uri())) {
            CompactionFailedException failure = assertThrows(CompactionFailedException.class,
                () -> other.waitForCompaction("fails_partly", job, SOON));
            assertEquals(Verdict.PARTLY_FAILED, failure.report().orElseThrow().verdict());
        }
    }

    @Test
    public void aTextThatIsNoWholeJobIsRefused() {
        assertThrows(InvalidArgumentException.class, () -> client.exportJob(77));
        String text = client.exportJob(MilvusClient.NO_JOB);
        assertEquals(MilvusClient.NO_JOB, client.importJob(text));
        String cut = text.substring(0, text.length() - 1);
        assertThrows(InvalidArgumentException.class, () -> client.importJob(cut));
        assertThrows(InvalidArgumentException.class, () -> client.importJob(""));
        assertThrows(IllegalArgumentException.class, () -> client.importJob(text + "\0"));
    }

    @Test
    public void aTokenIsReplacedWhileJobsGoOn() {
        long job = client.compact("succeeds", SOON);
        client.setToken("root:renewed");
        assertEquals(Verdict.SUCCEEDED, client.waitForCompaction(job, SOON).verdict());
        assertThrows(IllegalArgumentException.class, () -> client.setToken("nul\0"));
        client.close();
        assertThrows(ClosedException.class, () -> client.setToken(""));
    }

    @Test
    public void aCallNamesItsDatabase() {
        server.tell("add twice succeeds");
        server.tell("add sales/twice succeeds");
        long own = client.segments("twice", SegmentView.STORED, SOON).get(0).id();
        assertTrue(own != client.segments("twice", "sales", SegmentView.STORED, SOON).get(0).id());
        client.flush("twice", "sales", SOON);
        assertEquals("sales", server.tell("header flush dbname"));
        assertEquals(ResolutionState.NOT_IN_DOUBT, client.resolve("twice", "sales", SOON).state());
        assertThrows(UnsupportedException.class, () -> client.tasks("twice", "sales", SOON));
        CompactParams params = CompactParams.builder().database("sales").build();
        long job = client.compactWith("twice", params, SOON).jobId();
        assertEquals(Verdict.SUCCEEDED, client.waitForCompaction("twice", "sales", job, SOON).verdict());
        assertEquals(own, client.segments("twice", SegmentView.STORED, SOON).get(0).id());
        CompactParams lost = CompactParams.builder().database("no_such_database").build();
        assertThrows(DatabaseNotFoundException.class, () -> client.check("twice", lost, SOON));
        CompactParams idle = CompactParams.builder().onlyIfIdle().build();
        assertThrows(UnsupportedException.class, () -> client.compactWith("twice", idle, SOON));
    }

    @Test
    public void manyAreSelected() {
        for (String name : List.of("log_1", "log_2", "log_3", "one/log_1")) {
            server.tell("add " + name + " succeeds");
        }
        ManyParams params = ManyParams.DEFAULT.withMatch("log_*").withMinimums(2, 0).withConcurrency(1);
        List<CollectionResult> results = client.compactDatabase(params.withBudget(2, null), SOON);
        assertEquals(List.of(Skip.NONE, Skip.NONE, Skip.MAX_COLLECTIONS),
            results.stream().map(CollectionResult::skip).toList());
        assertEquals(Trigger.SKIPPED, results.get(2).trigger());
        assertTrue(results.get(2).skipText().contains("max_collections is 2"));
        assertTrue(client.compactDatabase(params.inAllDatabases().withFinal(), SOON).stream()
            .anyMatch(result -> result.database().equals("one")));
        assertThrows(CollectionNotFoundException.class,
            () -> client.compactDatabase(ManyParams.DEFAULT.withMatch("lgo*"), SOON));
    }
}
