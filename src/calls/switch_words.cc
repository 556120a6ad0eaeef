#include "calls/switch_words.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "calls/tabular.h"

namespace sendh {

namespace {

using tabular::is_one_of;
using tabular::same_word;

// Without the part behind the last dash that numbers the channel: "-0000a1b2", "-1", ";2".
std::string_view without_serial(std::string_view name) {
    const std::size_t dash = name.rfind('-');
    if (dash == std::string_view::npos || dash == 0) return name;
    const std::string_view serial = name.substr(dash + 1);
    const bool numbered = !serial.empty() && std::all_of(serial.begin(), serial.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == ';';
    });
    return numbered ? name.substr(0, dash) : name;
}

struct Cut {
    std::string_view technology, rest;
};

Cut cut_technology(std::string_view channel) {
    const std::size_t slash = channel.find('/');
    if (slash == std::string_view::npos) return {channel, {}};
    return {channel.substr(0, slash), channel.substr(slash + 1)};
}

// The beginning of `whole` up to the end of `part`, which is a view into it.
std::string_view up_to(std::string_view whole, std::string_view part) {
    return whole.substr(0, static_cast<std::size_t>(part.data() - whole.data()) + part.size());
}

}  // namespace

Disposition disposition_of_cause(std::string_view cause, bool answered) {
    if (answered) return Disposition::answered;
    if (is_one_of(cause, {"17", "user_busy", "busy"})) return Disposition::busy;
    if (is_one_of(cause, {"",     "0",
                          "none", "unspecified",
                          "16",   "normal_clearing",
                          "18",   "no_user_response",
                          "19",   "no_answer",
                          "21",   "call_rejected",
                          "31",   "normal_unspecified",
                          "102",  "recovery_on_timer_expire",
                          "487",  "originator_cancel",
                          "502",  "lose_race",
                          "503",  "manager_request",
                          "600",  "blind_transfer",
                          "601",  "attended_transfer",
                          "602",  "allotted_timeout",
                          "604",  "media_timeout",
                          "605",  "picked_off",
                          "607",  "progress_timeout"})) {
        return Disposition::unanswered;
    }
    return Disposition::failed;
}

std::string_view trunk_of_asterisk(std::string_view channel) {
    const auto [technology, rest] = cut_technology(channel);
    if (rest.empty() || same_word(technology, "local")) return {};
    const std::string_view name = without_serial(rest.substr(0, rest.find('/')));
    if (is_one_of(technology, {"sip", "pjsip", "iax2", "iax"})) return name;
    return up_to(channel, name);
}

std::string_view trunk_of_freeswitch(std::string_view channel) {
    const auto [technology, rest] = cut_technology(channel);
    if (rest.empty() || is_one_of(technology, {"loopback", "null", "error"})) return {};
    const auto [first, second] = cut_technology(rest);
    if (same_word(technology, "sofia"))
        return same_word(first, "gateway") ? second.substr(0, second.find('/')) : first;
    if (is_one_of(technology, {"freetdm", "openzap"}))
        return up_to(channel, first.substr(0, first.find(':')));
    return technology;
}

}  // namespace sendh
