// What a server says of itself.
package io.github.milvusclient;

/**
 * What a server says of itself.
 *
 * @param version     its version as it writes it, e.g. "v2.6.8"; empty if it does not tell
 * @param deployMode  "STANDALONE", "DISTRIBUTED", "embedded" or whatever it says; empty if it does not tell
 * @param isLite      whether it is milvus-lite
 * @param clientId  the number of this client in the server's registry; 0 if none (before 2.2.9)
 */
public record ServerInfo(String version, String deployMode, boolean isLite, long clientId) {
    static ServerInfo of(Structs.ServerInfo info) {
        return new ServerInfo(Text.read(info.version), Text.read(info.deployMode), info.isLite == 1, info.clientId);
    }
}
