// What the comments of model/profile.hpp say about releases is what the history of profiles does.
//
// The comment of a field begins with the releases that have it, "2.6.35 .. 3.15: …"; that of a number names its values,
// "3 .. 3.0; 1 from 3.1"; an enum says it at its enumerators.
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>

#include "oracle/profile/fields.hpp"
#include "tests/oracle/files.hpp"

namespace weir::oracle {
namespace {

struct Documented {
  std::string type;     ///< of a field
  std::string comment;  ///< all lines of it
};

/// Fields by name, enumerators as "SynQueue.table".
std::map<std::string, Documented> documented(const std::string& source) {
  static const std::regex declaration(R"(^\s*(?:std::)?(\w+) (\w+);\s*(?:///< (.*))?$)"),
      enumeration(R"(^enum class (\w+).*)"), enumerator(R"(^\s*(\w+),\s*///< (.*)$)"), more(R"(^\s*///< (.*)$)");
  std::map<std::string, Documented> found;
  std::string scope;
  Documented* last = nullptr;
  for (const auto& line : lines_of(source)) {
    std::smatch match;
    if (std::regex_match(line, match, enumeration)) scope = match[1];
    if (std::regex_match(line, match, declaration))
      last = &(found[match[2]] = {match[1], match[3]});
    else if (std::regex_match(line, match, enumerator))
      last = &(found[scope + "." + match[1].str()] = {scope, match[2]});
    else if (std::regex_match(line, match, more) && last != nullptr)
      last->comment += " " + match[1].str();
    else
      last = nullptr;
  }
  return found;
}

bool at_or_after(std::string_view release, const std::string& first) {
  return releases::version_from(release) >= releases::version_from(first);
}

/// Whether a comment like "4.4 .. 6.12: …" takes in the release; nothing where it names no releases.
std::optional<bool> takes_in(const std::string& comment, std::string_view release) {
  static const std::regex range(R"(^(\d+(?:\.\d+)+)? ?\.\. ?(\d+(?:\.\d+)+)?[^]*)");
  std::smatch match;
  if (!std::regex_match(comment, match, range)) return std::nullopt;
  return (!match[1].matched || at_or_after(release, match[1])) &&
         (!match[2].matched || !at_or_after(release, match[2]) ||
          releases::version_from(release) == releases::version_from(match[2].str()));
}

/// The number that a comment like "3 .. 3.0; 1 from 3.1" gives the release; "" where it gives none.
std::string number_in(const std::string& comment, std::string_view release) {
  static const std::regex until(R"((\d+) \.\. \d)"), from(R"((\d+) from (\d+(?:\.\d+)+))");
  std::smatch match;
  std::string number = std::regex_search(comment, match, until) ? match[1].str() : "";
  for (std::sregex_iterator each(comment.begin(), comment.end(), from), end; each != end; ++each)
    if (at_or_after(release, (*each)[2])) number = (*each)[1];
  return number;
}

/// The value that the comments give a field in a release; "" where they give none.
std::string documented_value(const std::map<std::string, Documented>& comments, const ProfileField& field,
                             std::string_view release) {
  const auto& [type, comment] = comments.at(std::string(field.name));
  if (type == "bool") {
    const auto has = takes_in(comment, release);
    return !has ? "" : *has ? "yes" : "no";
  }
  if (type == "uint32_t") return number_in(comment, release);
  for (const auto& [name, each] : comments)
    if (name.starts_with(type + ".") && takes_in(each.comment, release).value_or(false))
      return name.substr(type.size() + 1);
  return "";
}

/// A line for each field and release at which the comments in `source` and the table differ.
std::set<std::string> disagreements(const std::string& source) {
  const auto comments = documented(source);
  std::set<std::string> found;
  for (const auto& field : profile_fields) {
    if (!comments.contains(std::string(field.name))) {
      found.insert(std::string(field.name) + " has no line of its own");
      continue;
    }
    for (const Profile* each : releases::all) {
      const std::string said = documented_value(comments, field, each->release), is = value_text(*each, field);
      const bool constant = said.empty() && changes_of(field).empty();
      if (said != is && !constant)
        found.insert(std::string(field.name) + " " + std::string(each->release) + ": comment " + said + ", table " +
                     is);
    }
  }
  return found;
}

std::string profile_hpp() { return file_text("../../model/profile.hpp"); }

TEST(ProfileComments, GiveTheReleasesOfTheHistory) {
  for (const auto& each : disagreements(profile_hpp())) ADD_FAILURE() << each;
}

TEST(ProfileComments, NameTheCommitsOfTheTable) {
  const std::string source = profile_hpp();
  for (const auto& field : profile_fields) {
    std::istringstream commits{std::string(field.commits)};
    for (std::string commit; commits >> commit;)
      EXPECT_TRUE(commit == "-" || source.find(commit) != std::string::npos) << field.name << " " << commit;
  }
}

std::set<std::string> with(const std::string& what, const std::string& instead) {
  std::string source = profile_hpp();
  const std::size_t at = source.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return disagreements(source.replace(at, what.size(), instead));
}

TEST(ProfileCommentsMustFail, NoticeAReleaseTooManyOrTooFew) {
  using Lines = std::set<std::string>;
  EXPECT_EQ(with(".. 4.0: sk_ack", ".. 4.1: sk_ack"), Lines{"backlog_is_u16 4.1: comment yes, table no"});
  EXPECT_EQ(with("4.4 .. 6.12: qlen", "4.4 .. 6.10: qlen"), Lines{"syn_queue 6.12: comment , table max_ack_reached"});
  EXPECT_EQ(with("1 from 3.1", "1 from 3.2"), Lines{"first_synack_timeout_s 3.1: comment 3, table 1"});
  EXPECT_EQ(with("bool page_cap;", "bool page_cap_;"), Lines{"page_cap has no line of its own"});
  EXPECT_EQ(with("///< 2.6.35 ..: only PAGE_SIZE", "///< only PAGE_SIZE").size(), releases::all.size());
}

}  // namespace
}  // namespace weir::oracle
