#include "endpoints/page_cursor.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "endpoints/endpoint_table.h"
#include "firstmile/v1/common.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace firstmile::endpoints {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Shopee's own, where the sidecar sends none (get_metric_source_detail, get_late_orders).
constexpr std::int64_t kShopeesPageSize = 10;

// What the sidecar sends when the request has none.
std::int64_t DefaultOf(const FieldDescriptor& page_size) {
  const auto& values = page_size.options().GetExtension(firstmile::mapping::wire).default_values();
  std::int64_t size = 0;
  return values.size() == 1 && absl::SimpleAtoi(values[0], &size) ? size : kShopeesPageSize;
}

// Most digits of an int32 page number.
constexpr std::size_t kPageNumberBytesMax = 10;

absl::Status DoesNotFit(const Descriptor& type, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(type.full_name(), ": ", why));
}

bool IsSingle(const FieldDescriptor* field, int type) {
  return field != nullptr && !field->is_repeated() && field->type() == type;
}

}  // namespace

PageCursor::Place PageCursor::Find(const Descriptor& type, absl::string_view name, int kind) {
  const std::string wanted(name);
  if (const FieldDescriptor* field = type.FindFieldByName(wanted); IsSingle(field, kind))
    return {.field = field};
  for (int i = 0; i < type.field_count(); ++i) {
    const Descriptor* inner = type.field(i)->message_type();
    if (inner == nullptr || type.field(i)->is_repeated()) continue;
    if (const FieldDescriptor* field = inner->FindFieldByName(wanted); IsSingle(field, kind))
      return {.holder = type.field(i), .field = field};
  }
  return {};
}

const Message& PageCursor::HolderOf(const Message& message, const Place& place) {
  return place.holder == nullptr ? message : message.GetReflection()->GetMessage(message, place.holder);
}

absl::StatusOr<PageCursor> PageCursor::Compile(const Endpoint& source, const Descriptor& request,
                                               const Descriptor& response) {
  PageCursor pages;
  absl::Status status;
  if (source.paging == firstmile::mapping::PAGING_STYLE_CURSOR)
    status = pages.CompileCursors(request, response);
  if (source.paging == firstmile::mapping::PAGING_STYLE_PAGE_NO)
    status = pages.CompileNumbers(request, response);
  if (!status.ok()) return status;
  if (source.paging == firstmile::mapping::PAGING_STYLE_UNSPECIFIED) return pages;
  pages.header_ = response.FindFieldByName("header");
  const bool headed = IsSingle(pages.header_, FieldDescriptor::TYPE_MESSAGE) &&
                      pages.header_->message_type() == v1::ResponseHeader::descriptor();
  if (!headed) return DoesNotFit(response, "paging needs a `header`");
  return pages;
}

absl::Status PageCursor::CompileCursors(const Descriptor& request, const Descriptor& response) {
  cursor_ = Find(request, "cursor", FieldDescriptor::TYPE_STRING);
  if (cursor_.field == nullptr) return DoesNotFit(request, "paging needs a text `cursor`");
  more_ = Find(response, "more", FieldDescriptor::TYPE_BOOL);
  next_cursor_ = Find(response, "next_cursor", FieldDescriptor::TYPE_STRING);
  if (more_.field == nullptr || next_cursor_.field == nullptr)
    return DoesNotFit(response, "paging needs a bool `more` and a text `next_cursor`");
  bytes_max_ = RequestRules::BytesMaxOf(*cursor_.field);
  return absl::OkStatus();
}

absl::Status PageCursor::CompileNumbers(const Descriptor& request, const Descriptor& response) {
  page_no_ = request.FindFieldByName("page_no");
  page_size_ = request.FindFieldByName("page_size");
  if (!IsSingle(page_no_, FieldDescriptor::TYPE_INT32) || !IsSingle(page_size_, FieldDescriptor::TYPE_INT32))
    return DoesNotFit(request, "paging needs an int32 `page_no` and an int32 `page_size`");
  more_ = Find(response, "more", FieldDescriptor::TYPE_BOOL);
  total_ = Find(response, "total_count", FieldDescriptor::TYPE_INT32);
  if (more_.field == nullptr && total_.field == nullptr)
    return DoesNotFit(response, "paging needs a bool `more` or an int32 `total_count`");
  bytes_max_ = kPageNumberBytesMax;
  default_page_size_ = DefaultOf(*page_size_);
  return absl::OkStatus();
}

bool PageCursor::CanBe(absl::string_view cursor) const {
  std::int32_t number = 0;
  return page_no_ == nullptr || cursor.empty() || (absl::SimpleAtoi(cursor, &number) && number > 0);
}

std::int64_t PageCursor::PageNumber(const Message& request) const {
  return std::max<std::int64_t>(1, request.GetReflection()->GetInt32(request, page_no_));
}

std::string PageCursor::Get(const Message& request) const {
  if (page_no_ != nullptr) {
    const std::int64_t number = PageNumber(request);
    return number == 1 ? "" : absl::StrCat(number);
  }
  if (cursor_.field == nullptr) return "";
  const Message& holder = HolderOf(request, cursor_);
  return holder.GetReflection()->GetString(holder, cursor_.field);
}

void PageCursor::Set(Message* request, std::string cursor) const {
  const google::protobuf::Reflection& reflection = *request->GetReflection();
  if (page_no_ != nullptr) {
    std::int32_t number = 1;
    if (!cursor.empty() && !absl::SimpleAtoi(cursor, &number)) number = 1;
    reflection.SetInt32(request, page_no_, number);
  } else if (cursor_.field != nullptr) {
    Message* holder =
        cursor_.holder == nullptr ? request : reflection.MutableMessage(request, cursor_.holder);
    holder->GetReflection()->SetString(holder, cursor_.field, std::move(cursor));
  }
}

bool PageCursor::IsUnclear(const Message& page, const Place& place) const {
  const auto& header =
      static_cast<const v1::ResponseHeader&>(page.GetReflection()->GetMessage(page, header_));
  const std::string inner = place.holder == nullptr ? "" : absl::StrCat(place.holder->name(), ".");
  return header.unmodeled_fields().contains(absl::StrCat(inner, place.field->name()));
}

NextPage PageCursor::Next(const Message& request, const Message& page) const {
  using enum NextPage::Kind;
  if (page_no_ != nullptr) return NextNumber(request, page);
  if (cursor_.field == nullptr) return {};
  const bool unclear = IsUnclear(page, more_);
  if (!unclear && !More(page)) return {};
  const Message& holder = HolderOf(page, next_cursor_);
  std::string cursor = holder.GetReflection()->GetString(holder, next_cursor_.field);
  if (cursor.empty()) return {.kind = unclear ? kUnknown : kNowhere};
  return {.kind = kAt, .cursor = std::move(cursor)};
}

bool PageCursor::More(const Message& page) const {
  const Message& holder = HolderOf(page, more_);
  return holder.GetReflection()->GetBool(holder, more_.field);
}

// Without `more`, the total count tells whether rows are left.
bool PageCursor::RowsAreLeft(const Message& request, const Message& page) const {
  const std::int64_t given = request.GetReflection()->GetInt32(request, page_size_);
  const std::int64_t read = PageNumber(request) * (given > 0 ? given : default_page_size_);
  const Message& holder = HolderOf(page, total_);
  return read < holder.GetReflection()->GetInt32(holder, total_.field);
}

NextPage PageCursor::NextNumber(const Message& request, const Message& page) const {
  using enum NextPage::Kind;
  const bool tells_more = more_.field != nullptr;
  if (IsUnclear(page, tells_more ? more_ : total_)) return {.kind = kUnknown};
  if (tells_more ? !More(page) : !RowsAreLeft(request, page)) return {};
  return {.kind = kAt, .cursor = absl::StrCat(PageNumber(request) + 1)};
}

}  // namespace firstmile::endpoints
