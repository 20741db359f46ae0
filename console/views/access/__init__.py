"""What is shown while an account, the window or the person is locked out."""
