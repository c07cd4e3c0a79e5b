// One option.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/**
 * One option. All texts are static.
 *
 * @param key           the key, e.g. "tls.ca_file"
 * @param defaultValue  the value of an option that is not set; "" for none
 * @param help          one line for a person
 * @param kind          the form of the value
 * @param minimum       smallest value of a number; 0 for other kinds
 * @param maximum       largest value of a number; 0 for other kinds
 */
public record OptionInfo(String key, String defaultValue, String help, OptionKind kind, long minimum, long maximum) {
    static OptionInfo of(Structs.OptionInfo c) {
        return new OptionInfo(Text.read(c.key), Text.read(c.defaultValue), Text.read(c.help), OptionKind.of(c.kind),
            c.minimum, c.maximum);
    }
}
