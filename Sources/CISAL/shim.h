#include <isa-l/igzip_lib.h>
#include <stdint.h>
#include <stdlib.h>

/// A stretch of a raw deflate stream at ISA-L's level 1, `count` < 2^32 bytes. It ends on a byte, after
/// an empty stored block, or ends the stream. Returns the bytes written to `out`, 0 when there is no
/// memory or `room` is too small: `count + count / 8 + 4096` is enough for any content.
///
/// Here because the stream's state is 80 KiB of arrays, which Swift cannot import.
static inline size_t isal_deflate_stretch(
    const void *bytes, size_t count, int is_last, void *out, size_t room) {
  struct isal_zstream *stream = malloc(sizeof *stream);
  uint8_t *tables = malloc(ISAL_DEF_LVL1_DEFAULT);
  size_t made = 0;
  if (stream != NULL && tables != NULL) {
    isal_deflate_init(stream);
    stream->level = 1;
    stream->level_buf = tables;
    stream->level_buf_size = ISAL_DEF_LVL1_DEFAULT;
    stream->flush = is_last ? NO_FLUSH : SYNC_FLUSH;
    stream->end_of_stream = is_last != 0;
    stream->next_in = (uint8_t *)bytes;
    stream->avail_in = (uint32_t)count;
    stream->next_out = out;
    stream->avail_out = (uint32_t)room;
    if (isal_deflate(stream) == COMP_OK && stream->avail_in == 0 && stream->avail_out > 0)
      made = room - stream->avail_out;
  }
  free(tables);
  free(stream);
  return made;
}
