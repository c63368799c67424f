/* Flash in a file: erasing sets bits, programming clears them, and power or flash can fail in the middle of either. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include "native.h"

enum { RETAINED_BYTES = 4096, FILE_BYTES = EN_NATIVE_FLASH_BYTES + RETAINED_BYTES };

static uint8_t *flash;
static en_native_flaws flaws;
static long long operation; /* the next one's number */

static bool is_faulty(void) { return operation >= flaws.fault_at && operation - flaws.fault_at < flaws.faults; }

/* Bytes of the operation that are done. */
static size_t begin(size_t count) {
  if (is_faulty()) return count / 2;
  return operation == flaws.cut_after && flaws.tear < (long long)count ? (size_t)flaws.tear : count;
}

/* Ends the process as a power cut does, in the operation where it is due. The system keeps what is written to the map. */
static void end(void) {
  if (operation++ == flaws.cut_after) _exit(9);
}

static bool erase(size_t offset) {
  if (offset % EN_NATIVE_ERASE_BYTES != 0 || offset >= EN_NATIVE_FLASH_BYTES) return false;
  memset(flash + offset, 0xFF, begin(EN_NATIVE_ERASE_BYTES));
  end();
  return true;
}

static bool program(size_t offset, const uint8_t *bytes, size_t count) {
  if (offset % EN_NATIVE_WRITE_BYTES != 0 || count % EN_NATIVE_WRITE_BYTES != 0) return false;
  if (offset > EN_NATIVE_FLASH_BYTES || count > EN_NATIVE_FLASH_BYTES - offset) return false;
  const size_t done = begin(count);
  for (size_t i = 0; i < done; i++) flash[offset + i] &= bytes[i];
  end();
  return true;
}

/* The file holds the flash, then what a reset keeps. A new one is filled with erased flash; what is no flash stays as it is. */
static uint8_t *map_file(const char *path) {
  int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) en_native_fail("cannot open the flash file %s: %s", path, strerror(errno));
  if (flock(file, LOCK_EX | LOCK_NB) != 0) en_native_fail("the flash file %s is in use by another board", path);
  off_t end = lseek(file, 0, SEEK_END);
  if (end > 0 && end != FILE_BYTES) {
    en_native_fail("%s is no flash file of this board: %lld bytes, not %d", path, (long long)end, FILE_BYTES);
  }
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

void en_native_flash_open(en_board *board, const char *path, en_native_flaws wanted) {
  flash = path ? map_file(path) : map_memory();
  flaws = wanted;
  board->flash = flash;
  board->flash_bytes = EN_NATIVE_FLASH_BYTES;
  board->erase_bytes = EN_NATIVE_ERASE_BYTES;
  board->write_bytes = EN_NATIVE_WRITE_BYTES;
  board->erase = erase;
  board->program = program;
  board->retained = (uint32_t *)(void *)(flash + EN_NATIVE_FLASH_BYTES);
}
