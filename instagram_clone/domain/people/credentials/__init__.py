"""What gives access to an account: passwords, email addresses, mailed links and sessions."""
