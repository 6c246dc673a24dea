#ifndef ETUDE_SIGNALS_H
#define ETUDE_SIGNALS_H

/// Catches SIGINT, SIGTERM and SIGHUP and ignores SIGPIPE and SIGXFSZ. Returns the descriptor on which each
/// caught signal appears as one byte (its number), or -1 with errno set.
///
/// The handlers are installed without SA_RESTART, so a blocking read ends with EINTR.
int etude_signals_install(void);

/// While a line is awaited, SIGINT appears on the second descriptor alone: it is for who reads the line,
/// and for nothing that runs afterwards.
void etude_signals_await_line(int awaits);

int etude_signals_awaits_line(void);

/// A second descriptor with the same bytes, and one for each SIGWINCH and SIGCONT, for who waits for
/// input beside them; reading it never blocks.
int etude_signals_wake(void);

/// The last signal caught since the last call of `etude_signals_clear`, 0 when none was.
int etude_signals_last(void);

/// Forgets the last signal, and what the second descriptor holds.
void etude_signals_clear(void);

/// Keeps SIGINT, SIGTERM and SIGHUP away from the calling thread.
void etude_signals_block(void);

/// Remembers the terminal's present mode: it is set again when the stopped process goes on.
void etude_signals_keep_terminal_mode(int descriptor);

/// Forgets the remembered mode.
void etude_signals_release_terminal_mode(void);

/// Puts the terminal back into the mode it had when the signals were installed.
void etude_signals_restore_terminal(void);

#endif
