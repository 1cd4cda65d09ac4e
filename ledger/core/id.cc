#include "ledger/core/id.h"

#include <chrono>
#include <cstdio>

#include "ledger/core/hash.h"

namespace caseledger {

std::string to_string(const Uuid& id) {
  const std::string digits = hex(id.bytes);
  return digits.substr(0, 8) + '-' + digits.substr(8, 4) + '-' + digits.substr(12, 4) + '-' + digits.substr(16, 4) + '-' +
         digits.substr(20);
}

Result<Uuid> parse_uuid(std::string_view text) {
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash != (text[i] == '-')) return fail(Errc::malformed, "not a UUID: " + quote(text));
    if (!dash) digits += text[i];
  }
  auto bytes = exactly<16>(from_hex(digits));
  if (!bytes) return fail(Errc::malformed, "not a UUID: " + quote(text));
  return Uuid{*bytes};
}

namespace {
void stamp(Uuid& id, int version) {
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | version << 4);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
}
}  // namespace

Uuid uuid_v7(Micros now, Bytes random10) {
  ENSURE(random10.size() == 10);
  Uuid id;
  std::uint8_t ms[8];
  store_be<std::uint64_t>(ms, static_cast<std::uint64_t>(now / 1000));
  std::memcpy(id.bytes.data(), ms + 2, 6);
  std::memcpy(id.bytes.data() + 6, random10.data(), 10);
  stamp(id, 7);
  return id;
}

Uuid uuid_v8(std::string_view name_space, Bytes name) {
  Buffer input;
  append(input, bytes_of(name_space));
  input.push_back(0);
  append(input, name);
  const Hash digest = sha256(input);
  Uuid id;
  std::memcpy(id.bytes.data(), digest.bytes.data(), 16);
  stamp(id, 8);
  return id;
}

std::string to_rfc3339(Micros at, int offset_minutes) {
  using namespace std::chrono;
  const sys_time<microseconds> local{microseconds{at} + minutes{offset_minutes}};
  const auto day = floor<days>(local);
  const year_month_day date{day};
  const hh_mm_ss time{local - day};
  char text[64];
  int length = std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                             static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                             static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                             static_cast<int>(time.seconds().count()));
  std::string out(text, static_cast<std::size_t>(length));
  if (auto micros = time.subseconds().count(); micros != 0) {
    length = std::snprintf(text, sizeof text, ".%06d", static_cast<int>(micros));
    out.append(text, static_cast<std::size_t>(length));
  }
  if (offset_minutes == 0) return out + 'Z';
  const int size = offset_minutes < 0 ? -offset_minutes : offset_minutes;
  length = std::snprintf(text, sizeof text, "%c%02d:%02d", offset_minutes < 0 ? '-' : '+', size / 60, size % 60);
  return out.append(text, static_cast<std::size_t>(length));
}

namespace {
// Takes `width` digits off the front.
bool take_digits(std::string_view& text, int width, int& value) {
  if (text.size() < static_cast<std::size_t>(width)) return false;
  value = 0;
  for (int i = 0; i < width; ++i) {
    if (text[static_cast<std::size_t>(i)] < '0' || text[static_cast<std::size_t>(i)] > '9') return false;
    value = value * 10 + (text[static_cast<std::size_t>(i)] - '0');
  }
  text.remove_prefix(static_cast<std::size_t>(width));
  return true;
}
// Leap seconds are 23:59:60 UTC, at the end of June or December (RFC 3339 §5.7), and fall together with the second after them here.
bool ends_half_year(std::chrono::sys_seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  return time == day && date.day() == std::chrono::day{1} && (date.month() == std::chrono::January || date.month() == std::chrono::July);
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text[0]) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}
}  // namespace

Result<Instant> parse_rfc3339(std::string_view whole) {
  using namespace std::chrono;
  std::string_view text = whole;
  int y, mo, d, h, mi, s, oh = 0, om = 0;
  const auto bad = [&] { return fail(Errc::malformed, "not an RFC 3339 time with offset: " + quote(whole)); };
  if (!take_digits(text, 4, y) || !take(text, "-") || !take_digits(text, 2, mo) || !take(text, "-") || !take_digits(text, 2, d) ||
      !take(text, "Tt ") || !take_digits(text, 2, h) || !take(text, ":") || !take_digits(text, 2, mi) || !take(text, ":") ||
      !take_digits(text, 2, s))
    return bad();
  const year_month_day date{year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
  if (!date.ok() || h > 23 || mi > 59 || s > 60) return bad();
  Micros fraction = 0;
  if (take(text, ".")) {
    Micros scale = 100'000;
    int digit;
    if (!take_digits(text, 1, digit)) return bad();
    do {
      fraction += digit * scale;
      scale /= 10;
    } while (take_digits(text, 1, digit));
  }
  if (!take(text, "Zz")) {
    const bool negative = !text.empty() && text[0] == '-';
    if (!take(text, "+-") || !take_digits(text, 2, oh) || !take(text, ":") || !take_digits(text, 2, om) || oh > 23 || om > 59)
      return bad();
    om += oh * 60;
    if (negative) om = -om;
  }
  if (!text.empty()) return bad();
  const auto utc = sys_days{date} + hours{h} + minutes{mi - om} + seconds{s};
  if (s == 60 && !ends_half_year(utc)) return bad();
  return Instant{duration_cast<microseconds>(utc.time_since_epoch()).count() + fraction, om};
}

}  // namespace caseledger
