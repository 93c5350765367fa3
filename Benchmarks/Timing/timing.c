// Tells whether kinds of requests can be told apart by how long their answers take: Welch's t of each two kinds, from
// requests that are interleaved on one keep-alive connection.
//
// Usage: timing PORT ROUNDS KINDS REQUESTS
// REQUESTS is a file as for pace; its requests are of kind 0, 1, …, 0, 1, … A round sends one of each kind, in random
// order so that no kind always comes after the same other one. Prints one line of JSON.
//
// As dudect does, t is computed over all measurements and over those below a percentile of all kinds together: a rare
// interruption of ten milliseconds would hide a microsecond, and an attacker would leave it out too. What counts is the
// largest |t|.

#include "../Pace/http.h"

#include <math.h>
#include <stdint.h>

static uint64_t random_state = 0x9E3779B97F4A7C15u;

static uint64_t next_random(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static float answer_time(int connection, Request request, int *status) {
    char input[RESPONSE_SIZE];
    size_t received = 0;
    double start = now();
    if (send(connection, request.bytes, request.length, MSG_NOSIGNAL) != (ssize_t)request.length) fail("send");
    while (!(*status = complete_response(input, received))) {
        // Without sleeping, which would add what the scheduler takes to wake us.
        ssize_t size = recv(connection, input + received, sizeof input - received, MSG_DONTWAIT);
        if (size > 0) received += (size_t)size;
        if (size == 0) fail("the server closed the connection");
    }
    return (float)((now() - start) * 1e9);
}

static double welch(const float *left, const float *right, size_t count, float limit, double *difference) {
    double mean[2] = {0, 0}, squares[2] = {0, 0}, number[2] = {0, 0};
    for (int side = 0; side < 2; side++) {
        const float *values = side ? right : left;
        for (size_t index = 0; index < count; index++) {
            if (values[index] > limit) continue;
            double delta = values[index] - mean[side];
            mean[side] += delta / ++number[side];
            squares[side] += delta * (values[index] - mean[side]);
        }
    }
    *difference = mean[0] - mean[1];
    double error = squares[0] / (number[0] - 1) / number[0] + squares[1] / (number[1] - 1) / number[1];
    return error > 0 ? *difference / sqrt(error) : 0;
}

static int by_value(const void *left, const void *right) {
    float l = *(const float *)left, r = *(const float *)right;
    return (l > r) - (l < r);
}

int main(int count, char **arguments) {
    if (count != 5) {
        fprintf(stderr, "usage: timing PORT ROUNDS KINDS REQUESTS\n");
        return 2;
    }
    size_t rounds = strtoul(arguments[2], NULL, 10), kinds = strtoul(arguments[3], NULL, 10);
    Requests requests = read_requests(arguments[4]);
    size_t variants = requests.count / kinds;
    int connection = connect_to(atoi(arguments[1]));

    // Once each, so that all is in memory that will be.
    int expected, status;
    answer_time(connection, requests.all[0], &expected);
    for (size_t index = 0; index < requests.count; index++) answer_time(connection, requests.all[index], &status);

    float *times = malloc(rounds * kinds * sizeof *times);
    size_t order[64], others = 0;
    for (size_t kind = 0; kind < kinds; kind++) order[kind] = kind;
    for (size_t round = 0; round < rounds; round++) {
        for (size_t place = kinds - 1; place > 0; place--) {
            size_t other = next_random() % (place + 1), kind = order[place];
            order[place] = order[other];
            order[other] = kind;
        }
        for (size_t place = 0; place < kinds; place++) {
            Request request = requests.all[round % variants * kinds + order[place]];
            times[order[place] * rounds + round] = answer_time(connection, request, &status);
            if (status != expected) others++;
        }
    }

    float *sorted = malloc(rounds * kinds * sizeof *sorted);
    memcpy(sorted, times, rounds * kinds * sizeof *sorted);
    qsort(sorted, rounds * kinds, sizeof *sorted, by_value);
    static const double shares[] = {1, 0.999, 0.99, 0.95, 0.9, 0.75};
    printf("{\"rounds\":%zu,\"status\":%d,\"other_statuses\":%zu,\"median_ns\":%.0f,\"pairs\":[", rounds, expected, others,
           sorted[rounds * kinds / 2]);
    for (size_t left = 0; left < kinds; left++) {
        for (size_t right = left + 1; right < kinds; right++) {
            printf("%s{\"left\":%zu,\"right\":%zu,\"t\":[", left + right > 1 ? "," : "", left, right);
            double difference = 0, at_95 = 0;
            for (int index = 0; index < 6; index++) {
                float limit = sorted[(size_t)((double)(rounds * kinds - 1) * shares[index])];
                double t = welch(times + left * rounds, times + right * rounds, rounds, limit, &difference);
                if (shares[index] == 0.95) at_95 = difference;
                printf("%s%.2f", index ? "," : "", t);
            }
            printf("],\"difference_ns\":%.1f}", at_95);
        }
    }
    printf("]}\n");
    return 0;
}
