// What there is to know about an option.
package io.github.milvusclient;

/**
 * What there is to know about an option of a client.
 *
 * @param key           the key, e.g. "tls.ca_file"
 * @param defaultValue  the value if none is set; empty for none
 * @param help          one line for a person
 * @param kind          what the value has to look like
 * @param minimum         smallest value of a number; 0 for other kinds
 * @param maximum          largest value of a number; 0 for other kinds
 */
public record OptionInfo(String key, String defaultValue, String help, OptionKind kind, long minimum, long maximum) {
    static OptionInfo of(Structs.OptionInfo info) {
        return new OptionInfo(Text.read(info.key), Text.read(info.defaultValue), Text.read(info.help),
            OptionKind.of(info.kind), info.minimum, info.maximum);
    }
}
