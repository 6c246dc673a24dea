#include "CMarkdown.h"

#include <CDynamicLibrary.h>
#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <pthread.h>

#define FUNCTIONS(F) \
  F(cmark_gfm_core_extensions_ensure_registered) \
  F(cmark_find_syntax_extension) \
  F(cmark_parser_new) \
  F(cmark_parser_free) \
  F(cmark_parser_attach_syntax_extension) \
  F(cmark_parser_feed) \
  F(cmark_parser_finish) \
  F(cmark_parser_get_syntax_extensions) \
  F(cmark_render_html) \
  F(cmark_node_free)

static struct { FUNCTIONS(ETUDE_FIELD) } functions;
static const EtudeSymbol symbols[] = {FUNCTIONS(ETUDE_SYMBOL)};

static const char *prepare(void) {
  functions.cmark_gfm_core_extensions_ensure_registered();
  return NULL;
}

static EtudeDynamicLibrary library = {ETUDE_SYMBOLS(symbols), .after = prepare};

int etude_markdown_open(char *message, size_t size) {
  // The extensions bring the library itself along.
  return etude_open(&library, "libcmark-gfm-extensions.so.0.29.0.gfm.6", message, size);
}

char *etude_markdown_html(const char *text, size_t length) {
  static const char *const extensions[] = {"table", "strikethrough", "autolink"};
  // cmark keeps its list of extensions in a global.
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&lock);
  cmark_parser *parser = functions.cmark_parser_new(CMARK_OPT_DEFAULT);
  for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
    cmark_syntax_extension *extension = functions.cmark_find_syntax_extension(extensions[i]);
    if (extension) functions.cmark_parser_attach_syntax_extension(parser, extension);
  }
  functions.cmark_parser_feed(parser, text, length);
  cmark_node *document = functions.cmark_parser_finish(parser);
  char *html = functions.cmark_render_html(
      document, CMARK_OPT_DEFAULT, functions.cmark_parser_get_syntax_extensions(parser));
  functions.cmark_node_free(document);
  functions.cmark_parser_free(parser);
  pthread_mutex_unlock(&lock);
  return html;
}
