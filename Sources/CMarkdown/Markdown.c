#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

#include "CMarkdown.h"

#define FUNCTIONS(DO) \
  DO(cmark_gfm_core_extensions_ensure_registered) \
  DO(cmark_find_syntax_extension) \
  DO(cmark_parser_new) \
  DO(cmark_parser_free) \
  DO(cmark_parser_attach_syntax_extension) \
  DO(cmark_parser_feed) \
  DO(cmark_parser_finish) \
  DO(cmark_parser_get_syntax_extensions) \
  DO(cmark_render_html) \
  DO(cmark_node_free)

#define DECLARE(name) __typeof__(&name) name##_;
static struct {
  FUNCTIONS(DECLARE)
} library;
static int isOpen;
// cmark keeps its list of extensions in a global.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int openOnce(char *message, size_t size) {
  if (isOpen) return 0;
  // The extensions bring the library itself along.
  void *handle = dlopen("libcmark-gfm-extensions.so.0.29.0.gfm.6", RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    snprintf(message, size, "%s", dlerror());
    return -1;
  }
#define LOOK_UP(name) \
  library.name##_ = (__typeof__(&name))dlsym(handle, #name); \
  if (!library.name##_) { \
    snprintf(message, size, "it has no " #name); \
    return -1; \
  }
  FUNCTIONS(LOOK_UP)
  library.cmark_gfm_core_extensions_ensure_registered_();
  isOpen = 1;
  return 0;
}

int etude_markdown_open(char *message, size_t size) {
  pthread_mutex_lock(&lock);
  int status = openOnce(message, size);
  pthread_mutex_unlock(&lock);
  return status;
}

char *etude_markdown_html(const char *text, size_t length) {
  static const char *const extensions[] = {"table", "strikethrough", "autolink"};
  pthread_mutex_lock(&lock);
  cmark_parser *parser = library.cmark_parser_new_(CMARK_OPT_DEFAULT);
  for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
    cmark_syntax_extension *extension = library.cmark_find_syntax_extension_(extensions[i]);
    if (extension) library.cmark_parser_attach_syntax_extension_(parser, extension);
  }
  library.cmark_parser_feed_(parser, text, length);
  cmark_node *document = library.cmark_parser_finish_(parser);
  char *html = library.cmark_render_html_(
      document, CMARK_OPT_DEFAULT, library.cmark_parser_get_syntax_extensions_(parser));
  library.cmark_node_free_(document);
  library.cmark_parser_free_(parser);
  pthread_mutex_unlock(&lock);
  return html;
}
