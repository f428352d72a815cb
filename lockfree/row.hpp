// Objects in a row that are made once and never move; a few of them need no memory of their own.
//
//   Row<SoftnetCpu, 2> cpus(count, weight);   // `count` objects, each made with `weight`
//   cpus[0].schedule();
//
// A host is made for every input of a campaign, most of them with two CPUs, and aligned memory costs a thousand
// instructions to get and to give back: so the first few stand in the row itself.
//
// Thread safety: that of T; making and destroying the row are not concurrent with anything.
//
// Invariants:
//   (1) first_ is inside_ where room_ <= few, else memory of room_ objects that the row owns.
//   (2) The first size_ of them are made; all of them once the row is.
#pragma once
#include <cstddef>
#include <memory>

namespace weir::lockfree {

template <class T, std::size_t few>
class Row {
 public:
  /// Makes `count` objects of `args`. Throws std::bad_alloc where they do not fit inside and there is no memory, and
  /// whatever T throws.
  template <class... Args>
  explicit Row(std::size_t count, const Args&... args) : Row(Room{count}) {
    for (; size_ < count; ++size_) std::construct_at(first_ + size_, args...);
  }
  ~Row() {
    std::destroy_n(first_, size_);
    if (room_ > few) std::allocator<T>().deallocate(first_, room_);
  }
  Row(const Row&) = delete;
  Row& operator=(const Row&) = delete;

  std::size_t size() const noexcept { return size_; }
  T& operator[](std::size_t index) noexcept { return first_[index]; }
  const T& operator[](std::size_t index) const noexcept { return first_[index]; }
  T* begin() noexcept { return first_; }
  T* end() noexcept { return first_ + size_; }
  const T* begin() const noexcept { return first_; }
  const T* end() const noexcept { return first_ + size_; }

 private:
  struct Room {
    std::size_t objects;
  };
  explicit Row(Room room)
      : first_(room.objects <= few ? reinterpret_cast<T*>(inside_) : std::allocator<T>().allocate(room.objects)),
        room_(room.objects) {}

  T* first_;
  std::size_t room_;
  std::size_t size_ = 0;
  alignas(T) std::byte inside_[few * sizeof(T)];
};

}  // namespace weir::lockfree
