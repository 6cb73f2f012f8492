// Markdown, as GitHub has it, as a page of HTML.
#pragma once

#include <string>
#include <string_view>

namespace pawl::engine {

// Throws std::runtime_error when there is no memory for it.
std::string html_page(std::string_view title, std::string_view markdown);

}  // namespace pawl::engine
