#include "CDynamicLibrary.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

static int fail(char *message, size_t size, const char *text, const char *name) {
  snprintf(message, size, "%s%s", text, name);
  return -1;
}

static int openOnce(EtudeDynamicLibrary *library, const char *name, char *message, size_t size) {
  if (library->isOpen) return 0;
  if (library->before) library->before();
  void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (!handle) return fail(message, size, dlerror(), "");
  for (size_t i = 0; i < library->count; i++) {
    const EtudeSymbol *symbol = library->symbols + i;
    *symbol->address = dlsym(handle, symbol->name);
    if (!*symbol->address) return fail(message, size, "it has no ", symbol->name);
  }
  const char *wrong = library->after ? library->after() : NULL;
  if (wrong) return fail(message, size, wrong, "");
  library->isOpen = 1;
  return 0;
}

int etude_open(EtudeDynamicLibrary *library, const char *name, char *message, size_t size) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&lock);
  int status = openOnce(library, name, message, size);
  pthread_mutex_unlock(&lock);
  return status;
}
