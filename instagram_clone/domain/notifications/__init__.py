"""What people are told of. Listens to the areas before it; nobody calls it to notify."""
