// The work of each command; the table that names them is in commands.cc.
#pragma once

#include "cli/command.h"

namespace sendh::cli {

Result<int> init(Invocation& call);
Result<int> register_add(Invocation& call);
Result<int> register_list(Invocation& call);
Result<int> register_show(Invocation& call);
Result<int> copy_record(Invocation& call);
Result<int> copy_list(Invocation& call);
Result<int> copy_show(Invocation& call);
Result<int> list_add(Invocation& call);
Result<int> population_add(Invocation& call);
Result<int> trunks_add(Invocation& call);
Result<int> trunks_suggest(Invocation& call);
Result<int> roaming_add(Invocation& call);
Result<int> series_add(Invocation& call);
Result<int> number(Invocation& call);
Result<int> calls_import(Invocation& call);
Result<int> calls_show(Invocation& call);
Result<int> reports_import(Invocation& call);
Result<int> detect(Invocation& call);
Result<int> campaign_list(Invocation& call);
Result<int> campaign_show(Invocation& call);
Result<int> investigate(Invocation& call);
Result<int> at_risk(Invocation& call);
Result<int> report(Invocation& call);
Result<int> demo(Invocation& call);

}  // namespace sendh::cli
