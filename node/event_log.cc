#include "node/event_log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <string>

namespace aval::node {

struct EventLog::Sink {
  spdlog::logger logger;
};

EventLog::EventLog(std::string_view level, std::uint32_t node)
    : sink_(new Sink{.logger = spdlog::logger("node-" + std::to_string(node),
                                              std::make_shared<spdlog::sinks::stderr_sink_mt>())}) {
  sink_->logger.set_level(spdlog::level::from_str(std::string(level)));
  sink_->logger.set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %n %v", spdlog::pattern_time_type::utc);
  sink_->logger.flush_on(spdlog::level::trace);
}

EventLog::~EventLog() = default;

void EventLog::Debug(std::string_view text) { sink_->logger.debug("{}", text); }
void EventLog::Info(std::string_view text) { sink_->logger.info("{}", text); }
void EventLog::Warn(std::string_view text) { sink_->logger.warn("{}", text); }
void EventLog::Error(std::string_view text) { sink_->logger.error("{}", text); }

}  // namespace aval::node
