"""A gRPC proxy with the defaults of grpcio's servers, which allow one ping in five minutes: it passes every request on to
a server on loopback, each ManualCompaction only after some seconds. Prints its port, and ends with its standard input.

usage: grpcio_front.py PORT_BEHIND SECONDS"""
import sys
import time
from concurrent import futures

import grpc


class PassOn(grpc.GenericRpcHandler):
    def __init__(self, port, seconds):
        self.channel, self.seconds = grpc.insecure_channel(f"127.0.0.1:{port}"), seconds

    def service(self, details):
        method = details.method
        ask = self.channel.unary_unary(method)

        def answer(request, context):
            if method.endswith("/ManualCompaction"):
                time.sleep(self.seconds)
            try:
                return ask(request, metadata=[pair for pair in context.invocation_metadata() if pair[0] == "dbname"])
            except grpc.RpcError as error:
                context.abort(error.code(), error.details())

        return grpc.unary_unary_rpc_method_handler(answer)


server = grpc.server(futures.ThreadPoolExecutor(8), handlers=[PassOn(int(sys.argv[1]), float(sys.argv[2]))])
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
sys.stdin.read()
server.stop(None)
