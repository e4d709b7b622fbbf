/*
 * How long native decoders take to inflate zlib streams, the best of 30 turns: what the WebAssembly kernel is
 * compared with in docs/performance.md.
 *
 *   apt-get install gcc libdeflate-dev libisal-dev zlib1g-dev
 *   cc -O2 bench/native/inflate.c -o /tmp/inflate -ldeflate -lisal -lz
 *   node bench/dist/contenders/inflate-streams.js /tmp/streams A.png B.png   # the kernel, and the streams
 *   /tmp/inflate /tmp/streams/*
 */
#include <isa-l.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

enum { TURNS = 30, ZLIB_HEAD = 2, ZLIB_TAIL = 4 };
static const size_t most_bytes = 256u << 20;

static double now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static unsigned char *read_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    perror(path);
    exit(1);
  }
  fseek(file, 0, SEEK_END);
  *size = (size_t)ftell(file);
  rewind(file);
  unsigned char *bytes = malloc(*size);
  if (fread(bytes, 1, *size, file) != *size) exit(1);
  fclose(file);
  return bytes;
}

static int with_libdeflate(const unsigned char *in, size_t size, unsigned char *out, size_t *made) {
  static struct libdeflate_decompressor *decompressor;
  if (decompressor == NULL) decompressor = libdeflate_alloc_decompressor();
  const size_t packed = size - ZLIB_HEAD - ZLIB_TAIL;
  return libdeflate_deflate_decompress(decompressor, in + ZLIB_HEAD, packed, out, most_bytes, made);
}

static int with_isal(const unsigned char *in, size_t size, unsigned char *out, size_t *made) {
  static struct inflate_state state;
  isal_inflate_init(&state);
  state.next_in = (unsigned char *)in + ZLIB_HEAD;
  state.avail_in = size - ZLIB_HEAD - ZLIB_TAIL;
  state.next_out = out;
  state.avail_out = most_bytes;
  const int failed = isal_inflate(&state);
  *made = state.total_out;
  return failed;
}

static int with_zlib(const unsigned char *in, size_t size, unsigned char *out, size_t *made) {
  uLongf length = most_bytes;
  const int failed = uncompress(out, &length, in, size);
  *made = length;
  return failed;
}

static double best_ms(int (*inflate_with)(const unsigned char *, size_t, unsigned char *, size_t *),
                      const unsigned char *in, size_t size, unsigned char *out, size_t *made) {
  double best = 1e9;
  for (int turn = 0; turn < TURNS; turn++) {
    const double started = now_ms();
    if (inflate_with(in, size, out, made) != 0) {
      fprintf(stderr, "cannot be inflated\n");
      exit(1);
    }
    const double took = now_ms() - started;
    if (took < best) best = took;
  }
  return best;
}

int main(int count, char **paths) {
  unsigned char *out = malloc(most_bytes);
  memset(out, 1, most_bytes);
  for (int index = 1; index < count; index++) {
    size_t size = 0, made = 0;
    unsigned char *in = read_file(paths[index], &size);
    const double isal = best_ms(with_isal, in, size, out, &made);
    const double libdeflate = best_ms(with_libdeflate, in, size, out, &made);
    const double zlib = best_ms(with_zlib, in, size, out, &made);
    printf("%s: %zu of %zu bytes; ISA-L %.1f ms, libdeflate %.1f ms, zlib %.1f ms\n", paths[index],
           size, made, isal, libdeflate, zlib);
    free(in);
  }
  return 0;
}
