"""The contract: messages in NAME_pb2, clients of services in NAME_pb2_grpc."""
