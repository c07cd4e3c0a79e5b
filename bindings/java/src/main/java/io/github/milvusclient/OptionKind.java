// What the value of an option has to look like.
package io.github.milvusclient;

/** What the value of an option has to look like. */
public enum OptionKind implements Numbered {
    /** Any text. */
    TEXT(0),
    /** Text that must not be shown to anybody. */
    SECRET(1),
    /** The path of a file that exists when the client is made. */
    FILE(2),
    /** "true" or "false". */
    BOOLEAN(3),
    /** A whole number, in decimal digits. */
    NUMBER(4),
    /** A number that only a newer library knows. */
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
