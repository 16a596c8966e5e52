#include "tokens/token_record.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "firstmile/storage/v1/token_record.pb.h"

namespace firstmile::tokens {
namespace {

using google::protobuf::Timestamp;
namespace pb = storage::v1;

pb::SubjectKind KindOf(Subject subject) {
  return subject.kind == SubjectKind::kShop ? pb::SUBJECT_KIND_SHOP : pb::SUBJECT_KIND_MERCHANT;
}

void SetTime(absl::Time time, Timestamp* out) {
  out->set_seconds(absl::ToUnixSeconds(time));
}

// An absent field is an infinite time.
absl::Time TimeOf(bool present, const Timestamp& time) {
  return present ? absl::FromUnixSeconds(time.seconds()) : absl::InfiniteFuture();
}

std::string BindingOf(Subject subject, std::int64_t generation) {
  return absl::StrCat(KeyOf(subject), "#", generation);
}

absl::StatusOr<std::string> EncryptPair(const TokenCipher& cipher, const TokenRecord& record) {
  pb::TokenPair pair;
  pair.set_access_token(std::string(record.pair.access_token.Reveal()));
  pair.set_refresh_token(std::string(record.pair.refresh_token.Reveal()));
  return cipher.Encrypt(secrets::Secret(pair.SerializeAsString()),
                        BindingOf(record.subject, record.generation));
}

absl::StatusOr<TokenPair> OpenPair(const TokenCipher& cipher, const pb::TokenRecord& stored,
                                   Subject subject) {
  absl::StatusOr<secrets::Secret> opened =
      cipher.Open(stored.encrypted_pair(), BindingOf(subject, stored.generation()));
  if (!opened.ok()) return opened.status();
  pb::TokenPair pair;
  if (!pair.ParseFromArray(opened->Reveal().data(), static_cast<int>(opened->Reveal().size()))) {
    return absl::DataLossError("an encrypted pair cannot be read");
  }
  return TokenPair{secrets::Secret(std::move(*pair.mutable_access_token())),
                   secrets::Secret(std::move(*pair.mutable_refresh_token()))};
}

absl::StatusOr<pb::TokenRecord> Parse(const std::string& key, const StoredRecord& stored) {
  pb::TokenRecord record;
  const bool parsed = record.ParseFromString(stored.bytes);
  const Subject subject{
      record.subject().kind() == pb::SUBJECT_KIND_SHOP ? SubjectKind::kShop : SubjectKind::kMerchant,
      record.subject().id()};
  if (!parsed || KeyOf(subject) != key) {
    return absl::DataLossError(absl::StrCat("the record ", key, " of the token store cannot be read"));
  }
  return record;
}

TokenRecord WithoutPair(const pb::TokenRecord& stored, Version version) {
  TokenRecord record;
  record.subject = {
      stored.subject().kind() == pb::SUBJECT_KIND_SHOP ? SubjectKind::kShop : SubjectKind::kMerchant,
      stored.subject().id()};
  record.generation = stored.generation();
  record.obtained = absl::FromUnixSeconds(stored.obtained_time().seconds());
  record.access_expires = TimeOf(stored.has_access_expire_time(), stored.access_expire_time());
  record.refresh_expires = TimeOf(stored.has_refresh_expire_time(), stored.refresh_expire_time());
  record.authorization_expires =
      TimeOf(stored.has_authorization_expire_time(), stored.authorization_expire_time());
  record.refreshed = stored.refreshed();
  if (stored.has_refresh()) {
    record.refresh = RefreshLease{stored.refresh().owner(),
                                  absl::FromUnixSeconds(stored.refresh().started_time().seconds()),
                                  stored.refresh().attempts()};
  }
  if (stored.has_authorization_required()) {
    record.authorization_required = AuthorizationRequirement{
        stored.authorization_required().reason(), stored.authorization_required().detail(),
        absl::FromUnixSeconds(stored.authorization_required().since_time().seconds())};
  }
  record.renewable = stored.renewable();
  record.forgotten = stored.forgotten();
  record.version = version;
  return record;
}

}  // namespace

std::string KeyOf(Subject subject) {
  return absl::StrFormat("%s/%020d", subject.kind == SubjectKind::kShop ? "shop" : "merchant", subject.id);
}

absl::StatusOr<std::string> RecordCodec::Encode(const TokenRecord& record) const {
  absl::StatusOr<std::string> encrypted = EncryptPair(cipher_, record);
  if (!encrypted.ok()) return encrypted.status();
  pb::TokenRecord stored;
  stored.mutable_subject()->set_kind(KindOf(record.subject));
  stored.mutable_subject()->set_id(record.subject.id);
  stored.set_generation(record.generation);
  stored.set_encrypted_pair(*std::move(encrypted));
  SetTime(record.obtained, stored.mutable_obtained_time());
  const absl::Time never = absl::InfiniteFuture();
  if (record.access_expires != never) SetTime(record.access_expires, stored.mutable_access_expire_time());
  if (record.refresh_expires != never) SetTime(record.refresh_expires, stored.mutable_refresh_expire_time());
  if (record.authorization_expires != never) {
    SetTime(record.authorization_expires, stored.mutable_authorization_expire_time());
  }
  stored.set_refreshed(record.refreshed);
  stored.set_renewable(!record.pair.refresh_token.empty());
  stored.set_forgotten(record.forgotten);
  if (record.refresh.has_value()) {
    stored.mutable_refresh()->set_owner(record.refresh->owner);
    stored.mutable_refresh()->set_attempts(record.refresh->attempts);
    SetTime(record.refresh->started, stored.mutable_refresh()->mutable_started_time());
  }
  if (record.authorization_required.has_value()) {
    stored.mutable_authorization_required()->set_reason(record.authorization_required->reason);
    stored.mutable_authorization_required()->set_detail(record.authorization_required->detail);
    SetTime(record.authorization_required->since,
            stored.mutable_authorization_required()->mutable_since_time());
  }
  return stored.SerializeAsString();
}

absl::StatusOr<TokenRecord> RecordCodec::Decode(const std::string& key, const StoredRecord& stored) const {
  absl::StatusOr<pb::TokenRecord> parsed = Parse(key, stored);
  if (!parsed.ok()) return parsed.status();
  TokenRecord record = WithoutPair(*parsed, stored.version);
  absl::StatusOr<TokenPair> pair = OpenPair(cipher_, *parsed, record.subject);
  if (!pair.ok()) return pair.status();
  record.pair = *std::move(pair);
  return record;
}

absl::StatusOr<TokenRecord> RecordCodec::DecodeWithoutPair(const std::string& key,
                                                           const StoredRecord& stored) const {
  absl::StatusOr<pb::TokenRecord> parsed = Parse(key, stored);
  if (!parsed.ok()) return parsed.status();
  TokenRecord record = WithoutPair(*parsed, stored.version);
  record.needs_reencryption = !cipher_.EncryptedUnderFirstKey(parsed->encrypted_pair());
  return record;
}

}  // namespace firstmile::tokens
