#include "ledger/editions.h"

#include <algorithm>

#include "ledger/store/safe_file.h"

namespace caseledger {

namespace fs = std::filesystem;

std::string edition_place(std::string_view template_id, std::string_view period, std::uint64_t as_of_size) {
  std::string label(period);
  std::ranges::replace(label, '/', '_');
  std::ranges::replace(label, ':', '.');
  return std::string(template_id) + '/' + label + '/' + std::to_string(as_of_size);
}

std::string edition_place(const schema::ReportReleased& released) { return edition_place(text_of(released.template_id()), text_of(released.period()), released.as_of_size()); }

std::string edition_path(std::string_view place) { return "releases/" + std::string(place) + ".json"; }

Result<std::vector<std::string>> editions_in(const fs::path& folder) {
  std::vector<std::string> found;
  std::error_code error;
  if (!fs::exists(folder / "releases", error)) return found;
  for (fs::recursive_directory_iterator at(folder / "releases", error), end; !error && at != end; at.increment(error))
    if (!at->is_directory(error)) found.push_back(at->path().lexically_relative(folder).generic_string());
  if (error) return fail(Errc::io, "cannot read " + (folder / "releases").string() + ": " + error.message());
  std::ranges::sort(found);
  return found;
}

Result<std::size_t> copy_editions(const fs::path& from, const fs::path& to, const std::function<bool(const std::string& path)>& wanted) {
  TRY_AS(found, editions_in(from));
  std::size_t copied = 0;
  std::error_code error;
  for (const std::string& path : found) {
    if ((wanted && !wanted(path)) || fs::exists(to / path, error)) continue;
    fs::create_directories((to / path).parent_path(), error);
    if (error) return fail(Errc::io, "cannot make " + (to / path).parent_path().string() + ": " + error.message());
    TRY_AS(bytes, store::read_file(from / path));
    TRY(store::write_file(to / path, *bytes));
    ++copied;
  }
  return copied;
}

}  // namespace caseledger
