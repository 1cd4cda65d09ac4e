// Cases of missing children told in words: what opens one, who is missing, who is back.
#pragma once

#include "tests/support/told.h"

namespace stories {

struct OpenedAs {
  std::string type = "ERU";
  std::string clocks = {};  // more of them than that we were told
  bool told_us = true;      // as it was opened
  bool state_care = false, trafficking = false;
};

// One of the clocks; several stand behind each other.
inline std::string clock(const std::string& name, const std::string& at, const std::string& precision = {}) {
  return R"(,{"clock":")" + name + R"(","at":")" + at + (precision.empty() ? "" : R"(","precision":")" + precision) + "\"}";
}

class Cases : public Told {
 public:
  void opened(unsigned n, const std::string& at, const OpenedAs& how = {}) {
    const std::string clocks = (how.told_us ? clock("reported_us", at) : "") + how.clocks;
    tell(of(n, "CaseOpened"), at,
         R"({"case_type":")" + how.type + R"(","clocks":[)" + clocks.substr(1) + R"(],"missing_from":{"state":"US-TX"},"state_care":)" + (how.state_care ? "true" : "false") +
             R"(,"trafficking_indicator":")" + (how.trafficking ? "yes" : "no") + R"(","episode_no":1})");
  }
  void child(unsigned n, const std::string& subject, const std::string& at, const std::string& more = {}) {
    tell(of(n, "CaseSubjectAdded"), at, R"({"subject_id":")" + subject + R"(","role":"missing_child")" + more + "}");
  }
  // With a child of its own, $n.
  void missing(unsigned n, const std::string& at, const OpenedAs& how = {}) {
    opened(n, at, how);
    child(n, subject(n), at);
  }
  void back(unsigned n, const std::string& subject, const std::string& at, const std::string& outcome = "safe", const std::string& attribution = "[]") {
    tell(of(n, "ChildRecovered"), at,
         R"({"subject_id":")" + subject + R"(","at":")" + at + R"(","outcome":")" + outcome + R"(","verified_by":"le-1","verified_by_class":"le","attribution":)" + attribution + "}");
  }
  void back(unsigned n, const std::string& at) { back(n, subject(n), at); }
  void closed(unsigned n, const std::string& at, const std::string& reason) { tell(of(n, "CaseClosed"), at, R"({"reason":")" + reason + "\"}", {.imported = true}); }
  // told: when law enforcement received the report.
  Version ncic(unsigned n, const std::string& kind, const std::string& at, const std::string& told = {}) {
    return tell(of(n, "CaseNcicEntryRecorded"), "@60d",
                R"({"entered_at":")" + at + R"(","category":"EMJ","update_kind":")" + kind + "\"" + (told.empty() ? "" : R"(,"le_report_received_at":")" + told + "\"") + "}");
  }

 protected:
  static std::string of(unsigned n, const std::string& type) { return "case " + std::to_string(n) + ' ' + type; }
  static std::string subject(unsigned n) { return "$" + std::to_string(n); }
};

}  // namespace stories
