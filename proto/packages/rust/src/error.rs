use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use prost::Message;
use prost_types::Any;
use tonic::Status;
use tonic_types::pb;

use crate::v1::{ErrorReason, FieldViolation};

const DOMAIN: &str = "firstmile";
const REASON_PREFIX: &str = "ERROR_REASON_";

/// What `firstmiled` says about a failed call besides code and message of its [`Status`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ErrorDetails {
    /// The cause, or `Unspecified` where none came or this version does not know it.
    pub reason: ErrorReason,
    /// Further facts by their names; [`ErrorReason`] lists them.
    pub metadata: HashMap<String, String>,
    /// How long to wait before trying again, where waiting helps and a time is known.
    pub retry_delay: Option<Duration>,
    /// What is wrong with the request, field by field.
    pub field_violations: Vec<FieldViolation>,
}

/// A detail that cannot be read is left out.
impl From<&Status> for ErrorDetails {
    fn from(status: &Status) -> Self {
        let details = pb::Status::decode(status.details())
            .unwrap_or_default()
            .details;
        let info = all::<pb::ErrorInfo>(&details, "google.rpc.ErrorInfo")
            .find(|info| info.domain == DOMAIN);
        let info = info.unwrap_or_default();
        let retry = all::<pb::RetryInfo>(&details, "google.rpc.RetryInfo").next();
        let request = all::<pb::BadRequest>(&details, "google.rpc.BadRequest").next();
        Self {
            reason: reason(&info.reason),
            metadata: info.metadata,
            retry_delay: retry.and_then(|retry| retry.retry_delay).map(delay),
            field_violations: field_violations(request.unwrap_or_default()),
        }
    }
}

/// The reason without its prefix, then the faults: `REQUEST_INVALID: order_sn must not be empty`.
impl fmt::Display for ErrorDetails {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.reason.short_name())?;
        for fault in &self.field_violations {
            write!(formatter, ": {} {}", fault.field, fault.description)?;
        }
        Ok(())
    }
}

fn reason(name: &str) -> ErrorReason {
    ErrorReason::from_str_name(&format!("{REASON_PREFIX}{name}")).unwrap_or_default()
}

fn field_violations(request: pb::BadRequest) -> Vec<FieldViolation> {
    let ours = |fault: pb::bad_request::FieldViolation| FieldViolation {
        field: fault.field,
        description: fault.description,
    };
    request.field_violations.into_iter().map(ours).collect()
}

/// A delay in the past is none.
fn delay(delay: prost_types::Duration) -> Duration {
    Duration::try_from(delay).unwrap_or_default()
}

/// The details of a type that can be read.
fn all<T: Message + Default>(details: &[Any], name: &str) -> impl Iterator<Item = T> {
    let of_type = move |detail: &&Any| detail.type_url.rsplit('/').next() == Some(name);
    details
        .iter()
        .filter(of_type)
        .filter_map(|detail| T::decode(&*detail.value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic::Code;
    use tonic_types::StatusExt;

    fn status(reason: &str, domain: &str) -> Status {
        let mut details = tonic_types::ErrorDetails::new();
        details
            .set_error_info(
                reason,
                domain,
                HashMap::from([("vendorCode".into(), "error_param".into())]),
            )
            .set_retry_info(Some(Duration::from_millis(1500)))
            .add_bad_request_violation("order_sn", "must not be empty");
        Status::with_error_details(Code::InvalidArgument, "order_sn must not be empty", details)
    }

    #[test]
    fn reads_every_detail() {
        let details = ErrorDetails::from(&status("REQUEST_INVALID", DOMAIN));
        assert_eq!(details.reason, ErrorReason::RequestInvalid);
        assert_eq!(details.metadata["vendorCode"], "error_param");
        assert_eq!(details.retry_delay, Some(Duration::from_millis(1500)));
        assert_eq!(details.field_violations[0].field, "order_sn");
        assert_eq!(details.field_violations[0].description, "must not be empty");
    }

    #[test]
    fn does_not_know_a_reason_of_a_later_version_or_of_another_domain() {
        let later = ErrorDetails::from(&status("LATER", DOMAIN));
        assert_eq!(later.reason, ErrorReason::Unspecified);
        assert_eq!(later.metadata["vendorCode"], "error_param");
        let other = ErrorDetails::from(&status("REQUEST_INVALID", "example.com"));
        assert_eq!(other.reason, ErrorReason::Unspecified);
        assert!(other.metadata.is_empty());
    }

    #[test]
    fn reads_nothing_where_nothing_came_or_it_is_unreadable() {
        let bare = Status::not_found("no");
        assert_eq!(ErrorDetails::from(&bare), ErrorDetails::default());
        let broken = Status::with_details(Code::Internal, "no", vec![0xff; 3].into());
        assert_eq!(ErrorDetails::from(&broken), ErrorDetails::default());
    }
}
