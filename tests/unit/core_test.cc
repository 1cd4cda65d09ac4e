// Text forms of bytes, numbers, ids and times: what is written, and what is refused when read.
#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "ledger/core/hash.h"
#include "ledger/core/id.h"
#include "tests/support/samples.h"

using namespace caseledger;
using namespace samples;

namespace {

// RFC 9562 appendix A.6: 2022-02-22T19:22:22Z.
constexpr std::string_view version_7 = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
constexpr Micros version_7_time = 1'645'557'742'000'000;

constexpr Micros second = 1'000'000, minute = 60 * second;

Micros at(std::string_view text) {
  const auto instant = parse_rfc3339(text);
  INFO(text);
  REQUIRE(instant);
  return instant->at;
}

}  // namespace

TEST_CASE("hexadecimal is written in lower case and read in either, two digits a byte and nothing else") {
  CHECK(hex({}) == "");
  CHECK(hex(Buffer{0x00, 0x0f, 0xa0, 0xff}) == "000fa0ff");
  CHECK(from_hex("").value().empty());
  CHECK(from_hex("000fA0fF").value() == Buffer{0x00, 0x0f, 0xa0, 0xff});
  for (const char* rubbish : {"0", "000", "0g", "g0", " 00", "00 ", "00 00", "0x00", "00:00", "00\n", "-1", "+f", "é"}) {
    INFO(rubbish);
    const auto bytes = from_hex(rubbish);
    REQUIRE_FALSE(bytes);
    CHECK(bytes.error().code == Errc::malformed);
  }
  CHECK_FALSE(from_hex(std::string("00") + '\0' + '0'));
}

TEST_CASE("base64 is the standard alphabet with padding, and only what encoding gives back is read") {
  // RFC 4648 §10.
  const std::pair<const char*, const char*> vectors[] = {{"", ""},           {"f", "Zg=="},       {"fo", "Zm8="},        {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, text] : vectors) {
    CHECK(base64(bytes_of(plain)) == text);
    CHECK(text_of(from_base64(text).value()) == plain);
  }
  CHECK(base64(Buffer{0xfb, 0xff, 0xfe}) == "+//+");
  for (const char* rubbish : {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm8", "Zm9v=", "=", "====", "Zm9v\n", " Zm9v", "Zm9v ", "Zm 9v",
                              "Zm\n9v", "-__-", "Zm9v!", "Zg==Zg==", "Zm9vZg=", "é"}) {
    INFO(rubbish);
    const auto bytes = from_base64(rubbish);
    REQUIRE_FALSE(bytes);
    CHECK(bytes.error().code == Errc::malformed);
  }
}

TEST_CASE("whatever hexadecimal, base64 and decimals read, they write back the same") {
  CHECK(rc::check("bytes", [](const Buffer& bytes) {
    RC_ASSERT(from_hex(hex(bytes)).value() == bytes);
    RC_ASSERT(from_base64(base64(bytes)).value() == bytes);
  }));
  CHECK(rc::check("base64 text", [] {
    const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("ABQgwz09+/==-_ ")));
    if (const auto bytes = from_base64(text)) RC_ASSERT(base64(*bytes) == text);
  }));
  CHECK(rc::check("decimal text", [] {
    const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("0012345678999+- .")));
    if (const auto number = from_decimal(text)) RC_ASSERT(std::to_string(*number) == text);
  }));
  CHECK(rc::check("numbers", [](std::uint64_t number) { RC_ASSERT(from_decimal(std::to_string(number)).value() == number); }));
}

TEST_CASE("a decimal has no sign, no leading zeros and nothing around it, and fits 64 bits") {
  CHECK(from_decimal("0").value() == 0);
  CHECK(from_decimal("18446744073709551615").value() == ~std::uint64_t{0});
  for (const char* rubbish : {"", "00", "01", "+1", "-1", "-0", " 1", "1 ", "1\n", "1.0", "1e3", "0x1", "1,000", "18446744073709551616",
                              "99999999999999999999999", "a", "１"}) {
    INFO(rubbish);
    const auto number = from_decimal(rubbish);
    REQUIRE_FALSE(number);
    CHECK(number.error().code == Errc::malformed);
  }
  CHECK_FALSE(from_decimal({}));
}

TEST_CASE("numbers stand in bytes in the order that their name says") {
  Buffer bytes;
  append_le<std::uint32_t>(bytes, 0x01020304);
  append_be<std::uint32_t>(bytes, 0x01020304);
  append_be<std::uint16_t>(bytes, 0x0506);
  CHECK(hex(bytes) == "04030201010203040506");
  CHECK(load_le<std::uint32_t>(bytes.data()) == 0x01020304);
  CHECK(load_be<std::uint32_t>(bytes.data() + 4) == 0x01020304);
  CHECK(load_be<std::uint16_t>(bytes.data() + 8) == 0x0506);
  CHECK(load_be<std::uint64_t>(counting<8>(0xf8).data()) == 0xf8f9fafbfcfdfeff);
}

TEST_CASE("SHA-256 gives the digests of FIPS 180-4") {
  CHECK(hex(sha256({}).bytes) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex(sha256(bytes_of("abc")).bytes) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex(sha256(Buffer(1'000'000, 'a')).bytes) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("a UUID prints as it reads, in lower case") {
  const auto id = parse_uuid(version_7);
  REQUIRE(id);
  CHECK(hex(id->bytes) == "017f22e279b07cc398c4dc0c0c07398f");
  CHECK(id->version() == 7);
  CHECK(to_string(*id) == version_7);
  CHECK(parse_uuid("017F22E2-79B0-7CC3-98C4-DC0C0C07398F").value() == *id);
  CHECK_FALSE(id->is_nil());
  CHECK(parse_uuid("00000000-0000-0000-0000-000000000000")->is_nil());
  CHECK(rc::check("any", [] {
    Uuid any;
    for (auto& byte : any.bytes) byte = *rc::gen::arbitrary<std::uint8_t>();
    RC_ASSERT(parse_uuid(to_string(any)).value() == any);
  }));
}

TEST_CASE("what is not 32 hexadecimal digits in groups of 8-4-4-4-12 is no UUID") {
  const std::string good(version_7);
  for (std::size_t length = 0; length < good.size(); ++length) CHECK_FALSE(parse_uuid(good.substr(0, length)));
  for (const std::string& rubbish : {good + "0", good + "-", " " + good, good + " ", "{" + good + "}", "urn:uuid:" + good,
                                     std::string("017f22e279b07cc398c4dc0c0c07398f"), std::string("017f22e27-9b0-7cc3-98c4-dc0c0c07398f"),
                                     std::string("017f22e2-79b0-7cc3-98c4-dc0c0c07398g"),
                                     std::string("017f22e2-79b0-7cc3-98c4-dc0c0c-7398f"),
                                     std::string("017f22e2_79b0_7cc3_98c4_dc0c0c07398f"),
                                     std::string("017f22e2-79b0-7cc3-98c4-dc0c0c07398 "),
                                     std::string("017f22e2-79b0-7cc3-98c4-dc0c0c0739\0f", 36)}) {
    INFO(rubbish);
    const auto id = parse_uuid(rubbish);
    REQUIRE_FALSE(id);
    CHECK(id.error().code == Errc::malformed);
  }
}

TEST_CASE("a version 7 UUID is the published one for its time and chance, and sorts by time") {
  CHECK(to_string(uuid_v7(version_7_time, unhex("0cc318c4dc0c0c07398f"))) == version_7);
  CHECK(to_string(uuid_v7(version_7_time + 999, unhex("fcc3d8c4dc0c0c07398f"))) == version_7);  // version and variant stand over chance
  CHECK(to_string(uuid_v7(0, Buffer(10, 0xff))) == "00000000-0000-7fff-bfff-ffffffffffff");
  CHECK(rc::check("order", [] {
    const auto early = *rc::gen::inRange<Micros>(0, 253'402'300'799'000'000);
    const auto late = early + *rc::gen::inRange<Micros>(1'000, 1'000'000'000);
    RC_ASSERT(uuid_v7(early, Buffer(10, 0xff)) < uuid_v7(late, Buffer(10, 0x00)));
  }));
}

TEST_CASE("a version 8 UUID is derived from its name space and name alone") {
  const Uuid id = uuid_v8("example", bytes_of("case-42"));  // SHA-256("example" ‖ 00 ‖ "case-42")
  CHECK(to_string(id) == "26133d2f-0912-8d32-b4be-88b4005a1aa3");
  CHECK(id.version() == 8);
  CHECK(uuid_v8("example", bytes_of("case-42")) == id);
  CHECK(uuid_v8("example", bytes_of("case-43")) != id);
  CHECK(uuid_v8("examplec", bytes_of("ase-42")) != id);
}

TEST_CASE("the times that RFC 3339 shows read as what it says they are") {
  CHECK(at("1985-04-12T23:20:50.52Z") == 482'196'050'520'000);
  CHECK(at("1996-12-19T16:39:57-08:00") == at("1996-12-20T00:39:57Z"));
  CHECK(at("1990-12-31T23:59:60Z") == at("1991-01-01T00:00:00Z"));
  CHECK(at("1990-12-31T15:59:60-08:00") == at("1990-12-31T23:59:60Z"));
  CHECK(at("2012-06-30T23:59:60Z") == at("2012-07-01T00:00:00Z"));
  CHECK(at("2012-07-01T01:59:60.5+02:00") == at("2012-07-01T00:00:00.5Z"));
  CHECK(at("1937-01-01T12:00:27.87+00:20") == -1'041'337'172'130'000);
  CHECK(parse_rfc3339("1937-01-01T12:00:27.87+00:20")->offset_minutes == 20);
  CHECK(parse_rfc3339("1996-12-19T16:39:57-08:00")->offset_minutes == -480);
}

TEST_CASE("times are read with any offset, fraction and leap day") {
  CHECK(at("1970-01-01T00:00:00Z") == 0);
  CHECK(at("1969-12-31T23:59:59.999999Z") == -1);
  CHECK(at("2024-03-05T14:00:00-05:00") == 1'709'665'200 * second);
  CHECK(at("2024-03-05t19:00:00z") == 1'709'665'200 * second);
  CHECK(at("2024-03-05 19:00:00Z") == 1'709'665'200 * second);
  CHECK(at("2024-02-29T00:00:00Z") + 24 * 60 * minute == at("2024-03-01T00:00:00Z"));
  CHECK(at("2000-02-29T12:00:00Z") == 951'825'600 * second);
  CHECK(at("1970-01-01T23:59:00+23:59") == 0);
  CHECK(at("1969-12-31T00:01:00-23:59") == 0);
  CHECK(at("1970-01-01T00:00:00-00:00") == 0);
  CHECK(at("1970-01-01T00:00:00.1Z") == 100'000);
  CHECK(at("1970-01-01T00:00:00.000001Z") == 1);
  CHECK(at("1970-01-01T00:00:00.0000019999999999999999999999Z") == 1);  // cut, not rounded
  CHECK(at("0001-01-01T00:00:00Z") == -62'135'596'800 * second);
  CHECK(at("9999-12-31T23:59:59.999999Z") == 253'402'300'800 * second - 1);
}

TEST_CASE("what is no time is refused, and so is a time without an offset") {
  for (const char* rubbish : {"", "now", "2024-03-05", "2024-03-05T19:00:00", "2024-03-05T19:00Z", "2024-03-05T19:00:00.Z",
                              "2024-03-05T19:00:00,5Z", "2024-3-5T19:00:00Z", "24-03-05T19:00:00Z", "02024-03-05T19:00:00Z",
                              "+2024-03-05T19:00:00Z", "-2024-03-05T19:00:00Z", "20240305T190000Z", "2024-03-05T19:00:00ZZ",
                              "2024-03-05T19:00:00Z ", " 2024-03-05T19:00:00Z", "2024-03-05_19:00:00Z", "2024-00-05T19:00:00Z",
                              "2024-13-05T19:00:00Z", "2024-03-00T19:00:00Z", "2024-03-32T19:00:00Z", "2024-04-31T19:00:00Z",
                              "2023-02-29T19:00:00Z", "1900-02-29T19:00:00Z", "2100-02-29T19:00:00Z", "2024-02-30T19:00:00Z",
                              "2024-03-05T24:00:00Z", "2024-03-05T19:60:00Z", "2024-03-05T19:00:61Z", "2024-03-05T19:00:00+24:00",
                              "2024-03-05T19:00:00+00:60", "2024-03-05T19:00:00+0100", "2024-03-05T19:00:00+01", "2024-03-05T19:00:00+1:00",
                              "2024-03-05T19:00:00 +01:00", "2024-03-05T19:00:00+01:00Z", "2024-03-05T19:00:00UTC", "2024-03-05T19:00:-1Z",
                              "2024-03-05T1:000:00Z", "2024-03-05T19:00:60Z", "2024-12-31T23:58:60Z", "2024-12-31T22:59:60Z", "2024-12-30T23:59:60Z", "2024-03-31T23:59:60Z",
                              "2024-12-31T23:59:60-08:00", "2025-01-01T00:00:60Z", "2024-03-05T19:00:00.-5Z", "２024-03-05T19:00:00Z"}) {
    INFO(rubbish);
    const auto instant = parse_rfc3339(rubbish);
    REQUIRE_FALSE(instant);
    CHECK(instant.error().code == Errc::malformed);
  }
}

TEST_CASE("a time prints in its offset, with microseconds only where there are any") {
  const Micros noon = 1'709'665'200 * second;
  CHECK(to_rfc3339(noon) == "2024-03-05T19:00:00Z");
  CHECK(to_rfc3339(noon, -300) == "2024-03-05T14:00:00-05:00");
  CHECK(to_rfc3339(noon, 345) == "2024-03-06T00:45:00+05:45");
  CHECK(to_rfc3339(noon, -30) == "2024-03-05T18:30:00-00:30");
  CHECK(to_rfc3339(noon + 1) == "2024-03-05T19:00:00.000001Z");
  CHECK(to_rfc3339(noon + 500'000) == "2024-03-05T19:00:00.500000Z");
  CHECK(to_rfc3339(-1) == "1969-12-31T23:59:59.999999Z");
  CHECK(to_rfc3339(-1, 60) == "1970-01-01T00:59:59.999999+01:00");
  CHECK(to_rfc3339(at("2024-02-29T23:59:59Z"), 1) == "2024-03-01T00:00:59+00:01");
}

TEST_CASE("a printed time reads back as the same instant in the same offset") {
  CHECK(rc::check("round trip", [] {
    const auto when = *rc::gen::inRange<Micros>(-62'135'596'800 * second + 24 * 60 * minute, 253'402'300'800 * second - 24 * 60 * minute);
    const auto offset = *rc::gen::inRange(-1439, 1440);
    const auto instant = parse_rfc3339(to_rfc3339(when, offset));
    RC_ASSERT(instant.has_value());
    RC_ASSERT(instant->at == when);
    RC_ASSERT(instant->offset_minutes == offset);
  }));
  CHECK(rc::check("rubbish", [] {
    const auto tails = rc::gen::container<std::string>(rc::gen::elementOf(std::string("0129-:.TZ+ ")));
    const auto likely = rc::gen::map(tails, [](const std::string& tail) { return "2024-02-28T10:00" + tail; });
    const auto instant = parse_rfc3339(*rc::gen::oneOf(rc::gen::arbitrary<std::string>(), likely));
    if (instant) RC_ASSERT(parse_rfc3339(to_rfc3339(instant->at, instant->offset_minutes))->at == instant->at);
  }));
}
