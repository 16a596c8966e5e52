// Sends HTTP requests to the admin port over one persistent connection.
//
// Blocks; one thread at a time.
#pragma once

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <string>

namespace firstmile::testing {

class Visitor {
 public:
  using Response = boost::beast::http::response<boost::beast::http::string_body>;

  // `address`: host:port.
  explicit Visitor(const std::string& address) : socket_(io_) {
    const std::size_t colon = address.rfind(':');
    std::string host = address.substr(0, colon);
    if (host.front() == '[') host = host.substr(1, host.size() - 2);
    boost::asio::connect(socket_,
                         boost::asio::ip::tcp::resolver(io_).resolve(host, address.substr(colon + 1)));
  }
  Response Ask(boost::beast::http::verb verb, const std::string& target) {
    boost::beast::http::request<boost::beast::http::empty_body> request(verb, target, 11);
    request.set(boost::beast::http::field::host, "admin");
    boost::beast::http::write(socket_, request);
    Response response;
    boost::beast::flat_buffer buffer;
    boost::beast::http::read(socket_, buffer, response);
    return response;
  }
  void Say(const std::string& text) { boost::asio::write(socket_, boost::asio::buffer(text)); }
  // Waits until the peer has closed; returns true then.
  bool IsClosed() {
    char byte = 0;
    boost::system::error_code error;
    boost::asio::read(socket_, boost::asio::buffer(&byte, 1), error);
    return error == boost::asio::error::eof || error == boost::asio::error::connection_reset;
  }

 private:
  boost::asio::io_context io_;
  boost::asio::ip::tcp::socket socket_;
};

}  // namespace firstmile::testing
