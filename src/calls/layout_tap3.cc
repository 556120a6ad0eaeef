// Reader of TAP3, the records of roaming subscribers that networks bill each other: GSMA TD.57, ASN.1 module
// TAP-0312 (the tags used here are those of TAP-0311 too). One TransferBatch [APPLICATION 1] holds the whole
// file and is read event by event; a Notification [APPLICATION 2] says that there was nothing to bill.
//
// What becomes what:
//   MobileOriginatedCall   cli msisdn, callee calledNumber, else dialledDigits, else sMSDestinationNumber. A
//                          thirdPartyNumber is who called in the first place: then it is the cli, and msisdn
//                          the redirect
//   MobileTerminatedCall   cli callingNumber, else sMSOriginator; callee msisdn
//   ServiceCentreUsage     a message: msisdn and nonChargedNumber by chargedPartyStatus (0 sent, 1 received)
//   MessagingEvent, MobileSession   messages and calls of the IMS: msisdn and the number or public identity
//   of
//                          the other, by the service (1 and 3 outgoing, 2 incoming)
//   SupplServiceEvent, GprsCall, ContentTransaction, LocationService   RejectCode::not_a_call
//   time                   localTimeStamp with the offset that UtcTimeOffsetInfo gives its code
//   carrier                originatingNetwork, else the sender of the batch: the visited network
// Numbers are international by definition, but for those as dialled. A subscriber may be named by IMSI alone:
// then the cli is empty, and an incoming event has no callee and is rejected. There are no trunk groups in
// TAP3; the recording entity is a switch and no trunk, and is not kept.
//
// Thread rule: a constant.
#include <array>
#include <utility>

#include "base/text.h"
#include "calls/ber_fields.h"
#include "calls/tabular.h"

namespace sendh {

extern const Layout tap3_layout;

namespace {

using namespace ber;

// Tags, all of class APPLICATION.
constexpr std::uint32_t transfer_batch = 1, notification = 2, call_events = 3, batch_control = 4,
                        network_info = 6, audit_control = 15;
constexpr std::uint32_t mo_call = 9, mt_call = 10, suppl_service_event = 11, service_centre_usage = 12,
                        gprs_call = 14, content_transaction = 17, location_service = 297,
                        messaging_event = 433, mobile_session = 434;
constexpr std::uint32_t mo_basic = 147, mt_basic = 153, scu_basic = 191, scu_times = 193;
constexpr std::uint32_t chargeable_subscriber = 427, sim_subscriber = 199, min_subscriber = 254,
                        scu_subscriber = 430, gsm_subscriber = 286, msisdn = 152, mdn = 253,
                        charged_party = 436;
constexpr std::uint32_t destination = 89, called_number = 407, dialled_digits = 279, sms_destination = 419;
constexpr std::uint32_t call_originator = 41, calling_number = 405, sms_originator = 425;
constexpr std::uint32_t third_party = 219, third_party_number = 403;
constexpr std::uint32_t non_charged_number = 402, charged_party_status = 67, non_charged_party = 443,
                        non_charged_party_number = 444, non_charged_public_id = 445,
                        requested_destination = 450, requested_number = 451, requested_public_id = 452;
constexpr std::uint32_t messaging_service = 439, session_service = 440;
constexpr std::uint32_t call_start = 44, service_start = 447, deposit_time = 88, completion_time = 76,
                        local_time = 16, offset_code = 232, offset_info_list = 234, offset_info = 233,
                        offset = 231;
constexpr std::uint32_t total_duration = 223, cause_for_term = 58;
constexpr std::uint32_t service_used_list = 38, service_used = 39, basic_service = 36,
                        basic_service_code = 426, teleservice_code = 218, bearer_code = 40;
constexpr std::uint32_t originating_network = 164, sender = 196, recipient = 182, sequence_number = 109,
                        specification = 201, release_version = 189, events_count = 43;
constexpr std::uint32_t available_time = 107, creation_time = 108, cut_off_time = 227;

constexpr std::int64_t unsuccessful_call_attempt = 3;  // CauseForTerm

std::string_view name_of_no_call(std::uint32_t tag) {
    switch (tag) {
        case suppl_service_event: return "SupplServiceEvent";
        case gprs_call: return "GprsCall";
        case content_transaction: return "ContentTransaction";
        case location_service: return "LocationService";
        default: return {};
    }
}

std::optional<Element> in(std::string_view contents, std::uint32_t tag) {
    return find(contents, Class::application, tag);
}
std::optional<std::int64_t> integer_in(std::string_view contents, std::uint32_t tag) {
    return find_integer(contents, Class::application, tag);
}
std::optional<Element> in(const std::optional<Element>& element, std::uint32_t tag) {
    return element ? in(element->contents, tag) : std::nullopt;
}

class Decoder {
public:
    explicit Decoder(Region home) : home_(home) {}

    void batch_from(const Element& control) {
        sender_ = text_in(control.contents, sender);
        seen_ = true;
    }
    // A BatchControlInfo was there: every TransferBatch has one.
    [[nodiscard]] bool seen() const { return seen_; }

    void offsets_from(const Element& network) {
        const auto list = in(network.contents, offset_info_list);
        if (!list) return;
        Elements infos(list->contents);
        Element info;
        while (infos.next(info)) {
            if (!info.tag.is(Class::application, offset_info)) continue;
            const auto code = integer_in(info.contents, offset_code);
            const auto zone = utc_offset(text_in(info.contents, offset));
            if (code && zone && *code >= 0 && *code < codes) offsets_[static_cast<std::size_t>(*code)] = zone;
        }
    }

    std::optional<Refused> take(const Element& event, CallRow& call) {
        if (event.tag.of != Class::application || !event.tag.constructed)
            return Refused{RejectCode::bad_value, "kind of event"};
        if (!well_formed(event.contents)) return Refused{RejectCode::broken_row, ""};
        carrier_ = sender_;
        subscriber_.clear();
        other_.clear();
        as_dialled_ = false;
        std::optional<Refused> refused;
        switch (event.tag.number) {
            case mo_call: refused = mobile_originated(event.contents, call); break;
            case mt_call: refused = mobile_terminated(event.contents, call); break;
            case service_centre_usage: refused = service_centre(event.contents, call); break;
            case messaging_event:
                call.service = Service::sms;
                refused = ims_event(event.contents, messaging_service, call);
                break;
            case mobile_session: refused = ims_event(event.contents, session_service, call); break;
            default: {
                const std::string_view name = name_of_no_call(event.tag.number);
                if (name.empty()) return Refused{RejectCode::bad_value, "kind of event"};
                return Refused{RejectCode::not_a_call, std::string(name)};
            }
        }
        call.carrier = carrier_;
        return refused;
    }

    void finish(ReadSummary& summary) const {
        if (without_number_ > 0)
            summary.notes.push_back(grouped(without_number_) +
                                    " events name their subscriber by IMSI only (first at byte " +
                                    std::to_string(first_without_number_) + "): their CLI is empty");
    }

private:
    static constexpr std::int64_t codes = 100;  // of UTC offsets: 0 to 99

    static bool well_formed(std::string_view contents) {
        Elements elements(contents);
        Element element;
        while (elements.next(element)) continue;
        return elements.defect() == Defect::none;
    }

    std::string text_of(const Element& element) {
        std::string_view bytes;
        return octets(element, scratch_, bytes) ? ber::name_of(bytes) : std::string();
    }
    std::string text_in(std::string_view contents, std::uint32_t tag) {
        const auto element = in(contents, tag);
        return element ? text_of(*element) : std::string();
    }
    std::string digits_in(std::string_view contents, std::uint32_t tag) {
        const auto element = in(contents, tag);
        std::string_view bytes;
        return element && octets(*element, scratch_, bytes) ? bcd_string(bytes) : std::string();
    }

    std::string subscriber_of(const std::optional<Element>& chargeable, std::uint32_t gsm) {
        const auto sim = in(chargeable, gsm);
        std::string number = sim ? digits_in(sim->contents, msisdn) : std::string();
        if (number.empty()) {
            const auto min = in(chargeable, min_subscriber);
            if (min) number = text_in(min->contents, mdn);
        }
        return number;
    }

    // DateTime ::= SEQUENCE { localTimeStamp, utcTimeOffsetCode }.
    std::optional<Micros> time_in(std::string_view contents, std::uint32_t tag) {
        const auto element = in(contents, tag);
        if (!element) return std::nullopt;
        const auto code = integer_in(element->contents, offset_code);
        if (!code || *code < 0 || *code >= codes) return std::nullopt;
        const std::optional<Zone>& zone = offsets_[static_cast<std::size_t>(*code)];
        if (!zone) return std::nullopt;
        return digit_time(text_in(element->contents, local_time), *zone);
    }

    std::optional<Refused> outgoing_parties(CallRow& call) {
        call.direction = Direction::outgoing;
        call.callee = as_dialled_ ? parse_number(other_, home_) : international(other_, home_);
        if (const auto fault = tabular::callee_fault(call.callee.number_class))
            return Refused{*fault, "called number"};
        call.cli = international(subscriber_, home_);
        if (call.cli.number.is_none() && without_number_++ == 0) first_without_number_ = call.offset;
        return std::nullopt;
    }

    std::optional<Refused> incoming_parties(CallRow& call) {
        call.direction = Direction::incoming;
        call.callee = international(subscriber_, home_);
        if (const auto fault = tabular::callee_fault(call.callee.number_class))
            return Refused{*fault, "msisdn"};
        call.cli = international(other_, home_);
        call.cli_text = tabular::sender_id(other_, call.cli.number_class);
        return std::nullopt;
    }

    std::optional<Refused> duration_and_end(std::string_view basic, CallRow& call) {
        if (const auto element = in(basic, total_duration)) {
            const auto seconds = ber::seconds_of(*element);
            if (!seconds) return Refused{RejectCode::bad_duration, "totalCallEventDuration"};
            call.duration = *seconds;
        }
        if (call.service != Service::voice) return std::nullopt;
        std::optional<std::int64_t> cause;
        if (const auto element = in(basic, cause_for_term)) {
            cause = integer(*element);
            if (!cause) return Refused{RejectCode::bad_value, "causeForTerm"};
        }
        if (cause == unsuccessful_call_attempt) {
            call.disposition = Disposition::unanswered;
            call.duration = 0;
        } else if (call.duration >= 0) {
            call.disposition = call.duration > 0 ? Disposition::answered : Disposition::unanswered;
        }
        return std::nullopt;
    }

    // Of several services used in one call the first.
    bool service(std::string_view event, CallRow& call) {
        const auto code =
            in(in(in(in(in(event, service_used_list), service_used), basic_service), basic_service_code),
               teleservice_code);
        if (!code) {
            if (in(in(in(in(in(event, service_used_list), service_used), basic_service), basic_service_code),
                   bearer_code))
                call.service = Service::other;
            return true;
        }
        const std::string text = text_of(*code);  // two hexadecimal digits
        unsigned value = 0;
        for (const char c : text) {
            const std::size_t digit = std::string_view("0123456789abcdef0123456789ABCDEF").find(c);
            if (text.size() != 2 || digit == std::string_view::npos) return false;
            value = value << 4U | static_cast<unsigned>(digit % 16);
        }
        call.service = text.empty() ? Service::voice : teleservice(value);
        return true;
    }

    std::optional<Refused> mobile_originated(std::string_view event, CallRow& call) {
        const auto basic = in(event, mo_basic);
        if (!basic) return Refused{RejectCode::bad_callee, "called number"};
        subscriber_ = subscriber_of(in(basic, chargeable_subscriber), sim_subscriber);
        if (const auto to = in(basic, destination)) {
            other_ = digits_in(to->contents, called_number);
            as_dialled_ = other_.empty();
            if (other_.empty()) other_ = text_in(to->contents, dialled_digits);
            if (other_.empty()) other_ = text_in(to->contents, sms_destination);
        }
        if (auto refused = outgoing_parties(call)) return refused;
        const auto third = in(event, third_party);
        const std::string caller = third ? digits_in(third->contents, third_party_number) : std::string();
        if (!caller.empty()) {
            call.redirect = call.cli.number;
            call.cli = international(caller, home_);
        }
        return rest(event, basic->contents, call);
    }

    std::optional<Refused> mobile_terminated(std::string_view event, CallRow& call) {
        const auto basic = in(event, mt_basic);
        if (!basic) return Refused{RejectCode::bad_callee, "msisdn"};
        subscriber_ = subscriber_of(in(basic, chargeable_subscriber), sim_subscriber);
        if (const auto from = in(basic, call_originator)) {
            other_ = digits_in(from->contents, calling_number);
            if (other_.empty()) other_ = text_in(from->contents, sms_originator);
        }
        if (auto refused = incoming_parties(call)) return refused;
        if (std::string network = text_in(basic->contents, originating_network); !network.empty())
            carrier_ = std::move(network);
        return rest(event, basic->contents, call);
    }

    std::optional<Refused> rest(std::string_view event, std::string_view basic, CallRow& call) {
        const auto at = time_in(basic, call_start);
        if (!at) return Refused{RejectCode::bad_time, "callEventStartTimeStamp"};
        call.time = *at;
        if (!service(event, call)) return Refused{RejectCode::bad_value, "teleServiceCode"};
        return duration_and_end(basic, call);
    }

    std::optional<Refused> service_centre(std::string_view event, CallRow& call) {
        call.service = Service::sms;
        const auto basic = in(event, scu_basic);
        if (!basic) return Refused{RejectCode::bad_callee, "nonChargedNumber"};
        subscriber_ = subscriber_of(in(basic, scu_subscriber), gsm_subscriber);
        other_ = text_in(basic->contents, non_charged_number);
        const auto received = integer_in(basic->contents, charged_party_status);
        if (received != 0 && received != 1) return Refused{RejectCode::bad_value, "chargedPartyStatus"};
        if (auto refused = received == 1 ? incoming_parties(call) : outgoing_parties(call)) return refused;
        const auto times = in(event, scu_times);
        auto at = times ? time_in(times->contents, deposit_time) : std::nullopt;
        if (!at && times) at = time_in(times->contents, completion_time);
        if (!at) return Refused{RejectCode::bad_time, "depositTimeStamp"};
        call.time = *at;
        return std::nullopt;
    }

    std::optional<Refused> ims_event(std::string_view event, std::uint32_t service_tag, CallRow& call) {
        const auto charged = in(event, charged_party);
        if (charged) subscriber_ = digits_in(charged->contents, msisdn);
        if (const auto other = in(event, non_charged_party)) {
            other_ = digits_in(other->contents, non_charged_party_number);
            if (other_.empty()) other_ = text_in(other->contents, non_charged_public_id);
        }
        const auto wanted = in(event, requested_destination);
        if (wanted && other_.empty()) {
            other_ = digits_in(wanted->contents, requested_number);
            if (other_.empty()) other_ = text_in(wanted->contents, requested_public_id);
        }
        const auto kind = integer_in(event, service_tag);
        if (!kind || *kind < 1 || *kind > 3)
            return Refused{RejectCode::bad_value,
                           service_tag == session_service ? "mobileSessionService" : "messagingEventService"};
        if (auto refused = kind == 2 ? incoming_parties(call) : outgoing_parties(call)) return refused;
        const auto at = time_in(event, service_start);
        if (!at) return Refused{RejectCode::bad_time, "serviceStartTimestamp"};
        call.time = *at;
        return duration_and_end(event, call);
    }

    Region home_;
    std::array<std::optional<Zone>, codes> offsets_;
    std::string sender_, carrier_, subscriber_, other_, scratch_;
    bool as_dialled_ = false;  // other_
    bool seen_ = false;
    std::uint64_t without_number_ = 0, first_without_number_ = 0;
};

// The groups of a TransferBatch.
Done read_batch(Records& records, Decoder& decoder, const Frame& batch,
                std::optional<std::uint64_t>& declared) {
    return records.report(
        batch, "TransferBatch", call_events,
        [&](const Element& event, CallRow& call) { return decoder.take(event, call); },
        [&](const Element& group) {
            if (group.tag.is(Class::application, batch_control)) decoder.batch_from(group);
            if (group.tag.is(Class::application, network_info)) decoder.offsets_from(group);
            if (!group.tag.is(Class::application, audit_control)) return;
            const auto number = integer_in(group.contents, events_count);
            if (number && *number >= 0) declared = declared.value_or(0) + static_cast<std::uint64_t>(*number);
        });
}

Result<ReadSummary> read_tap3(const FileHead& head, const ByteSource& source, const ReadOptions& options,
                              NameTable& names, const CallSink& sink) {
    if (head.bytes.empty() && head.whole) return empty_file();
    Stream stream(source);
    Intake intake(names, sink, options);
    Records records(stream, intake, "callEventStartTimeStamp");
    Decoder decoder(options.home);
    std::optional<std::uint64_t> declared;
    Frame file;
    file.padded = true;
    std::uint64_t notifications = 0;
    const Records::Take no_batch = [](const Element&, CallRow&) {
        return std::optional<Refused>({RejectCode::bad_value, "TransferBatch"});
    };
    while (true) {
        SENDH_TRY(const Ahead ahead, stream.peek(file));
        if (ahead.kind == Ahead::Kind::end) break;
        if (ahead.kind == Ahead::Kind::broken) {
            SENDH_CHECK(records.refuse_rest(file, ahead.defect, ahead.cut));
            continue;
        }
        if (ahead.header.tag.is(Class::application, transfer_batch) && ahead.header.tag.constructed) {
            SENDH_TRY(const Frame batch, stream.enter(ahead, file));
            SENDH_CHECK(read_batch(records, decoder, batch, declared));
            continue;
        }
        SENDH_TRY(const Piece piece, stream.take(ahead, file));
        if (piece.kind != Piece::Kind::whole) {
            SENDH_CHECK(records.refuse(piece, file));
        } else if (piece.element.tag.is(Class::application, notification)) {
            ++notifications;
        } else {
            SENDH_CHECK(records.one(piece, no_batch));
        }
    }
    if (auto cut = records.nothing_but_a_cut()) return *cut;
    if (intake.summary.rows == 0 && notifications == 0 && !decoder.seen())
        return not_of_layout("tap3", "TransferBatch with its BatchControlInfo and no Notification", head);
    SENDH_CHECK(intake.finish());
    records.finish(declared);
    decoder.finish(intake.summary);
    if (notifications > 0)
        intake.summary.notes.emplace_back(
            "a Notification: the network states that it has no call to report: an empty report");
    else if (intake.summary.rows == 0)
        intake.summary.notes.emplace_back("no call events: an empty report");
    return std::move(intake.summary);
}

int recognise_tap3(const FileHead& head) {
    Header header;
    Defect defect = Defect::none;
    if (parse_header(head.bytes, header, defect) != Parsed::ok) return 0;
    const bool batch = header.tag.is(Class::application, transfer_batch);
    if (!header.tag.constructed || (!batch && !header.tag.is(Class::application, notification))) return 0;
    std::string_view group = head.bytes.substr(header.size);
    if (batch) {
        // "Batch Control Information must always be the first group."
        if (parse_header(group, header, defect) != Parsed::ok) return 0;
        if (!header.tag.is(Class::application, batch_control) || !header.tag.constructed) return 0;
        group.remove_prefix(header.size);
    }
    if (!header.indefinite && header.length < group.size())
        group = group.substr(0, static_cast<std::size_t>(header.length));
    int known = 0;
    Elements items(group);
    Element item;
    while (items.next(item)) {
        if (item.tag.of != Class::application) return 0;
        switch (item.tag.number) {
            case sender:
            case recipient:
            case sequence_number:
            case available_time:
            case creation_time:
            case cut_off_time:
            case specification:
            case release_version: ++known; break;
            default: break;
        }
    }
    if (known >= 3) return 95;
    // A file that was cut off, or of a few items.
    return known >= 1 ? 70 : 0;
}

}  // namespace

const Layout tap3_layout = {"tap3", "roaming: GSMA TD.57 TAP3 (BER)", {}, recognise_tap3, read_tap3, true};

}  // namespace sendh
