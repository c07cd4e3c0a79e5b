// What the structs of C have in common.
package io.github.milvusclient;

import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;

/** A struct of C. {@link Structs} has them all. */
abstract class CStruct extends Structure {
    CStruct() {
    }

    CStruct(Pointer place) {
        super(place);
    }

    /** Where a field is, for the test of the layout. */
    int offsetOf(String field) {
        return fieldOffset(field);
    }

    /** What C takes for a yes or no. */
    static int flag(boolean isYes) {
        return isYes ? Library.YES : Library.NO;
    }

    /** A function of C that fills a struct. */
    interface Fill {
        int fill(Pointer struct);
    }

    /** A struct that begins with its size. */
    @FieldOrder("size")
    public abstract static class Sized extends CStruct {
        public long size;

        Sized() {
        }

        Sized(Pointer place) {
            super(place);
        }

        /** Does what the ..._INIT of a struct does. */
        static <S extends Sized> S init(S struct) {
            struct.size = struct.size();
            return struct;
        }

        /** Has C fill it, as far as it does; gives what C returns. */
        int fill(Fill function) {
            init(this).write();
            int status = function.fill(getPointer());
            read();
            return status;
        }
    }
}
