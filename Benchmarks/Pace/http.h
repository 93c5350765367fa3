// The little HTTP that the load generators need. Everything is on this machine, and the server is ours.

#ifndef HTTP_H
#define HTTP_H

#define _GNU_SOURCE  // memmem

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { RESPONSE_SIZE = 16384 };

typedef struct {
    char *bytes;
    size_t length;
} Request;

typedef struct {
    Request *all;
    size_t count;
} Requests;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static Requests read_requests(const char *path) {
    Requests requests = {NULL, 0};
    FILE *file = fopen(path, "rb");
    if (!file) fail(path);
    size_t length;
    while (fscanf(file, "%zu", &length) == 1 && fgetc(file) == '\n') {
        requests.all = realloc(requests.all, (requests.count + 1) * sizeof *requests.all);
        char *bytes = malloc(length);
        if (fread(bytes, 1, length, file) != length) fail(path);
        requests.all[requests.count++] = (Request){bytes, length};
    }
    fclose(file);
    if (!requests.count) fail(path);
    return requests;
}

static int connect_to(int port) {
    int result = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (result < 0 || connect(result, (struct sockaddr *)&address, sizeof address)) fail("connect");
    setsockopt(result, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return result;
}

// The status of the response that these bytes are; 0 while part of it is missing.
static int complete_response(const char *bytes, size_t count) {
    const char *end = memmem(bytes, count, "\r\n\r\n", 4);
    if (!end) return 0;
    const char *field = memmem(bytes, (size_t)(end - bytes), "ontent-Length: ", 15);
    size_t length = field ? strtoul(field + 15, NULL, 10) : 0;
    return count >= (size_t)(end + 4 - bytes) + length ? atoi(bytes + 9) : 0;
}

#endif
