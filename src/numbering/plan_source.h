// PlanSource: numbering-plan metadata in a neutral form, before it is compiled into tables (plan_compiler.h).
// It can be made from the npm package libphonenumber-js (plan_source_json.h: what is shipped) and from the
// metadata inside libphonenumber itself (tests: the very bytes that library decides by).
//
// Patterns are the regular expressions of that metadata: digits, \d, classes, groups, alternatives, bounded
// repetition, and $ in prefixes. They are compiled away; nothing interprets them at run time.
//
// Thread rule: a value.
#pragma once

#include <array>
#include <string>
#include <vector>

namespace sendh {

struct PlanSource {
    struct Description {
        std::string pattern;             // "": no number is of this kind
        std::vector<int> lengths;        // {}: those of the general description; {-1}: none
        std::vector<int> local_lengths;  // lengths that can be dialled within an area only
    };

    // In the order in which a number is tested for them.
    enum Kind {
        premium_rate,
        toll_free,
        shared_cost,
        voip,
        personal,
        pager,
        uan,
        voicemail,
        fixed,
        mobile,
        kinds
    };

    struct Territory {
        std::string id;  // "IN"; "001" for codes that belong to no country
        int code = 0;
        std::string international_prefix;
        std::string national_prefix;  // for parsing: with carrier codes and captures
        std::string transform;        // what a captured prefix becomes, "9$1"
        std::string leading_digits;
        bool has_leading_digits = false;
        bool mobile_like_fixed = false;  // one pattern for both
        Description general;
        std::array<Description, kinds> descriptions;
    };

    std::string version;                 // "libphonenumber-js 1.12.0"
    std::vector<Territory> territories;  // of one calling code: in the order they are asked, main one first
};

}  // namespace sendh
