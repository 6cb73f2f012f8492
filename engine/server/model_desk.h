// The model registry for the REST API.
#pragma once

#include "engine/api/model_desk.h"
#include "engine/ml/services.h"

namespace pawl::engine {

class ServerModelDesk final : public ModelDesk {
 public:
  // REQUIRES: both outlive it.
  ServerModelDesk(MlServices& services, const JsonService& sagemaker)
      : services_(services), sagemaker_(sagemaker) {}

  std::optional<asl::Json> find(const std::string& model) override;
  asl::Json list_versions(const std::string& model, std::int64_t after, std::size_t limit) override;
  std::optional<asl::Json> find_version(const std::string& model, std::int64_t version) override;
  void register_version(NewModelVersion version,
                        const std::string& owner,
                        const ActionReply& reply) override;
  std::optional<asl::Json> containers_of(const std::string& sagemaker_model) override;
  asl::Json change_version(const std::string& model,
                           std::int64_t version,
                           asl::Json update,
                           const Check& check) override;
  bool remove_version(const std::string& model, std::int64_t version, const Check& check) override;
  asl::Json list_aliases(const std::string& model) override;
  std::optional<asl::Json> find_alias(const std::string& model, const std::string& alias) override;
  std::optional<asl::Json> put_alias(const std::string& model,
                                     const std::string& alias,
                                     const ModelAliasTarget& target,
                                     const Check& check) override;
  bool remove_alias(const std::string& model,
                    const std::string& alias,
                    const Check& check) override;

 private:
  asl::Json version_of(const std::string& model, const Record& record);

  MlServices& services_;
  const JsonService& sagemaker_;
};

}  // namespace pawl::engine
