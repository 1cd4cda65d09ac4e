#include "tests/support/schema_release.h"

#include <algorithm>
#include <flatbuffers/idl.h>
#include <flatbuffers/util.h>
#include <memory>
#include <sstream>
#include <stdexcept>

namespace samples {

namespace {

using namespace flatbuffers;

std::unique_ptr<Parser> parse(const std::filesystem::path& folder, const std::string& root) {
  auto parser = std::make_unique<Parser>();
  std::string text;
  const std::string file = (folder / root).string(), within = folder.string();
  const char* include_folders[] = {within.c_str(), nullptr};
  if (!LoadFile(file.c_str(), false, &text)) throw std::runtime_error("cannot read " + file);
  if (!parser->Parse(text.c_str(), include_folders, file.c_str())) throw std::runtime_error(parser->error_);
  return parser;
}

std::string type_name(const Type& type) {
  const auto base = [&](BaseType one) -> std::string {
    if (one == BASE_TYPE_STRUCT) return type.struct_def->name;
    if (type.enum_def) return type.enum_def->name;
    return kTypeNames[one];
  };
  if (type.base_type == BASE_TYPE_VECTOR) return '[' + base(type.element) + ']';
  if (type.base_type == BASE_TYPE_ARRAY) return '[' + base(type.element) + ':' + std::to_string(type.fixed_length) + ']';
  return base(type.base_type);
}

const Value* attribute(const Definition& definition, const std::string& key) { return definition.attributes.Lookup(key); }

std::vector<std::string> words(const Definition& definition, const std::string& key) {
  std::vector<std::string> all;
  if (const Value* value = attribute(definition, key)) {
    std::istringstream text(value->constant);
    for (std::string word; text >> word;) all.push_back(word);
  }
  return all;
}

long long number(const Definition& definition, const std::string& key, long long otherwise) {
  const Value* value = attribute(definition, key);
  return value ? std::stoll(value->constant) : otherwise;
}

class Comparison {
 public:
  Comparison(const Parser& released, Parser& current) : released_(released), current_(current) {}

  std::vector<std::string> run() {
    if (auto error = current_.ConformTo(released_); !error.empty()) say(error);
    for (const auto& [name, was] : released_.structs_.dict) {
      const StructDef* is = current_.structs_.Lookup(name);
      if (is) record(*was, *is);
      else say(was->name + " is gone");
    }
    for (const auto& [name, was] : released_.enums_.dict) {
      const EnumDef* is = current_.enums_.Lookup(name);
      if (is) enumeration(*was, *is);
      else say(was->name + " is gone");
    }
    const auto root = [](const Parser& parser) { return parser.root_struct_def_ ? parser.root_struct_def_->name : std::string(); };
    if (root(released_) != root(current_)) say("the root is another table");
    if (released_.file_identifier_ != current_.file_identifier_) say("the file identifier is another");
    return std::move(found_);
  }

 private:
  void say(std::string sentence) { found_.push_back(std::move(sentence)); }

  void record(const StructDef& was, const StructDef& is) {
    const std::string& name = was.name;
    for (const auto* key : {"streams", "opens", "sealed"}) {
      const auto now = words(is, key);
      for (const auto& word : words(was, key))
        if (std::ranges::find(now, word) == now.end()) say(name + " has lost " + word + " of its " + key);
    }
    const auto demanded = words(was, "sealed_must");
    for (const auto& word : words(is, "sealed_must"))
      if (std::ranges::find(demanded, word) == demanded.end()) say(name + " now demands a sealed " + word);
    if (words(was, "group") != words(is, "group")) say(name + " has changed its group");
    if (was.fixed && (!is.fixed || was.bytesize != is.bytesize || was.minalign != is.minalign || was.fields.vec.size() != is.fields.vec.size()))
      say(name + " is a struct and has changed its layout");
    for (const auto* field : was.fields.vec) {
      const auto same = std::ranges::find(is.fields.vec, field->value.offset, [](const auto* each) { return each->value.offset; });
      if (same == is.fields.vec.end()) say(name + '.' + field->name + " is gone");
      else compare(name + '.' + field->name, *field, **same);
    }
    for (const auto* field : is.fields.vec) {
      const bool is_new = std::ranges::none_of(was.fields.vec, [&](const auto* each) { return each->value.offset == field->value.offset; });
      if (is_new && (field->IsRequired() || attribute(*field, "must"))) say(name + '.' + field->name + " is new and demanded");
    }
  }

  void compare(const std::string& name, const FieldDef& was, const FieldDef& is) {
    if (was.name != is.name) say(name + " is now called " + is.name);
    if (type_name(was.value.type) != type_name(is.value.type)) say(name + " was a " + type_name(was.value.type) + " and is a " + type_name(is.value.type));
    if (was.value.constant != is.value.constant) say(name + " has another default");
    if (was.presence != is.presence) say(name + " is no longer as required or optional as it was");
    if (was.deprecated != is.deprecated) say(name + " is deprecated");
    for (const auto* key : {"must", "code", "canonical"})
      if (attribute(is, key) && !attribute(was, key)) say(name + " has become " + key);
    if ((attribute(is, "time") == nullptr) != (attribute(was, "time") == nullptr)) say(name + " has changed being a time");
    if (words(is, "pii") == std::vector<std::string>{"P4"} && words(was, "pii") != words(is, "pii")) say(name + " has become child-sensitive");
    const bool counted = is.value.type.base_type == BASE_TYPE_STRING || is.value.type.base_type == BASE_TYPE_VECTOR;
    const long long open_end = counted ? 64 : std::numeric_limits<long long>::max();
    if (number(is, "max", open_end) < number(was, "max", open_end)) say(name + " has a lower max");
    if (number(is, "each", 64) < number(was, "each", 64)) say(name + " has a lower each");
    if (number(is, "min", 0) > number(was, "min", 0)) say(name + " has a higher min");
  }

  void enumeration(const EnumDef& was, const EnumDef& is) {
    if (was.is_union != is.is_union || was.underlying_type.base_type != is.underlying_type.base_type) say(was.name + " has changed its kind");
    if (attribute(was, "open") && !attribute(is, "open")) say(was.name + " is no longer open");
    for (const auto* value : was.Vals()) {
      const auto same = std::ranges::find(is.Vals(), value->GetAsInt64(), &EnumVal::GetAsInt64);
      if (same == is.Vals().end()) say(was.name + '.' + value->name + " is gone");
      else if ((*same)->name != value->name) say(was.name + '.' + value->name + " is now called " + (*same)->name);
      else if (was.is_union && value->IsNonZero() && type_name((*same)->union_type) != type_name(value->union_type))
        say(was.name + '.' + value->name + " is now of another type");
    }
  }

  const Parser& released_;
  Parser& current_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> breaches(const std::filesystem::path& released, const std::filesystem::path& current, const std::string& root) {
  const auto was = parse(released, root), is = parse(current, root);
  return Comparison(*was, *is).run();
}

}  // namespace samples
