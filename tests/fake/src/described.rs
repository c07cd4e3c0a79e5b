//! What a collection is, and how many rows its query nodes count.

use crate::proto::common::{KeyValuePair, Status};
use crate::proto::schema::{
    CollectionSchema, DataType, FieldData, FieldSchema, LongArray, ScalarField, field_data, scalar_field,
};
use crate::proto::service::{
    DescribeCollectionRequest, DescribeCollectionResponse, GetCollectionStatisticsRequest,
    GetCollectionStatisticsResponse, ListDatabasesResponse, QueryRequest, QueryResults,
};
use crate::service::has_database;
use crate::state::{State, success, without_database};

impl State {
    pub(crate) fn describe(&self, request: DescribeCollectionRequest) -> DescribeCollectionResponse {
        let refused = |status| DescribeCollectionResponse { status, ..Default::default() };
        if !has_database(&request.db_name) && self.profile.names_missing_databases() {
            return refused(self.no_database(&request.db_name));
        }
        let has_database = has_database(&request.db_name);
        let by_id = request.collection_name.is_empty().then(|| self.name_of(request.collection_id)).flatten();
        let by_name = || self.real_name(&request.collection_name);
        let Some(name) = by_id.clone().or_else(by_name).filter(|_| has_database) else {
            return refused(self.not_described(&request.collection_name));
        };
        let named = Some(request.db_name).filter(|name| !name.is_empty());
        let db_name = match &self.reported_database {
            Some(database) => database.clone(),
            None if self.profile.has_databases() => named.unwrap_or_else(|| "default".to_owned()),
            None => String::new(),
        };
        let collection = &self.collections[&name];
        let id = if self.profile.is_lite() { 0 } else { collection.id };
        // As servers before 2.4 do: the alias, if that is what was asked for.
        let asked_for = match by_id {
            Some(name) if self.profile.names_described_by_id() => without_database(&name).to_owned(),
            _ => request.collection_name,
        };
        let pair = |(key, value): &(String, String)| KeyValuePair { key: key.clone(), value: value.clone() };
        let (mut key, mut fields) = (field("id", DataType::Int64), vec![field("v", DataType::FloatVector)]);
        key.is_clustering_key = self.has_clustering_key;
        fields.extend(collection.has_second_vector.then(|| field("w", DataType::FloatVector)));
        fields.insert(0, key);
        let aliases = self.aliases.iter().filter(|(_, real)| **real == name).map(|(alias, _)| alias.clone());
        let aliases = aliases.collect();
        let source = if collection.is_external { "s3://elsewhere" } else { "" };
        DescribeCollectionResponse {
            status: success(),
            collection_id: self.reported_id.unwrap_or(id),
            virtual_channel_names: vec![collection.channel()],
            schema: Some(CollectionSchema {
                name: without_database(&name).to_owned(),
                fields,
                properties: Vec::new(),
                external_source: source.to_owned(),
            }),
            properties: collection.properties.iter().map(pair).collect(),
            aliases,
            collection_name: asked_for,
            db_name,
        }
    }

    /// The stored rows of a collection, deleted ones too.
    pub(crate) fn statistics(
        &mut self,
        request: &GetCollectionStatisticsRequest,
    ) -> GetCollectionStatisticsResponse {
        let Some(name) = self.real_name(&request.collection_name) else {
            let status = self.not_found(&request.collection_name);
            return GetCollectionStatisticsResponse { status, ..Default::default() };
        };
        let rows: i64 = self.rows(&name).iter().map(|(_, rows)| rows).sum();
        let stats = vec![KeyValuePair { key: "row_count".to_owned(), value: rows.to_string() }];
        GetCollectionStatisticsResponse { status: success(), stats }
    }

    /// Its databases, with ids on versions that give them.
    pub(crate) fn list_databases(&self) -> ListDatabasesResponse {
        let mut db_names = self.databases.clone();
        for (database, _) in self.collections.keys().filter_map(|key| key.split_once('/')) {
            if !db_names.iter().any(|known| known == database) {
                db_names.push(database.to_owned());
            }
        }
        let ids = (1..).take(if self.profile.numbers_databases() { db_names.len() } else { 0 });
        ListDatabasesResponse { status: success(), db_ids: ids.collect(), db_names }
    }

    /// Counts rows, and does nothing else.
    pub(crate) fn query(&self, request: &QueryRequest) -> QueryResults {
        let refused = |status| QueryResults { status, ..Default::default() };
        let Some(name) = self.real_name(&request.collection_name) else {
            return refused(self.not_found(&request.collection_name));
        };
        let is_count = request.output_fields == ["count(*)"] && self.profile.counts_rows();
        if !is_count || !self.collections[&name].loading.is_loaded {
            let (code, reason) =
                if is_count { (101, "collection not loaded") } else { (1100, "empty expression") };
            return refused(Some(Status {
                code,
                error_code: 1,
                reason: reason.to_owned(),
                ..Default::default()
            }));
        }
        let ignores = request.query_params.iter().any(|p| p.key == "ignore_growing" && p.value == "true");
        let data = vec![self.count_rows(&name, ignores)];
        let data = Some(scalar_field::Data::LongData(LongArray { data }));
        let field = Some(field_data::Field::Scalars(ScalarField { data }));
        let count = FieldData { field_name: "count(*)".to_owned(), field };
        QueryResults { status: success(), fields_data: vec![count] }
    }
}

fn field(name: &str, data_type: DataType) -> FieldSchema {
    FieldSchema { name: name.to_owned(), data_type: data_type as i32, ..Default::default() }
}
