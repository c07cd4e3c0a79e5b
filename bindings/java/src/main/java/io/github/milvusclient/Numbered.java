// What the enums share: each constant is a number of the C header.
package io.github.milvusclient;

/** A constant with the number that C has for it. */
interface Numbered {
    /** The number of constants that stand for every number a newer library may send. */
    int NONE_OF_THESE = Integer.MIN_VALUE;

    /** The number that C has for this constant. */
    int number();

    /** The constant of a number; the one for unknown numbers if there is none. */
    static <E extends Enum<E> & Numbered> E of(E[] constants, int number, E unrecognized) {
        for (E constant : constants) {
            if (constant.number() == number) {
                return constant;
            }
        }
        return unrecognized;
    }
}
