// How a backend has parcels picked up, from waiting orders to a printable waybill.
#include <grpcpp/grpcpp.h>

#include <ctime>
#include <fstream>
#include <iostream>
#include <map>
#include <set>

#include "firstmile/calls.h"
#include "firstmile/errors.h"
#include "firstmile/v1/auth_service.grpc.pb.h"
#include "firstmile/v1/first_mile_service.grpc.pb.h"
#include "firstmile/v1/logistics_service.grpc.pb.h"

using namespace firstmile::v1;
using namespace std::chrono_literals;
using firstmile::Call, firstmile::MessageStream;
using FirstMile = FirstMileService::Stub;
using Orders = std::set<std::string>;

constexpr int64_t kShop = 600001, kOtherShop = 600002;

StreamUnbindOrdersRequest UnbindOrdersOf(std::initializer_list<int64_t> shops, int page_size) {
  StreamUnbindOrdersRequest request;
  request.mutable_shop_ids()->Assign(shops.begin(), shops.end());
  request.set_page_size(page_size);
  return request;
}

// The orders of each shop that can be bound now. The sidecar turns the pages.
std::map<int64_t, Orders> WaitingOrders(FirstMile& first_mile) {
  std::map<int64_t, Orders> waiting{{kShop, {}}, {kOtherShop, {}}};
  MessageStream stream(first_mile, &FirstMile::StreamUnbindOrders, UnbindOrdersOf({kShop, kOtherShop}, 10));
  while (const auto* message = stream.Next()) {
    if (message->has_failure()) throw std::runtime_error(message->failure().message());
    for (const UnbindOrder& order : message->page().order_list()) {
      if (order.logistics_status() != LOGISTICS_STATUS_REQUEST_CREATED) continue;
      waiting[message->shop_id()].insert(order.order_sn());
    }
  }
  return waiting;
}

// A number for tomorrow. Never repeat this call blindly: each one makes another number.
std::string GenerateNumber(FirstMile& first_mile) {
  const std::time_t tomorrow_in_china = std::time(nullptr) + (24 + 8) * 60 * 60;
  char date[sizeof "YYYY-MM-DD"];
  std::strftime(date, sizeof date, "%Y-%m-%d", std::gmtime(&tomorrow_in_china));
  GenerateFirstMileTrackingNumberRequest request;
  request.set_shop_id(kShop);
  request.set_declare_date(date);
  request.set_quantity(1);
  const auto answer = Call(first_mile, &FirstMile::GenerateFirstMileTrackingNumber, request);
  return answer.first_mile_tracking_number_list(0);
}

// Binds two orders and one that does not exist. OK means that Shopee answered: each has its own outcome.
void Bind(FirstMile& first_mile, const std::string& number, const Orders& waiting) {
  BindFirstMileTrackingNumberRequest request;
  request.set_shop_id(kShop);
  request.set_first_mile_tracking_number(number);
  request.set_shipment_method("pickup");
  request.set_region("CN");
  request.set_logistics_channel_id(813);  // Shopee's own truck
  for (auto order = waiting.begin(); order != waiting.end() && request.order_list_size() < 2; ++order) {
    request.add_order_list()->set_order_sn(*order);
  }
  request.add_order_list()->set_order_sn("NOSUCHORDER");
  const auto answer = Call(first_mile, &FirstMile::BindFirstMileTrackingNumber, request);
  for (const auto& outcome : answer.outcomes()) std::cout << "3. " << firstmile::Described(outcome) << '\n';
}

void PrintBoundOrders(FirstMile& first_mile, const std::string& number) {
  StreamFirstMileDetailRequest request;
  request.set_shop_id(kShop);
  request.set_first_mile_tracking_number(number);
  Orders bound;
  MessageStream stream(first_mile, &FirstMile::StreamFirstMileDetail, request);
  while (const auto* message = stream.Next()) {
    for (const BoundOrder& order : message->page().order_list()) bound.insert(order.order_sn());
  }
  std::cout << "4. on the number: ";
  for (const std::string& order : bound) std::cout << (order == *bound.begin() ? "" : ", ") << order;
  std::cout << '\n';
}

// Writes the file piece by piece, so that its size does not matter.
void SaveWaybill(FirstMile& first_mile, const std::string& number, const std::string& path) {
  DownloadWaybillRequest request;
  request.set_shop_id(kShop);
  request.add_first_mile_tracking_number_list(number);
  std::ofstream file;
  file.exceptions(std::ios::failbit | std::ios::badbit);
  file.open(path, std::ios::binary);
  std::string content_type;
  MessageStream stream(first_mile, &FirstMile::DownloadWaybill, request);
  while (const auto* piece = stream.Next()) {
    content_type += piece->content_type();  // only the first piece has one
    file << piece->chunk();
  }
  std::cout << "5. waybill: " << content_type << ", " << file.tellp() << " bytes\n";
}

// What an error tells to programs.
void PrintRefusal(LogisticsService::Stub& logistics, const std::string& order) {
  GetTrackingNumberRequest request;
  request.set_shop_id(kShop);
  request.set_order_sn(order);
  try {
    Call(logistics, &LogisticsService::Stub::GetTrackingNumber, request);
  } catch (const firstmile::CallError& error) {
    const firstmile::ErrorDetails details = firstmile::ErrorDetailsOf(error.status());
    std::cout << "6. " << firstmile::CodeName(error.status()) << ' ' << firstmile::Described(details) << '\n';
  }
}

void Tell(const std::shared_ptr<grpc::Channel>& channel, const std::string& waybill) {
  const auto auth = AuthService::NewStub(channel);
  const auto first_mile = FirstMileService::NewStub(channel);
  const auto logistics = LogisticsService::NewStub(channel);
  const auto waiting = WaitingOrders(*first_mile);
  for (const auto& [shop, orders] : waiting)
    std::cout << "1. shop " << shop << ": " << orders.size() << " orders wait\n";
  const std::string number = GenerateNumber(*first_mile);
  std::cout << "2. number " << number << '\n';
  Bind(*first_mile, number, waiting.at(kShop));
  PrintBoundOrders(*first_mile, number);
  SaveWaybill(*first_mile, number, waybill);
  for (const char* order : {"", "NOSUCHORDER"}) PrintRefusal(*logistics, order);
  MessageStream watch(*auth, &AuthService::Stub::WatchShops, WatchShopsRequest(), 300ms);
  std::cout << "7. " << firstmile::CodeName(watch.Finish()) << '\n';
  MessageStream pages(*first_mile, &FirstMile::StreamUnbindOrders, UnbindOrdersOf({kShop}, 1));
  pages.Next();
  pages.Cancel();
  std::cout << "8. " << firstmile::CodeName(pages.Finish()) << '\n';
}

int main(int argc, char** argv) {
  std::map<std::string, std::string> flags{{"--target", "127.0.0.1:50051"}, {"--waybill", "waybill.pdf"}};
  for (int i = 1; i + 1 < argc; i += 2) flags[argv[i]] = argv[i + 1];
  try {
    Tell(grpc::CreateChannel(flags["--target"], grpc::InsecureChannelCredentials()), flags["--waybill"]);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
