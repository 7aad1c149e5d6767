/* The client: COUNT connections at a time for SECONDS, from one thread; prints one JSON object.
     short  connect, request, answer, the server closes; as many as possible. With COUNT 1 its connect times are the
            first-packet latency.
     kept   connections stay; request and answer in turn
   Fields: rate (connections or requests a second that were finished), connect_p50_us, connect_p99_us (from connect to
   the SYN's answer), errors (connections that ended otherwise; none are to be expected), servers (how many of the
   finished each backend had).
   usage: load short|kept ADDRESS PORT COUNT SECONDS */
#include "net.h"
#include <sys/epoll.h>

#define MOST 4000000
#define SERVERS 16

struct connection {
    int fd, open;
    long long began;
};

static struct connection all[1024];
static struct sockaddr_in target;
static int poll_fd, keep, times;
static long done, errors, count_of[SERVERS];
static char names[SERVERS][SIZE];
static float connect_us[MOST];

static void start(struct connection *c) {
    struct epoll_event e = {.events = EPOLLOUT, .data.ptr = c};
    c->fd = tcp_socket(SOCK_NONBLOCK);
    keep_to_ports(c->fd, 1024, 54999);
    c->open = 0;
    c->began = now();
    if (connect(c->fd, (struct sockaddr *) &target, sizeof target) && errno != EINPROGRESS)
        die("connect");
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, c->fd, &e);
}

static void again(struct connection *c) {
    close(c->fd);
    start(c);
}

static void request(struct connection *c) {
    char text[SIZE] = {keep ? 'k' : 'c'};
    if (write(c->fd, text, SIZE) != SIZE) {
        errors++;
        again(c);
    }
}

/* The SYN was answered, by an acceptance or not. */
static void connected(struct connection *c) {
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error) {
        errors++;
        again(c);
        return;
    }
    if (times < MOST)
        connect_us[times++] = (now() - c->began) / 1e3f;
    c->open = 1;
    epoll_ctl(poll_fd, EPOLL_CTL_MOD, c->fd, &e);
    request(c);
}

static void note(const char *name) {
    int i = 0;
    while (i < SERVERS - 1 && names[i][0] && strncmp(names[i], name, SIZE))
        i++;
    memcpy(names[i], name, SIZE);
    count_of[i]++;
    done++;
}

static void readable(struct connection *c) {
    char text[SIZE];
    ssize_t n = read(c->fd, text, SIZE);
    if (n == SIZE) {
        note(text);
        if (keep)
            request(c);
    } else if (n == 0 && !keep) {
        again(c);
    } else if (n >= 0 || errno != EAGAIN) {
        errors++;
        again(c);
    }
}

static int by_size(const void *a, const void *b) {
    float x = *(const float *) a, y = *(const float *) b;
    return (x > y) - (x < y);
}

static void report(double seconds) {
    qsort(connect_us, times, sizeof *connect_us, by_size);
    printf("{\"rate\": %.1f, \"errors\": %ld", done / seconds, errors);
    if (times)
        printf(", \"connect_p50_us\": %.1f, \"connect_p99_us\": %.1f", connect_us[times / 2],
                connect_us[(int) (times * 0.99)]);
    printf(", \"servers\": {");
    for (int i = 0; i < SERVERS && count_of[i]; i++)
        printf("%s\"%.*s\": %ld", i ? ", " : "", SIZE, names[i], count_of[i]);
    printf("}}\n");
}

int main(int argc, char **argv) {
    struct epoll_event events[256];
    if (argc != 6)
        return fprintf(stderr, "usage: load short|kept ADDRESS PORT COUNT SECONDS\n"), 2;
    keep = !strcmp(argv[1], "kept");
    target = address_of(argv[2], argv[3]);
    int count = atoi(argv[4]);
    if (count < 1 || count > 1024)
        return fprintf(stderr, "load: 1 to 1024 connections\n"), 2;
    poll_fd = epoll_create1(EPOLL_CLOEXEC);
    long long began = now(), end = began + (long long) (atof(argv[5]) * 1e9);
    for (int i = 0; i < count; i++)
        start(&all[i]);
    while (now() < end) {
        int n = epoll_wait(poll_fd, events, 256, 10);
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            if (c->open)
                readable(c);
            else
                connected(c);
        }
    }
    report((now() - began) / 1e9);
    return 0;
}
