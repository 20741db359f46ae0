"""Fuzzer for data from outside."""
