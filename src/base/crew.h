// Crew: a few threads that take on jobs in the order in which they are given. For steps that can be done at
// the same time: parsing pieces of a file, writing segments.
//
// Jobs must not give jobs to their own crew and wait for them. Whoever starts a job waits for it before what
// it uses goes away; the crew's end waits for all.
//
// Thread rule: start() from any thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

namespace sendh {

class Crew {
public:
    explicit Crew(unsigned threads);
    ~Crew();
    Crew(const Crew&) = delete;
    Crew& operator=(const Crew&) = delete;

    // Ready when the job is done.
    template <class Job>
    [[nodiscard]] std::future<std::invoke_result_t<Job>> start(Job job) {
        std::packaged_task<std::invoke_result_t<Job>()> task(std::move(job));
        auto ready = task.get_future();
        add(std::packaged_task<void()>([task = std::move(task)]() mutable { task(); }));
        return ready;
    }
    [[nodiscard]] std::size_t size() const { return threads_.size(); }

    // Of this machine, at least one.
    [[nodiscard]] static unsigned cores();

private:
    void add(std::packaged_task<void()> task);
    void work();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::packaged_task<void()>> waiting_;
    bool closing_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace sendh
