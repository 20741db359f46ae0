"""The forms for actions on a customer."""
