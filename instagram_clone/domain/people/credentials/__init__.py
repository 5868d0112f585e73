"""What an account is opened with: passwords, email addresses, links that are mailed, and sessions."""
