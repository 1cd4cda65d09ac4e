// schemas/openapi.yaml as tests read it: what it says of each path, and whether an answer keeps to it. asyncapi.yaml describes its values
// in the same way.
//
// Understands the part of JSON Schema that the file uses, and throws at a keyword it does not know: nothing is passed over in silence.
#pragma once

#include <yaml-cpp/yaml.h>

#include <boost/json/fwd.hpp>
#include <map>
#include <set>

#include "api/http.h"

namespace samples {

class Contract {
 public:
  explicit Contract(const std::string& file);

  struct Operation {
    std::set<std::string> parameters;  // "path id", "query limit", "query type*" where it repeats
    std::set<unsigned> statuses;
    std::string summary;
  };
  // By path and method ("GET").
  std::map<std::string, std::map<std::string, Operation>> operations() const;

  // How an answer breaks it; empty where it does not.
  std::string broken_by(const caseledger::api::Request& request, const caseledger::api::Response& response) const;

  // How a value fails to be what components/schemas/<name> describes; empty where it does not.
  std::string misfit(const boost::json::value& value, const std::string& name) const;

  const YAML::Node& root() const { return root_; }

 private:
  YAML::Node follow(const YAML::Node& node) const;  // to what a $ref names
  YAML::Node path_of(const std::string& asked) const;

  YAML::Node root_;
};

}  // namespace samples
