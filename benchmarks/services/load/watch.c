/* Waits until new connections reach another backend: connects again and again, one at a time, and prints a line for
   each change of the server's name: "NAME NANOSECONDS FAILURES SLOWEST". NANOSECONDS is when (CLOCK_MONOTONIC) its
   first answer was there; FAILURES is how many connections failed since the line before, whose reasons go to standard
   error; SLOWEST is the longest time from connect to the end since then, in microseconds. Until it is killed.
   usage: watch ADDRESS PORT */
#include "net.h"

#define PAUSE_NS 200000
#define LIMIT_S 5

/* Whether a server answered, and closed; its name is in answer then. */
static int ask(const struct sockaddr_in *target, char *answer) {
    /* Two Services that are watched one after the other keep to ports of their own, too. */
    int odd = ntohl(target->sin_addr.s_addr) & 1;
    struct timeval limit = {.tv_sec = LIMIT_S};
    char request[SIZE] = {'c'}, end;
    int s = tcp_socket(0);
    keep_to_ports(s, odd ? 55000 : 60000, odd ? 59999 : 65535);
    setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    int ok = !connect(s, (const struct sockaddr *) target, sizeof *target) && write(s, request, SIZE) == SIZE
            && read(s, answer, SIZE) == SIZE && read(s, &end, 1) == 0;
    if (!ok)
        fprintf(stderr, "watch: a connection failed: %s\n", strerror(errno));
    close(s);
    return ok;
}

int main(int argc, char **argv) {
    char last[SIZE] = {0}, answer[SIZE];
    long failures = 0;
    long long slowest = 0;
    if (argc != 3)
        return fprintf(stderr, "usage: watch ADDRESS PORT\n"), 2;
    struct sockaddr_in target = address_of(argv[1], argv[2]);
    for (;;) {
        struct timespec pause = {.tv_nsec = PAUSE_NS};
        long long began = now();
        int ok = ask(&target, answer);
        long long ended = now();
        if (ended - began > slowest)
            slowest = ended - began;
        if (!ok) {
            failures++;
        } else if (strncmp(answer, last, SIZE)) {
            printf("%.*s %lld %ld %lld\n", SIZE, answer, ended, failures, slowest / 1000);
            fflush(stdout);
            memcpy(last, answer, SIZE);
            failures = 0;
            slowest = 0;
        }
        nanosleep(&pause, 0);
    }
}
