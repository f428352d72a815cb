#include "proofs/memory/machine.hpp"

#include <algorithm>
#include <bit>

#include "proofs/memory/psc.hpp"

namespace weir::proofs::memory {

Memory::Use::Use(Memory* memory) noexcept : before_(current_) { current_ = memory; }
Memory::Use::~Use() { current_ = before_; }

Machine::Machine(Program& program, Limits limits, Weakening* weakening)
    : program_(program), limits_(limits), weakening_(weakening), heap_(std::size_t{4} << 20) {
  threads_used_ = program.threads();
  for (unsigned i = 0; i < max_threads; ++i) {
    threads_[i].machine = this;
    threads_[i].id = static_cast<std::uint8_t>(i);
  }
}

End Machine::run(Frame& frame) {
  const Memory::Use use(this);
  reset(frame);
  {
    const Heap::Use heap(&heap_);
    program_.set_up();
  }
  enter(Phase::threads);
  for (unsigned i = 0; i < threads_used_; ++i) threads_[i].fiber.start(&Machine::body, &threads_[i]);
  const bool replayed = replay();
  const End end = replayed && !stopped_ ? extend() : end_;
  if (end != End::complete) program_.forget();
  return end;
}

void Machine::reset(Frame& frame) {
  frame_ = &frame;
  frame.trail.reserve(max_events);
  enter(Phase::set_up);
  replaying_ = true;
  stopped_ = false;
  end_ = End::complete;
  failure_.clear();
  replayed_ = 0;
  places_used_ = 0;
  messages_used_ = 0;
  heap_.reset();
  for (unsigned i = 0; i < threads_used_; ++i) {
    Thread& thread = threads_[i];
    thread.state = State::ready;
    thread.in_wait = thread.in_update = thread.has_pending = thread.has_released = false;
    thread.spurious = static_cast<std::uint8_t>(limits_.spurious);
    thread.done = thread.recorded = 0;
    thread.prefix = {};
    thread.now.clear(lanes_);  // of the last run; nothing else was ever written
    thread.pending.clear(lanes_);
  }
  lanes_ = max_threads;
  for (std::size_t i = 0; i < frame.trail.size(); ++i) {
    Thread& thread = threads_[frame.trail[i].thread];
    thread.position[thread.recorded++] = static_cast<std::uint16_t>(i);
  }
}

void Machine::enter(Phase phase) {
  phase_ = phase;
  alone_ = phase != Phase::threads;
}

void Machine::body(void* argument) {
  Thread& thread = *static_cast<Thread*>(argument);
  thread.machine->program_.run(thread.id);
  thread.state = State::done;
  thread.fiber.leave();
}

void Machine::leave() { running_->fiber.leave(); }

/// Runs the threads along the trail. \return whether they could
bool Machine::replay() {
  const std::size_t wanted = frame_->trail.size();
  while (replayed_ < wanted && !stopped_) {
    const std::size_t before = replayed_;
    for (unsigned i = 0; i < threads_used_ && !stopped_; ++i) {
      Thread& thread = threads_[i];
      if (thread.done == thread.recorded) continue;
      if (thread.state == State::waits) {
        if (threads_[thread_of(thread.waits_for)].done <= index_of(thread.waits_for)) continue;
        thread.state = State::ready;
      }
      run_next(thread);
      const Heap::Use heap(&heap_);
      thread.fiber.resume();
    }
    if (replayed_ == before && !stopped_) {
      failure_ = "the program does not do the same again";
      end_ = End::bound;
      return false;
    }
  }
  return true;
}

void Machine::run_next(Thread& thread) {
  running_ = &thread;
  self_ = thread.id;
  done_ = thread.done;
}

Machine::Thread* Machine::next_thread() {
  Thread* found = nullptr;
  for (unsigned i = threads_used_; i > 0; --i) {
    Thread& thread = threads_[i - 1];
    if (thread.state != State::ready) continue;
    if (found == nullptr || thread.in_update || !found->in_update) found = &thread;
  }
  return found;
}

End Machine::extend() {
  replaying_ = false;
  while (Thread* const thread = next_thread()) {
    run_next(*thread);
    const Heap::Use heap(&heap_);
    thread->fiber.resume();
    if (stopped_) return end_;
  }
  return finish();
}

End Machine::finish() {
  phase_ = Phase::over;
  for (unsigned i = 0; i < threads_used_; ++i)
    if (threads_[i].state == State::blocked) return waits_for_ever() ? end_ : End::blocked;
  if (!seq_cst_consistent(frame_->trail)) return End::inconsistent;
  enter(Phase::tear_down);
  {
    // On a stack that can be left, too: what comes after a failure may follow pointers that are none.
    running_ = &threads_[0];
    const Heap::Use heap(&heap_);
    running_->fiber.start([](void* machine) { static_cast<Machine*>(machine)->last_words(); }, this);
    running_->fiber.resume();
  }
  phase_ = Phase::over;
  if (!stopped_ && heap_.double_free()) fail("memory was freed twice");
  if (!stopped_ && heap_.live() != 0) fail("memory was leaked");
  if (!stopped_) return End::complete;
  return end_;
}

void Machine::last_words() {
  program_.tear_down();
  leave();
}

/// Whether the threads that are left wait for each other: each has read the newest there is, and was told to wait.
/// Where one has read something older there is another execution in which it goes on.
bool Machine::waits_for_ever() {
  for (unsigned i = 0; i < threads_used_; ++i) {
    const Thread& thread = threads_[i];
    if (thread.state != State::blocked) continue;
    const Event& last = frame_->trail[thread.position[thread.done - 1U]];
    const Place& place = places_[last.location];
    if (!thread.in_wait || last.source != messages_[place.messages[place.writes - 1U]].writer) return false;
  }
  fail("threads wait for ever");
  return true;
}

/// Ends the run; does not return where the program calls it, but for its set_up.
void Machine::stop(End end) {
  if (!stopped_) end_ = end;
  stopped_ = true;
  if (phase_ == Phase::threads || phase_ == Phase::tear_down) leave();
}

void Machine::give_up(std::string_view why) {
  {
    const Heap::Use outside(nullptr);
    failure_ = why;
  }
  stop(End::bound);
}

/// Notes an alternative. The vector grows on the ordinary heap.
void Machine::note(Option option) {
  if (frame_->options.size() == frame_->options.capacity()) {
    const Heap::Use outside(nullptr);
    frame_->options.reserve(2 * frame_->options.size() + 64);
  }
  frame_->options.push_back(option);
}

void Machine::fail(std::string_view why) {
  if (stopped_) return;
  {
    const Heap::Use outside(nullptr);
    failure_ = why;
    // What has happened so far may be what seq_cst forbids; and if not, it has some consistent end.
    end_ = seq_cst_consistent(frame_->trail) ? End::failed : End::inconsistent;
  }
  stop(end_);
}

void Machine::crashed(std::string_view why) {
  if (running_ != nullptr && running_->fiber.running()) fail(why);
}

bool Machine::sequential() const { return sequentially_consistent(frame_->trail); }

/// The event that the running thread has to do again; nullptr if it is to go on by itself.
Event* Machine::recorded() {
  Thread& thread = *running_;
  if (thread.done < thread.recorded) return &frame_->trail[thread.position[thread.done]];
  while (replaying_) leave();
  return nullptr;
}

Event& Machine::append(Kind kind, Order order, Site site) {
  Thread& thread = *running_;
  if (frame_->trail.size() >= max_events) give_up("an execution has too many events");
  const auto index = thread.done;
  thread.position[index] = static_cast<std::uint16_t>(frame_->trail.size());
  ++thread.recorded;
  Event event{.thread = thread.id, .kind = kind, .order = order, .index = index, .site = site};
  return frame_->trail.emplace_back(event);
}

/// The event has happened: it counts in its thread's clocks.
void Machine::account(Event& event) {
  Thread& thread = *running_;
  done_ = ++thread.done;
  if (replaying_) ++replayed_;
  // Packed by hand: a number that is stored and at once read again as part of a wider one costs more than all the rest.
  Clocks before;
  for (unsigned i = 0; i < max_threads; ++i) before.set(i, static_cast<std::uint16_t>(thread.now.clock(i)));
  before.set(thread.id, thread.done);
  event.before = before;
  thread.now.set_clock(thread.id, thread.done);
  Clocks prefix = thread.prefix;
  prefix.set(thread.id, thread.done);
  event.prefix = thread.prefix = prefix;
}

}  // namespace weir::proofs::memory
