#include "oracle/packetdrill/script.hpp"

#include <algorithm>
#include <utility>

#include "oracle/packetdrill/text.hpp"

namespace weir::oracle::packetdrill {
namespace {

constexpr auto none = std::string_view::npos;
constexpr std::string_view blank = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blank);
  return first == none ? std::string_view{} : text.substr(first, text.find_last_not_of(blank) - first + 1);
}

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

/// Where a call stands in the text, past the time: npos for what is none.
std::size_t call_at(std::string_view text) {
  std::size_t at = text.find_first_not_of("0123456789+.~* \t");
  if (at == none || !is_word(text[at])) return none;
  const std::size_t behind = static_cast<std::size_t>(
      std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_word) - text.begin());
  return behind < text.size() && text[behind] == '(' ? behind : none;
}

/// Whether the statement goes on in the next line.
bool is_open(std::string_view text) {
  if (std::count(text.begin(), text.end(), '`') % 2 != 0) return true;
  const std::size_t code = text.find("%{");
  if (code != none && text.find('`') == none) return text.find("}%", code) == none;
  const std::size_t call = call_at(text);
  if (call == none) return false;
  std::vector<std::string> arguments;
  const std::size_t length = strace::split_arguments(text.substr(call + 1), arguments);
  return length == 0 || trimmed(text.substr(call + 1 + length)).empty();
}

Micros seconds(Text& text) {
  if (!text.digit_next() && !text.rest().starts_with('.')) text.expected("a time in seconds");
  const Micros whole = text.digit_next() ? text.number<std::uint32_t>("seconds") : 0;
  Micros micros = 0;
  if (!text.rest().starts_with("...") && text.take(".")) {
    Micros unit = 100000;
    for (; text.digit_next(); unit /= 10) micros += unit * text.number_digit();
  }
  const Micros sum = whole * 1000000 + micros;
  if (sum > longest_time) text.expected("a time of a day at most");
  return sum;
}

When when_of(Text& text) {
  When when;
  if (text.take("*")) {
    when.any = true;
    return when;
  }
  when.relative = text.take("+");
  if (!when.relative && !text.digit_next() && !text.rest().starts_with('.')) {
    when.relative = true;  // no time at all
    return when;
  }
  text.blanks();
  when.from = when.to = seconds(text);
  text.blanks();
  if (text.take("~")) {
    text.blanks();
    text.take("+");
    when.to = seconds(text);
    if (when.to < when.from) text.expected("a range that ends after it begins");
  } else if (text.take("...")) {
    text.blanks();
    when.ends = seconds(text);
  }
  return when;
}

constexpr std::string_view segment_form = "a segment: FLAGS SEQ:END(LENGTH) [ack N] [win N] [<options>]";

void read_ports(Text& text, ScriptSegment& segment) {
  if (!text.digit_next()) return;
  segment.from_port = text.number<std::uint16_t>("a port");
  text.blanks();
  text.need(">");
  text.blanks();
  segment.to_port = text.number<std::uint16_t>("a port");
  text.blanks();
}

/// False for a packet that is not plain TCP: UDP, ICMP, a tunnel, addresses of its own.
bool read_segment(Text& text, Statement& statement) {
  ScriptSegment& segment = statement.segment;
  segment.inbound = text.take("<");
  if (!segment.inbound) text.need(">");
  text.blanks();
  for (const std::string_view kind : {"udp", "icmp", "ipv4", "ipv6", "gre", "mpls"})
    if (text.rest().starts_with(kind)) {
      statement.kind = Statement::Kind::other;
      statement.body = kind;
      return false;
    }
  if (text.rest().starts_with('(') || text.rest().starts_with('[')) {
    text.until(")]");
    text.until(" ");
    text.blanks();
  }
  read_ports(text, segment);
  segment.flags = text.until(" \t");
  const bool known =
      !segment.flags.empty() && segment.flags.find_first_not_of("FSRPEWUC.-0123456789") == std::string::npos;
  if (!known) text.expected(segment_form);
  text.blanks();
  segment.seq = text.number<std::uint32_t>("a sequence number");
  text.need(":");
  segment.seq_end = text.number<std::uint32_t>("a sequence number");
  text.need("(");
  segment.len = text.number<std::uint32_t>("a length");
  text.need(")");
  if (segment.seq_end - segment.seq != segment.len) text.expected("a length that is the end less the beginning");
  text.blanks();
  if (text.take("ack")) {
    text.blanks();
    segment.ack = text.number<std::uint32_t>("a sequence number");
    text.blanks();
  }
  for (const std::string_view word : {"win", "urg"})
    if (text.take(word)) {
      text.blanks();
      text.number<std::uint32_t>("a number");
      text.blanks();
    }
  if (text.take("<")) {
    segment.options = text.until(">");
    text.need(">");
    text.blanks();
  }
  return true;
}

void read_call(Text& text, Statement& statement) {
  statement.kind = Statement::Kind::call;
  strace::Call& call = statement.call;
  call.line = statement.line;
  call.text = text.rest();
  call.name = text.until("(");
  const bool named = !call.name.empty() && std::all_of(call.name.begin(), call.name.end(), is_word);
  if (!named || !text.rest().starts_with('('))
    text.expected("a segment (< or >), a system call, a command in backticks, a code block or --option=value");
  text.need("(");
  const std::size_t length = strace::split_arguments(text.rest(), call.arguments);
  if (length == 0) text.expected("the closing parenthesis of " + call.name);
  const auto result = trimmed(text.rest().substr(length));
  if (result.starts_with('=') && trimmed(result.substr(1)).starts_with("...")) return;  // whatever it says
  if (!strace::read_result(result, call.result) || !call.result.known)
    text.expected("\"= RESULT\" behind " + call.name + "(...), with the name of the error where it is -1");
}

}  // namespace

/// The line with blanks for its comments, so that columns stay.
std::string Script::without_comments(std::string_view line) {
  std::string text(line);
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (in_comment_) {
      const bool ends = text.compare(at, 2, "*/") == 0;
      in_comment_ = !ends;
      text[at] = ' ';
      if (ends) text[++at] = ' ';
      continue;
    }
    if (text[at] == '"' || text[at] == '`') quoted = !quoted;
    if (quoted) continue;
    if (text.compare(at, 2, "//") == 0 || (text[at] == '#' && trimmed(line.substr(0, at)).empty())) {
      text.resize(at);
    } else if (text.compare(at, 2, "/*") == 0) {
      in_comment_ = true;
      comment_began_ = lines_.number();
      text[at] = text[at + 1] = ' ';
      ++at;
    }
  }
  return text;
}

bool Script::gather(std::string& text, std::uint64_t& line) {
  std::string_view raw;
  text.clear();
  while (lines_.next(raw)) {
    // A command's and a block's own lines may hold what looks like a comment.
    const bool inside = !text.empty() && call_at(text) == none;
    const std::string part = inside ? std::string(raw) : without_comments(raw);
    if (text.empty()) {
      if (trimmed(part).empty()) continue;
      line = lines_.number();
      text = part.substr(0, part.find_last_not_of(blank) + 1);
    } else {
      text += '\n';
      text += trimmed(part);
    }
    if (text.size() > max_line) throw Malformed(file(), line, 1, "expected a statement of 1 MiB at most");
    if (!is_open(text)) return true;
  }
  if (in_comment_) throw Malformed(file(), comment_began_, 1, "expected the end of the comment, */");
  return !text.empty();
}

bool Script::next(Statement& statement) {
  std::string whole;
  statement = {};
  if (!gather(whole, statement.line)) return false;
  Text text(whole, file(), statement.line);
  text.blanks();
  statement.text = text.rest();
  std::replace(statement.text.begin(), statement.text.end(), '\n', ' ');
  if (text.rest().starts_with("--")) {
    statement.body = text.rest();
    return true;
  }
  statement.when = when_of(text);
  text.blanks();
  if (text.take("`")) {
    statement.kind = Statement::Kind::shell;
    statement.body = text.until("`");
    text.need("`");
  } else if (text.take("%{")) {
    statement.kind = Statement::Kind::code;
    const std::size_t end = text.rest().find("}%");
    if (end == none) text.expected("the end of the block, }%");
    text.take(text.rest().substr(0, end + 2));
  } else if (text.rest().starts_with('<') || text.rest().starts_with('>')) {
    statement.kind = Statement::Kind::segment;
    if (!read_segment(text, statement)) return true;
  } else {
    read_call(text, statement);
    return true;
  }
  text.blanks();
  if (!text.at_end()) text.expected("the end of the line");
  return true;
}

}  // namespace weir::oracle::packetdrill
