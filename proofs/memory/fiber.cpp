#include "proofs/memory/fiber.hpp"

#include <boost/context/detail/fcontext.hpp>

namespace weir::proofs::memory {

namespace context = boost::context::detail;

Fiber::Fiber() : stack_(std::make_unique_for_overwrite<std::byte[]>(stack_bytes)) {}

void Fiber::start(Body body, void* argument) noexcept {
  body_ = body;
  argument_ = argument;
  inside_ = context::make_fcontext(stack_.get() + stack_bytes, stack_bytes, [](context::transfer_t from) {
    auto* const self = static_cast<Fiber*>(from.data);
    self->outside_ = from.fctx;
    self->body_(self->argument_);
  });
}

void Fiber::resume() noexcept {
  running_ = true;
  inside_ = context::jump_fcontext(inside_, this).fctx;
  running_ = false;
}

void Fiber::leave() noexcept { outside_ = context::jump_fcontext(outside_, nullptr).fctx; }

}  // namespace weir::proofs::memory
