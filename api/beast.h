// Boost.Asio and Boost.Beast: the only file that includes them, and the few types we use of them.
//
// The executor is fixed everywhere: default executors are type-erased and cost an allocation per operation.
//
// g++ 12.2 destroys twice a capturing lambda, a braced list or an aggregate temporary written inside a co_await
// expression. Name it on the line above.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>

// g++ 12.2 takes the frame of a coroutine that asio allocates for one that new did.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace caseledger::api {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using error_code = boost::system::error_code;

using Executor = asio::io_context::executor_type;
using Tcp = asio::ip::tcp;
using Socket = asio::basic_stream_socket<Tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<Tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;
using TcpStream = beast::basic_stream<Tcp, Executor, beast::unlimited_rate_policy>;
using TlsStream = beast::ssl_stream<TcpStream>;

template <class T = void>
using Task = asio::awaitable<T, Executor>;

// co_await op(…, use_task) gives (error, …) and does not throw.
inline constexpr asio::as_tuple_t<asio::use_awaitable_t<Executor>> use_task{asio::use_awaitable_t<Executor>{}};
// co_await asio::post(asio::bind_executor(context, on_that_thread)) goes on as work of that context.
inline constexpr asio::use_awaitable_t<Executor> on_that_thread{};

}  // namespace caseledger::api
