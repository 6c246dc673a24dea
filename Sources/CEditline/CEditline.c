#include "CEditline.h"

#include <errno.h>
#include <histedit.h>
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

enum { HISTORY_LENGTH = 5000 };

struct etude_editor {
  EditLine *line;
  History *history;
  HistEvent event;
  etude_completer completer;
  const char *prompt;
  char *text;
  int takes_pastes;
  int wake;
};

void etude_editor_prepare_locale(void) {
  setlocale(LC_CTYPE, "");
  if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) setlocale(LC_CTYPE, "C.UTF-8");
}

static struct etude_editor *of(EditLine *line) {
  void *data = NULL;
  el_get(line, EL_CLIENTDATA, &data);
  return data;
}

static char *prompt(EditLine *line) {
  return (char *)of(line)->prompt;
}

/// Characters of the line in UTF-8.
static char *utf8(const wchar_t *from, const wchar_t *to) {
  size_t length = (size_t)(to - from);
  char *text = malloc(length * MB_CUR_MAX + 1);
  if (text == NULL) return NULL;
  size_t used = 0;
  mbstate_t state;
  memset(&state, 0, sizeof state);
  for (size_t i = 0; i < length; i++) {
    size_t bytes = wcrtomb(text + used, from[i], &state);
    if (bytes != (size_t)-1) used += bytes;
  }
  text[used] = 0;
  return text;
}

static unsigned char complete(EditLine *line, int key) {
  (void)key;
  struct etude_editor *editor = of(line);
  const LineInfoW *info = el_wline(line);
  char *before = utf8(info->buffer, info->cursor), *after = utf8(info->cursor, info->lastchar);
  char *insertion = NULL, *listing = NULL;
  int erase = 0;
  if (before != NULL && after != NULL)
    editor->completer(before, after, &erase, &insertion, &listing);
  free(before);
  free(after);
  unsigned char answer = CC_ERROR;
  if (listing != NULL) {
    fputc('\n', stdout);
    fputs(listing, stdout);
    fputc('\n', stdout);
    fflush(stdout);
    answer = CC_REDISPLAY;
  }
  if (insertion != NULL && *insertion != 0) {
    if (erase > 0) el_deletestr(line, erase);
    if (el_insertstr(line, insertion) == 0 && listing == NULL) answer = CC_REFRESH;
  }
  free(insertion);
  free(listing);
  return answer;
}

/// 1 when there is input, -1 when a signal asks to stop reading.
static int wait_for_input(struct etude_editor *editor) {
  struct pollfd watched[2] = {{STDIN_FILENO, POLLIN, 0}, {editor->wake, POLLIN, 0}};
  for (;;) {
    if (poll(watched, editor->wake < 0 ? 1 : 2, -1) < 0) {
      if (errno == EINTR) continue;
      return 1;
    }
    unsigned char number;
    if ((watched[1].revents & POLLIN) != 0 && read(editor->wake, &number, 1) == 1) {
      if (number != SIGWINCH && number != SIGCONT) return -1;
      if (number == SIGWINCH) {
        el_resize(editor->line);
        // The line is drawn anew where the cursor stands; libedit knows no column after a resize.
        if (editor->takes_pastes) fputs("\r\033[K", stdout);
        fflush(stdout);
      }
      el_set(editor->line, EL_REFRESH);
      continue;
    }
    if (watched[0].revents != 0) return 1;
  }
}

/// What libedit reads characters with. Its own function misses a signal that comes just before it waits.
static int read_character(EditLine *line, wchar_t *character) {
  struct etude_editor *editor = of(line);
  mbstate_t state;
  memset(&state, 0, sizeof state);
  for (;;) {
    if (wait_for_input(editor) < 0) {
      errno = EINTR;
      *character = L'\0';
      return -1;
    }
    char byte;
    ssize_t count = read(STDIN_FILENO, &byte, 1);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) {
      *character = L'\0';
      return (int)count;
    }
    size_t length = mbrtowc(character, &byte, 1, &state);
    if (length == (size_t)-2) continue;
    // A byte that is no text is dropped, as libedit does.
    if (length == (size_t)-1) {
      memset(&state, 0, sizeof state);
      continue;
    }
    return 1;
  }
}

/// Takes a bracketed paste whole: its line ends become part of the line instead of ending it.
static unsigned char paste(EditLine *line, int key) {
  (void)key;
  static const wchar_t end[] = L"\033[201~";
  const size_t end_length = sizeof end / sizeof end[0] - 1;
  size_t length = 0, room = 256;
  wchar_t *text = malloc(room * sizeof *text);
  wchar_t character;
  // el_getc would lose characters beyond ASCII.
  while (text != NULL && el_wgetc(line, &character) == 1) {
    if (length + 2 > room) {
      wchar_t *larger = realloc(text, (room *= 2) * sizeof *text);
      if (larger == NULL) break;
      text = larger;
    }
    text[length++] = character == L'\r' ? L'\n' : character;
    if (length >= end_length && wmemcmp(text + length - end_length, end, end_length) == 0) {
      length -= end_length;
      break;
    }
  }
  if (text == NULL) return CC_ERROR;
  while (length > 0 && text[length - 1] == L'\n') length--;
  text[length] = 0;
  int status = length > 0 ? el_winsertstr(line, text) : 0;
  free(text);
  return status == 0 ? CC_REFRESH : CC_ERROR;
}

etude_editor *etude_editor_open(const char *program, etude_completer completer, int wake) {
  struct etude_editor *editor = calloc(1, sizeof *editor);
  if (editor == NULL) return NULL;
  editor->completer = completer;
  editor->wake = wake;
  editor->prompt = "";
  editor->line = el_init(program, stdin, stdout, stderr);
  editor->history = history_init();
  if (editor->line == NULL || editor->history == NULL) {
    etude_editor_close(editor);
    return NULL;
  }
  const char *terminal = getenv("TERM");
  editor->takes_pastes =
      isatty(STDIN_FILENO) && terminal != NULL && *terminal != 0 && strcmp(terminal, "dumb") != 0;
  history(editor->history, &editor->event, H_SETSIZE, HISTORY_LENGTH);
  history(editor->history, &editor->event, H_SETUNIQUE, 1);
  el_set(editor->line, EL_CLIENTDATA, editor);
  el_wset(editor->line, EL_GETCFN, read_character);
  el_set(editor->line, EL_PROMPT_ESC, prompt, '\1');
  el_set(editor->line, EL_EDITOR, "emacs");
  // With EL_SIGNAL 1 libedit sends the signal again, to the whole process group.
  el_set(editor->line, EL_SIGNAL, 0);
  el_set(editor->line, EL_HIST, history, editor->history);
  el_set(editor->line, EL_ADDFN, "etude-complete", "Complete the name", complete);
  el_set(editor->line, EL_ADDFN, "etude-paste", "Insert a paste", paste);
  el_set(editor->line, EL_BIND, "\t", "etude-complete", NULL);
  el_set(editor->line, EL_BIND, "\033[200~", "etude-paste", NULL);
  el_set(editor->line, EL_BIND, "\033[1;5C", "em-next-word", NULL);
  el_set(editor->line, EL_BIND, "\033[1;5D", "ed-prev-word", NULL);
  el_set(editor->line, EL_BIND, "^R", "em-inc-search-prev", NULL);
  el_source(editor->line, NULL);
  return editor;
}

void etude_editor_close(etude_editor *editor) {
  if (editor == NULL) return;
  if (editor->history != NULL) history_end(editor->history);
  if (editor->line != NULL) el_end(editor->line);
  free(editor->text);
  free(editor);
}

static void announce_pastes(struct etude_editor *editor, int wanted) {
  if (!editor->takes_pastes) return;
  fputs(wanted ? "\033[?2004h" : "\033[?2004l", stdout);
  fflush(stdout);
}

void etude_editor_take_terminal(etude_editor *editor) { el_set(editor->line, EL_PREP_TERM, 1); }

int etude_editor_read(etude_editor *editor, const char *prompt, const char **line) {
  editor->prompt = prompt;
  el_resize(editor->line);
  announce_pastes(editor, 1);
  int count = 0;
  errno = 0;
  const char *text = el_gets(editor->line, &count);
  int error = errno;
  announce_pastes(editor, 0);
  if (text == NULL || count <= 0) {
    if (count == 0) return ETUDE_READ_END;
    const LineInfoW *info = el_wline(editor->line);
    int was_empty = info->lastchar == info->buffer;
    el_reset(editor->line);
    if (error != EINTR) return ETUDE_READ_FAILED;
    return was_empty ? ETUDE_READ_INTERRUPTED : ETUDE_READ_CLEARED;
  }
  free(editor->text);
  editor->text = strdup(text);
  if (editor->text == NULL) return ETUDE_READ_FAILED;
  size_t length = strlen(editor->text);
  if (length > 0 && editor->text[length - 1] == '\n') editor->text[length - 1] = 0;
  *line = editor->text;
  return ETUDE_READ_LINE;
}

void etude_editor_add_history(etude_editor *editor, const char *entry) {
  history(editor->history, &editor->event, H_ENTER, entry);
}

void etude_editor_clear_history(etude_editor *editor) {
  history(editor->history, &editor->event, H_CLEAR);
}
