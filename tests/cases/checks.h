// The checks of a behaviour test: each gives "" if it holds, else what was expected and what there was.
#pragma once

#include <filesystem>
#include <string>

#include "cases/case_file.h"

namespace cases {

// has, lacks, matches, lines, is; `verb` is the place of that word in step.words.
[[nodiscard]] std::string check_text(const Step& step, std::size_t verb, const std::string& text);
// `json …`; files are looked up in `work`.
[[nodiscard]] std::string check_json(const Step& step, const std::string& out,
                                     const std::filesystem::path& work);
[[nodiscard]] std::string check_folder(const Step& step, const std::filesystem::path& work);

// At most 40 lines of 300 bytes, indented.
[[nodiscard]] std::string shown(const std::string& text);

}  // namespace cases
