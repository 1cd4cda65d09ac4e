#include "api/client.h"

#include "api/client_impl.h"
#include "api/genesis.h"

namespace caseledger::api {

namespace {

std::size_t weight(const Submission& submission) {
  std::size_t bytes = submission.batch.size();
  for (const auto& opening : submission.openings) bytes += opening.plaintext.size();
  return bytes;
}

Error closed_error() { return {Errc::io, "the client was closed before the batch was answered; it may have been recorded"}; }

std::chrono::milliseconds jitter(std::chrono::milliseconds most) {
  std::uint8_t random[8];
  system_random()(random);
  return std::chrono::milliseconds(load_le<std::uint64_t>(random) % static_cast<std::uint64_t>(most.count() + 1));
}

frames::Rejected rejection(const Error& error) { return {0, std::string(name(error.code)), error.sentence, {}, 0}; }

}  // namespace

Client::Impl::Impl(ClientConfig wanted, const Signer& key, Url where, TlsContext tls_context)
    : config(std::move(wanted)), author(key), url(std::move(where)), tls(std::move(tls_context)), latest(config.known), known(config.log, config.known, config.consistent, config.successors) {}

// ── its thread ──

Task<> Client::Impl::live() {
  auto wait = config.retry_first;
  Micros lost_at = now();
  for (;;) {
    const std::uint64_t before = connections;
    Lost lost = co_await connect_once();
    link.reset();
    outbox.connection_lost();
    bool closing;
    {
      const std::lock_guard lock(mutex);
      is_connected = false;
      closing = is_closing;
    }
    if (closing) break;
    if (connections != before) {
      wait = config.retry_first;
      lost_at = now();
    }
    const bool too_long = now() - lost_at > std::chrono::microseconds(config.give_up_after).count();
    if (lost.is_final || connections == 0 || too_long) {
      fail_with(std::move(lost.error));
      co_return;
    }
    // Not all clients of a server that went away come back in the same moment.
    const auto least = std::max(wait, lost.not_before);
    pause.expires_after(least + jitter(least / 2));
    wait = std::min(wait * 2, config.retry_most);
    [[maybe_unused]] const auto [ignored] = co_await pause.async_wait(use_task);
  }
  give_up(closed_error());
}

Task<Lost> Client::Impl::connect_once() {
  {
    const std::lock_guard lock(mutex);
    if (is_closing) co_return Lost{closed_error()};
  }
  auto wire = co_await dial(context, url, tls.get(), config.connect_within);
  if (!wire) co_return Lost{std::move(wire.error())};
  link = std::make_shared<Link>(*this, std::move(**wire));
  const auto held = link;
  auto refused = co_await held->open();
  if (refused) {
    held->close();
    co_return std::move(*refused);
  }
  Lost lost = co_await held->run();
  held->close();
  co_return lost;
}

void Client::Impl::connected(const frames::Welcome& welcomed, const frames::Limits& limited) {
  const std::lock_guard lock(mutex);
  welcome = welcomed;
  limits = limited;
  is_connected = true;
  ++connections;
  latest = known.latest();
  changed.notify_all();
}

void Client::Impl::remember_checkpoint() {
  const std::lock_guard lock(mutex);
  latest = known.latest();
}

void Client::Impl::fail_with(Error error) {
  {
    const std::lock_guard lock(mutex);
    failure = error;
    is_connected = false;
  }
  changed.notify_all();
  look();  // answers what is handed in and what will be
}

// Everything without an answer is answered with it.
void Client::Impl::give_up(const Error& error) {
  outbox.give_up(error);
  while (!unsealings.empty()) answer(unsealings.begin()->first, std::unexpected(rejection(error)));
}

bool Client::Impl::answer(std::uint64_t request, Unsealed unsealed) {
  const auto found = unsealings.find(request);
  if (found == unsealings.end()) return false;
  found->second.answer.set_value(std::move(unsealed));
  unsealings.erase(found);
  return true;
}

void Client::Impl::post() {
  if (std::exchange(is_posted, true)) return;
  asio::post(context, [this] { look(); });
}

void Client::Impl::look() {
  std::vector<Handed> batches;
  decltype(orders) ordered;
  decltype(asked) questions;
  std::optional<Error> failed;
  bool closing;
  {
    const std::lock_guard lock(mutex);
    is_posted = false;
    batches.swap(handed);
    ordered.swap(orders);
    questions.swap(asked);
    failed = failure;
    closing = is_closing;
  }
  for (Handed& each : batches) outbox.add(each.request, std::move(each.batch), std::move(each.done));
  for (auto& [id, following] : ordered) {
    if (following) {
      followings.insert_or_assign(id, std::move(*following));
      if (link && is_connected) link->follow(id);
    } else if (followings.erase(id) > 0 && link && is_connected) {
      link->say(frames::write(frames::Unsubscribe{id}));
    }
  }
  for (auto& [id, question] : questions) {
    if (link && is_connected) link->say(frames::write(frames::Unseal{id, question.viewed}));
    unsealings.emplace(id, std::move(question));
  }
  if (failed) give_up(*failed);
  if (closing) {
    pause.cancel();
    if (link) link->shut();
  } else if (link && is_connected) {
    link->wake();
  }
}

// ── callers ──

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::~Client() { close(); }

Result<std::unique_ptr<Client>> Client::connect(ClientConfig config, const Signer& author) {
  TRY_AS(url, parse_url(config.url));
  TlsContext tls;
  if (url.tls) {
    TRY_AS(made, make_tls(config.tls));
    tls = std::move(made);
  }
  std::unique_ptr<Client> client(new Client(std::make_unique<Impl>(std::move(config), author, std::move(url), std::move(tls))));
  Impl& impl = *client->impl_;
  asio::co_spawn(impl.context, impl.live(), [&impl](std::exception_ptr failed) {
    if (failed) impl.fail_with({Errc::io, "the client stopped on an exception"});
    impl.work.reset();
  });
  impl.thread = std::thread([&impl] { impl.context.run(); });
  std::unique_lock lock(impl.mutex);
  impl.changed.wait(lock, [&] { return impl.is_connected || impl.failure; });
  if (impl.failure) return std::unexpected(*impl.failure);
  lock.unlock();
  return client;
}

void Client::append(Submission submission, Outbox::Done done) {
  const std::size_t bytes = weight(submission);
  auto prepared = prepare(std::move(submission), impl_->config.in_order);
  if (!prepared) return done(std::unexpected(rejection(prepared.error())));
  Impl& impl = *impl_;
  std::unique_lock lock(impl.mutex);
  const bool may_wait = std::this_thread::get_id() != impl.thread.get_id();
  const auto has_room = [&] {
    return impl.failure || impl.is_closing || (impl.unanswered < impl.config.waiting_batches_max && impl.unanswered_bytes < impl.config.waiting_bytes_max);
  };
  if (may_wait) impl.changed.wait(lock, has_room);
  if (impl.failure || impl.is_closing) {
    const Error error = impl.failure ? *impl.failure : closed_error();
    lock.unlock();
    return done(std::unexpected(rejection(error)));
  }
  ++impl.unanswered;
  impl.unanswered_bytes += bytes;
  auto counted = [&impl, bytes, told = std::move(done)](Answer answer) {
    told(std::move(answer));
    const std::lock_guard again(impl.mutex);
    --impl.unanswered;
    impl.unanswered_bytes -= bytes;
    impl.changed.notify_all();
  };
  impl.handed.push_back({++impl.last_id, std::move(*prepared), std::move(counted)});
  impl.post();
}

std::future<Client::Answer> Client::append(Submission submission) {
  const auto promise = std::make_shared<std::promise<Answer>>();
  append(std::move(submission), [promise](Answer answer) { promise->set_value(std::move(answer)); });
  return promise->get_future();
}

std::future<Client::Unsealed> Client::unseal(Position viewed) {
  const std::lock_guard lock(impl_->mutex);
  Impl::Unsealing question{viewed, {}};
  auto answer = question.answer.get_future();
  if (impl_->failure || impl_->is_closing) {
    question.answer.set_value(std::unexpected(rejection(impl_->failure ? *impl_->failure : closed_error())));
    return answer;
  }
  impl_->asked.emplace_back(++impl_->last_id, std::move(question));
  impl_->post();
  return answer;
}

Result<void> Client::flush(std::chrono::milliseconds at_most) {
  std::unique_lock lock(impl_->mutex);
  if (!impl_->changed.wait_for(lock, at_most, [&] { return impl_->unanswered == 0; }))
    return fail(Errc::io, std::to_string(impl_->unanswered) + " batches are unanswered after " + std::to_string(at_most.count()) + " ms");
  if (impl_->failure) return std::unexpected(*impl_->failure);
  return {};
}

std::uint64_t Client::subscribe(Wish wish, std::function<void(const Told&)> told, std::function<void(const frames::Rejected&)> refused) {
  const std::lock_guard lock(impl_->mutex);
  const std::uint64_t id = ++impl_->last_id;
  impl_->orders.emplace_back(id, Impl::Following{std::move(wish), std::move(told), std::move(refused)});
  impl_->post();
  return id;
}

void Client::unsubscribe(std::uint64_t id) {
  const std::lock_guard lock(impl_->mutex);
  impl_->orders.emplace_back(id, std::nullopt);
  impl_->post();
}

void Client::close() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->is_closing = true;
    impl_->post();
  }
  impl_->changed.notify_all();
  if (impl_->thread.joinable()) impl_->thread.join();
}

// ── what callers may ask ──

std::size_t Client::unanswered() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->unanswered;
}
frames::Welcome Client::welcome() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->welcome;
}
frames::Limits Client::limits() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->limits;
}
std::optional<Checkpoint> Client::checkpoint() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->latest;
}
bool Client::connected() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->is_connected;
}
std::uint64_t Client::connections() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->connections;
}
std::optional<Error> Client::failure() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->failure;
}

}  // namespace caseledger::api
