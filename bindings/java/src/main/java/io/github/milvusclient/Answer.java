// Yes, no, or nobody can tell.
package io.github.milvusclient;

/** Yes, no, or nobody can tell: what is not known is not yes. */
public enum Answer implements Numbered {
    /** Nobody can tell. */
    NOT_KNOWN(-1),
    /** No. */
    NO(0),
    /** Yes. */
    YES(1);

    private final int number;

    Answer(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static Answer of(int number) {
        return Numbered.of(values(), number, NOT_KNOWN);
    }
}
