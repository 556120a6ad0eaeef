#include "numbering/plan_source_json.h"

#include <simdjson.h>

#include <map>

namespace sendh {

namespace {

namespace dom = simdjson::dom;

// The file's arrays leave out what is absent at their end and put 0 where something is absent in between.
std::string text_at(const dom::array& array, std::size_t index) {
    std::string_view text;
    return array.at(index).get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::vector<int> lengths_at(const dom::array& array, std::size_t index) {
    std::vector<int> lengths;
    dom::array values;
    if (array.at(index).get(values) != simdjson::SUCCESS) return lengths;
    for (const dom::element value : values) {
        std::int64_t length = 0;
        if (value.get(length) == simdjson::SUCCESS) lengths.push_back(static_cast<int>(length));
    }
    return lengths;
}

// Position of each kind in the file's array of types.
constexpr std::array<std::size_t, PlanSource::kinds> place_of_kind = {3, 2, 9, 8, 4, 7, 6, 5, 0, 1};

PlanSource::Territory territory(std::string_view id, const dom::array& array) {
    PlanSource::Territory t;
    t.id = id;
    for (const char c : text_at(array, 0))
        t.code = c >= '0' && c <= '9' && t.code < 1000 ? 10 * t.code + (c - '0') : 0;
    t.international_prefix = text_at(array, 1);
    t.general = {text_at(array, 2), lengths_at(array, 3), {}};
    t.national_prefix = text_at(array, 7);
    if (t.national_prefix.empty()) t.national_prefix = text_at(array, 5);
    t.transform = text_at(array, 8);
    t.leading_digits = text_at(array, 10);
    t.has_leading_digits = !t.leading_digits.empty();
    dom::array types;
    const bool typed = array.at(11).get(types) == simdjson::SUCCESS;
    for (std::size_t kind = 0; kind < PlanSource::kinds; ++kind) {
        PlanSource::Description& d = t.descriptions[kind];
        d.lengths = {-1};
        dom::array type;
        if (!typed || types.at(place_of_kind[kind]).get(type) != simdjson::SUCCESS) continue;
        d.pattern = text_at(type, 0);
        d.lengths = lengths_at(type, 1);
    }
    // A mobile pattern that repeats the fixed one is written as "".
    PlanSource::Description& fixed = t.descriptions[PlanSource::fixed];
    PlanSource::Description& mobile = t.descriptions[PlanSource::mobile];
    if (!fixed.pattern.empty() && mobile.pattern.empty() && mobile.lengths != std::vector<int>{-1}) {
        mobile.pattern = fixed.pattern;
        t.mobile_like_fixed = true;
    }
    return t;
}

Fault not_understood(std::string what) {
    return {FaultKind::input, std::move(what), "metadata.max.json",
            "install libphonenumber-js as pinned in package-lock.json"};
}

}  // namespace

Result<PlanSource> plan_source_from_json(std::string_view json, std::string_view version) {
    dom::parser parser;
    dom::element document;
    if (parser.parse(simdjson::padded_string(json)).get(document) != simdjson::SUCCESS)
        return not_understood("not JSON");
    std::int64_t format = 0;
    if (document["version"].get(format) != simdjson::SUCCESS || format != 4)
        return not_understood("not metadata of format 4");
    dom::object codes;
    dom::object countries;
    dom::object others;
    if (document["country_calling_codes"].get(codes) != simdjson::SUCCESS ||
        document["countries"].get(countries) != simdjson::SUCCESS ||
        document["nonGeographic"].get(others) != simdjson::SUCCESS) {
        return not_understood("metadata without countries");
    }
    PlanSource source;
    source.version = version;
    for (const dom::key_value_pair code : codes) {
        dom::array ids;
        if (code.value.get(ids) != simdjson::SUCCESS)
            return not_understood("a calling code without countries");
        for (const dom::element element : ids) {
            std::string_view id;
            dom::array fields;
            if (element.get(id) != simdjson::SUCCESS || countries[id].get(fields) != simdjson::SUCCESS) {
                return not_understood("a calling code with an unknown country");
            }
            source.territories.push_back(territory(id, fields));
        }
    }
    for (const dom::key_value_pair code : others) {
        dom::array fields;
        if (code.value.get(fields) != simdjson::SUCCESS)
            return not_understood("a code of no country without a plan");
        source.territories.push_back(territory("001", fields));
    }
    return source;
}

}  // namespace sendh
