// The work of each command; the table that names them is in commands.cc.
#pragma once

#include "cli/command.h"

namespace sendh::cli {

Result<int> init(Invocation& call);
Result<int> register_add(Invocation& call);
Result<int> register_update(Invocation& call);
Result<int> register_list(Invocation& call);
Result<int> register_show(Invocation& call);
Result<int> register_remove(Invocation& call);
Result<int> canary_add(Invocation& call);
Result<int> canary_list(Invocation& call);
Result<int> canary_rest(Invocation& call);
Result<int> canary_burn(Invocation& call);
Result<int> canary_wake(Invocation& call);
Result<int> copy_issue(Invocation& call);
Result<int> copy_record(Invocation& call);
Result<int> copy_list(Invocation& call);
Result<int> copy_show(Invocation& call);
Result<int> copy_identify(Invocation& call);
Result<int> list_add(Invocation& call);
Result<int> population_add(Invocation& call);
Result<int> trunks_add(Invocation& call);
Result<int> trunks_suggest(Invocation& call);
Result<int> roaming_add(Invocation& call);
Result<int> series_add(Invocation& call);
Result<int> key_show(Invocation& call);
Result<int> key_passphrase(Invocation& call);
Result<int> key_rotate(Invocation& call);
Result<int> key_split(Invocation& call);
Result<int> key_restore(Invocation& call);
Result<int> number(Invocation& call);
Result<int> calls_import(Invocation& call);
Result<int> calls_show(Invocation& call);
Result<int> calls_rejects(Invocation& call);
Result<int> reports_import(Invocation& call);
Result<int> detect(Invocation& call);
Result<int> campaign_list(Invocation& call);
Result<int> campaign_show(Invocation& call);
Result<int> investigate(Invocation& call);
Result<int> at_risk(Invocation& call);
Result<int> report(Invocation& call);
Result<int> log_list(Invocation& call);
Result<int> log_verify(Invocation& call);
Result<int> log_unusual(Invocation& call);
Result<int> demo(Invocation& call);
Result<int> power(Invocation& call);
Result<int> simulate_world(Invocation& call);

}  // namespace sendh::cli
