// Looking around: lists of collections and databases, and surveys.
package io.github.milvusclient;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import org.junit.Test;

/** Against a server with collections that can be merged. */
public final class SurveyTest extends Served {
    @Test
    public void collectionsAndDatabasesAreListed() {
        server.tell("alias another succeeds");
        server.tell("load succeeds 0");
        server.tell("database sales");
        List<CollectionInfo> list = client.collections(SOON);
        assertTrue(list.stream().allMatch(info -> info.failure().isEmpty() && info.database().equals("default")));
        CollectionInfo info = list.stream().filter(each -> each.collectionName().equals("succeeds")).findAny()
            .orElseThrow();
        assertEquals("another", info.aliases());
        assertEquals(OptionalLong.of(200), info.rows());
        assertEquals(Answer.YES, info.isLoaded());
        assertEquals(List.of("default", "sales"),
            client.databases(SOON).stream().map(DatabaseInfo::database).toList());
        assertEquals("sales", client.collections("sales", SOON).get(0).database());
    }

    @Test
    public void aSurveyTellsOfEachAndOnlyReads() {
        server.tell("mergeable merged 3 4"); // in two partitions
        List<Progress> seen = Collections.synchronizedList(new ArrayList<>());
        SurveyResult result = client.survey(List.of("merged"), SurveyParams.DEFAULT, SOON, seen::add).get(0);
        assertEquals(Answer.YES, result.check().orElseThrow().wouldCompactIfFree());
        assertEquals(OptionalLong.of(7), result.storedSegments());
        assertEquals(OptionalLong.of(7), result.mergedSegments());
        assertEquals(OptionalLong.of(2), result.mergedInto());
        assertEquals(result.storedRows(), result.rewriteRows());
        assertEquals(5.0 / 7, result.fragmentation(), 1e-9);
        assertEquals(1, seen.get(seen.size() - 1).collectionsDone());

        List<SurveyResult> both = client.survey(List.of("missing", "merged"), SurveyParams.DEFAULT, SOON);
        assertEquals(CollectionNotFoundException.class, both.get(0).failure().orElseThrow().getClass());
        assertTrue(both.get(0).check().isEmpty() && both.get(1).failure().isEmpty());
        assertThrows(InvalidArgumentException.class, () -> client.survey(List.of(), SurveyParams.DEFAULT, SOON));
        server.tell("database sales");
        assertTrue(client.surveyDatabase(SurveyParams.DEFAULT.ofAllDatabases(), SOON).size() >= 20);
        assertEquals(0, server.count("trigger"));
        assertEquals(0, server.count("flush"));
    }
}
