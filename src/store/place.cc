#include "store/place.h"

#include "base/text.h"

namespace sendh {

std::string Place::text() const {
    std::string out = what;
    if (id != 0) out += std::to_string(id);
    if (!name.empty()) out += " '" + without_numbers(name) + "'";
    return row == 0 ? out : out + ", row " + std::to_string(row);
}

}  // namespace sendh
