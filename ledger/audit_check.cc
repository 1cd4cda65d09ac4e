#include "ledger/audit_check.h"

#include <algorithm>
#include <sodium.h>

#include "ledger/verify.h"

namespace caseledger::audit {

namespace {

class Check {
 public:
  Check(Exhibit& exhibit, const Source& source, const Terms& terms) : exhibit_(exhibit), source_(source), terms_(terms) {}

  void run() {
    check_entry();
    if (exhibit_.has_items) check_items();
    for (const auto& note : exhibit_.notes) check_note(note);
  }

 private:
  void find(std::string code, Place place, std::string sentence) { exhibit_.findings.push_back(error(std::move(code), std::move(place), std::move(sentence))); }

  void check_entry() {
    if (exhibit_.entry.empty()) return;
    exhibit_.leaf = leaf_hash(exhibit_.entry);
    const auto parsed = parse_entry(exhibit_.entry);
    if (!parsed) return find("entry.malformed", source_.entry_place(exhibit_.index), parsed.error().sentence);
    exhibit_.parsed = *parsed;
    exhibit_.sound = verify_author(*parsed, terms_.origin);
    if (!exhibit_.sound)
      return find("entry.signature", source_.entry_place(exhibit_.index), "the author's signature over the batch does not hold");
    ++exhibit_.signatures;
  }

  Place place(std::size_t event, const EventView* view = nullptr) const {
    Place place = source_.batch_place(exhibit_.index);
    place.position = first() + event;
    if (view) place.stream = view->stream, place.version = view->version;
    return place;
  }
  Position first() const { return exhibit_.first ? *exhibit_.first : exhibit_.parsed ? exhibit_.parsed->first_position : Position{0}; }

  void check_items() {
    const bool sound = std::exchange(exhibit_.sound, false);
    const std::uint32_t count = exhibit_.count != 0 ? exhibit_.count : exhibit_.parsed ? exhibit_.parsed->count : 0;
    if (exhibit_.parsed && count != exhibit_.parsed->count)
      find("batch.entry", source_.batch_place(exhibit_.index), "the batch counts " + number(count) + " events, its entry " + number(exhibit_.parsed->count));
    const auto items = parse_items(exhibit_.items, count);
    if (!items) return find("batch.malformed", source_.batch_place(exhibit_.index), items.error().sentence);
    exhibit_.aligned.reserve(exhibit_.items.size() + 8 * items->size());
    Hashes leaves;
    leaves.reserve(items->size());
    for (const Item& item : *items) {
      leaves.push_back(item.leaf());
      check_item(item, exhibit_.events.size());
    }
    const bool root_holds = exhibit_.parsed && tree_head(leaves) == exhibit_.parsed->root;
    if (exhibit_.parsed && !root_holds)
      find("batch.root", source_.batch_place(exhibit_.index), "the events are not those the author signed: they hash to another root than the entry's");
    exhibit_.sound = sound && root_holds;
    if (exhibit_.sealed_complete) find_strays();
  }

  void check_item(const Item& item, std::size_t which) {
    SeenEvent seen{item.kind, std::nullopt, static_cast<std::uint32_t>(exhibit_.refs.size()), 0};
    if (item.kind == ItemKind::event) {
      const std::size_t at = (exhibit_.aligned.size() + 7) / 8 * 8;
      exhibit_.aligned.resize(at);  // within what is reserved: views hold
      append(exhibit_.aligned, item.bytes);
      const Bytes bytes = Bytes(exhibit_.aligned).subspan(at);
      if (auto formed = check_event_bytes(bytes, exhibit_.refs); !formed) {
        exhibit_.refs.resize(seen.refs_begin);
        find("event.malformed", place(which), formed.error().sentence);
      } else {
        seen.view = view_event(bytes);
        if (auto fits = check_event(*seen.view); !fits) find("event.malformed", place(which, &*seen.view), fits.error().sentence);
        if (const auto* parts = seen.view->fields->parts()) check_parts(*seen.view, *parts, which);
      }
    }
    seen.refs_end = static_cast<std::uint32_t>(exhibit_.refs.size());
    exhibit_.events.push_back(seen);
  }

  // ── sealed parts ──

  void check_parts(const EventView& event, const flatbuffers::Vector<flatbuffers::Offset<schema::SealedPart>>& parts, std::size_t which) {
    exhibit_.sealed_parts += parts.size();
    for (std::uint16_t part = 0; part < parts.size(); ++part) {
      const std::pair wanted(first() + which, part);
      const auto row = std::ranges::lower_bound(exhibit_.sealed, wanted, {}, [](const auto& s) { return std::pair(s.position, s.part); });
      if (row == exhibit_.sealed.end() || row->position != wanted.first || row->part != part) {
        exhibit_.erased_parts += exhibit_.sealed_complete;
        continue;
      }
      if (terms_.vault) unseal(event, *parts.Get(part), part, row->bytes, which);
      row->bytes.clear();  // accounted for
    }
  }

  void unseal(const EventView& event, const schema::SealedPart& sealed, std::uint16_t part, Bytes bytes, std::size_t which) {
    const SubjectId subject = uuid_of(*sealed.subject());
    const PartPlace where{event.stream, event.version, part};
    const auto key = terms_.vault->find(subject, where);
    const auto no_key = [&] {
      exhibit_.findings.push_back(warning("sealed.key_missing", place(which, &event),
                                          "part " + number(part) + " is there, but not the key of its subject " + to_string(subject) +
                                              ": erased by half, or lost"));
    };
    if (!key && key.error().code == Errc::not_found) return no_key();
    if (!key) return find("vault.damaged", place(which, &event), key.error().sentence);
    auto opened = unseal_part(*key, terms_.origin, where, hash_of(*sealed.commitment()), bytes);
    if (!opened && terms_.vault->exchanged(subject)) return no_key();  // of a key before the one there is
    if (!opened) return find("sealed.wrong", place(which, &event), "part " + number(part) + ": " + opened.error().sentence);
    sodium_memzero(opened->plaintext.data(), opened->plaintext.size());
    ++exhibit_.opened_parts;
  }

  // Ciphertext that no event of the batch speaks of; of events whose bytes are gone nothing can be said.
  void find_strays() {
    for (const auto& row : exhibit_.sealed) {
      const auto which = row.position - first();
      if (row.bytes.empty() || which >= exhibit_.events.size() || !exhibit_.events[which].view) continue;
      find("sealed.extra", place(which, &*exhibit_.events[which].view), "there is a sealed part " + number(row.part) + " that the event does not name");
    }
  }

  // ── checkpoints ──

  void check_note(const Exhibit::Note& note) {
    auto opened = open_own_checkpoint(note.text, terms_);
    if (opened && opened->size != note.size) opened = fail(Errc::verification_failed, "it is the checkpoint of size " + number(opened->size));
    exhibit_.checkpoints.push_back(opened ? std::optional(*opened) : std::nullopt);
    exhibit_.signatures += opened.has_value();
    if (!opened) find("checkpoint.wrong", source_.note_place(note.size), opened.error().sentence);
  }

  Exhibit& exhibit_;
  const Source& source_;
  const Terms& terms_;
};

}  // namespace

void check(Exhibit& exhibit, const Source& source, const Terms& terms) { Check(exhibit, source, terms).run(); }

Result<Checkpoint> open_own_checkpoint(std::string_view note, const Terms& terms) {
  if (terms.log_keys.empty()) return fail(Errc::verification_failed, "without the log's key its signature cannot be verified");
  TRY_AS(opened, open_checkpoint(note, terms.log_keys, terms.witnesses));
  TRY_AS(parsed, parse_note(note));
  const auto& first = parsed.signatures.front();
  const Vkey& key = *log_key_at(terms.log_keys, opened.checkpoint.size);
  if (first.name != key.name || first.key_id != key.id())
    return fail(Errc::malformed, "the log's signature is not the first of the checkpoint");
  return std::move(opened.checkpoint);
}

void Exhibit::clear(EntryIndex at) {
  index = at;
  for (Buffer* bytes : {&entry, &items, &aligned}) bytes->clear();
  has_items = sealed_complete = sound = false;
  count = signatures = sealed_parts = opened_parts = erased_parts = 0;
  first.reset();
  links.reset();
  sealed.clear();
  notes.clear();
  findings.clear();
  parsed.reset();
  leaf.reset();
  events.clear();
  refs.clear();
  checkpoints.clear();
}

// ── the crew ──

Checked::Checked(Source& source, const Terms& terms, unsigned threads)
    : source_(source), terms_(terms), waiting_(4 * std::max(1u, threads) + 4, ~std::size_t{0} / 2) {
  for (unsigned i = 0; i < 4 * std::max(1u, threads); ++i) {
    jobs_.push_back(std::make_unique<Job>());
    idle_.push_back(jobs_.back().get());
  }
  const auto one = [](std::size_t) { return 1; };
  for (unsigned i = 0; i < std::max(1u, threads); ++i)
    crew_.emplace_back([this, one] {
      for (auto taken = waiting_.take(one, 1); !taken.empty(); taken = waiting_.take(one, 1)) {
        for (std::size_t e = 0; e < taken[0]->used; ++e) check(taken[0]->exhibits[e], source_, terms_);
        taken[0]->done = true;
        taken[0]->done.notify_one();
      }
    });
}

Checked::~Checked() {
  waiting_.close();
  for (auto& thread : crew_) thread.join();
}

bool Checked::fill(Job& job) {
  job.used = 0;
  job.done = false;
  for (std::size_t bytes = 0; bytes < job_bytes && job.used < job_exhibits_max && !ended_;) {
    if (job.used == job.exhibits.size()) job.exhibits.emplace_back();
    Exhibit& exhibit = job.exhibits[job.used];
    if (!source_.draw(exhibit)) {
      ended_ = true;
      end_.findings = std::move(exhibit.findings);
      break;
    }
    bytes += exhibit.items.size() + entry_bytes;
    ++job.used;
  }
  return job.used > 0;
}

Exhibit* Checked::next() {
  if (open_ && ++at_ < open_->used) return &open_->exhibits[at_];
  if (open_) idle_.push_back(std::exchange(open_, nullptr));
  while (!idle_.empty() && !ended_) {
    Job* job = idle_.front();
    if (!fill(*job)) break;
    idle_.pop_front();
    handed_.push_back(job);
    ENSURE(waiting_.offer(job, 1));
    // Enough ahead: turn to what is done already.
    if (handed_.front()->done) break;
  }
  if (handed_.empty()) return nullptr;
  open_ = handed_.front();
  handed_.pop_front();
  open_->done.wait(false);
  at_ = 0;
  return &open_->exhibits[0];
}

}  // namespace caseledger::audit
