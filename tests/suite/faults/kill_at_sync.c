/* Preloaded into a child: the whole process dies at the MOTCUA_TEST_KILL_AT-th point, counted over all its threads.
   Every sync has two points: just before it is asked for, and just after it has returned. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_long points;

static void point(void) {
    const char *wanted = getenv("MOTCUA_TEST_KILL_AT");
    if (wanted && atomic_fetch_add(&points, 1) + 1 == atol(wanted)) kill(getpid(), SIGKILL);
}

static int around(long call, int file) {
    point();
    int answer = (int)syscall(call, file);
    point();
    return answer;
}

int fsync(int file) { return around(SYS_fsync, file); }
int fdatasync(int file) { return around(SYS_fdatasync, file); }
