// SipCalls: which calls the SIP messages of a capture are about, each once. Private to this room.
//
// A call is an INVITE without a To tag, known by its Call-ID and From tag; what follows under the same two
// (retransmissions, the same INVITE behind a proxy, forks, the retry after 401 or 407, re-INVITEs) is part of
// it. A second Call-ID is a leg of a call that is not answered yet only if it was captured between other
// hosts and either has the same Session-ID (RFC 7989) within 32 s, or the same SDP o= line (RFC 8866:
// globally unique), the same CLI and the same callee within 5 s. A MESSAGE (RFC 3428) is an SMS; one more
// CSeq after 401 or 407 is the same SMS.
//
// CLI: the user of From, as presented; none where From is anonymous or Privacy (RFC 3323, 3325) holds `id` or
// `user`. Callee: the user of the Request-URI, else of To. Redirect: the first Diversion (RFC 5806: the last
// diversion stands first), else of History-Info (RFC 7044) the entry before the last one that has a `cause`
// (RFC 4458) or that follows an entry with a Reason. Trunks: `tgrp` of Contact (RFC 4904) or `otg`, else the
// source address of the first INVITE; `tgrp` of the Request-URI or `dtg`, else its destination.
//
// Disposition: any 2xx is answered; else the last final response, that to the caller before that of a fork:
// 486 and 600 busy, 408, 480, 487 unanswered, 3xx unknown, others failed; Reason Q.850 17 is busy, 18 and 19
// unanswered. Duration: from the first 2xx (or the ACK, where that was not captured) to the last BYE; 0 for a
// call that was not answered.
//
// Memory: 131,072 calls under way, 32,768 that are over, 64 MiB of their identifiers; the one silent longest
// is handed on as it is.
//
// Thread rule: one object, one thread.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "calls/intake.h"
#include "calls/sip_stream.h"

namespace sendh {

class SipCalls {
public:
    SipCalls(Region home, Intake& intake) : home_(home), intake_(intake) {}

    [[nodiscard]] Done take(const SipPiece& piece);
    // After the last message; then intake.flush().
    [[nodiscard]] Done finish();
    void add_notes(ReadSummary& summary) const;

private:
    struct Call {
        CallRow row;  // its texts are those below
        std::string trunk_in, trunk_out, cli_text;
        IpAddress from, to;    // of the first INVITE
        bool settled = false;  // handed on or refused
        bool over = false;     // stands in over_

        bool answered = false, cancelled = false;
        std::optional<Micros> answer, ack, end;
        Disposition outcome = Disposition::unknown;  // by the last final response
        bool outcome_to_caller = false;
        std::vector<std::size_t> ended;  // hashes of the tags of callees to whom there was a BYE

        std::vector<std::string> legs, shares;  // keys in legs_ and shared_

        bool asserted_differs = false, withheld_asserted = false, names_callee = false;
        bool has_identity = false, gsm_sms = false;
    };
    using Calls = std::list<Call>;
    struct Leg {
        Calls::iterator call;
        std::uint32_t cseq = 0;
        bool challenged = false;  // of an SMS
    };
    using Legs = std::map<std::string, Leg>;
    struct Refused {
        RejectCode code;
        std::string_view column;
    };

    Done request(const SipPiece& piece);
    Done response(const SipPiece& piece);
    Done invite(const SipPiece& piece, std::uint32_t cseq);
    Done sms(const SipPiece& piece, std::uint32_t cseq);
    Done in_dialog(const SipPiece& piece);
    Done begin(const SipPiece& piece, std::uint32_t cseq, std::string key, Service service);
    Done refuse(const SipPiece& piece, RejectCode code, std::string_view column);
    Done refuse_without(const SipPiece& piece, SipHeader header);

    [[nodiscard]] std::optional<Refused> read(const SipPiece& piece, Call& call) const;
    [[nodiscard]] ParsedNumber number_of(const std::string& user) const;
    static std::vector<std::string> shares_of(const SipMessage& message, const Call& call);
    [[nodiscard]] std::optional<Calls::iterator> leg_of_other(const std::vector<std::string>& shares,
                                                              const Call& fresh) const;
    [[nodiscard]] Legs::iterator leg_of(const SipMessage& message, bool& by_callee);
    void add_leg(Calls::iterator call, std::string key, std::uint32_t cseq);
    void touch(Calls::iterator call, bool over);
    Done settle(Call& call);
    void forget(Calls::iterator call);
    Done make_room();
    void count_other(std::string_view kind);

    Region home_;
    Intake& intake_;
    Calls open_, over_;  // silent longest first
    Legs legs_;
    std::map<std::string, Calls::iterator> shared_;  // by what legs of one call have in common
    std::size_t bytes_ = 0;

    std::array<std::pair<std::string_view, std::uint64_t>, 9> others_ = {{{"REGISTER", 0},
                                                                          {"OPTIONS", 0},
                                                                          {"SUBSCRIBE", 0},
                                                                          {"NOTIFY", 0},
                                                                          {"PUBLISH", 0},
                                                                          {"INFO", 0},
                                                                          {"REFER", 0},
                                                                          {"MESSAGE without a text", 0},
                                                                          {"of other methods", 0}}};
    std::uint64_t strays_ = 0, joined_ = 0, given_up_ = 0;
    std::uint64_t asserted_differs_ = 0, withheld_asserted_ = 0, names_called_ = 0, identities_ = 0;
    std::uint64_t gsm_sms_ = 0;
};

}  // namespace sendh
