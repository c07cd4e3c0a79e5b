// Compacts a collection, waits for the job, and prints how it ended: java Compact URI COLLECTION
import io.github.milvusclient.BusyException;
import io.github.milvusclient.CompactionReport;
import io.github.milvusclient.MilvusClient;
import io.github.milvusclient.MilvusException;
import java.time.Duration;

/** The program to copy. */
final class Compact {
    private Compact() {
    }

    public static void main(String[] arguments) {
        if (arguments.length != 2) {
            System.err.println("usage: Compact URI COLLECTION");
            System.exit(2);
        }
        try (MilvusClient client = new MilvusClient(arguments[0])) {
            System.out.println("server " + client.serverVersion(Duration.ofSeconds(10)));
            long job = client.compact(arguments[1], Duration.ofSeconds(30));
            CompactionReport report = client.waitForCompaction(job, Duration.ofMinutes(10),
                progress -> System.out.println(progress.completed() + " of " + progress.planned() + " plans"));
            System.out.println("job " + job + ": " + report.verdict() + " in " + report.elapsed().toMillis() + " ms");
            report.leftOut().filter(left -> left.total() > 0).ifPresent(System.out::println);
        } catch (BusyException failure) {
            System.err.println("another compaction holds the segments, try again later: " + failure.getMessage());
            System.exit(1);
        } catch (MilvusException failure) {
            System.err.println(failure.status() + ": " + failure.getMessage());
            System.exit(1);
        }
    }
}
