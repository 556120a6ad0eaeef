// Compiles a PlanSource into the tables of plan_tables.h: every pattern becomes part of one minimal
// automaton. Runs at build time; also where newer metadata is to be used without rebuilding. Takes about a
// second.
//
// Faults: input (a pattern it does not understand, tables that grow too large).
// Thread rule: pure.
#pragma once

#include <string>

#include "base/result.h"
#include "numbering/plan_source.h"

namespace sendh {

[[nodiscard]] Result<std::string> compile_plan(const PlanSource& source);

}  // namespace sendh
