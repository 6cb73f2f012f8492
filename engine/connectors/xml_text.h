// The little that connectors read of XML answers.
#pragma once

#include <string>

namespace pawl::engine {

// The text of the first element of this name; "" when there is none.
std::string xml_element_text(const std::string& xml, const std::string& name);

}  // namespace pawl::engine
