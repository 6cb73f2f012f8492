// Jobs of services elsewhere, with one service on a real socket that has the answers.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>

#include "engine/connectors/optimised.h"
#include "engine/connectors/wrapped_actions.h"
#include "engine/store/store.h"
#include "tests/engine/connectors/service_fixture.h"

namespace pawl::engine {

// A service that has answers by action, each given as often as it is asked for, the last one for
// ever. "404 {...}" is a refusal.
class JobTask : public ServiceTask {
 protected:
  JobTask() {
    service_.answer_with([this](const HttpRequest& request, const Responder& respond) {
      const std::string action = action_of(request);
      HttpResponse response;
      response.headers.set("x-amzn-RequestId", "r");
      {
        const std::lock_guard lock(mutex_);
        asked_.push_back(action + " " + request.body);
        auto& list = answers_[action];
        response.body = list.empty() ? "{}" : list.front();
        if (response.body.starts_with("404 ")) {
          response.status = 404;
          response.body = response.body.substr(4);
        }
        if (list.size() > 1) list.erase(list.begin());
        came_.notify_all();
      }
      respond(std::move(response));
    });
  }
  // Jobs are asked for until the end.
  ~JobTask() override {
    executor_.stop();
    service_.stop();
  }
  static std::string action_of(const HttpRequest& request) {
    const std::string target(request.headers.get("X-Amz-Target"));
    return target.empty() ? request.target : target.substr(target.find('.') + 1);
  }
  void answers(const std::string& action, std::vector<std::string> list) {
    const std::lock_guard lock(mutex_);
    answers_[action] = std::move(list);
  }
  // What was asked, once `action` has been asked for.
  std::vector<std::string> asked_until(const std::string& action) {
    std::unique_lock lock(mutex_);
    const auto is_there = [&] {
      for (const std::string& one : asked_) {
        if (one.starts_with(action)) return true;
      }
      return false;
    };
    if (!came_.wait_for(lock, std::chrono::minutes(1), is_there))
      throw std::runtime_error(action + " was not asked for");
    return asked_;
  }
  std::size_t times_asked(const std::string& action) {
    const std::lock_guard lock(mutex_);
    std::size_t count = 0;
    for (const std::string& one : asked_) count += one.starts_with(action + " ") ? 1 : 0;
    return count;
  }
  OptimisedConnector::Parts parts() {
    return {.models = installed_models(),
            .caller = caller_,
            .executor = executor_,
            .records = store_->records(),
            .now = [this] { return clock_.now(); },
            .poll_delay = std::chrono::milliseconds(1),
            .poll_delay_max = std::chrono::milliseconds(1)};
  }

  std::mutex mutex_;
  std::condition_variable came_;
  std::map<std::string, std::vector<std::string>> answers_;
  std::vector<std::string> asked_;
  std::unique_ptr<Store> store_ = open_store("memory:");
  std::shared_ptr<Reports> reports_ = std::make_shared<Reports>();
  OptimisedConnector connector_{parts()};
};

}  // namespace pawl::engine
