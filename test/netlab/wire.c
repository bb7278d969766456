/*
 * A bad cable between two network interfaces: it loses, delays, reorders and doubles
 * the packets that it passes on. As tc's netem does, which many kernels lack and few
 * can seed; here one seed makes one sequence of decisions.
 *
 *   wire plain INTERFACE...
 *       from now on packets leave these interfaces whole: no offloads, so that what
 *       the cable sees is what a real one would
 *   wire carry A B SEED LOSS DUPLICATE REORDER DELAY JITTER
 *       probabilities from 0 to 1; milliseconds, each way
 */
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <arpa/inet.h>

#define LONGEST 2048
#define HELD 20000

struct packet {
  int64_t due;
  uint64_t order;
  int to;
  int length;
  unsigned char bytes[LONGEST];
};

static struct packet *heap[HELD];
static int held = 0;
static uint64_t count = 0;
static uint64_t state;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

/* splitmix64, as a number from 0 to 1 */
static double chance(void) {
  uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

/* microseconds */
static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int before(const struct packet *a, const struct packet *b) {
  return a->due != b->due ? a->due < b->due : a->order < b->order;
}

static void push(struct packet *p) {
  int i = held++;
  while (i > 0 && before(p, heap[(i - 1) / 2])) {
    heap[i] = heap[(i - 1) / 2];
    i = (i - 1) / 2;
  }
  heap[i] = p;
}

static struct packet *pop(void) {
  struct packet *first = heap[0], *last = heap[--held];
  int i = 0, child;
  while ((child = 2 * i + 1) < held) {
    if (child + 1 < held && before(heap[child + 1], heap[child])) child++;
    if (!before(heap[child], last)) break;
    heap[i] = heap[child];
    i = child;
  }
  heap[i] = last;
  return first;
}

static void hold(const unsigned char *bytes, int length, int to, int64_t due) {
  if (held == HELD) return; /* a full queue drops, as any router's does */
  struct packet *p = malloc(sizeof *p);
  if (p == NULL) fail("malloc");
  memcpy(p->bytes, bytes, length);
  p->length = length;
  p->to = to;
  p->due = due;
  p->order = count++;
  push(p);
}

static int end_of(const char *name) {
  struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)if_nametoindex(name) };
  int s = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)), size = 4 << 20;
  if (s < 0 || address.sll_ifindex == 0 || bind(s, (struct sockaddr *)&address, sizeof address) < 0) fail(name);
  setsockopt(s, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  return s;
}

static void plain(const char *name) {
  static const uint32_t offloads[] = { ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO, ETHTOOL_STXCSUM };
  int s = socket(AF_INET, SOCK_DGRAM, 0);
  for (unsigned i = 0; i < sizeof offloads / sizeof *offloads; i++) {
    struct ethtool_value off = { .cmd = offloads[i], .data = 0 };
    struct ifreq request = { .ifr_data = (char *)&off };
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    if (ioctl(s, SIOCETHTOOL, &request) < 0) fail(name);
  }
  close(s);
}

int main(int argc, char **argv) {
  if (argc > 2 && strcmp(argv[1], "plain") == 0) {
    for (int i = 2; i < argc; i++) plain(argv[i]);
    return 0;
  }
  if (argc != 10 || strcmp(argv[1], "carry") != 0) {
    fprintf(stderr, "wire: wrong arguments\n");
    return 2;
  }

  struct pollfd ends[2] = { { end_of(argv[2]), POLLIN, 0 }, { end_of(argv[3]), POLLIN, 0 } };
  state = strtoull(argv[4], NULL, 10);
  double loss = atof(argv[5]), duplicate = atof(argv[6]), reorder = atof(argv[7]);
  double delay = atof(argv[8]) * 1000, jitter = atof(argv[9]) * 1000;
  printf("carrying\n");
  fflush(stdout);

  for (;;) {
    int64_t time = now();
    while (held > 0 && heap[0]->due <= time) {
      struct packet *p = pop();
      /* an interface that is going down takes nothing: lost, as on a real cable */
      if (send(ends[p->to].fd, p->bytes, p->length, 0) < 0 && errno != ENETDOWN && errno != ENXIO && errno != ENOBUFS && errno != EMSGSIZE) fail("send");
      free(p);
    }
    int wait = held == 0 ? -1 : (int)((heap[0]->due - time + 999) / 1000);
    if (poll(ends, 2, wait) < 0 && errno != EINTR) fail("poll");
    time = now();
    for (int from = 0; from < 2; from++) {
      if (!(ends[from].revents & POLLIN)) continue;
      for (int burst = 0; burst < 64; burst++) {
        unsigned char bytes[LONGEST];
        struct sockaddr_ll source;
        socklen_t size = sizeof source;
        int length = (int)recvfrom(ends[from].fd, bytes, sizeof bytes, MSG_DONTWAIT | MSG_TRUNC, (struct sockaddr *)&source, &size);
        if (length < 0) break;
        /* what went out here was ours */
        if (source.sll_pkttype == PACKET_OUTGOING) continue;
        if (length > LONGEST) {
          fprintf(stderr, "wire: a packet of %d bytes: an offload is still on\n", length);
          return 1;
        }
        if (chance() < loss) continue;
        int copies = chance() < duplicate ? 2 : 1;
        while (copies-- > 0) {
          /* as netem: a reordered packet overtakes those that are delayed */
          double late = chance() < reorder ? 0 : delay + jitter * (2 * chance() - 1);
          hold(bytes, length, 1 - from, time + (int64_t)(late < 0 ? 0 : late));
        }
      }
    }
  }
}
