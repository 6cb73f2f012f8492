// The container of a JSON object: members in the order in which they came, found by hash once there
// are many.
#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace pawl::asl {

// Keyed with a secret of this process, so that a document cannot be made whose names all collide.
std::uint64_t hash_of_name(std::string_view name);

// Open addressing from a name's hash to its position in the vector of members. Positions only; the
// map compares names.
class NameIndex {
 public:
  static constexpr std::uint32_t kEmpty = 0xffffffff;

  explicit NameIndex(std::size_t members_expected) {
    std::size_t slots = 64;
    while (slots < members_expected * 2) {
      slots *= 2;
    }
    slots_.assign(slots, kEmpty);
  }
  bool has_room_for(std::size_t members) const { return members * 2 <= slots_.size(); }
  // REQUIRES: has_room_for the members put so far and this one.
  void put(std::uint64_t hash, std::uint32_t position) noexcept {
    std::size_t slot = hash & (slots_.size() - 1);
    while (slots_[slot] != kEmpty) {
      slot = (slot + 1) & (slots_.size() - 1);
    }
    slots_[slot] = position;
  }
  template <class IsIt>
  std::uint32_t find(std::uint64_t hash, const IsIt& is_it) const {
    std::size_t slot = hash & (slots_.size() - 1);
    while (slots_[slot] != kEmpty) {
      if (is_it(slots_[slot])) {
        return slots_[slot];
      }
      slot = (slot + 1) & (slots_.size() - 1);
    }
    return kEmpty;
  }

 private:
  std::vector<std::uint32_t> slots_;
};

// What nlohmann::basic_json wants of its ObjectType. Reading a const map never changes it, so
// threads may share one. Two maps are equal when they hold the same members in any order, as JSON
// objects are.
template <class Key,
          class T,
          class IgnoredLess = std::less<Key>,
          class IgnoredAllocator = std::allocator<std::pair<Key, T>>>
class OrderedMap {
  using Members = std::vector<std::pair<Key, T>>;

 public:
  using key_type = Key;
  using mapped_type = T;
  using value_type = std::pair<Key, T>;
  using key_compare = std::equal_to<>;
  using iterator = typename Members::iterator;
  using const_iterator = typename Members::const_iterator;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;
  using reference = value_type&;
  using const_reference = const value_type&;
  using allocator_type = IgnoredAllocator;

  OrderedMap() noexcept = default;
  explicit OrderedMap(const IgnoredAllocator&) noexcept {}
  template <class It>
  OrderedMap(It first, It last, const IgnoredAllocator& = {}) {
    insert(first, last);
  }
  OrderedMap(std::initializer_list<value_type> members) { insert(members.begin(), members.end()); }
  OrderedMap(const OrderedMap& other)
      : members_(other.members_),
        index_(other.index_ ? std::make_unique<NameIndex>(*other.index_) : nullptr) {}
  OrderedMap(OrderedMap&& other) noexcept = default;
  OrderedMap& operator=(OrderedMap other) noexcept {
    swap(other);
    return *this;
  }
  ~OrderedMap() = default;

  void swap(OrderedMap& other) noexcept {
    members_.swap(other.members_);
    index_.swap(other.index_);
  }
  friend void swap(OrderedMap& a, OrderedMap& b) noexcept { a.swap(b); }

  iterator begin() noexcept { return members_.begin(); }
  iterator end() noexcept { return members_.end(); }
  const_iterator begin() const noexcept { return members_.begin(); }
  const_iterator end() const noexcept { return members_.end(); }
  const_iterator cbegin() const noexcept { return members_.begin(); }
  const_iterator cend() const noexcept { return members_.end(); }
  size_type size() const noexcept { return members_.size(); }
  size_type max_size() const noexcept { return members_.max_size(); }
  bool empty() const noexcept { return members_.empty(); }
  void clear() noexcept {
    members_.clear();
    index_.reset();
  }

  iterator find(std::string_view name) { return members_.begin() + offset_of(name); }
  const_iterator find(std::string_view name) const { return members_.begin() + offset_of(name); }
  size_type count(std::string_view name) const { return find(name) == end() ? 0 : 1; }
  bool contains(std::string_view name) const { return find(name) != end(); }
  T& at(std::string_view name) { return const_cast<T&>(std::as_const(*this).at(name)); }
  const T& at(std::string_view name) const {
    const auto member = find(name);
    if (member == end()) {
      throw std::out_of_range("no such member");
    }
    return member->second;
  }
  template <class K>
  T& operator[](K&& name) {
    return emplace(std::forward<K>(name), T{}).first->second;
  }

  // Strong guarantee: on an exception the map is as it was.
  template <class K, class... Args>
  std::pair<iterator, bool> emplace(K&& name, Args&&... args) {
    const iterator found = find(std::string_view(name));
    if (found != end()) {
      return {found, false};
    }
    make_room_in_index(members_.size() + 1);
    members_.emplace_back(std::piecewise_construct,
                          std::forward_as_tuple(std::forward<K>(name)),
                          std::forward_as_tuple(std::forward<Args>(args)...));
    if (index_) {
      index_->put(hash_of_name(members_.back().first),
                  static_cast<std::uint32_t>(members_.size() - 1));
    }
    return {std::prev(end()), true};
  }
  std::pair<iterator, bool> insert(const value_type& member) {
    return emplace(member.first, member.second);
  }
  std::pair<iterator, bool> insert(value_type&& member) {
    return emplace(std::move(member.first), std::move(member.second));
  }
  iterator insert(const_iterator, const value_type& member) { return insert(member).first; }
  template <class It>
  void insert(It first, It last) {
    for (; first != last; ++first) {
      emplace(first->first, first->second);
    }
  }

  size_type erase(std::string_view name) {
    const iterator found = find(name);
    if (found == end()) {
      return 0;
    }
    erase(found);
    return 1;
  }
  iterator erase(iterator at) { return erase(at, std::next(at)); }
  iterator erase(iterator first, iterator last) {
    const auto next = members_.erase(first, last);
    const auto offset = next - members_.begin();
    index_.reset();
    make_room_in_index(members_.size());
    return members_.begin() + offset;
  }

  friend bool operator==(const OrderedMap& a, const OrderedMap& b) {
    return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&b](const value_type& member) {
             const auto other = b.find(member.first);
             return other != b.end() && member.second == other->second;
           });
  }
  // Some total order, by sequence; only basic_json's own operators ask for it.
  friend std::partial_ordering operator<=>(const OrderedMap& a, const OrderedMap& b) {
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
      if (const auto names = a.members_[i].first <=> b.members_[i].first; names != 0) {
        return names;
      }
      if (const auto values = a.members_[i].second <=> b.members_[i].second; values != 0) {
        return values;
      }
    }
    return a.size() <=> b.size();
  }

 private:
  // Below this a linear search is faster than a hash, and the object is one pointer bigger than a
  // vector.
  static constexpr std::size_t kUnindexedMax = 16;

  std::ptrdiff_t offset_of(std::string_view name) const {
    if (index_) {
      const auto position = index_->find(hash_of_name(name), [&](std::uint32_t at) {
        return std::string_view(members_[at].first) == name;
      });
      return position == NameIndex::kEmpty ? std::ssize(members_)
                                           : static_cast<std::ptrdiff_t>(position);
    }
    const auto found =
        std::find_if(members_.begin(), members_.end(), [&](const value_type& member) {
          return std::string_view(member.first) == name;
        });
    return found - members_.begin();
  }

  void make_room_in_index(std::size_t members) {
    if (members <= kUnindexedMax || (index_ && index_->has_room_for(members))) {
      return;
    }
    auto grown = std::make_unique<NameIndex>(members * 2);
    for (std::size_t i = 0; i < members_.size(); ++i) {
      grown->put(hash_of_name(members_[i].first), static_cast<std::uint32_t>(i));
    }
    index_ = std::move(grown);
  }

  Members members_;
  std::unique_ptr<NameIndex> index_;  // null while there are few members
};

}  // namespace pawl::asl
