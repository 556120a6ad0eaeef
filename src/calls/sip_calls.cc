#include "calls/sip_calls.h"

#include <algorithm>
#include <functional>

#include "base/text.h"
#include "calls/tabular.h"

namespace sendh {

namespace {

constexpr std::size_t most_open = 131'072;
constexpr std::size_t most_over = 32'768;
constexpr std::size_t most_bytes = 64 << 20;
constexpr std::size_t key_cost = 160;  // bytes of bookkeeping for a key
constexpr std::size_t most_ended = 8;
constexpr std::size_t longest_name = 64;
constexpr std::size_t longest_origin = 256;
constexpr std::int64_t session_window = 32 * micros_per_second;
constexpr std::int64_t origin_window = 5 * micros_per_second;
constexpr std::int64_t latest = 7'258'118'400 * micros_per_second;  // the year 2200

constexpr std::string_view gsm_sms_type = "application/vnd.3gpp.sms";

bool is_of_call(std::string_view method) {
    return method == "INVITE" || method == "ACK" || method == "BYE" || method == "CANCEL" ||
           method == "PRACK" || method == "UPDATE";
}

std::string_view kind_of_body(const SipMessage& message) {
    const std::string_view type = message.first(SipHeader::content_type);
    return trim(type.substr(0, type.find(';')));
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
    return grouped(count) + " " + std::string(count == 1 ? one : many);
}

std::string key_of(std::string_view call_id, std::string_view tag) {
    std::string key(call_id);
    key += '\n';
    key += tag;
    return key;
}

std::string_view tag_of(const SipMessage& message, SipHeader header) {
    return sip_parameter(parse_sip_address(message.first(header)).parameters, "tag")
        .value_or(std::string_view{});
}

SipUri uri_of(std::string_view address) { return parse_sip_uri(parse_sip_address(address).uri); }

// A name as it may stand in a table: text without control characters, not endless.
std::string as_shown(std::string_view text) {
    text = trim(text);
    std::string out = first_bad_utf8(text) ? utf8_from_latin1(text) : std::string(text);
    const bool control = std::any_of(out.begin(), out.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7F;
    });
    return control || out.size() > longest_name ? std::string{} : out;
}

bool has_token(std::string_view list, std::string_view token) {
    while (!list.empty()) {
        const std::size_t end = std::min(list.find_first_of(";,"), list.size());
        if (tabular::same_word(trim(list.substr(0, end)), token)) return true;
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}

bool withheld(const SipMessage& message, const SipUri& from) {
    if (tabular::same_word(from.host, "anonymous.invalid")) return true;
    const std::string_view privacy = message.first(SipHeader::privacy);
    if (has_token(privacy, "id") || has_token(privacy, "user")) return true;
    const std::string_view party = parse_sip_address(message.first(SipHeader::remote_party_id)).parameters;
    return tabular::same_word(sip_parameter(party, "privacy").value_or(""), "full");
}

// The user that was dialled before the call was sent on; "" if it was not.
std::string redirecting(const SipMessage& message) {
    const auto diversions = message.all(SipHeader::diversion);
    if (!diversions.empty()) return dialled(uri_of(diversions.front()));
    const auto history = message.all(SipHeader::history_info);
    for (std::size_t i = history.size(); i-- > 1;) {
        const SipUri before = uri_of(history[i - 1]);
        const SipUri uri = uri_of(history[i]);
        const bool sent_on = sip_parameter(uri.parameters, "cause") ||
                             sip_parameter(uri.user_parameters, "cause") ||
                             lower_ascii(before.headers).find("reason=") != std::string::npos;
        if (sent_on) return dialled(before);
    }
    return {};
}

std::string parameter_in(const SipUri& uri, std::string_view name) {
    auto value = sip_parameter(uri.user_parameters, name);
    if (!value) value = sip_parameter(uri.parameters, name);
    return value ? as_shown(unescaped(*value)) : std::string{};
}

std::string trunk_in(const SipMessage& message, const SipUri& to_uri) {
    const SipUri contact = uri_of(message.first(SipHeader::contact));
    std::string name = parameter_in(contact, "tgrp");
    const SipAddress from = parse_sip_address(message.first(SipHeader::from));
    if (name.empty()) name = parameter_in(parse_sip_uri(from.uri), "otg");
    if (name.empty()) name = as_shown(unescaped(sip_parameter(from.parameters, "otg").value_or("")));
    if (name.empty()) name = parameter_in(contact, "otg");
    if (name.empty()) name = parameter_in(to_uri, "otg");
    return name;
}

Disposition outcome_of(int status, const SipMessage& message) {
    for (const std::string_view reason : message.all(SipHeader::reason)) {
        const std::size_t end = std::min(reason.find(';'), reason.size());
        if (!tabular::same_word(trim(reason.substr(0, end)), "q.850")) continue;
        const std::string_view cause = sip_parameter(reason.substr(end), "cause").value_or("");
        if (cause == "17") return Disposition::busy;
        if (cause == "18" || cause == "19") return Disposition::unanswered;
    }
    switch (status) {
        case 486:
        case 600: return Disposition::busy;
        case 408:
        case 480:
        case 487: return Disposition::unanswered;
        default: return status < 400 ? Disposition::unknown : Disposition::failed;
    }
}

// The session's own identifier of RFC 7989, also in the form of RFC 7329; "" where there is none.
std::string session_of(const SipMessage& message) {
    const std::string_view value = message.first(SipHeader::session_id);
    std::string id = lower_ascii(trim(value.substr(0, value.find(';'))));
    const bool good = id.size() == 32 && id.find_first_not_of("0123456789abcdef") == std::string::npos &&
                      id.find_first_not_of('0') != std::string::npos;
    return good ? id : std::string{};
}

// The o= line, where its session number tells it from those of others.
std::string_view origin_of(const SipMessage& message) {
    const std::string_view origin = sdp_origin(message.body);
    const std::size_t name = origin.find(' ');
    if (origin.size() > longest_origin || name == std::string_view::npos) return {};
    const std::string_view rest = origin.substr(name + 1);
    const std::string_view number = rest.substr(0, rest.find(' '));
    const bool own = number.find_first_not_of("0123456789") == std::string_view::npos && number.size() >= 3;
    return own ? origin : std::string_view{};
}

}  // namespace

ParsedNumber SipCalls::number_of(const std::string& user) const {
    ParsedNumber out = parse_number(user, home_);
    // No spreadsheet has been at a message: "9.1E+11" is a name like any other.
    if (out.number_class == NumberClass::scientific)
        out = {PhoneNumber::from_presented(user), NumberClass::not_digits};
    return out;
}

Done SipCalls::refuse(const SipPiece& piece, RejectCode code, std::string_view column) {
    Reject reject;
    reject.line = piece.place.number;
    reject.offset = piece.place.offset;
    reject.code = code;
    reject.column = column;
    reject.raw = piece.bytes;
    return intake_.refuse(reject);
}

Done SipCalls::take(const SipPiece& piece) {
    if (piece.message == nullptr) return refuse(piece, RejectCode::broken_row, "");
    return piece.message->request ? request(piece) : response(piece);
}

Done SipCalls::refuse_without(const SipPiece& piece, SipHeader header) {
    return refuse(piece, piece.cut ? RejectCode::broken_row : RejectCode::bad_value, name_of(header));
}

Done SipCalls::request(const SipPiece& piece) {
    const SipMessage& message = *piece.message;
    if (!is_of_call(message.method) && message.method != "MESSAGE") {
        count_other(message.method);
        return done();
    }
    for (const SipHeader header : {SipHeader::call_id, SipHeader::from})
        if (message.first(header).empty()) return refuse_without(piece, header);
    const auto cseq = parse_cseq(message.first(SipHeader::cseq));
    if (!cseq) return refuse_without(piece, SipHeader::cseq);
    if (message.method == "MESSAGE") return sms(piece, cseq->number);
    if (message.method == "INVITE" && tag_of(message, SipHeader::to).empty())
        return invite(piece, cseq->number);
    return in_dialog(piece);
}

// Fills the call from its first message, or says why that cannot be.
std::optional<SipCalls::Refused> SipCalls::read(const SipPiece& piece, Call& call) const {
    const SipMessage& message = *piece.message;
    CallRow& row = call.row;
    row.time = piece.place.time;
    row.line = piece.place.number;
    row.offset = piece.place.offset;
    call.from = piece.from.address;
    call.to = piece.to.address;
    if (row.time.value < 0 || row.time.value >= latest) return Refused{RejectCode::bad_time, "capture time"};

    const SipUri target = parse_sip_uri(message.uri);
    std::string called = dialled(target);
    std::string_view column = "Request-URI";
    if (called.empty()) {
        called = dialled(uri_of(message.first(SipHeader::to)));
        column = name_of(SipHeader::to);
    }
    row.callee = number_of(called);
    call.names_callee = row.callee.number_class == NumberClass::not_digits;
    // A name can be called as well as a number.
    const auto fault = tabular::callee_fault(row.callee.number_class);
    if (fault && !call.names_callee) return Refused{*fault, column};

    const SipUri from = uri_of(message.first(SipHeader::from));
    const bool hidden = withheld(message, from);
    if (!hidden) {
        const std::string user = dialled(from);
        row.cli = number_of(user);
        call.cli_text = as_shown(tabular::sender_id(user, row.cli.number_class));
    }
    auto asserted = message.all(SipHeader::p_asserted_identity);
    if (asserted.empty()) asserted = message.all(SipHeader::remote_party_id);
    bool any = false;
    bool same = false;
    for (const std::string_view identity : asserted) {
        const ParsedNumber number = number_of(dialled(uri_of(identity)));
        if (!is_dialable(number.number_class)) continue;
        any = true;
        same = same || number.number == row.cli.number;
    }
    call.asserted_differs = any && !same && !row.cli.number.is_none();
    call.withheld_asserted = any && row.cli.number.is_none();
    call.has_identity = !message.first(SipHeader::identity).empty();
    call.gsm_sms = tabular::same_word(kind_of_body(message), gsm_sms_type);

    if (const std::string user = redirecting(message); !user.empty()) row.redirect = number_of(user).number;
    call.trunk_in = trunk_in(message, target);
    if (call.trunk_in.empty()) call.trunk_in = to_text(call.from);
    call.trunk_out = parameter_in(target, "tgrp");
    if (call.trunk_out.empty()) call.trunk_out = parameter_in(target, "dtg");
    if (call.trunk_out.empty()) call.trunk_out = to_text(call.to);
    return std::nullopt;
}

Done SipCalls::begin(const SipPiece& piece, std::uint32_t cseq, std::string key, Service service) {
    Call fresh;
    fresh.row.service = service;
    const std::optional<Refused> refused = read(piece, fresh);
    const bool voice = service == Service::voice;
    const std::vector<std::string> shares =
        voice && !refused ? shares_of(*piece.message, fresh) : std::vector<std::string>{};
    if (const auto other = leg_of_other(shares, fresh)) {
        ++joined_;
        add_leg(*other, std::move(key), cseq);
        touch(*other, (*other)->over);
        return make_room();
    }
    Calls& list = voice && !refused ? open_ : over_;
    const Calls::iterator call = list.insert(list.end(), std::move(fresh));
    call->over = &list == &over_;
    add_leg(call, std::move(key), cseq);
    if (refused) {
        call->settled = true;
        SENDH_CHECK(refuse(piece, refused->code, refused->column));
        return make_room();
    }
    if (call->asserted_differs) ++asserted_differs_;
    if (call->withheld_asserted) ++withheld_asserted_;
    if (call->names_callee) ++names_called_;
    if (call->has_identity) ++identities_;
    if (call->gsm_sms) ++gsm_sms_;
    for (const std::string& share : shares) {
        const auto [at, is_new] = shared_.insert_or_assign(share, call);
        if (is_new) bytes_ += share.size() + key_cost;
        call->shares.push_back(at->first);
    }
    if (!voice) SENDH_CHECK(settle(*call));
    return make_room();
}

void SipCalls::add_leg(Calls::iterator call, std::string key, std::uint32_t cseq) {
    bytes_ += key.size() + key_cost;
    Leg leg;
    leg.call = call;
    leg.cseq = cseq;
    call->legs.push_back(key);
    legs_.emplace(std::move(key), leg);
}

std::vector<std::string> SipCalls::shares_of(const SipMessage& message, const Call& call) {
    std::vector<std::string> out;
    if (const std::string session = session_of(message); !session.empty())
        out.push_back("session " + session);
    if (const std::string_view origin = origin_of(message); !origin.empty()) {
        out.push_back("origin " + std::to_string(unveil(call.row.callee.number)) + " " +
                      std::to_string(unveil(call.row.cli.number)) + " " + std::string(origin));
    }
    return out;
}

// The call of which this is another leg.
std::optional<SipCalls::Calls::iterator> SipCalls::leg_of_other(const std::vector<std::string>& shares,
                                                                const Call& fresh) const {
    for (const std::string& share : shares) {
        const auto known = shared_.find(share);
        if (known == shared_.end()) continue;
        const Call& call = *known->second;
        const std::int64_t apart = fresh.row.time.value - call.row.time.value;
        const std::int64_t window = share.starts_with("session ") ? session_window : origin_window;
        const bool pending = !call.settled && !call.answered && !call.end;
        const bool elsewhere = call.from != fresh.from || call.to != fresh.to;
        if (pending && elsewhere && apart <= window && apart >= -window) return known->second;
    }
    return std::nullopt;
}

Done SipCalls::invite(const SipPiece& piece, std::uint32_t cseq) {
    const SipMessage& message = *piece.message;
    std::string key = key_of(message.first(SipHeader::call_id), tag_of(message, SipHeader::from));
    const auto known = legs_.find(key);
    if (known == legs_.end()) return begin(piece, cseq, std::move(key), Service::voice);
    Leg& leg = known->second;
    Call& call = *leg.call;
    if (cseq > leg.cseq && !call.answered) {  // once more, with credentials or to another place
        leg.cseq = cseq;
        if (call.legs.front() == known->first) {
            call.outcome = Disposition::unknown;
            call.outcome_to_caller = call.cancelled = false;
            call.ack.reset();
            touch(leg.call, call.settled);
        }
    }
    return done();
}

Done SipCalls::sms(const SipPiece& piece, std::uint32_t cseq) {
    const SipMessage& message = *piece.message;
    const std::string_view kind = kind_of_body(message);
    // 3GPP TS 24.011 section 8.2.2: only RP-DATA carries a short message.
    const bool gsm_report = tabular::same_word(kind, gsm_sms_type) && !message.body.empty() &&
                            (static_cast<unsigned char>(message.body[0]) & 7U) > 1;
    if (gsm_report || tabular::same_word(kind, "application/im-iscomposing+xml")) {
        count_other("MESSAGE without a text");
        return done();
    }
    std::string key = "SMS " + key_of(message.first(SipHeader::call_id), tag_of(message, SipHeader::from));
    if (const auto known = legs_.find(key); known != legs_.end()) {
        Leg& leg = known->second;
        if (cseq <= leg.cseq) return done();
        if (leg.challenged) {
            leg.cseq = cseq;
            leg.challenged = false;
            return done();
        }
        forget(leg.call);
    }
    return begin(piece, cseq, std::move(key), Service::sms);
}

SipCalls::Legs::iterator SipCalls::leg_of(const SipMessage& message, bool& by_callee) {
    const std::string_view call_id = message.first(SipHeader::call_id);
    by_callee = false;
    const auto leg = legs_.find(key_of(call_id, tag_of(message, SipHeader::from)));
    if (leg != legs_.end()) return leg;
    by_callee = true;
    return legs_.find(key_of(call_id, tag_of(message, SipHeader::to)));
}

Done SipCalls::in_dialog(const SipPiece& piece) {
    const SipMessage& message = *piece.message;
    bool by_callee = false;
    const auto leg = leg_of(message, by_callee);
    if (leg == legs_.end()) {
        ++strays_;
        return done();
    }
    Call& call = *leg->second.call;
    const Micros now = piece.place.time;
    if (message.method == "CANCEL") call.cancelled = true;
    if (message.method == "ACK" && !call.ack && call.outcome == Disposition::unknown) call.ack = now;
    if (message.method == "BYE") {
        const std::string_view tag = tag_of(message, by_callee ? SipHeader::from : SipHeader::to);
        const std::size_t hash = std::hash<std::string_view>{}(tag);
        const bool again = std::find(call.ended.begin(), call.ended.end(), hash) != call.ended.end();
        if (!again && call.ended.size() < most_ended) {
            call.ended.push_back(hash);
            call.end = call.end ? std::max(*call.end, now) : now;
        }
    }
    touch(leg->second.call, call.end.has_value() || call.over);
    return done();
}

Done SipCalls::response(const SipPiece& piece) {
    const SipMessage& message = *piece.message;
    const auto cseq = parse_cseq(message.first(SipHeader::cseq));
    if (!cseq) return refuse_without(piece, SipHeader::cseq);
    const bool of_sms = cseq->method == "MESSAGE";
    if (!of_sms && !is_of_call(cseq->method)) {
        count_other(cseq->method);
        return done();
    }
    for (const SipHeader header : {SipHeader::call_id, SipHeader::from})
        if (message.first(header).empty()) return refuse_without(piece, header);
    std::string key = key_of(message.first(SipHeader::call_id), tag_of(message, SipHeader::from));
    const auto known = legs_.find(of_sms ? "SMS " + key : key);
    if (known == legs_.end()) {
        bool by_callee = false;
        if (!of_sms && leg_of(message, by_callee) == legs_.end()) ++strays_;
        return done();
    }
    Leg& leg = known->second;
    const bool challenge = message.status == 401 || message.status == 407;
    if (of_sms) {
        leg.challenged = challenge && cseq->number == leg.cseq;
        return done();
    }
    if (cseq->method != "INVITE" || cseq->number < leg.cseq) return done();
    Call& call = *leg.call;
    const bool of_first = cseq->number == leg.cseq;
    if (message.status >= 200 && message.status < 300) {
        if (!call.answered && of_first) call.answer = piece.place.time;
        call.answered = true;
        touch(leg.call, call.settled || call.end.has_value());
        return done();
    }
    const bool final = message.status >= 300 && of_first && !call.answered;
    const bool to_caller = piece.to.address == call.from;
    if (final && (to_caller || !call.outcome_to_caller)) {
        call.outcome = outcome_of(message.status, message);
        call.outcome_to_caller = to_caller;
    }
    touch(leg.call, call.over || (final && !challenge));
    return done();
}

void SipCalls::touch(Calls::iterator call, bool over) {
    Calls& from = call->over ? over_ : open_;
    Calls& to = over ? over_ : open_;
    to.splice(to.end(), from, call);
    call->over = over;
}

Done SipCalls::settle(Call& call) {
    if (call.settled) return done();
    call.settled = true;
    CallRow& row = call.row;
    row.trunk_in = call.trunk_in;
    row.trunk_out = call.trunk_out;
    row.cli_text = call.cli_text;
    if (row.service == Service::sms) return intake_.accept(row);
    const bool talked =
        call.answered || (call.end && !call.cancelled && call.outcome == Disposition::unknown);
    if (talked) {
        row.disposition = Disposition::answered;
        const auto from = call.answered ? call.answer : call.ack;
        if (from && call.end && *call.end >= *from) {
            const std::int64_t seconds = (call.end->value - from->value) / micros_per_second;
            if (seconds <= INT32_MAX) row.duration = static_cast<std::int32_t>(seconds);
        }
    } else {
        row.disposition =
            call.outcome == Disposition::unknown && call.cancelled ? Disposition::unanswered : call.outcome;
        if (row.disposition != Disposition::unknown) row.duration = 0;
    }
    return intake_.accept(row);
}

void SipCalls::forget(Calls::iterator call) {
    for (const std::string& key : call->legs) {
        bytes_ -= key.size() + key_cost;
        legs_.erase(key);
    }
    for (const std::string& share : call->shares) {
        const auto known = shared_.find(share);
        if (known == shared_.end() || known->second != call) continue;
        bytes_ -= share.size() + key_cost;
        shared_.erase(known);
    }
    (call->over ? over_ : open_).erase(call);
}

Done SipCalls::make_room() {
    while (open_.size() > most_open || over_.size() > most_over || bytes_ > most_bytes) {
        const bool over = over_.size() > most_over || (open_.size() <= most_open && !over_.empty());
        const Calls::iterator oldest = (over ? over_ : open_).begin();
        if (!over) ++given_up_;
        SENDH_CHECK(settle(*oldest));
        forget(oldest);
    }
    return done();
}

Done SipCalls::finish() {
    std::vector<Call*> rest;
    for (Calls* list : {&open_, &over_}) {
        for (Call& call : *list)
            if (!call.settled) rest.push_back(&call);
    }
    std::stable_sort(rest.begin(), rest.end(),
                     [](const Call* a, const Call* b) { return a->row.offset < b->row.offset; });
    for (Call* call : rest) SENDH_CHECK(settle(*call));
    return done();
}

void SipCalls::count_other(std::string_view kind) {
    const auto known =
        std::find_if(others_.begin(), others_.end(), [&](const auto& other) { return other.first == kind; });
    ++(known != others_.end() ? known : others_.end() - 1)->second;
}

void SipCalls::add_notes(ReadSummary& summary) const {
    const auto note = [&](std::uint64_t count, std::string_view one, std::string_view many,
                          std::string_view rest) {
        if (count > 0) summary.notes.push_back(counted(count, one, many) + std::string(rest));
    };
    std::uint64_t all = 0;
    std::string kinds;
    for (const auto& other : others_) {
        if (other.second == 0) continue;
        all += other.second;
        kinds += (kinds.empty() ? "" : ", ") + grouped(other.second) + " " + std::string(other.first);
    }
    note(all, "message is", "messages are", " neither call nor SMS: " + kinds);
    note(joined_, "leg", "legs",
         " with another Call-ID joined to the call they belong to (same Session-ID, or "
         "same SDP origin and parties)");
    note(strays_, "message belongs", "messages belong", " to calls whose INVITE the capture lacks");
    note(given_up_, "call", "calls", " not followed to the end: too many at once");
    note(asserted_differs_, "call shows", "calls show",
         " a CLI other than the asserted identity (P-Asserted-Identity, Remote-Party-ID): the CLI is what "
         "From "
         "shows");
    note(withheld_asserted_, "call without CLI has", "calls without CLI have",
         " an asserted identity, which is not kept");
    note(names_called_, "call goes", "calls go", " to a name that is no number");
    note(identities_, "call carries", "calls carry", " an Identity header (RFC 8224), which is not verified");
    note(gsm_sms_, "SMS is", "SMS are",
         " of the 3GPP form: CLI and callee are those of the SIP message around it");
}

}  // namespace sendh
