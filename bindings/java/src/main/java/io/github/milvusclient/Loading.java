// How libmilvus_client is found, and whether it is new enough.
package io.github.milvusclient;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/** Is done once, when {@link Library} is first used. */
final class Loading {
    /** With its number: a library of another number has another ABI. */
    private static final String NAME = "libmilvus_client.so.0";

    private Loading() {
    }

    static void load() {
        if (Native.POINTER_SIZE != Long.BYTES || Native.SIZE_T_SIZE != Long.BYTES) {
            throw new UnsatisfiedLinkError("libmilvus_client is for 64-bit systems");
        }
        // Before the functions are looked up: an older library does not have them all.
        int version = NativeLibrary.getInstance(NAME).getFunction("milvus_abi_version").invokeInt(new Object[0]);
        if (version < Library.ABI_VERSION) {
            throw new UnsatisfiedLinkError("libmilvus_client is too old: its ABI is " + version);
        }
        Native.register(Library.class, NAME);
    }
}
