#include <algorithm>

#include "proofs/memory/machine.hpp"

namespace weir::proofs::memory {

Order Machine::weakened(Site site, Weakening::Part part, Order order) const {
  return weakening_ == nullptr ? order : weakening_->order(site, part, order);
}

/// Whether the running thread knows of a thread's first `events` events and of what it did before the next.
bool Machine::knows(std::uint8_t thread, std::uint16_t events) const {
  return thread == running_->id || running_->now.clock(thread) > events;
}

Machine::Place& Machine::place_of(Location& at) {
  if (is_null(&at)) fail("a null pointer is followed");
  if (at.index == Location::dead) fail("an atomic is used after its destruction");
  if (at.index == 0) {
    if (places_used_ == max_locations) give_up("an execution has too many locations");
    Place& fresh = places_[places_used_++];
    lanes_ = std::min(View::lanes, (max_threads + places_used_ + 7) / 8 * 8);
    at.index = places_used_;
    Message& initial = messages_[messages_used_];
    initial.value = at.initial;
    initial.stamp = 0;
    initial.writer = initial_write;
    initial.has_view = initial.updated = false;
    initial.prefix = {};
    fresh.where = &at;
    fresh.writes = 1;
    fresh.dead = false;
    fresh.touched = {};
    fresh.messages[0] = messages_used_++;
  }
  Place& place = places_[at.index - 1U];
  if (place.dead) fail("an atomic is used after its destruction");
  if (at.born_by != 0xff && !knows(at.born_by, at.born_at))
    fail("a race: an atomic is used by a thread that cannot know of its construction");
  place.touched[running_->id] = static_cast<std::uint16_t>(running_->done + 1);
  return place;
}

Machine::Message& Machine::message_of(Place& place, EventId writer) {
  if (writer == initial_write) return messages_[place.messages[0]];
  return messages_[threads_[thread_of(writer)].message[index_of(writer)]];
}

/// The oldest message that the running thread may still read.
std::size_t Machine::first_visible(const Place& place) const {
  const auto location = static_cast<std::size_t>(&place - places_.data());
  const std::int32_t floor = running_->now.stamp(location);
  std::size_t first = place.writes - 1U;
  while (messages_[place.messages[first]].stamp > floor) --first;
  return first;
}

/// A read's choice of a message. What the thread learns from it comes with join().
Machine::Message& Machine::read(Place& place, Kind kind, Order order, Site site, Event*& event) {
  Thread& thread = *running_;
  event = recorded();
  const auto location = static_cast<std::uint8_t>(&place - places_.data());
  if (event == nullptr) {
    event = &append(kind, order, site);
    const std::size_t first = first_visible(place);
    const std::size_t last = place.writes - 1U;
    event->source = messages_[place.messages[last]].writer;
    for (std::size_t i = first; i < last; ++i) note({.source = messages_[place.messages[i]].writer});
    event->forward = static_cast<std::uint16_t>(last - first);
  } else if (event->source != initial_write) {
    while (threads_[thread_of(event->source)].done <= index_of(event->source)) {
      thread.state = State::waits;
      thread.waits_for = event->source;
      leave();
    }
  }
  event->kind = kind;
  event->order = order;
  event->site = site;
  event->location = location;
  event->floor = thread.now.stamp(location);
  Message& message = message_of(place, event->source);
  event->value = message.value;
  event->stamp = message.stamp;
  thread.now.set_stamp(location, message.stamp);
  thread.prefix.join(message.prefix);
  return message;
}

void Machine::join(const Message& message, Order order) {
  if (!message.has_view) return;
  Thread& thread = *running_;
  if (acquires(order)) {
    thread.now.join(message.view, message.lanes);
  } else {
    thread.pending.join(message.view, message.lanes);
    thread.has_pending = true;
  }
}

/// Any gap that is not older than what the thread knows, unless an update closed it; the newest first.
void Machine::choose_gap(Place& place, Event& event) {
  const std::size_t last = place.writes - 1U;
  event.stamp = messages_[place.messages[last]].stamp + stamp_step;
  for (std::size_t i = first_visible(place); i < last; ++i) {
    const Message& below = messages_[place.messages[i]];
    const std::int32_t above = messages_[place.messages[i + 1]].stamp;
    if (below.updated) continue;
    const std::int32_t between = below.stamp + (above - below.stamp) / 2;
    if (between == below.stamp) give_up("too many stores went between the same two");
    note({.stamp = between});
    ++event.forward;
  }
}

void Machine::choose_gap_behind(Place& place, Event& event, const Message& updated) {
  if (updated.updated) {
    event.stuck = true;
    return;
  }
  std::size_t at = 0;
  while (&messages_[place.messages[at]] != &updated) ++at;
  const std::int32_t above =
      at + 1U == place.writes ? updated.stamp + 2 * stamp_step : messages_[place.messages[at + 1]].stamp;
  event.stamp = updated.stamp + (above - updated.stamp) / 2;
  if (event.stamp == updated.stamp) give_up("too many stores went between the same two");
}

/// The message of a write that has its stamp.
void Machine::publish(Place& place, Event& event, Word value, const Message* updated) {
  Thread& thread = *running_;
  if (messages_used_ == max_messages || place.writes == max_writes) give_up("an execution has too many stores");
  const auto location = static_cast<std::size_t>(&place - places_.data());
  thread.now.set_stamp(location, event.stamp);
  thread.message[event.index] = messages_used_;
  Message& message = messages_[messages_used_];
  message.value = value;
  message.stamp = event.stamp;
  message.writer = event.id();
  message.updated = false;
  message.prefix = event.prefix;
  const bool inherits = updated != nullptr && updated->has_view;
  message.has_view = releases(event.order) || thread.has_released || inherits;
  message.lanes = lanes_;
  if (releases(event.order)) {
    message.view.copy(thread.now, lanes_);
  } else if (message.has_view) {
    message.view.clear(lanes_);
    if (thread.has_released) message.view.copy(thread.released, thread.released_lanes);
  }
  if (inherits) message.view.join(updated->view, updated->lanes);
  std::size_t at = place.writes++;
  for (; messages_[place.messages[at - 1]].stamp > event.stamp; --at) place.messages[at] = place.messages[at - 1];
  place.messages[at] = messages_used_++;
}

void Machine::write(Place& place, Word value, Order order, Site site, Message* updated) {
  Event* event = recorded();
  const Kind kind = updated != nullptr ? Kind::update_write : Kind::write;
  const auto location = static_cast<std::uint8_t>(&place - places_.data());
  const bool fresh = event == nullptr;
  if (fresh) {
    event = &append(kind, order, site);
    if (updated != nullptr)
      choose_gap_behind(place, *event, *updated);
    else
      choose_gap(place, *event);
  }
  event->order = order;
  event->site = site;
  event->location = location;
  event->floor = running_->now.stamp(location);
  event->value = value;
  event->kind = kind;
  if (updated != nullptr) event->source = updated->writer;
  account(*event);
  if (event->stuck) stop(End::cut);
  publish(place, *event, value, updated);
  if (updated == nullptr) return;
  updated->updated = true;
  running_->in_update = false;
  if (fresh) leave();  // it may have had precedence for the sake of this update alone
}

/// The last value in modification order, for whoever is alone: before the threads begin, or after they are done.
Word& Machine::newest(Location& at) {
  if (is_null(&at)) fail("a null pointer is followed");
  if (at.index == Location::dead) fail("an atomic is used after its destruction");
  if (at.index == 0) return at.initial;
  const Place& place = places_[at.index - 1U];
  return messages_[place.messages[place.writes - 1U]].value;
}

Word Machine::load(Location& at, Order order, Site site) {
  if (phase_ != Phase::threads) return newest(at);
  order = weakened(site, Weakening::Part::load, order);
  Place& place = place_of(at);
  Event* event = nullptr;
  const Message& message = read(place, Kind::read, order, site, event);
  join(message, order);
  account(*event);
  return message.value;
}

void Machine::store(Location& at, Word value, Order order, Site site) {
  if (phase_ != Phase::threads) {
    newest(at) = value;
    return;
  }
  write(place_of(at), value, weakened(site, Weakening::Part::store, order), site, nullptr);
}

Word Machine::update(Location& at, Change change, Word operand, Order order, Site site) {
  if (phase_ != Phase::threads) {
    const Word before = load(at, order, site);
    store(at, change(before, operand), order, site);
    return before;
  }
  order = weakened(site, Weakening::Part::update, order);
  if (weakening_ != nullptr && weakening_->torn(site)) return tear(at, change, operand, order, site);
  Place& place = place_of(at);
  Event* event = nullptr;
  Message& message = read(place, Kind::update_read, order, site, event);
  join(message, order);
  account(*event);
  running_->in_update = true;
  write(place, change(message.value, operand), order, site, &message);
  return message.value;
}

/// A read-modify-write that is none.
Word Machine::tear(Location& at, Change change, Word operand, Order order, Site site) {
  Event* event = nullptr;
  Place& place = place_of(at);
  const Message& message = read(place, Kind::read, order, site, event);
  join(message, order);
  account(*event);
  const Word before = message.value;
  write(place, change(before, operand), order, site, nullptr);
  return before;
}

Word Machine::compare_exchange(Location& at, const Exchange& exchange, bool& exchanged, Site site) {
  if (phase_ != Phase::threads) {
    const Word before = load(at, exchange.success, site);
    exchanged = before == exchange.expected;
    if (exchanged) store(at, exchange.desired, exchange.success, site);
    return before;
  }
  const Order success = weakened(site, Weakening::Part::success, exchange.success);
  const Order failure = weakened(site, Weakening::Part::failure, exchange.failure);
  const Word compared = weakening_ == nullptr ? ~Word{0} : weakening_->compared(site);
  if (weakening_ != nullptr && weakening_->torn(site)) {
    const Word before = load(at, failure, site);
    exchanged = before == exchange.expected;
    if (exchanged) write(place_of(at), exchange.desired, success, site, nullptr);
    return before;
  }
  Place& place = place_of(at);
  Event* event = nullptr;
  Message& message = read(place, Kind::update_read, success, site, event);
  const auto position = running_->position[running_->done];
  exchanged = ((message.value ^ exchange.expected) & compared) == 0;
  if (!exchanged) {
    event->kind = Kind::read;
    event->order = failure;
  }
  join(message, exchanged ? success : failure);
  account(*event);
  if (!exchanged) return message.value;
  running_->in_update = true;
  if (exchange.weak && running_->spurious > 0 && alternative(2) == 1) {
    --running_->spurious;
    running_->in_update = false;
    exchanged = false;
    frame_->trail[position].kind = Kind::read;
    return message.value;
  }
  write(place, exchange.desired, success, site, &message);
  return message.value;
}

void Machine::fence(Order order, Site site) {
  if (phase_ != Phase::threads) return;
  order = weakened(site, Weakening::Part::fence, order);
  if (order == Order::relaxed) return;
  Event* event = recorded();
  if (event == nullptr) event = &append(Kind::fence, order, site);
  Thread& thread = *running_;
  event->order = order;
  event->site = site;
  if (acquires(order) && thread.has_pending) thread.now.join(thread.pending, lanes_);
  account(*event);
  if (!releases(order)) return;
  thread.released.copy(thread.now, lanes_);
  thread.released_lanes = lanes_;
  thread.has_released = true;
}

unsigned Machine::alternative(unsigned alternatives) {
  Event* event = recorded();
  if (event == nullptr) {
    event = &append(Kind::choice, Order::relaxed, {});
    for (unsigned i = alternatives; i > 1; --i) note({.source = static_cast<EventId>(i - 1)});
    event->forward = static_cast<std::uint16_t>(alternatives - 1);
  }
  account(*event);
  return event->source;
}

unsigned Machine::choose(unsigned alternatives) { return phase_ == Phase::threads ? alternative(alternatives) : 0; }

void Machine::wait() {
  // Alone it would wait for ever.
  if (phase_ != Phase::threads) return fail("threads wait for ever");
  running_->state = State::blocked;
  running_->in_wait = true;
  leave();
}

void Machine::assume(bool holds) {
  if (holds || phase_ != Phase::threads) return;
  running_->state = State::blocked;
  leave();
}

}  // namespace weir::proofs::memory
