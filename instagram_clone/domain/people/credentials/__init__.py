"""What an account is opened with: passwords, email addresses, and links that are mailed."""
