// Made-up reports to law enforcement, of any layout and with any columns, for tests.
#pragma once

#include <string>
#include <vector>

#include "base/text.h"

namespace sendh::test {

struct ReportedCall {
    bool incoming = true;
    bool sms = false;
    std::string target = "9876500001";
    std::string party = "9876500002";
    std::string date = "15/04/2026";
    std::string time = "09:42:17";
    std::string duration = "41";
    std::string redirect = "-";
    std::string imei = "860000000000001";
    std::string place = "MAIN ROAD";
};

struct ReportLayout {
    std::string name;
    std::string preamble;
    std::vector<std::string> columns;
    std::vector<std::string> needed;  // the required ones
    std::string redirect_column;
    std::string trailer;
    bool trunks = true;
    bool service = true;  // a column for the service
};

inline std::vector<std::string> pieces(const std::string& text) {
    std::vector<std::string> out(1);
    for (const char c : text) {
        if (c == ',') {
            out.emplace_back();
        } else {
            out.back() += c;
        }
    }
    return out;
}

inline const std::vector<ReportLayout>& report_layouts() {
    static const std::vector<ReportLayout> all = {
        {"airtel",
         "BHARTI AIRTEL LIMITED \n\nPAN India \n\nCall Details of Mobile No '9876500001' from '01-Jun-2025' "
         "to "
         "'05-Jun-2026' \n\n",
         pieces("Target No,Call Type,TOC,B Party No,LRN No,LRN TSP-LSA,Date,Time,Dur(s),First CGI "
                "Lat/Long,First CGI,Last CGI Lat/Long,Last CGI,SMSC No,Service Type,IMEI,IMSI,Call Fow "
                "No,Roam Nw,SW & MSC ID,IN TG,OUT TG,Vowifi First UE IP,Port1,Vowifi Last UE IP,Port2"),
         pieces("Target No,Call Type,B Party No,Date,Time"), "Call Fow No", ""},
        {"jio",
         "Ticket Number :,LEA1\nInput Value (MSISDN/B PARTY/IMEI/IMSI/CELL ID) :,'919876500001'\nDate Range "
         ":,2026-01-01 00:00:00 to 2026-06-30 23:59:59\n",
         pieces("Calling Party Telephone Number,Called Party Telephone Number,Call Forwarding,LRN Called "
                "No,Call Date,Call Time,Call Termination Time,Call Duration,First Cell ID,Last Cell ID,Call "
                "Type,SMS Center Number,IMEI,IMSI,Roaming Circle Name"),
         pieces("Calling Party Telephone Number,Called Party Telephone Number,Call Date,Call Time,Call Type"),
         "Call Forwarding", "", false, false},
        {"vi",
         "----------\nVODAFONE IDEA CALL DATA RECORDS\n----------\nMSISDN : - 9876500001\nReport Type :- "
         "ALLINDIA Report\nFrom Date :- 01/01/2026 00:00:00\nTill Date :- 23/06/2026 13:27:50\n----------\n",
         pieces("Target /A PARTY NUMBER,CALL_TYPE,Type of Connection,B PARTY NUMBER,LRN- B Party "
                "Number,Translation of LRN,Call date,Call Initiation Time,Call Duration,First BTS "
                "Location,First Cell Global Id,Last BTS Location,Last Cell Global Id,SMS Centre "
                "Number,Service Type,IMEI,IMSI,Call Forwarding Number,Roaming Network/Circle,MSC ID,In TG "
                ",Out TG ,IP Address ,Port No"),
         pieces("Target /A PARTY NUMBER,CALL_TYPE,B PARTY NUMBER,Call date,Call Initiation Time"),
         "Call Forwarding Number", "----------\n"},
        {"bsnl",
         "Search Criteria : MSISDN\nSearch Value : 9876500001\nStart Date : 202601010000\nEnd Date : "
         "202606250000\n\n",
         pieces("Target/A-Party Number,Call Type,Type of Connection,Other/B-party Number,LRN of B-Party "
                "Number,Translation of LRN,Call Date,Call Initiation Time,Call Duration,First BTS "
                "Location,First Cell Global ID,Last BTS Location,Last Cell Global ID,SMS Centre No.,Service "
                "Type,IMEI,IMSI,Original Calling Party,Roaming Network/Circle,Switch/MSC ID,In TG,Out TG"),
         pieces("Target/A-Party Number,Call Type,Other/B-party Number,Call Date,Call Initiation Time"),
         "Original Calling Party", "*** END OF REPORT ***\n"},
        {"common", "",
         pieces("PAN_NO,TARGET_NO,CALL_TYPE,TOC,B_PARTY,LRN_NO,LRN_TSP,CALL_TIME,DURATION,FIRST_CGI,FIRST_"
                "LAT,FIRST_LON,LAST_CGI,LAST_LAT,LAST_LON,SMSC_NO,IMEI,IMSI,CALL_FWD,ROAM_NO,SW4MSCID,IN_TG,"
                "OUT_TG"),
         pieces("TARGET_NO,CALL_TYPE,B_PARTY,CALL_TIME"), "CALL_FWD", ""},
    };
    return all;
}

inline const ReportLayout& report_layout(const std::string& name) {
    for (const ReportLayout& layout : report_layouts()) {
        if (layout.name == name) return layout;
    }
    std::abort();
}

inline std::string call_type(const std::string& layout, bool incoming, bool sms) {
    if (layout == "airtel") return sms ? (incoming ? "SMT" : "SMO") : (incoming ? "IN" : "OUT");
    if (layout == "jio") return sms ? (incoming ? "P2P_SMSIN" : "P2POUT") : (incoming ? "a_in" : "a_out");
    if (layout == "vi") return incoming ? "Incoming" : "Outgoing";
    if (layout == "bsnl") return incoming ? "IN" : "OUT";
    return std::string(sms ? "SMS-" : "") + (incoming ? "MT" : "MO");
}

inline std::string cell_of(const ReportLayout& layout, const std::string& column, const ReportedCall& call) {
    const std::string key = column_key(column);
    const auto is = [&](std::initializer_list<std::string_view> keys) {
        for (const std::string_view k : keys) {
            if (k == key) return true;
        }
        return false;
    };
    if (is({"targetno", "targetapartynumber"})) return call.target;
    if (is({"bpartyno", "bpartynumber", "otherbpartynumber", "bparty"})) return call.party;
    if (key == "callingpartytelephonenumber") return call.incoming ? call.party : call.target;
    if (key == "calledpartytelephonenumber") return call.incoming ? call.target : call.party;
    if (key == "calltype") return call_type(layout.name, call.incoming, call.sms);
    if (is({"date", "calldate"})) return call.date;
    if (key == "calltime" && layout.name == "common") return call.date + " " + call.time;
    if (is({"time", "calltime", "callinitiationtime"})) return call.time;
    if (key == "callterminationtime") return call.time;
    if (is({"durs", "callduration", "duration"})) return call.duration;
    if (key == "servicetype") return call.sms ? "SMS" : "Voice";
    if (key == "toc") return layout.name == "common" ? (call.sms ? "SMS" : "VOICE") : "Post";
    if (key == "typeofconnection") return "PREPAID";
    if (key == column_key(layout.redirect_column)) return call.redirect;
    if (key == "imei") return call.imei;
    if (key == "imsi") return "404980000000001";
    if (key.find("bts") != std::string::npos) return call.place;
    if (key.find("cgi") == 5 || key.find("cgi") == 4 || key.find("cell") != std::string::npos)
        return key.find("lat") == std::string::npos ? "404-98-1-1234" : "";
    if (key.find("roam") == 0) return "AIR GJ";
    if (key.find("mscid") != std::string::npos) return "GMSGZ20_R17A";
    if (key == "intg") return "TGIN1";
    if (key == "outtg") return "TGOUT1";
    return "-";
}

inline std::string line_of(std::vector<std::string> cells, char delimiter = ',') {
    std::string out;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) out += delimiter;
        out += cells[i];
    }
    return out + "\n";
}

inline std::string header_of(const ReportLayout& layout) { return line_of(layout.columns); }

inline std::string row_of(const ReportLayout& layout, const ReportedCall& call,
                          const std::vector<std::string>& columns, char delimiter = ',') {
    std::vector<std::string> cells;
    for (const std::string& column : columns) cells.push_back(cell_of(layout, column, call));
    return line_of(cells, delimiter);
}
inline std::string row_of(const ReportLayout& layout, const ReportedCall& call) {
    return row_of(layout, call, layout.columns);
}

// Preamble, header and rows.
inline std::string report_of(const ReportLayout& layout, const std::vector<ReportedCall>& calls) {
    std::string out = layout.preamble + header_of(layout);
    for (const ReportedCall& call : calls) out += row_of(layout, call);
    return out;
}

}  // namespace sendh::test
