"""How people stand to each other: who follows whom, and who has blocked whom."""
