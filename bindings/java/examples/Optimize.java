// Optimizes a collection, and prints a line for each step: java Optimize URI COLLECTION
import io.github.milvusclient.MilvusClient;
import io.github.milvusclient.MilvusException;
import io.github.milvusclient.OptimizeParams;
import io.github.milvusclient.OptimizeResult;
import java.time.Duration;

/** The program to copy. */
final class Optimize {
    private Optimize() {
    }

    private static void print(OptimizeResult result) {
        result.steps().forEach(step -> System.out.println(step.stage() + " " + step.state() + ": " + step.text()));
        result.segmentsAfter().ifPresent(after -> System.out.println("segments now: " + after));
    }

    public static void main(String[] arguments) {
        if (arguments.length != 2) {
            System.err.println("usage: Optimize URI COLLECTION");
            System.exit(2);
        }
        try (MilvusClient client = new MilvusClient(arguments[0])) {
            print(client.optimize(arguments[1], OptimizeParams.DEFAULT, Duration.ofHours(1)));
        } catch (MilvusException failure) {
            failure.optimized().forEach(result -> {
                print(result); // what was done until then
                System.err.println("latest stage: " + result.stage());
            });
            System.err.println(failure.status() + ": " + failure.getMessage());
            System.exit(1);
        }
    }
}
