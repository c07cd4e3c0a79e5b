// A collection as the server describes it.
// Generated from include/milvus_client.h by `make bindings`; do not edit.
package io.github.milvusclient;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A collection as the server describes it.
 *
 * @param collectionName    the name of the collection
 * @param database          the database of the collection; empty on servers without databases (before 2.2.9)
 * @param aliases           the aliases of the collection, sorted, with a comma between them (no name contains one);
 *                          empty if there are none
 * @param id                milvus' id of the collection; 0 from milvus-lite, or if the description failed
 * @param rows              stored rows. Deleted rows count until a compaction purges them; rows that are not flushed do
 *                          not count. Empty if they could not be read
 * @param isLoaded          whether query nodes serve the collection: {@link Answer#YES} (also if only some partitions
 *                          are loaded), {@link Answer#NO} (also while it is being loaded) or {@link Answer#NOT_KNOWN}
 * @param hasClusteringKey  whether the collection has a clustering key: {@link Answer#YES}, {@link Answer#NO} or {@link
 *                          Answer#NOT_KNOWN}
 * @param failure           what it failed with; empty if it did not fail
 */
public record CollectionInfo(String collectionName, String database, String aliases, long id, OptionalLong rows,
                             Answer isLoaded, Answer hasClusteringKey,
                             Optional<MilvusException> failure) implements Json {
    static CollectionInfo of(Structs.CollectionInfo c) {
        return new CollectionInfo(Text.read(c.collectionName), Text.read(c.database), Text.read(c.aliases), c.id,
            Text.reported(c.rows), Answer.of(c.isLoaded), Answer.of(c.hasClusteringKey), Failure.optional(c.error));
    }

    @Override
    public String json() {
        return new JsonObject()
            .text("collection_name", collectionName)
            .filled("database", database)
            .aliases("aliases", aliases)
            .id("id", id)
            .number("rows", rows)
            .answer("is_loaded", isLoaded)
            .answer("has_clustering_key", hasClusteringKey)
            .status("status", failure)
            .failure("error", failure)
            .done();
    }
}
