//! Runs the code of the crate's page.

use std::{error::Error, time::Duration};

use firstmile_client::v1::{
    ErrorReason, GetTrackingNumberRequest, logistics_service_client::LogisticsServiceClient,
};
use firstmile_client::{ErrorDetails, Within, code_name};

fn call_again_after(delay: Duration) {
    eprintln!("{delay:?}");
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // PAGE
    Ok(())
}
