/* libweir: the reference model of Linux's backlogs for programs in any language.
 *
 *   weir_host *host = NULL;
 *   if (weir_host_create("linux-6.18", NULL, &host) != WEIR_OK) fputs(weir_error_message(), stderr);
 *   struct weir_op op = {.size = sizeof op, .kind = WEIR_OP_LISTEN, .as.listen = {.fd = 3, .backlog = 5}};
 *   struct weir_outcome answer = {.size = sizeof answer};
 *   if (weir_host_apply(host, &op, &answer) == WEIR_OK && answer.kind == WEIR_OUTCOME_RETURNED) ...
 *   weir_host_destroy(host);
 *
 * Link with -lweir (pkg-config libweir; find_package(libweir), weir::c). docs/c-abi.md has whole programs in C, C++ and
 * Python.
 *
 * A host answers operations as Linux would. A judge is told what was seen, and says whether Linux allows it. Operations
 * and outcomes are structs (operations.h) or lines of JSON (docs/TRACE.md): both are made from the same lists, and one
 * host takes both.
 *
 * Errors. Every call that can fail returns a weir_status. What was wrong, where, and what was expected there is what
 * weir_last_error tells the same thread until its next call that fails. A call that is misused (NULL where something is
 * needed, a wrong size, a number outside its enumeration, text that cannot be read) changes nothing. No C++ exception
 * leaves the library.
 *
 * Structs begin with `size`, which the caller sets to sizeof the struct. A later library takes the sizes of earlier
 * headers, and this one takes a larger struct of a later header if what it does not know is zero. All other bytes of a
 * struct that is written to the library should be zero unless set: {.size = sizeof x} does that.
 *
 * Memory is the caller's. Text is written with a NUL behind it to (buffer, buffer_size), and `needed`, which may be
 * NULL, receives how many bytes that takes with the NUL. Where they are too few nothing is written but an empty text,
 * and WEIR_SHORT_BUFFER is returned; a NULL buffer of size 0 asks for the size. What the library returns as const char*
 * is its own: names live for ever, messages until the thread's next call that fails. Pointers handed in are not kept.
 *
 * Threads. A handle may be used by one thread at a time, and by another later. Different handles have nothing to do
 * with each other; calls without a handle may be made by any thread at any time.
 *
 * Units: time in milliseconds where a field is called ms, addresses and ports in host byte order, sizes in bytes.
 *
 * Versions. Symbols carry the version WEIR_0 and the file is libweir.so.0: until 1.0 the number behind .so rises with
 * every change by which a program that was compiled before would break (tests/c has the list that notices). */
#pragma once
#include <weir/operations.h>

#define WEIR_ABI 0

#if defined(__GNUC__)
#define WEIR_API __attribute__((visibility("default")))
#else
#define WEIR_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* 0 to 3 are the exit codes of the weir command. */
enum weir_status {
  WEIR_OK = 0,
  WEIR_DIVERGED = 1,      /* the model does not allow what was seen */
  WEIR_MALFORMED = 2,     /* text that cannot be read, or a name that nothing has */
  WEIR_UNDECIDED = 3,     /* too many states explain what was seen so far */
  WEIR_MISUSE = 16,       /* NULL, a wrong size, a number out of range */
  WEIR_SHORT_BUFFER = 17, /* `needed` says how much it takes */
  WEIR_NO_MEMORY = 18,
  WEIR_INTERNAL = 19, /* an error of weir itself: please report it */
};

/* ---- The library ------------------------------------------------------------------------------------------------- */

/* WEIR_ABI of the library that is loaded. */
WEIR_API uint32_t weir_abi(void);
/* "0.1.0" */
WEIR_API const char* weir_version(void);

struct weir_error {
  uint32_t size;
  uint32_t status; /* enum weir_status that the call returned */
  uint64_t line;   /* of the text that was read, from 1; 0 where it was no text */
  uint64_t column; /* in bytes, from 1; 0 where it was no text */
  const char* message;
};
/* This thread's last call that failed; status WEIR_OK and message "" where none has. */
WEIR_API enum weir_status weir_last_error(struct weir_error* error);
/* The message alone, never NULL. */
WEIR_API const char* weir_error_message(void);

/* ---- Names ------------------------------------------------------------------------------------------------------- */

/* Profiles are Linux releases, oldest first: "linux-2.6.32" to "linux-7.1". NULL behind the last. Where a profile is
 * asked for, a release between two of them may be named, and settings may stand behind it:
 * "linux-5.4+backlog_is_u16=yes". */
WEIR_API uint32_t weir_profile_count(void);
WEIR_API const char* weir_profile_name(uint32_t index);

/* Clauses are the rules of the model. Their numbers may change with the library's version, their names do not. */
enum { WEIR_CLAUSE_WORDS = 16 };
struct weir_clauses {
  uint64_t words[WEIR_CLAUSE_WORDS]; /* clause i: bit i % 64 of word i / 64 */
};
struct weir_clause_info {
  uint32_t size;
  uint32_t number;
  const char* name;     /* "LISTEN.CLAMP" */
  const char* function; /* the function of the kernel that decides */
  const char* since;    /* first release that has the rule; "": before 2.6.32 */
  const char* until;    /* last release; "": the newest still has it */
  const char* sentence;
};
WEIR_API uint32_t weir_clause_count(void);
WEIR_API enum weir_status weir_clause_at(uint32_t number, struct weir_clause_info* info);
WEIR_API enum weir_status weir_clause_named(const char* name, struct weir_clause_info* info);
static inline int weir_clauses_have(const struct weir_clauses* clauses, uint32_t number) {
  return number / 64 < WEIR_CLAUSE_WORDS && (clauses->words[number / 64] >> number % 64 & 1) != 0;
}

/* "listen" for WEIR_OP_LISTEN; NULL for what is no kind. */
WEIR_API const char* weir_op_name(uint32_t kind);

/* ---- Operations and outcomes ------------------------------------------------------------------------------------- */

struct weir_op {
  uint32_t size;
  uint32_t kind; /* enum weir_op_kind */
  union weir_op_fields as;
};

enum { WEIR_ALL_FIELDS = 0x7fffffff };
struct weir_outcome {
  uint32_t size;
  uint32_t kind; /* enum weir_outcome_kind: any operation may also answer returned (it failed) or oops */
  /* Bit i: field i of `as`, from 0, was observed. The library sets WEIR_ALL_FIELDS. */
  uint32_t observed;
  uint32_t reserved;
  /* Set by the caller: room for the bytes of sysctl_read and for lists (packets, segments), aligned as uint64_t is. May
   * be NULL. Where it is too small all else is filled in, the list is NULL, and WEIR_SHORT_BUFFER is returned. */
  void* buffer;
  uint64_t buffer_size;
  uint64_t buffer_needed;
  struct weir_clauses clauses; /* the rules that decided */
  union weir_outcome_fields as;
};

/* Fills in what the fields of op->kind are where a trace leaves them out (`len` 4096, `running` 1); size and kind must
 * be set. */
WEIR_API enum weir_status weir_op_defaults(struct weir_op* op);
/* The operation as a line of a trace, without a newline. */
WEIR_API enum weir_status weir_op_to_json(const struct weir_op* op, char* buffer, size_t buffer_size, size_t* needed);

/* ---- Hosts ------------------------------------------------------------------------------------------------------- */

typedef struct weir_host weir_host;

struct weir_setting {
  uint32_t name; /* enum weir_sysctl */
  int32_t value;
};
struct weir_host_options {
  uint32_t size;
  uint32_t cpus;                /* 1 to 64; 0: 2 */
  uint32_t thread_backlog_napi; /* the boot argument of 6.10 and later */
  uint32_t setting_count;
  const struct weir_setting* settings; /* initial values, not range-checked */
};

/* A host of that kernel; *host is NULL if there is none. options may be NULL. */
WEIR_API enum weir_status weir_host_create(const char* profile, const struct weir_host_options* options,
                                           weir_host** host);
/* The same from the first line of a trace: {"weir":1,"profile":"linux-6.18","cpus":4} */
WEIR_API enum weir_status weir_host_create_json(const char* header, size_t length, weir_host** host);
/* NULL is fine. */
WEIR_API void weir_host_destroy(weir_host* host);

/* One operation. `outcome` may be NULL. WEIR_OK: it has taken effect, also if it failed as a system call does.
 * WEIR_SHORT_BUFFER: it has, and weir_host_last tells the whole outcome. */
WEIR_API enum weir_status weir_host_apply(weir_host* host, const struct weir_op* op, struct weir_outcome* outcome);
/* The outcome of the last operation once more. */
WEIR_API enum weir_status weir_host_last(const weir_host* host, struct weir_outcome* outcome);

/* The same with lines of a trace, without the header: {"op":"listen","fd":3,"backlog":5} becomes the line with results
 * and clauses. A `ret` on a socket or accept is the descriptor that it shall return; other results are replaced. */
WEIR_API enum weir_status weir_host_apply_json(weir_host* host, const char* line, size_t length, char* buffer,
                                               size_t buffer_size, size_t* needed);
WEIR_API enum weir_status weir_host_last_json(const weir_host* host, char* buffer, size_t buffer_size, size_t* needed);

/* The descriptor that the next socket or accept shall return if it is free then, otherwise the lowest free one. */
WEIR_API enum weir_status weir_host_name_next_fd(weir_host* host, int32_t fd);

/* A copy of the host, which is a host: it may be asked, restored from any number of times, and must be destroyed. */
WEIR_API enum weir_status weir_host_snapshot(const weir_host* host, weir_host** snapshot);
WEIR_API enum weir_status weir_host_restore(weir_host* host, const weir_host* snapshot);

/* All that the host holds, as one object of JSON: settings, sockets with their queues, CPUs with theirs. For people and
 * logs: members may be added. */
WEIR_API enum weir_status weir_host_state_json(const weir_host* host, char* buffer, size_t buffer_size, size_t* needed);

/* ---- Judges ------------------------------------------------------------------------------------------------------ */

/* A judge follows a real host: it keeps all states that explain what was seen so far, since the kernel picks some
 * things by secrets (which of several SO_REUSEPORT listeners gets a SYN). */
typedef struct weir_judge weir_judge;

WEIR_API enum weir_status weir_judge_create(const char* profile, const struct weir_host_options* options,
                                            weir_judge** judge);
WEIR_API enum weir_status weir_judge_create_json(const char* header, size_t length, weir_judge** judge);
WEIR_API void weir_judge_destroy(weir_judge* judge);

/* An operation and what was seen of its outcome: the fields whose bits in seen->observed are set; NULL: nothing was.
 * WEIR_OK: the model allows it. WEIR_DIVERGED: it does not, and the judge is as it was before, as if the operation had
 * not been. WEIR_UNDECIDED: it does not, but states were given up before. */
WEIR_API enum weir_status weir_judge_observe(weir_judge* judge, const struct weir_op* op,
                                             const struct weir_outcome* seen);
/* The same with a line of a trace, which may hold any of the results. */
WEIR_API enum weir_status weir_judge_observe_json(weir_judge* judge, const char* line, size_t length);

/* What the model answers to the last operation observed, with the rules that decided; where it allows more than one
 * outcome, the first that agrees with what was seen. */
WEIR_API enum weir_status weir_judge_answer(const weir_judge* judge, struct weir_outcome* outcome);
/* Why, for people: what was observed, what is allowed, each rule with its sentence, the state before. */
WEIR_API enum weir_status weir_judge_why(const weir_judge* judge, char* buffer, size_t buffer_size, size_t* needed);

WEIR_API enum weir_status weir_judge_snapshot(const weir_judge* judge, weir_judge** snapshot);
WEIR_API enum weir_status weir_judge_restore(weir_judge* judge, const weir_judge* snapshot);

/* ---- Whole traces ------------------------------------------------------------------------------------------------ */

enum weir_trace_format {
  WEIR_FORMAT_AUTO = 0,  /* JSON if the first character is '{' */
  WEIR_FORMAT_JSON = 1,  /* docs/TRACE.md, with the header; histories of overlapping calls too */
  WEIR_FORMAT_STRACE = 2 /* docs/strace.md; to check, not to run */
};
enum weir_trace_flags {
  WEIR_TRACE_CLAUSES = 1, /* run: name the rules on each line */
  WEIR_TRACE_ALL = 2      /* check: go on behind a divergence where that is possible */
};
struct weir_trace {
  uint32_t size;
  uint32_t format;
  uint32_t flags;
  uint32_t reserved;
  const char* text;
  uint64_t length;
  const char* file;    /* how messages call it; NULL: "trace" */
  const char* profile; /* instead of the header's; NULL: the header's, or linux-6.18 for a log of strace */
};
struct weir_report {
  uint32_t size;
  uint32_t stopped; /* 1: before the end of the trace */
  uint64_t operations;
  uint64_t compared; /* of these, with something observed */
  uint64_t divergences;
  struct weir_clauses clauses; /* passed in all; of a log of strace: those that a divergence names */
};

/* The trace with every result filled in, a line an operation, the header first. The state begins anew with each call.
 */
WEIR_API enum weir_status weir_run_trace(const struct weir_trace* trace, char* buffer, size_t buffer_size,
                                         size_t* needed);
/* WEIR_OK, WEIR_DIVERGED or WEIR_UNDECIDED, and a paragraph for each divergence as text. report may be NULL; it is
 * filled in also where the text does not fit, which is then what is returned: WEIR_SHORT_BUFFER. To do without the text
 * give a NULL buffer, a size of 0 and no `needed`. */
WEIR_API enum weir_status weir_check_trace(const struct weir_trace* trace, struct weir_report* report, char* buffer,
                                           size_t buffer_size, size_t* needed);

#ifdef __cplusplus
}
#endif
