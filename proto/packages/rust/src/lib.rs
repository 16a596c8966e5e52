//! A gRPC client of `firstmiled`, the sidecar before the Shopee Open Platform.
//!
//! [`v1`] has messages and clients as the contract declares them; [`ErrorDetails`] reads what a
//! failed call says; [`Within`] gives a request its deadline.

mod call;
mod error;

#[allow(clippy::all, clippy::pedantic, rustdoc::all)]
#[path = "generated/firstmile.v1.rs"]
pub mod v1;

pub use call::{Within, code_name, describe, finish};
pub use error::ErrorDetails;
