// The view machine: runs a program once, along a trail and beyond its end.
//
// Each thread has a view: of each location the newest message that it must not overlook. A load may read that message
// or any newer one; a store may take any gap after it; a read-modify-write goes right behind what it has read. A
// message carries the view that a release handed to it, which an acquire joins to its own. That is RC11 without
// seq_cst, exactly: what is left out of it, psc.hpp judges when an execution is complete.
//
// Along the trail the machine does as it says, running a thread until it would read what is not written yet; beyond it,
// it takes each event's first alternative and notes the others on the trail. Which thread goes first does not matter
// for what is explored: the lowest that can, but the rest of a read-modify-write before all else.
//
// Not thread-safe: one machine a thread.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "proofs/memory/event.hpp"
#include "proofs/memory/fiber.hpp"
#include "proofs/memory/heap.hpp"
#include "proofs/memory/memory.hpp"
#include "proofs/memory/view.hpp"

namespace weir::proofs::memory {

/// How a run ended.
enum class End : std::uint8_t {
  complete,
  blocked,       ///< a thread waits for what did not happen
  cut,           ///< no consistent way on from here; a revisit may know one
  inconsistent,  ///< forbidden by seq_cst
  failed,        ///< the property does not hold: `failure` says which
  bound,         ///< the machine is too small: `failure` says where
};

/// What an access does in place of what it says: how faults are planted (faults.hpp). Called by all workers.
class Weakening {
 public:
  virtual ~Weakening() = default;
  enum class Part : std::uint8_t { load, store, update, success, failure, fence };
  virtual Order order(Site site, Part part, Order order) = 0;
  /// Whether a read-modify-write is a load and a store, with room for others between them.
  virtual bool torn(Site) { return false; }
  /// The bits that a compare-exchange compares.
  virtual Word compared(Site) { return ~Word{0}; }
};

struct Limits {
  unsigned spurious = 1;  ///< spurious failures a thread
};

class Machine final : public Memory {
 public:
  Machine(Program& program, Limits limits, Weakening* weakening = nullptr);

  /// Runs along `frame`'s trail and extends it.
  End run(Frame& frame);
  const std::string& failure() const { return failure_; }
  /// Whether the last complete run could have happened under sequential consistency.
  bool sequential() const;

  // --- Memory -------------------------------------------------------------------------------------------------------
  Word load(Location& at, Order order, Site site) override;
  void store(Location& at, Word value, Order order, Site site) override;
  Word update(Location& at, Change change, Word operand, Order order, Site site) override;
  Word compare_exchange(Location& at, const Exchange& exchange, bool& exchanged, Site site) override;
  void fence(Order order, Site site) override;
  void born(Location& at) override;
  void died(Location& at) override;
  void renewed(Location& at, Word value) override;
  void touch(Shadow& data, Access access, Site site) override;
  void assume(bool holds) override;
  void wait() override;
  unsigned choose(unsigned alternatives) override;
  Clocks moment() override;
  void fail(std::string_view why) override;
  void crashed(std::string_view why) override;

 private:
  static constexpr std::size_t max_events = 500;  // of one thread; and of all, together
  static constexpr std::size_t max_messages = 640;
  static constexpr std::size_t max_writes = 40;  // of one location

  enum class Phase : std::uint8_t { set_up, threads, tear_down, over };
  enum class State : std::uint8_t { ready, waits, blocked, done };

  struct Message {
    Word value;
    std::int32_t stamp;
    EventId writer;
    bool has_view;
    bool updated;  ///< an update has read it: what follows is the update's write
    Clocks prefix;
    std::size_t lanes;  ///< of its view: those in use when it was made
    View view;
  };
  struct Place {
    Location* where;
    std::uint16_t writes;
    bool dead;
    std::array<std::uint16_t, max_threads> touched;  ///< 1 + events before the thread's last access
    std::array<std::uint16_t, max_writes> messages;  ///< by stamp
  };
  struct Thread {
    Fiber fiber;
    State state;
    bool in_wait;           ///< blocked until another thread stores
    bool in_update;         ///< between the two halves of a read-modify-write
    bool has_pending;       ///< `pending` is not empty
    bool has_released;      ///< there was a release fence
    std::uint8_t spurious;  ///< failures that are left
    std::uint16_t done;     ///< events so far
    std::uint16_t recorded;
    EventId waits_for;
    Clocks prefix;
    View now;
    View pending;   ///< what an acquire fence would add
    View released;  ///< at the last release fence
    std::size_t released_lanes;
    Machine* machine;
    std::uint8_t id;
    std::array<std::uint16_t, max_events> position;  ///< on the trail
    std::array<std::uint16_t, max_events> message;   ///< that the event has written
  };

  // machine.cpp: how a run proceeds
  void reset(Frame& frame);
  void enter(Phase phase);
  static void body(void* thread);
  void leave();
  bool replay();
  End extend();
  Thread* next_thread();
  void run_next(Thread& thread);
  End finish();
  bool waits_for_ever();
  void last_words();
  void stop(End end);
  void give_up(std::string_view why);
  void note(Option option);
  Event* recorded();
  Event& append(Kind kind, Order order, Site site);
  void account(Event& event);

  // machine_access.cpp, machine_data.cpp: what an access does
  Place& place_of(Location& at);
  void check_unused(const Location& at);
  Message& message_of(Place& place, EventId writer);
  std::size_t first_visible(const Place& place) const;
  Message& read(Place& place, Kind kind, Order order, Site site, Event*& event);
  void join(const Message& message, Order order);
  void write(Place& place, Word value, Order order, Site site, Message* updated);
  void choose_gap(Place& place, Event& event);
  void choose_gap_behind(Place& place, Event& event, const Message& updated);
  void publish(Place& place, Event& event, Word value, const Message* updated);
  Order weakened(Site site, Weakening::Part part, Order order) const;
  bool knows(std::uint8_t thread, std::uint16_t events) const;
  Word tear(Location& at, Change change, Word operand, Order order, Site site);
  unsigned alternative(unsigned alternatives);
  Word& newest(Location& at);

  Program& program_;
  const Limits limits_;
  Weakening* const weakening_;
  Heap heap_;
  Frame* frame_ = nullptr;
  Phase phase_ = Phase::set_up;
  bool replaying_ = false;
  bool stopped_ = false;
  End end_ = End::complete;
  std::string failure_;
  std::size_t replayed_ = 0;
  std::size_t lanes_ = max_threads;
  std::uint16_t places_used_ = 0;
  std::uint16_t messages_used_ = 0;
  unsigned threads_used_ = 0;
  Thread* running_ = nullptr;
  std::array<Thread, max_threads> threads_;
  std::array<Place, max_locations> places_;
  std::array<Message, max_messages> messages_;
};

}  // namespace weir::proofs::memory
