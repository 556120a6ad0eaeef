#include "casework/finding.h"

#include <simdjson.h>

#include <cmath>
#include <cstdio>
#include <limits>

#include "base/json.h"

namespace sendh {

namespace {

namespace dom = simdjson::dom;

constexpr std::string_view kSchema = "sendh/finding/1";
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// ---- writing ----

// JSON has no infinity: it is null where a field may be unbounded, else the greatest number.
double finite(double number) {
    if (std::isnan(number)) return 0;
    if (std::isinf(number)) return std::copysign(std::numeric_limits<double>::max(), number);
    return number == 0 ? 0 : number;
}

void write_unbounded(JsonWriter& out, double number) {
    if (number == kInfinity) {
        out.null();
    } else {
        out.value(finite(number));
    }
}

std::string exact_time(Micros instant, Zone zone) {
    std::string text = iso_time(instant, zone);
    if (const int micro = to_civil(instant, zone).micro; micro != 0) {
        char fraction[16];
        std::snprintf(fraction, sizeof fraction, ".%06d", micro);
        text.insert(std::string_view("2024-11-02T10:20:30").size(), fraction);
    }
    return text;
}

void write_texts(JsonWriter& out, std::string_view key, const std::vector<std::string>& texts) {
    out.key(key).begin_array();
    for (const std::string& text : texts) out.value(text);
    out.end_array();
}

void write_sentences(JsonWriter& out, std::string_view key, const std::vector<Statement>& statements) {
    out.key(key).begin_array();
    for (const Statement& statement : statements) out.value(say(statement, Language::english));
    out.end_array();
}

void write_codes(JsonWriter& out, std::string_view key, const std::vector<Statement>& statements) {
    out.key(key).begin_array();
    for (const Statement& statement : statements) {
        out.begin_object().field("code", statement.code).key("numbers").begin_array();
        for (const double number : statement.numbers) write_unbounded(out, number);
        out.end_array();
        write_texts(out, "names", statement.names);
        out.end_object();
    }
    out.end_array();
}

void write_named(JsonWriter& out, const std::vector<std::pair<std::string, double>>& values) {
    for (const auto& [name, value] : values) out.field(name, finite(value));
}

void write_leak(JsonWriter& out, const Leak& leak, Zone zone) {
    out.key("leak").begin_object();
    out.field("level", leak.level).field("log10_e", finite(leak.log10_e));
    out.field("p_anytime", finite(leak.p_anytime)).key("odds_ratio");
    if (leak.odds_ratio) {
        out.begin_object().key("estimate");
        write_unbounded(out, leak.odds_ratio->estimate);
        out.field("low", finite(leak.odds_ratio->low)).key("high");
        write_unbounded(out, leak.odds_ratio->high);
        out.end_object();
    } else {
        out.null();
    }
    out.field("gamma_star", finite(leak.gamma_star));
    out.field("planted_log10_e", finite(leak.planted_log10_e));
    out.field("hits", leak.hits).field("hits_in_register", leak.hits_in_register);
    out.key("path").begin_array();
    for (const PathPoint& point : leak.path) {
        out.begin_array().value(exact_time(point.time, zone)).value(finite(point.log10_e)).end_array();
    }
    out.end_array().key("rivals").begin_array();
    for (const RivalLine& rival : leak.rivals) {
        out.begin_object().field("name", rival.name).field("log10_lr", finite(rival.log10_lr));
        out.field("explains", rival.explains).end_object();
    }
    out.end_array();
    write_sentences(out, "reasons", leak.reasons);
    write_sentences(out, "needs", leak.needs);
    write_codes(out, "reason_codes", leak.reasons);
    write_codes(out, "need_codes", leak.needs);
    out.end_object();
}

void write_copies(JsonWriter& out, const Finding& finding) {
    out.key("copies").begin_array();
    for (const CopyLine& copy : finding.copies) {
        out.begin_object().field("id", copy.id).field("recipient", copy.recipient).field("date", copy.date);
        out.field("named", copy.named).field("in_confidence_set", copy.in_confidence_set);
        out.field("class", copy.copy_class).field("log10_e", finite(copy.log10_e));
        out.key("by").begin_object().field("canaries", finite(copy.canaries));
        out.field("row_order", finite(copy.row_order)).end_object();
        out.field("natural_log10_lr", finite(copy.natural_log10_lr));
        out.field("log10_threshold", finite(copy.log10_threshold));
        if (copy.recipient_log10_e) out.field("recipient_log10_e", finite(*copy.recipient_log10_e));
        out.field("hits", copy.hits).field("dialled_at_most", finite(copy.dialled_at_most)).end_object();
    }
    out.end_array();
    write_sentences(out, "copy_reasons", finding.copy_reasons);
    write_sentences(out, "copy_needs", finding.copy_needs);
    write_codes(out, "copy_reason_codes", finding.copy_reasons);
    write_codes(out, "copy_need_codes", finding.copy_needs);
    out.key("dialled").begin_array();
    for (const DialledRows& dialled : finding.dialled) {
        out.begin_object().field("copy", dialled.copy).field("rows", dialled.rows);
        out.key("positions").begin_array();
        for (const std::uint32_t position : dialled.positions) out.value(position);
        out.end_array().end_object();
    }
    out.end_array();
    write_texts(out, "confidence_set", finding.confidence_set);
    out.key("snapshot");
    if (finding.snapshot) {
        out.begin_object().field("from", finding.snapshot->first).field("to", finding.snapshot->second);
        out.end_object();
    } else {
        out.null();
    }
    out.key("columns").begin_array();
    for (const auto& [name, log10_e] : finding.columns) {
        out.begin_object().field("name", name).field("log10_e", finite(log10_e)).end_object();
    }
    out.end_array();
}

void write_rate(JsonWriter& out, std::string_view key, const Rate& rate) {
    out.key(key).begin_object().field("hit", rate.hit).field("of", rate.of);
    out.field("low", finite(rate.low)).field("high", finite(rate.high)).end_object();
}

void write_activity(JsonWriter& out, const Finding& finding) {
    out.key("activity").begin_object().field("from", exact_time(finding.activity_from, finding.zone));
    out.key("step_s");
    if (finding.activity_step_us % micros_per_second == 0) {
        out.value(finding.activity_step_us / micros_per_second);
    } else {
        out.value(static_cast<double>(finding.activity_step_us) / static_cast<double>(micros_per_second));
    }
    out.key("campaign").begin_array();
    for (const std::uint32_t calls : finding.activity_campaign) out.value(calls);
    out.end_array().key("all").begin_array();
    for (const std::uint32_t calls : finding.activity_all) out.value(calls);
    out.end_array().end_object();
}

void write_ledger(JsonWriter& out, const Ledger& ledger) {
    out.key("ledger").begin_object().key("evidence").begin_array();
    for (const EvidenceLine& line : ledger.evidence) {
        out.begin_object().field("sha256", line.sha256).field("name", line.name).field("rows", line.rows);
        out.field("accepted", line.accepted).field("rejected", line.rejected);
        out.field("duplicates", line.duplicates).end_object();
    }
    out.end_array().field("campaign_rule", ledger.campaign_rule);
    out.key("population").begin_object().field("kind", ledger.population_kind);
    out.field("numbers", ledger.population_numbers).field("strata", ledger.population_strata).end_object();
    out.field("looks", ledger.looks).field("seed", ledger.seed);
    out.field("mark_key_commitment", ledger.mark_key_commitment).field("version", ledger.version);
    out.field("campaigns_tested", ledger.campaigns_tested).key("thresholds").begin_object();
    write_named(out, ledger.thresholds);
    out.end_object().end_object();
}

// ---- reading ----

// The first thing that was not as the schema says; later reads give empty values.
struct Trouble {
    std::string where;
    void at(std::string_view path) {
        if (where.empty()) where = path;
    }
};

class Node {
public:
    Node(dom::element element, std::string path, Trouble& trouble)
        : element_(element), path_(std::move(path)), trouble_(&trouble), there_(true) {}
    Node(std::string path, Trouble& trouble) : path_(std::move(path)), trouble_(&trouble) {}

    [[nodiscard]] Node operator[](std::string_view key) const {
        std::string path = path_.empty() ? std::string(key) : path_ + "." + std::string(key);
        dom::element child;
        if (!there_ || element_[key].get(child) != simdjson::SUCCESS) return absent(std::move(path));
        return {child, std::move(path), *trouble_};
    }

    // Fields that were added later: findings that were stored before have none.
    template <class Use>
    void if_there(std::string_view key, Use use) const {
        dom::element child;
        if (there_ && element_[key].get(child) == simdjson::SUCCESS) use((*this)[key]);
    }

    [[nodiscard]] bool is_null() const { return there_ && element_.is_null(); }

    [[nodiscard]] std::string text() const {
        std::string_view value;
        take(value);
        return std::string(value);
    }
    [[nodiscard]] double number() const {
        double value = 0;
        take(value);
        return value;
    }
    [[nodiscard]] double unbounded() const { return is_null() ? kInfinity : number(); }
    [[nodiscard]] std::uint64_t count() const {
        std::uint64_t value = 0;
        take(value);
        return value;
    }
    [[nodiscard]] bool flag() const {
        bool value = false;
        take(value);
        return value;
    }
    [[nodiscard]] Micros time() const {
        const auto instant = parse_iso(text(), Zone{0});
        if (!instant) trouble_->at(path_);
        return instant.value_or(Micros{});
    }

    template <class Use>
    void each(Use use) const {
        dom::array array;
        if (!take(array)) return;
        std::size_t index = 0;
        for (const dom::element item : array) {
            use(Node(item, path_ + "[" + std::to_string(index++) + "]", *trouble_));
        }
    }
    template <class Use>
    void each_field(Use use) const {
        dom::object object;
        if (!take(object)) return;
        for (const auto& field : object) {
            use(field.key, Node(field.value, path_ + "." + std::string(field.key), *trouble_));
        }
    }
    [[nodiscard]] std::vector<std::string> texts() const {
        std::vector<std::string> all;
        each([&](const Node& item) { all.push_back(item.text()); });
        return all;
    }

    void refuse() const { trouble_->at(path_); }

private:
    [[nodiscard]] Node absent(std::string path) const {
        trouble_->at(path);
        return {std::move(path), *trouble_};
    }
    template <class T>
    bool take(T& value) const {
        if (there_ && element_.get(value) == simdjson::SUCCESS) return true;
        trouble_->at(path_);
        value = T{};
        return false;
    }

    dom::element element_;
    std::string path_;
    Trouble* trouble_;
    bool there_ = false;
};

std::vector<Statement> read_codes(const Node& node) {
    std::vector<Statement> all;
    node.each([&](const Node& item) {
        Statement statement{item["code"].text(), {}, item["names"].texts()};
        item["numbers"].each([&](const Node& number) { statement.numbers.push_back(number.unbounded()); });
        all.push_back(std::move(statement));
    });
    return all;
}

Leak read_leak(const Node& node) {
    Leak leak;
    leak.level = node["level"].text();
    bool known = false;
    for (const char* level : {"cannot_tell", "no_evidence", "indicated", "strong", "very_strong"}) {
        known = known || leak.level == level;
    }
    if (!known) node["level"].refuse();
    leak.log10_e = node["log10_e"].number();
    leak.p_anytime = node["p_anytime"].number();
    if (const Node odds = node["odds_ratio"]; !odds.is_null()) {
        leak.odds_ratio = {odds["estimate"].unbounded(), odds["low"].number(), odds["high"].unbounded()};
    }
    leak.gamma_star = node["gamma_star"].number();
    node.if_there("planted_log10_e", [&](const Node& e) { leak.planted_log10_e = e.number(); });
    leak.hits = node["hits"].count();
    leak.hits_in_register = node["hits_in_register"].count();
    node["path"].each([&](const Node& pair) {
        std::size_t index = 0;
        PathPoint point;
        pair.each([&](const Node& item) {
            if (index == 0) point.time = item.time();
            if (index == 1) point.log10_e = item.number();
            ++index;
        });
        if (index != 2) pair.refuse();
        leak.path.push_back(point);
    });
    node["rivals"].each([&](const Node& item) {
        leak.rivals.push_back({item["name"].text(), item["log10_lr"].number(), item["explains"].flag()});
    });
    leak.reasons = read_codes(node["reason_codes"]);
    leak.needs = read_codes(node["need_codes"]);
    return leak;
}

CopyLine read_copy(const Node& node) {
    CopyLine copy;
    copy.id = node["id"].text();
    copy.recipient = node["recipient"].text();
    copy.date = node["date"].text();
    copy.named = node["named"].flag();
    copy.in_confidence_set = node["in_confidence_set"].flag();
    copy.copy_class = node["class"].text();
    copy.log10_e = node["log10_e"].number();
    copy.canaries = node["by"]["canaries"].number();
    copy.row_order = node["by"]["row_order"].number();
    copy.natural_log10_lr = node["natural_log10_lr"].number();
    copy.log10_threshold = node["log10_threshold"].number();
    node.if_there("recipient_log10_e", [&](const Node& e) { copy.recipient_log10_e = e.number(); });
    node.if_there("hits", [&](const Node& hits) { copy.hits = hits.count(); });
    node.if_there("dialled_at_most", [&](const Node& share) { copy.dialled_at_most = share.number(); });
    return copy;
}

Rate read_rate(const Node& node) {
    return {node["hit"].count(), node["of"].count(), node["low"].number(), node["high"].number()};
}

std::vector<std::uint32_t> read_bins(const Node& node) {
    std::vector<std::uint32_t> bins;
    node.each([&](const Node& item) {
        const std::uint64_t calls = item.count();
        if (calls > std::numeric_limits<std::uint32_t>::max()) item.refuse();
        bins.push_back(static_cast<std::uint32_t>(calls));
    });
    return bins;
}

Ledger read_ledger(const Node& node) {
    Ledger ledger;
    node["evidence"].each([&](const Node& item) {
        ledger.evidence.push_back({item["sha256"].text(), item["name"].text(), item["rows"].count(),
                                   item["accepted"].count(), item["rejected"].count(),
                                   item["duplicates"].count()});
    });
    ledger.campaign_rule = node["campaign_rule"].text();
    ledger.population_kind = node["population"]["kind"].text();
    ledger.population_numbers = node["population"]["numbers"].count();
    ledger.population_strata = node["population"]["strata"].count();
    ledger.looks = node["looks"].count();
    ledger.seed = node["seed"].count();
    ledger.mark_key_commitment = node["mark_key_commitment"].text();
    ledger.version = node["version"].text();
    ledger.campaigns_tested = node["campaigns_tested"].count();
    node["thresholds"].each_field([&](std::string_view name, const Node& value) {
        ledger.thresholds.emplace_back(name, value.number());
    });
    return ledger;
}

Finding read_finding(const Node& root) {
    Finding finding;
    finding.case_name = root["case"].text();
    finding.made_at = root["made_at"].time();
    if (const auto zone = parse_zone(root["time_zone"].text()); zone.ok()) {
        finding.zone = *zone;
    } else {
        root["time_zone"].refuse();
    }
    finding.alpha = root["alpha"].number();
    finding.register_name = root["register"].text();
    finding.campaign = root["campaign"].text();
    finding.leak = read_leak(root["leak"]);
    root["copies"].each([&](const Node& item) { finding.copies.push_back(read_copy(item)); });
    root.if_there("copy_reason_codes", [&](const Node& said) { finding.copy_reasons = read_codes(said); });
    root.if_there("copy_need_codes", [&](const Node& said) { finding.copy_needs = read_codes(said); });
    root.if_there("dialled", [&](const Node& all) {
        all.each([&](const Node& item) {
            finding.dialled.push_back(
                {item["copy"].text(), item["rows"].count(), read_bins(item["positions"])});
        });
    });
    finding.confidence_set = root["confidence_set"].texts();
    if (const Node snapshot = root["snapshot"]; !snapshot.is_null()) {
        finding.snapshot = {snapshot["from"].text(), snapshot["to"].text()};
    }
    root["columns"].each([&](const Node& item) {
        finding.columns.emplace_back(item["name"].text(), item["log10_e"].number());
    });
    finding.at_risk = root["at_risk"]["count"].count();
    finding.at_risk_top_share = root["at_risk"]["top_share"].number();
    finding.members = read_rate(root["rates"]["members"]);
    finding.neighbours = read_rate(root["rates"]["neighbours"]);
    const Node activity = root["activity"];
    finding.activity_from = activity["from"].time();
    const double step = activity["step_s"].number();
    if (step < 0 || step > 1e9) activity["step_s"].refuse();
    finding.activity_step_us = step < 0 || step > 1e9 ? 0 : std::llround(step * 1e6);
    finding.activity_campaign = read_bins(activity["campaign"]);
    finding.activity_all = read_bins(activity["all"]);
    finding.ledger = read_ledger(root["ledger"]);
    return finding;
}

Fault corrupt(std::string what, std::string where, std::string to_do) {
    return {FaultKind::corrupt, std::move(what), std::move(where), std::move(to_do)};
}

}  // namespace

std::string to_json(const Finding& finding) {
    JsonWriter out(2);
    out.begin_object().field("schema", kSchema).field("case", finding.case_name);
    out.field("made_at", exact_time(finding.made_at, finding.zone));
    out.field("time_zone", to_text(finding.zone)).field("alpha", finite(finding.alpha));
    out.field("register", finding.register_name).field("campaign", finding.campaign);
    write_leak(out, finding.leak, finding.zone);
    write_copies(out, finding);
    out.key("at_risk").begin_object().field("count", finding.at_risk);
    out.field("top_share", finite(finding.at_risk_top_share)).end_object();
    out.key("rates").begin_object();
    write_rate(out, "members", finding.members);
    write_rate(out, "neighbours", finding.neighbours);
    out.end_object();
    write_activity(out, finding);
    write_ledger(out, finding.ledger);
    out.end_object();
    return out.take() + "\n";
}

Result<Finding> finding_from_json(std::string_view json) {
    dom::parser parser;
    dom::element document;
    const auto error = parser.parse(simdjson::padded_string(json)).get(document);
    if (error != simdjson::SUCCESS) {
        return corrupt("the finding is not JSON", simdjson::error_message(error),
                       "run sendh investigate again");
    }
    std::string_view schema;
    if (document["schema"].get(schema) != simdjson::SUCCESS) {
        return corrupt("this is not a finding", "field schema", "give a file that sendh investigate wrote");
    }
    if (schema != kSchema) {
        return corrupt("the finding is of another version", "field schema",
                       "use the version of sendh that wrote it, or run sendh investigate again");
    }
    Trouble trouble;
    Finding finding = read_finding(Node(document, "", trouble));
    if (!trouble.where.empty()) {
        return corrupt("the finding does not follow its schema", "field " + trouble.where,
                       "run sendh investigate again");
    }
    return finding;
}

}  // namespace sendh
