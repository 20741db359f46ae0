"""The one place that speaks HTTP: pooling, limits, retries, circuit breaking, conditional requests, masking."""

from console.http.answers import Answer, Undecodable
from console.http.endpoint import Endpoint
from console.http.failures import server_time
from console.http.layer import HttpLayer
from console.http.questions import Command, Question
from console.http.validators import is_strong

__all__ = ["Answer", "Command", "Endpoint", "HttpLayer", "Question", "Undecodable", "is_strong", "server_time"]
