#include "engine/ml/functions.h"

#include "engine/ml/documents.h"
#include "tests/engine/ml/ml_fixture.h"

namespace pawl::engine {
namespace {

class Function : public MlTest {
 protected:
  FunctionResult invoke(const std::string& text,
                        const std::string& payload,
                        const std::string& token = "") {
    functions_ = std::make_unique<Functions>(
        *context_,
        std::map<std::string, FunctionSpec>{{"f", parse_function(text, folder_)}},
        std::nullopt);
    FunctionCall call;
    call.function = "arn:aws:lambda:us-east-1:123456789012:function:f";
    call.payload = payload;
    call.idempotency_token = token;
    auto done = std::make_shared<std::promise<FunctionResult>>();
    functions_->invoke(call, [done](FunctionResult result) { done->set_value(std::move(result)); });
    return wait(done->get_future());
  }
  std::unique_ptr<Functions> functions_;
};

TEST_F(Function, InPythonReturnsItsResult) {
  std::ofstream(folder_ + "/f.py") << "def twice(event, context):\n    return event['n'] * 2\n";
  const auto reply = std::get<FunctionReply>(invoke("f.py:twice", R"({"n": 21})"));
  EXPECT_EQ(reply.payload, "42");
  EXPECT_FALSE(reply.function_error);
}

TEST_F(Function, FindsWhatMakesItsAwsClientsTalkToTheServer) {
  std::ofstream(folder_ + "/f.py")
      << "import os\ndef there(event, context):\n"
         "    return 'sitecustomize.py' in os.listdir(os.environ['PYTHONPATH'])\n";
  EXPECT_EQ(std::get<FunctionReply>(invoke("f.py:there", "{}")).payload, "true");
}

TEST_F(Function, ThatRaisesAnswersItsErrorAsItsPayload) {
  std::ofstream(folder_ + "/f.py")
      << "class Odd(Exception):\n    pass\ndef twice(event, context):\n    raise Odd('no')\n";
  const auto reply = std::get<FunctionReply>(invoke("f.py:twice", "{}"));
  EXPECT_EQ(reply.function_error, "Unhandled");
  EXPECT_NE(reply.payload.find(R"("errorType": "Odd")"), std::string::npos) << reply.payload;
}

TEST_F(Function, AsACommandReadsTheEventAndPrintsTheResult) {
  EXPECT_EQ(std::get<FunctionReply>(invoke("tr a-z A-Z", R"({"a":1})")).payload, "{\"A\":1}");
  EXPECT_EQ(std::get<FunctionReply>(invoke("echo plain text", "{}")).payload, "\"plain text\"");
  EXPECT_EQ(std::get<FunctionReply>(invoke("exit 4", "{}")).function_error, "Unhandled");
}

TEST_F(Function, CalledTwiceForTheSameWorkRunsOnce) {
  const std::string command = "echo run >>runs; echo 1";
  EXPECT_EQ(std::get<FunctionReply>(invoke(command, "{}", "execution#3")).payload, "1\n");
  EXPECT_EQ(std::get<FunctionReply>(invoke(command, "{}", "execution#3")).payload, "1\n");
  std::size_t runs = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ + "/functions")) {
    if (entry.path().filename() == "runs") runs += entry.file_size();
  }
  EXPECT_EQ(runs, std::string("run\n").size());
}

TEST_F(Function, NobodyRegisteredIsNotFound) {
  Functions none(*context_, {}, std::nullopt);
  FunctionCall call;
  call.function = "nobody";
  auto done = std::make_shared<std::promise<FunctionResult>>();
  none.invoke(call, [done](FunctionResult result) { done->set_value(std::move(result)); });
  EXPECT_EQ(std::get<ServiceError>(wait(done->get_future())).message,
            "Function not found: arn:aws:lambda:us-east-1:123456789012:function:nobody:$LATEST");
}

}  // namespace
}  // namespace pawl::engine
