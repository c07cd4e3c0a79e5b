#!/bin/bash
# Compiles the package, makes its jar, and runs its tests in a JVM that checks every use of JNI.
#   BUILD_DIR     where all output goes
#   LIBRARY_DIR   where libmilvus_client.so.0 is
#   MILVUS_FAKE   the scripted server's program
#   MILVUS_LAYOUT a file with the layout of the C structs: see LayoutTest
#   MILVUS_SAMPLES a directory with samples of JSON: see JsonTest
# Debian: openjdk-17-jdk-headless libjna-java junit4
set -euo pipefail
cd "$(dirname "$0")"
for name in BUILD_DIR LIBRARY_DIR MILVUS_FAKE MILVUS_LAYOUT MILVUS_SAMPLES; do
    [[ -n "${!name:-}" ]] || { echo "$name is not set: see the head of $0" >&2; exit 1; }
done
java=/usr/share/java
jars="$java/jna.jar:$java/junit4.jar:$java/hamcrest.jar"
for jar in ${jars//:/ }; do
    [[ -e $jar ]] || { echo "$jar is missing: install libjna-java and junit4" >&2; exit 1; }
done

compile() { # into a directory, against a class path, what follows
    rm -rf "$1"
    mkdir -p "$1"
    javac --release 17 -encoding UTF-8 -Xlint:all -Werror -d "$1" -cp "$2" "${@:3}"
}
mapfile -t main < <(find src/main -name '*.java')
mapfile -t tests < <(find src/test -name '*.java')
compile "$BUILD_DIR/classes" "$java/jna.jar" "${main[@]}"
jar --create --file "$BUILD_DIR/milvus-client.jar" -C "$BUILD_DIR/classes" .
compile "$BUILD_DIR/tests" "$BUILD_DIR/milvus-client.jar:$jars" "${tests[@]}"
compile "$BUILD_DIR/examples" "$BUILD_DIR/milvus-client.jar:$java/jna.jar" examples/*.java

mapfile -t classes < <(cd src/test/java && find . -name '*Test.java' | sort | sed 's|^\./||; s|\.java$||; s|/|.|g')
output="$BUILD_DIR/tests.log"
status=0
timeout 600 java -Xcheck:jni -Xmx512m -Dfile.encoding=UTF-8 "-Djna.library.path=$LIBRARY_DIR" \
    -cp "$BUILD_DIR/milvus-client.jar:$BUILD_DIR/tests:$jars" org.junit.runner.JUnitCore "${classes[@]}" \
    >"$output" 2>&1 || status=$?
cat "$output"
[[ $status == 0 ]] || { echo "the tests failed" >&2; exit 1; }
grep -Eq '^OK \([1-9][0-9]* tests?\)' "$output" || { echo "no test ran" >&2; exit 1; }
# The line after a warning is the function that it is about: those of the JDK and of JNA itself are not ours.
if grep -A 1 -E '(WARNING|FATAL ERROR)' "$output" | grep -E 'FATAL ERROR|at io\.github\.milvusclient'; then
    echo "-Xcheck:jni complains" >&2
    exit 1
fi
