#include "cli/commands.h"

namespace sendh::cli {

namespace {

const Flag number_column{"--number-column", "NAME",
                         "the column that holds the numbers; found by its name otherwise"};
const Flag joined_column{"--joined-column", "NAME", "date from which a row holds"};
const Flag left_column{"--left-column", "NAME", "date from which a row holds no more"};
const Flag person_column{"--person-column", "NAME",
                         "what tells people apart, such as a staff number; kept for updates"};
const Flag as_of_day{"--date", "DATE", "as it was on that day; else today"};
const Flag yes{"--yes", nullptr, "do not ask"};
const Flag name{"--name", "NAME", "what it is called in the case"};
const Flag date_order{"--date-order", "day|month|year",
                      "order of dates in the file, where the file does not show it"};
const Flag time_zone{"--time-zone", "ZONE", "zone of the times in the file; else the case's"};
const Flag mapping{"--mapping", "FILE.toml", "which column is what; docs/mapping-files.md"};
const Flag register_name{"--register", "NAME", "the register; not needed when the case has one"};
const Flag to{"--to", "RECIPIENT", "who is given it"};
const Flag purpose{"--purpose", "TEXT", "what for"};
const Flag legal_basis{"--legal-basis", "TEXT", "by which rule or order"};
const Flag delete_by{"--delete-by", "DATE", "when the recipient has to delete it"};
const Flag state_reason{"--reason", "TEXT", "why; kept with the date"};
const Flag log_who{"--who", "USER", "entries of this user, as the log names them"};
const Flag log_from{"--from", "TIME", "not earlier"};
const Flag log_to{"--to", "TIME", "earlier than this"};
const Flag language{"--language", "en|hi", "English or Hindi"};

// In the order of --help.
const std::vector<Command> table = {
    {"demo",
     "make two sample cases, a leak and a false alarm, investigate both, write the reports",
     "The numbers in them are made up. DIR must not exist or be empty; without it ./sendh-demo is used.",
     {{"directory", "where to make them (sendh-demo)", false, false, "sendh-demo"}},
     {{"--seed", "N", "another sample"}, language},
     demo},
    {"init",
     "make a case",
     "The key that opens the case is kept outside it, in $SENDH_KEYS or ~/.local/share/sendh/keys. Back it "
     "up:\nwithout it nobody can read the numbers.",
     {{"directory", "the case's folder; new or empty", true, false, ""}},
     {{"--name", "TEXT", "name of the case; else the folder's"},
      {"--region", "IN", "home region of the numbers"},
      {"--time-zone", "ZONE", "Asia/Kolkata, UTC or an offset such as +05:30"},
      {"--keys", "DIR", "keep the key in this folder", ""}},
     init},
    {"register add",
     "add a protected register",
     "FILE: CSV or .xlsx, packed or not, with a header, a number column (number, mobile, msisdn, phone …), "
     "any attributes; `joined` "
     "and\n`left` are dates. Attributes are sealed.",
     {{"file", "CSV file, or - for standard input"}},
     {name,
      number_column,
      joined_column,
      left_column,
      person_column,
      {"--date", "DATE", "when the register was like this; updates cannot be of an earlier day"}},
     register_add},
    {"register update",
     "bring a register to a newer state; the difference becomes history",
     "FILE: the whole register as it is now, with the columns that it was added with. Who is not in it has "
     "left. The\ndifference is shown before anything is changed. Rows of earlier states stay: copies given "
     "out before, and what was\ntrue on a day, do not change. People are told apart by the person column, "
     "else by their numbers.\n  sendh register update june.csv --name officials --date 2026-06-01 "
     "--person-column staff_no",
     {{"file", "CSV file, or - for standard input"}},
     {name,
      {"--date", "DATE", "since when the register is like this; else today"},
      person_column,
      number_column,
      joined_column,
      left_column,
      yes,
      {"--most-leave", nullptr, "with --yes: take FILE even if more than half of the people leave by it"}},
     register_update},
    {"register list",
     "registers of the case: entries and numbers on a day, how many ended before and begin later",
     "",
     {},
     {as_of_day},
     register_list},
    {"register show",
     "a register's entries on a day, numbers masked; or what was changed when",
     "",
     {{"name", "the register"}},
     {as_of_day,
      {"--history", nullptr, "its changes, with dates and counts of people"},
      {"--limit", "N", "so many rows; 0 all (20)"}},
     register_show},
    {"register remove",
     "erase a person from a register on request, or take a whole register out",
     "The person's rows are overwritten, those of earlier states, too; their places stay empty, so that "
     "copies given out\nbefore can still be told. With --number, all rows of the person who has it, if the "
     "register has a person column. The\nlog gets counts and the reason, nothing of the person. What it "
     "does not reach (calls, files given out, backups) is\ntold. docs/registers.md.\n  sendh register "
     "remove officials --person E1042 --reason \"request of 3 May\"",
     {{"name", "the register"}},
     {{"--number", "N", "a number of the person"},
      {"--person", "KEY", "what the person has in the register's person column"},
      {"--whole", nullptr, "all of the register; refused while it has copies or canaries"},
      {"--reason", "TEXT", "why, without names; it is recorded"},
      yes},
     register_remove},
    {"canary add",
     "add numbers under our control, for planting in copies of a register",
     "FILE: CSV with a number column. Each becomes a row that looks like the register's others: name, post "
     "and "
     "date\nare drawn from its own. Columns of the register that FILE has, too, are taken as they are: give "
     "there what tells\npeople apart (addresses of mail), or leave such columns out of copies.",
     {{"file", "CSV file"}},
     {register_name, number_column},
     canary_add},
    {"canary list",
     "canaries, numbers masked: state, copies that hold them, calls seen, warnings",
     "stray_per_week: calls before it was planted, as far as the case has calls from then. A canary that "
     "rang "
     "is no\nevidence by itself.",
     {},
     {},
     canary_list},
    {"canary rest",
     "let a canary come into no more recipients' copies",
     "",
     {{"canary", "N1, N2 … or the number"}},
     {state_reason},
     canary_rest},
    {"canary burn",
     "a canary was published, or its number given to somebody: leave it out of every later copy",
     "",
     {{"canary", "N1, N2 … or the number"}},
     {state_reason},
     canary_burn},
    {"canary wake",
     "make a canary active again",
     "One that was burnt wants a --reason: why it was burnt is shown, and calls to it count as evidence "
     "again.",
     {{"canary", "N1, N2 … or the number"}},
     {state_reason},
     canary_wake},
    {"copy issue",
     "write a copy of a register for one recipient, with marks of its own",
     "The rows come in a secret order, with some canaries among them; nothing shows which. The numbers are "
     "in "
     "clear in\nFILE (.csv, or .xlsx for a workbook; mode 0600) and nowhere else; the issue is recorded. "
     "docs/copies.md says what marks "
     "can "
     "and cannot do.",
     {},
     {register_name,
      to,
      {"--columns", "a,b", "these columns besides the number; else all"},
      {"--where", "CONDITION", "these rows: district=Bhopal|Indore and grade!=\"A B\""},
      {"--date", "DATE", "who was in the register on that day; else today"},
      {"--variants", "LISTS", "spellings to choose from: designation=Asst. Director|Assistant Director"},
      {"--canaries", "SHARE", "share of the canaries that it holds; 0 none (0.37)"},
      purpose,
      legal_basis,
      delete_by,
      {"-o,--output", "FILE.csv", "where to write it, .csv or .xlsx; must not be there yet", ""}},
     copy_issue},
    {"copy record",
     "record a copy that was given out earlier, as it was given",
     "The order of the rows is kept: it may tell later who worked through the list.",
     {{"file", "CSV file of the copy"}},
     {register_name, to, {"--date", "DATE", "when"}, purpose, legal_basis, delete_by, number_column},
     copy_record},
    {"copy list", "who holds which copy since when", "", {}, {}, copy_list},
    {"copy show", "one copy", "", {{"id", "K1, K2 …"}}, {}, copy_show},
    {"copy identify",
     "a list that turned up: which copy is it?",
     "FILE: CSV or .xlsx, packed or not, with a number column, as it was found: do not sort it. Exit status "
     "1 when a copy or a "
     "recipient is\nnamed. log10_e is the evidence of the copy's own marks, recipient_log10_e that of all "
     "copies of its recipient,\nwho share canaries; marks name an innocent one in alpha of such lists at "
     "most, whatever was done to them.\nground: file (byte for byte), marks, or contents (what the list "
     "holds and no other copy of the recipient has).",
     {{"file", "CSV file, or - for standard input"}},
     {number_column,
      {"--alpha", "P", "how often an innocent copy may be named (0.01)"},
      {"--limit", "N", "so many copies; 0 all (10)"}},
     copy_identify},
    {"key show",
     "the key of the case: fingerprint, protection, where it lies, mark keys by their commitments",
     "Never a secret. The newest mark key comes first; a copy names the commitment of the one that made it.",
     {},
     {},
     key_show},
    {"key passphrase",
     "protect the key file by a passphrase, change that, or remove it",
     "The passphrase is asked for on the terminal or read from a file (/dev/fd/3 for a descriptor); it can "
     "be "
     "no argument.\nArgon2id stretches it: a second and 256 MB for every command.\n"
     "  sendh key passphrase\n  sendh key passphrase --passphrase-file old.txt --new-passphrase-file "
     "new.txt\n"
     "  sendh key passphrase --remove",
     {},
     {{"--new-passphrase-file", "FILE", "the new passphrase, on one line"},
      {"--remove", nullptr, "keep the key in clear from now on"},
      state_reason},
     key_passphrase},
    {"key rotate",
     "put the case under a new key: everything in it is sealed again",
     "For when somebody may have seen the key. After a crash the case is under the old key or the new one, "
     "whole. Marks\nof earlier copies and labels of trunks stay as they are. The old key's file is kept as "
     "ID.key.old, for backups.\n  sendh key rotate --reason \"a laptop was stolen\"",
     {},
     {{"--reason", "TEXT", "why; it is recorded"},
      {"--destroy-old", nullptr, "overwrite and remove the old key's file"}},
     key_rotate},
    {"key split",
     "write recovery sheets: any K of N make the key again, fewer tell nothing",
     "Print them, give each to another person, delete the files. A passphrase does not protect them.\n"
     "  sendh key split --shares 5 --needed 3 -o sheets",
     {},
     {{"--shares", "N", "so many sheets"},
      {"--needed", "K", "so many of them make the key"},
      {"-o,--output", "DIR", "a new or empty folder", ""}},
     key_split},
    {"key restore",
     "make the key file again from recovery sheets",
     "SHEET: files of sheets, or - to type their lines (1: 2: 3: 4:) one sheet after the other. A mistyped "
     "letter is told\nwith its place. With --passphrase-file the new key file is protected.\n"
     "  sendh key restore sheet-1.txt sheet-4.txt sheet-5.txt",
     {{"sheet", "files, or - for standard input", true, true}},
     {},
     key_restore},
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
     "call\nfrom two files, are recognised. gzip, zstd, ZIP archives, Excel workbooks (.xlsx) and folders "
     "are "
     "taken apart;\nwhat cannot be read is said, the others go in, and the exit status is 2.",
     {{"file", "files, folders, or - for standard input", true, true}},
     {{"--layout", "auto|NAME|MAPPING.toml",
       "a layout's name (docs/layouts.md) or a mapping file; recognised by content otherwise"},
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
      {"--duplicates", nullptr, "calls that stood in the evidence before, with the id of the first of each"},
      {"--limit", "N", "so many; 0 all (100)"}},
     calls_show},
    {"calls rejects",
     "rows of imported files that were not taken, and why",
     "Call records, reports, registers, copies and other lists. Without --rows they are counted by file, "
     "reason and\ncolumn. Rows are shown with every number in them "
     "masked.\nTo have them put right, --reveal writes them in clear to FILE, which only you can read; who, "
     "when and why is recorded.",
     {},
     {{"--file", "NAME|ID", "of this file only, by its name or its number in the column ID"},
      {"--rows", nullptr, "the rows, masked"},
      {"--limit", "N", "so many rows of each file; 0 all (100; with --reveal all)"},
      {"-o,--output", "FILE.csv", "write CSV there; - for standard output", ""},
      {"--reveal", nullptr, "the rows in clear; needs --output and --reason"},
      {"--reason", "TEXT", "why"}},
     calls_rejects},
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
     "did the register leak, and which copy?",
     "Exit status 1 when a leak is indicated, 0 when it is not or cannot be told.\nWithout --campaign every "
     "campaign is tested and the evidence is corrected for their number. Copies of the\nregister are held "
     "against the calls, and one that was dialled is named (docs/attribution.md).\nWith --watch it looks "
     "again "
     "whenever somebody imports evidence into the case; looking often costs nothing\nin validity. Stop it "
     "with "
     "Ctrl-C.",
     {},
     {register_name,
      {"--campaign", "ID", "chosen before looking at the register"},
      {"--control", "ID", "a campaign that has nothing to do with the register, to compare with"},
      {"--alpha", "P", "error rate of intervals and of Γ* (0.01)"},
      {"--fdr", nullptr,
       "name copies so that of those named at most the share alpha is innocent, on average"},
      {"--seed", "N", "for the order of answers that tell no time (1)"},
      {"--made-at", "TIME", "the time to put into the finding"},
      {"--watch", nullptr, "go on as new calls come in"},
      {"--every", "SECONDS", "look for them so often (5)"},
      {"--looks", "N", "stop after so many looks; 0 never (0)"},
      language},
     investigate},
    {"power",
     "how many canaries, calls and answers it takes",
     "Works without a case; of a case it takes the size of the register and the number of its copies. Where "
     "a\n"
     "simulation is asked, low and high are the exact 95 % interval of the share of runs.",
     {},
     {{"--register", "NAME", "of the case"},
      {"--copies", "N", "copies that are to be told apart (100)"},
      {"--alpha", "P", "how often an innocent copy may be named (0.01)"},
      {"--leaked", "N", "copies that leak at once (1)"},
      {"--dialled", "SHARE", "of a leaked copy that is dialled and seen (0.3)"},
      {"--canaries", "N", "try so many, also 0; else what the formula says"},
      {"--rows", "N", "rows of a copy (50000)"},
      {"--diallers", "N", "people who work through a copy at once (4)"},
      {"--density", "SHARE", "of the rows passed that become calls which are seen (0.02)"},
      {"--strays", "SHARE", "of calls that follow no list (0.1)"},
      {"--members", "X", "registered numbers a block of a hundred, on average (1)"},
      {"--others", "X", "other numbers a block (10)"},
      {"--odds", "X", "how much likelier a registered number is called (10)"},
      {"--asked", "N", "members who were asked whether they were called"},
      {"--called", "N", "how many of --asked were (all)"},
      {"--ratio", "SHARE", "how often others are called, against members (0.1)"},
      {"--runs", "N", "of each simulation; 0 none (200)"},
      {"--seed", "N", "of the simulation (1)"}},
     power},
    {"simulate",
     "a made-up world with a known truth, as the files that an investigator gets",
     "Habits: leaked_list, range_sweep, uniform, contiguous_swept, official_blocks. With --copies a case is "
     "made,\ncopies are issued, and the case is investigated; with leaked_list some of them are dialled, "
     "with "
     "any other\nhabit they are innocent. truth.json says what is true. All numbers are made up. "
     "Example:\n  sendh simulate world --copies 20 --leaked-copies 2 --canaries 100 --reporting 0.2",
     {{"directory", "where to put it; new or empty", true, false, ""}},
     {{"--habit", "NAME", "how the callers choose (leaked_list)"},
      {"--seed", "N", "another world (1)"},
      {"--members", "N", "numbers in the register (1200)"},
      {"--population", "N", "numbers of the operator (40000)"},
      {"--hits", "N", "numbers that the campaign reaches (250)"},
      {"--strays", "SHARE", "of the hits of leaked_list that go to anybody (0.1)"},
      {"--preference", "X", "official_blocks: how much oftener their numbers are called (8)"},
      {"--storm", "N", "numbers called within the same second (1)"},
      {"--days", "X", "of records (20)"},
      {"--start", "TIME", "of the records (2025-09-01)"},
      {"--ordinary-calls", "N", "in the records besides (120000)"},
      {"--copies", "N", "issue so many (0)"},
      {"--leaked-copies", "N", "that leak, 1 to 3; each is worked through (1)"},
      {"--canaries", "N", "numbers to plant in copies (0)"},
      {"--background", "SHARE", "of the canaries that the campaign calls by chance, besides --hits (0)"},
      {"--diallers", "N", "people who dial a leaked copy at once (4)"},
      {"--reporting", "SHARE", "of the people called who report (else up to 36, members first)"},
      {"--only-members-report", nullptr, "nobody else does"},
      {"--reports-without-time", "SHARE", "of the reports: the day alone (0)"},
      {"--late-reports", "SHARE", "of the reports: when it was told, hours or days after the call (0)"},
      {"--investigate", nullptr, "make a case of it and investigate it"}},
     simulate_world},
    {"at-risk",
     "who is next: people of the register that the campaign has not reached",
     "Numbers are masked. To warn people, --reveal writes them in clear to FILE; who, when and why is "
     "recorded.",
     {},
     {register_name,
      {"--campaign", "ID", "else that of the last finding"},
      {"-o,--output", "FILE.csv", "write CSV there; - for standard output", ""},
      {"--reveal", nullptr, "numbers and attributes in clear; needs --output and --reason"},
      {"--reason", "TEXT", "why"},
      {"--limit", "N", "so many; 0 all (0)"}},
     at_risk},
    {"report",
     "the last finding as one self-contained HTML file",
     "",
     {},
     {{"-o,--output", "FILE.html", "where to write it (report.html); - for standard output", "report.html"},
      language},
     report},
    {"log list",
     "what was done in the case: who, when, what, why",
     "Every reading, issue, reveal and change has an entry; none holds a phone number. docs/log.md says "
     "which "
     "kinds\nthere are. Examples:\n  sendh log list --kind reveal\n  sendh log list --who asha --from "
     "2026-11-01 "
     "--format csv",
     {},
     {{"--kind", "KIND", "entries of this kind: reveal, copy_issued, import …"}, log_who, log_from, log_to},
     log_list},
    {"log verify",
     "is the log as it was written?",
     "Every entry is held against the chain of hashes, and its end against the catalogue. Exit status 1 when "
     "one was\nchanged, taken out, put in or moved, or the end is missing; entry and byte are named. "
     "docs/log.md "
     "says how to do\nit without sendh. Example:\n  sendh log verify --format json",
     {},
     {},
     log_verify},
    {"log unusual",
     "readings of numbers that are unusual for who made them, with the reasons",
     "rows: far more than this user's habit; night: in clear between 22:00 and 06:00; first: the user's "
     "first "
     "entry;\nburst: 20 readings within 10 minutes. docs/log.md has the rules. Exit status 1 when there is "
     "one. "
     "Example:\n  sendh log unusual --from 2026-11-23",
     {},
     {{"--kind", "KIND", "reading, reveal, rejects_exported or copy_issued"}, log_who, log_from, log_to},
     log_unusual},
};

}  // namespace

std::span<const Command> commands() { return table; }

}  // namespace sendh::cli
