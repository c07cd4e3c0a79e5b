// A database.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

/**
 * A database.
 *
 * @param database  the name of the database
 * @param id        milvus' id of the database; 0 before 2.5
 */
public record DatabaseInfo(String database, long id) implements Json {
    static DatabaseInfo of(Structs.DatabaseInfo c) {
        return new DatabaseInfo(Text.read(c.database), c.id);
    }

    @Override
    public String json() {
        return new JsonObject()
            .filled("database", database)
            .id("id", id)
            .done();
    }
}
