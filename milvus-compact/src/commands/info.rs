//! `info`: what the server is.

use crate::context::Context;
use crate::milvus::names;
use crate::{exit, json};

pub(super) fn info(context: &Context) -> u8 {
    match context.client.server_info(&mut |_| context.stop.go()) {
        Err(failure) => {
            context.output.complaint(&failure.message);
            exit::of(&failure, false)
        }
        Ok(info) if context.output.json => {
            context.output.listing(&json::server_info(&info, names::version()).to_string());
            exit::DONE
        }
        Ok(info) => {
            let or_not =
                |text: &str| if text.is_empty() { "it does not tell".to_owned() } else { text.to_owned() };
            context.output.listing(&format!("server      {}", context.uri));
            context.output.listing(&format!("version     {}", or_not(&info.version)));
            let kind = if info.is_lite { "milvus-lite".to_owned() } else { or_not(&info.deploy_mode) };
            context.output.listing(&format!("deployment  {kind}"));
            context.output.listing(&format!("library     {}", names::version()));
            exit::DONE
        }
    }
}
