#include "endpoints/stream_endpoint.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "endpoints/endpoint_table.h"
#include "endpoints/field_copy.h"
#include "firstmile/v1/common.pb.h"
#include "firstmile/v1/failure.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace firstmile::endpoints {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool IsSubject(const FieldDescriptor& field) {
  return field.options().GetExtension(firstmile::mapping::wire).subject();
}

absl::Status DoesNotFit(absl::string_view name, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(name, ": ", why));
}

errors::Violation NoCursor(std::string field) {
  return {.field = std::move(field),
          .description = "no resume_cursor of this list: send back one that the stream gave"};
}

bool IsSingle(const FieldDescriptor* field, FieldDescriptor::Type type) {
  return field != nullptr && !field->is_repeated() && field->type() == type;
}

}  // namespace

absl::StatusOr<StreamEndpoint> StreamEndpoint::Compile(const google::protobuf::MethodDescriptor& stream,
                                                       const Endpoint& source,
                                                       const Descriptor& source_request,
                                                       const Descriptor& source_response) {
  StreamEndpoint endpoint;
  endpoint.operation_ = absl::StrCat(stream.service()->name(), "/", stream.name());
  endpoint.source_ = &source;
  auto& messages = *google::protobuf::MessageFactory::generated_factory();
  endpoint.source_request_prototype_ = messages.GetPrototype(&source_request);
  endpoint.source_response_prototype_ = messages.GetPrototype(&source_response);
  absl::StatusOr<RequestRules> rules = RequestRules::Compile(*stream.input_type());
  if (!rules.ok()) return rules.status();
  endpoint.rules_ = *std::move(rules);
  absl::Status status = endpoint.CompileRequest(*stream.input_type(), source_request);
  if (!status.ok()) return status;
  absl::StatusOr<PageCursor> cursor = PageCursor::Compile(source, source_request, source_response);
  if (!cursor.ok()) return cursor.status();
  endpoint.cursor_ = *std::move(cursor);
  status = source.payload == firstmile::mapping::PAYLOAD_KIND_FILE
               ? endpoint.CompileChunk(*stream.output_type())
               : endpoint.CompileFrame(*stream.output_type(), source_response);
  if (!status.ok()) return status;
  return endpoint;
}

// The public lists have no subject, and resume at one cursor.
absl::Status StreamEndpoint::CompileRequest(const Descriptor& request, const Descriptor& source_request) {
  for (int i = 0; i < request.field_count(); ++i) {
    const FieldDescriptor& field = *request.field(i);
    if (IsSubject(field)) {
      if (subjects_ != nullptr) return DoesNotFit(field.full_name(), "a second (wire).subject");
      if (field.type() != FieldDescriptor::TYPE_INT64) return DoesNotFit(field.full_name(), "must be int64");
      subjects_ = &field;
    } else if (field.name() == "resume") {
      if (absl::Status status = CompileResume(field); !status.ok()) return status;
    } else if (field.name() == "resume_cursor" && IsSingle(&field, FieldDescriptor::TYPE_STRING)) {
      resume_cursor_of_ = &field;
    } else {
      const FieldDescriptor* same = source_request.FindFieldByName(field.name());
      if (same == nullptr || !SameShape(field, *same)) {
        return DoesNotFit(field.full_name(), absl::StrCat("has no twin in ", source_request.full_name()));
      }
      copied_.emplace_back(&field, same);
    }
  }
  const bool wanted = source_->scope != firstmile::v1::AUTH_SCOPE_PUBLIC;
  if (wanted == (subjects_ != nullptr)) return absl::OkStatus();
  return DoesNotFit(request.full_name(),
                    wanted ? "no field is (wire).subject" : "a public list has no (wire).subject");
}

absl::Status StreamEndpoint::CompileResume(const FieldDescriptor& field) {
  resume_ = &field;
  const Descriptor* entry = field.is_repeated() ? field.message_type() : nullptr;
  if (entry != nullptr) {
    resume_id_ = source_->subject == nullptr ? nullptr : entry->FindFieldByName(source_->subject->name());
    resume_cursor_of_ = entry->FindFieldByName("resume_cursor");
  }
  const bool fits = IsSingle(resume_id_, FieldDescriptor::TYPE_INT64) &&
                    IsSingle(resume_cursor_of_, FieldDescriptor::TYPE_STRING);
  return fits ? absl::OkStatus()
              : DoesNotFit(field.full_name(),
                           "needs entries with the subject's id and a text `resume_cursor`");
}

absl::Status StreamEndpoint::CompileFrame(const Descriptor& frame, const Descriptor& source_response) {
  page_ = frame.FindFieldByName("page");
  if (!IsSingle(page_, FieldDescriptor::TYPE_MESSAGE) || page_->message_type() != &source_response) {
    return DoesNotFit(frame.full_name(),
                      absl::StrCat("needs a field `page` of ", source_response.full_name()));
  }
  failure_ = frame.FindFieldByName("failure");
  const bool fails = IsSingle(failure_, FieldDescriptor::TYPE_MESSAGE) &&
                     failure_->message_type() == v1::Failure::descriptor();
  if (subjects_ != nullptr && subjects_->is_repeated() && !fails) {
    return DoesNotFit(frame.full_name(), "a stream of several subjects needs a field `failure` of Failure");
  }
  return CompilePosition(frame);
}

absl::Status StreamEndpoint::CompilePosition(const Descriptor& frame) {
  if (subjects_ != nullptr) {
    frame_id_ = frame.FindFieldByName(source_->subject->name());
    if (!IsSingle(frame_id_, FieldDescriptor::TYPE_INT64))
      return DoesNotFit(frame.full_name(), absl::StrCat("needs an int64 `", source_->subject->name(), "`"));
  }
  resume_cursor_ = frame.FindFieldByName("resume_cursor");
  last_ = frame.FindFieldByName("last");
  const bool position =
      IsSingle(resume_cursor_, FieldDescriptor::TYPE_STRING) && IsSingle(last_, FieldDescriptor::TYPE_BOOL);
  return position ? absl::OkStatus()
                  : DoesNotFit(frame.full_name(), "needs a text `resume_cursor` and a bool `last`");
}

absl::Status StreamEndpoint::CompileChunk(const Descriptor& frame) {
  content_type_ = frame.FindFieldByName("content_type");
  total_bytes_ = frame.FindFieldByName("total_bytes");
  chunk_ = frame.FindFieldByName("chunk");
  const bool file = IsSingle(content_type_, FieldDescriptor::TYPE_STRING) &&
                    IsSingle(total_bytes_, FieldDescriptor::TYPE_INT64) &&
                    IsSingle(chunk_, FieldDescriptor::TYPE_BYTES);
  return file ? absl::OkStatus()
              : DoesNotFit(frame.full_name(),
                           "needs a text `content_type`, an int64 `total_bytes` and bytes `chunk`");
}

std::vector<subjects::Subject> StreamEndpoint::Subjects(const Message& stream_request) const {
  if (subjects_ == nullptr) return {subjects::Partner()};
  const subjects::SubjectKind kind = source_->subject_kind();
  const google::protobuf::Reflection& reflection = *stream_request.GetReflection();
  if (!subjects_->is_repeated()) return {{kind, reflection.GetInt64(stream_request, subjects_)}};
  std::vector<subjects::Subject> subjects;
  absl::flat_hash_set<std::int64_t> seen;
  for (int i = 0; i < reflection.FieldSize(stream_request, subjects_); ++i) {
    const std::int64_t id = reflection.GetRepeatedInt64(stream_request, subjects_, i);
    if (seen.insert(id).second) subjects.push_back({kind, id});
  }
  return subjects;
}

std::vector<errors::Violation> StreamEndpoint::Check(const Message& stream_request) const {
  std::vector<errors::Violation> violations = rules_.Check(stream_request);
  if (!violations.empty()) return violations;
  const google::protobuf::Reflection& reflection = *stream_request.GetReflection();
  if (resume_ == nullptr) {
    if (!cursor_.CanBe(ResumeCursor(stream_request, 0))) violations.push_back(NoCursor("resume_cursor"));
    return violations;
  }
  for (int i = 0; i < reflection.FieldSize(stream_request, resume_); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(stream_request, resume_, i);
    if (!cursor_.CanBe(entry.GetReflection()->GetString(entry, resume_cursor_of_)))
      violations.push_back(NoCursor(absl::StrCat(resume_->name(), "[", i, "].resume_cursor")));
  }
  return violations;
}

std::unique_ptr<Message> StreamEndpoint::FirstRequest(const Message& stream_request,
                                                      subjects::Subject subject) const {
  std::unique_ptr<Message> request(source_request_prototype_->New());
  for (const auto& [from, to] : copied_) CopyField(stream_request, *from, request.get(), *to);
  if (subjects_ != nullptr) request->GetReflection()->SetInt64(request.get(), source_->subject, subject.id);
  cursor_.Set(request.get(), ResumeCursor(stream_request, subject.id));
  return request;
}

std::unique_ptr<Message> StreamEndpoint::NewAnswer() const {
  return std::unique_ptr<Message>(source_response_prototype_->New());
}

std::string StreamEndpoint::ResumeCursor(const Message& stream_request, std::int64_t id) const {
  const google::protobuf::Reflection& reflection = *stream_request.GetReflection();
  if (resume_ == nullptr) {
    return resume_cursor_of_ == nullptr ? "" : reflection.GetString(stream_request, resume_cursor_of_);
  }
  for (int i = 0; i < reflection.FieldSize(stream_request, resume_); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(stream_request, resume_, i);
    if (entry.GetReflection()->GetInt64(entry, resume_id_) == id)
      return entry.GetReflection()->GetString(entry, resume_cursor_of_);
  }
  return "";
}

Message* StreamEndpoint::MutablePage(Message* frame) const {
  return frame->GetReflection()->MutableMessage(frame, page_);
}

v1::Failure* StreamEndpoint::MutableFailure(Message* frame) const {
  return static_cast<v1::Failure*>(frame->GetReflection()->MutableMessage(frame, failure_));
}

void StreamEndpoint::SetPosition(Message* frame, subjects::Subject subject, absl::string_view resume_cursor,
                                 bool last) const {
  const google::protobuf::Reflection& reflection = *frame->GetReflection();
  if (frame_id_ != nullptr) reflection.SetInt64(frame, frame_id_, subject.id);
  reflection.SetString(frame, resume_cursor_, std::string(resume_cursor));
  reflection.SetBool(frame, last_, last);
}

void StreamEndpoint::SetFile(Message* frame, const std::string& content_type,
                             std::int64_t total_bytes) const {
  const google::protobuf::Reflection& reflection = *frame->GetReflection();
  reflection.SetString(frame, content_type_, content_type);
  reflection.SetInt64(frame, total_bytes_, total_bytes);
}

void StreamEndpoint::SetChunk(Message* frame, std::string chunk) const {
  frame->GetReflection()->SetString(frame, chunk_, std::move(chunk));
}

}  // namespace firstmile::endpoints
