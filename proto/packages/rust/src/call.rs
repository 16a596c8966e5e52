use std::time::Duration;

use tonic::{Request, Status, Streaming};

use crate::v1::{CanonicalCode, ErrorReason, OrderOutcome};

/// Turns a message into a request with a deadline: `client.get_detail(message.within(TEN_SECONDS))`.
pub trait Within: Sized {
    /// The sidecar ends the call at its deadline. tonic itself bounds only the wait for the first
    /// answer; where a host may vanish in mid-stream, put `tokio::time::timeout` around the reading.
    fn within(self, deadline: Duration) -> Request<Self>;
}

impl<T: prost::Message> Within for T {
    fn within(self, deadline: Duration) -> Request<Self> {
        let mut request = Request::new(self);
        request.set_timeout(deadline);
        request
    }
}

/// Reads a stream to its end, without its messages: the status that it ends with.
pub async fn finish<T>(mut stream: Streaming<T>) -> Status {
    loop {
        match stream.message().await {
            Ok(Some(_)) => {}
            Ok(None) => return Status::ok(""),
            Err(status) => return status,
        }
    }
}

impl ErrorReason {
    /// Its name without the prefix, for example `NOT_FOUND`.
    pub fn short_name(self) -> &'static str {
        without_prefix(self.as_str_name(), "ERROR_REASON_")
    }
}

/// gRPC's own name of the code, for example `NOT_FOUND`.
pub fn code_name(status: &Status) -> &'static str {
    match CanonicalCode::try_from(i32::from(status.code())) {
        Ok(CanonicalCode::Unspecified) | Err(_) => "OK",
        Ok(code) => without_prefix(code.as_str_name(), "CANONICAL_CODE_"),
    }
}

/// What became of one order of a batch: the order, its state, and of a failure the reason and
/// Shopee's text.
pub fn describe(outcome: &OrderOutcome) -> String {
    let state = without_prefix(outcome.state().as_str_name(), "OUTCOME_STATE_");
    let text = format!("{} {state}", outcome.order_sn);
    match &outcome.failure {
        Some(why) => format!(
            "{text} {}: {}",
            why.reason().short_name(),
            why.vendor_message
        ),
        None => text,
    }
}

fn without_prefix(name: &'static str, prefix: &str) -> &'static str {
    name.strip_prefix(prefix).unwrap_or(name)
}
