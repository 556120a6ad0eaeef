#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "base/progress.h"
#include "base/text.h"
#include "casework/case.h"
#include "casework/rotate_key.h"
#include "evidence/habits.h"

namespace sendh {

namespace {

constexpr int wait_for_clear_ms = 10'000;
constexpr int wait_for_masked_ms = 2'000;
constexpr int wait_step_ms = 50;
constexpr std::size_t longest_text = 2'000;

}  // namespace

std::string as_logged(const std::string& text) {
    std::string out = first_bad_utf8(text) ? utf8_from_latin1(text) : text;
    // Masking once may put digits next to each other that were apart.
    for (std::string masked = without_numbers(out); masked != out; masked = without_numbers(out))
        out = masked;
    if (out.size() <= longest_text) return out;
    std::size_t end = longest_text;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0U) == 0x80) --end;
    return out.substr(0, end) + "…";
}

std::string user_name() {
    const uid_t user = ::getuid();
    const passwd* entry = ::getpwuid(user);
    const std::string number = std::to_string(user);
    std::string name = entry != nullptr ? entry->pw_name : "user " + number;
    // A name that looks like a phone number is masked; the number of the user keeps two of them apart.
    if (const std::string clean = as_logged(name); clean != name) name = clean + " (user " + number + ")";
    const char* sudo = user == 0 ? std::getenv("SUDO_USER") : nullptr;
    if (sudo == nullptr || *sudo == '\0') return name;
    return name + " (SUDO_USER=" + as_logged(sudo) + ")";
}

Result<File> lock_case(const std::filesystem::path& directory, int wait_ms) {
    const std::filesystem::path path = directory / ".lock";
    File lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock.is_open()) return io_fault("the case cannot be written to", directory, errno);
    for (int waited = 0; ::flock(lock.descriptor(), LOCK_EX | LOCK_NB) != 0; waited += wait_step_ms) {
        if (waited >= wait_ms) {
            return Fault{FaultKind::io, "another sendh is working on this case", shown_path(directory),
                         "wait until it has finished, then run the command again"};
        }
        SENDH_CHECK(check_interrupt("nothing was changed"));
        std::this_thread::sleep_for(std::chrono::milliseconds(wait_step_ms));
    }
    return lock;
}

Done Case::log(const std::string& kind, std::vector<LogDetail> details) {
    LogEntry entry;
    entry.time = now();
    entry.who = user_name();
    entry.kind = kind;
    for (LogDetail& detail : details) {
        if (std::holds_alternative<std::string>(detail.value)) {
            std::string& text = std::get<std::string>(detail.value);
            if (text.empty()) continue;
            if (!is_log_digest(text)) text = as_logged(text);
        }
        entry.details.push_back(std::move(detail));
    }
    const bool reading = is_reading(entry);
    SENDH_CHECK(catalogue_->add_to_log(std::move(entry)));
    if (!reading) return done();
    SENDH_TRY(const LogState state, catalogue_->log_state());
    new_readings_.push_back(state.head.count);
    return done();
}

Done Case::check_log_head() {
    if (!catalogue_->has_log()) return done();
    SENDH_TRY(const Catalogue::HeadSeal seal, catalogue_->log_head_seal());
    if (seal == Catalogue::HeadSeal::right) return done();
    if (seal == Catalogue::HeadSeal::none && !keys_->keeps_log()) return done();
    return Fault{FaultKind::corrupt,
                 seal == Catalogue::HeadSeal::none
                     ? "the head of the log is not under the case's key any more"
                     : "the head of the log was not written with the case's key: the log was written anew",
                 shown_path(evidence_log().file()),
                 "keep the case as it is for whoever looks into that, and use a backup"};
}

Done Case::upgrade() {
    SENDH_CHECK(check_log_head());
    SENDH_CHECK(catalogue_->upgrade(user_name()));
    if (keys_->keeps_log()) return done();
    SENDH_TRY(Transaction transaction, Transaction::begin(catalogue_->database()));
    SENDH_CHECK(catalogue_->seal_log_head());
    keys_->keep_log();
    SENDH_CHECK(write_key_meta(*catalogue_, *keys_));
    return transaction.commit();
}

Done Case::write_log() {
    SENDH_TRY(const LogState state, catalogue_->log_state());
    SENDH_CHECK(evidence_log().append(state));
    if (state.pending.empty()) return done();
    return catalogue_->settle_log(state);
}

Done Case::commit(Transaction& transaction) {
    SENDH_CHECK(transaction.commit());
    auto written = write_log();
    if (!written.ok()) {
        Fault fault = std::move(written).fault();
        fault.to_do +=
            "; what was to be done is done, and its entry comes into the log with the next command that "
            "writes";
        return fault;
    }
    return remark_unusual();
}

Done Case::log_alone(const std::string& kind, std::vector<LogDetail> details) {
    SENDH_TRY(Transaction transaction, Transaction::begin(catalogue_->database()));
    SENDH_CHECK(log(kind, std::move(details)));
    return commit(transaction);
}

Done Case::remark_unusual() {
    if (new_readings_.empty()) return done();
    ReadingHabits habits(zone_);
    SENDH_TRY(const LogState state, catalogue_->log_state());
    SENDH_CHECK(evidence_log().read(state, [&](const LogEntry& entry) {
        const auto reasons = habits.see(entry);
        if (std::find(new_readings_.begin(), new_readings_.end(), entry.position) == new_readings_.end())
            return done();
        for (const UnusualReason& reason : reasons)
            remarks_.push_back("this reading is unusual: " + reason.text + "; it is on record");
        return done();
    }));
    new_readings_.clear();
    return done();
}

Done Case::record(const Reading& reading, bool& waits) {
    const bool locked = lock_.is_open();
    File lock;
    if (!locked) {
        SENDH_TRY(lock,
                  lock_case(directory_, reading.kind == "reading" ? wait_for_masked_ms : wait_for_clear_ms));
        SENDH_CHECK(upgrade());
        SENDH_CHECK(write_log());
    }
    SENDH_TRY(Transaction transaction, Transaction::begin(catalogue_->database()));
    std::vector<LogDetail> details = {{"what", reading.what}, {"rows", reading.rows}};
    details.insert(details.end(), reading.details.begin(), reading.details.end());
    SENDH_CHECK(log(reading.kind, std::move(details)));
    SENDH_CHECK(transaction.commit());
    auto written = write_log();
    if (written.ok()) return remark_unusual();
    waits = true;
    Fault fault = std::move(written).fault();
    fault.to_do += std::string("; ") + (reading.kind == "reading" ? "" : "nothing was shown; ") +
                   "its entry comes into the log with the next command that writes";
    return fault;
}

Done Case::record_reading(const Reading& reading) {
    bool waits = false;
    auto recorded = record(reading, waits);
    if (recorded.ok()) return done();
    const Fault& fault = recorded.fault();
    if (reading.kind != "reading" || fault.kind == FaultKind::interrupted) return fault;
    new_readings_.clear();
    remarks_.push_back((waits ? "this reading is not in the log yet: " : "this reading is not in the log: ") +
                       fault.message());
    return done();
}

}  // namespace sendh
