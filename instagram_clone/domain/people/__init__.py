"""People: their accounts and profiles, who follows and who blocks whom, and who may see what."""
