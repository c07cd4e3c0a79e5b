// A job that is waited for by another client than the one that triggered it.
package io.github.milvusclient;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

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
}
