#include "cli/node_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace aval::cli {
namespace {

namespace fs = std::filesystem;

/// A "node" that is ready at once and ends with 7 when it can read a line from its node file, a
/// FIFO.
class NodeProcessTest : public ::testing::Test {
 protected:
  NodeProcessTest()
      : directory_(fs::temp_directory_path() /
                   ("aval-node-process-test-" + std::to_string(getpid()))),
        program_(directory_ / "node.sh"),
        node_file_(directory_ / "line") {
    fs::create_directory(directory_);
    std::ofstream(program_) << "#!/bin/sh\necho \"ready api=7 peers=8\"\n"
                               "read -r line < \"$2\"\nexit 7\n";
    fs::permissions(program_, fs::perms::owner_all);
    mkfifo(node_file_.c_str(), 0600);
  }
  ~NodeProcessTest() override { fs::remove_all(directory_); }

  Result<NodeProcess> Start(NodeProcess::Orphan orphan) {
    return NodeProcess::Start(program_, node_file_, directory_ / "log.txt", orphan);
  }

  // How a node ended whose starter was killed by SIGKILL before the node could read its line.
  int StatusAfterSigkillOfItsStarter(NodeProcess::Orphan orphan) {
    prctl(PR_SET_CHILD_SUBREAPER, 1);  // So that the orphan becomes our child.
    int pid_pipe[2];
    EXPECT_EQ(pipe2(pid_pipe, O_CLOEXEC), 0);
    const pid_t starter = fork();
    if (starter == 0) {
      auto node = Start(orphan);
      const pid_t pid = node ? node->pid() : 0;
      if (write(pid_pipe[1], &pid, sizeof(pid)) != sizeof(pid)) _exit(1);
      raise(SIGKILL);
    }
    pid_t node = 0;
    EXPECT_EQ(read(pid_pipe[0], &node, sizeof(node)), static_cast<ssize_t>(sizeof(node)));
    close(pid_pipe[0]);
    close(pid_pipe[1]);
    EXPECT_EQ(waitpid(starter, nullptr, 0), starter);
    const int fifo = open(node_file_.c_str(), O_RDWR);
    EXPECT_EQ(write(fifo, "\n", 1), 1);
    int status = 0;
    EXPECT_EQ(waitpid(node, &status, 0), node);
    close(fifo);
    return status;
  }

  const fs::path directory_;
  const fs::path program_;
  const fs::path node_file_;
};

TEST_F(NodeProcessTest, NodeIsAskedToStopWhenItsStarterIsKilled) {
  const int status = StatusAfterSigkillOfItsStarter(NodeProcess::Orphan::kStops);
  ASSERT_TRUE(WIFSIGNALED(status)) << status;
  EXPECT_EQ(WTERMSIG(status), SIGTERM);
}

TEST_F(NodeProcessTest, NodeThatMayBeStoppedIsKilledWhenItsStarterIs) {
  const int status = StatusAfterSigkillOfItsStarter(NodeProcess::Orphan::kIsKilled);
  ASSERT_TRUE(WIFSIGNALED(status)) << status;
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
}

TEST_F(NodeProcessTest, NodeThatIsToBeKeptRunsOnWhenItsStarterIsKilled) {
  const int status = StatusAfterSigkillOfItsStarter(NodeProcess::Orphan::kRunsOn);
  ASSERT_TRUE(WIFEXITED(status)) << status;
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST_F(NodeProcessTest, ReadyNodeSaysItsPortsAndStops) {
  auto node = Start(NodeProcess::Orphan::kStops);
  ASSERT_TRUE(node) << node.error().message;
  EXPECT_EQ(node->ready().api, 7);
  EXPECT_EQ(node->ready().peers, 8);
  EXPECT_NE(getpgid(node->pid()), getpgid(0));
  const auto status = node->Stop(std::chrono::minutes(1));
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(*status, 128 + SIGTERM);
}

TEST_F(NodeProcessTest, ProgramThatCannotBeStartedIsNamedWithTheReason) {
  const auto node = NodeProcess::Start(directory_ / "no-such", node_file_, directory_ / "log.txt",
                                       NodeProcess::Orphan::kStops);
  ASSERT_FALSE(node);
  EXPECT_EQ(node.error().message,
            (directory_ / "no-such").string() + ": No such file or directory");
}

}  // namespace
}  // namespace aval::cli
