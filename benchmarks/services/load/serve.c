/* A backend: answers requests of SIZE bytes with its name until it is killed. One thread, epoll.
   usage: serve ADDRESS PORT NAME */
#include "net.h"
#include <sys/epoll.h>

static int poll_fd, listener;

static void accept_all(void) {
    int s, one = 1;
    while ((s = accept4(listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct epoll_event e = {.events = EPOLLIN, .data.fd = s};
        setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        epoll_ctl(poll_fd, EPOLL_CTL_ADD, s, &e);
    }
}

/* A request comes in one segment: clients send it in one call, and it is small. */
static void answer(int s, const char *reply) {
    char request[SIZE];
    ssize_t n = read(s, request, SIZE);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n != SIZE || write(s, reply, SIZE) != SIZE || request[0] == 'c')
        close(s);
}

int main(int argc, char **argv) {
    struct epoll_event events[256], e = {.events = EPOLLIN};
    char reply[SIZE] = {0};
    int one = 1;
    if (argc != 4)
        return fprintf(stderr, "usage: serve ADDRESS PORT NAME\n"), 2;
    strncpy(reply, argv[3], SIZE - 1);
    struct sockaddr_in a = address_of(argv[1], argv[2]);
    listener = tcp_socket(SOCK_NONBLOCK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *) &a, sizeof a) || listen(listener, 4096))
        die("listen");
    poll_fd = epoll_create1(EPOLL_CLOEXEC);
    e.data.fd = listener;
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, listener, &e);
    for (;;) {
        int n = epoll_wait(poll_fd, events, 256, -1);
        for (int i = 0; i < n; i++) {
            if (events[i].data.fd == listener)
                accept_all();
            else
                answer(events[i].data.fd, reply);
        }
    }
}
