// Copies of what a handle points to: `T` is made from a `header`, and has `copy_state` for the rest.
#pragma once
#include <memory>
#include <utility>

#include "oracle/c/call.hpp"

namespace weir::c {

/// \param what  a handle, as messages call it: "a host"
template <class T>
weir_status snapshot(const char* call, const T* handle, T** into, const char* what) {
  return guarded(call, [&] {
    T*& made = given(into, "a place for the snapshot");
    const T& from = given(handle, what);
    auto copy = std::make_unique<T>(from.header);
    copy->copy_state(from);
    made = copy.release();
    return WEIR_OK;
  });
}

template <class T>
weir_status restore(const char* call, T* handle, const T* snapshot, const char* what) {
  return guarded(call, [&] {
    T& into = given(handle, what);
    const T& from = given(snapshot, "a snapshot");
    if (&into == &from) return WEIR_OK;
    T copy(from.header);  // made first: if memory runs out the handle is as it was
    copy.copy_state(from);
    into = std::move(copy);
    return WEIR_OK;
  });
}

}  // namespace weir::c
