// Reader of NRTRDE, what visited networks report of roaming subscribers within hours: GSMA TD.35, ASN.1
// module NRTRDE-0201. One Nrtrde [APPLICATION 1] holds the file and is read event by event.
//
// What becomes what:
//   Moc      cli msisdn, callee connectedNumber (international), else dialledDigits. Where the supplementary
//            service is call forwarding, thirdPartyNumber is who called: the cli, and msisdn the redirect
//   Mtc      cli callingNumber, callee msisdn
//   Gprs     RejectCode::not_a_call
//   time     callEventStartTimeStamp with the utcTimeOffset of the event
//   carrier  servingNetwork, else the sender: the visited network
// A subscriber may be named by IMSI alone: then the cli is empty, and an Mtc has no callee and is rejected.
// There are no trunk groups; the recording entity is a switch, and is not kept.
//
// Thread rule: a constant.
#include "base/text.h"
#include "calls/ber_fields.h"
#include "calls/tabular.h"

namespace sendh {

extern const Layout nrtrde_layout;

namespace {

using namespace ber;

// Tags, all of class APPLICATION.
constexpr std::uint32_t nrtrde = 1, call_events = 2, moc = 3, mtc = 4, gprs = 5;
constexpr std::uint32_t serving_network = 15, bearer_code = 18, duration_tag = 19, events_count = 20,
                        start_time = 21, calling_number = 22, cause_tag = 24, connected_number = 27,
                        dialled_digits = 30, available_time = 31, recipient = 36, release_version = 37,
                        sender = 38, sequence_number = 39, specification = 41, suppl_service_code = 42,
                        teleservice_code = 43, third_party_number = 44, offset_tag = 45, service_code = 46,
                        msisdn = 49;

constexpr std::int64_t unsuccessful_call_attempt = 3;  // CauseForTermination, as in TAP3

std::optional<Element> in(std::string_view contents, std::uint32_t tag) {
    return find(contents, Class::application, tag);
}

// Two hexadecimal digits, or the octet itself.
std::optional<unsigned> code_of(std::string_view octets) {
    if (octets.size() == 1) return static_cast<unsigned char>(octets[0]);
    if (octets.size() != 2) return std::nullopt;
    unsigned value = 0;
    for (const char c : octets) {
        const std::size_t digit = std::string_view("0123456789abcdef0123456789ABCDEF").find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        value = value << 4U | static_cast<unsigned>(digit % 16);
    }
    return value;
}

class Decoder {
public:
    explicit Decoder(Region home) : home_(home) {}

    void sender_from(const Element& element) {
        sender_ = text_of(element);
        seen_ = true;
    }
    // A sender was there: every Nrtrde has one.
    [[nodiscard]] bool seen() const { return seen_; }

    std::optional<Refused> take(const Element& event, CallRow& call) {
        if (event.tag.of != Class::application || !event.tag.constructed)
            return Refused{RejectCode::bad_value, "kind of event"};
        if (auto refused = load(event.contents)) return refused;
        if (event.tag.number == gprs) return Refused{RejectCode::not_a_call, "Gprs"};
        if (event.tag.number != moc && event.tag.number != mtc)
            return Refused{RejectCode::bad_value, "kind of event"};
        if (auto refused = event.tag.number == moc ? outgoing(call) : incoming(call)) return refused;
        const auto zone = utc_offset(offset_);
        if (!zone) return Refused{RejectCode::bad_time, "utcTimeOffset"};
        const auto at = digit_time(start_, *zone);
        if (!at) return Refused{RejectCode::bad_time, "callEventStartTimeStamp"};
        call.time = *at;
        call.carrier = network_.empty() ? sender_ : network_;
        call.service = service_;
        call.duration = duration_;
        if (call.service != Service::voice) return std::nullopt;
        if (cause_ == unsuccessful_call_attempt) {
            call.duration = 0;
            call.disposition = Disposition::unanswered;
        } else if (duration_ >= 0) {
            call.disposition = duration_ > 0 ? Disposition::answered : Disposition::unanswered;
        }
        return std::nullopt;
    }

    void finish(ReadSummary& summary) const {
        if (without_number_ > 0)
            summary.notes.push_back(grouped(without_number_) +
                                    " events name their subscriber by IMSI only (first at byte " +
                                    std::to_string(first_without_number_) + "): their CLI is empty");
    }

private:
    std::string text_of(const Element& element) {
        std::string_view bytes;
        return octets(element, scratch_, bytes) ? ber::name_of(bytes) : std::string();
    }

    std::optional<Refused> load(std::string_view event) {
        for (std::string* text :
             {&msisdn_, &calling_, &connected_, &dialled_, &third_, &start_, &offset_, &network_})
            text->clear();
        duration_ = -1;
        cause_.reset();
        service_ = Service::voice;
        forwarding_ = false;
        std::optional<Refused> refused;
        Elements items(event);
        Element item;
        while (items.next(item)) {
            if (item.tag.of == Class::application && !refused) refused = load(item);
        }
        if (items.defect() != Defect::none) return Refused{RejectCode::broken_row, ""};
        return refused;
    }

    std::optional<Refused> load(const Element& item) {
        switch (item.tag.number) {
            case msisdn: {
                std::string_view bytes;
                if (octets(item, scratch_, bytes)) msisdn_ = bcd_string(bytes);
                break;
            }
            case calling_number: calling_ = text_of(item); break;
            case connected_number: connected_ = text_of(item); break;
            case dialled_digits: dialled_ = text_of(item); break;
            case third_party_number: third_ = text_of(item); break;
            case start_time: start_ = text_of(item); break;
            case offset_tag: offset_ = text_of(item); break;
            case serving_network: network_ = text_of(item); break;
            case suppl_service_code: {
                const auto code = code_of(item.contents);
                forwarding_ = code && is_forwarding(*code);
                break;
            }
            case duration_tag: {
                const auto seconds = ber::seconds_of(item);
                if (!seconds) return Refused{RejectCode::bad_duration, "callEventDuration"};
                duration_ = *seconds;
                break;
            }
            case cause_tag:
                cause_ = integer(item);
                if (!cause_) return Refused{RejectCode::bad_value, "causeForTermination"};
                break;
            case service_code: {
                const auto tele = in(item.contents, teleservice_code);
                const auto code = tele ? code_of(tele->contents) : std::nullopt;
                if (tele && !code) return Refused{RejectCode::bad_value, "teleServiceCode"};
                if (code) service_ = teleservice(*code);
                if (!tele && in(item.contents, bearer_code)) service_ = Service::other;
                break;
            }
            default: break;
        }
        return std::nullopt;
    }

    std::optional<Refused> outgoing(CallRow& call) {
        call.direction = Direction::outgoing;
        call.callee = international(connected_, home_);
        if (!is_dialable(call.callee.number_class) && !dialled_.empty())
            call.callee = parse_number(dialled_, home_);
        if (const auto fault = tabular::callee_fault(call.callee.number_class))
            return Refused{*fault, "dialledDigits"};
        call.cli = international(msisdn_, home_);
        if (forwarding_ && !third_.empty()) {
            call.redirect = call.cli.number;
            call.cli = international(third_, home_);
        } else if (call.cli.number.is_none() && without_number_++ == 0) {
            first_without_number_ = call.offset;
        }
        return std::nullopt;
    }

    std::optional<Refused> incoming(CallRow& call) {
        call.direction = Direction::incoming;
        call.callee = international(msisdn_, home_);
        if (const auto fault = tabular::callee_fault(call.callee.number_class))
            return Refused{*fault, "msisdn"};
        call.cli = international(calling_, home_);
        call.cli_text = tabular::sender_id(calling_, call.cli.number_class);
        return std::nullopt;
    }

    Region home_;
    std::string sender_, scratch_;
    std::string msisdn_, calling_, connected_, dialled_, third_, start_, offset_, network_;
    std::int32_t duration_ = -1;
    std::optional<std::int64_t> cause_;
    Service service_ = Service::voice;
    bool forwarding_ = false;
    bool seen_ = false;
    std::uint64_t without_number_ = 0, first_without_number_ = 0;
};

// The items of an Nrtrde.
Done read_report(Records& records, Decoder& decoder, const Frame& report,
                 std::optional<std::uint64_t>& declared) {
    return records.report(
        report, "Nrtrde", call_events,
        [&](const Element& event, CallRow& call) { return decoder.take(event, call); },
        [&](const Element& item) {
            if (item.tag.is(Class::application, sender)) decoder.sender_from(item);
            if (!item.tag.is(Class::application, events_count)) return;
            const auto number = integer(item);
            if (number && *number >= 0) declared = declared.value_or(0) + static_cast<std::uint64_t>(*number);
        });
}

Result<ReadSummary> read_nrtrde(const FileHead& head, const ByteSource& source, const ReadOptions& options,
                                NameTable& names, const CallSink& sink) {
    if (head.bytes.empty() && head.whole) return empty_file();
    Stream stream(source);
    Intake intake(names, sink, options);
    Records records(stream, intake, "callEventStartTimeStamp");
    Decoder decoder(options.home);
    Frame file;
    file.padded = true;
    std::optional<std::uint64_t> declared;
    const Records::Take no_report = [](const Element&, CallRow&) {
        return std::optional<Refused>({RejectCode::bad_value, "Nrtrde"});
    };
    while (true) {
        SENDH_TRY(const Ahead ahead, stream.peek(file));
        if (ahead.kind == Ahead::Kind::end) break;
        if (ahead.kind == Ahead::Kind::broken) {
            SENDH_CHECK(records.refuse_rest(file, ahead.defect, ahead.cut));
        } else if (ahead.header.tag.is(Class::application, nrtrde) && ahead.header.tag.constructed) {
            SENDH_TRY(const Frame report, stream.enter(ahead, file));
            SENDH_CHECK(read_report(records, decoder, report, declared));
        } else {
            SENDH_TRY(const Piece piece, stream.take(ahead, file));
            SENDH_CHECK(piece.kind == Piece::Kind::whole ? records.one(piece, no_report)
                                                         : records.refuse(piece, file));
        }
    }
    if (auto cut = records.nothing_but_a_cut()) return *cut;
    if (intake.summary.rows == 0 && !decoder.seen())
        return not_of_layout("nrtrde", "Nrtrde with its sender", head);
    SENDH_CHECK(intake.finish());
    records.finish(declared);
    decoder.finish(intake.summary);
    if (intake.summary.rows == 0) intake.summary.notes.emplace_back("no call events: an empty report");
    return std::move(intake.summary);
}

int recognise_nrtrde(const FileHead& head) {
    Header header;
    Defect defect = Defect::none;
    if (parse_header(head.bytes, header, defect) != Parsed::ok) return 0;
    if (!header.tag.is(Class::application, nrtrde) || !header.tag.constructed) return 0;
    std::string_view items = head.bytes.substr(header.size);
    int known = 0;
    while (parse_header(items, header, defect) == Parsed::ok && header.tag.of == Class::application) {
        const std::uint32_t tag = header.tag.number;
        if (tag == call_events) return header.tag.constructed && known >= 2 ? 95 : 0;
        if (tag != specification && tag != release_version && tag != sender && tag != recipient &&
            tag != sequence_number && tag != available_time && tag != offset_tag)
            return 0;
        if (header.tag.constructed || header.length > items.size() - header.size) break;
        ++known;
        items.remove_prefix(header.size + static_cast<std::size_t>(header.length));
    }
    return known >= 2 ? 70 : 0;
}

}  // namespace

const Layout nrtrde_layout = {
    "nrtrde", "roaming, near real time: GSMA TD.35 NRTRDE (BER)", {}, recognise_nrtrde, read_nrtrde, true};

}  // namespace sendh
