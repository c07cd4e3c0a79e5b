//! The facts about a collection, besides its segments, that decide how a server compacts it.

use crate::collection::{self, Collection};
use crate::error::{Error, Status};
use crate::index::Indexes;
use crate::proto::common::KeyValuePair;
use crate::proto::schema::{DataType, FieldSchema};
use crate::proto::service::{DescribeCollectionResponse, ListSnapshotsRequest};
use crate::row_size;
use crate::rpc::{Deadline, RetryClass, Rpc};

/// The traits in a collection's description.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Traits {
    /// Whether its rows expire.
    pub(crate) has_ttl: bool,
    /// Whether its rows are stored outside Milvus.
    pub(crate) is_external: bool,
    /// The names of its vector fields.
    pub(crate) vector_fields: Vec<String>,
    /// The least size of a row in bytes: the sum of its fixed-width fields.
    pub(crate) row_bytes: u64,
}

impl Traits {
    fn of(description: DescribeCollectionResponse) -> Self {
        let schema = description.schema.unwrap_or_default();
        let properties = description.properties.iter().chain(&schema.properties);
        Self {
            has_ttl: properties.into_iter().any(is_ttl),
            is_external: !schema.external_source.is_empty(),
            row_bytes: row_size::of(&schema),
            vector_fields: schema.fields.into_iter().filter(is_vector).map(|field| field.name).collect(),
        }
    }

    /// Whether a vector field lacks an index while another field has one.
    pub(crate) fn is_partly_indexed(&self, indexes: &Indexes) -> bool {
        !indexes.fields.is_empty() && self.vector_fields.iter().any(|name| !indexes.fields.contains(name))
    }
}

/// Looks up a collection's traits.
pub(crate) async fn of(rpc: &Rpc, deadline: Deadline<'_>, collection: &Collection) -> Result<Traits, Error> {
    collection::describe(rpc, deadline, &collection.database, &collection.name).await.map(Traits::of)
}

/// Whether a collection has snapshots, which may keep segments from being compacted. Servers before 3.0.0 have no
/// snapshots.
pub(crate) async fn has_snapshots(
    rpc: &Rpc,
    deadline: Deadline<'_>,
    collection: &Collection,
) -> Result<bool, Error> {
    let asked = ListSnapshotsRequest {
        db_name: collection.database.clone(),
        collection_name: collection.name.clone(),
    };
    match rpc.unary(RetryClass::Read, deadline, &collection.database, asked).await {
        Ok(reply) => Ok(!reply.snapshots.is_empty()),
        // A server that does not know the method has no snapshots.
        Err(error) if error.status == Status::Unsupported => Ok(false),
        Err(error) => Err(error),
    }
}

/// `collection.ttl.seconds`, or a newer server's name for it. Zero and below mean no limit.
fn is_ttl(property: &KeyValuePair) -> bool {
    let value = property.value.trim();
    property.key.contains("ttl")
        && !value.is_empty()
        && value.parse::<i64>().map_or(true, |seconds| seconds > 0)
}

fn is_vector(field: &FieldSchema) -> bool {
    use DataType as T;
    let vectors = [
        T::BinaryVector,
        T::FloatVector,
        T::Float16Vector,
        T::BFloat16Vector,
        T::SparseFloatVector,
        T::Int8Vector,
        T::ArrayOfVector,
    ];
    vectors.iter().any(|vector| *vector as i32 == field.data_type)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::schema::CollectionSchema;

    fn pair(key: &str, value: &str) -> KeyValuePair {
        KeyValuePair { key: key.to_owned(), value: value.to_owned() }
    }

    fn field(name: &str, data_type: DataType, dimension: &str) -> FieldSchema {
        FieldSchema {
            name: name.to_owned(),
            data_type: data_type as i32,
            type_params: vec![pair("dim", dimension)],
            ..FieldSchema::default()
        }
    }

    #[test]
    fn a_time_to_live_is_found_wherever_servers_list_it() {
        let listed = |key: &str, value: &str| DescribeCollectionResponse {
            properties: vec![pair("timezone", "UTC"), pair(key, value)],
            ..DescribeCollectionResponse::default()
        };
        for (key, value, expected) in [
            ("collection.ttl.seconds", "2", true),
            ("ttl_field", "expires", true),
            ("collection.ttl.seconds", "0", false),
            ("collection.ttl.seconds", "-1", false),
            ("collection.ttl.seconds", "", false),
            ("collection.autocompaction.enabled", "false", false),
        ] {
            assert_eq!(Traits::of(listed(key, value)).has_ttl, expected, "{key}={value}");
            let schema =
                CollectionSchema { properties: listed(key, value).properties, ..CollectionSchema::default() };
            let in_schema = DescribeCollectionResponse { schema: Some(schema), ..Default::default() };
            assert_eq!(Traits::of(in_schema).has_ttl, expected, "{key}={value} in the schema");
        }
    }

    #[test]
    fn rows_vectors_and_an_external_source_are_read_off_the_schema() {
        let schema = CollectionSchema {
            fields: vec![
                field("id", DataType::Int64, ""),
                field("v", DataType::FloatVector, "128"),
                field("b", DataType::BinaryVector, "64"),
                field("s", DataType::SparseFloatVector, ""),
                FieldSchema { data_type: 21, ..FieldSchema::default() },
            ],
            external_source: "s3://elsewhere".to_owned(),
            ..CollectionSchema::default()
        };
        let traits = Traits::of(DescribeCollectionResponse { schema: Some(schema), ..Default::default() });
        assert_eq!(traits.row_bytes, 8 + 4 * 128 + 8);
        assert_eq!(traits.vector_fields, ["v", "b", "s"]);
        assert!(traits.is_external && !traits.has_ttl);
        let indexes = |fields: &[&str]| Indexes {
            fields: fields.iter().map(|name| (*name).to_owned()).collect(),
            missing_rows: 0,
            ..Default::default()
        };
        assert!(traits.is_partly_indexed(&indexes(&["v"])));
        assert!(!traits.is_partly_indexed(&indexes(&["v", "b", "s"])));
        assert!(!traits.is_partly_indexed(&indexes(&[])), "none is indexed");
    }
}
