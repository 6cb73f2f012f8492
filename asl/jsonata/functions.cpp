#include "asl/jsonata/functions.h"

#include <map>

#include "asl/jsonata/signature.h"

namespace pawl::asl::jsonata {
namespace {

using FunctionTable = std::map<std::string_view, Value, std::less<>>;

FunctionTable make_function_table(Mode mode) {
  FunctionTable table;
  for (const auto family : {string_functions(),
                            match_functions(),
                            number_functions(),
                            array_functions(),
                            object_functions(),
                            higher_order_functions(),
                            time_functions(),
                            mode == Mode::kPlain ? plain_functions() : std::span<const Builtin>(),
                            aws_functions()}) {
    for (const Builtin& builtin : family) {
      static std::vector<std::shared_ptr<const Signature>> signatures;
      signatures.push_back(Signature::parse(builtin.signature));
      table[builtin.name] =
          Value::of(Function{{}, BuiltinFunction{&builtin, signatures.back().get()}});
    }
  }
  return table;
}

}  // namespace

Value builtin_function(std::string_view name, Mode mode) {
  static const FunctionTable kPlain = make_function_table(Mode::kPlain);
  static const FunctionTable kAws = make_function_table(Mode::kAws);
  const FunctionTable& table = mode == Mode::kPlain ? kPlain : kAws;
  const auto found = table.find(name);
  return found == table.end() ? Value() : found->second.borrowed();
}

}  // namespace pawl::asl::jsonata
