#include "engine/http/response_head.h"

#include <array>
#include <charconv>
#include <ctime>

#include "engine/http/text.h"

namespace pawl::engine {
namespace {

void append_number(std::string& out, std::uint64_t value) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

void append_clean(std::string& out, std::string_view text) {
  for (const char c : text) out.push_back(c == '\r' || c == '\n' || c == '\0' ? ' ' : c);
}

// [spec] An origin server with a clock MUST generate a Date header field in 2xx, 3xx and 4xx
// responses.
//        https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1
const std::string& date_line() {
  thread_local std::time_t made_at = 0;
  thread_local std::string line;
  const std::time_t now = std::time(nullptr);
  if (now != made_at) {
    static constexpr std::array<const char*, 7> kDays{
        "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array<const char*, 12> kMonths{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::array<char, 64> rest{};
    std::strftime(rest.data(), rest.size(), " %Y %H:%M:%S GMT\r\n", &utc);
    std::array<char, 8> day{};
    std::strftime(day.data(), day.size(), "%d", &utc);
    // Not %a and %b: those follow the locale.
    line = std::string("Date: ") + kDays.at(static_cast<std::size_t>(utc.tm_wday)) + ", " +
           day.data() + " " + kMonths.at(static_cast<std::size_t>(utc.tm_mon)) + rest.data();
    made_at = now;
  }
  return line;
}

bool is_ours(std::string_view name, bool keep_length_header) {
  if (equal_without_case(name, "Content-Length")) return !keep_length_header;
  return equal_without_case(name, "Date") || equal_without_case(name, "Connection") ||
         equal_without_case(name, "Transfer-Encoding") || equal_without_case(name, "Keep-Alive");
}

void append_framing(std::string& out, const HttpResponse& response, const HeadOptions& options) {
  if (options.framing == BodyFraming::kChunked) {
    out.append("Transfer-Encoding: chunked\r\n");
  } else if (options.framing == BodyFraming::kLength &&
             !(options.keep_length_header && response.headers.has("Content-Length"))) {
    out.append("Content-Length: ");
    append_number(out, options.length);
    out.append("\r\n");
  }
}

}  // namespace

void append_response_head(std::string& out,
                          const HttpResponse& response,
                          const HeadOptions& options) {
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::uint64_t>(response.status));
  out.push_back(' ');
  out.append(reason_phrase(response.status));
  out.append("\r\n");
  out.append(date_line());
  for (const auto& [name, value] : response.headers.fields()) {
    if (is_ours(name, options.keep_length_header)) continue;
    append_clean(out, name);
    out.append(": ");
    append_clean(out, value);
    out.append("\r\n");
  }
  append_framing(out, response, options);
  if (!options.keep_alive) {
    out.append("Connection: close\r\n");
  } else if (options.version == 10) {
    out.append("Connection: keep-alive\r\n");
  }
  out.append("\r\n");
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 203:
      return "Non-Authoritative Information";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 207:
      return "Multi-Status";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 402:
      return "Payment Required";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 423:
      return "Locked";
    case 424:
      return "Failed Dependency";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 451:
      return "Unavailable For Legal Reasons";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 507:
      return "Insufficient Storage";
    default:
      return status < 400 ? "OK" : "Error";
  }
}

}  // namespace pawl::engine
