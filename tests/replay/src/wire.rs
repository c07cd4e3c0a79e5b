//! Between the JSON form of messages, which recordings hold, and their bytes.

use std::sync::OnceLock;

use prost::Message as _;
use prost_reflect::{
    DescriptorPool, DeserializeOptions, DynamicMessage, MessageDescriptor, SerializeOptions,
};
use serde_json::{Map, Value};

/// The service of which every method can be recorded.
pub(crate) const SERVICE: &str = "milvus.proto.milvus.MilvusService";

/// The project's own descriptors.
pub(crate) struct Wire(DescriptorPool);

impl Wire {
    pub(crate) fn get() -> &'static Self {
        static WIRE: OnceLock<Wire> = OnceLock::new();
        WIRE.get_or_init(|| Self(DescriptorPool::decode(milvus_fake::DESCRIPTORS).expect("protox made it")))
    }

    /// The request and the reply of a method, if the project knows it.
    fn method(&self, name: &str) -> Option<(MessageDescriptor, MessageDescriptor)> {
        let service = self.0.get_service_by_name(SERVICE).expect("the service is there");
        let method = service.methods().find(|method| method.name() == name)?;
        Some((method.input(), method.output()))
    }

    /// A reply's bytes. What the project's own messages do not have is left out.
    pub(crate) fn encode_reply(
        &self,
        method: &str,
        json: &Value,
    ) -> Option<Result<Vec<u8>, serde_json::Error>> {
        let (_, reply) = self.method(method)?;
        let options = DeserializeOptions::new().deny_unknown_fields(false);
        let message = DynamicMessage::deserialize_with_options(reply, json, &options);
        Some(message.map(|message| message.encode_to_vec()))
    }

    /// A request in JSON, as recordings write it.
    pub(crate) fn decode_request(&self, method: &str, bytes: &[u8]) -> Option<Map<String, Value>> {
        let (request, _) = self.method(method)?;
        let message = DynamicMessage::decode(request, bytes).ok()?;
        let options = SerializeOptions::new().use_proto_field_name(true).skip_default_fields(true);
        let json = message.serialize_with_options(serde_json::value::Serializer, &options).ok()?;
        json.as_object().cloned()
    }
}
