#include "engine/http/parser.h"

#include <limits>
#include <utility>

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace pawl::engine {
namespace {

namespace http = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;

std::string text(string_view view) { return std::string(view.data(), view.size()); }

struct Target {
  MessageHead head;
  bool head_done = false;
  std::function<bool(std::string_view)> sink;
};

template <bool kIsRequest>
class BeastParser final : public http::basic_parser<kIsRequest> {
 public:
  BeastParser(Target& target, std::uint32_t head_bytes_max, bool skip_body) : target_(target) {
    this->header_limit(head_bytes_max);
    // boost::none would refuse every Content-Length: Beast compares it as less than any number.
    this->body_limit(std::numeric_limits<std::uint64_t>::max());
    if (skip_body) this->skip(true);
  }

 private:
  void on_request_impl(
      http::verb, string_view method, string_view target, int version, error_code&) override {
    target_.head.method = text(method);
    target_.head.target = text(target);
    target_.head.version = version;
  }
  void on_response_impl(int status, string_view, int version, error_code&) override {
    target_.head.status = status;
    target_.head.version = version;
  }
  void on_field_impl(http::field, string_view name, string_view value, error_code&) override {
    // Trailers come here too: they may not overrule what was decided by the head.
    if (!target_.head_done) target_.head.headers.add(text(name), text(value));
  }
  void on_header_impl(error_code&) override { target_.head_done = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view body, error_code& ec) override { return pass_on(body, ec); }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code& ec) override {
    return pass_on(body, ec);
  }
  void on_finish_impl(error_code&) override {}

  std::size_t pass_on(string_view body, error_code& ec) {
    if (target_.sink && !target_.sink(std::string_view(body.data(), body.size()))) {
      ec = http::error::body_limit;
    }
    return body.size();
  }

  Target& target_;
};

}  // namespace

template <bool kIsRequest>
struct MessageParser<kIsRequest>::Impl {
  Target target;
  std::uint32_t head_bytes_max = 0;
  std::optional<BeastParser<kIsRequest>> beast;
  bool head_reported = false;
  std::string error;

  Progress failed(const error_code& ec) {
    error = ec.message();
    if (ec == http::error::header_limit) return Progress::kHeadTooLarge;
    if (ec == http::error::body_limit) return Progress::kBodyRefused;
    return Progress::kMalformed;
  }
};

template <bool kIsRequest>
MessageParser<kIsRequest>::MessageParser(std::uint32_t head_bytes_max)
    : impl_(std::make_unique<Impl>()) {
  impl_->head_bytes_max = head_bytes_max;
  reset();
}

template <bool kIsRequest>
MessageParser<kIsRequest>::~MessageParser() = default;

template <bool kIsRequest>
typename MessageParser<kIsRequest>::Put MessageParser<kIsRequest>::put(std::string_view bytes) {
  Put result;
  while (!impl_->beast->is_done()) {
    if (result.consumed == bytes.size()) return result;
    const std::string_view rest = bytes.substr(result.consumed);
    error_code ec;
    result.consumed += impl_->beast->put(boost::asio::buffer(rest.data(), rest.size()), ec);
    if (ec == http::error::need_more) return result;
    if (ec) {
      result.progress = impl_->failed(ec);
      return result;
    }
    if (!impl_->head_reported && impl_->beast->is_header_done()) {
      impl_->head_reported = true;
      result.progress = Progress::kHeadComplete;
      return result;
    }
  }
  result.progress = Progress::kComplete;
  return result;
}

template <bool kIsRequest>
bool MessageParser<kIsRequest>::put_end() {
  if (!impl_->beast->got_some()) return false;
  if (impl_->beast->is_done()) return true;
  error_code ec;
  impl_->beast->put_eof(ec);
  return !ec;
}

template <bool kIsRequest>
void MessageParser<kIsRequest>::reset(bool skip_body) {
  impl_->target.head = MessageHead{};
  impl_->target.head_done = false;
  impl_->head_reported = false;
  impl_->beast.emplace(impl_->target, impl_->head_bytes_max, skip_body);
}

template <bool kIsRequest>
MessageHead& MessageParser<kIsRequest>::head() {
  return impl_->target.head;
}

template <bool kIsRequest>
bool MessageParser<kIsRequest>::started() const {
  return impl_->beast->got_some();
}

template <bool kIsRequest>
bool MessageParser<kIsRequest>::keep_alive() const {
  return impl_->beast->keep_alive();
}

template <bool kIsRequest>
std::optional<std::uint64_t> MessageParser<kIsRequest>::content_length() const {
  const boost::optional<std::uint64_t> length = impl_->beast->content_length();
  if (!length) return std::nullopt;
  return *length;
}

template <bool kIsRequest>
void MessageParser<kIsRequest>::on_body(std::function<bool(std::string_view)> sink) {
  impl_->target.sink = std::move(sink);
}

template <bool kIsRequest>
const std::string& MessageParser<kIsRequest>::error() const {
  return impl_->error;
}

template class MessageParser<true>;
template class MessageParser<false>;

}  // namespace pawl::engine
