#include "api/url.h"

#include <algorithm>
#include <array>

#include "ledger/core/bytes.h"

namespace caseledger::api {

Result<Url> parse_url(std::string_view text) {
  const auto bad = [whole = std::string(text)](const char* why) { return fail(Errc::usage, "\"" + whole + "\" is no address of a server: " + why); };
  Url url;
  const auto scheme_end = text.find("://");
  if (scheme_end == text.npos) return bad("wanted http://, https://, ws:// or wss://");
  const std::string_view scheme = text.substr(0, scheme_end);
  constexpr std::array<std::string_view, 2> in_clear{"http", "ws"}, with_tls{"https", "wss"};
  url.tls = std::ranges::find(with_tls, scheme) != with_tls.end();
  if (!url.tls && std::ranges::find(in_clear, scheme) == in_clear.end()) return bad("wanted http://, https://, ws:// or wss://");
  text.remove_prefix(scheme_end + 3);
  const std::string_view authority = text.substr(0, text.find('/'));
  url.path = text.substr(authority.size());
  if (authority.find_first_of("@?# \t\r\n") != authority.npos) return bad("wanted host[:port] and a path");
  if (url.path.find_first_of("# \t\r\n") != url.path.npos) return bad("the path holds what a path cannot");
  url.authority = authority;

  std::string_view host = authority, port;
  const bool in_brackets = authority.starts_with('[');
  const auto host_end = in_brackets ? authority.find(']') : authority.find(':');
  if (in_brackets && host_end == authority.npos) return bad("a bracket is not closed");
  if (host_end != authority.npos) {
    host = in_brackets ? authority.substr(1, host_end - 1) : authority.substr(0, host_end);
    port = authority.substr(host_end + (in_brackets ? 1 : 0));
    if (!port.empty() && (port[0] != ':' || port.size() == 1)) return bad("wanted a port behind the host");
    if (!port.empty()) port.remove_prefix(1);
  }
  if (host.empty()) return bad("it names no host");
  if (!port.empty()) {
    const auto number = from_decimal(port);
    if (!number || *number == 0 || *number > 65535) return bad("a port is a number from 1 to 65535");
  }
  url.host = host;
  url.port = port.empty() ? (url.tls ? "443" : "80") : std::string(port);
  return url;
}

}  // namespace caseledger::api
