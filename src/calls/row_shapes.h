// Recognising rows of files without a header: by the shapes of their cells, over several rows. Private to
// this room.
//
// Thread rule: pure functions.
#pragma once

#include <string_view>

#include "calls/tabular.h"

namespace sendh::tabular {

// Shapes of bare cells.
[[nodiscard]] bool is_stamp(std::string_view cell);  // date and time of day, in any order of the date
[[nodiscard]] bool is_count(std::string_view cell);  // 1 to 9 digits
[[nodiscard]] bool is_uuid(std::string_view cell);   // 8-4-4-4-12 hexadecimal digits

struct Fit {
    char delimiter = ',';
    int rows = 0;     // looked at
    int fitting = 0;  // of them
};
// The first 40 rows that stand whole in the head, with the delimiter (, tab ; |) that lets most of them fit.
[[nodiscard]] Fit best_fit(const FileHead& head, bool (*fits)(const DelimitedRow&));
// `sure` when nearly all rows fit, less when a fifth does not, 0 when fewer than half do.
[[nodiscard]] int score_of(const Fit& fit, int sure);

}  // namespace sendh::tabular
