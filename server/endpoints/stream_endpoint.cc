#include "endpoints/stream_endpoint.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "endpoints/endpoint_table.h"
#include "endpoints/field_copy.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/rpc/status.pb.h"

namespace firstmile::endpoints {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool IsSubject(const FieldDescriptor& field) {
  return field.options().GetExtension(firstmile::v1::wire).subject();
}

absl::Status DoesNotFit(absl::string_view name, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(name, ": ", why));
}

bool IsSingle(const FieldDescriptor* field, FieldDescriptor::Type type) {
  return field != nullptr && !field->is_repeated() && field->type() == type;
}

bool IsCursorMap(const FieldDescriptor& field) {
  return field.is_map() && field.message_type()->map_key()->type() == FieldDescriptor::TYPE_INT64 &&
         field.message_type()->map_value()->type() == FieldDescriptor::TYPE_STRING;
}

}  // namespace

absl::StatusOr<StreamEndpoint> StreamEndpoint::Compile(const google::protobuf::MethodDescriptor& stream,
                                                       const Endpoint& source,
                                                       const Descriptor& source_request,
                                                       const Descriptor& source_response) {
  StreamEndpoint endpoint;
  endpoint.operation_ = absl::StrCat(stream.service()->name(), "/", stream.name());
  endpoint.source_ = &source;
  endpoint.source_request_prototype_ =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&source_request);
  absl::StatusOr<RequestRules> rules = RequestRules::Compile(*stream.input_type());
  if (!rules.ok()) return rules.status();
  endpoint.rules_ = *std::move(rules);
  absl::Status status = endpoint.CompileRequest(*stream.input_type(), source_request);
  if (status.ok()) status = endpoint.CompilePaging(source_request, source_response);
  if (status.ok()) status = endpoint.CompileFrame(*stream.output_type(), source_response);
  if (!status.ok()) return status;
  return endpoint;
}

absl::Status StreamEndpoint::CompileRequest(const Descriptor& request, const Descriptor& source_request) {
  source_subject_ = source_->subject;
  if (source_subject_ == nullptr)
    return DoesNotFit(source_->operation, "a stream needs a source with a subject");
  for (int i = 0; i < request.field_count(); ++i) {
    const FieldDescriptor& field = *request.field(i);
    if (IsSubject(field)) {
      if (shops_ != nullptr) return DoesNotFit(field.full_name(), "a second (wire).subject");
      if (field.type() != FieldDescriptor::TYPE_INT64) return DoesNotFit(field.full_name(), "must be int64");
      shops_ = &field;
    } else if (field.name() == "resume_cursors") {
      if (!IsCursorMap(field)) return DoesNotFit(field.full_name(), "must be map<int64, string>");
      resume_cursors_ = &field;
    } else {
      const FieldDescriptor* same = source_request.FindFieldByName(field.name());
      if (same == nullptr || !SameShape(field, *same)) {
        return DoesNotFit(field.full_name(), absl::StrCat("has no twin in ", source_request.full_name()));
      }
      copied_.emplace_back(&field, same);
    }
  }
  return shops_ != nullptr ? absl::OkStatus() : DoesNotFit(request.full_name(), "no field is (wire).subject");
}

absl::Status StreamEndpoint::CompilePaging(const Descriptor& source_request,
                                           const Descriptor& source_response) {
  if (source_->paging == firstmile::v1::PAGING_STYLE_UNSPECIFIED) return absl::OkStatus();
  cursor_ = source_request.FindFieldByName("cursor");
  more_ = source_response.FindFieldByName("more");
  next_cursor_ = source_response.FindFieldByName("next_cursor");
  if (!IsSingle(cursor_, FieldDescriptor::TYPE_STRING)) {
    return DoesNotFit(source_request.full_name(), "paging needs a text `cursor`");
  }
  cursor_bytes_max_ = RequestRules::BytesMaxOf(*cursor_);
  if (!IsSingle(more_, FieldDescriptor::TYPE_BOOL) || !IsSingle(next_cursor_, FieldDescriptor::TYPE_STRING)) {
    return DoesNotFit(source_response.full_name(), "paging needs a bool `more` and a text `next_cursor`");
  }
  return absl::OkStatus();
}

absl::Status StreamEndpoint::CompileFrame(const Descriptor& frame, const Descriptor& source_response) {
  if (source_->payload == firstmile::v1::PAYLOAD_KIND_FILE) return absl::OkStatus();
  page_ = frame.FindFieldByName("page");
  if (!IsSingle(page_, FieldDescriptor::TYPE_MESSAGE) || page_->message_type() != &source_response) {
    return DoesNotFit(frame.full_name(),
                      absl::StrCat("needs a field `page` of ", source_response.full_name()));
  }
  failure_ = frame.FindFieldByName("failure");
  if (!IsSingle(failure_, FieldDescriptor::TYPE_MESSAGE) ||
      failure_->message_type() != google::rpc::Status::descriptor()) {
    return DoesNotFit(frame.full_name(), "needs a field `failure` of google.rpc.Status");
  }
  frame_shop_ = frame.FindFieldByName("shop_id");
  resume_cursor_ = frame.FindFieldByName("resume_cursor");
  last_ = frame.FindFieldByName("last");
  const bool position = IsSingle(frame_shop_, FieldDescriptor::TYPE_INT64) &&
                        IsSingle(resume_cursor_, FieldDescriptor::TYPE_STRING) &&
                        IsSingle(last_, FieldDescriptor::TYPE_BOOL);
  return position
             ? absl::OkStatus()
             : DoesNotFit(frame.full_name(), "needs int64 `shop_id`, text `resume_cursor` and bool `last`");
}

std::vector<std::int64_t> StreamEndpoint::Shops(const Message& stream_request) const {
  const google::protobuf::Reflection& reflection = *stream_request.GetReflection();
  if (!shops_->is_repeated()) return {reflection.GetInt64(stream_request, shops_)};
  std::vector<std::int64_t> shops;
  absl::flat_hash_set<std::int64_t> seen;
  for (int i = 0; i < reflection.FieldSize(stream_request, shops_); ++i) {
    const std::int64_t shop = reflection.GetRepeatedInt64(stream_request, shops_, i);
    if (seen.insert(shop).second) shops.push_back(shop);
  }
  return shops;
}

std::unique_ptr<Message> StreamEndpoint::FirstRequest(const Message& stream_request,
                                                      std::int64_t shop) const {
  std::unique_ptr<Message> request(source_request_prototype_->New());
  for (const auto& [from, to] : copied_) CopyField(stream_request, *from, request.get(), *to);
  request->GetReflection()->SetInt64(request.get(), source_subject_, shop);
  std::string cursor = ResumeCursor(stream_request, shop);
  if (!cursor.empty()) SetCursor(request.get(), std::move(cursor));
  return request;
}

std::string StreamEndpoint::ResumeCursor(const Message& stream_request, std::int64_t shop) const {
  if (resume_cursors_ == nullptr) return "";
  const google::protobuf::Reflection& reflection = *stream_request.GetReflection();
  const Descriptor& entry_type = *resume_cursors_->message_type();
  for (int i = 0; i < reflection.FieldSize(stream_request, resume_cursors_); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(stream_request, resume_cursors_, i);
    if (entry.GetReflection()->GetInt64(entry, entry_type.map_key()) != shop) continue;
    return entry.GetReflection()->GetString(entry, entry_type.map_value());
  }
  return "";
}

std::string StreamEndpoint::Cursor(const Message& source_request) const {
  return cursor_ == nullptr ? "" : source_request.GetReflection()->GetString(source_request, cursor_);
}

void StreamEndpoint::SetCursor(Message* source_request, std::string cursor) const {
  if (cursor_ == nullptr) return;
  source_request->GetReflection()->SetString(source_request, cursor_, std::move(cursor));
}

std::string StreamEndpoint::NextCursor(const Message& page, bool* stuck) const {
  *stuck = false;
  if (more_ == nullptr || !page.GetReflection()->GetBool(page, more_)) return "";
  std::string cursor = page.GetReflection()->GetString(page, next_cursor_);
  *stuck = cursor.empty();
  return cursor;
}

Message* StreamEndpoint::MutablePage(Message* frame) const {
  return frame->GetReflection()->MutableMessage(frame, page_);
}

google::rpc::Status* StreamEndpoint::MutableFailure(Message* frame) const {
  return static_cast<google::rpc::Status*>(frame->GetReflection()->MutableMessage(frame, failure_));
}

void StreamEndpoint::SetPosition(Message* frame, std::int64_t shop, absl::string_view resume_cursor,
                                 bool last) const {
  const google::protobuf::Reflection& reflection = *frame->GetReflection();
  reflection.SetInt64(frame, frame_shop_, shop);
  reflection.SetString(frame, resume_cursor_, std::string(resume_cursor));
  reflection.SetBool(frame, last_, last);
}

}  // namespace firstmile::endpoints
