"""The fuzzer of what comes from outside."""
