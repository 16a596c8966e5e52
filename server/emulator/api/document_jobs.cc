#include <absl/strings/str_cat.h>

#include <string>
#include <vector>

#include "emulator/api/operations.h"
#include "emulator/api/params.h"
#include "emulator/api/waybill_pdf.h"
#include "emulator/world/special_order.h"

namespace emulator::api {
namespace {

namespace json = boost::json;

constexpr std::string_view kJobType = "THERMAL_UNPACKAGED_LABEL";
constexpr int64_t kLabelsMax = 600;
constexpr int64_t kFileSeconds = 24 * 3600;  // from READY to EXPIRED

// What a new job is to label.
struct Plan {
  DocumentJob job;
  json::array taken;
  json::array failed;
};

void AddGoods(const BodyFields& body, Plan& plan, Problem& problem) {
  int64_t labels = 0;
  for (const json::object* goods : body.RequiredObjects("unpackaged_sku_requests", kLabelsMax)) {
    if (problem) return;
    const BodyFields fields(*goods, problem, "unpackaged_sku_requests.");
    const std::string id = fields.Required("unpackaged_sku_id");
    const int64_t quantity = fields.OptionalInt("quantity").value_or(1);
    labels += quantity;
    if (quantity < 1 || labels > kLabelsMax) {
      return problem.WrongParameter("quantity must be 1 to 600 labels in all.");
    }
    plan.taken.emplace_back(id);
    plan.job.labels.insert(plan.job.labels.end(), static_cast<std::size_t>(quantity), id);
  }
}

void FailPackage(const std::string& number, std::string_view error, std::string_view message, Plan& plan) {
  plan.failed.push_back(
      {{"id", number}, {"fail_error", std::string(error)}, {"fail_message", std::string(message)}});
}

void AddPackage(const Call& call, const std::string& number, Plan& plan) {
  const Package* package = call.world.FindPackage(number);
  if (package == nullptr || call.world.order(package->order).shop_id != call.shop.id) {
    return FailPackage(number, "logistics.package_not_exist", "The package is not exist.", plan);
  }
  if (package->logistics_status != LogisticsStatus::kRequestCreated) {
    return FailPackage(number, "logistics.package_can_not_print", "The package can not print now.", plan);
  }
  const Order& order = call.world.order(package->order);
  if (world::SpecialOrderOf(order.sn) == world::SpecialOrder::kDocumentFailed) plan.job.fails = true;
  plan.taken.emplace_back(number);
  plan.job.labels.push_back(number);
}

Plan ReadPlan(const Call& call, const BodyFields& body, Problem& problem) {
  Plan plan;
  if (body.Required("shipping_document_type") != kJobType) {
    problem.WrongParameter("shipping_document_type must be THERMAL_UNPACKAGED_LABEL.");
  }
  if (body.HasValue("package_list") == body.HasValue("unpackaged_sku_requests")) {
    problem.WrongParameter("give one of unpackaged_sku_requests and package_list.");
  }
  if (problem) return plan;
  if (body.HasValue("unpackaged_sku_requests")) {
    AddGoods(body, plan, problem);
  } else {
    for (const std::string& number : body.RequiredStrings("package_list", kLabelsMax)) {
      AddPackage(call, number, plan);
    }
  }
  if (plan.taken.empty()) problem.WrongParameter("nothing can be labelled.");
  return plan;
}

const DocumentJob* FindJob(const Call& call, Problem& problem) {
  const std::string id = BodyFields(call.body, problem).Required("job_id");
  if (problem) return nullptr;
  const DocumentJob* job = call.world.document_jobs().Find(id);
  if (job != nullptr && job->shop_id == call.shop.id) return job;
  problem.WrongParameter(absl::StrCat("job_id ", id, " does not exist."));
  return nullptr;
}

}  // namespace

Reply CreateShippingDocumentJob(Call& call) {
  Problem problem;
  Plan plan = ReadPlan(call, BodyFields(call.body, problem), problem);
  if (problem) return problem.AsReply();
  plan.job.shop_id = call.shop.id;
  plan.job.ready_at = call.world.Now() + call.world.rules().delays.document.count();
  plan.job.expires_at = plan.job.ready_at + kFileSeconds;
  const DocumentJob& job = call.world.document_jobs().Add(std::move(plan.job));
  return Success({{"job_id", job.id},
                  {"success_id_list", std::move(plan.taken)},
                  {"fail_list", std::move(plan.failed)}});
}

Reply GetShippingDocumentJobStatus(Call& call) {
  Problem problem;
  const DocumentJob* job = FindJob(call, problem);
  if (job == nullptr) return problem.AsReply();
  return Success({{"job_id", job->id},
                  {"job_name", absl::StrCat("unpackaged_labels_", job->labels.size(), ".pdf")},
                  {"job_status", std::string(StateOf(*job, call.world.Now()))}});
}

Reply DownloadShippingDocumentJob(Call& call) {
  Problem problem;
  const DocumentJob* job = FindJob(call, problem);
  if (job == nullptr) return problem.AsReply();
  const std::string_view state = StateOf(*job, call.world.Now());
  if (state == "PROCESSING") {
    return Failure("logistics.download_later",
                   absl::StrCat("Processing, please download later. Detail: ", job->id));
  }
  if (state == "FAILED") {
    return Failure(
        "logistics.sd_job_print_failed",
        absl::StrCat("Some package failed to print, please call create_shipping_document_job again. "
                     "Detail: ",
                     job->id));
  }
  if (state == "EXPIRED") {
    return Failure("logistics.sd_file_expired",
                   "The shipping document file is expired, please get a new one and retry.");
  }
  std::vector<LabelLines> labels;
  labels.reserve(job->labels.size());
  for (const std::string& label : job->labels) labels.push_back({label, "Label", "Made by shopee-emulator"});
  Reply reply;
  reply.file = LabelPdf(labels);
  reply.file_type = "application/pdf";
  return reply;
}

}  // namespace emulator::api
