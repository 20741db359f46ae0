"""The log says what went wrong and where, and nothing about a customer."""

import logging

import pytest

from console.errors import ConsoleError
from console.system.logs import FORMAT, PrivateFormatter


def fail(error: Exception, cause: Exception | None = None) -> None:
    raise error from cause


def logged(error: Exception, cause: Exception | None = None) -> str:
    with pytest.raises(type(error)) as raised:
        fail(error, cause)
    assert raised.tb is not None
    what = (raised.type, raised.value, raised.tb)
    record = logging.LogRecord("console", logging.ERROR, __file__, 1, "unhandled in %s", ("a slot",), what)
    return PrivateFormatter(FORMAT).format(record)


def test_an_error_is_named_with_its_place_and_without_its_words() -> None:
    name = "Anna Wellenreiter"
    text = logged(KeyError(name))
    assert "unhandled in a slot" in text
    assert "KeyError" in text
    assert "test_logs.py" in text
    assert "Wellenreiter" not in text


def test_what_an_error_came_from_is_named_too() -> None:
    name, number = "Anna Wellenreiter", "+1 937 555 0142"
    text = logged(ConsoleError(f"{name} is not known."), ValueError(number))
    assert text.index("ConsoleError") < text.index("ValueError")
    assert "555" not in text
    assert "Wellenreiter" not in text
