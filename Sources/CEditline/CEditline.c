#include "CEditline.h"

#include <errno.h>
#include <histedit.h>
#include <langinfo.h>
#include <locale.h>
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

/// The text left of the cursor, in UTF-8.
static char *text_before_cursor(EditLine *line) {
  const LineInfoW *info = el_wline(line);
  size_t length = (size_t)(info->cursor - info->buffer);
  char *text = malloc(length * MB_CUR_MAX + 1);
  if (text == NULL) return NULL;
  size_t used = 0;
  mbstate_t state;
  memset(&state, 0, sizeof state);
  for (size_t i = 0; i < length; i++) {
    size_t bytes = wcrtomb(text + used, info->buffer[i], &state);
    if (bytes != (size_t)-1) used += bytes;
  }
  text[used] = 0;
  return text;
}

static unsigned char complete(EditLine *line, int key) {
  (void)key;
  struct etude_editor *editor = of(line);
  char *before = text_before_cursor(line);
  if (before == NULL) return CC_ERROR;
  char *insertion = NULL, *listing = NULL;
  editor->completer(before, &insertion, &listing);
  free(before);
  unsigned char answer = CC_ERROR;
  if (listing != NULL) {
    fputc('\n', stdout);
    fputs(listing, stdout);
    fputc('\n', stdout);
    fflush(stdout);
    answer = CC_REDISPLAY;
  }
  if (insertion != NULL && *insertion != 0 && el_insertstr(line, insertion) == 0)
    answer = listing != NULL ? CC_REDISPLAY : CC_REFRESH;
  free(insertion);
  free(listing);
  return answer;
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

etude_editor *etude_editor_open(const char *program, etude_completer completer) {
  struct etude_editor *editor = calloc(1, sizeof *editor);
  if (editor == NULL) return NULL;
  editor->completer = completer;
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

int etude_editor_load_history(etude_editor *editor, const char *path) {
  return history(editor->history, &editor->event, H_LOAD, path);
}

int etude_editor_save_history(etude_editor *editor, const char *path) {
  return history(editor->history, &editor->event, H_SAVE, path);
}

void etude_editor_add_history(etude_editor *editor, const char *entry) {
  history(editor->history, &editor->event, H_ENTER, entry);
}

int etude_editor_history_count(etude_editor *editor) {
  if (history(editor->history, &editor->event, H_GETSIZE) < 0) return 0;
  return editor->event.num;
}
