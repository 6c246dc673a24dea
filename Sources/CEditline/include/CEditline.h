#ifndef ETUDE_EDITLINE_H
#define ETUDE_EDITLINE_H

/// libedit behind fixed-argument functions: its own `el_set` and `history` are variadic, which
/// Swift cannot call.

typedef struct etude_editor etude_editor;

/// Answers the completion key. `before` and `after` are the text left and right of the cursor. `erase`
/// gets the number of characters left of the cursor that `insertion` replaces. Whatever is put into
/// `insertion` and `listing` was made by strdup and is freed here; either may stay NULL.
typedef void (*etude_completer)(const char *before, const char *after, int *erase,
                                char **insertion, char **listing);

enum etude_read_outcome {
  ETUDE_READ_LINE = 1,
  ETUDE_READ_END = 0,
  /// A signal came while nothing was typed.
  ETUDE_READ_INTERRUPTED = -1,
  /// A signal came and what was typed is gone.
  ETUDE_READ_CLEARED = -2,
  ETUDE_READ_FAILED = -3,
};

/// Sets the character type from the environment; falls back to C.UTF-8 where that is not UTF-8,
/// because libedit crashes on a non-ASCII prompt and drops non-ASCII input otherwise.
void etude_editor_prepare_locale(void);

/// An editor on stdin, stdout and stderr; NULL when libedit cannot start. One at a time.
///
/// `wake` is a descriptor on which caught signals appear as bytes (their numbers): SIGWINCH and SIGCONT
/// draw the line anew, any other ends the reading. So no signal is lost, whenever it comes. -1 for none.
etude_editor *etude_editor_open(const char *program, etude_completer completer, int wake);
void etude_editor_close(etude_editor *editor);

/// Puts the terminal into the editor's mode: what is typed from here on is not echoed.
/// `etude_editor_read` ends that mode.
void etude_editor_take_terminal(etude_editor *editor);

/// Reads one line, without its line end, into `*line` (valid until the next call).
/// `prompt` may hold escape sequences between \1 characters.
int etude_editor_read(etude_editor *editor, const char *prompt, const char **line);

/// Adds an entry unless it equals the newest one.
void etude_editor_add_history(etude_editor *editor, const char *entry);
/// Forgets all entries.
void etude_editor_clear_history(etude_editor *editor);

#endif
