#include "cli/commands.h"

namespace sendh::cli {

namespace {

const Flag number_column{"--number-column", "NAME",
                         "the column that holds the numbers; found by its name otherwise"};
const Flag name{"--name", "NAME", "what it is called in the case"};
const Flag date_order{"--date-order", "day|month|year",
                      "order of dates in the file, where the file does not show it"};
const Flag time_zone{"--time-zone", "ZONE", "zone of the times in the file; else the case's"};
const Flag mapping{"--mapping", "FILE.toml", "which column is what; docs/mapping-files.md"};
const Flag register_name{"--register", "NAME", "the register; not needed when the case has one"};
const Flag language{"--language", "en|hi", "English or Hindi"};

// In the order of --help.
const std::vector<Command> table = {
    {"demo",
     "make two sample cases, a leak and a false alarm, investigate both, write the reports",
     "The numbers in them are made up. DIR must not exist or be empty; without it ./sendh-demo is used.",
     {{"directory", "where to make them (sendh-demo)", false}},
     {{"--seed", "N", "another sample"}, language},
     demo},
    {"init",
     "make a case",
     "The key that opens the case is kept outside it, in $SENDH_KEYS or ~/.local/share/sendh/keys. Back it "
     "up:\nwithout it nobody can read the numbers.",
     {{"directory", "the case's folder; new or empty"}},
     {{"--name", "TEXT", "name of the case; else the folder's"},
      {"--region", "IN", "home region of the numbers"},
      {"--time-zone", "ZONE", "Asia/Kolkata, UTC or an offset such as +05:30"},
      {"--keys", "DIR", "keep the key in this folder"}},
     init},
    {"register add",
     "add a protected register",
     "FILE: CSV with a header, a number column (number, mobile, msisdn, phone …), any attributes; `joined` "
     "and\n`left` are dates. Attributes are sealed.",
     {{"file", "CSV file, or - for standard input"}},
     {name,
      number_column,
      {"--joined-column", "NAME", "date of joining"},
      {"--left-column", "NAME", "date of leaving"}},
     register_add},
    {"register list", "registers of the case", "", {}, {}, register_list},
    {"register show",
     "a register's entries, numbers masked",
     "",
     {{"name", "the register"}},
     {{"--limit", "N", "so many rows; 0 all (20)"}},
     register_show},
    {"copy record",
     "record a copy that was given out earlier, as it was given",
     "The order of the rows is kept: it may tell later who worked through the list.",
     {{"file", "CSV file of the copy"}},
     {register_name, {"--to", "RECIPIENT", "who was given it"}, {"--date", "DATE", "when"}, number_column},
     copy_record},
    {"copy list", "who holds which copy since when", "", {}, {}, copy_list},
    {"copy show", "one copy", "", {{"id", "K1, K2 …"}}, {}, copy_show},
    {"list add",
     "add a rival list: a directory, an older breach, another register",
     "A list that explains the calls as well as the register does stops a claim that the register leaked.",
     {{"file", "CSV file"}},
     {name, number_column},
     list_add},
    {"population add",
     "add the numbers on which a call would have been seen",
     "Without a population the question whether the register leaked cannot be answered: only "
     "registered\npeople would have been asked. Columns line_type and operator are used where they are "
     "there; a survey\nneeds a column `called` with yes or no.",
     {{"file", "CSV file"}},
     {{"--kind", "operator|switchboard|survey", "what kind of list it is"}, number_column},
     population_add},
    {"trunks add",
     "add or correct trunk groups",
     "FILE: CSV with trunk, carrier, ingress (international, domestic or own).",
     {{"file", "CSV file"}},
     {},
     trunks_add},
    {"trunks suggest",
     "what the data says about trunks that are not in the map",
     "A trunk whose CLIs are 95 % foreign is probably international. Nothing is taken over: check with the "
     "operator,\nthen write it into a file for `trunks add`. A trunk with national CLIs alone may be "
     "domestic, "
     "or international and\nfull of spoofed CLIs; calls cannot tell which. Trunks whose map entry the data "
     "contradict are shown, too.",
     {},
     {},
     trunks_suggest},
    {"roaming add",
     "add numbers known to be abroad",
     "FILE: CSV with number, from, to. The table is taken as complete for the days it covers.",
     {{"file", "CSV file"}},
     {{"--partial", nullptr, "it does not list everybody who was abroad"}, number_column},
     roaming_add},
    {"series add",
     "add a table of number series: operator, area, allocated or not, as-of date",
     "FILE: CSV with series (9826, 98260-98269, +97150) or from and to, operator, area, status (allocated "
     "or\n"
     "not), as_of. Without a status an operator's name says allocated, and a blank says nothing: unknown. A "
     "series\nthat the table calls not allocated makes a CLI of it fake, if the table is not older than half "
     "a "
     "year before\nthe call; unknown is never evidence.",
     {{"file", "CSV file, or - for standard input"}},
     {{"--as-of", "DATE", "when the table was true, for rows that do not say it"}},
     series_add},
    {"number",
     "what each number of a list is: E.164, valid or why not, region, type, series, block",
     "One number a line, in any form. JSON is one object a line. Valid says that the plan knows such "
     "numbers, not\nthat this one was given to somebody: that is what series tells, when the case has a "
     "table "
     "of them (--case).\nfirst_operator is the series' first owner, by that table or else by "
     "libphonenumber's "
     "public list. The numbers\ncome out as they went in; nothing is kept.",
     {{"file", "text file, or - for standard input (-)", false}},
     {{"--region", "IN", "region of numbers in national form, or none (IN)"},
      {"--metadata", "FILE", "a newer metadata.max.json of libphonenumber-js than the one built in"}},
     number},
    {"calls import",
     "import call records as the operator delivered them",
     "A file is in whole or not at all; rows = accepted + rejected + duplicates. The same file, and the same "
     "call\nfrom two files, are recognised.",
     {{"file", "files, or - for standard input", true, true}},
     {{"--layout", "auto|NAME|MAPPING.toml",
       "ild, airtel or a mapping file; recognised by content otherwise"},
      {"--dry-run", nullptr, "read and test everything, write nothing, show the first rows as understood"},
      date_order,
      time_zone},
     calls_import},
    {"calls show",
     "calls with their verdicts and the reasons, numbers masked",
     "",
     {},
     {{"--verdict", "fake|ordinary|undecidable", "only these"},
      {"--number", "N", "calls from or to this number"},
      {"--campaign", "ID", "calls of this campaign"},
      {"--from", "TIME", "not earlier"},
      {"--to", "TIME", "earlier than this"},
      {"--id", "N", "one call"},
      {"--limit", "N", "so many; 0 all (100)"}},
     calls_show},
    {"reports import",
     "import reports of called persons",
     "FILE: CSV with number, time, cli, text, link, threat, asked_to_press_key, knew_name, "
     "knew_designation,\nknew_department, district, language, money_lost. The id of a report is its line "
     "number.",
     {{"file", "CSV files", true, true}},
     {mapping, date_order, time_zone},
     reports_import},
    {"detect", "judge every call and form campaigns; knows no register", "", {}, {}, detect},
    {"campaign list", "campaigns, the largest first", "", {}, {}, campaign_list},
    {"campaign show",
     "a campaign and its calls, numbers masked",
     "",
     {{"id", "C1, C2 …"}},
     {},
     campaign_show},
    {"investigate",
     "did the register leak?",
     "Exit status 1 when a leak is indicated, 0 when it is not or cannot be told.\nWithout --campaign every "
     "campaign is tested and the evidence is corrected for their number.",
     {},
     {register_name,
      {"--campaign", "ID", "chosen before looking at the register"},
      {"--alpha", "P", "error rate of intervals and of Γ* (0.01)"},
      {"--seed", "N", "for the order of answers that tell no time (1)"},
      {"--made-at", "TIME", "the time to put into the finding"},
      language},
     investigate},
    {"at-risk",
     "who is next: people of the register that the campaign has not reached",
     "Numbers are masked. To warn people, --reveal writes them in clear to FILE; who, when and why is "
     "recorded.",
     {},
     {register_name,
      {"--campaign", "ID", "else that of the last finding"},
      {"-o,--output", "FILE.csv", "write CSV there"},
      {"--reveal", nullptr, "numbers and attributes in clear; needs --output and --reason"},
      {"--reason", "TEXT", "why"},
      {"--limit", "N", "so many; 0 all (0)"}},
     at_risk},
    {"report",
     "the last finding as one self-contained HTML file",
     "",
     {},
     {{"-o,--output", "FILE.html", "where to write it (report.html)"}, language},
     report},
};

}  // namespace

std::span<const Command> commands() { return table; }

}  // namespace sendh::cli
