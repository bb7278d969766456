/*
 * Loaded into a daemon with LD_PRELOAD, to make its disk fail or to write down what
 * it does to its disk.
 *
 *   BEAM_SHIM_MATCH   only files whose path contains this fail
 *   BEAM_SHIM_MODE    a file read before each call: "fsync 5" fails fsync with errno 5,
 *                     "write 28" writes, "all 5" both; empty: nothing fails
 *   BEAM_SHIM_ROOT    what happens below this directory is recorded …
 *   BEAM_SHIM_RECORD  … in this file, one record after the other:
 *                     op (1), length of path (4), path, offset (8), length of data (8), data; little-endian
 *                     W write, T truncate, S sync of a file, D of a directory, C create, U unlink,
 *                     R rename, L link (data: the new path)
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *match, *mode_file, *root, *record;
static int trace = -1;

static void *real (const char *name) { return dlsym(RTLD_NEXT, name); }

__attribute__((constructor)) static void begin (void) {
  match = getenv("BEAM_SHIM_MATCH");
  mode_file = getenv("BEAM_SHIM_MODE");
  root = getenv("BEAM_SHIM_ROOT");
  record = getenv("BEAM_SHIM_RECORD");
  if (record != NULL && root != NULL) trace = (int)syscall(SYS_openat, AT_FDCWD, record, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int path_of (int fd, char *path, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, size - 1);
  if (n <= 0) return 0;
  path[n] = 0;
  return path[0] == '/';
}

/* errno with which this kind of call on this file must fail, or 0 */
static int fault (const char *kind, int fd) {
  if (mode_file == NULL || match == NULL) return 0;
  char path[4096], text[64] = "", name[16] = "";
  int code = 0;
  if (!path_of(fd, path, sizeof path) || strstr(path, match) == NULL) return 0;
  int file = (int)syscall(SYS_openat, AT_FDCWD, mode_file, O_RDONLY | O_CLOEXEC, 0);
  if (file < 0) return 0;
  ssize_t n = syscall(SYS_read, file, text, sizeof text - 1);
  syscall(SYS_close, file);
  if (n <= 0 || sscanf(text, "%15s %d", name, &code) != 2) return 0;
  return strcmp(name, kind) == 0 || strcmp(name, "all") == 0 ? code : 0;
}

static int recorded (const char *path) {
  return trace >= 0 && root != NULL && strncmp(path, root, strlen(root)) == 0 && strstr(path, " (deleted)") == NULL;
}

static void put (const void *data, size_t size) {
  const char *at = data;
  while (size > 0) {
    ssize_t n = syscall(SYS_write, trace, at, size);
    if (n <= 0) abort();
    at += n;
    size -= (size_t)n;
  }
}

static void note (char op, const char *path, uint64_t offset, const void *data, uint64_t size) {
  uint32_t length = (uint32_t)strlen(path);
  pthread_mutex_lock(&lock);
  put(&op, 1); put(&length, 4); put(path, length); put(&offset, 8); put(&size, 8);
  if (size > 0) put(data, size);
  pthread_mutex_unlock(&lock);
}

/* before the bytes go: whatever may be on disk is in the record */
static void note_write (int fd, const void *data, size_t size, off_t offset) {
  char path[4096];
  if (trace < 0 || !path_of(fd, path, sizeof path) || !recorded(path)) return;
  if (offset < 0) {
    struct stat facts;
    int flags = fcntl(fd, F_GETFL);
    if ((flags & O_APPEND) != 0 && fstat(fd, &facts) == 0) offset = facts.st_size;
    else offset = lseek(fd, 0, SEEK_CUR);
  }
  note('W', path, (uint64_t)offset, data, size);
}

#define FAIL(kind, fd) do { int code = fault(kind, fd); if (code != 0) { errno = code; return -1; } } while (0)

ssize_t write (int fd, const void *data, size_t size) {
  static ssize_t (*next)(int, const void *, size_t);
  if (next == NULL) next = real("write");
  FAIL("write", fd);
  note_write(fd, data, size, -1);
  return next(fd, data, size);
}

ssize_t pwrite64 (int fd, const void *data, size_t size, off64_t offset) {
  static ssize_t (*next)(int, const void *, size_t, off64_t);
  if (next == NULL) next = real("pwrite64");
  FAIL("write", fd);
  note_write(fd, data, size, offset);
  return next(fd, data, size, offset);
}
ssize_t pwrite (int fd, const void *data, size_t size, off_t offset) { return pwrite64(fd, data, size, offset); }

static void note_vector (int fd, const struct iovec *parts, int count, off_t offset) {
  char path[4096];
  if (trace < 0 || !path_of(fd, path, sizeof path) || !recorded(path)) return;
  if (offset < 0) {
    struct stat facts;
    if ((fcntl(fd, F_GETFL) & O_APPEND) != 0 && fstat(fd, &facts) == 0) offset = facts.st_size;
    else offset = lseek(fd, 0, SEEK_CUR);
  }
  for (int i = 0; i < count; i++) {
    note('W', path, (uint64_t)offset, parts[i].iov_base, parts[i].iov_len);
    offset += (off_t)parts[i].iov_len;
  }
}
ssize_t writev (int fd, const struct iovec *parts, int count) {
  static ssize_t (*next)(int, const struct iovec *, int);
  if (next == NULL) next = real("writev");
  FAIL("write", fd);
  note_vector(fd, parts, count, -1);
  return next(fd, parts, count);
}
ssize_t pwritev64 (int fd, const struct iovec *parts, int count, off64_t offset) {
  static ssize_t (*next)(int, const struct iovec *, int, off64_t);
  if (next == NULL) next = real("pwritev64");
  FAIL("write", fd);
  note_vector(fd, parts, count, offset);
  return next(fd, parts, count, offset);
}
ssize_t pwritev (int fd, const struct iovec *parts, int count, off_t offset) { return pwritev64(fd, parts, count, offset); }

int ftruncate64 (int fd, off64_t size) {
  static int (*next)(int, off64_t);
  char path[4096];
  if (next == NULL) next = real("ftruncate64");
  FAIL("write", fd);
  if (trace >= 0 && path_of(fd, path, sizeof path) && recorded(path)) note('T', path, (uint64_t)size, NULL, 0);
  return next(fd, size);
}
int ftruncate (int fd, off_t size) { return ftruncate64(fd, size); }

/* after it worked: only then is it true */
static int synced (int fd, int outcome) {
  char path[4096];
  struct stat facts;
  if (outcome == 0 && trace >= 0 && path_of(fd, path, sizeof path) && recorded(path) && fstat(fd, &facts) == 0) {
    note(S_ISDIR(facts.st_mode) ? 'D' : 'S', path, 0, NULL, 0);
  }
  return outcome;
}
int fsync (int fd) {
  static int (*next)(int);
  if (next == NULL) next = real("fsync");
  FAIL("fsync", fd);
  return synced(fd, next(fd));
}
int fdatasync (int fd) {
  static int (*next)(int);
  if (next == NULL) next = real("fdatasync");
  FAIL("fsync", fd);
  return synced(fd, next(fd));
}

static int opened (const char *path, int flags, int fresh, int fd) {
  char full[4096];
  if (fd >= 0 && trace >= 0 && path_of(fd, full, sizeof full) && recorded(full)) {
    if (fresh) note('C', full, 0, NULL, 0);
    else if ((flags & O_TRUNC) != 0) note('T', full, 0, NULL, 0);
  }
  (void)path;
  return fd;
}
static int open_any (const char *path, int flags, mode_t mode) {
  struct stat facts;
  int fresh = (flags & O_CREAT) != 0 && trace >= 0 && stat(path, &facts) != 0;
  return opened(path, flags, fresh, (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_LARGEFILE, mode));
}
int open (const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  return open_any(path, flags, mode);
}
int open64 (const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  return open_any(path, flags, mode);
}

int unlink (const char *path) {
  static int (*next)(const char *);
  if (next == NULL) next = real("unlink");
  int outcome = next(path);
  if (outcome == 0 && recorded(path)) note('U', path, 0, NULL, 0);
  return outcome;
}
int rename (const char *from, const char *to) {
  static int (*next)(const char *, const char *);
  if (next == NULL) next = real("rename");
  int outcome = next(from, to);
  if (outcome == 0 && recorded(from)) note('R', from, 0, to, strlen(to));
  return outcome;
}
int link (const char *from, const char *to) {
  static int (*next)(const char *, const char *);
  if (next == NULL) next = real("link");
  int outcome = next(from, to);
  if (outcome == 0 && recorded(from)) note('L', from, 0, to, strlen(to));
  return outcome;
}
