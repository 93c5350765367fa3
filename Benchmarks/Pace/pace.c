// An open-loop load generator: requests are due at even distances whatever the server does, and the latency of each
// counts from when it was due, not from when it could be sent. So a stall is seen in every request that it delays
// (wrk waits for an answer before it asks again, and hides that).
//
// Usage: pace PORT RATE SECONDS CONNECTIONS REQUESTS
// REQUESTS is a file of whole HTTP requests, each after a line with its length; they are sent in turn. The first second
// warms up and is not counted. Prints one line of JSON, latencies in microseconds.

#include "http.h"

#include <stdbool.h>
#include <sys/epoll.h>

enum { QUEUE = 4096 };

typedef struct {
    int socket;
    double due[QUEUE];  // Of the request in flight and those that wait for it, oldest first.
    unsigned first, length;
    bool in_flight;
    char input[RESPONSE_SIZE];
    size_t received;
} Connection;

static Requests requests;
static size_t next_request;

static void send_oldest(Connection *connection) {
    Request request = requests.all[next_request++ % requests.count];
    // A request is far smaller than the socket's buffer, which is empty: it is taken whole or something is wrong.
    if (send(connection->socket, request.bytes, request.length, MSG_NOSIGNAL) != (ssize_t)request.length)
        fail("send");
    connection->in_flight = true;
}

static int by_value(const void *left, const void *right) {
    double l = *(const double *)left, r = *(const double *)right;
    return (l > r) - (l < r);
}

int main(int count, char **arguments) {
    if (count != 6) {
        fprintf(stderr, "usage: pace PORT RATE SECONDS CONNECTIONS REQUESTS\n");
        return 2;
    }
    int port = atoi(arguments[1]), connections = atoi(arguments[4]);
    double rate = atof(arguments[2]), seconds = atof(arguments[3]);
    requests = read_requests(arguments[5]);

    int poll = epoll_create1(EPOLL_CLOEXEC);
    Connection *all = calloc((size_t)connections, sizeof *all);
    for (int index = 0; index < connections; index++) {
        all[index].socket = connect_to(port);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[index]};
        if (epoll_ctl(poll, EPOLL_CTL_ADD, all[index].socket, &event)) fail("epoll_ctl");
    }

    size_t total = (size_t)(rate * (seconds + 1)), warm = (size_t)rate;
    double *latencies = malloc(total * sizeof *latencies);
    size_t sent = 0, answered = 0, counted = 0, refused = 0;
    double start = now();
    while (answered < total && now() < start + seconds + 5) {
        while (sent < total && start + (double)sent / rate <= now()) {
            Connection *connection = &all[sent % (size_t)connections];
            if (connection->length == QUEUE) fail("the server does not keep up");
            connection->due[(connection->first + connection->length++) % QUEUE] = start + (double)sent++ / rate;
            if (!connection->in_flight) send_oldest(connection);
        }
        // Without waiting: this has a core of its own, and a sleep would be late by more than what is measured.
        struct epoll_event events[64];
        int ready = epoll_wait(poll, events, 64, 0);
        for (int index = 0; index < ready; index++) {
            Connection *connection = events[index].data.ptr;
            ssize_t size = recv(connection->socket, connection->input + connection->received,
                                sizeof connection->input - connection->received, MSG_DONTWAIT);
            if (size <= 0) fail("the server closed the connection");
            connection->received += (size_t)size;
            int status = complete_response(connection->input, connection->received);
            if (!status) continue;
            connection->received = 0;
            connection->in_flight = false;
            if (status >= 400) refused++;
            double due = connection->due[connection->first];
            connection->first = (connection->first + 1) % QUEUE;
            connection->length--;
            if (answered++ >= warm) latencies[counted++] = now() - due;
            if (connection->length) send_oldest(connection);
        }
    }
    qsort(latencies, counted, sizeof *latencies, by_value);
    if (!counted) fail("no answers");
#define AT(share) latencies[(size_t)((double)(counted - 1) * (share))] * 1e6
    printf("{\"rate\":%.0f,\"answered\":%zu,\"unanswered\":%zu,\"refused\":%zu,\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,"
           "\"p999\":%.1f,\"max\":%.1f}\n",
           rate, counted, total - answered, refused, AT(0.5), AT(0.9), AT(0.99), AT(0.999), AT(1.0));
    return 0;
}
