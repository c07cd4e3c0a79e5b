//! The facts about a collection, besides its segments, that decide how a server compacts it.

use crate::proto::common::KeyValuePair;
use crate::proto::schema::{DataType, FieldSchema};
use crate::proto::service::DescribeCollectionResponse;
use crate::row_size;

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
    pub(crate) fn of(description: &DescribeCollectionResponse) -> Self {
        let schema = description.schema.iter();
        let properties = schema.clone().flat_map(|schema| &schema.properties);
        let fields = schema.clone().flat_map(|schema| &schema.fields);
        Self {
            has_ttl: description.properties.iter().chain(properties).any(is_ttl),
            is_external: schema.clone().any(|schema| !schema.external_source.is_empty()),
            row_bytes: schema.map(row_size::of).sum(),
            vector_fields: fields.filter(|field| is_vector(field)).map(|field| field.name.clone()).collect(),
        }
    }

    /// Whether a vector field lacks an index while another field has one.
    pub(crate) fn is_partly_indexed(&self, indexed: &[String]) -> bool {
        !indexed.is_empty() && self.vector_fields.iter().any(|name| !indexed.contains(name))
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
            assert_eq!(Traits::of(&listed(key, value)).has_ttl, expected, "{key}={value}");
            let schema =
                CollectionSchema { properties: listed(key, value).properties, ..CollectionSchema::default() };
            let in_schema = DescribeCollectionResponse { schema: Some(schema), ..Default::default() };
            assert_eq!(Traits::of(&in_schema).has_ttl, expected, "{key}={value} in the schema");
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
        let traits = Traits::of(&DescribeCollectionResponse { schema: Some(schema), ..Default::default() });
        assert_eq!(traits.row_bytes, 8 + 4 * 128 + 8);
        assert_eq!(traits.vector_fields, ["v", "b", "s"]);
        assert!(traits.is_external && !traits.has_ttl);
        let is_partly = |fields: &[&str]| {
            let fields: Vec<String> = fields.iter().map(|name| (*name).to_owned()).collect();
            traits.is_partly_indexed(&fields)
        };
        assert!(is_partly(&["v"]) && !is_partly(&["v", "b", "s"]));
        assert!(!is_partly(&[]), "none is indexed");
    }
}
