#include "CSignals.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static atomic_int last_signal;
static atomic_int awaits_line;
static int pipe_ends[2] = {-1, -1};
static int wake_ends[2] = {-1, -1};

static struct termios first_mode;
static int has_first_mode;

static struct termios kept_mode;
static int kept_descriptor;
static atomic_int has_kept_mode;

/// A full pipe loses only a repetition: the reader has many bytes to wake up for.
static void tell(int descriptor, int number) {
  unsigned char byte = (unsigned char)number;
  ssize_t written = write(descriptor, &byte, 1);
  (void)written;
}

static void caught(int number) {
  int saved = errno;
  atomic_store(&last_signal, number);
  tell(wake_ends[1], number);
  if (number != SIGINT || !atomic_load(&awaits_line)) tell(pipe_ends[1], number);
  errno = saved;
}

static void resized(int number) {
  int saved = errno;
  tell(wake_ends[1], number);
  errno = saved;
}

static void continued(int number) {
  int saved = errno;
  if (atomic_load(&has_kept_mode)) tcsetattr(kept_descriptor, TCSADRAIN, &kept_mode);
  tell(wake_ends[1], number);
  errno = saved;
}

static int handle(int number, void (*handler)(int), int flags) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigemptyset(&action.sa_mask);
  return sigaction(number, &action, NULL);
}

/// A signal the parent chose to ignore (nohup) stays ignored.
static int handle_unless_ignored(int number, void (*handler)(int)) {
  struct sigaction present;
  if (sigaction(number, NULL, &present) != 0) return -1;
  return present.sa_handler == SIG_IGN ? 0 : handle(number, handler, 0);
}

static void mask(int how) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGHUP);
  pthread_sigmask(how, &set, NULL);
}

int etude_signals_install(void) {
  if (pipe_ends[0] >= 0) return pipe_ends[0];
  if (pipe2(pipe_ends, O_CLOEXEC) != 0 || pipe2(wake_ends, O_CLOEXEC | O_NONBLOCK) != 0) return -1;
  fcntl(pipe_ends[1], F_SETFL, O_NONBLOCK);
  has_first_mode = tcgetattr(STDIN_FILENO, &first_mode) == 0;
  if (handle_unless_ignored(SIGINT, caught) != 0 || handle(SIGTERM, caught, 0) != 0 ||
      handle_unless_ignored(SIGHUP, caught) != 0 || handle(SIGPIPE, SIG_IGN, 0) != 0 ||
      // A file that may not grow any more is an error of the one who writes it.
      handle(SIGXFSZ, SIG_IGN, 0) != 0 ||
      handle(SIGCONT, continued, SA_RESTART) != 0 || handle(SIGWINCH, resized, SA_RESTART) != 0)
    return -1;
  // A parent's worker thread may have started us with every signal blocked.
  mask(SIG_UNBLOCK);
  sigset_t others;
  sigemptyset(&others);
  sigaddset(&others, SIGCONT);
  sigaddset(&others, SIGWINCH);
  pthread_sigmask(SIG_UNBLOCK, &others, NULL);
  return pipe_ends[0];
}

int etude_signals_last(void) { return atomic_load(&last_signal); }

void etude_signals_await_line(int awaits) { atomic_store(&awaits_line, awaits); }

int etude_signals_awaits_line(void) { return atomic_load(&awaits_line); }

int etude_signals_wake(void) { return wake_ends[0]; }

void etude_signals_clear(void) {
  unsigned char bytes[64];
  while (read(wake_ends[0], bytes, sizeof bytes) > 0) continue;
  atomic_store(&last_signal, 0);
}

void etude_signals_block(void) { mask(SIG_BLOCK); }

void etude_signals_keep_terminal_mode(int descriptor) {
  if (atomic_load(&has_kept_mode)) return;
  if (tcgetattr(descriptor, &kept_mode) != 0) return;
  kept_descriptor = descriptor;
  atomic_store(&has_kept_mode, 1);
}

void etude_signals_release_terminal_mode(void) { atomic_store(&has_kept_mode, 0); }

void etude_signals_restore_terminal(void) {
  if (has_first_mode) tcsetattr(STDIN_FILENO, TCSANOW, &first_mode);
}
