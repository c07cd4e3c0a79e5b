"""What generated files of Java look like, but for what differs between them."""
from string import Template

ENUM = Template("""\
public enum $name implements Numbered {
$constants;

    private final int number;

    $name(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
$message$of}
""")
MESSAGE = Template("""
    /** What it means, in one English sentence of the library. */
    public String message() {
        return Library.$function(number);
    }
""")
OF = Template("""
    static $name of(int number) {
        return Numbered.of(values(), number, $unknown);
    }
""")
EXCEPTION = Template("""\
public final class $name extends MilvusException {
    private static final long serialVersionUID = 1L;

    $name(Failure failure) {
        super(failure);
    }
}
""")
CHOOSER = Template("""\
/** Statuses that programs handle have classes of their own. */
final class Exceptions {
    private Exceptions() {
    }

    static MilvusException of(Failure failure) {
        return switch (Status.of(failure.status())) {
$cases            default -> new MilvusException(failure);
        };
    }
}
""")
LIBRARY = Template("""\
/**
 * Handles are numbers for the library, so they are {@code long} here; texts are NUL-terminated UTF-8, made by
 * {@link Text}, because JNA would cut a Java string at its first NUL and compact another collection. Structs are
 * {@code Pointer} here, written before and read after a call by {@link CStruct}: JNA would do that through JNI
 * without looking for exceptions. Functions that take callbacks are not here.
 */
final class Library {
$constants
    static {
        Loading.load();
    }

    private Library() {
    }
$functions}
""")
STRUCTS = Template("""\
/**
 * The classes and their fields are public because JNA reads them by reflection; nobody outside can name them. A
 * test compares every offset and size with what a C compiler says.
 */
final class Structs {
    private Structs() {
    }

$classes}
""")
MIRROR = Template("""\
    /** $c. */
$order
    public static class $name extends $base {
$fields
        public $name() {
        }

        $name(Pointer place) {
            super(place);
            read();
        }
    }
""")
