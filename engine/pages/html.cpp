#include "engine/pages/html.h"

#include <md4c-html.h>

#include <stdexcept>

#include "engine/http/xml_escape.h"

namespace pawl::engine {
namespace {

constexpr std::string_view kStyle =
    ":root{color-scheme:light dark}"
    "body{font:16px/1.55 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}"
    "code,pre{font:14px/1.45 ui-monospace,monospace}"
    "pre{padding:.75rem 1rem;overflow-x:auto;border:1px solid #8885;border-radius:6px}"
    "table{border-collapse:collapse;display:block;overflow-x:auto}"
    "th,td{border:1px solid #8885;padding:.3rem .6rem;text-align:left;vertical-align:top}";

void append(const MD_CHAR* text, MD_SIZE size, void* out) {
  static_cast<std::string*>(out)->append(text, size);
}

}  // namespace

std::string html_page(std::string_view title, std::string_view markdown) {
  std::string page = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">";
  page.append("<meta name=\"viewport\" content=\"width=device-width\"><title>");
  page.append(xml_escape(title)).append("</title><style>").append(kStyle).append("</style></head>");
  page.append("<body>\n");
  if (md_html(markdown.data(),
              static_cast<MD_SIZE>(markdown.size()),
              append,
              &page,
              MD_DIALECT_GITHUB | MD_FLAG_NOHTML,
              0) != 0) {
    throw std::runtime_error("no memory for a page");
  }
  return page.append("</body></html>\n");
}

}  // namespace pawl::engine
