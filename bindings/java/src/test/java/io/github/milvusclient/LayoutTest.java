// Every struct is where a C compiler has it.
package io.github.milvusclient;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

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
    private static final Map<String, String> NAMES = Map.of("Error", "milvus_error",
        "StateInfo", "milvus_compaction_state_info", "Report", "milvus_compaction_report");

    @Test
    public void everyFieldIsWhereCHasIt() throws Exception {
        Map<String, Map<String, String>> expected = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of(FakeServer.needed("MILVUS_LAYOUT")))) {
            String[] words = line.trim().split("\\s+");
            if (words.length == 4) {
                expected.computeIfAbsent(words[0], struct -> new TreeMap<>()).put(words[1], words[2] + " " + words[3]);
            }
        }
        int checked = 0;
        for (Class<?> type : Structs.class.getDeclaredClasses()) {
            if (!Modifier.isAbstract(type.getModifiers())) {
                String name = NAMES.getOrDefault(type.getSimpleName(), "milvus_" + snake(type.getSimpleName()));
                assertNotNull(name + " is not in the file", expected.get(name));
                assertEquals(name, expected.get(name), layout(type.asSubclass(Structs.Part.class)));
                checked++;
            }
        }
        assertTrue("only " + checked + " structs", checked == 17);
    }

    private static Map<String, String> layout(Class<? extends Structs.Part> type) throws Exception {
        Structs.Part struct = type.getDeclaredConstructor().newInstance();
        Map<String, String> layout = new TreeMap<>(Map.of("-", "0 " + struct.size()));
        for (Field field : type.getFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                layout.put(snake(field.getName()), struct.offsetOf(field.getName()) + " "
                    + size(field, struct));
            }
        }
        return layout;
    }

    private static int size(Field field, Structs.Part struct) throws Exception {
        return field.get(struct) instanceof Structs.Part part ? part.size()
            : Native.getNativeSize(field.getType(), field.get(struct));
    }

    // l0SegmentsBefore is l0_segments_before, isL0 is is_l0, reserved2 is reserved_2.
    private static String snake(String name) {
        String snake = name.replaceAll("(?<=.)([A-Z])", "_$1").toLowerCase();
        return snake.replaceAll("reserved(\\d)", "reserved_$1");
    }
}
