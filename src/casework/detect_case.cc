#include "casework/detect_case.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "base/json.h"
#include "base/progress.h"
#include "base/text.h"
#include "casework/import_lists.h"
#include "detect/detect.h"

namespace sendh {

namespace {

constexpr std::int64_t match_window = 15 * 60 * micros_per_second;
constexpr std::size_t chunk_rows = 200'000;
constexpr std::size_t most_names = 100'000;

std::int64_t report_id(const ReportRecord& r) { return -(r.file << 40 | static_cast<std::int64_t>(r.line)); }

struct OpenReport {
    ReportRecord record;
    Complaint complaint;
    std::string link_host;
    std::optional<std::int64_t> call;
};

std::string host_of(std::string_view link) {
    std::string text = lower_ascii(trim(link));
    if (const std::size_t scheme = text.find("://"); scheme != std::string::npos) text.erase(0, scheme + 3);
    text = text.substr(0, text.find_first_of("/?# "));
    if (text.starts_with("www.")) text.erase(0, 4);
    return text;
}

Result<std::vector<OpenReport>> open_reports(Case& c) {
    SENDH_TRY(const auto records, c.catalogue().reports());
    std::vector<OpenReport> out;
    for (const ReportRecord& record : records) {
        OpenReport r;
        r.record = record;
        const Place place{"reports", 0, {}, static_cast<std::int64_t>(out.size()) + 1};
        SENDH_TRY(r.complaint.number, c.open_number(record.number, place));
        SENDH_TRY(r.complaint.cli.number, c.open_number(record.cli, place));
        r.complaint.cli.number_class = static_cast<NumberClass>(record.cli_class);
        r.complaint.line = record.line;
        r.complaint.time = record.time;
        r.complaint.time_is_date_only = record.date_only;
        r.complaint.threat = record.threat;
        r.complaint.asked_to_press_key = record.key_press;
        r.complaint.knew_name = record.knew_name;
        r.complaint.knew_designation = record.knew_designation;
        r.complaint.knew_department = record.knew_department;
        SENDH_TRY(const std::string personal, c.open_text(record.sealed, "report", place));
        std::string* parts[] = {&r.complaint.text, &r.complaint.link, &r.complaint.district,
                                &r.complaint.language, &r.complaint.money_lost};
        std::size_t at = 0;
        for (std::string* part : parts) {
            const std::size_t end = personal.find('\x1f', at);
            if (end == std::string::npos) break;
            *part = personal.substr(at, end - at);
            at = end + 1;
        }
        r.link_host = host_of(r.complaint.link);
        out.push_back(std::move(r));
    }
    return out;
}

Done match_reports(Case& c, CallStore& store, std::vector<OpenReport>& reports) {
    std::vector<CallStore::ReportKey> keys;
    std::vector<std::size_t> who;
    for (std::size_t i = 0; i < reports.size(); ++i) {
        const OpenReport& r = reports[i];
        if (!r.record.time) continue;
        CallStore::ReportKey key;
        key.number = r.record.number;
        if (!r.complaint.cli.number.is_none()) key.cli = r.record.cli;
        const std::int64_t t = r.record.time->value;
        key.about = Micros{t};
        key.from = Micros{r.record.date_only ? t : t - match_window};
        key.to = Micros{r.record.date_only ? t + micros_per_day : t + match_window};
        keys.push_back(key);
        who.push_back(i);
    }
    (void)c;
    SENDH_TRY(const auto matched, store.match(keys));
    for (std::size_t k = 0; k < who.size(); ++k) reports[who[k]].call = matched[k];
    return done();
}

std::string indicators_json(const std::vector<detect::IndicatorHit>& hits) {
    JsonWriter json;
    json.begin_array();
    for (const detect::IndicatorHit& hit : hits) {
        json.begin_object()
            .field("code", hit.code)
            .field("direction", detect::name_of(hit.direction))
            .field("value", hit.value)
            .field("threshold", hit.threshold)
            .end_object();
    }
    return json.end_array().take();
}

// What several persons say of one call, each rule once.
void add_judgement(detect::Judgement& to, const detect::Judgement& from) {
    for (const auto& hit : from.indicators) {
        const bool known = std::any_of(to.indicators.begin(), to.indicators.end(),
                                       [&](const auto& h) { return h.code == hit.code; });
        if (!known) to.indicators.push_back(hit);
    }
    if (from.verdict != detect::Verdict::fake) return;
    if (to.verdict != detect::Verdict::fake) to.needs = {};
    to.verdict = detect::Verdict::fake;
    if (to.style.empty()) to.style = from.style;
}

// Collects rows and writes them as files of at most chunk_rows.
template <class Row>
class ChunkedFiles {
public:
    using Write = std::function<Done(const std::string&, const std::vector<Row>&)>;
    ChunkedFiles(std::string prefix, Write write) : prefix_(std::move(prefix)), write_(std::move(write)) {}
    Done add(Row row) {
        rows_.push_back(std::move(row));
        return rows_.size() >= chunk_rows ? flush() : done();
    }
    Done flush() {
        if (rows_.empty()) return done();
        const std::string name = prefix_ + "-" + std::to_string(names_.size()) + ".parquet";
        SENDH_CHECK(write_(name, rows_));
        names_.push_back(name);
        rows_.clear();
        return done();
    }
    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

private:
    std::string prefix_;
    Write write_;
    std::vector<Row> rows_;
    std::vector<std::string> names_;
};

Result<std::vector<std::string>> international_trunks(Case& c) {
    std::vector<std::string> names;
    SENDH_TRY(const auto trunks, c.catalogue().trunks());
    for (const TrunkRecord& t : trunks) {
        if (parse_ingress(t.ingress) == Ingress::international) names.push_back(t.name);
    }
    return names;
}

Result<RoamingTable> roaming_table(Case& c) {
    SENDH_TRY(const auto rows, c.catalogue().roaming());
    SENDH_TRY(const auto spans, c.catalogue().roaming_spans());
    RoamingTable table;
    std::vector<RoamInterval> intervals;
    for (const RoamingRecord& row : rows) {
        SENDH_TRY(const PhoneNumber number,
                  c.open_number(row.token,
                                Place{"roaming", 0, {}, static_cast<std::int64_t>(intervals.size()) + 1}));
        intervals.push_back({number, row.from, row.to});
    }
    table.add(intervals, false, {}, {});
    for (const auto& span : spans) table.add({}, span.complete, span.from, span.to);
    return table;
}

detect::FlaggedCall flagged(const OpenReport& r, const detect::Judgement& judgement) {
    detect::FlaggedCall f;
    f.time = r.record.time.value_or(Micros{0});
    f.cli = r.complaint.cli.number;
    f.cli_class = r.complaint.cli.number_class;
    f.callee = r.complaint.number;
    f.style = judgement.style;
    f.link = r.link_host;
    return f;
}

}  // namespace

Result<DetectSummary> detect_case(Case& c, bool quiet) {
    const detect::Settings settings;
    DetectSummary summary;
    SENDH_TRY(CallStore * store, c.calls());
    SENDH_TRY(const std::uint64_t total, store->count());
    SENDH_TRY(const auto international, international_trunks(c));
    SENDH_TRY(const TrunkMap trunks, c.trunk_map());
    summary.trunk_map = !trunks.empty();
    SENDH_TRY(const RoamingTable roaming, roaming_table(c));
    SENDH_TRY(auto reports, open_reports(c));
    SENDH_CHECK(match_reports(c, *store, reports));
    if (total == 0 && reports.empty()) {
        return Fault{FaultKind::missing, "there are no calls and no reports in the case",
                     shown_path(c.directory()),
                     "import some: sendh calls import FILE, or sendh reports import FILE"};
    }
    const std::string run = std::to_string(now().value);
    Progress progress("judging calls", 0, quiet);

    detect::ProfileBuilder builder(settings);
    std::vector<detect::PartyEvent> events;
    SENDH_CHECK(store->scan_parties(international, [&](const std::vector<CallStore::PartyRow>& rows) {
        events.clear();
        for (const auto& row : rows) {
            const Trunk* trunk = row.trunk.empty() ? nullptr : trunks.find(row.trunk);
            detect::PartyEvent event;
            event.party = row.party;
            event.other = row.other;
            event.time = row.time;
            event.duration = row.duration;
            event.disposition = row.disposition;
            event.party_class = row.party_class;
            event.other_class = row.other_class;
            event.ingress = trunk == nullptr ? Ingress::unknown : trunk->ingress;
            event.from_party = row.from_party;
            events.push_back(event);
        }
        builder.add(events);
        return done();
    }));
    const auto profiles = builder.finish();

    std::unordered_map<std::int64_t, std::vector<const OpenReport*>> reports_of;
    for (const OpenReport& r : reports) {
        if (r.call) reports_of[*r.call].push_back(&r);
    }
    std::map<std::string, std::uint64_t> fired;
    detect::CampaignGrouper grouper(settings);
    ChunkedFiles<StoredVerdict> verdict_files(
        "verdicts-" + run,
        [&](const std::string& name, const auto& rows) { return store->write_verdicts(name, rows); });
    const auto record = [&](std::int64_t id, const detect::Judgement& j) -> Done {
        if (j.verdict == detect::Verdict::fake) ++summary.fake;
        if (j.verdict == detect::Verdict::undecidable) {
            ++summary.undecidable;
            summary.undecidable_roaming += j.needs == "roaming_state";
        }
        if (j.indicators.empty()) return done();
        for (const auto& hit : j.indicators) ++fired[std::string(hit.code)];
        return verdict_files.add({id, static_cast<std::uint8_t>(j.verdict), std::string(j.style),
                                  std::string(j.needs), indicators_json(j.indicators)});
    };

    // The judge looks a trunk up once, if it knows its name from the start.
    NameTable names;
    SENDH_TRY(const auto trunk_names, store->trunk_names());
    for (const std::string& name : trunk_names) (void)names.index_of(name);
    const std::size_t known_names = names.size();
    SENDH_TRY(const SeriesTable series, series_table(c));
    const detect::Judge judge(settings, trunks, roaming, *profiles, names,
                              series.empty() ? nullptr : &series);
    const auto link_of = [&](std::int64_t id) -> std::string_view {
        const auto it = reports_of.find(id);
        if (it == reports_of.end()) return {};
        for (const OpenReport* r : it->second) {
            if (!r->link_host.empty()) return r->link_host;
        }
        return {};
    };
    SENDH_CHECK(store->scan(CallStore::Order::any, names, [&](const CallBatch& batch) -> Done {
        for (std::size_t i = 0; i < batch.size(); ++i) {
            detect::Judgement j = judge.judge(batch, i);
            if (const auto it = reports_of.find(batch.id[i]); it != reports_of.end()) {
                for (const OpenReport* r : it->second) add_judgement(j, judge.judge(r->complaint));
            }
            SENDH_CHECK(record(batch.id[i], j));
            if (j.verdict == detect::Verdict::ordinary) continue;
            grouper.observe({batch.time[i], batch.cli[i], batch.cli_class[i], batch.callee[i],
                             names.name(batch.trunk_in[i]), j.style, link_of(batch.id[i])});
        }
        summary.calls += batch.size();
        if (names.size() > most_names) names.keep_first(known_names);
        progress.at(0, summary.calls);
        return check_interrupt("the former detection stands");
    }));
    if (summary.calls != total) {
        return Fault{FaultKind::corrupt,
                     "only " + grouped(summary.calls) + " of " + grouped(total) + " calls could be read",
                     shown_path(c.calls_folder()),
                     "the former detection stands; restore the case from a backup"};
    }
    for (const OpenReport& r : reports) {
        ++summary.reports;
        if (r.call) {
            ++summary.reports_matched;
            continue;
        }
        const detect::Judgement j = judge.judge(r.complaint);
        SENDH_CHECK(record(report_id(r.record), j));
        if (j.verdict != detect::Verdict::ordinary) grouper.observe(flagged(r, j));
    }
    SENDH_CHECK(verdict_files.flush());
    const std::vector<detect::Campaign> campaigns = grouper.finish();

    store->set_detection(verdict_files.names(), {});
    std::vector<std::pair<std::int64_t, std::uint32_t>> own_calls;  // reports that are, with their campaign
    std::map<std::uint32_t, std::vector<PhoneNumber>> reported_numbers;
    for (const OpenReport& r : reports) {
        if (r.call) continue;
        const detect::Judgement j = judge.judge(r.complaint);
        const std::uint32_t index =
            j.verdict == detect::Verdict::ordinary ? 0 : grouper.campaign_of(flagged(r, j));
        if (index == 0) continue;
        own_calls.emplace_back(report_id(r.record), index);
        reported_numbers[index].push_back(r.complaint.number);
    }
    const auto campaign_of = [&](const CallStore::FlaggedRow& row) {
        return grouper.campaign_of(
            {row.time, row.cli, row.cli_class, row.callee, row.trunk, row.style, link_of(row.id)});
    };
    SENDH_TRY(const auto campaign_files, store->write_campaigns(run, campaign_of, own_calls));
    store->set_detection(verdict_files.names(), campaign_files);
    SENDH_TRY(const auto numbers, store->numbers_by_campaign());
    std::map<std::uint32_t, std::uint64_t> count_of(numbers.begin(), numbers.end());
    for (auto& [index, reported] : reported_numbers) {
        std::unordered_set<PhoneNumber> extra(reported.begin(), reported.end());
        if (count_of.contains(index)) {
            SENDH_TRY(const auto hits, store->hits(index));
            for (const StoredHit& hit : hits) extra.erase(hit.callee);
        }
        count_of[index] += extra.size();
    }
    for (const detect::Campaign& campaign : campaigns) {
        summary.campaigns.push_back({"C" + std::to_string(campaign.index), campaign.calls,
                                     count_of[campaign.index], campaign.first, campaign.last,
                                     campaign.held_by});
    }
    summary.indicators.assign(fired.begin(), fired.end());

    DetectionRecord detection;
    detection.verdicts = verdict_files.names();
    detection.campaigns = campaign_files;
    detection.calls = summary.calls + summary.reports - summary.reports_matched;
    detection.fake = summary.fake;
    detection.undecidable = summary.undecidable;
    detection.undecidable_roaming = summary.undecidable_roaming;
    detection.made_at = now();
    detection.rule =
        "calls that are fake or undecidable, grouped by ingress trunk with reason, by CLI block and by link; "
        "an episode ends after " +
        std::to_string(settings.campaign_gap_hours) + " quiet hours; blind to registers";
    SENDH_TRY(detection.state, c.catalogue().evidence_state());
    SENDH_TRY(Transaction transaction, Transaction::begin(c.catalogue().database()));
    SENDH_CHECK(c.catalogue().set_detection(detection, summary.campaigns));
    SENDH_CHECK(check_interrupt("the former detection stands"));
    SENDH_CHECK(c.log("detected", {{"calls", summary.calls},
                                   {"reports", summary.reports},
                                   {"fake", summary.fake},
                                   {"undecidable", summary.undecidable},
                                   {"campaigns", static_cast<std::uint64_t>(summary.campaigns.size())}}));
    SENDH_CHECK(c.commit(transaction));
    return summary;
}

// The mixing function of splitmix64 (G. Steele, D. Lea, C. Flood, OOPSLA 2014).
std::uint64_t hash_of(PhoneNumber number, std::uint64_t seed) {
    std::uint64_t x = (unveil(number) ^ seed) + 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

namespace {

// Reports that are calls of their own and belong to the campaign.
Result<std::vector<OpenReport>> own_reports(Case& c, CallStore& store, std::uint32_t campaign) {
    SENDH_TRY(const auto ids, store.campaign_reports(campaign));
    std::vector<OpenReport> out;
    if (ids.empty()) return out;
    const std::unordered_set<std::int64_t> wanted(ids.begin(), ids.end());
    SENDH_TRY(auto reports, open_reports(c));
    for (OpenReport& r : reports) {
        if (wanted.contains(report_id(r.record))) out.push_back(std::move(r));
    }
    return out;
}

}  // namespace

Result<std::vector<CampaignHit>> campaign_hits(Case& c, std::uint32_t campaign) {
    SENDH_TRY(CallStore * store, c.calls());
    SENDH_TRY(const auto stored, store->hits(campaign));
    std::vector<CampaignHit> out;
    std::unordered_map<PhoneNumber, std::size_t> known;
    for (const StoredHit& hit : stored) {
        known.emplace(hit.callee, out.size());
        out.push_back({hit.callee, hit.time, hit.calls});
    }
    const std::size_t calls = out.size();
    SENDH_TRY(const auto reports, own_reports(c, *store, campaign));
    for (const OpenReport& r : reports) {
        const auto [it, fresh] = known.emplace(r.complaint.number, out.size());
        const Micros time = r.record.time.value_or(Micros{0});
        const bool in_order = time.value != 0 && !r.record.date_only;
        if (fresh) {
            out.push_back({r.complaint.number, time, 1, in_order});
            continue;
        }
        CampaignHit& hit = out[it->second];
        ++hit.calls;
        // A day does not come before a moment of that day.
        const bool sooner = time.value != 0 && (hit.time.value == 0 || time < hit.time);
        const bool same_day = hit.in_order && hit.time.value < time.value + micros_per_day;
        if (!sooner || (!in_order && (it->second < calls || same_day))) continue;
        hit.time = time;
        hit.in_order = in_order;
    }
    std::stable_sort(out.begin(), out.end(), [](const CampaignHit& a, const CampaignHit& b) {
        if ((a.time.value == 0) != (b.time.value == 0)) return b.time.value == 0;
        if (a.time != b.time) return a.time < b.time;
        return hash_of(a.number) < hash_of(b.number);
    });
    return out;
}

Result<std::vector<CampaignMember>> campaign_members(Case& c, std::uint32_t campaign) {
    SENDH_TRY(CallStore * store, c.calls());
    SENDH_TRY(auto reports, open_reports(c));
    SENDH_CHECK(match_reports(c, *store, reports));
    std::unordered_map<std::int64_t, std::uint64_t> report_of;
    for (const OpenReport& r : reports) {
        if (r.call) report_of.emplace(*r.call, r.record.line);
    }
    std::vector<CampaignMember> out;
    CallFilter filter;
    filter.campaign = campaign;
    filter.limit = 0;
    SENDH_CHECK(store->show(filter, [&](const CallStore::ShownCall& call) {
        CampaignMember member{call.id, call.callee, std::nullopt};
        if (const auto it = report_of.find(call.id); it != report_of.end()) member.report = it->second;
        out.push_back(member);
        return done();
    }));
    SENDH_TRY(const auto own, own_reports(c, *store, campaign));
    for (const OpenReport& r : own)
        out.push_back({static_cast<std::int64_t>(r.record.line), r.complaint.number, r.record.line});
    return out;
}

Result<std::uint32_t> find_campaign(Case& c, const std::string& id) {
    SENDH_TRY(const auto campaigns, c.catalogue().campaigns());
    std::string known;
    for (std::size_t i = 0; i < campaigns.size(); ++i) {
        if (lower_ascii(campaigns[i].id) == lower_ascii(id)) return static_cast<std::uint32_t>(i + 1);
        if (i < 8) known += (known.empty() ? "" : ", ") + campaigns[i].id;
    }
    if (campaigns.empty())
        return Fault{FaultKind::missing, "the case has no campaigns", "",
                     "run `sendh detect` after importing calls or reports"};
    return Fault{FaultKind::missing, "no campaign is called '" + without_numbers(id) + "'", "",
                 "the case has: " + known + (campaigns.size() > 8 ? ", …" : "")};
}

}  // namespace sendh
