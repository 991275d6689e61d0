/* A disk that misbehaves on command, for one process: preload it, then call shim_arm().

   Only what happens below one directory is touched; files ending in -shm are left out, as they are
   memory and no file. Operations (writes, syncs, truncations, unlinks, renames) are numbered from 1.

     trace   write down every operation with its bytes, in order
     kill    SIGKILL instead of the n-th operation
     torn    half of the n-th operation's bytes are written, then SIGKILL
     eio     the n-th operation and `count` - 1 after it fail with EIO
     eiosync the same, syncs alone being counted and hit
     eiosome from the n-th sync on, each `count`-th sync fails with EIO
     enospc  the same with ENOSPC; syncs, unlinks and renames go on as ever
     full    no file may grow, but by what unlinking has freed
     readonly the same with EROFS
     lie     syncs say that they are done, and do nothing
     slow    each sync takes `count` milliseconds longer
     count   nothing but counting: shim_count() operations, shim_syncs() of them syncs
     netkill SIGKILL instead of the n-th connect, send or recv on a socket of the network
     nettorn the same; where it is a send, half of its bytes go out first

   The trace is a row of records: op, length of the name, offset, length of the data, name, data.
*/
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char place[PATH_MAX];
static char fault[16];
static long first, many, done, synced, netted;
static long long room; /* bytes on a full disk */
static int trace = -1;

#define REAL(name, type, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, name)

static ssize_t raw_write(int fd, const void *data, size_t size) {
    REAL("write", ssize_t, int, const void *, size_t);
    return real(fd, data, size);
}

static ssize_t raw_pwrite(int fd, const void *data, size_t size, off_t at) {
    REAL("pwrite", ssize_t, int, const void *, size_t, off_t);
    return real(fd, data, size, at);
}

int shim_arm(const char *directory, const char *what, long n, long count, int trace_fd) {
    pthread_mutex_lock(&lock);
    snprintf(place, sizeof place, "%s/", directory);
    snprintf(fault, sizeof fault, "%s", what);
    first = n; many = count; done = synced = netted = 0; room = 0; trace = trace_fd;
    pthread_mutex_unlock(&lock);
    return 0;
}

long shim_count(void) { return done; }
long shim_syncs(void) { return synced; }

static const char *below(const char *path) {
    size_t length = strlen(place), end = strlen(path);
    if (!length || strncmp(path, place, length)) return NULL;
    if (end > 4 && !strcmp(path + end - 4, "-shm")) return NULL;
    return path + length;
}

static const char *name_of(int fd, char *path) {
    char link[64];
    if (!place[0]) return NULL;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length <= 0) return NULL;
    path[length] = 0;
    return below(path);
}

static void note(char op, const char *name, uint64_t at, const void *data, uint64_t size) {
    if (trace < 0) return;
    unsigned char head[19];
    uint16_t named = (uint16_t)strlen(name);
    head[0] = (unsigned char)op;
    memcpy(head + 1, &named, 2); memcpy(head + 3, &at, 8); memcpy(head + 11, &size, 8);
    raw_write(trace, head, sizeof head);
    raw_write(trace, name, named);
    if (data) raw_write(trace, data, size);
}

/* Count an operation. 0: do it; an errno: fail with it; -1: write half of it and die. */
static int turn(char op) {
    int sync = op == 's', writes = op == 'w' || op == 't';
    if (!strcmp(fault, "eiosync") ? sync : 1) done++;
    if (sync) synced++;
    int now = done >= first && done < first + many;
    if (now && !strcmp(fault, "kill")) raise(SIGKILL);
    if (now && !strcmp(fault, "torn")) return -1;
    if (now && !strcmp(fault, "eio")) return EIO;
    if (now && sync && !strcmp(fault, "eiosync")) return EIO;
    if (sync && !strcmp(fault, "eiosome") && synced >= first && synced % many == 0) return EIO;
    if (now && writes && !strcmp(fault, "enospc")) return ENOSPC;
    if (now && !strcmp(fault, "readonly")) return EROFS;
    return 0;
}

/* On a full disk: 0 where a file may have this size, an errno where not. */
static int grown(int fd, off_t end) {
    struct stat state;
    if (strcmp(fault, "full") || fstat(fd, &state) || end <= state.st_size) return 0;
    if (end - state.st_size > room) return ENOSPC;
    room -= end - state.st_size;
    return 0;
}

static ssize_t put(int fd, const void *data, size_t size, off_t at, int appending) {
    char path[PATH_MAX];
    const char *name = name_of(fd, path);
    if (!name) return appending ? raw_write(fd, data, size) : raw_pwrite(fd, data, size, at);
    pthread_mutex_lock(&lock);
    struct stat state;
    if (appending)
        at = (fcntl(fd, F_GETFL) & O_APPEND) && !fstat(fd, &state) ? state.st_size
                                                                 : lseek(fd, 0, SEEK_CUR);
    int why = turn('w');
    if (!why) why = grown(fd, at + (off_t)size);
    if (why == -1) size /= 2;
    ssize_t wrote = -1;
    if (why <= 0) wrote = appending ? raw_write(fd, data, size) : raw_pwrite(fd, data, size, at);
    if (why == -1) raise(SIGKILL);
    if (wrote > 0) note('w', name, (uint64_t)at, data, (uint64_t)wrote);
    int told = why ? why : errno;
    pthread_mutex_unlock(&lock);
    errno = told;
    return wrote;
}

ssize_t write(int fd, const void *data, size_t size) { return put(fd, data, size, 0, 1); }
ssize_t pwrite(int fd, const void *d, size_t size, off_t at) { return put(fd, d, size, at, 0); }
ssize_t pwrite64(int fd, const void *d, size_t size, off_t at) { return put(fd, d, size, at, 0); }

static int sync_with(const char *call, int fd) {
    int (*real)(int);
    *(void **)&real = dlsym(RTLD_NEXT, call);
    char path[PATH_MAX];
    const char *name = name_of(fd, path);
    if (!name) return real(fd);
    if (!strcmp(fault, "slow")) {
        struct timespec wait = {many / 1000, (many % 1000) * 1000000};
        nanosleep(&wait, NULL);
    }
    pthread_mutex_lock(&lock);
    int why = turn('s'), answer = -1;
    if (why == -1) raise(SIGKILL);
    if (!why) {
        int lies = !strcmp(fault, "lie");
        answer = lies ? 0 : real(fd);
        if (!lies && !answer) note('s', name, 0, NULL, 0);
    } else note('f', name, 0, NULL, 0);
    int told = why ? why : errno;
    pthread_mutex_unlock(&lock);
    errno = told;
    return answer;
}

int fsync(int fd) { return sync_with("fsync", fd); }
int fdatasync(int fd) { return sync_with("fdatasync", fd); }

static int cut(int fd, off_t size) {
    REAL("ftruncate", int, int, off_t);
    char path[PATH_MAX];
    const char *name = name_of(fd, path);
    if (!name) return real(fd, size);
    pthread_mutex_lock(&lock);
    int why = turn('t'), answer = -1;
    if (why == -1) raise(SIGKILL);
    if (!why) {
        answer = real(fd, size);
        if (!answer) note('t', name, (uint64_t)size, NULL, 0);
    }
    int told = why ? why : errno;
    pthread_mutex_unlock(&lock);
    errno = told;
    return answer;
}

int ftruncate(int fd, off_t size) { return cut(fd, size); }
int ftruncate64(int fd, off_t size) { return cut(fd, size); }

static int moved(char op, const char *path, const char *to) {
    static int (*unlinking)(const char *), (*renaming)(const char *, const char *);
    if (!unlinking) *(void **)&unlinking = dlsym(RTLD_NEXT, "unlink");
    if (!renaming) *(void **)&renaming = dlsym(RTLD_NEXT, "rename");
    const char *name = below(path), *target = to ? below(to) : NULL;
    if (!name) return to ? renaming(path, to) : unlinking(path);
    pthread_mutex_lock(&lock);
    struct stat state;
    long long freed = !to && !stat(path, &state) ? state.st_size : 0;
    int why = turn(op), answer = -1;
    if (why == -1) raise(SIGKILL);
    if (!why) {
        room += freed;
        answer = to ? renaming(path, to) : unlinking(path);
        if (!answer) note(op, name, 0, target, target ? strlen(target) : 0);
    }
    int told = why ? why : errno;
    pthread_mutex_unlock(&lock);
    errno = told;
    return answer;
}

int unlink(const char *path) { return moved('u', path, NULL); }
int rename(const char *from, const char *to) { return moved('r', from, to); }

/* Count an operation on a socket: 1 where the process dies instead of it. */
static int last_word(int fd) {
    struct sockaddr_storage own;
    socklen_t size = sizeof own;
    if (strncmp(fault, "net", 3) || getsockname(fd, (struct sockaddr *)&own, &size)) return 0;
    if (own.ss_family != AF_INET && own.ss_family != AF_INET6) return 0;
    pthread_mutex_lock(&lock);
    int now = ++netted == first;
    pthread_mutex_unlock(&lock);
    return now;
}

int connect(int fd, const struct sockaddr *to, socklen_t size) {
    REAL("connect", int, int, const struct sockaddr *, socklen_t);
    if (last_word(fd)) raise(SIGKILL);
    return real(fd, to, size);
}

ssize_t send(int fd, const void *data, size_t size, int flags) {
    REAL("send", ssize_t, int, const void *, size_t, int);
    if (last_word(fd)) {
        if (!strcmp(fault, "nettorn")) real(fd, data, size / 2, flags);
        raise(SIGKILL);
    }
    return real(fd, data, size, flags);
}

ssize_t recv(int fd, void *data, size_t size, int flags) {
    REAL("recv", ssize_t, int, void *, size_t, int);
    if (last_word(fd)) raise(SIGKILL);
    return real(fd, data, size, flags);
}

ssize_t __recv_chk(int fd, void *data, size_t size, size_t room_for, int flags) {
    (void)room_for;
    return recv(fd, data, size, flags);
}
