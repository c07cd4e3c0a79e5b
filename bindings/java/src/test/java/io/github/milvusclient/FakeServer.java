// The scripted server of the tests, in a process of its own.
package io.github.milvusclient;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Ends when it is closed. */
final class FakeServer implements AutoCloseable {
    private final Process process;
    private final OutputStream commands;
    private final BufferedReader answers;
    private final String uri;

    FakeServer(String version) {
        try {
            process = new ProcessBuilder(needed("MILVUS_FAKE"), "serve", version)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
            commands = process.getOutputStream();
            answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            uri = answers.readLine();
        } catch (IOException failure) {
            throw new UncheckedIOException("the scripted server does not start", failure);
        }
    }

    /** A setting of the tests: a system property or else an environment variable. */
    static String needed(String name) {
        String value = System.getProperty(name, System.getenv(name));
        if (value == null || value.isEmpty()) {
            throw new AssertionError(name + " is not set: see bindings/java/check.sh");
        }
        return value;
    }

    String uri() {
        return uri;
    }

    /** Has the server do something; gives what it answers. */
    synchronized String tell(String command) {
        try {
            commands.write((command + "\n").getBytes(StandardCharsets.UTF_8));
            commands.flush();
            String answer = answers.readLine();
            if (answer == null || answer.startsWith("unknown")) {
                throw new AssertionError(command + ": " + answer);
            }
            return answer;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    int count(String method) {
        return Integer.parseInt(tell("count " + method));
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
        }
    }
}
