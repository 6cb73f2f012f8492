#include "tests/simulation/lagging_journal.h"

#include <future>

namespace pawl::simulation {

LaggingJournal::Held LaggingJournal::take() {
  Held oldest = std::move(held_.front());
  held_.pop_front();
  return oldest;
}

void LaggingJournal::write_one(bool report) {
  Held oldest = take();
  std::promise<AppendStatus> written;
  inner_.append(std::move(oldest.append),
                [&written](AppendStatus status) { written.set_value(status); });
  const AppendStatus status = written.get_future().get();
  if (report) oldest.done(status);
}

void LaggingJournal::fail_one() { take().done(AppendStatus::kFailed); }

void LaggingJournal::expect_disk() const {
  if (reads_fail) throw engine::StoreUnavailable("no disk");
}

}  // namespace pawl::simulation
