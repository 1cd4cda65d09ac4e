// The strict reading of JSON text, on Boost's event parser: its own document parser keeps the last of two equal members.
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_stack.hpp>
#include <cmath>
#include <unordered_set>

#include "api/json.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;
using json::error_code;

class Document {
 public:
  static constexpr std::size_t max_object_size = json::object::max_size();
  static constexpr std::size_t max_array_size = json::array::max_size();
  static constexpr std::size_t max_key_size = json::string::max_size();
  static constexpr std::size_t max_string_size = json::string::max_size();

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) {
    members_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t count, error_code&) {
    members_.pop_back();
    stack_.push_object(count);
    return true;
  }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t count, error_code&) {
    stack_.push_array(count);
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, error_code&) {
    key_.append(part.data(), part.size());
    stack_.push_chars(part);
    return true;
  }
  bool on_key(json::string_view part, std::size_t, error_code& error) {
    key_.append(part.data(), part.size());
    stack_.push_key(part);
    if (!members_.back().insert(key_).second) return refuse("a member is written twice", error);
    key_.clear();
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_string(json::string_view part, std::size_t, error_code&) {
    stack_.push_string(part);
    return true;
  }
  bool on_number_part(json::string_view part, error_code&) {
    fraction_ = fraction_ || part.find_first_of(".eE") != json::string_view::npos;
    return true;
  }
  bool on_int64(std::int64_t value, json::string_view, error_code&) {
    fraction_ = false;
    stack_.push_int64(value);
    return true;
  }
  bool on_uint64(std::uint64_t value, json::string_view, error_code&) {
    fraction_ = false;
    stack_.push_uint64(value);
    return true;
  }
  bool on_double(double value, json::string_view part, error_code& error) {
    on_number_part(part, error);
    if (!fraction_) return refuse("an integer does not fit 64 bits: write it as text", error);
    if (!std::isfinite(value)) return refuse("a number is too large", error);
    fraction_ = false;
    stack_.push_double(value);
    return true;
  }
  bool on_bool(bool value, error_code&) {
    stack_.push_bool(value);
    return true;
  }
  bool on_null(error_code&) {
    stack_.push_null();
    return true;
  }
  bool on_comment_part(json::string_view, error_code&) { return true; }
  bool on_comment(json::string_view, error_code&) { return true; }

  json::value release() { return stack_.release(); }
  const char* refusal() const { return refusal_; }

 private:
  bool refuse(const char* why, error_code& error) {
    refusal_ = why;
    error = make_error_code(json::error::not_number);  // any: `refusal` is what is told
    return false;
  }

  json::value_stack stack_;
  std::vector<std::unordered_set<std::string>> members_;  // of each object that is open
  std::string key_;
  bool fraction_ = false;
  const char* refusal_ = nullptr;
};

}  // namespace

Result<boost::json::value> parse_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = json_depth_max;
  json::basic_parser<Document> parser(options);
  error_code error;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
  const auto sentence = [&](const std::string& why) { return fail(Errc::malformed, "no JSON: " + why + ", at byte " + std::to_string(read)); };
  if (parser.handler().refusal()) return sentence(parser.handler().refusal());
  if (error) return sentence(error.message());
  if (read < text.size()) return sentence("something follows its end");
  return parser.handler().release();
}

std::string to_text(const boost::json::value& json) { return json::serialize(json); }

}  // namespace caseledger::api
