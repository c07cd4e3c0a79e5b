// Every struct is where a C compiler has it.
package io.github.milvusclient;

import static org.junit.Assert.assertEquals;

import com.sun.jna.Native;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.Test;

/** MILVUS_LAYOUT names a file with a line "struct field offset size" for each field, and "struct - 0 size". */
public final class LayoutTest {
    @Test
    public void everyFieldIsWhereCHasIt() throws Exception {
        Map<String, Map<String, String>> expected = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of(FakeServer.needed("MILVUS_LAYOUT")))) {
            String[] words = line.trim().split("\\s+");
            if (words.length == 4) {
                expected.computeIfAbsent(words[0], struct -> new TreeMap<>()).put(words[1], words[2] + " " + words[3]);
            }
        }
        Map<String, Map<String, String>> found = new TreeMap<>();
        for (Class<?> type : Structs.class.getDeclaredClasses()) {
            found.put("milvus_" + snake(type.getSimpleName()), layout(type.asSubclass(CStruct.class)));
        }
        assertEquals(expected, found);
    }

    private static Map<String, String> layout(Class<? extends CStruct> type) throws Exception {
        CStruct struct = type.getDeclaredConstructor().newInstance();
        Map<String, String> layout = new TreeMap<>(Map.of("-", "0 " + struct.size()));
        for (Field field : type.getFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                layout.put(snake(field.getName()), struct.offsetOf(field.getName()) + " "
                    + Native.getNativeSize(field.getType(), field.get(struct)));
            }
        }
        return layout;
    }

    // l0SegmentsBefore is l0_segments_before, isL0 is is_l0, reserved2 is reserved_2.
    private static String snake(String name) {
        String snake = name.replaceAll("(?<=.)([A-Z])", "_$1").toLowerCase();
        return snake.replaceAll("reserved(\\d)", "reserved_$1");
    }
}
