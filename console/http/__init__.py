"""The only package that uses HTTP: pooling, limits, retries, circuit breaking, conditional requests, log masking."""

from console.http.conditional_cache import is_strong
from console.http.endpoint import Endpoint
from console.http.failures import server_time
from console.http.layer import HttpLayer
from console.http.requests import ReadRequest, WriteRequest
from console.http.responses import Response, Undecodable

__all__ = [
    "Endpoint",
    "HttpLayer",
    "ReadRequest",
    "Response",
    "Undecodable",
    "WriteRequest",
    "is_strong",
    "server_time",
]
