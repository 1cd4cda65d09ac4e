// Queries, the Accept header and periods, as requests write them.
#include <catch2/catch.hpp>

#include "api/as_of.h"
#include "api/query.h"

using namespace caseledger;
using namespace caseledger::api;

namespace {

constexpr Parameter known[] = {{"from", Parameter::In::query, false}, {"type", Parameter::In::query, true}, {"id", Parameter::In::path, false}};

Result<Query> parse(std::string_view text) { return Query::parse(text, known, 4096); }

Errc refusal(std::string_view text) {
  const auto query = parse(text);
  INFO(text);
  REQUIRE_FALSE(query);
  return query.error().code;
}

}  // namespace

TEST_CASE("percent-encoded bytes are decoded once, and a plus sign stays one") {
  CHECK(*percent_decoded("a%2Bb+c%25%32%46") == "a+b+c%2F");
  CHECK(*percent_decoded("%C3%A9") == "\xc3\xa9");
  CHECK(parse("from=2024-03-05T14:00:00+01:00")->one("from") == "2024-03-05T14:00:00+01:00");
  CHECK(parse("%66rom=1")->one("from") == "1");
  for (const char* bad : {"%", "%4", "%4g", "%zz", "a%2", "%C3", "%00", "%ff", "%ED%A0%80"}) {
    INFO(bad);
    CHECK_FALSE(percent_decoded(bad));
  }
}

TEST_CASE("a query holds known parameters, each as often as it may") {
  CHECK(parse("")->all("type").empty());
  CHECK(parse("type=a&from=1&type=b")->all("type") == std::vector<std::string_view>{"a", "b"});
  CHECK(parse("from=")->one("from") == "");
  CHECK(parse("from=a=b")->one("from") == "a=b");
  CHECK_FALSE(parse("type=a")->one("from"));
  for (const char* bad : {"colour=1", "id=1", "From=1", "from=1&from=1", "from=1&from=2", "from", "=1", "from=1&", "&from=1", "from=1&&type=a", "from=a b", "from=\"", "from=<", "from=a#b", "from=\n", "from=[1]"})
    CHECK(refusal(bad) == Errc::malformed);
  CHECK(parse("from=" + std::string(4091, '1')));
  CHECK(refusal("from=" + std::string(4092, '1')) == Errc::value_out_of_range);
}

TEST_CASE("a number is a decimal within its bounds") {
  CHECK(*parse("")->number("from", 7, 1, 9) == 7);
  CHECK(*parse("from=9")->number("from", 7, 1, 9) == 9);
  CHECK(parse("from=10")->number("from", 7, 1, 9).error().code == Errc::value_out_of_range);
  CHECK(parse("from=0")->number("from", 7, 1, 9).error().code == Errc::value_out_of_range);
  CHECK(*parse("from=18446744073709551615")->number("from", 0, 0, ~std::uint64_t{0}) == ~std::uint64_t{0});
  for (const char* bad : {"from=", "from=01", "from=+1", "from=-1", "from=1.0", "from=0x1", "from=18446744073709551616"})
    CHECK(parse(bad)->number("from", 0, 0, ~std::uint64_t{0}).error().code == Errc::malformed);
}

TEST_CASE("the next page is the same query from elsewhere") {
  CHECK(parse("type=a%2Bb&from=5&type=c")->with("from", "12") == "from=12&type=a%2Bb&type=c");
  CHECK(parse("")->with("from", "12") == "from=12");
}

TEST_CASE("the Accept header chooses among what is offered") {
  constexpr std::string_view offered[] = {"application/json", "application/x-ndjson"};
  const auto chosen = [&](std::string_view accept) { return accepted(accept, offered); };
  CHECK(chosen("") == 0);
  CHECK(chosen("*/*") == 0);
  CHECK(chosen("application/*") == 0);
  CHECK(chosen("text/html") == 0);
  CHECK(chosen("application/x-ndjson") == 1);
  CHECK(chosen("Application/X-NDJSON") == 1);
  CHECK(chosen("application/json, application/x-ndjson") == 0);
  CHECK(chosen("application/json;q=0.5, application/x-ndjson") == 1);
  CHECK(chosen("application/x-ndjson;q=0.2, */*;q=0.1") == 1);
  CHECK(chosen("application/x-ndjson;q=0") == 0);
  CHECK(chosen("*/*, application/json;q=0") == 1);
  CHECK(chosen(" application/x-ndjson ; charset=utf-8 ; q=1.0 ") == 1);
  CHECK(chosen(",;,q=;;;=,application/x-ndjson;q=x") == 0);
}

TEST_CASE("a period is a year, a quarter, a month or a span of dates or times") {
  const auto span = [](std::string_view text) {
    const auto period = parse_period(text);
    INFO(text);
    REQUIRE(period);
    return to_rfc3339(period->from) + " " + to_rfc3339(period->to);
  };
  CHECK(span("2024") == "2024-01-01T00:00:00Z 2025-01-01T00:00:00Z");
  CHECK(span("2024-02") == "2024-02-01T00:00:00Z 2024-03-01T00:00:00Z");
  CHECK(span("2024-12") == "2024-12-01T00:00:00Z 2025-01-01T00:00:00Z");
  CHECK(span("2024-Q1") == "2024-01-01T00:00:00Z 2024-04-01T00:00:00Z");
  CHECK(span("2024-Q4") == "2024-10-01T00:00:00Z 2025-01-01T00:00:00Z");
  CHECK(span("2024-02-28/2024-03-01") == "2024-02-28T00:00:00Z 2024-03-01T00:00:00Z");
  CHECK(span("2024-03-05T14:00:00-05:00/2024-03-06") == "2024-03-05T19:00:00Z 2024-03-06T00:00:00Z");
  for (const char* bad : {"", "24", "2024-", "2024-0", "2024-00", "2024-13", "2024-Q0", "2024-Q5", "2024-q1", "2024-Q11", "20245", "abcd", "2024-03-05", "/", "2024-01-01/", "2024/2025",
                          "2024-02-30/2024-03-01", "2024-01-01/2024-01-02/2024-01-03", "0000", "9999"}) {
    INFO(bad);
    CHECK_FALSE(parse_period(bad));
  }
  CHECK(parse_period("2024-03-01/2024-03-01").error().code == Errc::value_out_of_range);
}

TEST_CASE("numbers beyond what JSON readers hold are text") {
  CHECK(exact_number(9'007'199'254'740'991) == boost::json::value(std::uint64_t{9'007'199'254'740'991}));
  CHECK(exact_number(9'007'199'254'740'992) == boost::json::value("9007199254740992"));
}
