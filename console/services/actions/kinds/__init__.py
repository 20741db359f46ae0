"""Kinds of acts, each or those of one family in a file: what is asked, what would change, and the steps that do it."""
