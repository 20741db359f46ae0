"""The one place that speaks HTTP: pooling, limits, retries, circuit breaking, conditional requests, masking."""

from console.http.answers import Answer, Undecodable
from console.http.endpoint import Endpoint, Question
from console.http.layer import HttpLayer

__all__ = ["Answer", "Endpoint", "HttpLayer", "Question", "Undecodable"]
