// Place: where a token or a sealed text lies in the catalogue, in the words of the user's commands, for the
// fault when it is damaged.
//
// Thread rule: a view of the name; made where it is needed, not kept.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "store/catalogue.h"

namespace sendh {

struct Place {
    const char* what = "";  // "register", "canary N", "copy K" …
    std::int64_t id = 0;    // that `what` ends with; 0: none
    std::string_view name;  // "" if it has none
    std::int64_t row = 0;   // from 1; 0: the thing itself

    [[nodiscard]] static Place of_entry(const RegisterRecord& reg, std::int64_t row) {
        return {"register", 0, reg.name, row + 1};  // as `register show` counts
    }
    [[nodiscard]] static Place of_canary(std::int64_t id) { return {"canary N", id, {}, 0}; }
    [[nodiscard]] static Place of_copy(std::int64_t id, std::int64_t row = 0) {
        return {"copy K", id, {}, row};
    }

    // "register 'officials', row 12", "canary N3", "copy K2, row 5"
    [[nodiscard]] std::string text() const;
};

}  // namespace sendh
