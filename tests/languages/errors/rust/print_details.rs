//! Prints what the crate's helper says about the error of each named case: TARGET CASE...

use std::{env, error::Error, time::Duration};

use firstmile_client::v1::{GetTrackingNumberRequest, logistics_service_client::LogisticsServiceClient};
use firstmile_client::{ErrorDetails, Within};
use tonic::transport::Endpoint;

const LONG: Duration = Duration::from_secs(365 * 24 * 60 * 60);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let target = env::args().nth(1).ok_or("no target")?;
    let mut client =
        LogisticsServiceClient::new(Endpoint::from_shared(format!("http://{target}"))?.connect_lazy());
    for name in env::args().skip(2) {
        let request = GetTrackingNumberRequest { order_sn: name.clone(), ..Default::default() };
        let answer = client.get_tracking_number(request.within(Duration::from_secs(10))).await;
        let details = ErrorDetails::from(&answer.err().ok_or("the call did not fail")?);
        let mut metadata: Vec<_> =
            details.metadata.iter().map(|(key, value)| format!(" | {key}={value}")).collect();
        metadata.sort();
        println!("{name} | {details} | {}{}", printed(details.retry_delay), metadata.concat());
    }
    Ok(())
}

fn printed(delay: Option<Duration>) -> String {
    match delay {
        None => "none".into(),
        Some(delay) if delay > LONG => "long".into(),
        Some(delay) => format!("{} ms", delay.as_millis()),
    }
}
