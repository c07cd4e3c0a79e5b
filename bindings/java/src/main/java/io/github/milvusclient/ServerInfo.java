// What a server says of itself.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/**
 * What a server says of itself.
 *
 * @param clientId    the number under which the server keeps this client in its registry; 0 if none (before 2.2.9)
 * @param isLite      whether it is milvus-lite
 * @param version     its version as it writes it, e.g. "v2.3.5-lite" (which is a full server); "" if it does not tell
 * @param deployMode  "STANDALONE", "DISTRIBUTED", "embedded" or whatever it says; "" if it does not tell
 */
public record ServerInfo(long clientId, boolean isLite, String version, String deployMode) {
    static ServerInfo of(Structs.ServerInfo c) {
        return new ServerInfo(c.clientId, c.isLite == Library.YES, Text.read(c.version), Text.read(c.deployMode));
    }
}
