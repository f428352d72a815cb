// The second engine's relations and axioms, tried on executions that are written down by hand.
#include <gtest/gtest.h>

#include "proofs/memory/axioms.hpp"

namespace weir::proofs::memory {
namespace {

using Type = Candidate::Type;

TEST(Relation, ComposesAndCloses) {
  Relation step(4);
  step.add(0, 1), step.add(1, 2), step.add(2, 3);
  EXPECT_TRUE(step.then(step).has(0, 2));
  EXPECT_FALSE(step.then(step).has(0, 1));
  EXPECT_TRUE(step.closure().has(0, 3));
  EXPECT_TRUE(step.acyclic());
  step.add(3, 0);
  EXPECT_FALSE(step.acyclic());
  EXPECT_TRUE(step.inverse().has(1, 0));
  EXPECT_TRUE(step.maybe().has(2, 2));
  EXPECT_TRUE((step - step).empty());
}

/// x and y are 0 at first (events 0 and 1). Thread 0 writes x and y (2, 3), thread 1 reads y and x (4, 5).
Candidate message_passing(Order write, Order read, int y_from, int x_from) {
  Candidate it;
  it.items = {{-1, Type::write, Order::relaxed, 0},
              {-1, Type::write, Order::relaxed, 1},
              {0, Type::write, Order::relaxed, 0},
              {0, Type::write, write, 1},
              {1, Type::read, read, 1},
              {1, Type::read, Order::relaxed, 0}};
  it.source = {-1, -1, -1, -1, y_from, x_from};
  it.order = {{0, 2}, {1, 3}};
  return it;
}

TEST(Axioms, ReleaseAndAcquireForbidTheOldValue) {
  EXPECT_TRUE(allowed_by_rc11(message_passing(Order::relaxed, Order::relaxed, 3, 0)));
  EXPECT_FALSE(allowed_by_rc11(message_passing(Order::release, Order::acquire, 3, 0)));
  EXPECT_TRUE(allowed_by_rc11(message_passing(Order::release, Order::acquire, 3, 2)));
  EXPECT_TRUE(allowed_by_rc11(message_passing(Order::release, Order::acquire, 1, 0)));
  EXPECT_FALSE(allowed_by_sc(message_passing(Order::relaxed, Order::relaxed, 3, 0)));
}

TEST(Axioms, NothingComesBetweenTheHalvesOfAnUpdate) {
  Candidate it;
  it.items = {{-1, Type::write, Order::relaxed, 0},
              {0, Type::read, Order::relaxed, 0},
              {0, Type::write, Order::relaxed, 0, 1},
              {1, Type::write, Order::relaxed, 0}};
  it.source = {-1, 0, -1, -1};
  it.order = {{0, 3, 2}};
  EXPECT_FALSE(allowed_by_rc11(it));
  it.order = {{0, 2, 3}};
  EXPECT_TRUE(allowed_by_rc11(it));
}

TEST(Axioms, ReadsThatNeedEachOtherAreThinAir) {
  Candidate it;
  it.items = {{-1, Type::write, Order::relaxed, 0}, {-1, Type::write, Order::relaxed, 1},
              {0, Type::read, Order::relaxed, 0},   {0, Type::write, Order::relaxed, 1},
              {1, Type::read, Order::relaxed, 1},   {1, Type::write, Order::relaxed, 0}};
  it.source = {-1, -1, 5, -1, 3, -1};
  it.order = {{0, 5}, {1, 3}};
  EXPECT_FALSE(allowed_by_rc11(it));
}

}  // namespace
}  // namespace weir::proofs::memory
