#include "base/json.h"
#include "base/text.h"
#include "casework/detect_case.h"
#include "cli/commands.h"
#include "cli/output.h"

namespace sendh::cli {

namespace {

const std::vector<std::string> campaign_columns = {"id", "calls", "numbers", "first", "last", "held_by"};

Cell time_cell(Micros time, Zone zone) { return time.value == 0 ? Cell{} : Cell{iso_time(time, zone)}; }

void campaign_row(ListOutput& out, const CampaignRecord& r, Zone zone) {
    out.row({r.id, static_cast<std::int64_t>(r.calls), static_cast<std::int64_t>(r.numbers),
             time_cell(r.first, zone), time_cell(r.last, zone),
             Raw{json_strings(r.held_by), joined(r.held_by, "; ")}});
}

}  // namespace

Result<int> detect(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::write));
    SENDH_TRY(const DetectSummary s, detect_case(*c, call.quiet()));
    if (call.format() == Format::json || call.format() == Format::ndjson) {
        JsonWriter w;
        w.begin_object()
            .field("calls", s.calls)
            .field("reports", s.reports)
            .field("reports_matched", s.reports_matched);
        w.field("fake", s.fake)
            .field("undecidable", s.undecidable)
            .field("needs_roaming_state", s.undecidable_roaming);
        w.key("indicators").begin_array();
        for (const auto& [code, count] : s.indicators)
            w.begin_object().field("code", code).field("calls", count).end_object();
        w.end_array().key("campaigns").begin_array();
        for (const CampaignRecord& r : s.campaigns) w.value(r.id);
        print(w.end_array().end_object().text() + "\n");
        return 0;
    }
    if (call.format() == Format::csv) {
        ListOutput out(call.format(), "campaigns", campaign_columns);
        for (const CampaignRecord& r : s.campaigns) campaign_row(out, r, c->zone());
        SENDH_CHECK(out.finish());
        return 0;
    }
    print(grouped(s.calls) + " calls and " + grouped(s.reports) + " reports judged: " + grouped(s.fake) +
          " fake, " + grouped(s.undecidable) + " undecidable\n");
    if (s.undecidable_roaming > 0)
        print(grouped(s.undecidable_roaming) +
              " calls could be decided with roaming data (sendh roaming add)\n");
    if (!s.trunk_map && s.calls > 0)
        print(
            "There is no trunk map: calls from abroad that show an Indian number cannot be recognised (sendh "
            "trunks add)\n");
    print(s.campaigns.empty() ? "No campaigns\n" : "\n");
    if (s.campaigns.empty()) return 0;
    ListOutput out(Format::table, "campaigns", campaign_columns);
    constexpr std::size_t most = 10;
    for (std::size_t i = 0; i < s.campaigns.size() && i < most; ++i)
        campaign_row(out, s.campaigns[i], c->zone());
    SENDH_CHECK(out.finish());
    if (s.campaigns.size() > most)
        print("… " + grouped(s.campaigns.size() - most) + " more: sendh campaign list\n");
    return 0;
}

Result<int> campaign_list(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::read));
    SENDH_TRY(const auto campaigns, c->catalogue().campaigns());
    ListOutput out(call.format(), "campaigns", campaign_columns);
    for (const CampaignRecord& r : campaigns) campaign_row(out, r, c->zone());
    SENDH_CHECK(out.finish());
    return 0;
}

Result<int> campaign_show(Invocation& call) {
    SENDH_TRY(Case * c, call.open_case(Case::Access::read));
    SENDH_TRY(const std::uint32_t index, find_campaign(*c, call.argument(0)));
    SENDH_TRY(const auto campaigns, c->catalogue().campaigns());
    SENDH_TRY(const auto members, campaign_members(*c, index));
    const CampaignRecord& r = campaigns.at(index - 1);
    SENDH_CHECK(c->record_reading({"reading", "campaign show", members.size(), {{"campaign", r.id}}}));
    if (call.format() == Format::json || call.format() == Format::ndjson) {
        JsonWriter w;
        w.begin_object().field("id", r.id).field("calls", r.calls).field("numbers", r.numbers);
        w.key("first");
        r.first.value == 0 ? w.null() : w.value(iso_time(r.first, c->zone()));
        w.key("last");
        r.last.value == 0 ? w.null() : w.value(iso_time(r.last, c->zone()));
        w.key("held_by").begin_array();
        for (const std::string& held : r.held_by) w.value(held);
        w.end_array().key("members").begin_array();
        for (const CampaignMember& m : members) {
            w.begin_object().field("call", m.call).field("number", m.number.masked()).key("report");
            m.report ? w.value(*m.report) : w.null();
            w.end_object();
        }
        print(w.end_array().end_object().text() + "\n");
        return 0;
    }
    if (call.format() == Format::table) {
        print("Campaign " + r.id + ": " + grouped(r.calls) + " calls to " + grouped(r.numbers) +
              " numbers\nHeld together by: " + joined(r.held_by, "; ") + "\n\n");
    }
    ListOutput out(call.format(), "members", {"call", "number", "report"});
    for (const CampaignMember& m : members)
        out.row({m.call, m.number.masked(), m.report ? Cell{static_cast<std::int64_t>(*m.report)} : Cell{}});
    SENDH_CHECK(out.finish());
    return 0;
}

}  // namespace sendh::cli
