#include "calls/intake.h"

#include "base/text.h"

namespace sendh {

Done Intake::take(CallBatch& calls, const NameTable& names) {
    SENDH_CHECK(flush());
    if (calls.size() == 0) return done();
    std::vector<std::uint32_t> ours(names.size());
    for (std::size_t n = 0; n < ours.size(); ++n)
        ours[n] = names_.index_of(names.name(static_cast<std::uint32_t>(n)));
    for (auto* column : {&calls.trunk_in, &calls.trunk_out, &calls.carrier, &calls.cli_text}) {
        for (std::uint32_t& name : *column) name = ours[name];
    }
    for (std::size_t i = 0; i < calls.size(); ++i) {
        if (times.doubtful(calls.time[i])) count_doubtful(calls.line[i], calls.offset[i]);
    }
    summary.accepted += calls.size();
    summary.rows += calls.size();
    return sink_.accept(calls);
}

Done Intake::finish() {
    SENDH_CHECK(flush());
    if (doubtful_ == 0) return done();
    summary.notes.push_back(grouped(doubtful_) + (doubtful_ == 1 ? " call lies" : " calls lie") +
                            " after today or before 1990 (first at " +
                            (doubtful_line_ > 0 ? "line " + std::to_string(doubtful_line_)
                                                : "byte " + std::to_string(doubtful_offset_)) +
                            "): is the clock of the switch, or the form of the dates, the right one?");
    return done();
}

}  // namespace sendh
