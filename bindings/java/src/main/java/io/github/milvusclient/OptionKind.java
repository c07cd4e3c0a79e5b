// What the value of an option has to look like.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/** What the value of an option has to look like. */
public enum OptionKind implements Numbered {
    /** The value is any text. */
    TEXT(0),
    /** The value is a secret: do not show it. */
    SECRET(1),
    /** The value is the path of a file. The file must exist when the client is made. */
    FILE(2),
    /** The value is "true" or "false". */
    BOOLEAN(3),
    /** The value is a whole number in decimal digits. */
    NUMBER(4),
    /** A number that only a newer server or library knows. */
    UNRECOGNIZED(NONE_OF_THESE);

    private final int number;

    OptionKind(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static OptionKind of(int number) {
        return Numbered.of(values(), number, UNRECOGNIZED);
    }
}
