//! Has parcels picked up, from waiting orders to a printable waybill, and shows what can go wrong.

use std::{collections::BTreeMap, error::Error, path::PathBuf, time::Duration};

use clap::Parser;
use firstmile_client::v1::{stream_unbind_orders_response::Outcome, *};
use firstmile_client::{ErrorDetails, Within, code_name, describe, finish};
use jiff::{Timestamp, tz};
use tokio::{fs::File, io::AsyncWriteExt};
use tonic::{Status, transport::Channel, transport::Endpoint};

type FirstMile = first_mile_service_client::FirstMileServiceClient<Channel>;
type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

const SHOP: i64 = 600_001;
const SHOPS: [i64; 2] = [SHOP, 600_002];
const DEADLINE: Duration = Duration::from_secs(10);
const STREAM_DEADLINE: Duration = Duration::from_secs(60);

#[derive(Parser)]
struct Flags {
    /// HOST:PORT of firstmiled
    #[arg(long, default_value = "127.0.0.1:50051")]
    target: String,
    /// File that the waybill is written to
    #[arg(long, default_value = "waybill.pdf")]
    waybill: PathBuf,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let flags = Flags::parse();
    let channel = Endpoint::from_shared(format!("http://{}", flags.target))?.connect_lazy();
    let mut client = FirstMile::new(channel.clone());
    let waiting = waiting_orders(&mut client).await?;
    for (shop, orders) in &waiting {
        println!("1. shop {shop}: {} orders wait", orders.len());
    }
    let number = generate_number(&mut client).await?;
    println!("2. number {number}");
    bind(&mut client, &number, &waiting[&SHOP]).await?;
    println!("4. on the number: {}", orders_on(&mut client, &number).await?.join(", "));
    save_waybill(&mut client, &number, flags.waybill).await?;
    let mut logistics = logistics_service_client::LogisticsServiceClient::new(channel.clone());
    for order_sn in ["", "NOSUCHORDER"].map(String::from) {
        let request = GetTrackingNumberRequest { shop_id: SHOP, order_sn, ..Default::default() };
        let answer = logistics.get_tracking_number(request.within(DEADLINE)).await;
        let status = answer.err().ok_or("the call did not fail")?;
        println!("6. {} {}", code_name(&status), ErrorDetails::from(&status));
    }
    let request = WatchShopsRequest::default().within(Duration::from_millis(300));
    let mut auth = auth_service_client::AuthServiceClient::new(channel);
    let watch = auth.watch_shops(request).await?.into_inner();
    println!("7. {}", code_name(&finish(watch).await));
    cancel_stream(&mut client).await
}

/// The orders of each shop that can be bound now, sorted. The sidecar turns the pages.
async fn waiting_orders(client: &mut FirstMile) -> Result<BTreeMap<i64, Vec<String>>> {
    let request = StreamUnbindOrdersRequest { shop_ids: SHOPS.into(), page_size: 10, ..Default::default() };
    let request = request.within(STREAM_DEADLINE);
    let mut messages = client.stream_unbind_orders(request).await?.into_inner();
    let mut waiting = BTreeMap::<_, Vec<_>>::new();
    while let Some(message) = messages.message().await? {
        let orders = match message.outcome {
            Some(Outcome::Page(page)) => page.order_list,
            Some(Outcome::Failure(failure)) => return Err(failure.message.into()),
            None => Vec::new(),
        };
        let bindable = |order: &UnbindOrder| order.logistics_status() == LogisticsStatus::RequestCreated;
        let numbers = orders.into_iter().filter(bindable).map(|order| order.order_sn);
        waiting.entry(message.shop_id).or_default().extend(numbers);
    }
    waiting.values_mut().for_each(|orders| orders.sort());
    Ok(waiting)
}

/// A number for tomorrow. Each call makes another one, so it is never repeated blindly.
async fn generate_number(client: &mut FirstMile) -> Result<String> {
    let declare_date = tz::offset(8).to_datetime(Timestamp::now()).date().tomorrow()?.to_string();
    let request = GenerateFirstMileTrackingNumberRequest { shop_id: SHOP, declare_date, quantity: Some(1) };
    let response = client.generate_first_mile_tracking_number(request.within(DEADLINE)).await?;
    let number = response.into_inner().first_mile_tracking_number_list.pop();
    number.ok_or_else(|| "no number came".into())
}

/// The call ends well even when an order fails: each has an outcome of its own.
async fn bind(client: &mut FirstMile, number: &str, waiting: &[String]) -> Result<(), Status> {
    let orders = waiting.iter().take(2).map(String::as_str).chain(["NOSUCHORDER"]);
    let key = |order_sn: &str| OrderKey { order_sn: order_sn.into(), ..Default::default() };
    let request = BindFirstMileTrackingNumberRequest {
        shop_id: SHOP,
        first_mile_tracking_number: number.into(),
        shipment_method: "pickup".into(),
        region: "CN".into(),
        logistics_channel_id: 813, // Shopee's own truck
        order_list: orders.map(key).collect(),
        ..Default::default()
    };
    let response = client.bind_first_mile_tracking_number(request.within(DEADLINE)).await?;
    for outcome in response.into_inner().outcomes {
        println!("3. {}", describe(&outcome));
    }
    Ok(())
}

async fn orders_on(client: &mut FirstMile, number: &str) -> Result<Vec<String>, Status> {
    let mut request = StreamFirstMileDetailRequest { shop_id: SHOP, ..Default::default() };
    request.first_mile_tracking_number = number.into();
    let request = request.within(STREAM_DEADLINE);
    let mut messages = client.stream_first_mile_detail(request).await?.into_inner();
    let mut orders = Vec::new();
    while let Some(message) = messages.message().await? {
        let page = message.page.unwrap_or_default();
        orders.extend(page.order_list.into_iter().map(|order| order.order_sn));
    }
    orders.sort();
    Ok(orders)
}

/// Writes the file piece by piece, so that its size does not matter.
async fn save_waybill(client: &mut FirstMile, number: &str, path: PathBuf) -> Result<()> {
    let first_mile_tracking_number_list = vec![number.into()];
    let request = DownloadWaybillRequest { shop_id: SHOP, first_mile_tracking_number_list };
    let request = request.within(STREAM_DEADLINE);
    let mut pieces = client.download_waybill(request).await?.into_inner();
    let mut file = File::create(path).await?;
    let (mut content_type, mut bytes) = (String::new(), 0);
    while let Some(piece) = pieces.message().await? {
        file.write_all(&piece.chunk).await?;
        bytes += piece.chunk.len();
        content_type += &piece.content_type; // only the first piece has one
    }
    file.flush().await?;
    println!("5. waybill: {content_type}, {bytes} bytes");
    Ok(())
}

/// To drop a stream is to cancel its call. Here a task has it, which is aborted in mid-stream.
async fn cancel_stream(client: &mut FirstMile) -> Result<()> {
    let request = StreamUnbindOrdersRequest { shop_ids: vec![SHOP], page_size: 1, ..Default::default() };
    let mut pages = client.stream_unbind_orders(request.within(STREAM_DEADLINE)).await?.into_inner();
    pages.message().await?;
    let reader = tokio::spawn(finish(pages));
    reader.abort();
    let cancelled = reader.await.is_err_and(|end| end.is_cancelled());
    println!("8. {}", if cancelled { "CANCELLED" } else { "OK" });
    Ok(())
}
