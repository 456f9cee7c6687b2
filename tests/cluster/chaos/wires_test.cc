#include "tests/cluster/chaos/wires.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace aval::chaos {
namespace {

constexpr std::size_t kNodes = 3;
constexpr std::uint16_t kPort = 9'000;

sockaddr_in PlaceOf(std::size_t node) {
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_port = htons(kPort);
  inet_pton(AF_INET, Wires::AddressOf(node).c_str(), &place.sin_addr);
  return place;
}

// Of the namespace in which it is made; closed with the process.
int Socket() {
  const int made = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const timeval patience{.tv_sec = 0, .tv_usec = 100'000};
  setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  return made;
}

// Sockets of the clients' and of each node's namespace, the latter at kPort.
class Sockets {
 public:
  explicit Sockets(const Wires& wires) {
    for (std::size_t i = 0; i < kNodes; ++i) {
      const auto made = wires.Inside(i, [this, i]() -> Result<void> {
        nodes_.push_back(Socket());
        const sockaddr_in place = PlaceOf(i);
        if (bind(nodes_[i], reinterpret_cast<const sockaddr*>(&place), sizeof(place)) == 0) {
          return {};
        }
        return Error{.code = Code::kIo, .message = "bind"};
      });
      if (!made) _exit(100);
    }
  }

  void Send(std::size_t from, std::size_t to, char word) { SendBy(nodes_[from], to, word); }
  // The first word that comes to a node, to which this one is sent until then: a datagram may be
  // lost for any reason. Nothing if none does.
  char Arrives(std::size_t from, std::size_t to, char word) {
    return FirstAt(to, nodes_[from], word);
  }
  char ArrivesOfClient(std::size_t to, char word) { return FirstAt(to, client_, word); }

 private:
  static constexpr int kTries = 100;

  char FirstAt(std::size_t node, int sender, char word) {
    for (int tries = 0; tries < kTries; ++tries) {
      SendBy(sender, node, word);
      char came = 0;
      if (recv(nodes_[node], &came, 1, 0) == 1) return came;
    }
    return '\0';
  }
  static void SendBy(int socket, std::size_t to, char word) {
    const sockaddr_in place = PlaceOf(to);
    sendto(socket, &word, 1, 0, reinterpret_cast<const sockaddr*>(&place), sizeof(place));
  }

  const int client_ = Socket();
  std::vector<int> nodes_;
};

// What comes of `scene` on wires in a process of its own; nothing where the machine allows no
// namespaces, which Lay must then say, too.
std::optional<std::string> Play(
    const std::function<std::string(const Wires& wires, Sockets& sockets)>& scene) {
  int words[2];
  EXPECT_EQ(pipe(words), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto wires = Wires::Lay(kNodes);
    if (!wires) _exit(wires.error().code == Code::kDenied ? 1 : 2);
    Sockets sockets(**wires);
    const std::string heard = scene(**wires, sockets);
    _exit(write(words[1], heard.data(), heard.size()) < 0 ? 2 : 0);
  }
  close(words[1]);
  std::string heard(16, '\0');
  const ssize_t got = read(words[0], heard.data(), heard.size());
  close(words[0]);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, Wires::Allowed(kNodes) ? 0 : 1 << 8);
  if (status != 0) return std::nullopt;
  heard.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return heard;
}

TEST(WiresTest, WhatIsSentOverACutLinkVanishesAndWhatOthersSendArrives) {
  const auto heard = Play([](const Wires& wires, Sockets& sockets) {
    if (!wires.Cut({{.from = 0, .to = 1}})) return std::string("cannot cut");
    sockets.Send(0, 1, 'a');  // Over the cut link, before the next.
    std::string words(1, sockets.Arrives(2, 1, 'b'));
    words += sockets.Arrives(1, 0, 'c');  // The other direction.
    return words;
  });
  if (heard) {
    EXPECT_EQ(*heard, "bc");
  }
}

TEST(WiresTest, AMendedLinkCarriesWhatIsSentAfterwards) {
  const auto heard = Play([](const Wires& wires, Sockets& sockets) {
    const std::vector<Link> both{{.from = 0, .to = 1}, {.from = 1, .to = 0}};
    if (!wires.Cut(both)) return std::string("cannot cut");
    sockets.Send(0, 1, 'a');
    if (!wires.Mend(both)) return std::string("cannot mend");
    return std::string(1, sockets.Arrives(0, 1, 'b'));
  });
  if (heard) {
    EXPECT_EQ(*heard, "b");
  }
}

TEST(WiresTest, ClientsReachANodeThatIsCutFromItsPeers) {
  const auto heard = Play([](const Wires& wires, Sockets& sockets) {
    if (!wires.Cut({{.from = 0, .to = 1}, {.from = 2, .to = 1}, {.from = 1, .to = 0}})) {
      return std::string("cannot cut");
    }
    sockets.Send(2, 1, 'a');
    return std::string(1, sockets.ArrivesOfClient(1, 'b'));
  });
  if (heard) {
    EXPECT_EQ(*heard, "b");
  }
}

}  // namespace
}  // namespace aval::chaos
