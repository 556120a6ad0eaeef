// Reports of called persons ("complaints"), read from CSV: number, time, cli, text, link, threat,
// asked_to_press_key, knew_name, knew_designation, knew_department, district, language, money_lost. Only the
// number is required; column names match without case, spaces and punctuation.
//
// The id of a report is its line number in the file.
// Thread rule: values.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "calls/reader.h"

namespace sendh {

struct Complaint {
    std::uint64_t line = 0;
    std::uint64_t offset = 0;
    PhoneNumber number;  // who was called
    std::optional<Micros> time;
    bool time_is_date_only = false;
    ParsedNumber cli;
    std::string text, link, district, language, money_lost;  // personal: seal before storing
    std::optional<bool> threat, asked_to_press_key, knew_name, knew_designation, knew_department;
};

struct ComplaintSink {
    std::function<Done(Complaint&&)> accept;
    std::function<Done(const Reject&)> reject;
};

// mapping: nothing, or a mapping file whose [columns] name the columns of this file.
[[nodiscard]] Result<ReadSummary> read_complaints(const FileHead& head, const ByteSource& source,
                                                  const ReadOptions& options, const Mapping* mapping,
                                                  const ComplaintSink& sink);

}  // namespace sendh
