#pragma once
#include <stddef.h>

// Libraries that are opened on first use, never linked: what nobody asks for takes no time at start, and
// what is missing is told to whoever asked for it.
//
// A shim lists the functions it calls once, as `#define FUNCTIONS(F) F(first) F(second)`, and has from
// the list both the struct of their addresses and the names to look up:
//
//   static struct { FUNCTIONS(ETUDE_FIELD) } functions;
//   static const EtudeSymbol symbols[] = {FUNCTIONS(ETUDE_SYMBOL)};
//   static EtudeDynamicLibrary library = {ETUDE_SYMBOLS(symbols)};

#define ETUDE_FIELD(function) __typeof__(&function) function;
#define ETUDE_SYMBOL(function) {#function, (void **)&functions.function},
#define ETUDE_SYMBOLS(symbols) .symbols = symbols, .count = sizeof symbols / sizeof *symbols

typedef struct {
  const char *name;
  void **address;
} EtudeSymbol;

typedef struct {
  const EtudeSymbol *symbols;
  size_t count;
  /// Done before the library is loaded; null for nothing.
  void (*before)(void);
  /// Done once its functions are there; null for nothing. Returns null, or what is wrong.
  const char *(*after)(void);
  int isOpen;
} EtudeDynamicLibrary;

/// Opens the library and looks its functions up. Returns 0, or -1 and what is wrong, in the loader's
/// words. Later calls do nothing. Any thread may call it.
int etude_open(
    EtudeDynamicLibrary *library, const char *name, char *message, size_t messageSize);
