"""Discovery: searching for people and posts, recent searches, and suggestions of people to follow."""
