// What several of SageMaker's requests are made of.
#pragma once

#include <string>
#include <vector>

#include "engine/http/aws_shape.h"

namespace pawl::engine::sagemaker_shapes {

Shape name();  // of a resource
Shape s3_uri();
Shape tags();
// Of a List action; `more`: what it takes beside what they all take. Empty `status`: it has no
// StatusEquals.
Shape list_request(std::vector<std::string> sort_by,
                   std::vector<std::string> status,
                   const std::vector<Member>& more = {});

}  // namespace pawl::engine::sagemaker_shapes
