#include <algorithm>
#include <cctype>

#include "engine/ml/context.h"

namespace pawl::engine {

namespace {
std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return text;
}
}  // namespace

std::string sagemaker_arn(const MlContext& context,
                          const std::string& type,
                          const std::string& name) {
  return "arn:aws:sagemaker:" + context.region + ":" + context.account + ":" + type + "/" +
         lower(name);
}

std::string glue_arn(const MlContext& context, const std::string& type, const std::string& name) {
  return "arn:aws:glue:" + context.region + ":" + context.account + ":" + type + "/" + name;
}

}  // namespace pawl::engine
