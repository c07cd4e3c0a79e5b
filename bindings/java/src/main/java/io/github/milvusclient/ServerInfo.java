// What the server tells about itself.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/**
 * What the server tells about itself.
 *
 * @param clientId    the number under which the server lists this client; 0 if it does not list clients (before Milvus
 *                    2.2.9)
 * @param isLite      whether the server is milvus-lite
 * @param version     the version as the server writes it, e.g. "v2.3.5-lite" (which is a full server); "" if it does
 *                    not tell
 * @param deployMode  "STANDALONE", "DISTRIBUTED", "embedded", or another word of the server; "" if it does not tell
 */
public record ServerInfo(long clientId, boolean isLite, String version, String deployMode) {
    static ServerInfo of(Structs.ServerInfo c) {
        return new ServerInfo(c.clientId, c.isLite == Library.YES, Text.read(c.version), Text.read(c.deployMode));
    }
}
