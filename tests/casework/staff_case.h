// A case with a register of 40 people and 60 canaries, for tests of copies and of what happens to them.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>

#include "base/folder.h"
#include "casework/canaries.h"
#include "casework/case.h"
#include "casework/import_lists.h"
#include "casework/registers.h"

namespace sendh::test {

template <class T>
T must(Result<T> result) {
    if (!result.ok()) FAIL(result.fault().message());
    return std::move(result).value();
}

struct StaffCase {
    Folder folder;
    std::unique_ptr<Case> c;

    StaffCase() {
        NewCase settings;
        settings.name = "Test";
        settings.key_folder = folder / "keys";
        c = std::make_unique<Case>(must(Case::create(folder / "case", settings)));
        std::string people = "number,name,office\n";
        for (int i = 0; i < 40; ++i)
            people += "98765" + std::to_string(10'000 + i * 7) + ",Person " + std::to_string(i) + ",Office " +
                      std::to_string(i % 3) + "\n";
        write_file(folder / "people.csv", people);
        std::string numbers = "number\n";
        for (int i = 0; i < 60; ++i) numbers += "98111" + std::to_string(10'000 + i * 3) + "\n";
        write_file(folder / "canaries.csv", numbers);
        ListImport how;
        how.name = "staff";
        must(add_register(*c, folder / "people.csv", how));
        must(add_canaries(*c, folder / "canaries.csv", how));
    }
};

}  // namespace sendh::test
