// Documents that an XML schema allows, made from the schema alone: the rare, the empty and the long as often as the usual.
//
// Knows what the CyberTipline's XSD uses: elements by name, by reference and inline, sequence, choice, all, simple content with
// attributes, enumerations, two patterns, and the built-in types it names.
#pragma once

#include <memory>
#include <random>
#include <string>

struct _xmlDoc;
struct _xmlNode;

namespace samples {

class XsdGenerator {
 public:
  XsdGenerator(std::string_view xsd, std::uint64_t seed);
  ~XsdGenerator();

  std::string document(std::string_view root);
  // What libxml2 says against it by itself; empty where it is valid.
  std::string invalid(const std::string& document) const;

 private:
  struct Compiled;
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }
  bool rarely() { return below(8) == 0; }

  const _xmlNode* named(std::string_view kind, std::string_view name) const;
  void element(const _xmlNode* declaration, std::string& to);
  void particle(const _xmlNode* model, std::string& to);
  void occurrences(const _xmlNode* declaration, std::string& to);
  void attributes(const _xmlNode* type, std::string& to);
  std::string simple(std::string_view type);
  std::string restricted(const _xmlNode* simple_type);
  std::string text();
  std::string time();

  std::unique_ptr<Compiled> compiled_;
  std::mt19937_64 random_;
  int depth_ = 0;
};

}  // namespace samples
