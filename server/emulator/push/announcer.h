// Turns changes in the world into pushes. Called under the lock of the world.
#pragma once

#include <cstdint>
#include <string_view>

#include "emulator/push/outbox.h"
#include "emulator/world/observer.h"

namespace emulator::push {

class Announcer : public WorldObserver {
 public:
  Announcer(Outbox& outbox, int64_t partner_id) : outbox_(outbox), partner_id_(partner_id) {}

  void OnOrderStatus(const Order& order) override;
  void OnTrackingNumber(const Order& order, const Package& package, int64_t at) override;
  void OnFulfillment(const Order& order, const Package& package, int64_t at) override;
  void OnDocument(const Order& order, const Package& package, DocumentState state, int64_t at) override;
  void OnBookingStatus(const Booking& booking) override;
  void OnBookingNumber(const Booking& booking, int64_t at) override;
  void OnBookingDocument(const Booking& booking, DocumentState state, int64_t at) override;
  void OnBinding(const FirstMileNumber& binding, std::string_view code, FirstMileStatus status,
                 int64_t at) override;
  void OnAuthorized(World& world, const AccountChange& change, int64_t at) override;
  void OnCancelled(World& world, const AccountChange& change, int64_t at) override;
  void OnMidnight(World& world, int64_t at) override;

 private:
  void AnnounceExpired(World& world, int64_t at);
  void AnnounceExpiringSoon(World& world, int64_t at);

  Outbox& outbox_;
  const int64_t partner_id_;
};

}  // namespace emulator::push
