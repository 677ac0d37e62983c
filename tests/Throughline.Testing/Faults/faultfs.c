/* A disk that fails on demand: preloaded into a process (LD_PRELOAD), it counts what the process does to files below one
 * folder (write, pwrite, fsync, fdatasync, ftruncate, posix_fallocate, rename, unlink) and interferes at the n-th such operation.
 *
 *   fail     the operation fails; optionally all later ones too
 *   freeze   from it on nothing reaches the files, but all seems to succeed: they stay as after a kill at that moment
 *   lose     as freeze, and what was not flushed before is taken back, all or a random part: as after a loss of power
 *   kill     the process is killed before it
 *
 * A failed flush is taken at its worst: the kernel keeps the data readable, calls it clean and never writes it; later
 * flushes succeed without it ("lost" below).
 *
 * Controlled by the functions at the end, or by environment: FAULTFS_FOLDER, FAULTFS_MODE (fail, freeze, lose, kill),
 * FAULTFS_N, FAULTFS_ERRNO (a number, default EIO), FAULTFS_FOREVER=1. FAULTFS_TRACE=1 prints each operation. FAULTFS_ONLY=reserve
 * counts operations of that name (as the trace prints it) alone.
 * Not modelled: creation and deletion of files are durable at once; memory-mapped writes (SQLite's -shm) are not seen.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OFF = 0, FAIL = 1, FREEZE = 2, LOSE = 3, KILL = 4 };
enum { PAGE = 4096 };

/* A piece of a write that is not flushed yet, at most one page; or a truncation (page == -1). */
typedef struct change {
  struct change *older, *newer;
  ino_t inode;
  int fd; /* ours, to take it back */
  int lost; /* a flush of it failed: no later one makes it durable */
  off_t page, offset, old_size;
  size_t old_length, length;
  char *old_bytes, *bytes;
} change;

typedef struct move {
  struct move *older;
  char from[PATH_MAX], to[PATH_MAX], backup[PATH_MAX];
  int had_target;
} move;

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static char folder[PATH_MAX];
static size_t folder_length;
static int trace, mode, fault_errno = EIO, forever, fired, track;
static long target, count;
static unsigned seed;
static const char *only;
static change *oldest, *newest;
static move *moves;

/* The folder itself counts too: flushing it makes names durable. */
static int is_watched(const char *path) {
  if (!folder_length || strncmp(path, folder, folder_length - 1)) return 0;
  return path[folder_length - 1] == 0 || path[folder_length - 1] == '/';
}

static int is_shared_memory(const char *path) {
  size_t length = strlen(path);
  return length > 4 && !strcmp(path + length - 4, "-shm");
}

static int path_of(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return 1;
}

static unsigned chance(void) { return (seed = seed * 1103515245u + 12345u) >> 16 & 1; }

static void forget(change *c) {
  if (c->older) c->older->newer = c->newer; else oldest = c->newer;
  if (c->newer) c->newer->older = c->older; else newest = c->older;
  syscall(SYS_close, c->fd);
  free(c->old_bytes);
  free(c->bytes);
  free(c);
}

static change *note(int fd, off_t page, off_t offset, const char *bytes, size_t length) {
  struct stat s;
  char link[64];
  if (fstat(fd, &s) || !S_ISREG(s.st_mode)) return NULL;
  change *c = calloc(1, sizeof *c);
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  c->fd = (int)syscall(SYS_openat, AT_FDCWD, link, O_RDWR | O_CLOEXEC, 0);
  c->inode = s.st_ino;
  c->page = page;
  c->offset = offset;
  c->old_size = s.st_size;
  c->old_length = offset >= s.st_size ? 0 : (size_t)(s.st_size - offset);
  if (page >= 0 && c->old_length > length) c->old_length = length;
  c->old_bytes = malloc(c->old_length + 1);
  if (pread(c->fd, c->old_bytes, c->old_length, offset) != (ssize_t)c->old_length) abort();
  c->length = length;
  c->bytes = malloc(length + 1);
  if (bytes) memcpy(c->bytes, bytes, length);
  c->older = newest;
  if (newest) newest->newer = c; else oldest = c;
  newest = c;
  return c;
}

static void note_write(int fd, const char *bytes, size_t length, off_t offset) {
  while (track && length > 0) {
    size_t take = PAGE - (size_t)(offset % PAGE);
    if (take > length) take = length;
    /* Sizes are those before the whole write: the pieces are taken back newest first. */
    if (!note(fd, offset / PAGE, offset, bytes, take)) return;
    bytes += take;
    offset += (off_t)take;
    length -= take;
  }
}

/* A flush that succeeds makes the pages that were changed since durable, with all that is in them. */
static void flushed(int fd) {
  struct stat s;
  if (fstat(fd, &s)) return;
  if (S_ISDIR(s.st_mode)) {
    while (moves) {
      move *m = moves;
      if (m->had_target) syscall(SYS_unlink, m->backup);
      moves = m->older;
      free(m);
    }
    return;
  }
  for (change *c = newest, *older; c; c = older) {
    older = c->older;
    if (c->inode != s.st_ino || c->lost) continue;
    for (change *l = oldest, *newer; l; l = newer) {
      newer = l->newer;
      if (l != c && l->inode == c->inode && l->lost && (l->page == c->page || (c->page < 0 && l->offset >= c->offset))) {
        if (l == older) older = l->older;
        forget(l);
      }
    }
    older = c->older;
    forget(c);
  }
}

static void flush_failed(int fd) {
  struct stat s;
  if (fstat(fd, &s)) return;
  for (change *c = oldest; c; c = c->newer)
    if (c->inode == s.st_ino) c->lost = 1;
}

static void gone(const char *path) {
  struct stat s;
  if (stat(path, &s)) return;
  for (change *c = oldest, *newer; c; c = newer) {
    newer = c->newer;
    if (c->inode == s.st_ino) forget(c);
  }
}

/* Takes back what is not durable; then does again, in order, those pieces that chance let reach the disk. */
static void lose_power(int all) {
  for (change *c = newest; c; c = c->older) {
    if (syscall(SYS_pwrite64, c->fd, c->old_bytes, c->old_length, c->offset) < 0) abort();
    if (syscall(SYS_ftruncate, c->fd, c->old_size)) abort();
  }
  for (change *c = oldest; c; c = c->newer) {
    if (all || c->lost || chance()) continue;
    if (c->page < 0) {
      if (syscall(SYS_ftruncate, c->fd, c->offset)) abort();
    } else if (syscall(SYS_pwrite64, c->fd, c->bytes, c->length, c->offset) < 0) abort();
  }
  while (oldest) forget(oldest);
  for (int keep = 0; moves;) {
    move *m = moves;
    keep = keep || (!all && chance()); /* renames of a folder become durable in order */
    if (!keep) {
      syscall(SYS_rename, m->to, m->from);
      if (m->had_target) syscall(SYS_rename, m->backup, m->to);
    } else if (m->had_target) syscall(SYS_unlink, m->backup);
    moves = m->older;
    free(m);
  }
}

enum verdict { GO, REFUSE, PRETEND };

/* Decides what happens to one operation. Called with the gate held. */
static enum verdict judge(const char *what, const char *path) {
  if (mode == OFF || (only && strcmp(only, what))) return GO;
  count++;
  if (trace) dprintf(2, "faultfs: %ld %s %s\n", count, what, path);
  if (mode == FAIL) {
    if (count == target) fired = 1;
    return count == target || (forever && count > target) ? REFUSE : GO;
  }
  if (count == target) {
    if (mode == KILL) kill(getpid(), SIGKILL);
    fired = 1;
    if (mode == LOSE) lose_power(seed % 2 == 0);
    track = 0;
  }
  return fired ? PRETEND : GO;
}

/* GO for files that are not ours; -shm is only ever refused: it is mapped, and no disk matters to it. */
static enum verdict judge_fd(int fd, const char *what) {
  char path[PATH_MAX];
  if (!folder_length || !path_of(fd, path) || !is_watched(path)) return GO;
  if (is_shared_memory(path) && mode != FAIL) return GO;
  return judge(what, path);
}

static int tracked_fd(int fd) {
  char path[PATH_MAX];
  return track && path_of(fd, path) && is_watched(path) && !is_shared_memory(path);
}

static ssize_t do_pwrite(int fd, const void *bytes, size_t length, off_t offset) {
  pthread_mutex_lock(&gate);
  enum verdict v = judge_fd(fd, "write");
  ssize_t result;
  if (v == REFUSE) { errno = fault_errno; result = -1; }
  else if (v == PRETEND) result = (ssize_t)length;
  else {
    if (tracked_fd(fd)) note_write(fd, bytes, length, offset);
    result = syscall(SYS_pwrite64, fd, bytes, length, offset);
  }
  int e = errno;
  pthread_mutex_unlock(&gate);
  errno = e;
  return result;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) { return do_pwrite(fd, bytes, length, offset); }
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) { return do_pwrite(fd, bytes, length, offset); }

ssize_t write(int fd, const void *bytes, size_t length) {
  if (!folder_length) return syscall(SYS_write, fd, bytes, length);
  pthread_mutex_lock(&gate);
  enum verdict v = judge_fd(fd, "write");
  ssize_t result;
  if (v == REFUSE) { errno = fault_errno; result = -1; }
  else if (v == PRETEND) result = (ssize_t)length;
  else {
    if (tracked_fd(fd)) {
      off_t at = fcntl(fd, F_GETFL) & O_APPEND ? lseek(fd, 0, SEEK_END) : lseek(fd, 0, SEEK_CUR);
      note_write(fd, bytes, length, at);
    }
    result = syscall(SYS_write, fd, bytes, length);
  }
  int e = errno;
  pthread_mutex_unlock(&gate);
  errno = e;
  return result;
}

static ssize_t do_pwritev(int fd, const struct iovec *parts, int parts_count, off_t offset) {
  ssize_t total = 0;
  for (int i = 0; i < parts_count; i++) {
    ssize_t done = do_pwrite(fd, parts[i].iov_base, parts[i].iov_len, offset + total);
    if (done < 0) return total ? total : done;
    total += done;
    if ((size_t)done < parts[i].iov_len) break;
  }
  return total;
}

ssize_t pwritev(int fd, const struct iovec *parts, int n, off_t offset) { return do_pwritev(fd, parts, n, offset); }
ssize_t pwritev64(int fd, const struct iovec *parts, int n, off64_t offset) { return do_pwritev(fd, parts, n, offset); }

static int do_flush(int fd, long call) {
  pthread_mutex_lock(&gate);
  enum verdict v = judge_fd(fd, "flush");
  int result = 0;
  if (v == REFUSE) { flush_failed(fd); errno = fault_errno; result = -1; }
  else if (v == GO) {
    result = (int)syscall(call, fd);
    if (result == 0 && tracked_fd(fd)) flushed(fd);
  }
  int e = errno;
  pthread_mutex_unlock(&gate);
  errno = e;
  return result;
}

int fsync(int fd) { return do_flush(fd, SYS_fsync); }
int fdatasync(int fd) { return do_flush(fd, SYS_fdatasync); }

static int do_truncate(int fd, off_t length) {
  pthread_mutex_lock(&gate);
  enum verdict v = judge_fd(fd, "truncate");
  int result = 0;
  if (v == REFUSE) { errno = fault_errno; result = -1; }
  else if (v == GO) {
    if (tracked_fd(fd)) note(fd, -1, length, NULL, 0);
    result = (int)syscall(SYS_ftruncate, fd, length);
  }
  int e = errno;
  pthread_mutex_unlock(&gate);
  errno = e;
  return result;
}

int ftruncate(int fd, off_t length) { return do_truncate(fd, length); }
int ftruncate64(int fd, off64_t length) { return do_truncate(fd, length); }

/* What a file may hold later: nothing to take back. */
int posix_fallocate(int fd, off_t offset, off_t length) {
  char path[PATH_MAX];
  int is_ours = path_of(fd, path) && is_watched(path);
  if (is_ours) {
    pthread_mutex_lock(&gate);
    enum verdict v = judge("reserve", path);
    int refused = fault_errno;
    pthread_mutex_unlock(&gate);
    if (v == REFUSE) return refused;
  }
  return syscall(SYS_fallocate, fd, 0, offset, length) ? errno : 0;
}

int rename(const char *from, const char *to) {
  if (!is_watched(to)) return (int)syscall(SYS_rename, from, to);
  pthread_mutex_lock(&gate);
  enum verdict v = judge("rename to", to);
  int result = 0;
  if (v == REFUSE) { errno = fault_errno; result = -1; }
  else if (v == GO) {
    move *m = track ? calloc(1, sizeof *m) : NULL;
    if (m) {
      static int number;
      snprintf(m->from, sizeof m->from, "%s", from);
      snprintf(m->to, sizeof m->to, "%s", to);
      /* Beside the folder, so that nobody who lists it sees it. */
      snprintf(m->backup, sizeof m->backup, "%.*s.faultfs-%d", (int)(folder_length - 1), folder, number++);
      m->had_target = syscall(SYS_link, to, m->backup) == 0;
      m->older = moves;
      moves = m;
    }
    result = (int)syscall(SYS_rename, from, to);
  }
  int e = errno;
  pthread_mutex_unlock(&gate);
  errno = e;
  return result;
}

int unlink(const char *path) {
  if (!is_watched(path)) return (int)syscall(SYS_unlink, path);
  pthread_mutex_lock(&gate);
  enum verdict v = is_shared_memory(path) && mode != FAIL ? GO : judge("unlink", path);
  int result = 0;
  if (v == REFUSE) { errno = fault_errno; result = -1; }
  else if (v == GO) {
    if (track) gone(path);
    result = (int)syscall(SYS_unlink, path);
  }
  int e = errno;
  pthread_mutex_unlock(&gate);
  errno = e;
  return result;
}

/* --- control */

/* Watches the files below a folder (an absolute path without a slash at its end); forgets all before. */
void faultfs_watch(const char *path) {
  pthread_mutex_lock(&gate);
  mode = OFF;
  while (oldest) forget(oldest);
  while (moves) {
    move *m = moves;
    if (m->had_target) syscall(SYS_unlink, m->backup);
    moves = m->older;
    free(m);
  }
  track = 1;
  snprintf(folder, sizeof folder, "%s/", path);
  folder_length = strlen(folder);
  pthread_mutex_unlock(&gate);
}

/* Interferes at the n-th operation from now on; n = 0 only counts. What is not flushed yet is remembered on. */
void faultfs_arm(int new_mode, long n, int error, int for_good, unsigned new_seed) {
  pthread_mutex_lock(&gate);
  mode = new_mode;
  target = n;
  count = 0;
  fired = 0;
  fault_errno = error;
  forever = for_good;
  seed = new_seed;
  pthread_mutex_unlock(&gate);
}

/* Stops interfering. */
void faultfs_disarm(void) {
  pthread_mutex_lock(&gate);
  mode = OFF;
  pthread_mutex_unlock(&gate);
}

long faultfs_count(void) { return count; }
int faultfs_fired(void) { return fired; }

__attribute__((constructor)) static void begin(void) {
  trace = getenv("FAULTFS_TRACE") != NULL;
  only = getenv("FAULTFS_ONLY");
  const char *path = getenv("FAULTFS_FOLDER"), *name = getenv("FAULTFS_MODE"), *n = getenv("FAULTFS_N");
  const char *error = getenv("FAULTFS_ERRNO"), *for_good = getenv("FAULTFS_FOREVER");
  if (!path || !name || !n) return;
  faultfs_watch(path);
  int m = !strcmp(name, "fail") ? FAIL : !strcmp(name, "freeze") ? FREEZE : !strcmp(name, "lose") ? LOSE : !strcmp(name, "kill") ? KILL : OFF;
  faultfs_arm(m, atol(n), error ? atoi(error) : EIO, for_good && *for_good == '1', 1);
}
