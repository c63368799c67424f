/* Flash in a file: erasing sets bits, programming clears them, and the power can fail in the middle of either. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include "native.h"

enum { RETAINED_BYTES = 4096, FILE_BYTES = EN_NATIVE_FLASH_BYTES + RETAINED_BYTES };

static uint8_t *flash;
static long operations_left, torn_bytes;

/* Ends the process as a power cut does, in the operation where it is due, after `done` has been given its bytes. */
static bool power_fails(void) { return operations_left == 0; }

static _Noreturn void cut(void) {
  (void)msync(flash, FILE_BYTES, MS_SYNC);
  _exit(9);
}

static bool erase(size_t offset) {
  if (offset % EN_NATIVE_ERASE_BYTES != 0 || offset >= EN_NATIVE_FLASH_BYTES) return false;
  size_t bytes = EN_NATIVE_ERASE_BYTES;
  bool fails = power_fails();
  if (fails && (size_t)torn_bytes < bytes) bytes = (size_t)torn_bytes;
  memset(flash + offset, 0xFF, bytes);
  if (fails) cut();
  if (operations_left > 0) operations_left--;
  return true;
}

static bool program(size_t offset, const uint8_t *bytes, size_t count) {
  if (offset % EN_NATIVE_WRITE_BYTES != 0 || count % EN_NATIVE_WRITE_BYTES != 0) return false;
  if (offset > EN_NATIVE_FLASH_BYTES || count > EN_NATIVE_FLASH_BYTES - offset) return false;
  bool fails = power_fails();
  if (fails && (size_t)torn_bytes < count) count = (size_t)torn_bytes;
  for (size_t i = 0; i < count; i++) flash[offset + i] &= bytes[i];
  if (fails) cut();
  if (operations_left > 0) operations_left--;
  return true;
}

/* The file holds the flash, then what a reset keeps. A new or short one is filled up with erased flash. */
static uint8_t *map_file(const char *path) {
  int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) en_native_fail("cannot open the flash file %s: %s", path, strerror(errno));
  if (flock(file, LOCK_EX | LOCK_NB) != 0) en_native_fail("the flash file %s is in use by another board", path);
  off_t end = lseek(file, 0, SEEK_END);
  uint8_t erased[4096];
  memset(erased, 0xFF, sizeof erased);
  while (end >= 0 && end < FILE_BYTES) {
    size_t part = (size_t)(FILE_BYTES - end) < sizeof erased ? (size_t)(FILE_BYTES - end) : sizeof erased;
    ssize_t written = write(file, erased, part);
    if (written <= 0) en_native_fail("cannot write the flash file %s: %s", path, strerror(errno));
    end += written;
  }
  void *map = mmap(NULL, FILE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (map == MAP_FAILED) en_native_fail("cannot map the flash file %s: %s", path, strerror(errno));
  return map; /* the file stays open, and so locked, until the process ends */
}

static uint8_t *map_memory(void) {
  void *map = mmap(NULL, FILE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
  if (map == MAP_FAILED) en_native_fail("no memory for the flash");
  memset(map, 0xFF, FILE_BYTES);
  return map;
}

void en_native_flash_open(en_board *board, const char *path, long cut_after, long tear) {
  flash = path ? map_file(path) : map_memory();
  operations_left = cut_after;
  torn_bytes = tear;
  board->flash = flash;
  board->flash_bytes = EN_NATIVE_FLASH_BYTES;
  board->erase_bytes = EN_NATIVE_ERASE_BYTES;
  board->write_bytes = EN_NATIVE_WRITE_BYTES;
  board->erase = erase;
  board->program = program;
  board->retained = (uint32_t *)(void *)(flash + EN_NATIVE_FLASH_BYTES);
}
