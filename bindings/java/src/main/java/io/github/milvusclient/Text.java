// Texts, numbers and lists on their way between Java and C.
package io.github.milvusclient;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/** Conversions that refuse what would arrive as something else. */
final class Text {
    private Text() {
    }

    /**
     * A text as NUL-terminated UTF-8; null stays null.
     *
     * @throws IllegalArgumentException if it has a NUL or half a surrogate pair: C would see another text
     */
    static byte[] utf8(String text) {
        if (text == null) {
            return null;
        }
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a text has a NUL character in it");
        }
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            return Arrays.copyOf(encoded.array(), encoded.remaining() + 1);
        } catch (CharacterCodingException failure) {
            throw new IllegalArgumentException("a text has half a surrogate pair in it", failure);
        }
    }

    /** The name of a collection. */
    static byte[] name(String collectionName) {
        return utf8(Objects.requireNonNull(collectionName, "collectionName"));
    }

    /** The same in native memory, which lives as long as the object. */
    static Memory memory(String text) {
        byte[] bytes = utf8(text);
        if (bytes == null) {
            return null;
        }
        Memory memory = new Memory(bytes.length);
        memory.write(0, bytes, 0, bytes.length);
        return memory;
    }

    /** An array of texts in one piece of native memory; never null, because that would mean every collection. */
    static Memory array(List<String> texts) {
        List<byte[]> all = texts.stream().map(Text::utf8).toList();
        long place = 8L * all.size();
        Memory memory = new Memory(Math.max(8, place + all.stream().mapToLong(bytes -> bytes.length).sum()));
        for (int i = 0; i < all.size(); i++) {
            byte[] bytes = all.get(i);
            memory.setPointer(8L * i, memory.share(place));
            memory.write(place, bytes, 0, bytes.length);
            place += bytes.length;
        }
        return memory;
    }

    /** Numbers in native memory; null for none. */
    static Memory numbers(List<Long> numbers) {
        if (numbers.isEmpty()) {
            return null;
        }
        Memory memory = new Memory(8L * numbers.size());
        memory.write(0, numbers.stream().mapToLong(Long::longValue).toArray(), 0, numbers.size());
        return memory;
    }

    static String read(Pointer text) {
        return text == null ? "" : text.getString(0, "UTF-8");
    }

    static String read(byte[] text) {
        int end = 0;
        while (end < text.length && text[end] != 0) {
            end++;
        }
        return new String(text, 0, end, StandardCharsets.UTF_8);
    }

    static List<Long> readNumbers(Pointer numbers, long count) {
        if (numbers == null || count == 0) {
            return List.of();
        }
        return LongStream.of(numbers.getLongArray(0, Math.toIntExact(count))).boxed().toList();
    }

    /** MILVUS_NOT_REPORTED is no number. */
    static OptionalLong reported(long number) {
        return number < 0 ? OptionalLong.empty() : OptionalLong.of(number);
    }
}
