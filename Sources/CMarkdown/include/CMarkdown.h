#pragma once
#include <stddef.h>

// Markdown as GitHub writes it, by cmark-gfm. The library is opened on first use, never linked.

/// Opens the library. Returns 0, or -1 and the loader's words. Later calls do nothing.
int etude_markdown_open(char *message, size_t messageSize);

/// UTF-8 Markdown as HTML, with tables, struck-out text and bare links; HTML inside it is left out.
/// The caller frees what it gets. The library must be open.
char *etude_markdown_html(const char *text, size_t length);
