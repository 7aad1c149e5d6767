/* What the load programs share: addresses, clock, an end with a message. A request and an answer are SIZE bytes; the
   first byte of a request says whether the server closes afterwards ('c') or keeps the connection ('k'); an answer
   begins with the server's name and is filled up with zeros. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SIZE 64
#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51
#endif

static void die(const char *what) {
    perror(what);
    exit(1);
}

/* CLOCK_MONOTONIC in nanoseconds, the same clock as Python's time.monotonic_ns. */
__attribute__((unused)) static long long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static struct sockaddr_in address_of(const char *address, const char *port) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
    if (inet_pton(AF_INET, address, &a.sin_addr) != 1) {
        fprintf(stderr, "not an IPv4 address: %s\n", address);
        exit(2);
    }
    return a;
}

/* A client's socket gets one of the ports first to last. The two programs keep to ports of their own: a backend that
   both have reached from one port, through different Services, takes the second for a late packet of the first while
   that is in TIME_WAIT, as the client's timestamps differ with the address it connects to (RFC 7323). */
static __attribute__((unused)) void keep_to_ports(int s, unsigned first, unsigned last) {
    unsigned range = last << 16 | first;
    if (setsockopt(s, IPPROTO_IP, IP_LOCAL_PORT_RANGE, &range, sizeof range))
        die("IP_LOCAL_PORT_RANGE (needs Linux 6.3)");
}

static int tcp_socket(int flags) {
    int one = 1, s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    if (s < 0)
        die("socket");
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return s;
}
