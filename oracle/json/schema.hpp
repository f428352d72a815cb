// The trace format (docs/TRACE.md) as a JSON Schema, draft 2020-12: what a line of a trace may be.
//
//   weir explain --schema > trace.schema.json
//
// A line that the reader takes is valid, and what is valid the reader takes, but for what a schema cannot say of a line
// by itself: docs/TRACE.md lists that. The definitions `header` and `operation` are the schemas of the first line and
// of the others. Only keywords that draft 7 has as well, so that its validators come to the same verdicts.
//
// Source: the fields of model/op.hpp and outcome.hpp, the tables of names, and the limits of the reader.
#pragma once
#include <string>

namespace weir::oracle {

/// The text of the schema, laid out in lines. Thread safety: any thread.
std::string trace_schema();

}  // namespace weir::oracle
