// What can be written as JSON.
package io.github.milvusclient;

import java.util.List;

/**
 * A result that can be written as JSON, in the form that the C library writes: docs/guide/json.md. Ids are strings,
 * what is not known is null, and a verdict, state or the like is its name.
 */
public interface Json {
    /** As a JSON object. */
    String json();

    /** As a JSON array: plans, segments, or the results of many collections. */
    static String array(List<? extends Json> values) {
        return JsonObject.array(values);
    }
}
