// What there is to know about an option.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/**
 * What there is to know about an option. All texts are static.
 *
 * @param key           the key, e.g. "tls.ca_file"
 * @param defaultValue  the value if none is set; "" for none
 * @param help          one line for a person
 * @param kind          what the value has to look like
 * @param minimum       smallest and largest value of a number; 0 for other kinds
 * @param maximum       see least
 */
public record OptionInfo(String key, String defaultValue, String help, OptionKind kind, long minimum, long maximum) {
    static OptionInfo of(Structs.OptionInfo c) {
        return new OptionInfo(Text.read(c.key), Text.read(c.defaultValue), Text.read(c.help), OptionKind.of(c.kind),
            c.minimum, c.maximum);
    }
}
