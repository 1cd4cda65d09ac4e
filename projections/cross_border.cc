#include "projections/cross_border.h"

#include "projections/on.h"
#include "projections/packed.h"
#include "projections/rows.h"
#include "projections/waits.h"
#include "projections/window.h"

namespace caseledger::projections {

namespace {

using namespace schema;

// A request: the steps that share an action_id. The first time of each step counts; 0: not taken (yet).
struct Request {
  static constexpr char sort = 'q';
  Micros at = 0;  // sent, or else its first step on record
  Micros acknowledged = 0, answered = 0, refused = 0, expired = 0;
  Instrument instrument = Instrument::unset;
  std::string country;
};

struct Numbered {
  caseledger::Uuid action;
  bool sent = false;
  Request request;
};

void note_first(Micros& first, Micros at) {
  if (first == 0) first = at;
}

void take_step(Numbered& one, const IntlActionRecorded& body) {
  Request& request = one.request;
  note_first(request.at, body.at());
  switch (body.action()) {
    case IntlAction::unset: break;
    case IntlAction::sent:
      if (!one.sent) request.at = body.at();
      one.sent = true;
      break;
    case IntlAction::acknowledged: note_first(request.acknowledged, body.at()); break;
    case IntlAction::answered: note_first(request.answered, body.at()); break;
    case IntlAction::refused: note_first(request.refused, body.at()); break;
    case IntlAction::expired: note_first(request.expired, body.at()); break;
  }
}

// The earlier of two times that may be 0.
Micros earlier(Micros a, Micros b) { return a == 0 ? b : b == 0 ? a : std::min(a, b); }

struct Row {
  explicit Row(Micros at) : as_of(at), acknowledgement(at), answer(at) {}

  Micros as_of;
  Waits acknowledgement, answer;
  std::int64_t all = 0, acknowledged = 0, answered = 0, refused = 0, expired = 0;

  void add(const Request& request, std::int64_t n) {
    const auto came = [&](Micros at) { return at != 0 && at <= as_of; };
    const Micros heard = earlier(request.acknowledged, earlier(request.answered, request.refused));
    all += n;
    if (came(heard)) acknowledged += n;
    if (came(request.answered)) answered += n;
    else if (came(request.refused)) refused += n;
    else if (came(request.expired)) expired += n;
    acknowledgement.add(request.at, heard, request.expired, n);
    answer.add(request.at, request.answered, earlier(request.refused, request.expired), n);
  }

  void write(Sheet& sheet) const {
    sheet.count("T9.requests", "Requests to other countries", "requests", all);
    sheet.share("T9.acknowledged", "Of the requests to other countries, those acknowledged, answered or refused", acknowledged, all);
    sheet.share("T9.answered", "Of the requests to other countries, those answered", answered, all);
    sheet.share("T9.refused", "Of the requests to other countries, those refused", refused, all);
    sheet.share("T9.expired", "Of the requests to other countries, those expired without an answer", expired, all);
    write_waits(sheet, "T9.acknowledgement", "From sending to the first sign from the other country", acknowledgement, {50, 90});
    write_waits(sheet, "T9.answer", "From sending to the answer", answer, {50, 90});
  }
};

class CrossBorder final : public Projection {
 public:
  std::string_view id() const override { return "cross_border"; }
  bool wants(Body type) const override { return type == Body::IntlActionRecorded; }

  void step(std::string& state, const Fact& fact) const override {
    const auto& body = fact.event.body<IntlActionRecorded>();
    auto all = unpacked<std::vector<Numbered>>(state);
    const caseledger::Uuid action = uuid_of(*body.action_id());
    auto one = std::ranges::find(all, action, &Numbered::action);
    if (one == all.end())
      one = all.insert(one, Numbered{.action = action, .request = {.instrument = body.instrument(), .country = std::string(text_of(body.partner_country()))}});
    take_step(*one, body);
    state = packed(all);
  }

  void contribute(std::string_view state, const Share& add) const override {
    for (const Numbered& one : unpacked<std::vector<Numbered>>(state)) add(cell_key(one.request), 1);
  }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    const Window window = window_of(query);
    const auto split = [](const Request& request) {
      return dimensions({{"instrument", EnumNameInstrument(request.instrument)}, {"country", request.country}});
    };
    auto rows = rows_of(query, Request{}, split, Row(query.as_of));
    for (const auto& [key, n] : cells.counts())
      if (const auto request = cell_of<Request>(key); request && window.holds(request->at)) rows.add(*request, n);
    std::vector<Figure> figures;
    rows.write(figures);
    return figures;
  }
};

}  // namespace

const Projection& cross_border() {
  static const CrossBorder projection;
  return projection;
}

}  // namespace caseledger::projections
