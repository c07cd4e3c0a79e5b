// Builds a JSON object, in the form that the C library writes.
package io.github.milvusclient;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Each method adds a field; {@link Optional#empty()} is null. */
final class JsonObject {
    private final StringBuilder text = new StringBuilder("{");

    String done() {
        return text.append('}').toString();
    }

    private JsonObject raw(String key, String value) {
        if (text.length() > 1) {
            text.append(',');
        }
        text.append('"').append(key).append("\":").append(value);
        return this;
    }

    static String array(List<? extends Json> values) {
        return values.stream().map(Json::json).collect(Collectors.joining(",", "[", "]"));
    }

    /** What a number is called, in one word. Java does not keep a number that it does not know. */
    JsonObject name(String key, Enum<?> value) {
        return switch (value.name()) {
            case "NOT_REPORTED" -> raw(key, "null");
            case "L0", "L1", "L2" -> text(key, value.name());
            default -> text(key, value.name().toLowerCase(Locale.ROOT));
        };
    }

    JsonObject name(String key, Optional<? extends Enum<?>> value) {
        return value.isPresent() ? name(key, value.get()) : raw(key, "null");
    }

    /** The constant of C. */
    JsonObject status(String key, Optional<MilvusException> failure) {
        Status status = failure.map(MilvusException::status).orElse(Status.OK);
        int number = failure.map(MilvusException::statusNumber).orElse(Library.OK);
        return text(key, status == Status.UNRECOGNIZED ? "unrecognized_" + number : "MILVUS_" + status.name());
    }

    JsonObject answer(String key, Answer value) {
        return value == Answer.NOT_KNOWN ? raw(key, "null") : yes(key, value == Answer.YES);
    }

    JsonObject yes(String key, boolean value) {
        return raw(key, Boolean.toString(value));
    }

    JsonObject number(String key, long value) {
        return raw(key, Long.toString(value));
    }

    JsonObject number(String key, OptionalLong value) {
        return value.isPresent() ? number(key, value.getAsLong()) : raw(key, "null");
    }

    /** The plans of a report: 0 is also a number that is not known. */
    JsonObject planned(String key, long value, Verdict verdict) {
        return value == 0 && verdict != Verdict.NOTHING_TO_DO ? raw(key, "null") : number(key, value);
    }

    /** 0 is a size that is not known. */
    JsonObject positive(String key, long value) {
        return value == 0 ? raw(key, "null") : number(key, value);
    }

    JsonObject share(String key, double value) {
        return raw(key, value >= 0 ? Double.toString(value) : "null");
    }

    /** In C they stand in one text, with commas. */
    JsonObject aliases(String key, String all) {
        return raw(key, Stream.of(all.split(",")).filter(alias -> !alias.isEmpty()).map(JsonObject::quoted)
            .collect(Collectors.joining(",", "[", "]")));
    }

    JsonObject duration(String key, Duration value) {
        return number(key, value.toMillis());
    }

    /** A string: readers that have only doubles change larger numbers than 2^53. */
    JsonObject id(String key, long value) {
        return value == Library.NOT_REPORTED || value == 0 ? raw(key, "null") : text(key, Long.toString(value));
    }

    JsonObject id(String key, OptionalLong value) {
        return id(key, value.orElse(Library.NOT_REPORTED));
    }

    JsonObject id(String key, Optional<Long> value) {
        return id(key, (long) value.orElse((long) Library.NOT_REPORTED));
    }

    JsonObject job(String key, long value) {
        if (value == MilvusClient.NO_JOB) {
            return raw(key, "null");
        }
        return text(key, value == MilvusClient.UNKNOWN_JOB ? "unknown" : Long.toString(value));
    }

    JsonObject ids(String key, List<Long> values) {
        return raw(key, values.stream().map(id -> "\"" + id + "\"").collect(Collectors.joining(",", "[", "]")));
    }

    JsonObject text(String key, String value) {
        return raw(key, quoted(value));
    }

    /** Null if there is nothing in it. */
    JsonObject filled(String key, String value) {
        return value.isEmpty() ? raw(key, "null") : text(key, value);
    }

    JsonObject filled(String key, Optional<String> value) {
        return filled(key, value.orElse(""));
    }

    JsonObject object(String key, Json value) {
        return raw(key, value.json());
    }

    JsonObject object(String key, Optional<? extends Json> value) {
        return value.isPresent() ? object(key, value.get()) : raw(key, "null");
    }

    JsonObject list(String key, List<? extends Json> values) {
        return raw(key, array(values));
    }

    JsonObject failure(String key, Optional<MilvusException> failure) {
        return raw(key, failure.map(MilvusException::json).orElse("null"));
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isHalf = Character.isHighSurrogate(c)
                ? i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1))
                : Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || isHalf) {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
