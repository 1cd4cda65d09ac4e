#include "api/session.h"

#include <algorithm>

#include "api/entitlement.h"
#include "batch_generated.h"
#include "ledger/rules/roles.h"

namespace caseledger::api {

namespace {

constexpr std::size_t reason_bytes_max = 123;  // RFC 6455 §5.5

Micros micros(std::chrono::milliseconds duration) { return std::chrono::duration_cast<std::chrono::microseconds>(duration).count(); }

// The author a batch claims, from bytes of which nothing else is looked at yet.
std::optional<PublicKey> claimed_author(Bytes batch) {
  flatbuffers::Verifier verifier(batch.data(), batch.size(), 2, 2);
  if (batch.size() < 8 || !schema::BatchBufferHasIdentifier(batch.data())) return std::nullopt;
  const auto offset = verifier.VerifyOffset(std::size_t{0});
  if (offset == 0) return std::nullopt;
  const auto* at = batch.data() + offset;
  if (!verifier.VerifyTableStart(at)) return std::nullopt;
  if (!reinterpret_cast<const flatbuffers::Table*>(at)->VerifyFieldRequired<schema::Bytes32>(verifier, schema::Batch::VT_AUTHOR, 1)) return std::nullopt;
  PublicKey author;
  std::memcpy(author.data(), schema::GetBatch(batch.data())->author(), author.size());
  return author;
}

std::vector<std::string> scopes_of(const rules::Enrolment& enrolment) {
  std::vector<std::string> scopes = enrolment.jurisdictions;
  for (char group = 'A'; group <= 'N'; ++group)
    if (enrolment.groups >> (group - 'A' + 1) & 1) scopes.push_back(std::string("group:") + group);
  return scopes;
}

std::size_t weight(const frames::Rejected& rejected) {
  std::size_t bytes = 128 + rejected.sentence.size();
  for (const auto& each : rejected.events) bytes += 64 + each.sentence.size();
  return bytes;
}
std::size_t weight(const Recorded& recorded) { return 64 + 32 * recorded.path.size(); }

}  // namespace

Session::Session(const SessionHouse& house, std::uint64_t id, Channel channel, Micros now)
    : house_(house), id_(id), channel_(std::move(channel)), opened_(now), noticed_at_(now) {
  house_.random(nonce_);
  const SessionConfig& c = house_.config;
  const frames::Limits limits{static_cast<std::uint32_t>(c.frame_bytes_max), batch_bytes_max,         events_per_batch_max,
                              c.appends_per_frame_max,                      c.appends_in_flight_max, c.subscriptions_max};
  control_.push_back(frames::write(frames::Challenge{house_.origin, nonce_, house_.reading.log.head().checkpoint, limits}));
}

void Session::end(CloseCode code, std::string reason) {
  if (close_) return;
  while (reason.size() > reason_bytes_max || !is_utf8(reason)) reason.pop_back();
  close_ = Close{code, std::move(reason)};
  subscriptions_.clear();
}

// ── what comes in ──

void Session::received(Bytes bytes) {
  if (close_) return;
  if (bytes.size() > frame_bytes_max()) return end(CloseCode::too_big, "a frame has at most " + std::to_string(frame_bytes_max()) + " bytes here");
  auto frame = frames::read_from_client(bytes);
  if (!frame) return end(CloseCode::protocol, std::move(frame.error().sentence));
  if (std::holds_alternative<frames::Identify>(*frame) == author_.has_value())
    return end(CloseCode::protocol, author_ ? "the session is identified already" : "the first frame has to be Identify");
  std::visit([this](const auto& message) { on(message); }, *frame);
}

void Session::on(const frames::Identify& identify) {
  const auto refuse = [&](AuthFault fault, std::string sentence) {
    house_.refused(fault);
    end(CloseCode::policy, std::move(sentence));
  };
  if (std::ranges::find(house_.authorities, identify.authority) == house_.authorities.end())
    return refuse(AuthFault::wrong_authority, "this is not the authority that was dialled");
  if (!proves(identify)) return refuse(AuthFault::bad_signature, "the signature does not hold for this ledger, authority and connection");
  const auto enrolment = house_.reading.log.authority().author(identify.author);
  if (!enrolment) return refuse(house_.reading.log.authority().find(identify.author) ? AuthFault::revoked_key : AuthFault::unknown_key, enrolment.error().sentence);
  // Before genesis nobody is enrolled; whoever records it says who governs, and so has to stand at the machine itself.
  if (!*enrolment && !channel_.loopback) return end(CloseCode::policy, "the ledger is not constituted yet; genesis is recorded from its own machine");
  if (house_.openings)
    if (const auto later = house_.openings->take(text_of(identify.author), opened_))
      return end(CloseCode::try_later, "this key opens sessions too often; come again in " + std::to_string(*later) + " s");
  author_ = identify.author;
  welcome(*enrolment ? **enrolment : rules::Enrolment{});
}

// With its own exporter value; without one only where nobody can stand between.
bool Session::proves(const frames::Identify& identify) const {
  const auto holds = [&](std::string_view exporter) {
    const std::string text = session_text(house_.origin, identify.authority, nonce_, identify.nonce, exporter);
    return verify_ed25519(identify.author, bytes_of(text), identify.signature);
  };
  if (!channel_.exporter.empty() && holds(channel_.exporter)) return true;
  return (channel_.loopback || house_.tls_proxy) && holds(no_exporter);
}

void Session::welcome(const rules::Enrolment& enrolment) {
  const Head& head = house_.reading.log.head();
  control_.push_back(frames::write(frames::Welcome{enrolment.organisation, rules::names(enrolment.roles), scopes_of(enrolment), head.checkpoint, head.next}));
  head_told_ = head.size;
  may_read_ = [this](const projections::Fact& fact) -> Result<bool> {
    const auto* reader = house_.reading.log.authority().find(*author_);
    if (!reader) return false;
    return house_.may_read(*reader, fact);
  };
}

void Session::authority_changed() {
  if (!author_) return;
  if (const auto enrolment = house_.reading.log.authority().author(*author_); !enrolment) end(CloseCode::policy, enrolment.error().sentence);
}

// ── append ──

void Session::on(const frames::Append& append) {
  if (append.items.size() > house_.config.appends_per_frame_max)
    return end(CloseCode::protocol, "an Append frame holds at most " + std::to_string(house_.config.appends_per_frame_max) + " items");
  for (const auto& item : append.items) {
    if (in_flight_.contains(item.request)) return end(CloseCode::protocol, "request " + std::to_string(item.request) + " is in flight already");
    if (auto rejection = check_append(item)) {
      queue(frames::rejected(item.request, *rejection), true);
      continue;
    }
    std::size_t bytes = item.batch.size();
    for (const auto& opening : item.openings) bytes += opening.plaintext.size();
    in_flight_[item.request] = bytes;
    bytes_in_flight_ += bytes;
    submitted_.push_back({item.request, {Buffer(item.batch.begin(), item.batch.end()), item.openings}});
  }
}

std::optional<Rejection> Session::check_append(const frames::Append::Item& item) const {
  const SessionConfig& config = house_.config;
  const auto overloaded = [&](std::string why) { return Rejection{{Errc::overloaded, std::move(why)}, {}, config.overloaded_retry_ms}; };
  if (draining_) return Rejection{{Errc::draining, "the server is going away; connect again"}, {}, config.overloaded_retry_ms};
  if (in_flight_.size() >= config.appends_in_flight_max)
    return overloaded("at most " + std::to_string(config.appends_in_flight_max) + " appends may be in flight; wait for an answer");
  if (bytes_in_flight_ + item.batch.size() > config.append_bytes_in_flight_max)
    return overloaded("at most " + std::to_string(config.append_bytes_in_flight_max) + " bytes may be in flight; wait for an answer");
  if (item.batch.size() > batch_bytes_max)
    return Rejection{{Errc::too_large, "a batch of " + std::to_string(item.batch.size()) + " bytes; at most " + std::to_string(batch_bytes_max) + " are allowed"}, {}};
  const auto author = claimed_author(item.batch);
  if (!author) return Rejection{{Errc::malformed, "not a batch (FlatBuffers table Batch, identifier CLBT)"}, {}};
  if (*author != *author_) return Rejection{{Errc::not_permitted, "the batch's author is not the key that opened this session"}, {}};
  return std::nullopt;
}

void Session::recorded(const std::shared_ptr<const std::string>& checkpoint, Recorded recorded) {
  if (close_ || !in_flight_.contains(recorded.ticket.request)) return;
  queued_bytes_ += weight(recorded);
  if (groups_.empty() || groups_.back().checkpoint != checkpoint) groups_.push_back({checkpoint, {}});
  groups_.back().results.push_back(std::move(recorded));
}

void Session::refused(std::uint64_t request, const Rejection& rejection) {
  if (!close_ && in_flight_.contains(request)) queue(frames::rejected(request, rejection), true);
}

void Session::reject(std::uint64_t id, Errc code, std::string sentence) { queue(frames::rejected(id, {{code, std::move(sentence)}, {}}), false); }

void Session::queue(frames::Rejected rejected, bool of_append) {
  queued_bytes_ += weight(rejected);
  rejections_.push_back({std::move(rejected), of_append});
}

// The answer goes out: the place in flight is free again.
void Session::settle(std::uint64_t request) {
  const auto found = in_flight_.find(request);
  if (found == in_flight_.end()) return;
  bytes_in_flight_ -= found->second;
  in_flight_.erase(found);
}

// ── subscribe ──

Subscription* Session::subscription(std::uint64_t id) {
  const auto found = std::ranges::find(subscriptions_, id, &Subscription::id);
  return found == subscriptions_.end() ? nullptr : &*found;
}

void Session::on(const frames::Subscribe& subscribe) {
  const SessionConfig& config = house_.config;
  if (const auto* reader = house_.reading.log.authority().find(*author_); reader && !reads_bodies(*reader))
    return reject(subscribe.id, Errc::not_permitted, "this key's roles read editions, not events");
  if (subscription(subscribe.id)) return reject(subscribe.id, Errc::usage, "subscription " + std::to_string(subscribe.id) + " exists already");
  if (subscriptions_.size() >= config.subscriptions_max)
    return reject(subscribe.id, Errc::too_large, "a session has at most " + std::to_string(config.subscriptions_max) + " subscriptions");
  if (subscribe.credit > config.credit_max)
    return reject(subscribe.id, Errc::value_out_of_range, "a subscription holds at most " + std::to_string(config.credit_max) + " events of credit");
  auto filter = parse_filter(subscribe.filter, config.filter_terms_max);
  if (!filter) return reject(subscribe.id, filter.error().code, std::move(filter.error().sentence));
  filter->stream = subscribe.stream;
  subscriptions_.emplace_back(house_.reading, id_, subscribe, std::move(*filter));
}

void Session::on(const frames::Grant& grant) {
  Subscription* found = subscription(grant.id);
  if (!found) return reject(grant.id, Errc::not_found, "there is no subscription " + std::to_string(grant.id));
  if (found->credit() + grant.credit > house_.config.credit_max)
    return reject(grant.id, Errc::value_out_of_range, "a subscription holds at most " + std::to_string(house_.config.credit_max) + " events of credit");
  found->grant(grant.credit);
}

void Session::on(const frames::Unsubscribe& unsubscribe) {
  if (std::erase_if(subscriptions_, [&](const Subscription& each) { return each.id() == unsubscribe.id; }) == 0)
    reject(unsubscribe.id, Errc::not_found, "there is no subscription " + std::to_string(unsubscribe.id));
}

void Session::on(const frames::Unseal& unseal) {
  const auto reader = house_.reading.log.authority().author(*author_);
  auto openings = reader ? house_.unseal(**reader, unseal.position, may_read_) : std::unexpected(reader.error());
  if (!openings) return reject(unseal.request, openings.error().code, std::move(openings.error().sentence));
  unsealed_.push_back(frames::write(frames::Unsealed{unseal.request, std::move(*openings)}));
  queued_bytes_ += unsealed_.back().size();
}

// ── what goes out ──

SharedMessage Session::next_message(Micros now) {
  writing_since_.reset();
  if (close_) return nullptr;
  auto message = ready_message();
  if (message) writing_since_ = now;
  else if (draining_) finish_draining();
  return message;
}

SharedMessage Session::ready_message() {
  const auto own = [](Buffer frame) { return std::make_shared<const Message>(std::move(frame)); };
  if (!control_.empty()) return own(control_frame());
  if (!groups_.empty()) return own(appended_frame());
  if (!rejections_.empty()) return own(rejected_frame());
  if (!unsealed_.empty()) return own(unsealed_frame());
  if (head_due_) return head_message();
  return events_message();
}

Buffer Session::control_frame() {
  Buffer frame = std::move(control_.front());
  control_.pop_front();
  return frame;
}

Buffer Session::appended_frame() {
  const Group group = std::move(groups_.front());
  groups_.pop_front();
  for (const Recorded& each : group.results) {
    queued_bytes_ -= weight(each);
    settle(each.ticket.request);
  }
  return frames::write_appended(*group.checkpoint, group.results);
}

Buffer Session::rejected_frame() {
  const Rejecting rejecting = std::move(rejections_.front());
  rejections_.pop_front();
  queued_bytes_ -= weight(rejecting.rejected);
  if (rejecting.of_append) settle(rejecting.rejected.request);
  return frames::write(rejecting.rejected);
}

Buffer Session::unsealed_frame() {
  Buffer frame = std::move(unsealed_.front());
  unsealed_.pop_front();
  queued_bytes_ -= frame.size();
  return frame;
}

SharedMessage Session::head_message() {
  head_due_ = false;
  const Head& head = house_.reading.log.head();
  head_told_ = head.size;
  return house_.reading.messages.head(head);
}

// Each subscription in its turn, so that one that catches up does not starve the others.
SharedMessage Session::events_message() {
  for (std::size_t i = 0; i < subscriptions_.size(); ++i) {
    auto message = subscriptions_.front().pull(may_read_, house_.config.events_frame, notice_due_);
    if (!message) {
      end(CloseCode::try_later, "the log cannot be read: " + message.error().sentence);
      return nullptr;
    }
    subscriptions_.splice(subscriptions_.end(), subscriptions_, subscriptions_.begin());
    if (*message) return std::move(*message);
  }
  notice_due_ = false;
  return nullptr;
}

bool Session::has_more() const { return !close_ && std::ranges::any_of(subscriptions_, &Subscription::has_more); }

// ── time and the end ──

bool Session::tick(Micros now) {
  const SessionConfig& config = house_.config;
  if (!author_ && now - opened_ > micros(config.identify_within))
    end(CloseCode::try_later, "no Identify within " + std::to_string(config.identify_within.count()) + " ms");
  if (writing_since_ && now - *writing_since_ > micros(config.unread_max))
    end(CloseCode::try_later, "nothing was read for " + std::to_string(config.unread_max.count()) + " ms");
  if (close_) return true;
  if (!subscribes() || now - noticed_at_ < micros(config.head_interval)) return false;
  noticed_at_ = now;
  notice_due_ = true;
  head_due_ = head_told_ != house_.reading.log.head().size;
  return true;
}

void Session::drain() {
  draining_ = true;
  subscriptions_.clear();
  finish_draining();
}

void Session::finish_draining() {
  if (in_flight_.empty() && rejections_.empty() && unsealed_.empty() && control_.empty()) end(CloseCode::draining, "the server is going away");
}

}  // namespace caseledger::api
